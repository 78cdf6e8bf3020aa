/**
 * The out-of-memory killer. Source: mm/oom_kill.c:out_of_memory, select_bad_process, oom_kill_process (v6.1). The badness is the kernel plugin's (hook oomBadness).
 * Simplifications: no reaper (a victim gives its memory back when it exits), no notifiers, no panic.
 */
import { GFP_FS } from './gfp'
import type { Mm } from './mm'
import type { Task } from './task'

export interface OomState {
  /** oom_lock. */
  locked: boolean
  /** Somebody was killed and has not exited yet. */
  victim: Task | undefined
}

const OOM_SCORE_ADJ_MIN = -1000
const NEVER = Number.MIN_SAFE_INTEGER

/** out_of_memory: true when somebody was killed, is dying, or may not be killed for this request. */
export function outOfMemory(mm: Mm, gfp: number, order: number): boolean {
  const current = mm.current
  if (current.killed && !current.kthread) {
    current.oomVictim = true
    return true
  }
  if ((gfp & GFP_FS) === 0) return true
  if (mm.oom.victim !== undefined) return true
  const victim = mm.sysctl.num('vm.oom_kill_allocating_task') !== 0 && killable(current) ? current : selectBadProcess(mm)
  if (victim === undefined) return false
  kill(mm, victim, gfp, order)
  return true
}

function killable(task: Task): boolean {
  return !task.kthread && task.oomScoreAdj !== OOM_SCORE_ADJ_MIN
}

/** The task with the most points; of equals the later one. */
function selectBadProcess(mm: Mm): Task | undefined {
  let chosen: Task | undefined
  let most = NEVER
  for (const task of mm.tasks) {
    const points = badness(mm, task)
    if (points > NEVER && points >= most) {
      most = points
      chosen = task
    }
  }
  return chosen
}

function badness(mm: Mm, task: Task): number {
  if (task.kthread || task.exited) return NEVER
  return mm.decide.oomBadness({
    task: task.name, rss: task.rssAnon + task.rssFile, swapents: task.swapents, pagetablePages: task.pageTables, oomScoreAdj: task.oomScoreAdj,
    totalpages: mm.totalRamPages + mm.swap.totalSwapPages,
  })
}

function kill(mm: Mm, victim: Task, gfp: number, order: number): void {
  mm.vm.oom_kill++
  mm.oom.victim = victim
  victim.killed = true
  victim.oomVictim = true
  mm.trace.markVictim(victim, gfp, order)
  if (victim.sleepKillable) mm.sched.wake(victim)
}
