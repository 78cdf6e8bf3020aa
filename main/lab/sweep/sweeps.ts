/** All sweeps of this lab, the newest last. */
import type { Result, SweepStatus } from '../../../preload/contract'
import type { Keeper } from '../history/keeper'
import type { Runs } from '../parts'
import { done } from '../problems'
import { throttle, type Throttle } from '../throttle'
import type { FinishedRun } from './finished-run'
import type { PreparedSweep } from './prepare-sweep'
import type { Sweep } from './collect'
import { startSweep, type KeptRuns } from './sweep'

const EVENTS_PER_SECOND = 3
const MOST_SWEEPS = 20

export interface Sweeps {
  start(prepared: PreparedSweep): Sweep
  /** Goes on with an entry of the history: runs that it has are not made again. */
  resume(prepared: PreparedSweep, entry: string, known: KnownRuns): Sweep
  /** Its runs are made elsewhere, and counted here as they come in. */
  queue(prepared: PreparedSweep, open: OpenSweep): Promise<Result<Sweep>>
  /** One that somebody else put on a queue; of it nothing lands in the history, since what makes its runs is not known here. */
  watch(open: OpenSweep): Promise<Result<Sweep>>
  /** One that is over, made live again under a new id. */
  adopt(restore: (id: string) => Sweep): Sweep
  find(id: string): Sweep | undefined
  /** Sweeps whose runs this machine still makes. */
  active(): number
  /** Queued ones go on without this lab. */
  cancelAll(): void
  settled(): Promise<void>
}

export type OpenSweep = (id: string, options: { readonly kept: KeptRuns; changed(): void }) => Promise<Result<Sweep>>

/** Finished runs by their key. */
export type KnownRuns = ReadonlyMap<string, FinishedRun>

export function createSweeps(runner: Runs, parallel: number, tell: (status: SweepStatus) => void, keeper?: Keeper): Sweeps {
  const all = new Map<string, Sweep>()
  let count = 0
  const running = (): readonly Sweep[] => [...all.values()].filter((sweep) => sweep.status().state === 'running')
  const add = (sweep: Sweep): Sweep => {
    all.set(sweep.id, sweep)
    if (all.size > MOST_SWEEPS) all.delete(all.keys().next().value ?? '')
    return sweep
  }
  const newsOf = (id: string): Throttle => throttle(1000 / EVENTS_PER_SECOND, () => { const one = all.get(id); if (one !== undefined) tell(one.status()) })
  const begin = (prepared: PreparedSweep, entry: string | undefined, known: KnownRuns): Sweep => {
    const id = `s${++count}`
    const news = newsOf(id)
    const ejected = new Map<string, FinishedRun>()
    const kept: KeptRuns = { get: (key) => known.get(key), put: (key, run) => { if (run.ejections.length > 0) ejected.set(key, run) } }
    const bare = startSweep(id, prepared, runner, parallel, () => { news.call(false) }, entry === undefined ? undefined : kept)
    const sweep = add(entry === undefined ? bare : { ...bare, status: () => ({ ...bare.status(), history: entry }) })
    if (entry !== undefined) keeper?.keepSweep(entry, prepared, sweep, { known, ejected })
    void sweep.ended.then(() => { news.call(true) })
    return sweep
  }
  const elsewhere = async (open: OpenSweep, kept: KeptRuns): Promise<Result<Sweep>> => {
    const id = `s${++count}`
    const news = newsOf(id)
    const opened = await open(id, { kept, changed: () => { news.call(false) } })
    if (!opened.ok) return opened
    void opened.value.ended.then(() => { news.call(true) })
    return done(add(opened.value))
  }
  return {
    start: (prepared) => begin(prepared, keeper?.beginSweep(prepared), new Map()),
    resume: begin,
    queue: async (prepared, open) => {
      const ejected = new Map<string, FinishedRun>()
      const opened = await elsewhere(open, { get: () => undefined, put: (key, run) => { if (run.ejections.length > 0) ejected.set(key, run) } })
      const entry = opened.ok ? keeper?.beginSweep(prepared) : undefined
      if (!opened.ok || entry === undefined) return opened
      const sweep = { ...opened.value, status: () => ({ ...opened.value.status(), history: entry }) }
      all.set(sweep.id, sweep)
      keeper?.keepSweep(entry, prepared, sweep, { known: new Map(), ejected })
      return done(sweep)
    },
    watch: (open) => elsewhere(open, { get: () => undefined, put: () => undefined }),
    adopt: (restore) => add(restore(`s${++count}`)),
    find: (id) => all.get(id),
    active: () => running().filter(({ detach }) => detach === undefined).length,
    cancelAll: () => {
      for (const { detach, cancel } of running()) {
        if (detach === undefined) cancel()
        else detach()
      }
    },
    settled: async () => { await Promise.all([...all.values()].map(({ ended }) => ended)) },
  }
}
