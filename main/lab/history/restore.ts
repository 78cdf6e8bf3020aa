/** Entries of the history as live comparisons and sweeps again: with the runs' numbers at once, and their recordings when they are asked for. */
import type { SweepStatus } from '../../../preload/contract'
import type { EntryWithRuns, RunOutcome as StoredOutcome, StoredRun } from '../../store/history/history'
import { plannedRuns, type LabRun, type RunOutcome } from '../experiment'
import type { PreparedExperiment } from '../request'
import type { PreparedSweep } from '../sweep/prepare-sweep'
import { createCollector, type Sweep } from '../sweep/collect'
import type { FinishedRun } from '../sweep/finished-run'
import { placeName, placesOf, planOf } from '../sweep/plan'

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

/** Reads an entry that another lab writes at present once more. */
export interface Growing { again(): Promise<EntryWithRuns | undefined>; changed(): void }

/** A sweep that is over, as it was; one that another lab runs grows as that lab writes. */
export function restoredSweep(id: string, found: EntryWithRuns, prepared: PreparedSweep, growing?: Growing): Sweep {
  const plan = planOf(prepared)
  const collected = createCollector(id, plan)
  const places = placesOf(plan)
  let { entry } = found
  const take = (now: EntryWithRuns): void => {
    entry = now.entry
    const stored = new Map(now.runs.map((run) => [placeName(run), run]))
    const over = entry.state === 'done' || entry.state === 'failed'
    places.forEach((place, index) => {
      if (collected.has(index)) return
      const run = stored.get(placeName(place))
      if (run !== undefined) collected.take(index, finishedRun(run))
      else if (over) collected.lose(index)
    })
  }
  take(found)
  const elsewhere = growing === undefined || entry.state !== 'running' ? undefined : follow(growing, take)
  const status = (): SweepStatus => {
    const running = entry.state === 'running' && elsewhere?.left() === false
    return {
      ...collected.status(!running && entry.state !== 'done' && entry.state !== 'failed'), history: entry.id, ...(entry.error === undefined ? {} : { error: entry.error }),
      ...(entry.state === 'failed' ? { state: 'failed' } : {}), ...(running ? { state: 'running', elsewhere: true } : {}),
    }
  }
  return {
    id, plan, prepared, rows: collected.rows, useless: collected.useless, ended: elsewhere?.ended ?? Promise.resolve(), status, cancel: () => { elsewhere?.leave() },
    ...(elsewhere === undefined ? {} : { detach: elsewhere.leave }),
  }
}

const LOOK_MS = 3_000
/** So many times as long as reading took, there is rest from it. */
const REST = 20

function follow({ again, changed }: Growing, take: (now: EntryWithRuns) => void): { readonly ended: Promise<void>; left(): boolean; leave(): void } {
  let left = false
  let wake = (): void => undefined
  const rest = (ms: number): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, ms).unref()
    wake = () => { clearTimeout(timer); resolve() }
  })
  const look = async (): Promise<void> => {
    for (let took = 0; ;) {
      await rest(Math.max(LOOK_MS, took * REST))
      if (left) return
      const startMs = performance.now()
      const now = await again().catch(() => undefined)
      took = performance.now() - startMs
      if (now !== undefined) take(now)
      changed()
      if (now !== undefined && now.entry.state !== 'running') return
    }
  }
  return { ended: look(), left: () => left, leave: () => { left = true; wake() } }
}

export function finishedRun({ state, engine, digest, end, diagnosis, error, metrics, ejections }: StoredOutcome): FinishedRun {
  const message = error ?? diagnosis
  return { engine, end: state === 'failed' ? 'failed' : (end ?? 'done') as FinishedRun['end'], metrics, ejections, ...(digest === undefined ? {} : { digest }), ...(message === undefined ? {} : { message }) }
}
