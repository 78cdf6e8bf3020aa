/**
 * Compares machines over seeds. Runs are paired by seed (the same seed gives every machine the same workload), so what is estimated is the mean of the paired
 * differences, policy minus base, with a 95 % interval by Student's t.
 *
 * Verdicts, per metric and policy:
 *   same       every pair is equal
 *   better, worse, different (for metrics without a better side)   the interval excludes 0
 *   different  too, where the difference is certain but below a two-thousandth: nobody is better or worse off by that
 *   different  there is one pair and it is not equal: a fact about this seed, no claim about others (in an experiment without chance: better or worse at once)
 *   unclear    the interval includes 0, or there is no pair, or two pairs happen to differ by the same amount in an experiment where seeds do matter (t would
 *              give an interval of no width, which two small counts don't deserve)
 * Where nothing is drawn from the seed (`chance` false), or no metric of any machine depends on it, equal differences are certain.
 *
 * Simplification: intervals are per metric and not corrected for their number; of twenty metrics that a policy doesn't change one may look changed by chance. That is
 * why the sentence (findings.ts) also asks for a size.
 */
import { metricById, METRICS } from '../metrics/catalogue'
import type { Metric } from '../metrics/metric'
import { findings, type Finding } from './findings'
import { allEqual, estimate, pairedInterval, type Estimate } from './statistics'

export type Verdict = 'better' | 'worse' | 'different' | 'same' | 'unclear'

export interface Difference {
  readonly estimate: Estimate
  readonly mean: number
  /** Mean difference over the base's mean; absent when that is 0. */
  readonly ratio?: number
  readonly interval?: readonly [number, number]
  readonly verdict: Verdict
}

export interface ComparisonRow { readonly metric: string; readonly base: Estimate; readonly policies: readonly Difference[] }

export interface Comparison { readonly partial: boolean; readonly seeds: number; readonly rows: readonly ComparisonRow[]; readonly findings: readonly Finding[] }

/** One run that went to its own end: cut, stuck and failed runs measure something else and don't belong here. */
export interface RunResult {
  readonly machine: number
  readonly seed: number
  readonly engine: string
  readonly metrics: Readonly<Record<string, number>>
}

/**
 * `machines` counts the base, which is machine 0; `seeds` is how many were planned; `chance`: does anything in these runs draw from the seed? Runs of different engines
 * are a bug of the caller.
 */
export function compareRuns(machines: number, seeds: number, results: readonly RunResult[], chance = true): Comparison {
  assertOneEngine(results)
  const byMachine = Array.from({ length: machines }, (_, machine) => ofMachine(results, machine))
  const luck: Luck = { oneIsEnough: !chance, seedsMatter: chance && seedsMatter(byMachine) }
  const rows = metricIds(results).map((id) => row(metricById(id), byMachine, luck)).filter((one) => one !== undefined)
  const whole = [...byMachine[0].keys()].filter((seed) => byMachine.every((runs) => runs.has(seed)))
  return { partial: byMachine.some((runs) => runs.size < seeds), seeds: whole.length, rows, findings: findings(rows, pairCounts(byMachine), luck.oneIsEnough) }
}

type Runs = ReadonlyMap<number, RunResult>

interface Luck { readonly oneIsEnough: boolean; readonly seedsMatter: boolean }

function assertOneEngine(results: readonly RunResult[]): void {
  const engines = new Set(results.map((result) => result.engine))
  if (engines.size > 1) throw new Error(`runs of different engine versions in one comparison: ${[...engines].join(', ')}`)
}

function ofMachine(results: readonly RunResult[], machine: number): Runs {
  const own = results.filter((result) => result.machine === machine)
  return new Map(own.sort((a, b) => a.seed - b.seed).map((result) => [result.seed, result]))
}

function pairCounts(byMachine: readonly Runs[]): readonly number[] {
  return byMachine.slice(1).map((runs) => [...runs.keys()].filter((seed) => byMachine[0].has(seed)).length)
}

/** In the catalogue's order; metrics of single tasks after it. */
function metricIds(results: readonly RunResult[]): readonly string[] {
  const present = new Set(results.flatMap((result) => Object.keys(result.metrics)))
  const fixed = METRICS.map((metric) => metric.id).filter((id) => present.delete(id))
  return [...fixed, ...[...present].sort()]
}

function seedsMatter(byMachine: readonly Runs[]): boolean {
  return byMachine.some((runs) => {
    const all = [...runs.values()]
    return all.length > 1 && Object.keys(all[0].metrics).some((id) => !allEqual(all.map((run) => run.metrics[id])))
  })
}

function row(metric: Metric | undefined, byMachine: readonly Runs[], luck: Luck): ComparisonRow | undefined {
  if (metric === undefined) return undefined
  const base = valuesOf(byMachine[0], metric.id)
  const policies = byMachine.slice(1).map((runs) => difference(metric, base, valuesOf(runs, metric.id), luck))
  return { metric: metric.id, base: estimate([...base.values()]), policies }
}

function valuesOf(runs: Runs, id: string): ReadonlyMap<number, number> {
  return new Map([...runs].filter(([, run]) => run.metrics[id] !== undefined).map(([seed, run]) => [seed, run.metrics[id]]))
}

function difference(metric: Metric, base: ReadonlyMap<number, number>, policy: ReadonlyMap<number, number>, luck: Luck): Difference {
  const seeds = [...policy.keys()].filter((seed) => base.has(seed))
  const paired = seeds.map((seed) => (policy.get(seed) ?? 0) - (base.get(seed) ?? 0))
  const baseMean = estimate(seeds.map((seed) => base.get(seed) ?? 0)).mean
  const mean = estimate(paired).mean
  return { estimate: estimate([...policy.values()]), mean, ...(baseMean === 0 ? {} : { ratio: mean / baseMean }), ...relevant(judge(metric, paired, luck), Math.abs(mean) / Math.max(Math.abs(baseMean), Math.abs(baseMean + mean))) }
}

/** Relative differences below this are shown as 0.0 %. */
const NEGLIGIBLE = 0.0005

/** Certain is not yet relevant (`ratio` is to the larger of the two, so that either side says the same): a run time 0.7 ms of 30 s longer is different, not worse. */
function relevant(judged: Pick<Difference, 'interval' | 'verdict'>, ratio: number): Pick<Difference, 'interval' | 'verdict'> {
  const valued = judged.verdict === 'better' || judged.verdict === 'worse'
  return valued && ratio < NEGLIGIBLE ? { ...judged, verdict: 'different' } : judged
}

function judge(metric: Metric, paired: readonly number[], luck: Luck): Pick<Difference, 'interval' | 'verdict'> {
  if (paired.length === 0) return { verdict: 'unclear' }
  if (paired.length === 1) return { verdict: paired[0] === 0 ? 'same' : luck.oneIsEnough ? direction(metric, paired[0] > 0) : 'different' }
  if (allEqual(paired) && paired[0] !== 0 && luck.seedsMatter && paired.length < 3) return { verdict: 'unclear' }
  const interval = pairedInterval(paired)
  if (paired.every((value) => value === 0)) return { interval, verdict: 'same' }
  if (interval[0] <= 0 && interval[1] >= 0) return { interval, verdict: 'unclear' }
  return { interval, verdict: direction(metric, interval[0] > 0) }
}

function direction(metric: Metric, more: boolean): Verdict {
  if (metric.better === 'neutral') return 'different'
  return (metric.better === 'higher') === more ? 'better' : 'worse'
}
