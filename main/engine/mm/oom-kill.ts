/**
 * The out-of-memory killer. Source: mm/oom_kill.c:out_of_memory, check_panic_on_oom, select_bad_process, oom_evaluate_task, oom_kill_process, __oom_kill_process, oom_kill_memcg_member;
 * mm/memcontrol.c:mem_cgroup_scan_tasks, mem_cgroup_get_max, mem_cgroup_get_oom_group (v6.1).
 * The badness is the kernel plugin's (hook oomBadness); victims and their reaper are oom-victim.ts and oom-reaper.ts, what the kernel prints oom-report.ts.
 * Simplifications: no notifiers, cpusets or memory policies (so what constrains a kill is a memory cgroup or nothing); a process has one thread and shares its memory with nobody, so one signal kills all users.
 */
import { GFP_FS } from './gfp'
import type { Memcg } from './memcg'
import { memcgIsDescendant, memcgMemoryEvent } from './memcg'
import type { Mm } from './mm'
import type { OomRequest } from './oom-report'
import { oomGroupLines, oomReport } from './oom-report'
import { queueOomReaper } from './oom-victim'
import type { Task } from './task'

const OOM_SCORE_ADJ_MIN = -1000
const NEVER = Number.MIN_SAFE_INTEGER
/** select_bad_process was aborted: a victim is still on its way out. */
const ABORTED = 'aborted'

/**
 * out_of_memory: true when somebody was killed, is dying, or may not be killed for this request. `memcg`: it is that group's limit that was met, so only its tasks count.
 */
export function outOfMemory(mm: Mm, gfp: number, order: number, memcg?: Memcg): boolean {
  const { current } = mm
  const request: OomRequest = { gfp, order, memcg }
  if (willFreeMem(current)) {
    markOomVictim(mm, current)
    return true
  }
  // A group's limit is met in file systems too, and must be kept.
  if ((gfp & GFP_FS) === 0 && memcg === undefined) return true
  const panicOnOom = mm.sysctl.num('vm.panic_on_oom')
  if (panicOnOom === 2 || (panicOnOom !== 0 && memcg === undefined)) {
    return panic(mm, request, `Kernel panic - not syncing: Out of memory: ${panicOnOom === 2 ? 'compulsory' : 'system-wide'} panic_on_oom is enabled`)
  }
  if (memcg === undefined && mm.sysctl.num('vm.oom_kill_allocating_task') !== 0 && killable(current)) {
    oomKillProcess(mm, current, request, 'Out of memory (oom_kill_allocating_task)')
    return true
  }
  const victim = selectBadProcess(mm, memcg)
  if (victim === undefined) {
    // Without anybody to kill for a group the request alone fails.
    return memcg === undefined && panic(mm, request, 'Out of memory and no killable processes... Kernel panic - not syncing: System is deadlocked on memory')
  }
  if (victim !== ABORTED) oomKillProcess(mm, victim, request, memcg === undefined ? 'Out of memory' : 'Memory cgroup out of memory')
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

function inTree(mm: Mm, task: Task, memcg: Memcg): boolean {
  return !task.kthread && memcgIsDescendant(mm.memcgs.groups[task.memcg], memcg)
}

/** The task with the most points; of equals the later one. A victim that still has memory stops the search: it will free some. A group's tasks are looked at group by group. */
function selectBadProcess(mm: Mm, memcg: Memcg | undefined): Task | typeof ABORTED | undefined {
  const tasks = memcg === undefined ? mm.tasks : mm.tasks.filter((task) => inTree(mm, task, memcg)).sort((a, b) => a.memcg - b.memcg || a.id - b.id)
  const totalpages = memcg === undefined ? mm.totalRamPages + mm.swap.totalSwapPages : memcgGetMax(mm, memcg)
  let chosen: Task | undefined
  let most = NEVER
  for (const task of tasks) {
    if (task.kthread || task.exited || task.oomSkip) continue
    if (task.oomVictim) return ABORTED
    const points = badness(mm, task, totalpages)
    if (points > NEVER && points >= most) {
      most = points
      chosen = task
    }
  }
  return chosen
}

/** mem_cgroup_get_max: the group's memory, and what it may swap. */
function memcgGetMax(mm: Mm, memcg: Memcg): number {
  const swappiness = memcg.swappiness ?? mm.sysctl.num('vm.swappiness')
  return memcg.memory.max + (swappiness === 0 ? 0 : Math.min(memcg.swap.max, mm.swap.totalSwapPages)) || 1
}

function badness(mm: Mm, task: Task, totalpages: number): number {
  return mm.decide.oomBadness({
    task: task.name, ageNs: task.startTime < 0 ? 0 : mm.clock.now - task.startTime, rss: task.rssAnon + task.rssFile + task.rssShmem, swapents: task.swapents, pagetablePages: task.pageTables, oomScoreAdj: task.oomScoreAdj, totalpages,
  })
}

/** oom_kill_process: the victim, and with memory.oom.group everybody of the topmost such group up to the one that is out of memory. */
function oomKillProcess(mm: Mm, victim: Task, request: OomRequest, message: string): void {
  // Already dying for another reason: it gets the reserves, and nothing is printed.
  if (willFreeMem(victim)) {
    markOomVictim(mm, victim)
    return
  }
  const group = mm.memcgs.inUse ? oomGroup(mm, victim, request.memcg) : undefined
  killOne(mm, victim, request, oomReport(mm, request, victim, message))
  if (group === undefined) return
  memcgMemoryEvent(mm.memcgs, group, 'oom_group_kill')
  let told = false
  for (const task of mm.tasks) {
    if (task.exited || task.oomSkip || task.oomVictim || !inTree(mm, task, group) || !killable(task)) continue
    killOne(mm, task, request, oomGroupLines(mm, task, message, told ? undefined : group))
    told = true
  }
}

/** __oom_kill_process. */
function killOne(mm: Mm, victim: Task, { gfp, order, memcg }: OomRequest, log: readonly string[]): void {
  mm.vm.oom_kill++
  if (victim.memcg !== 0) memcgMemoryEvent(mm.memcgs, mm.memcgs.groups[victim.memcg], 'oom_kill')
  mm.trace.markVictim(victim, gfp, order, log, memcg)
  markOomVictim(mm, victim)
  sendSigkill(mm, victim)
}

/** mem_cgroup_get_oom_group: the topmost group with memory.oom.group from the victim's up to the one that is out of memory. */
function oomGroup(mm: Mm, victim: Task, domain: Memcg | undefined): Memcg | undefined {
  if (mm.memcgs.legacy) return undefined
  let found: Memcg | undefined
  for (let group: Memcg | undefined = mm.memcgs.groups[victim.memcg]; group !== undefined && group.id !== 0; group = group.parent) {
    if (group.oomGroup) found = group
    if (group === domain) break
  }
  return found
}

/** mark_oom_victim: reserves for it, and two seconds until the reaper comes. */
function markOomVictim(mm: Mm, victim: Task): void {
  victim.oomVictim = true
  queueOomReaper(mm, victim)
}

function panic(mm: Mm, request: OomRequest, message: string): false {
  mm.trace.oomPanic(message, request.gfp, request.order, oomReport(mm, request, undefined, message))
  mm.panicked = `${message}. ${mm.current.name} asked for order ${request.order}.`
  return false
}
