/**
 * The sentence above a comparison: for every policy its biggest differences, or why there are none to tell. Differences are ranked by their size relative to the
 * larger of both sides plus the metric's floor, so a count that went from 0 to 3 doesn't outrank a run that takes half the time; and by what the metric is about, since
 * people feel a stall, but not a scan. One metric a group is named.
 */
import { metricById } from '../metrics/catalogue'
import type { MetricGroup } from '../metrics/metric'
import type { ComparisonRow, Difference } from './compare'

export interface Finding {
  /** Index of the machine; the base, 0, has no finding. */
  readonly machine: number
  readonly kind: 'differs' | 'no-difference' | 'too-few-seeds' | 'not-finished'
  readonly metrics: readonly string[]
}

/** Smaller than this is no difference worth a sentence, however certain. */
const SMALLEST_EFFECT = 0.01
const MOST_NAMED = 4

/** What programs and people feel counts in full; the work behind it less, the kernel's bookkeeping least. */
const WEIGHT: Readonly<Record<MetricGroup, number>> = {
  oom: 1, time: 1, stall: 1, latency: 1, pressure: 0.9, fault: 0.8, refault: 0.8, swap: 0.8, disk: 0.7, scan: 0.6, kswapd: 0.6, free: 0.5, slab: 0.5, compaction: 0.5, lru: 0.4,
}

/** `pairs[i]`: seeds that machine i + 1 and the base have both finished. `oneIsEnough`: nothing draws from the seed. */
export function findings(rows: readonly ComparisonRow[], pairs: readonly number[], oneIsEnough: boolean): readonly Finding[] {
  return pairs.map((count, policy) => ({ machine: policy + 1, ...finding(rows, policy, count, oneIsEnough) }))
}

function finding(rows: readonly ComparisonRow[], policy: number, pairs: number, oneIsEnough: boolean): Pick<Finding, 'kind' | 'metrics'> {
  if (pairs === 0) return { kind: 'not-finished', metrics: [] }
  const sure = named(rows, policy, (verdict) => verdict !== 'same' && verdict !== 'unclear')
  if (sure.length > 0) return { kind: pairs === 1 && !oneIsEnough ? 'too-few-seeds' : 'differs', metrics: sure }
  const maybe = named(rows, policy, (verdict) => verdict === 'unclear')
  return maybe.length > 0 ? { kind: 'too-few-seeds', metrics: maybe } : { kind: 'no-difference', metrics: [] }
}

/** |a - b| over the larger side plus the floor: 0..1, the same seen from both sides. */
function effect(base: number, policy: number, floor: number): number {
  const larger = Math.max(Math.abs(base), Math.abs(policy)) + floor
  return larger === 0 ? 0 : Math.abs(policy - base) / larger
}

function named(rows: readonly ComparisonRow[], policy: number, counts: (verdict: Difference['verdict']) => boolean): readonly string[] {
  const candidates = rows.flatMap((row) => candidate(row, row.policies[policy], counts))
  candidates.sort((a, b) => Number(a.neutral) - Number(b.neutral) || b.rank - a.rank)
  const groups = new Set<string>()
  const metrics: string[] = []
  for (const one of candidates) {
    if (groups.has(one.group) || metrics.length === MOST_NAMED) continue
    groups.add(one.group)
    metrics.push(one.id)
  }
  return metrics
}

interface Candidate { readonly id: string; readonly group: string; readonly neutral: boolean; readonly rank: number }

function candidate(row: ComparisonRow, difference: Difference, counts: (verdict: Difference['verdict']) => boolean): readonly Candidate[] {
  const metric = metricById(row.metric)
  if (metric === undefined || !counts(difference.verdict) || difference.estimate.values.length === 0 || row.base.values.length === 0) return []
  const size = effect(row.base.mean, row.base.mean + difference.mean, metric.floor)
  return size < SMALLEST_EFFECT ? [] : [{ id: row.metric, group: metric.group, neutral: metric.better === 'neutral', rank: size * WEIGHT[metric.group] }]
}
