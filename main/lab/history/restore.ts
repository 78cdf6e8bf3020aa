/** Entries of the history as live comparisons and sweeps again: with the runs' numbers at once, and their recordings when they are asked for. */
import type { SweepStatus } from '../../../preload/contract'
import type { EntryWithRuns, StoredRun } from '../../store/history/history'
import { plannedRuns, type LabRun, type RunOutcome } from '../experiment'
import type { PreparedExperiment } from '../request'
import type { PreparedSweep } from '../sweep/prepare-sweep'
import { createCollector, type Sweep } from '../sweep/collect'
import type { FinishedRun } from '../sweep/finished-run'
import { placesOf, planOf, type Place } from '../sweep/plan'
import type { KnownRuns } from '../sweep/sweeps'

/** The comparison's runs as they ended. Those that never did are `cancelled`, or `waiting` when they are to be made now. */
export function restoredRuns(id: string, { entry, runs }: EntryWithRuns, prepared: PreparedExperiment, missing: 'cancelled' | 'waiting'): readonly LabRun[] {
  const stored = new Map(runs.map((run) => [`${run.machine}.${run.seed}`, run]))
  return plannedRuns(id, prepared).map((planned) => {
    const run = stored.get(`${planned.machine}.${planned.seed}`)
    const usable = run !== undefined && (missing === 'cancelled' || run.state === 'done')
    return usable ? restoredRun(planned, run, entry.id) : { ...planned, state: missing }
  })
}

export function restoredRun(planned: LabRun, run: StoredRun, entry: string): LabRun {
  const outcome = outcomeOf(run)
  return {
    ...planned, state: run.state, fraction: run.state === 'cancelled' ? 0 : 1, kept: { entry, place: { point: run.point, machine: run.machine, seed: run.seed } },
    ...(outcome === undefined ? {} : { outcome }), ...(run.error === undefined ? {} : { error: run.error }),
  }
}

/** A run that failed has none. */
function outcomeOf({ engine, digest, end, diagnosis, ejections, metrics }: StoredRun): RunOutcome | undefined {
  return digest === undefined ? undefined : { engine, digest, end: end ?? 'done', ejections, metrics, ...(diagnosis === undefined ? {} : { diagnosis }) }
}

/** Finished runs of a sweep by their key, as a sweep that goes on takes them. */
export function knownRuns(runs: readonly StoredRun[]): KnownRuns {
  return new Map(runs.filter(({ state, digest }) => state === 'done' && digest !== undefined).map((run) => [run.key, finishedRun(run)]))
}

/** A sweep that is over, as it was. */
export function restoredSweep(id: string, { entry, runs }: EntryWithRuns, prepared: PreparedSweep): Sweep {
  const plan = planOf(prepared)
  const collected = createCollector(id, plan)
  const stored = new Map(runs.map((run) => [nameOf(run), run]))
  const over = entry.state === 'done' || entry.state === 'failed'
  placesOf(plan).forEach((place, index) => {
    const run = stored.get(nameOf(place))
    if (run !== undefined) collected.take(index, finishedRun(run))
    else if (over) collected.lose(index)
  })
  const status = (): SweepStatus => ({
    ...collected.status(!over), history: entry.id, ...(entry.error === undefined ? {} : { error: entry.error }),
    ...(entry.state === 'failed' ? { state: 'failed' } : {}),
  })
  return { id, plan, rows: collected.rows, ended: Promise.resolve(), status, cancel: () => undefined }
}

function finishedRun({ engine, digest, end, diagnosis, metrics, ejections }: StoredRun): FinishedRun {
  return { engine, end: (end ?? 'done') as FinishedRun['end'], metrics, ejections, ...(digest === undefined ? {} : { digest }), ...(diagnosis === undefined ? {} : { message: diagnosis }) }
}

function nameOf({ point, machine, seed }: Place): string {
  return `${point}.${machine}.${seed}`
}
