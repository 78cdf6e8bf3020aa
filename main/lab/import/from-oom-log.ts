/**
 * A kernel's OOM report -> the machine and the work that brought it there: zones and marks as printed, memory as it was before the tasks took theirs, each task a hog of its size. Who
 * invoked the killer then asks for more than is left.
 */
import type { KernelDefinition } from 'reclaim-lab'
import type { ImportSummary, Result } from '../../../preload/contract'
import type { Machine, Phase, ProcessSpec, Scenario, SwapSpec, ZoneLru } from '../../engine'
import { hog, signal, sleep, snap, wait } from '../presets/phases'
import { ssd } from '../presets/machines'
import { buildMachine } from './build-machine'
import { summary } from './import-text'
import { Notes, pagesText, pagesTextZh } from './notes'
import { parseOomLog } from './parse-oom'
import type { OomReading, OomTask } from './parse-oom'
import type { ZoneReading } from './parse-zoneinfo'
import { LineProblems, notText } from './text-lines'
import { say } from '../say'

/** Tasks that become processes of their own; the rest is one. */
const MOST_TASKS = 32
/** Smaller tasks, 1 MiB, are put together. */
const SMALL = 256
const SECOND = 1000

export function importOomLog(text: string, kernel: KernelDefinition): Result<ImportSummary> {
  const problems = new LineProblems('oom log')
  const unreadable = notText(text)
  if (unreadable !== undefined) problems.whole(unreadable)
  const read = unreadable === undefined ? parseOomLog(text, problems) : undefined
  if (read === undefined || problems.problems.length > 0) return { ok: false, problems: problems.list() }
  const notes = new Notes()
  const zones = beforeTheTasks(read)
  const built = buildMachine({ zones, nodeLru: new Map<number, ZoneLru>(), buddyinfo: new Map(), sysctls: new Map(), kernelMemory: kernelMemory(read) }, kernel, notes)
  if (built.problems.length > 0) return { ok: false, problems: built.problems }
  const swap: readonly SwapSpec[] = read.swapTotal > 0 ? [{ kind: 'disk', disk: 'vdb', pages: read.swapTotal + 1, priority: -2 }] : []
  const machine: Machine = {
    cpus: 1, profile: 'server', preemption: 'voluntary', hz: 250, thp: 'never', zones: built.zones, swap, disks: swap.length > 0 ? [ssd('vda'), ssd('vdb')] : [ssd('vda')],
    ...(built.kernelMemory === undefined ? {} : { kernelMemory: built.kernelMemory }),
  }
  const processes = workload(read)
  note(read, processes, notes)
  const title = say(`Out of memory: ${read.invoker}`, `内存耗尽：${read.invoker}`)
  const about = say(`Made from a kernel's OOM report. ${read.invoker} invoked the killer${read.victim === undefined ? '' : `, which took ${read.victim}`}.`, `由内核的 OOM 报告得来。${read.invoker} 触发了 OOM killer${read.victim === undefined ? '' : `，被杀的是 ${read.victim}`}。`)
  const scenario: Scenario = { format: 1, id: 'imported-oom', title, about, machine, sysctls: built.sysctls, files: [], processes, durationMs: 120 * SECOND, sampleMs: 100 }
  return summary(scenario, kernel, notes)
}

/** What the tasks hold was free before: anonymous LRU pages, per-cpu pages, their page tables (in the largest zone). */
function beforeTheTasks({ zones, tasks }: OomReading): readonly ZoneReading[] {
  const largest = zones.reduce((most, zone) => (zone.managed > most.managed ? zone : most))
  const tables = tasks.reduce((sum, task) => sum + task.pageTables, 0)
  return zones.map((zone) => {
    const of = (name: string): number => zone.stats.get(`nr_zone_${name}`) ?? 0
    const kept = of('active_file') + of('inactive_file') + of('unevictable')
    const free = Math.min(zone.managed - kept, (zone.free ?? 0) + zone.pcp + of('active_anon') + of('inactive_anon') + (zone === largest ? tables : 0))
    return { ...zone, free, pcp: 0, boost: 0, stats: new Map([...zone.stats].map(([key, pages]) => [key, key.endsWith('_anon') ? 0 : pages])) }
  })
}

function kernelMemory({ memInfo, kernelStack, tasks }: OomReading): Machine['kernelMemory'] {
  const slab = memInfo.get('slab_unreclaimable')
  if (slab === undefined) return undefined
  const tables = tasks.reduce((sum, task) => sum + task.pageTables, 0)
  return { slabReclaimable: memInfo.get('slab_reclaimable') ?? 0, slabUnreclaimable: slab, pageTables: Math.max(0, (memInfo.get('pagetables') ?? 0) - tables), kernelStack: Math.floor(kernelStack / 4) }
}

/** Largest first; small ones and those beyond the limit are one process that is never killed for itself. */
function workload(read: OomReading): readonly ProcessSpec[] {
  const sizeOf = (task: OomTask): number => task.rss + task.swapents
  const sorted = [...read.tasks].sort((a, b) => sizeOf(b) - sizeOf(a))
  const own = sorted.filter((task, i) => (i < MOST_TASKS && sizeOf(task) >= SMALL) || task.name === read.invoker).slice(0, MOST_TASKS + 1)
  const others = sorted.filter((task) => !own.includes(task)).reduce((sum, task) => sum + sizeOf(task), 0)
  const invoker = own.find((task) => task.name === read.invoker)
  const fillers = own.filter((task) => task !== invoker)
  const filled = fillers.length + (others > 0 ? 1 : 0)
  const fill = (pages: number): readonly Phase[] => [...(pages > 0 ? hog('heap', pages) : []), signal(1)]
  const more: readonly Phase[] = [wait(1, filled), snap('as reported'), ...hog('more', leftPages(read)), sleep(SECOND)]
  return [
    ...fillers.map((task): ProcessSpec => ({ name: label(task, own), oomScoreAdj: adj(task), phases: [...fill(sizeOf(task)), sleep(60 * SECOND)], daemon: 1 })),
    ...(others > 0 ? [{ name: 'others', oomScoreAdj: -1000, phases: [...fill(others), sleep(60 * SECOND)], daemon: 1 } satisfies ProcessSpec] : []),
    invoker === undefined ? { name: read.invoker.slice(0, 64), phases: more } : { name: label(invoker, own), oomScoreAdj: adj(invoker), phases: [...(sizeOf(invoker) > 0 ? hog('heap', sizeOf(invoker)) : []), ...more] },
  ]
}

/** More than could be had: what is free, the page cache, free swap, and a tenth. */
function leftPages({ zones, swapFree }: OomReading): number {
  const cache = zones.reduce((sum, zone) => sum + (zone.stats.get('nr_zone_active_file') ?? 0) + (zone.stats.get('nr_zone_inactive_file') ?? 0), 0)
  return Math.ceil((zones.reduce((sum, zone) => sum + (zone.free ?? 0) + zone.pcp, 0) + cache + swapFree) * 1.1) + 1024
}

function adj(task: OomTask): number {
  return Math.max(-1000, Math.min(1000, task.oomScoreAdj))
}

function label(task: OomTask, tasks: readonly OomTask[]): string {
  const name = task.name.replace(/[\p{Cc}\p{Cs}]/gu, '?').slice(0, 50)
  return tasks.filter((each) => each.name === task.name).length > 1 || name === 'others' ? `${name}-${task.pid}` : name
}

function note(read: OomReading, processes: readonly ProcessSpec[], notes: Notes): void {
  const rss = read.tasks.reduce((sum, task) => sum + task.rss, 0)
  const swapped = read.tasks.reduce((sum, task) => sum + task.swapents, 0)
  notes.read.push(say(`${read.tasks.length} tasks with ${pagesText(rss)} in memory and ${pagesText(swapped)} in swap`, `${read.tasks.length} 个任务，内存中 ${pagesTextZh(rss)}，换出 ${pagesTextZh(swapped)}`))
  if (read.blocks.size > 0) {
    const largest = Math.max(...[...read.blocks.values()].map((blocks) => blocks.findLastIndex((count) => count > 0)))
    notes.read.push(say(`free blocks when it printed: the largest is of order ${largest}; the request was of order ${read.order}`, `打印时的空闲块：最大 ${largest} 阶；申请的是 ${read.order} 阶`))
  }
  notes.assumed.push(
    say('the run begins before the tasks took their memory: what they hold is free then, in the largest blocks', '运行从任务占用内存之前开始：它们占用的内存此时空闲，按最大块排列'),
    say(`workload: ${processes.length} processes of the tasks' sizes (file pages counted as their own), then ${read.invoker} asks for more than is left`, `负载：${processes.length} 个与任务同样大小的进程（文件页也算作自己的），之后 ${read.invoker} 申请超过剩余的内存`),
    say('1 CPU; disks like an SSD: 20,000 requests and 500 MB a second', '1 个 CPU；磁盘按 SSD：每秒 20,000 个请求、500 MB'))
  if (read.tasks.length === 0) notes.notModelled.push(say('tasks: the report has no task table (vm.oom_dump_tasks = 0?)', '任务：报告里没有任务表（vm.oom_dump_tasks = 0？）'))
  if (read.more > 0) notes.notModelled.push(say(`${read.more} more OOM reports in the log; the first was read`, `日志里另有 ${read.more} 份 OOM 报告；只读了第一份`))
}
