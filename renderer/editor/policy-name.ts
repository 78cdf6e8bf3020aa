/** Puts another name into a policy's source. */
export function withName(text: string, name: string): string {
  return text.replace(/(\bname\s*:\s*)(['"`])[^'"`\n]*\2/, `$1$2${name}$2`)
}

/** The wanted name in a policy's letters, or with the next number that is free. `x-2` counts on as x-3 only beside an x: a kernel's number isn't a count. */
export function freeNameAmong(wanted: string, names: readonly string[]): string {
  const taken = new Set(names)
  const own = wanted.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  if (!taken.has(own)) return own
  const before = own.replace(/-\d+$/, '')
  const stem = taken.has(before) ? before : own
  for (let number = 2; ; number++) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`
}
