/**
 * Who waits for whom, now: a sleeping task, what it waits for, and the tasks that hold it. Used for hung-task reports, for the diagnosis of a run that can't go on, and by whoever
 * looks at a machine. Read only. The kernel knows owners of mutexes and rwsems only (debug_show_all_locks); the rest is the simulator's own knowledge.
 */
import type { WaitEdge } from '../sim/recording'
import { WRITE } from './io'
import type { Mm } from './mm'
import { PG_SWAPBACKED, PG_SWAPCACHE, PG_WRITEBACK } from './page'
import { areaOfSlot } from './swap'
import type { Task } from './task'

const LONGEST_CHAIN = 16
/** Sleeps of a fixed length in reclaim, of kernels without reclaim_throttle. */
const PAUSES: ReadonlySet<string> = new Set(['congestion_wait', 'wait_iff_congested', 'too_many_isolated', 'throttle_vm_writeout', 'lowmem_scan'])

/** What a task waits for; undefined when it doesn't. `waitsFor(…).holders` are tasks that must act first, where somebody holds it. */
export function waitsFor(mm: Mm, task: Task): (WaitEdge & { readonly holderTasks: readonly Task[] }) | undefined {
  if (task.runnable || task.exited) return undefined
  const { kind, what, holders } = target(mm, task)
  return {
    task: task.name, reason: task.waitReason, sinceNs: task.sleepStart - mm.startTime, uninterruptible: !task.sleepKillable, kind, what, holders: holders.map((holder) => holder.name), holderTasks: holders,
  }
}

/** Every sleeping task of the workload, and every kernel thread that somebody waits for or that waits for more than work. */
export function waitGraph(mm: Mm): readonly WaitEdge[] {
  return mm.tasks.flatMap((task) => {
    const edge = waitsFor(mm, task)
    if (edge === undefined || (task.kthread && task.sleepKillable)) return []
    const { holderTasks: _, ...plain } = edge
    return [plain]
  })
}

/** The chain from a task on: each waits for the first holder of what the one before waits for. Ends at what nobody holds, at who runs, or where it closes. */
export function waitChain(mm: Mm, task: Task): string {
  const links: string[] = []
  const seen = new Set<Task>()
  for (let at: Task | undefined = task; at !== undefined && links.length < LONGEST_CHAIN;) {
    if (seen.has(at)) {
      links.push(`${at.name} again: a deadlock`)
      break
    }
    seen.add(at)
    const edge = waitsFor(mm, at)
    links.push(edge === undefined ? `${at.name} ${doing(at)}` : sentence(edge))
    at = edge?.holderTasks[0]
  }
  return links.join('; ')
}

export function sentence({ task, what, holders }: WaitEdge): string {
  return `${task} waits for ${what}${holders.length > 0 ? `, held by ${holders.join(', ')}` : ''}`
}

function doing(task: Task): string {
  if (task.exited) return 'has ended'
  return task.memalloc && !task.kthread ? 'is in direct reclaim' : 'can run'
}

interface Target {
  readonly kind: WaitEdge['kind']
  readonly what: string
  readonly holders: readonly Task[]
}

function target(mm: Mm, task: Task): Target {
  const nobody: readonly Task[] = []
  const lock = task.lockWanted
  if (lock !== undefined) return { kind: 'lock', what: `${lock.kind} ${lock.name}`, holders: [...lock.holders] }
  const pfn = task.waitingOn?.pfn ?? -1
  if (pfn >= 0) return { kind: 'io', what: pageText(mm, pfn), holders: nobody }
  switch (task.waitReason) {
    case 'blk_mq_get_tag': {
      const disk = mm.io.diskOfSleeper(task.id)
      return { kind: 'io', what: `a tag of ${disk < 0 ? 'a disk' : diskText(mm, disk)}`, holders: nobody }
    }
    case 'mempool_alloc':
      return { kind: 'io', what: 'a bio, for which there is no memory until a write to swap ends', holders: nobody }
    case 'throttle_direct_reclaim':
      return { kind: 'reclaim', what: 'kswapd to refill the reserves', holders: mm.kswapds.map((kswapd) => kswapd.task) }
    case 'oom_lock':
    case 'out_of_memory':
      return { kind: 'oom', what: 'an OOM victim to give its memory back', holders: mm.tasks.filter((other) => other.oomVictim && !other.oomSkip && other !== task) }
    case 'balance_dirty_pages':
      return { kind: 'writeback', what: 'its turn to dirty pages', holders: nobody }
    default:
      if (task.waitReason.startsWith('VMSCAN_THROTTLE_') || PAUSES.has(task.waitReason)) return { kind: 'reclaim', what: `${task.waitReason}, a pause in reclaim`, holders: nobody }
      return { kind: task.timer >= 0 ? 'timer' : 'other', what: task.waitReason, holders: nobody }
  }
}

function pageText(mm: Mm, pfn: number): string {
  const flags = mm.frames.flags[pfn]
  const how = (flags & PG_WRITEBACK) !== 0 ? 'the end of writeback of' : 'the read of'
  if ((flags & PG_SWAPBACKED) === 0) {
    const file = mm.files[mm.frames.mapping[pfn]]
    return `${how} page ${mm.frames.index[pfn]} of ${file.path} on ${diskText(mm, file.disk)}`
  }
  if ((flags & PG_SWAPCACHE) === 0) return `${how} a page of swap`
  const area = areaOfSlot(mm, mm.frames.swap[pfn] - 1)
  return `${how} swap slot ${mm.frames.swap[pfn] - 1}${area.disk >= 0 ? ` on ${diskText(mm, area.disk)}` : ''}`
}

function diskText(mm: Mm, disk: number): string {
  const until = mm.io.stalledUntil(disk, mm.clock.now)
  const stalled = until > mm.clock.now ? `, which answers nothing for ${((until - mm.clock.now) / 1e9).toFixed(1)} s more` : ''
  return `${mm.io.diskName(disk)} (${mm.io.inflight(disk)} requests under way, ${mm.io.pages(disk, WRITE)} pages written so far${stalled})`
}
