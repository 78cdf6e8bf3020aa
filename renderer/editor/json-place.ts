/** Finds the line on which a dotted path (`machine.zones[1].managed`) stands in JSON text; the deepest part that exists, else nothing. */
export function lineOfPath(text: string, path: string): number | undefined {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== '')
  let depth = 0
  let offset = 0
  walk(text, (at, from) => {
    if (at.length <= depth || at.length > steps.length || at.some((step, index) => step !== steps[index])) return
    depth = at.length
    offset = from
  })
  return depth === 0 ? undefined : text.slice(0, offset).split('\n').length
}

/** Calls back for every value with its path and the offset where it begins (of its key, in objects). Tolerates broken text by stopping. */
function walk(text: string, visit: (path: readonly string[], offset: number) => void): void {
  let at = 0
  const path: string[] = []
  const blank = (): void => { while (at < text.length && /\s/.test(text[at])) at++ }
  const string = (): string => {
    const from = ++at
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    return text.slice(from, at++)
  }
  const value = (): void => {
    blank()
    if (text[at] === '{') members('}', () => { blank(); const key = string(); blank(); at++; return key })
    else if (text[at] === '[') { let index = 0; members(']', () => String(index++)) }
    else if (text[at] === '"') string()
    else while (at < text.length && !/[\s,\]}]/.test(text[at])) at++
  }
  const members = (end: string, name: () => string): void => {
    at++
    for (blank(); at < text.length && text[at] !== end; blank()) {
      const from = at
      path.push(name())
      visit(path, from)
      value()
      path.pop()
      blank()
      if (text[at] === ',') at++
      else if (text[at] !== end) { at = text.length; return }
    }
    at++
  }
  value()
}
