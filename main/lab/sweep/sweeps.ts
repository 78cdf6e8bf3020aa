/** All sweeps of this lab, the newest last. */
import type { SweepStatus } from '../../../preload/contract'
import type { Keeper } from '../history/keeper'
import type { Runs } from '../parts'
import { throttle } from '../throttle'
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
  /** One that is over, made live again under a new id. */
  adopt(restore: (id: string) => Sweep): Sweep
  find(id: string): Sweep | undefined
  /** Sweeps that still run. */
  active(): number
  cancelAll(): void
  settled(): Promise<void>
}

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
  const begin = (prepared: PreparedSweep, entry: string | undefined, known: KnownRuns): Sweep => {
    const id = `s${++count}`
    const news = throttle(1000 / EVENTS_PER_SECOND, () => { const one = all.get(id); if (one !== undefined) tell(one.status()) })
    const ejected = new Map<string, FinishedRun>()
    const kept: KeptRuns = { get: (key) => known.get(key), put: (key, run) => { if (run.ejections.length > 0) ejected.set(key, run) } }
    const bare = startSweep(id, prepared, runner, parallel, () => { news.call(false) }, entry === undefined ? undefined : kept)
    const sweep = add(entry === undefined ? bare : { ...bare, status: () => ({ ...bare.status(), history: entry }) })
    if (entry !== undefined) keeper?.keepSweep(entry, prepared, sweep, { known, ejected })
    void sweep.ended.then(() => { news.call(true) })
    return sweep
  }
  return {
    start: (prepared) => begin(prepared, keeper?.beginSweep(prepared), new Map()),
    resume: begin,
    adopt: (restore) => add(restore(`s${++count}`)),
    find: (id) => all.get(id),
    active: () => running().length,
    cancelAll: () => { for (const sweep of running()) sweep.cancel() },
    settled: async () => { await Promise.all([...all.values()].map(({ ended }) => ended)) },
  }
}
