/** Booted machines with memory cgroups, for tests that call the kernel's functions one by one or run small workloads. */
import type { MemcgSpec, MemcgState, ProcessSpec, Recording, Scenario } from '../../../main/engine/index'
import type { Memcg } from '../../../main/engine/mm/memcg'
import type { Mm } from '../../../main/engine/mm/mm'
import { boot } from './run'
import { scenario, sleep } from './tiny'
import type { TinyScenario } from './tiny'

export interface Grouped extends Omit<TinyScenario, 'processes'> {
  readonly memcgs: readonly MemcgSpec[]
  readonly cgroup?: Scenario['cgroup']
  readonly processes?: readonly ProcessSpec[]
}

export function grouped({ memcgs, cgroup, processes = [{ name: 'idle', phases: [sleep(1000)] }], ...parts }: Grouped): Scenario {
  return { ...scenario({ ...parts, processes }), memcgs, ...(cgroup === undefined ? {} : { cgroup }) }
}

/** A machine in which nobody runs. */
export function idleGroups(parts: Grouped): Mm {
  const { mm } = boot(grouped(parts))
  mm.current = mm.tasks[mm.tasks.length - 1]
  mm.cpu = 0
  mm.clock.limit = Infinity
  return mm
}

export function group(mm: Mm, path: string): Memcg {
  const memcg = mm.memcgs.find(path)
  if (memcg === undefined) throw new Error(`no group ${path}`)
  return memcg
}

/** A group's files at the end of a run, or in a snapshot. */
export function stateOf(recording: Recording, path: string, label?: string): MemcgState {
  const states = label === undefined ? recording.summary.memcgs : recording.snapshots.find((snapshot) => snapshot.label === label)?.memcgs
  const state = states?.find((each) => each.path === path)
  if (state === undefined) throw new Error(`no group ${path} ${label ?? 'at the end'}`)
  return state
}
