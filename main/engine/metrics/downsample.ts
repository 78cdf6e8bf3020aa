/**
 * Thins a run's series for a screen without losing spikes: the window is cut into equal buckets and each gives its smallest and its largest value, in the
 * order they came. All columns share one time axis, so a bucket's two values stand at its first and its middle sample; a spike moves by less than a bucket.
 */
import type { Series } from '../core/columns'
import { isRateSeries } from './charts'

export interface Slice {
  readonly times: Float64Array
  readonly columns: Readonly<Record<string, Float64Array>>
}

const NS_PER_S = 1e9

/** The part t0..t1 of the named series in at most `maxPoints` points. Unknown ids are left out. Counters that charts show per second come as rates. */
export function sliceSeries(series: Series, ids: readonly string[], t0: number, t1: number, maxPoints: number): Slice {
  const [from, to] = window(series.times, t0, t1)
  const points = Math.max(2, Math.floor(maxPoints))
  const columns: Record<string, Float64Array> = {}
  for (const id of ids) {
    const at = series.ids.indexOf(id)
    if (at < 0) continue
    const column = isRateSeries(id) ? perSecond(series.times, series.columns[at]) : series.columns[at]
    columns[id] = minMax(column, from, to, points)
  }
  return { times: bucketTimes(series.times, from, to, points), columns }
}

/** Change per second since the sample before; the first sample has none before it and is 0. */
export function perSecond(times: Float64Array, totals: Float64Array): Float64Array {
  const rates = new Float64Array(totals.length)
  for (let i = 1; i < totals.length; i++) {
    const ns = times[i] - times[i - 1]
    rates[i] = ns > 0 ? ((totals[i] - totals[i - 1]) * NS_PER_S) / ns : 0
  }
  return rates
}

/** Indexes from..to (exclusive) of the samples in t0..t1, and one beyond on each side so that lines reach the edge. */
function window(times: Float64Array, t0: number, t1: number): [number, number] {
  if (!(t1 >= t0) || times.length === 0) return [0, 0]
  const from = lowerBound(times, t0)
  let to = lowerBound(times, t1)
  while (to < times.length && times[to] <= t1) to++
  return [Math.max(0, from - 1), Math.min(times.length, to + 1)]
}

function lowerBound(times: Float64Array, t: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle] < t) low = middle + 1
    else high = middle
  }
  return low
}

/** Bucket b of n covers count*b/n .. count*(b+1)/n. */
function edge(from: number, to: number, buckets: number, bucket: number): number {
  return from + Math.floor(((to - from) * bucket) / buckets)
}

function bucketTimes(times: Float64Array, from: number, to: number, points: number): Float64Array {
  if (to - from <= points) return times.slice(from, to)
  const buckets = points >>> 1
  const out = new Float64Array(buckets * 2)
  for (let b = 0; b < buckets; b++) {
    const start = edge(from, to, buckets, b)
    const end = edge(from, to, buckets, b + 1)
    out[2 * b] = times[start]
    out[2 * b + 1] = times[(start + end) >>> 1]
  }
  return out
}

function minMax(column: Float64Array, from: number, to: number, points: number): Float64Array {
  if (to - from <= points) return column.slice(from, to)
  const buckets = points >>> 1
  const out = new Float64Array(buckets * 2)
  for (let b = 0; b < buckets; b++) {
    const end = edge(from, to, buckets, b + 1)
    let lowest = edge(from, to, buckets, b)
    let highest = lowest
    for (let i = lowest + 1; i < end; i++) {
      if (column[i] < column[lowest]) lowest = i
      if (column[i] > column[highest]) highest = i
    }
    out[2 * b] = column[Math.min(lowest, highest)]
    out[2 * b + 1] = column[Math.max(lowest, highest)]
  }
  return out
}
