/**
 * Sweeps: one scenario over ranges of values. What runs a sweep makes, and what its metrics say: response curves with intervals, and which points are best.
 * Runs of one seed at different points are paired, since the seed gives each the same workload.
 */
import { metricById } from '../metrics/catalogue'
import { allEqual, estimate, pairedInterval, type Estimate } from './statistics'

/** One thing that is varied: a sysctl or a policy's parameter, and its values in order. */
export interface SweepAxis { readonly name: string; readonly values: readonly number[] }

/** Values by axis. */
export type SweepPoint = readonly number[]

/** Every combination; the last axis varies fastest. No axis gives one point. */
export function sweepPoints(axes: readonly SweepAxis[]): readonly SweepPoint[] {
  return axes.reduce<readonly SweepPoint[]>((points, { values }) => points.flatMap((point) => values.map((value) => [...point, value])), [[]])
}

/** One run that went to its own end. */
export interface SweepResult {
  readonly point: number
  /** 0 is the base kernel, then the policies. */
  readonly machine: number
  readonly seed: number
  readonly digest: string
  readonly engine: string
  readonly metrics: Readonly<Record<string, number>>
}

export interface CurvePoint {
  readonly point: number
  readonly estimate: Estimate
  /** 95 % interval of the mean over seeds; absent with one. */
  readonly interval?: readonly [number, number]
}

/** How one metric answers, on one machine. Points without a finished run are left out. */
export interface Curve {
  readonly metric: string
  readonly machine: number
  readonly points: readonly CurvePoint[]
  /** For metrics with a better side: the best point, and those that can't be told from it. */
  readonly best?: { readonly point: number; readonly asGood: readonly number[] }
}

/** The curves of the wanted metrics, by metric and machine. Runs of different engines are a bug of the caller. */
export function sweepCurves(results: readonly SweepResult[], metrics: readonly string[], machines: number): readonly Curve[] {
  const engines = new Set(results.map(({ engine }) => engine))
  if (engines.size > 1) throw new Error(`runs of different engine versions in one sweep: ${[...engines].join(', ')}`)
  return metrics.flatMap((metric) => Array.from({ length: machines }, (_, machine) => curve(results.filter((result) => result.machine === machine), metric, machine)))
}

function curve(results: readonly SweepResult[], metric: string, machine: number): Curve {
  const bySeed = new Map<number, Map<number, number>>()
  for (const { point, seed, metrics } of results) {
    if (metrics[metric] === undefined) continue
    const seeds = bySeed.get(point) ?? new Map<number, number>()
    seeds.set(seed, metrics[metric])
    bySeed.set(point, seeds)
  }
  const points = [...bySeed].sort(([a], [b]) => a - b).map(([point, seeds]): CurvePoint => {
    const values = [...seeds].sort(([a], [b]) => a - b).map(([, value]) => value)
    return { point, estimate: estimate(values), ...(values.length > 1 ? { interval: pairedInterval(values) } : {}) }
  })
  const best = bestOf(metric, points, bySeed)
  return { metric, machine, points, ...(best === undefined ? {} : { best }) }
}

function bestOf(metric: string, points: readonly CurvePoint[], bySeed: ReadonlyMap<number, ReadonlyMap<number, number>>): Curve['best'] {
  const better = metricById(metric)?.better
  if (better === undefined || better === 'neutral' || points.length < 2) return undefined
  const sign = better === 'lower' ? 1 : -1
  const first = points.reduce((best, each) => (sign * (each.estimate.mean - best.estimate.mean) < 0 ? each : best))
  const asGood = points.filter((each) => each !== first && !certainlyWorse(bySeed.get(first.point), bySeed.get(each.point), sign)).map(({ point }) => point)
  return { point: first.point, asGood }
}

/** Is `other` worse than `best` on paired seeds, beyond chance? Equal values are as good; one seed tells only equal from different. */
function certainlyWorse(best: ReadonlyMap<number, number> = new Map(), other: ReadonlyMap<number, number> = new Map(), sign: number): boolean {
  const paired = [...best].filter(([seed]) => other.has(seed)).map(([seed, value]) => sign * ((other.get(seed) ?? 0) - value))
  if (paired.length === 0 || paired.every((difference) => difference === 0)) return false
  if (paired.length === 1 || allEqual(paired)) return paired[0] > 0
  return pairedInterval(paired)[0] > 0
}
