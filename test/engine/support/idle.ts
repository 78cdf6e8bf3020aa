/** A booted machine in which nobody runs, for tests that call the kernel's functions one by one. */
import type { Scenario } from '../../../main/engine/index'
import type { Episode } from '../../../main/engine/core/clock'
import { Area } from '../../../main/engine/mm/area'
import type { FileMapping } from '../../../main/engine/mm/file'
import type { Mm } from '../../../main/engine/mm/mm'
import { boot } from './run'
import { machine, scenario } from './tiny'
import type { TinyMachine, TinyScenario } from './tiny'

export function idleMm(over: TinyMachine = {}, sysctls: Scenario['sysctls'] = {}, trees?: TinyScenario['trees']): Mm {
  const { mm } = boot(scenario({ machine: machine(over), sysctls, files: 10_000, ...(trees === undefined ? {} : { trees }), processes: [[{ op: 'sleep', ms: 1000 }]] }))
  mm.current = mm.tasks.filter((task) => !task.kthread)[0]
  mm.cpu = 0
  mm.clock.limit = Infinity
  return mm
}

/** Runs an episode that must not sleep. */
export function finish<T>(mm: Mm, episode: Episode<T>): T {
  for (;;) {
    const { done, value } = episode.next()
    if (done === true) return value
    if (value !== 0) throw new Error(`${mm.current.name} sleeps: ${mm.current.waitReason}`)
  }
}

export function newArea(mm: Mm, pages: number): Area {
  const area = new Area({ id: mm.areas.length, task: mm.current, pages })
  mm.areas.push(area)
  return area
}

export function fileOf(mm: Mm): FileMapping {
  return mm.files[0]
}
