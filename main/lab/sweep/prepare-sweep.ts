/** Turns what a person asked to sweep into the runs it makes, or into messages that say what to change. */
import type { Problem, Result, SweepRequest } from '../../../preload/contract'
import { METRICS, metricById, sweepPoints, type SweepAxis, type SweepPoint } from '../../engine'
import { suggestion } from '../nearest'
import type { Content } from '../parts'
import type { PolicyLibrary } from '../policy-library'
import { done, show } from '../problems'
import { prepare, type PreparedExperiment } from '../request'
import { readAxis } from './axis'

const MOST_AXES = 4
const MOST_RUNS = 100_000
/** What is shown when nobody chose. */
const DEFAULT_METRICS: readonly string[] = ['run_time', 'throughput', 'alloc_latency_p999', 'direct_reclaim_time', 'workingset_refault_file', 'workingset_refault_anon', 'kswapd_cpu']

export interface PreparedSweep {
  readonly title: PreparedExperiment['title']
  readonly axes: readonly SweepAxis[]
  readonly points: readonly SweepPoint[]
  readonly metrics: readonly string[]
  readonly seeds: number
  /** By point; all have the same machines. */
  readonly experiments: readonly PreparedExperiment[]
}

/** How many combinations these axes make. */
export function countPoints(sweep: readonly string[]): Result<{ readonly points: number }> {
  const axes = readAxes(sweep)
  return axes.ok ? done({ points: axes.value.reduce((product, { values }) => product * values.length, 1) }) : axes
}

export async function prepareSweep(request: SweepRequest, content: Content, library: PolicyLibrary): Promise<Result<PreparedSweep>> {
  const shape = shapeProblem(request)
  if (shape !== undefined) return { ok: false, problems: [shape] }
  const axes = readAxes(request.sweep)
  if (!axes.ok) return axes
  const metrics = chosenMetrics(request.metrics ?? [])
  if (!metrics.ok) return metrics
  const points = sweepPoints(axes.value)
  const runs = points.length * (1 + request.comparison.policies.length) * request.comparison.seeds
  if (runs > MOST_RUNS) return refused('sweep', `makes ${runs} runs; at most ${MOST_RUNS}`)
  const experiments: PreparedExperiment[] = []
  for (const point of points) {
    const set = Object.fromEntries(axes.value.map(({ name }, i) => [name, point[i]]))
    const prepared = await prepare({ ...request.comparison, variants: [], set: { ...request.comparison.set, ...set } }, content, library)
    if (!prepared.ok) return { ok: false, problems: prepared.problems.map((problem) => underAxis(problem, axes.value)) }
    experiments.push(prepared.value)
  }
  return done({ title: experiments[0].title, axes: axes.value, points, metrics: metrics.value, seeds: request.comparison.seeds, experiments })
}

/** The bridge carries anything. What the comparison in it holds is looked at when it is prepared. */
function shapeProblem(request: unknown): Problem | undefined {
  const { comparison, sweep, metrics = [] } = (request ?? {}) as Partial<Record<keyof SweepRequest, unknown>>
  const texts = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string')
  if (typeof comparison !== 'object' || comparison === null || !Array.isArray((comparison as { policies?: unknown }).policies)) return { path: 'comparison', message: 'must be a comparison with scenario, base, policies, seeds' }
  if (!texts(sweep)) return { path: 'sweep', message: 'must be a list of texts' }
  return texts(metrics) ? undefined : { path: 'metrics', message: 'must be a list of metric ids' }
}

function readAxes(texts: readonly string[]): Result<readonly SweepAxis[]> {
  if (texts.length === 0) return refused('sweep', 'names nothing to vary; give it as name=first..last:step, as in vm.swappiness=0..200:20')
  if (texts.length > MOST_AXES) return refused('sweep', `has ${texts.length} axes; at most ${MOST_AXES}`)
  const read = texts.map((text) => readAxis(text))
  const problems = read.flatMap((axis) => (axis.ok ? [] : axis.problems))
  if (problems.length > 0) return { ok: false, problems }
  const axes = read.flatMap((axis) => (axis.ok ? [axis.value] : []))
  const twice = axes.find(({ name }, i) => axes.findIndex((other) => other.name === name) !== i)
  return twice === undefined ? done(axes) : refused('sweep', `varies ${twice.name} twice`)
}

function chosenMetrics(wanted: readonly string[]): Result<readonly string[]> {
  const known = METRICS.map(({ id }) => id)
  const unknown = wanted.find((id) => metricById(id) === undefined)
  if (unknown !== undefined) return refused('metrics', `there is no metric ${show(unknown)}.${suggestion(unknown, known)}`)
  return done(wanted.length > 0 ? wanted : DEFAULT_METRICS.filter((id) => known.includes(id)))
}

/** A value that a sysctl or parameter refuses was written in its axis. */
function underAxis(problem: Problem, axes: readonly SweepAxis[]): Problem {
  const axis = axes.find(({ name }) => problem.path === `set.${name}`)
  return axis === undefined ? problem : { ...problem, path: `sweep.${axis.name}` }
}

function refused(path: string, message: string): Result<never> {
  return { ok: false, problems: [{ path, message }] }
}
