/**
 * Puts what the lab runs into the history, as it happens: an entry when it begins, each run when it ends, the end. Never in the way: a history that can't be written is told once,
 * and the lab goes on without.
 */
import { ENGINE_VERSION, type Recording } from '../../engine'
import { newEntryId, type History, type HistoryEntry, type NewRun, type Place } from '../../store/history/history'
import packageJson from '../../../package.json' with { type: 'json' }
import { jobOf, type Experiment, type LabRun } from '../experiment'
import { messageOf } from '../problems'
import type { PreparedExperiment } from '../request'
import type { PreparedSweep } from '../sweep/prepare-sweep'
import { runKey } from '../run-key'
import type { Sweep } from '../sweep/collect'
import { doubtText, type FinishedRun } from '../sweep/finished-run'
import { jobAt } from '../sweep/plan'
import { comparisonEntry, outlineOf, sweepEntry, sweepOutlineOf } from './spec'
import { findSweep, followSweep, newSweep, runOf, sweepWord, type FoundSweep } from './sweep-keeping'

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
  /** What there is of a sweep already. A history that can't be read has nothing of it. */
  findSweep(prepared: PreparedSweep): Promise<FoundSweep>
  /** Goes on with the entry that was found, or begins one. `queued`: others make its runs. */
  beginSweep(prepared: PreparedSweep, found: FoundSweep, queued: boolean): string
  /** Follows it to its end. `ejected`: runs whose policies were, by key; rows don't say how. */
  keepSweep(entry: string, found: FoundSweep, sweep: Sweep, ejected: ReadonlyMap<string, FinishedRun>): void
  /** Runs that came to two digests on a queue, however late: entries that have them count them no more. */
  alarmed(raised: readonly { readonly run: string; readonly kept: string; readonly other: string }[]): void
  /** With its run, wherever that was made; throws what the history says. */
  sweepRecording(entry: string, prepared: PreparedSweep, place: Place, run: FinishedRun, recording: Recording): Promise<void>
  /** Writes what can still be written of sweeps that have ended or are about to. */
  settled(): Promise<void>
  /** Reading has found something damaged: whoever looks shall know. */
  noticed(): void
  /** Why nothing is kept at present. */
  unavailable(): string | undefined
}

export interface KeeperOptions {
  readonly origin: HistoryEntry['origin']
  /** Something was written. */
  changed(): void
}

export function createKeeper(history: History, { origin, changed }: KeeperOptions): Keeper {
  let trouble: string | undefined
  const started = new Map<string, number>()
  const told = (error: unknown): void => {
    trouble = error === undefined ? undefined : messageOf(error)
    changed()
  }
  const write = (work: Promise<unknown>): void => { work.then(() => { told(undefined) }, told) }
  const doubted = new Set<string>()
  const follows = new Set<Promise<void>>()
  let close = (): void => undefined
  const closing = new Promise<void>((resolve) => { close = resolve })
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
    findSweep: async (prepared) => {
      try {
        return await findSweep(history, prepared)
      } catch (error) {
        told(error)
        return newSweep(prepared)
      }
    },
    beginSweep: (prepared, found, queued) => {
      if (found.entry !== undefined) {
        write(history.resume(found.entry))
        return found.entry
      }
      const entry = sweepEntry(prepared, { ...facts(), ...(queued ? { origin: 'queue' } : {}) }, sweepWord(found.name))
      write(history.begin(entry))
      return entry.id
    },
    keepSweep: (entry, found, sweep, ejected) => {
      const following = followSweep(history, entry, found, sweep, { ejected, told, closing })
      follows.add(following)
      void following.then(() => follows.delete(following))
    },
    alarmed: (raised) => {
      const fresh = raised.filter(({ run }) => !doubted.has(run))
      if (fresh.length === 0) return
      for (const { run } of fresh) doubted.add(run)
      history.doubt(fresh.map(({ run, kept, other }) => ({ key: run, digests: [kept, other], why: doubtText([kept, other]) }))).then((rows) => { if (rows > 0) told(undefined) }, (error: unknown) => {
        // Told again at the next look.
        for (const { run } of fresh) doubted.delete(run)
        told(error)
      })
    },
    sweepRecording: async (entry, prepared, place, run, recording) => {
      const row = runOf(runKey(jobAt('', place, prepared)), place, run)
      await history.addRuns(entry, [row])
      const { spec: _, ...about } = sweepEntry(prepared, { id: entry, origin, engine: ENGINE_VERSION, lab: packageJson.version }, '')
      const machine = prepared.experiments[place.point].machines[place.machine]
      await history.addRecording(entry, place, recording, { format: 1, entry: about, createdMs: started.get(entry) ?? Date.now(), run: row, machine, outline: sweepOutlineOf(prepared) })
    },
    settled: async () => {
      close()
      await Promise.all(follows)
    },
  }
}

function placeOf({ machine, seed }: LabRun): Place {
  return { point: 0, machine, seed }
}

function rowOf(prepared: PreparedExperiment, run: LabRun): NewRun {
  const state = run.state === 'done' || run.state === 'cancelled' ? run.state : 'failed'
  const outcome = run.outcome ?? { engine: ENGINE_VERSION, ejections: [], metrics: {} }
  return { ...placeOf(run), ...outcome, state, key: runKey(jobOf(run, prepared)), ...(run.error === undefined ? {} : { error: run.error }) }
}
