/** What a sweep consists of, without what its runs are made of: all that its curves need, and what can be sent to somebody who only watches. */
import type { MachineInfo, Text } from '../../../preload/contract'
import type { SweepAxis, SweepPoint } from '../../engine'
import type { RunJob } from '../../runner/protocol'
import { jobOf } from '../experiment'
import { canonical, runKey, sha256 } from '../run-key'
import type { PreparedSweep } from './prepare-sweep'

export interface SweepPlan {
  readonly title: Text
  readonly axes: readonly SweepAxis[]
  readonly points: readonly SweepPoint[]
  readonly metrics: readonly string[]
  readonly seeds: number
  /** The base first. */
  readonly machines: readonly MachineInfo[]
}

/** Where a run belongs. */
export interface Place { readonly point: number; readonly machine: number; readonly seed: number }

export function planOf({ title, axes, points, metrics, seeds, experiments }: PreparedSweep): SweepPlan {
  const machines = experiments[0].machines.map(({ label, policy }): MachineInfo => (policy === undefined ? { label } : { label, policy }))
  return { title, axes, points, metrics, seeds, machines }
}

/** Seed by seed over all points, so that every curve is whole early and then gets narrower. */
export function placesOf({ points, seeds, machines }: SweepPlan): readonly Place[] {
  const places: Place[] = []
  for (let seed = 1; seed <= seeds; seed++) {
    for (let point = 0; point < points.length; point++) {
      for (let machine = 0; machine < machines.length; machine++) places.push({ point, machine, seed })
    }
  }
  return places
}

export function jobAt(id: string, { point, machine, seed }: Place, { experiments }: PreparedSweep): RunJob {
  return jobOf({ id, machine, seed, state: 'waiting', fraction: 0 }, experiments[point])
}

/** By place. The same run may be at several. */
export function keysOf(prepared: PreparedSweep): readonly string[] {
  return placesOf(planOf(prepared)).map((place) => runKey(jobAt('', place, prepared)))
}

const NAME_LENGTH = 12

/** The same plan with the same runs is the same sweep, on a queue as in the history: giving it again resumes it. */
export function sweepName(plan: SweepPlan, runs: readonly string[]): string {
  return sha256(canonical({ plan, runs })).slice(0, NAME_LENGTH)
}

export function placeName({ point, machine, seed }: Place): string {
  return `${point}.${machine}.${seed}`
}
