/** All sweeps of this lab, the newest last. */
import type { Result, SweepStatus } from '../../../preload/contract'
import type { Keeper } from '../history/keeper'
import type { FoundSweep } from '../history/sweep-keeping'
import type { Adopted } from '../../queue/adopt'
import type { Runs } from '../parts'
import { done } from '../problems'
import { throttle, type Throttle } from '../throttle'
import type { FinishedRun } from './finished-run'
import type { PreparedSweep } from './prepare-sweep'
import type { Sweep } from './collect'
import { createRecordings, type RecordingRule, type Recordings } from './recordings'
import { startSweep, type KeptRuns } from './sweep'

const EVENTS_PER_SECOND = 3
const MOST_SWEEPS = 20

export interface Sweeps {
  /** Goes on with the entry that the history has of it; runs that are there are not made again. */
  start(prepared: PreparedSweep, rule?: RecordingRule): Promise<Sweep>
  /** The same with an entry that was opened. */
  resume(prepared: PreparedSweep, found: FoundSweep): Sweep
  /** Its runs are made elsewhere, and counted here as they come in. */
  queue(prepared: PreparedSweep, open: OpenSweep, more?: { readonly found?: FoundSweep; readonly rule?: RecordingRule }): Promise<Result<Sweep>>
  /** One that somebody else put on a queue: an entry of the history as any other, where what makes its runs could be had there. */
  watch(open: OpenSweep, adopted: Adopted): Promise<Result<Sweep>>
  /** That follows this sweep of a queue now. */
  following(address: string, sweep: string): Sweep | undefined
  /** One of the history, made live again under a new id. */
  adopt(restore: (id: string, changed: () => void) => Sweep): Sweep
  find(id: string): Sweep | undefined
  /** That fills this entry of the history now. */
  running(entry: string): Sweep | undefined
  /** Sweeps whose runs this machine still makes. */
  active(): number
  /** Queued ones go on without this lab. */
  cancelAll(): void
  settled(): Promise<void>
}

export type OpenSweep = (id: string, options: { readonly kept: KeptRuns; readonly recordings?: Recordings; readonly stay: true; readonly unkept?: string; alarmed(raised: Parameters<Keeper['alarmed']>[0]): void; changed(): void }) => Promise<Result<Sweep>>

export function createSweeps(runner: Runs, parallel: number, tell: (status: SweepStatus) => void, keeper?: Keeper): Sweeps {
  const all = new Map<string, Sweep>()
  let count = 0
  const running = (): readonly Sweep[] => [...all.values()].filter((sweep) => sweep.status().state === 'running')
  const add = (sweep: Sweep): Sweep => {
    all.set(sweep.id, sweep)
    if (all.size > MOST_SWEEPS) {
      const [[oldest, gone]] = all
      gone.detach?.()
      all.delete(oldest)
    }
    return sweep
  }
  const newsOf = (id: string): Throttle => throttle(1000 / EVENTS_PER_SECOND, () => { const one = all.get(id); if (one !== undefined) tell(one.status()) })
  const begin = (prepared: PreparedSweep, found: FoundSweep | undefined, rule: RecordingRule = 'none'): Sweep => {
    const id = `s${++count}`
    const news = newsOf(id)
    const memory = found === undefined ? undefined : remember(found)
    const recordings = recordingsOf(prepared, rule)
    const bare = startSweep(id, prepared, runner, parallel, () => { news.call(false) }, memory?.kept, rule === 'none' ? undefined : recordings?.recordings)
    const sweep = add(keep(bare, prepared, found, memory, false))
    recordings?.into(sweep.status().history)
    void sweep.ended.then(() => { news.call(true) })
    return sweep
  }
  /** They go to its entry, once there is one. */
  const recordingsOf = (prepared: PreparedSweep, rule: RecordingRule): { readonly recordings: Recordings; into(entry: string | undefined): void } | undefined => {
    if (keeper === undefined) return undefined
    let into = (_entry: string | undefined): void => undefined
    const begun = new Promise<string | undefined>((resolve) => { into = resolve })
    const recordings = createRecordings(rule, async (place, run, recording) => {
      const entry = await begun
      if (entry !== undefined) await keeper.sweepRecording(entry, prepared, place, run, recording)
    })
    return { recordings, into: (entry) => { into(entry) } }
  }
  /** In the history from here on. */
  const keep = (sweep: Sweep, prepared: PreparedSweep, found: FoundSweep | undefined, memory: Memory | undefined, queued: boolean): Sweep => {
    if (keeper === undefined || found === undefined || memory === undefined) return sweep
    const entry = keeper.beginSweep(prepared, found, queued)
    const kept = { ...sweep, status: () => ({ ...sweep.status(), history: entry }) }
    keeper.keepSweep(entry, found, kept, memory.ejected)
    return kept
  }
  const elsewhere = async (open: OpenSweep, kept: KeptRuns, more: { readonly recordings?: Recordings; readonly unkept?: string }): Promise<Result<Sweep>> => {
    const id = `s${++count}`
    const news = newsOf(id)
    const opened = await open(id, { kept, stay: true, alarmed: (raised) => { keeper?.alarmed(raised) }, changed: () => { news.call(false) }, ...more })
    if (!opened.ok) return opened
    void opened.value.ended.then(() => { news.call(true) })
    return done(add(opened.value))
  }
  const queue: Sweeps['queue'] = async (prepared, open, { found: opened, rule = 'none' } = {}) => {
    const found = opened ?? await keeper?.findSweep(prepared)
    const memory = found === undefined ? undefined : remember(found)
    // What somebody else asked for is taken in, too.
    const recordings = recordingsOf(prepared, rule)
    const sweep = await elsewhere(open, memory?.kept ?? NOTHING, recordings === undefined ? {} : { recordings: recordings.recordings })
    if (!sweep.ok) return sweep
    const kept = keep({ ...sweep.value, prepared }, prepared, found, memory, true)
    all.set(kept.id, kept)
    recordings?.into(kept.status().history)
    return done(kept)
  }
  return {
    start: async (prepared, rule) => begin(prepared, await keeper?.findSweep(prepared), rule),
    resume: begin,
    queue,
    watch: (open, adopted) => ('prepared' in adopted ? queue(adopted.prepared, open) : elsewhere(open, NOTHING, { unkept: adopted.why })),
    following: (address, sweep) => running().find((one) => { const { queue: on } = one.status(); return on?.address === address && on.sweep === sweep }),
    adopt: (restore) => {
      const id = `s${++count}`
      const news = newsOf(id)
      return add(restore(id, () => { news.call(false) }))
    },
    find: (id) => all.get(id),
    running: (entry) => running().find((sweep) => { const { history, elsewhere } = sweep.status(); return history === entry && elsewhere !== true }),
    active: () => running().filter(({ detach }) => detach === undefined).length,
    cancelAll: () => {
      for (const { detach, cancel, status } of all.values()) {
        // One that has ended may still listen.
        if (detach !== undefined) detach()
        else if (status().state === 'running') cancel()
      }
    },
    settled: async () => { await Promise.all([...all.values()].map(({ ended }) => ended)) },
  }
}

const NOTHING: KeptRuns = { get: () => undefined, put: () => undefined }

export interface Memory { readonly kept: KeptRuns; readonly ejected: ReadonlyMap<string, FinishedRun> }

/** What the history has of a sweep, for whoever makes its runs; and of new ones what their rows don't say. */
export function remember({ known }: FoundSweep, also: KeptRuns = NOTHING): Memory {
  const ejected = new Map<string, FinishedRun>()
  const get = (key: string): FinishedRun | undefined => known.get(key) ?? also.get(key)
  return {
    ejected,
    kept: {
      get,
      put: (key, run) => {
        if (run.ejections.length > 0) ejected.set(key, run)
        also.put(key, run)
      },
    },
  }
}
