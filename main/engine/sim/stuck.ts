/** Tells when a simulation can't go on: everybody waits and nothing will come. Names who waits for what. */
import type { Mm } from '../mm/mm'
import { waitChain } from '../mm/wait-graph'

/** Undefined while something can still happen. */
export function stuckDiagnosis(mm: Mm, disks: number): string | undefined {
  for (let disk = 0; disk < disks; disk++) if (mm.io.inflight(disk) > 0) return undefined
  const waiting: string[] = []
  for (const task of mm.tasks) {
    if (task.exited) continue
    if (task.runnable) return undefined
    if (task.kthread) continue
    if (task.timer >= 0) return undefined
    waiting.push(waitChain(mm, task))
  }
  if (mm.kswapds.some((kswapd) => kswapd.awake)) return undefined
  return waiting.length === 0 ? undefined : `Nothing can advance: ${waiting.join('; ')}. kswapd sleeps, no IO is under way.`
}
