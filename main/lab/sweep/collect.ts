/** Collects the runs of one sweep as they come in, from wherever, and tells how it stands. */
import type { SweepStatus } from '../../../preload/contract'
import { sweepCurves, type SweepResult } from '../../engine'
import { failedRun, rowOf, type FinishedRun } from './finished-run'
import { placesOf, type Place, type SweepPlan } from './plan'
import type { PreparedSweep } from './prepare-sweep'

export interface SweepRow extends SweepResult {
  readonly ejected: boolean
}

export interface Sweep {
  readonly id: string
  readonly plan: SweepPlan
  /** What its runs are made of, where that is known here. */
  readonly prepared?: PreparedSweep
  readonly ended: Promise<void>
  /** Finished runs, in the order of points, machines and seeds. */
  rows(): readonly SweepRow[]
  /** Runs that came to no use: failed, stuck, in doubt. Not those that were only cut. */
  useless(): readonly UselessRun[]
  status(): SweepStatus
  cancel(): void
  /** Stops to follow runs that go on elsewhere; what is in stays. Absent where they can't. */
  detach?(): void
}

export interface UselessRun extends Place { readonly run: FinishedRun }

export interface Collector {
  readonly total: number
  /** True when this place had nothing before. */
  take(index: number, run: FinishedRun): boolean
  /** A run that will not come: cut, or failed with this message. */
  lose(index: number, message?: string): void
  /** Takes back what was in: it turned out to be in doubt. */
  doubt(index: number, message: string): void
  has(index: number): boolean
  ended(): number
  rows(): readonly SweepRow[]
  useless(): readonly UselessRun[]
  status(cancelled: boolean): SweepStatus
}

/** So many times as long as drawing took, there is rest from it. */
const REST = 20

export function createCollector(id: string, plan: SweepPlan): Collector {
  const places = placesOf(plan)
  const rows = new Map<number, SweepRow>()
  const lost = new Map<number, { readonly message?: string; readonly run?: FinishedRun }>()
  const inOrder = (): readonly SweepRow[] => [...rows].sort(([a], [b]) => a - b).map(([, row]) => row)
  const ended = (): number => rows.size + lost.size
  let curves: SweepStatus['curves'] = []
  let stale = true
  /** When curves may be drawn anew: those of 48,000 runs take a third of a second, and there may be many statuses a second. */
  let nextMs = 0
  const has = (index: number): boolean => rows.has(index) || lost.has(index)

  const curvesNow = (over: boolean): SweepStatus['curves'] => {
    const startMs = performance.now()
    if (!stale || (!over && startMs < nextMs)) return curves
    curves = sweepCurves(inOrder(), plan.metrics, plan.machines.length)
    stale = false
    nextMs = startMs + (performance.now() - startMs) * (1 + REST)
    return curves
  }

  const drop = (index: number, run: FinishedRun | undefined): void => {
    const message = run?.end === 'failed' ? run.message ?? 'it failed' : undefined
    stale = true
    rows.delete(index)
    lost.set(index, { ...(message === undefined ? {} : { message }), ...(run === undefined || run.end === 'cancelled' ? {} : { run }) })
  }
  const lose = (index: number, message?: string): void => { drop(index, message === undefined ? undefined : failedRun(message)) }
  return {
    total: places.length, has, ended, lose, doubt: lose,
    useless: () => [...lost].flatMap(([index, { run }]) => (run === undefined ? [] : [{ ...places[index], run }])),
    take: (index, run) => {
      const first = !has(index)
      const row = rowOf(places[index], run)
      if (row === undefined) drop(index, run)
      else {
        stale = true
        lost.delete(index)
        rows.set(index, row)
      }
      return first
    },
    rows: inOrder,
    status: (cancelled) => {
      const failures = [...lost.values()].flatMap(({ message }) => message ?? [])
      const over = ended() >= places.length
      return {
        id, title: plan.title, state: cancelled ? 'cancelled' : !over ? 'running' : failures.length > 0 ? 'failed' : 'done', axes: plan.axes, points: plan.points, machines: plan.machines, seeds: plan.seeds,
        runs: places.length, ended: ended(), lost: lost.size, ejected: [...rows.values()].filter(({ ejected }) => ejected).length, curves: curvesNow(over || cancelled),
        ...(failures.length === 0 ? {} : { error: `${failures.length} of ${places.length} runs failed: ${failures[0]}` }),
      }
    },
  }
}
