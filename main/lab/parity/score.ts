/**
 * Scores simulated runs against measured ones. A cell is one metric of one variant. The simulator's value is the median of its runs; the error is 0 within what the
 * measured runs span, else the distance to the nearer edge, relative to the larger of the two. Medians are taken per family and metric first, so that a family with
 * many variants weighs no more than another.
 */
import { PARITY_METRICS } from './metrics'
import type { MetricKind, ParityMetric, SummaryReading } from './metrics'

export interface VariantRuns {
  /** `B_stream/seq_256M` */
  readonly id: string
  readonly measured: readonly SummaryReading[]
  readonly simulated: readonly SummaryReading[]
}

export interface Cell {
  readonly id: string
  readonly kind: MetricKind
  readonly metric: string
  /** Smallest and largest of the measured runs. */
  readonly lo: number
  readonly hi: number
  /** Undefined where no simulated run tells it. */
  readonly simulated: number | undefined
  readonly error: number
}

export interface KindScore { readonly cells: number; readonly median: number; readonly within25: number }
export type Score = Readonly<Record<MetricKind, KindScore>>

export const KINDS: readonly MetricKind[] = ['volume', 'dynamics', 'time']
const NEAR = 0.25

export function scoreCells(variants: readonly VariantRuns[]): readonly Cell[] {
  return variants.filter(variant => variant.measured.length > 0).flatMap(variant => PARITY_METRICS.flatMap(metric => cell(variant, metric) ?? []))
}

export function scoreOf(cells: readonly Cell[]): Score {
  return { volume: kindScore(cells, 'volume'), dynamics: kindScore(cells, 'dynamics'), time: kindScore(cells, 'time') }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return NaN
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function cell({ id, measured, simulated }: VariantRuns, metric: ParityMetric): Cell | undefined {
  const values = measured.map(summary => metric.of(summary))
  const [lo, hi] = [Math.min(...values), Math.max(...values)]
  const told = simulated.filter(summary => metric.told(summary))
  const value = told.length === 0 ? undefined : median(told.map(summary => metric.of(summary)))
  if (hi < metric.floor && (value ?? 0) < metric.floor) return undefined
  return { id, kind: metric.kind, metric: metric.name, lo, hi, simulated: value, error: errorOf(value, lo, hi, metric.floor) }
}

function errorOf(value: number | undefined, lo: number, hi: number, floor: number): number {
  if (value === undefined) return 1
  if (value >= lo && value <= hi) return 0
  const edge = value < lo ? lo : hi
  return Math.abs(value - edge) / Math.max(Math.abs(edge), Math.abs(value), floor)
}

function kindScore(all: readonly Cell[], kind: MetricKind): KindScore {
  const cells = all.filter(each => each.kind === kind)
  const groups = [...grouped(cells, each => `${each.id.split('/')[0]} ${each.metric}`).values()].map(group => group.map(each => each.error))
  const near = groups.map(errors => errors.filter(error => error <= NEAR).length / errors.length)
  return { cells: cells.length, median: median(groups.map(median)), within25: near.reduce((total, share) => total + share, 0) / Math.max(1, near.length) }
}

export function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}
