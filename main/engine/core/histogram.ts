/**
 * Log-bucketed latencies: 8 buckets to a power of two, named by their middle (lowest value + half the width), exact below 16. These are the buckets and
 * the quantile rule of the recorded kernel runs' `lat_hist_log`: a quantile is the middle of the first bucket at which the running count reaches q * count.
 */
const TWO_31 = 2147483648
/** Enough for values below 2^53. */
const BUCKETS = 8 * 51

// Places in `#totals`. Doubles live in a typed array so that adding never allocates.
const COUNT = 0
const SUM = 1
const MAX = 2

/** Log-bucketed latency, as ground-truth's `lat_hist_log`: [bucket middle in ns, count]. */
export interface LatencyStats {
  readonly count: number
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  readonly histogram: readonly (readonly [number, number])[]
}

export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS)
  readonly #totals = new Float64Array(3)

  /** `count` samples of `ns` each; ns is an integer >= 0. */
  add(ns: number, count = 1): void {
    const totals = this.#totals
    this.#counts[bucketOf(ns)] += count
    totals[COUNT] += count
    totals[SUM] += ns * count
    if (ns > totals[MAX]) totals[MAX] = ns
  }

  stats(): LatencyStats {
    const [count, sum, max] = this.#totals
    return {
      count, mean: count === 0 ? 0 : sum / count,
      p50: this.#quantile(500), p90: this.#quantile(900), p99: this.#quantile(990), p999: this.#quantile(999),
      max, histogram: this.#buckets(),
    }
  }

  /** In thousandths, so that the comparison is between integers. */
  #quantile(permille: number): number {
    const counts = this.#counts
    const wanted = this.#totals[COUNT] * permille
    let running = 0
    for (let i = 0; i < BUCKETS; i++) {
      running += counts[i]
      if (counts[i] > 0 && running * 1000 >= wanted) return middleOf(i)
    }
    return 0
  }

  #buckets(): (readonly [number, number])[] {
    const out: (readonly [number, number])[] = []
    this.#counts.forEach((count, i) => { if (count > 0) out.push([middleOf(i), count]) })
    return out
  }
}

/** Bucket number of a value: below 8 the value itself, then 8 to a power of two. */
export function bucketOf(ns: number): number {
  if (ns < 8) return ns | 0
  if (ns < TWO_31) {
    const e = 31 - Math.clz32(ns)
    return (e - 2) * 8 + ((ns >>> (e - 3)) & 7)
  }
  const high = Math.floor(ns / 16777216)
  const e = 31 - Math.clz32(high)
  return (e + 24 - 2) * 8 + ((high >>> (e - 3)) & 7)
}

export function middleOf(bucket: number): number {
  if (bucket < 16) return bucket
  const shift = (bucket >> 3) - 1
  let width = 1
  for (let i = 0; i < shift; i++) width *= 2
  return (8 + (bucket & 7)) * width + width / 2
}
