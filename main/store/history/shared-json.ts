/**
 * Plain data as JSON text, with what JSON itself loses: NaN, infinities, -0, undefined, Float64Array, Map; and an object that is used in many places (a scenario of many
 * machines, a compiled policy of many points) is written once. Class instances, functions and cycles are refused: the lab's data has none.
 *
 * `{"$":[tag, …]}` is a tag; a plain object that has a key `$` itself is written as `{"$":["obj", {…}]}`.
 */

export function toSharedJson(value: unknown): string {
  const uses = new Map<object, number>()
  count(value, uses, 'value', new Set())
  const shared: unknown[] = []
  const places = new Map<object, number>()
  const root = pack(value, { uses, places, shared })
  return JSON.stringify({ shared, root })
}

/** Throws on text that `toSharedJson` can't have written. */
export function fromSharedJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || !('shared' in parsed) || !Array.isArray(parsed.shared) || !('root' in parsed)) throw new Error('not shared JSON')
  const shared: unknown[] = []
  // In order: what is shared refers to earlier ones only.
  for (const one of parsed.shared) shared.push(unpack(one, shared))
  return unpack(parsed.root, shared)
}

interface Packing { readonly uses: ReadonlyMap<object, number>; readonly places: Map<object, number>; readonly shared: unknown[] }

function count(value: unknown, uses: Map<object, number>, path: string, open: Set<object>): void {
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') throw new Error(`${path} is a ${typeof value}, which can't be kept`)
  if (typeof value !== 'object' || value === null || value instanceof Float64Array) return
  if (open.has(value)) throw new Error(`${path} contains itself`)
  const before = uses.get(value) ?? 0
  uses.set(value, before + 1)
  if (before > 0) return
  open.add(value)
  if (value instanceof Map) count([...value], uses, path, open)
  else if (Array.isArray(value)) value.forEach((item, i) => { count(item, uses, `${path}[${i}]`, open) })
  else {
    if (!isPlain(value)) throw new Error(`${path} is a class instance, which can't be kept`)
    for (const [key, item] of Object.entries(value)) count(item, uses, `${path}.${key}`, open)
  }
  open.delete(value)
}

/** Plain objects of another realm have another Object.prototype, known by its own null prototype. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty'))
}

function pack(value: unknown, state: Packing): unknown {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: ['num', Object.is(value, -0) ? '-0' : String(value)] }
  if (value === undefined) return { $: ['undef'] }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Float64Array) return { $: ['f64', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')] }
  if ((state.uses.get(value) ?? 0) < 2) return packObject(value, state)
  let place = state.places.get(value)
  if (place === undefined) {
    const packed = packObject(value, state)
    place = state.shared.push(packed) - 1
    state.places.set(value, place)
  }
  return { $: ['ref', place] }
}

function packObject(value: object, state: Packing): unknown {
  if (Array.isArray(value)) return value.map((item) => pack(item, state))
  if (value instanceof Map) return { $: ['map', [...value].map(([key, item]) => [pack(key, state), pack(item, state)])] }
  const out: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) if (item !== undefined) define(out, key, pack(item, state))
  return Object.hasOwn(out, '$') ? { $: ['obj', out] } : out
}

function unpack(value: unknown, shared: readonly unknown[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => unpack(item, shared))
  if (Object.hasOwn(value, '$')) return unpackTag((value as { readonly $: unknown }).$, shared)
  return unpackPlain(value, shared)
}

function unpackPlain(value: object, shared: readonly unknown[]): object {
  const out: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) define(out, key, unpack(item, shared))
  return out
}

function unpackTag(tag: unknown, shared: readonly unknown[]): unknown {
  const [kind, value] = Array.isArray(tag) ? tag as readonly unknown[] : []
  if (kind === 'num') return Number(value)
  if (kind === 'undef') return undefined
  if (kind === 'ref' && typeof value === 'number' && value in shared) return shared[value]
  if (kind === 'f64' && typeof value === 'string') return floats(Buffer.from(value, 'base64'))
  if (kind === 'map' && Array.isArray(value)) return new Map(unpack(value, shared) as readonly (readonly [unknown, unknown])[])
  if (kind === 'obj' && typeof value === 'object' && value !== null) return unpackPlain(value, shared)
  throw new Error(`an unknown tag ${String(kind)}`)
}

/** A copy, since a Buffer may start anywhere. */
function floats(bytes: Uint8Array): Float64Array {
  return new Float64Array(bytes.slice().buffer, 0, Math.floor(bytes.length / 8))
}

/** Also for the key `__proto__`, which plain assignment would take for the prototype. */
function define(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true })
  else out[key] = value
}
