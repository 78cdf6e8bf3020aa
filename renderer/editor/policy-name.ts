/** Puts another name into a policy's source. */
export function withName(text: string, name: string): string {
  return text.replace(/(\bname\s*:\s*)(['"`])[^'"`\n]*\2/, `$1$2${name}$2`)
}
