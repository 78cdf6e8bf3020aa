/**
 * Which page a phase visits next, as the recorded workloads chose it. Touch i of a phase goes to
 *   seq:  start + (i mod len) * stride
 *   rand: start + floor(u * len)
 *   zipf: start + k, k the smallest index with cdf[k] >= u, cdf[k] = sum(j^-s, j = 1..k+1) / sum(j^-s, j = 1..len)
 *   list: start + list[i mod len]
 * where u is a draw of Mulberry32 / 2^32, one a touch, its state the phase's seed.
 */
import { assert } from '../core/assert'
import type { Pattern } from '../sim/scenario'
import { zipfTable } from './zipf-table'

const SEQ = 0
const RAND = 1
const ZIPF = 2
const LIST = 3
const NO_LIST: readonly number[] = []
const TWO_32 = 4294967296
const NO_TABLE = { thresholds: new Uint32Array(1), guide: new Int32Array(2), shift: 31 }

/** `seed` is for patterns that don't bring their own. */
export function createPattern(p: Pattern, seed: number): PatternCursor {
  return new PatternCursor(p, seed)
}

export class PatternCursor {
  readonly #kind: 0 | 1 | 2 | 3
  readonly #start: number
  readonly #len: number
  readonly #stride: number
  readonly #list: readonly number[]
  readonly #thresholds: Uint32Array
  readonly #guide: Int32Array
  readonly #shift: number
  #pos = 0
  #state: number

  constructor(p: Pattern, seed: number) {
    assert(p.len >= 1 && p.start >= 0, 'a pattern covers at least one page')
    this.#kind = p.pat === 'seq' ? SEQ : p.pat === 'rand' ? RAND : p.pat === 'zipf' ? ZIPF : LIST
    this.#start = p.start
    this.#len = p.len
    this.#stride = p.stride ?? 1
    this.#list = p.list ?? NO_LIST
    assert(p.pat !== 'list' || this.#list.length === p.len, 'a list has len pages')
    this.#state = (p.seed ?? seed) | 0
    const table = p.pat === 'zipf' ? zipfTable(p.len, p.s ?? 1) : NO_TABLE
    this.#thresholds = table.thresholds
    this.#guide = table.guide
    this.#shift = table.shift
  }

  next(): number {
    if (this.#kind === SEQ) return this.#nextSeq()
    if (this.#kind === LIST) return this.#nextListed()
    const word = this.#word()
    if (this.#kind === RAND) return this.#start + Math.floor((word / TWO_32) * this.#len)
    return this.#start + zipfIndex(this.#thresholds, this.#guide, this.#shift, word)
  }

  #nextSeq(): number {
    const pos = this.#pos
    this.#pos = pos + 1 === this.#len ? 0 : pos + 1
    return this.#start + pos * this.#stride
  }

  #nextListed(): number {
    const pos = this.#pos
    this.#pos = pos + 1 === this.#len ? 0 : pos + 1
    return this.#start + this.#list[pos]
  }

  /** Mulberry32. */
  #word(): number {
    const a = (this.#state + 0x6d2b79f5) | 0
    this.#state = a
    return scramble(a) >>> 0
  }
}

function scramble(a: number): number {
  let t = Math.imul(a ^ (a >>> 15), a | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return t ^ (t >>> 14)
}

/** Smallest k with thresholds[k] >= word; the guide brackets it. */
function zipfIndex(thresholds: Uint32Array, guide: Int32Array, shift: number, word: number): number {
  const bucket = word >>> shift
  let low = guide[bucket]
  let high = guide[bucket + 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (thresholds[middle] >= word) high = middle
    else low = middle + 1
  }
  return low
}
