/**
 * The out-of-memory killer. Source: mm/oom_kill.c:out_of_memory, check_panic_on_oom, select_bad_process, oom_evaluate_task, oom_kill_process, __oom_kill_process (v6.1).
 * The badness is the kernel plugin's (hook oomBadness); victims and their reaper are oom-victim.ts and oom-reaper.ts, what the kernel prints oom-report.ts.
 * Simplifications: no notifiers, cpusets or memory policies (so the constraint is always none); a process has one thread and shares its memory with nobody, so one signal kills all users.
 */
import { GFP_FS } from './gfp'
import type { Mm } from './mm'
import { oomReport } from './oom-report'
import { queueOomReaper } from './oom-victim'
import type { Task } from './task'

const OOM_SCORE_ADJ_MIN = -1000
const NEVER = Number.MIN_SAFE_INTEGER
/** select_bad_process was aborted: a victim is still on its way out. */
const ABORTED = 'aborted'

/** out_of_memory: true when somebody was killed, is dying, or may not be killed for this request. */
export function outOfMemory(mm: Mm, gfp: number, order: number): boolean {
  const { current } = mm
  if (willFreeMem(current)) {
    markOomVictim(mm, current)
    return true
  }
  if ((gfp & GFP_FS) === 0) return true
  const panicOnOom = mm.sysctl.num('vm.panic_on_oom')
  if (panicOnOom !== 0) return panic(mm, gfp, order, `Kernel panic - not syncing: Out of memory: ${panicOnOom === 2 ? 'compulsory' : 'system-wide'} panic_on_oom is enabled`)
  if (mm.sysctl.num('vm.oom_kill_allocating_task') !== 0 && killable(current)) {
    oomKillProcess(mm, current, gfp, order, 'Out of memory (oom_kill_allocating_task)')
    return true
  }
  const victim = selectBadProcess(mm)
  if (victim === undefined) return panic(mm, gfp, order, 'Out of memory and no killable processes... Kernel panic - not syncing: System is deadlocked on memory')
  if (victim !== ABORTED) oomKillProcess(mm, victim, gfp, order, 'Out of memory')
  return true
}

/** SIGKILL: a task whose sleep it may end is woken; all end when they next leave the kernel. */
export function sendSigkill(mm: Mm, task: Task): void {
  task.killed = true
  if (task.sleepKillable) mm.sched.wake(task)
}

/** task_will_free_mem: it has been killed and its memory is not reaped yet. */
function willFreeMem(task: Task): boolean {
  return task.killed && !task.kthread && !task.oomSkip
}

function killable(task: Task): boolean {
  return !task.kthread && task.oomScoreAdj !== OOM_SCORE_ADJ_MIN
}

/** The task with the most points; of equals the later one. A victim that still has memory stops the search: it will free some. */
function selectBadProcess(mm: Mm): Task | typeof ABORTED | undefined {
  let chosen: Task | undefined
  let most = NEVER
  for (const task of mm.tasks) {
    if (task.kthread || task.exited || task.oomSkip) continue
    if (task.oomVictim) return ABORTED
    const points = badness(mm, task)
    if (points > NEVER && points >= most) {
      most = points
      chosen = task
    }
  }
  return chosen
}

function badness(mm: Mm, task: Task): number {
  return mm.decide.oomBadness({
    task: task.name, rss: task.rssAnon + task.rssFile + task.rssShmem, swapents: task.swapents, pagetablePages: task.pageTables, oomScoreAdj: task.oomScoreAdj,
    totalpages: mm.totalRamPages + mm.swap.totalSwapPages,
  })
}

function oomKillProcess(mm: Mm, victim: Task, gfp: number, order: number, message: string): void {
  // Already dying for another reason: it gets the reserves, and nothing is printed.
  if (willFreeMem(victim)) {
    markOomVictim(mm, victim)
    return
  }
  mm.vm.oom_kill++
  mm.trace.markVictim(victim, gfp, order, oomReport(mm, gfp, order, victim, message))
  markOomVictim(mm, victim)
  sendSigkill(mm, victim)
}

/** mark_oom_victim: reserves for it, and two seconds until the reaper comes. */
function markOomVictim(mm: Mm, victim: Task): void {
  victim.oomVictim = true
  queueOomReaper(mm, victim)
}

function panic(mm: Mm, gfp: number, order: number, message: string): false {
  mm.trace.oomPanic(message, gfp, order, oomReport(mm, gfp, order, undefined, message))
  mm.panicked = `${message}. ${mm.current.name} asked for order ${order}.`
  return false
}
