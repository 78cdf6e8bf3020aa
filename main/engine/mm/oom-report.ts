/**
 * What the kernel prints when the OOM killer runs: who asked, the state of memory, all tasks, whom it kills.
 * Source: mm/oom_kill.c:dump_header, dump_tasks, dump_oom_summary, __oom_kill_process; mm/memcontrol.c:mem_cgroup_print_oom_meminfo, mem_cgroup_print_oom_context,
 * mem_cgroup_print_oom_group; lib/dump_stack.c (v6.1). Times are virtual time since boot, process numbers the engine's.
 * Simplifications: registers, code bytes and offsets of the call trace are not there to print; every process is root's (uid 0); the memory.stat of a group that is full is not printed.
 */
import { gfpName, gfpZone } from './gfp'
import type { Memcg } from './memcg'
import { memcgIsDescendant } from './memcg'
import type { Mm } from './mm'
import type { PageCounter } from './page-counter'
import { showMem } from './show-mem'
import type { Task } from './task'

/** oom_rs: DEFAULT_RATELIMIT_BURST reports in DEFAULT_RATELIMIT_INTERVAL; the kill itself is always printed. */
const RATELIMIT_BURST = 10
const RATELIMIT_INTERVAL = 5e9
const KB = 4

/** What could not be had. `memcg`: the group whose limit was met. */
export interface OomRequest {
  readonly gfp: number
  readonly order: number
  readonly memcg: Memcg | undefined
}

/** The lines of a kill of `victim`, or of a panic without one. */
export function oomReport(mm: Mm, request: OomRequest, victim: Task | undefined, message: string): readonly string[] {
  const lines = victim === undefined || mayReport(mm) ? dumpHeader(mm, request, victim) : []
  return stamped(mm, [...lines, victim === undefined ? message : killedLine(victim, message)])
}

/** The lines of a kill for memory.oom.group's sake; `group` with the first. */
export function oomGroupLines(mm: Mm, victim: Task, message: string, group: Memcg | undefined): readonly string[] {
  const announced = group === undefined ? [] : [`Tasks in /${group.path} are going to be killed due to memory.oom.group set`]
  return stamped(mm, [...announced, killedLine(victim, message)])
}

/** printk's timestamps: seconds since boot. */
export function stamped(mm: Mm, lines: readonly string[]): readonly string[] {
  const us = Math.floor(mm.clock.now / 1000)
  const stamp = `[${String(Math.floor(us / 1e6)).padStart(5)}.${String(us % 1e6).padStart(6, '0')}]`
  return lines.map((line) => `${stamp} ${line}`)
}

function mayReport(mm: Mm): boolean {
  const { reports } = mm.oom
  const { now } = mm.clock
  while (reports.length > 0 && reports[0] <= now - RATELIMIT_INTERVAL) reports.shift()
  if (reports.length >= RATELIMIT_BURST) return false
  reports.push(now)
  return true
}

/** The frames of a call trace below the report, innermost first: what ran out, and the way there. */
const GLOBAL_PATH = ['out_of_memory', '__alloc_pages_slowpath', '__alloc_pages']
const MEMCG_PATH = ['out_of_memory', 'mem_cgroup_out_of_memory', 'try_charge_memcg', 'charge_memcg', '__mem_cgroup_charge']

function dumpHeader(mm: Mm, { gfp, order, memcg }: OomRequest, victim: Task | undefined): string[] {
  const { current } = mm
  // A page is charged by the caller of what allocated it.
  const path = memcg === undefined ? [...GLOBAL_PATH, ...[...current.callPath].reverse()] : [...MEMCG_PATH, ...current.callPath.filter((name) => !name.endsWith('_alloc_folio')).reverse()]
  return [
    `${current.name} invoked oom-killer: gfp_mask=0x${gfp.toString(16)}(${gfpName(gfp)}), order=${order}, oom_score_adj=${current.oomScoreAdj}`,
    `CPU: ${mm.cpu} PID: ${current.id} Comm: ${current.name} Not tainted ${mm.traits.release} #1`, 'Call Trace:', ' <TASK>',
    ...['dump_stack_lvl', 'dump_header', ...(victim === undefined ? [] : ['oom_kill_process']), ...path].map((name) => ` ${name}`), ' </TASK>',
    ...(memcg === undefined ? showMem(mm, gfpZone(gfp)) : showMemcg(mm, memcg)),
    ...(mm.sysctl.num('vm.oom_dump_tasks') !== 0 ? dumpTasks(mm, memcg) : []),
    ...(victim === undefined ? [] : [summaryLine(mm, memcg, victim)]),
  ]
}

function summaryLine(mm: Mm, memcg: Memcg | undefined, victim: Task): string {
  const scope = memcg === undefined ? 'global_oom' : `oom_memcg=/${memcg.path}`
  const where = `${scope},task_memcg=/${mm.memcgs.groups[victim.memcg].path},task=${victim.name},pid=${victim.id},uid=0`
  return `oom-kill:constraint=${memcg === undefined ? 'CONSTRAINT_NONE' : 'CONSTRAINT_MEMCG'},nodemask=(null),cpuset=/,mems_allowed=${nodesText(mm)},${where}`
}

/** mem_cgroup_print_oom_meminfo without the memory.stat it ends with. */
function showMemcg(mm: Mm, { memory, swap }: Memcg): string[] {
  const line = (what: string, counter: PageCounter): string => `${what}: usage ${counter.usage * KB}kB, limit ${counter.max * KB}kB, failcnt ${counter.failcnt}`
  return [line('memory', memory), ...(mm.memcgs.legacy ? [] : [line('swap', swap)])]
}

function nodesText(mm: Mm): string {
  return mm.nodes.length === 1 ? '0' : `0-${mm.nodes.length - 1}`
}

/** Of a group that is full its own tasks. */
function dumpTasks(mm: Mm, memcg: Memcg | undefined): string[] {
  const counts = (task: Task): boolean => memcg === undefined || memcgIsDescendant(mm.memcgs.groups[task.memcg], memcg)
  const rows = mm.tasks.filter((task) => !task.kthread && !task.exited && counts(task)).map((task) => {
    const [pid, total, rss] = [task.id, totalVm(task), task.rssAnon + task.rssFile + task.rssShmem]
    return `[${pad(pid, 7)}] ${pad(0, 5)} ${pad(pid, 5)} ${pad(total, 8)} ${pad(rss, 8)} ${pad(task.pageTables * KB * 1024, 8)} ${pad(task.swapents, 8)}         ${pad(task.oomScoreAdj, 5)} ${task.name}`
  })
  return ['Tasks state (memory values in pages):', '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name', ...rows]
}

function killedLine(victim: Task, message: string): string {
  const sizes = `total-vm:${totalVm(victim) * KB}kB, anon-rss:${victim.rssAnon * KB}kB, file-rss:${victim.rssFile * KB}kB, shmem-rss:${victim.rssShmem * KB}kB`
  return `${message}: Killed process ${victim.id} (${victim.name}) ${sizes}, UID:0 pgtables:${victim.pageTables * KB}kB oom_score_adj:${victim.oomScoreAdj}`
}

function totalVm(task: Task): number {
  let pages = 0
  for (const area of task.areas.values()) pages += area.pages
  return pages
}

function pad(value: number, width: number): string {
  return String(value).padStart(width)
}
