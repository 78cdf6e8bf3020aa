/**
 * Puts what the lab runs into the history, as it happens: an entry when it begins, each run when it ends, the end. Never in the way: a history that can't be written is told once,
 * and the lab goes on without.
 */
import { ENGINE_VERSION } from '../../engine'
import { newEntryId, type History, type HistoryEntry, type NewRun, type Place } from '../../store/history/history'
import packageJson from '../../../package.json' with { type: 'json' }
import { jobOf, type Experiment, type LabRun } from '../experiment'
import { messageOf } from '../problems'
import type { PreparedExperiment } from '../request'
import type { PreparedSweep } from '../sweep/prepare-sweep'
import { runKey } from '../run-key'
import type { Sweep, SweepRow } from '../sweep/collect'
import type { FinishedRun } from '../sweep/finished-run'
import { jobAt, type Place as SweepPlace } from '../sweep/plan'
import { comparisonEntry, outlineOf, sweepEntry } from './spec'

export interface Keeper {
  readonly history: History
  /** The id of the new entry; known at once, written soon. */
  beginComparison(prepared: PreparedExperiment): string
  ran(entry: string, prepared: PreparedExperiment, run: LabRun): void
  comparisonEnded(entry: string, experiment: Experiment): void
  /** A comparison of runs that other entries have: with their numbers and recordings. */
  keepComposed(entry: string, experiment: Experiment): void
  /** Goes on with an entry that ended early. */
  resume(entry: string): void
  beginSweep(prepared: PreparedSweep): string
  /** Follows it to its end. `known`: runs that the entry has already; `ejected`: what its rows don't say. Both by key. */
  keepSweep(entry: string, prepared: PreparedSweep, sweep: Sweep, runs: SweepRuns): void
  /** Reading has found something damaged: whoever looks shall know. */
  noticed(): void
  /** Why nothing is kept at present. */
  unavailable(): string | undefined
}

export interface SweepRuns { readonly known: ReadonlyMap<string, FinishedRun>; readonly ejected: ReadonlyMap<string, FinishedRun> }

export interface KeeperOptions {
  readonly origin: HistoryEntry['origin']
  /** Something was written. */
  changed(): void
}

export function createKeeper(history: History, { origin, changed }: KeeperOptions): Keeper {
  let trouble: string | undefined
  const started = new Map<string, number>()
  const write = (work: Promise<unknown>): void => {
    work.then(() => { trouble = undefined; changed() }, (error: unknown) => { trouble = messageOf(error); changed() })
  }
  const facts = (): { readonly id: string; readonly origin: HistoryEntry['origin']; readonly engine: string; readonly lab: string } => {
    const id = newEntryId()
    started.set(id, Date.now())
    return { id, origin, engine: ENGINE_VERSION, lab: packageJson.version }
  }
  return {
    history,
    unavailable: () => trouble,
    noticed: changed,
    beginComparison: (prepared) => {
      const entry = comparisonEntry(prepared, facts())
      write(history.begin(entry))
      return entry.id
    },
    ran: (entry, prepared, run) => {
      const row = rowOf(prepared, run)
      write(history.addRuns(entry, [row]))
      if (run.recording === undefined) return
      run.kept = { entry, place: placeOf(run) }
      const { spec: _, ...about } = comparisonEntry(prepared, { id: entry, origin, engine: ENGINE_VERSION, lab: packageJson.version })
      write(history.addRecording(entry, placeOf(run), run.recording, { format: 1, entry: about, createdMs: started.get(entry) ?? Date.now(), run: row, machine: prepared.machines[run.machine], outline: outlineOf(prepared) }))
    },
    comparisonEnded: (entry, experiment) => {
      const { state, error } = experiment.status()
      started.delete(entry)
      write(history.end(entry, state, error))
    },
    keepComposed: (entry, experiment) => {
      write(history.addRuns(entry, experiment.runs.map((run) => rowOf(experiment.prepared, run))))
      write(history.link(entry))
      write(history.end(entry, 'done', undefined))
    },
    resume: (entry) => { write(history.resume(entry)) },
    beginSweep: (prepared) => {
      const entry = sweepEntry(prepared, facts())
      write(history.begin(entry))
      return entry.id
    },
    keepSweep: (entry, prepared, sweep, runs) => { followSweep(history, entry, prepared, sweep, runs, write) },
  }
}

const FLUSH_MS = 2_000
const BATCH = 500

/** Of a sweep only summaries are kept; they are written in batches while it runs, so that a crash costs no more than the last seconds. */
function followSweep(history: History, entry: string, prepared: PreparedSweep, sweep: Sweep, { known, ejected }: SweepRuns, write: (work: Promise<unknown>) => void): void {
  const written = new Set<string>()
  const flush = (): void => {
    const fresh = sweep.rows().filter((row) => !written.has(nameOf(row)))
    for (const row of fresh) written.add(nameOf(row))
    const runs = fresh.map((row): readonly [string, SweepRow] => [runKey(jobAt('', row, prepared)), row]).filter(([key]) => !known.has(key)).map(([key, row]) => sweepRow(key, row, ejected.get(key)))
    for (let at = 0; at < runs.length; at += BATCH) write(history.addRuns(entry, runs.slice(at, at + BATCH)))
  }
  const timer = setInterval(flush, FLUSH_MS)
  timer.unref()
  void sweep.ended.then(() => {
    clearInterval(timer)
    flush()
    const { state, error } = sweep.status()
    write(history.end(entry, state, error))
  })
}

function nameOf({ point, machine, seed }: SweepPlace): string {
  return `${point}.${machine}.${seed}`
}

function placeOf({ machine, seed }: LabRun): Place {
  return { point: 0, machine, seed }
}

function rowOf(prepared: PreparedExperiment, run: LabRun): NewRun {
  const state = run.state === 'done' || run.state === 'cancelled' ? run.state : 'failed'
  const outcome = run.outcome ?? { engine: ENGINE_VERSION, ejections: [], metrics: {} }
  return { ...placeOf(run), ...outcome, state, key: runKey(jobOf(run, prepared)), ...(run.error === undefined ? {} : { error: run.error }) }
}

function sweepRow(key: string, { point, machine, seed, digest, engine, metrics }: SweepRow, run: FinishedRun | undefined): NewRun {
  return { point, machine, seed, key, state: 'done', end: 'done', digest, engine, metrics, ejections: (run?.ejections ?? []).map((one) => ({ ...one, call: 0 })) }
}
