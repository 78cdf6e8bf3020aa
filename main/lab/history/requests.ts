/** The contract's requests about the history, for the window; the CLI's commands use the same parts. */
import type { HistoryDetail, HistoryEntry, HistoryOverview, HistoryQuery, HistoryRequests, OpenedEntry, Result } from '../../../preload/contract'
import { ENGINE_VERSION } from '../../engine'
import type { EntryWithRuns, History } from '../../store/history/history'
import type { Store } from '../../store/store'
import { done, fail, messageOf, show, type Failure } from '../problems'
import type { Experiments } from '../experiments'
import type { Sweeps } from '../sweep/sweeps'
import { checkChange, readQuery } from './change'
import { compose, readRef, type RunRef } from './compose'
import type { Keeper } from './keeper'
import { restoredRuns, restoredSweep } from './restore'
import { readSpec } from './spec'
import { openedSweep } from './sweep-keeping'

export interface HistoryParts { readonly keeper?: Keeper; readonly experiments: Experiments; readonly sweeps: Sweeps; readonly store: Store; changed(): void }

export function historyRequests({ keeper, experiments, sweeps, store, changed }: HistoryParts): HistoryRequests {
  const history = keeper?.history
  /** The history's failures as answers. */
  const answered = async <T>(work: (history: History) => Promise<Result<T>>): Promise<Result<T>> => {
    if (history === undefined) return fail('history', 'this lab keeps no history')
    try {
      return await work(history)
    } catch (error) {
      return fail('history', messageOf(error))
    }
  }
  /** After a change everybody who looks shall know. */
  const change = async <T>(work: (history: History) => Promise<Result<T>>): Promise<Result<T>> => {
    const result = await answered(work)
    if (result.ok) changed()
    return result
  }
  const load = (id: string): Promise<Result<EntryWithRuns>> => answered(async (on) => {
    const found = await on.entry(id)
    return found === undefined ? noEntry(id) : done(found)
  })
  return {
    history: (query) => answered(async (on) => {
      const read = readQuery(query)
      return read.ok ? done(await on.list(read.value)) : read
    }),
    historyOverview: () => overview(history, keeper?.unavailable()),
    historyDetail: async (id) => {
      const found = await load(id)
      return found.ok ? done(detailOf(found.value)) : found
    },
    historyOpen: async (id) => {
      const found = await load(id)
      // Rows that were found damaged are reported.
      if (found.ok && found.value.runs.length < found.value.entry.ended) changed()
      return found.ok ? openEntry(found.value, experiments, sweeps, 'cancelled', history) : found
    },
    historyResume: async (id) => {
      const found = await load(id)
      if (!found.ok) return found
      const { entry } = found.value
      const refused = resumeRefused(entry)
      if (refused !== undefined) return refused
      const opened = openEntry(found.value, experiments, sweeps, 'waiting')
      const live = opened.ok ? experiments.find(opened.value.id) : undefined
      if (live?.status().state === 'running') keeper?.resume(entry.id)
      return opened
    },
    historyCompare: (texts) => change(async (on) => {
      const composed = await composeRuns(on, texts)
      if (!composed.ok || keeper === undefined) return composed.ok ? fail('history', 'this lab keeps no history') : composed
      const entry = keeper.beginComparison(composed.value.prepared)
      const experiment = experiments.adopt(composed.value.prepared, composed.value.runs, entry)
      keeper.keepComposed(entry, experiment)
      return done({ kind: 'comparison', id: experiment.id })
    }),
    historyChange: (id, wanted) => change(async (on) => {
      const read = checkChange(wanted)
      if (!read.ok) return read
      if (!(await on.change(id, read.value))) return noEntry(id)
      const entry = await on.find(id)
      return entry === undefined ? noEntry(id) : done(entry)
    }),
    historyRemove: (id) => change(async (on) => {
      const entry = await on.find(id)
      if (entry?.state === 'running') return fail('entry', 'still runs; cancel it first')
      return (await on.remove(id)) ? done(null) : noEntry(id)
    }),
    historyRestore: (id) => change(async (on) => ((await on.restore(id)) ? done(null) : noEntry(id))),
    historyLimit: (bytes) => change(async (on) => {
      if (!(bytes >= SMALLEST && bytes <= LARGEST)) return fail('bytes', `must be from 1 MiB to 1 PiB, not ${show(bytes)}`)
      await on.setLimit(bytes)
      return done((await on.state()).space)
    }),
    historyEmpty: () => change(async (on) => {
      await on.emptyRemoved()
      return done((await on.state()).space)
    }),
    historyDismiss: (what) => change(async (on) => {
      if (what === 'reports') await on.dismissReports()
      else if (what === 'unclean') await on.dismissUnclean()
      else return fail('what', `must be reports or unclean, not ${show(what)}`)
      return done(null)
    }),
    historyShow: (entries) => answered(async (on) => {
      await on.show(entries.slice(0, 20))
      return done(null)
    }),
    fileVersions: (file) => store.versions(file),
    fileVersion: (file, id) => store.version(file, id),
    keepVersion: (file, text) => store.keepVersion(file, text),
  }
}

/** Why an entry can't go on. */
export function resumeRefused({ state, otherEngine, engine }: HistoryEntry): Failure | undefined {
  if (state === 'running') return fail('entry', 'still runs')
  return otherEngine ? fail('entry', `was made by engine ${engine}; this lab has ${ENGINE_VERSION}, and runs of different engine versions are never mixed`) : undefined
}

const SMALLEST = 2 ** 20
const LARGEST = 2 ** 50

/** Comparisons and sweeps of the history, as live ones. */
function openEntry(found: EntryWithRuns, experiments: Experiments, sweeps: Sweeps, missing: 'cancelled' | 'waiting', history?: History): Result<OpenedEntry> {
  const spec = readSpec(found)
  const { id } = found.entry
  if (spec === undefined) return fail('entry', `what made the runs of ${id} was damaged; their numbers can still be had with \`lab history show ${id} --json\``)
  if (spec.kind === 'comparison') {
    const experiment = experiments.adopt(spec.prepared, (live) => restoredRuns(live, found, spec.prepared, missing), id)
    return done({ kind: 'comparison', id: experiment.id })
  }
  const sweep = missing === 'waiting' ? sweeps.resume(spec.prepared, openedSweep(found, spec.prepared)) : sweeps.running(id) ?? sweeps.adopt((live, changed) => restoredSweep(live, found, spec.prepared, history && {
    // Listing finds out whether the lab that writes it is still there.
    again: async () => { await history.list({ limit: 1 }); return history.entry(id) }, changed,
  }))
  return done({ kind: 'sweep', id: sweep.id })
}

async function composeRuns(history: History, texts: readonly string[]): Promise<ReturnType<typeof compose>> {
  const refs: RunRef[] = []
  for (const text of texts.slice(0, MOST_REFS)) {
    const ref = readRef(text)
    if (ref === undefined) return fail(`runs ${show(text)}`, 'must be an entry of the history, entry.machine or entry.machine.seed')
    refs.push(ref)
  }
  const entries = new Map<string, EntryWithRuns>()
  for (const id of new Set(refs.map(({ entry }) => entry))) {
    const found = await history.entry(id)
    if (found !== undefined) entries.set(id, found)
  }
  return compose(refs, entries)
}

const MOST_REFS = 1000

export async function overview(history: History | undefined, trouble: string | undefined): Promise<HistoryOverview> {
  const none: HistoryOverview = { space: NO_SPACE, reports: [], tags: [], unclean: [] }
  if (history === undefined) return { ...none, unavailable: 'this lab keeps no history' }
  try {
    const { space, reports, tags, unclean } = await history.state()
    const shown = await Promise.all(unclean.shown.map((id) => history.find(id)))
    const offered = new Map([...unclean.interrupted, ...shown].flatMap((entry): (readonly [string, HistoryEntry])[] => (entry === undefined || entry.removedMs !== undefined ? [] : [[entry.id, entry]])))
    return { space, reports, tags, unclean: [...offered.values()], ...(trouble === undefined ? {} : { unavailable: trouble }) }
  } catch (error) {
    return { ...none, unavailable: messageOf(error) }
  }
}

const NO_SPACE: HistoryOverview['space'] = { entries: 0, runs: 0, recordings: 0, recordingBytes: 0, pinnedBytes: 0, removedBytes: 0, databaseBytes: 0, limitBytes: 0 }

function detailOf(found: EntryWithRuns): HistoryDetail {
  const spec = readSpec(found)
  const experiment = spec === undefined ? undefined : spec.kind === 'comparison' ? spec.prepared : spec.prepared.experiments[0]
  return {
    entry: found.entry,
    machines: (experiment?.machines ?? []).map(({ label, kernel, scenario, stack, sources }) => ({
      label, kernel, sysctls: scenario.sysctls,
      policies: stack.map(({ compiled, params }, i) => ({ name: sources[i]?.name ?? compiled.file, file: compiled.file, params, ...(sources[i] === undefined ? {} : { source: sources[i].text }) })),
    })),
    runs: found.runs.slice(0, MOST_RUNS).map(({ point, machine, seed, state, digest, end, recorded, ejections }) => ({
      point, machine, seed, state, recorded, ejections: ejections.length, ...(digest === undefined ? {} : { digest }), ...(end === undefined ? {} : { end }),
    })),
  }
}

const MOST_RUNS = 5_000

export function noEntry(id: string): Failure {
  return fail('entry', `there is no entry ${show(id)} in the history`)
}

export type { HistoryQuery }
