/** A policy that answers every hook there is with values made to get past a check: from a seed, so that what was found can be found again. Guest code, as text. */
export const HOSTILE_POLICY = String.raw`import { definePolicy, HOOKS } from 'reclaim-lab'

let state = 1
const below = (n: number): number => { state = (state * 48271) % 2147483647; return state % n }
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T

const NUMBERS = [0, -0, 1, -1, 0.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 53), 1.7e308, 5e-324, 1e21]
const TEXTS = ['', '0', '1', 'true', 'equal', 'fract', 'anon', '__proto__', 'x'.repeat(100000), '\u001b[2J\u202e\ud800\u0000', 'NaN']
const KEYS = ['mode', 'anon', 'file', 'min', 'low', 'high', 'promo', 'length', 'invalid', 'value', 'allowed', 'then', 'toJSON', 'constructor', 'call']

class Sub extends Array<any> { static override get [Symbol.species](): any { throw new Error('species') } }
class Instance { mode = 'fract'; get anon(): number { return below(3) } file = 1 }

function hostile(depth: number, k: any): any {
  const next = (): any => (depth > 3 ? pick(NUMBERS) : hostile(depth + 1, k))
  switch (below(26)) {
    case 0: case 1: case 2: return pick(NUMBERS)
    case 3: return pick(TEXTS)
    case 4: return pick<any>([null, true, false, undefined])
    case 5: return pick<any>([Symbol('s'), Symbol.iterator, () => 1, class {}, Math.min, function* () { yield 1 }, Object.prototype.valueOf])
    case 6: return { valueOf: () => 1, toString: () => '1', [Symbol.toPrimitive]: () => 1 }
    case 7: return pick<any>([Object(1), Object('equal'), Object(true), Object(Symbol.iterator)])
    case 8: return pick<any>([new Map([['mode', 'anon']]), new Set([1]), /x/g, new Error('answer'), new WeakMap(), (function* () { yield 1 })()])
    case 9: return new Array(below(5))
    case 10: return Array.from({ length: below(6) }, next)
    case 11: return Object.assign([next(), next(), next(), next()], { [Symbol.iterator]: function* () { for (;;) yield 0 } })
    case 12: return Sub.from([next(), next(), next(), next()])
    case 13: { const a: any[] = []; a.push(a, a, a, a); return a }
    case 14: { const o: any = { mode: 'fract' }; o.anon = o; o.file = o; return o }
    case 15: return new Instance()
    case 16: return Object.fromEntries(KEYS.map(key => [key, next()]))
    case 17: { const o: any = Object.create(null); for (const key of KEYS) if (below(2)) o[key] = next(); return o }
    case 18: return Object.create({ mode: 'equal', anon: 1, file: 1, min: 1, low: 1, high: 1, promo: 1, length: 4 })
    case 19: { let n = 0; return { get mode() { return ['equal', 'fract', 7][n++ % 3] }, get anon() { return n++ - 1 }, get file() { throw pick<any>([1, null, new Error('late')]) } } }
    case 20: return below(20) ? next() : { get mode(): any { while (true); }, get min(): any { while (true); } }
    case 21: return pick<any>([k, k.base, k.state, k.params, k.math.pow, k.base.kswapdTarget])
    case 22: return { invalid: true, value: 'forged', allowed: 'forged' }
    case 23: return Object.freeze(Object.fromEntries(KEYS.map(key => [key, 1])))
    default: return 0
  }
}

/** Perhaps with an iterator and methods that disagree with what the list holds. */
function own(list: any[]): any {
  switch (below(4)) {
    case 0: return Object.assign(list, { [Symbol.iterator]: () => [][Symbol.iterator]() })
    case 1: return Object.assign(Sub.from(list), { map: () => [-1], slice: () => [], every: () => true, [Symbol.iterator]: function* () { yield* list; yield 7 } })
    default: return list
  }
}

/** Nearly right: what the base says, with one thing spoilt. */
function spoilt(value: any, k: any): any {
  if (Array.isArray(value)) {
    const copy: any[] = value.map(item => (Array.isArray(item) ? own(item.map(one => one)) : item))
    if (below(6) === 0) return own(copy)
    const at = below(copy.length + 1)
    if (below(2)) copy[at] = below(2) && copy[at] ? spoilt(copy[at], k) : hostile(1, k)
    else if (below(2)) copy.length = at
    else Object.defineProperty(copy, at, { get: () => hostile(1, k), enumerable: true, configurable: true })
    return own(copy)
  }
  if (typeof value === 'object' && value !== null) {
    const copy: any = { ...value }
    const key = pick(Object.keys(copy).concat(pick(KEYS)))
    if (below(2)) copy[key] = hostile(1, k)
    else if (below(2)) delete copy[key]
    else { let n = 0; Object.defineProperty(copy, key, { get: () => (n++ ? hostile(1, k) : value[key]), enumerable: true }) }
    return copy
  }
  return typeof value === 'number' ? pick([value + 0.5, -value, value + '', Object(value), value * 1e300, value - 1e9, -0, value]) : hostile(0, k)
}

/** Uses k in ways that it should refuse, caught or not. */
function misuse(k: any): void {
  const target = pick<any>([k, k.base, k.math, k.rng])
  const does = target[pick(Object.keys(target))]
  if (typeof does !== 'function') return
  try { does(hostile(0, k), hostile(0, k), hostile(0, k)) } catch (error) {
    for (const key of ['message', 'value', 'stack', 'name']) try { (error as any)[key] = () => 1 } catch {}
    if (below(2)) throw error
  }
}

const kept: any[] = []

function answer(name: string, args: readonly any[]): any {
  const k = args[args.length - 1]
  state = k.params.seed
  below(1)
  for (const arg of args) try { arg.free = 1; arg.zones.pop(); arg.zones[0].free = 0 } catch {}
  if (below(4) === 0) for (const old of kept.splice(0)) try { old.base[name](); old.log('late'); old.free = 1 } catch {}
  if (kept.length < 8) kept.push(...args)
  if (below(4) === 0) misuse(k)
  if (below(8) === 0) throw hostile(0, k)
  return below(2) ? spoilt(k.base[name](), k) : hostile(0, k)
}

export default definePolicy({ api: 1, name: 'hostile', params: { seed: { kind: 'number', default: 1, min: 1, max: 2147483646, about: '' } },
  hooks: Object.fromEntries(Object.keys(HOOKS).map(name => [name, (...args: any[]) => answer(name, args)])) as any })
`
