/** All sweeps of this lab, the newest last. */
import type { SweepStatus } from '../../../preload/contract'
import type { Runs } from '../parts'
import { throttle } from '../throttle'
import type { PreparedSweep } from './prepare-sweep'
import type { Sweep } from './collect'
import { startSweep } from './sweep'

const EVENTS_PER_SECOND = 3
const MOST_SWEEPS = 20

export interface Sweeps {
  start(prepared: PreparedSweep): Sweep
  find(id: string): Sweep | undefined
  /** Sweeps that still run. */
  active(): number
  cancelAll(): void
}

export function createSweeps(runner: Runs, parallel: number, tell: (status: SweepStatus) => void): Sweeps {
  const all = new Map<string, Sweep>()
  let count = 0
  const running = (): readonly Sweep[] => [...all.values()].filter((sweep) => sweep.status().state === 'running')
  return {
    start: (prepared) => {
      const id = `s${++count}`
      const news = throttle(1000 / EVENTS_PER_SECOND, () => { const one = all.get(id); if (one !== undefined) tell(one.status()) })
      const sweep = startSweep(id, prepared, runner, parallel, () => { news.call(false) })
      all.set(id, sweep)
      void sweep.ended.then(() => { news.call(true) })
      if (all.size > MOST_SWEEPS) all.delete(all.keys().next().value ?? '')
      return sweep
    },
    find: (id) => all.get(id),
    active: () => running().length,
    cancelAll: () => { for (const sweep of running()) sweep.cancel() },
  }
}
