/** JSON as people write it: indented, but a list of numbers stays on one line. */
export function prettyJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    if (items.every((item) => typeof item === 'number')) return `[${items.map((item) => JSON.stringify(item)).join(', ')}]`
    return `[\n${items.map((item) => inner + prettyJson(item, inner)).join(',\n')}\n${indent}]`
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0) return '{}'
  return `{\n${members.map(([name, member]) => `${inner}${JSON.stringify(name)}: ${prettyJson(member, inner)}`).join(',\n')}\n${indent}}`
}
