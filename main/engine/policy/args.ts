/** Arguments as a policy may have them: fresh, frozen, without prototype, so that nothing it does reaches the engine's own. */

const MAX_DEPTH = 6
const MAX_ITEMS = 4096

export function copyArgs(args: readonly unknown[]): unknown[] {
  return args.map((arg) => copy(arg, 0))
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
  if (depth > MAX_DEPTH) return undefined
  if (Array.isArray(value)) return Object.freeze((value as unknown[]).slice(0, MAX_ITEMS).map((item) => copy(item, depth + 1)))
  const out: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const key of Object.keys(value).slice(0, MAX_ITEMS)) out[key] = copy((value as Record<string, unknown>)[key], depth + 1)
  return Object.freeze(out)
}

/** The arguments of a call in one line, shortened, for an ejection's dump. */
export function describeArgs(args: readonly unknown[]): string {
  return (JSON.stringify(args) ?? '').slice(0, 500)
}
