/**
 * The zipf distribution as integers. A draw is u = word / 2^32 with an integer word, so `cdf[k] >= u` is the same as `floor(cdf[k] * 2^32) >= word`
 * (scaling by 2^32 is exact), and 32-bit thresholds lose nothing. `guide[b]` is the first index whose threshold reaches the first word of bucket b:
 * a word of bucket b finds its index between guide[b] and guide[b + 1].
 */
import { exactPow } from '../core/maths'

export interface ZipfTable {
  readonly thresholds: Uint32Array
  readonly guide: Int32Array
  /** word >>> shift is the bucket. */
  readonly shift: number
}

// Buckets, as powers of two: about two an index, within bounds.
const MIN_BITS = 4
const MAX_BITS = 21

let lastLen = 0
let lastS = 0
let last: ZipfTable | undefined

/** Tables are immutable; the last one made is kept, since processes of one scenario often share theirs. */
export function zipfTable(len: number, s: number): ZipfTable {
  if (last !== undefined && len === lastLen && s === lastS) return last
  const thresholds = zipfThresholds(len, s)
  const bits = Math.min(MAX_BITS, Math.max(MIN_BITS, 33 - Math.clz32(len)))
  last = { thresholds, guide: guideOf(thresholds, bits), shift: 32 - bits }
  lastLen = len
  lastS = s
  return last
}

function zipfThresholds(len: number, s: number): Uint32Array {
  const sums = new Float64Array(len)
  let sum = 0
  for (let k = 0; k < len; k++) {
    sum += exactPow(k + 1, -s)
    sums[k] = sum
  }
  const thresholds = new Uint32Array(len)
  for (let k = 0; k < len; k++) thresholds[k] = Math.min(Math.floor((sums[k] / sum) * 4294967296), 4294967295)
  return thresholds
}

function guideOf(thresholds: Uint32Array, bits: number): Int32Array {
  const buckets = 1 << bits
  const width = 4294967296 / buckets
  const guide = new Int32Array(buckets + 1)
  let k = 0
  for (let bucket = 0; bucket < buckets; bucket++) {
    const first = bucket * width
    while (thresholds[k] < first) k++
    guide[bucket] = k
  }
  guide[buckets] = thresholds.length - 1
  return guide
}
