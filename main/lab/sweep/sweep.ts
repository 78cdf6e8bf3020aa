/**
 * A sweep on this machine. Of each run only its metrics and digest are kept: a sweep has more runs than there is room for recordings. A point that looks
 * interesting is run again by itself, to the same digest. Runs that are kept already are not made again.
 */
import type { RunHandle, Runs } from '../parts'
import { messageOf } from '../problems'
import { runKey } from '../run-key'
import { createCollector, type Sweep } from './collect'
import { finished, type FinishedRun } from './finished-run'
import { jobAt, placesOf, planOf } from './plan'
import type { PreparedSweep } from './prepare-sweep'
import { isGranted, wishOf, type Recordings } from './recordings'

/** Runs by their key, kept across sweeps. `put` may fail (a full disk): it says so by itself, and the sweep goes on. */
export interface KeptRuns {
  get(key: string): FinishedRun | undefined
  put(key: string, run: FinishedRun): void
}

/** Starts the runs, `parallel` at a time. `changed` is called after each. */
export function startSweep(id: string, prepared: PreparedSweep, runner: Runs, parallel: number, changed: () => void, kept?: KeptRuns, recordings?: Recordings): Sweep {
  const plan = planOf(prepared)
  const places = placesOf(plan)
  const collected = createCollector(id, plan)
  const active = new Set<RunHandle>()
  let next = 0
  let cancelled = false

  async function make(index: number): Promise<void> {
    const job = jobAt(`${id}.${index}`, places[index], prepared)
    const key = kept === undefined ? '' : runKey(job)
    const known = kept?.get(key)
    if (known !== undefined) { collected.take(index, known); return }
    const handle = runner.start(job, () => undefined)
    active.add(handle)
    try {
      const recording = await handle.done
      const run = finished(recording)
      collected.take(index, run)
      if (run.end === 'cancelled') return
      kept?.put(key, run)
      if (recordings !== undefined && isGranted(wishOf(recordings.rule, places[index].seed), run) && !(await recordings.keep(places[index], run, recording))) recordings.refuse('it could not be written')
    } finally {
      active.delete(handle)
    }
  }

  async function work(): Promise<void> {
    while (!cancelled && next < places.length) {
      const index = next++
      await make(index).catch((reason: unknown) => { collected.lose(index, cancelled ? undefined : messageOf(reason)) })
      changed()
    }
  }

  return {
    id, plan, prepared, rows: collected.rows, useless: collected.useless,
    ended: Promise.all(Array.from({ length: Math.max(1, parallel) }, work)).then(() => undefined),
    status: () => ({ ...collected.status(cancelled), ...(recordings === undefined ? {} : { recordings: recordings.status() }) }),
    cancel: () => {
      cancelled = true
      for (const handle of active) handle.cancel()
    },
  }
}
