/**
 * One sweep while it runs and after. Of each run only its metrics and digest are kept: a sweep has more runs than there is room for recordings. A point that looks
 * interesting is run again by itself, to the same digest.
 */
import type { MachineInfo, SweepStatus } from '../../../preload/contract'
import { metricsOf, sweepCurves, type Recording, type SweepResult } from '../../engine'
import { jobOf } from '../experiment'
import type { RunHandle, Runs } from '../parts'
import { messageOf } from '../problems'
import type { PreparedSweep } from './prepare-sweep'

export interface SweepRow extends SweepResult {
  readonly ejected: boolean
}

export interface Sweep {
  readonly id: string
  readonly prepared: PreparedSweep
  readonly ended: Promise<void>
  /** Finished runs, in the order of points, machines and seeds. */
  rows(): readonly SweepRow[]
  status(): SweepStatus
  cancel(): void
}

interface Place { readonly point: number; readonly machine: number; readonly seed: number }

/** Starts the runs, `parallel` at a time. `changed` is called after each. */
export function startSweep(id: string, prepared: PreparedSweep, runner: Runs, parallel: number, changed: () => void): Sweep {
  const machines = prepared.experiments[0].machines.map(({ label, policy }): MachineInfo => (policy === undefined ? { label } : { label, policy }))
  const places = placesOf(prepared, machines.length)
  const found = new Map<number, SweepRow>()
  const active = new Set<RunHandle>()
  let next = 0
  let lost = 0
  let failures = 0
  let cancelled = false
  let error: string | undefined

  async function work(): Promise<void> {
    while (!cancelled && next < places.length) {
      const index = next++
      const { point, machine, seed } = places[index]
      let handle: RunHandle | undefined
      try {
        handle = runner.start(jobOf({ id: `${id}.${index}`, machine, seed, state: 'waiting', fraction: 0 }, prepared.experiments[point]), () => undefined)
        active.add(handle)
        const row = rowOf(places[index], await handle.done)
        if (row === undefined) lost++
        else found.set(index, row)
      } catch (reason) {
        lost++
        if (!cancelled) {
          failures++
          error ??= messageOf(reason)
        }
      } finally {
        if (handle !== undefined) active.delete(handle)
      }
      changed()
    }
  }

  const rows = (): readonly SweepRow[] => [...found].sort(([a], [b]) => a - b).map(([, row]) => row)
  const state = (): SweepStatus['state'] => {
    if (cancelled) return 'cancelled'
    if (found.size + lost < places.length) return 'running'
    return failures > 0 ? 'failed' : 'done'
  }
  return {
    id, prepared, rows,
    ended: Promise.all(Array.from({ length: Math.max(1, parallel) }, work)).then(() => undefined),
    status: () => ({
      id, title: prepared.title, state: state(), axes: prepared.axes, points: prepared.points, machines, seeds: prepared.seeds,
      runs: places.length, ended: found.size + lost, lost, ejected: rows().filter(({ ejected }) => ejected).length,
      curves: sweepCurves(rows(), prepared.metrics, machines.length), ...(error === undefined ? {} : { error: `${failures} of ${places.length} runs failed: ${error}` }),
    }),
    cancel: () => {
      cancelled = true
      for (const handle of active) handle.cancel()
    },
  }
}

/** Seed by seed over all points, so that every curve is whole early and then gets narrower. */
function placesOf({ points, seeds }: PreparedSweep, machines: number): readonly Place[] {
  const places: Place[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    for (let point = 0; point < points.length; point++) {
      for (let machine = 0; machine < machines; machine++) places.push({ point, machine, seed })
    }
  }
  return places
}

/** A run that was cut or got stuck measured something else. */
function rowOf(place: Place, { summary, digest, engine, ejections }: Recording): SweepRow | undefined {
  if (summary.end === 'cancelled' || summary.end === 'stuck' || summary.end === 'panic') return undefined
  return { ...place, digest, engine, metrics: metricsOf(summary), ejected: ejections.length > 0 }
}
