/**
 * A sweep and its entry of the history. Runs go by their content: whatever the history has of them already, from this sweep or another, is not made again; the same sweep given
 * again goes on with its entry. Only summaries are kept, written in batches while it runs, so that a crash costs no more than the last seconds; what can't be written (a
 * full disk) is tried again.
 */
import { ENGINE_VERSION } from '../../engine'
import type { EntryWithRuns, History, HistoryEntry, NewRun, Place, StoredRun } from '../../store/history/history'
import type { Sweep, SweepRow } from '../sweep/collect'
import { rowOf, type FinishedRun } from '../sweep/finished-run'
import { keysOf, placeName, placesOf, planOf, sweepName } from '../sweep/plan'
import type { PreparedSweep } from '../sweep/prepare-sweep'
import { finishedRun } from './restore'

/** What the history has of a sweep. */
export interface FoundSweep {
  /** By place. */
  readonly keys: readonly string[]
  /** The same on a queue and in the history. */
  readonly name: string
  /** Its entry, if there is one and nobody is at work on it. */
  readonly entry?: string
  /** Finished runs by their key. */
  readonly known: ReadonlyMap<string, FinishedRun>
  /** Places that the entry has a finished run for. */
  readonly there: ReadonlySet<string>
}

const AT_ONCE = 500
/** Entries of one name that are looked through. */
const MOST_NAMESAKES = 10

export async function findSweep(history: History, prepared: PreparedSweep): Promise<FoundSweep> {
  const unknown = newSweep(prepared)
  const own = await findEntry(history, prepared, unknown)
  const known = new Map(own?.known)
  const others = [...new Set(unknown.keys)].filter((key) => !known.has(key))
  for (let from = 0; from < others.length; from += AT_ONCE) {
    for (const run of await history.known(others.slice(from, from + AT_ONCE))) if (isUsable(run)) known.set(run.key, finishedRun(run))
  }
  return { ...own ?? unknown, known }
}

/** This very sweep's. */
async function findEntry(history: History, prepared: PreparedSweep, { keys, name }: FoundSweep): Promise<FoundSweep | undefined> {
  const { entries } = await history.list({ text: sweepWord(name), kind: 'sweep', limit: MOST_NAMESAKES })
  for (const { id } of entries.filter(isFree)) {
    const found = await history.entry(id)
    if (found !== undefined && isThis(found, prepared, keys)) return { keys, name, entry: id, known: knownOf(found.runs), there: thereOf(found.runs) }
  }
  return undefined
}

/** As one of which nothing is known. */
export function newSweep(prepared: PreparedSweep): FoundSweep {
  const keys = keysOf(prepared)
  return { keys, name: sweepName(planOf(prepared), keys), known: new Map(), there: new Set() }
}

/** An entry as it was opened, to go on with. */
export function openedSweep({ entry, runs }: EntryWithRuns, prepared: PreparedSweep): FoundSweep & { readonly entry: string } {
  return { ...newSweep(prepared), entry: entry.id, known: knownOf(runs), there: thereOf(runs) }
}

function knownOf(runs: readonly StoredRun[]): ReadonlyMap<string, FinishedRun> {
  return new Map(runs.filter(isUsable).map((run) => [run.key, finishedRun(run)]))
}

/** The word under which an entry is found by its sweep's name. */
export function sweepWord(name: string): string {
  return `sweep:${name}`
}

function isUsable({ state, digest }: Pick<StoredRun, 'state' | 'digest'>): boolean {
  return state === 'done' && digest !== undefined
}

function isFree({ state, otherEngine, machines }: HistoryEntry): boolean {
  return state !== 'running' && !otherEngine && machines.length > 0
}

/** A person may have written the same word in a note. */
function isThis({ entry, runs }: EntryWithRuns, prepared: PreparedSweep, keys: readonly string[]): boolean {
  const places = placesOf(planOf(prepared))
  const keyAt = new Map(places.map((place, i) => [placeName(place), keys[i]]))
  return entry.runs === places.length && runs.every((run) => keyAt.get(placeName(run)) === run.key)
}

function thereOf(runs: readonly StoredRun[]): ReadonlySet<string> {
  return new Set(runs.filter(isUsable).map(placeName))
}

const FLUSH_MS = 2_000
const BATCH = 500

export interface Following {
  /** A run whose row didn't come by itself: what its sweep's row doesn't say. */
  readonly ejected: ReadonlyMap<string, FinishedRun>
  /** Something was written, or couldn't be. */
  told(error: unknown): void
  /** Resolves when nothing will be tried again: the lab closes. */
  readonly closing: Promise<void>
}

/** Writes what comes in until the sweep has ended and all of it is there. */
export async function followSweep(history: History, entry: string, found: FoundSweep, sweep: Sweep, { ejected, told, closing }: Following): Promise<void> {
  const keyAt = new Map(placesOf(sweep.plan).map((place, i) => [placeName(place), found.keys[i]]))
  /** By place, how it stands in the database; a row may turn out to be in doubt. */
  const written = new Map<string, 'row' | 'useless'>([...found.there].map((place) => [place, 'row']))
  const fresh = (): readonly Row[] => [
    ...sweep.rows().map((row): Row => ({ place: row, kind: 'row', make: (key) => sweepRow(key, row, ejected.get(key) ?? found.known.get(key)) })),
    ...sweep.useless().map(({ run, ...place }): Row => ({ place, kind: 'useless', make: (key) => uselessRow(key, place, run) })),
  ].filter(({ place, kind }) => written.get(placeName(place)) !== kind)
  const flush = async (): Promise<boolean> => {
    const rows = fresh()
    try {
      for (let at = 0; at < rows.length; at += BATCH) {
        const some = rows.slice(at, at + BATCH)
        await history.addRuns(entry, some.map(({ place, make }) => make(keyAt.get(placeName(place)) ?? '')))
        for (const { place, kind } of some) written.set(placeName(place), kind)
        told(undefined)
      }
      return true
    } catch (error) {
      told(error)
      return false
    }
  }
  let [over, closed] = [false, false]
  let wake = (): void => undefined
  void sweep.ended.then(() => { over = true; wake() })
  void closing.then(() => { closed = true; wake() })
  const rest = (): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, FLUSH_MS).unref()
    wake = () => { clearTimeout(timer); resolve() }
  })
  while (!over) {
    await rest()
    if (!over) await flush()
  }
  // It stays an entry whose lab is gone if the rest can't be written any more; what is missing can be made again.
  while (!(await flush())) {
    if (closed) return
    await rest()
  }
  const { state, error } = sweep.status()
  // Runs that go on elsewhere are followed no further.
  await history.end(entry, state === 'running' ? 'interrupted' : state, error).then(() => { told(undefined) }, told)
}

interface Row { readonly place: Place; readonly kind: 'row' | 'useless'; make(key: string): NewRun }

function sweepRow(key: string, { point, machine, seed, digest, engine, metrics }: SweepRow, run: FinishedRun | undefined): NewRun {
  return { point, machine, seed, key, state: 'done', end: 'done', digest, engine, metrics, ejections: ejectionsOf(run) }
}

/** With the reason. One that got stuck or panicked has numbers, too. */
function uselessRow(key: string, { point, machine, seed }: Place, run: FinishedRun): NewRun {
  const { digest, end, message, metrics } = run
  const place = { point, machine, seed, key, engine: ENGINE_VERSION, metrics, ejections: ejectionsOf(run) }
  if (digest === undefined || end === 'failed') return { ...place, state: 'failed', error: message ?? 'it failed' }
  return { ...place, state: 'done', end, digest, engine: run.engine, ...(message === undefined ? {} : { diagnosis: message }) }
}

/** As a row, whether it is of use or not. */
export function runOf(key: string, place: Place, run: FinishedRun): NewRun {
  const row = rowOf(place, run)
  return row === undefined ? uselessRow(key, place, run) : sweepRow(key, row, run)
}

function ejectionsOf(run: FinishedRun | undefined): NewRun['ejections'] {
  return (run?.ejections ?? []).map((one) => ({ ...one, call: 0 }))
}
