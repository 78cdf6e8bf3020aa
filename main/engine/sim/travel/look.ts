/** A machine at one instant, for whoever travels through a run: its state, the ages on its LRU lists, its tasks and devices. Read only. */
import { waitsFor } from '../../mm/wait-graph'
import { READ, WRITE } from '../../mm/io'
import { LRU_NAMES } from '../../mm/lruvec'
import type { Mm } from '../../mm/mm'
import { takeMachineState } from '../machine-state'
import type { MachineState, RunEvent, WaitEdge } from '../recording'
import type { WatchedRun } from '../run-input'

/** Upper ends of the ages that are counted apart, ms; the last are older. */
const AGE_STEPS = [10, 100, 1_000, 10_000] as const

/** An LRU list by how long its pages have been on it: since they were put at its head. */
export interface ListAges {
  readonly node: number
  readonly memcg: number
  readonly list: string
  readonly pages: number
  /** Pages up to each of AGE_STEPS, and older. Absent where ages are not kept: a machine too large for it. */
  readonly ages?: readonly number[]
  /** Of the page at the tail, which is scanned next; ns. */
  readonly tailAge?: number
}

export interface TaskLook {
  readonly name: string
  readonly kthread: boolean
  readonly state: 'running' | 'runnable' | 'sleeping' | 'blocked' | 'exited'
  readonly cpu: number
  /** Touches behind it; absent for kernel threads. */
  readonly touch?: number
  /** Reclaims for itself now. */
  readonly reclaiming: boolean
  readonly rss: number
  readonly swapents: number
  readonly waits?: WaitEdge
}

export interface DiskLook {
  readonly name: string
  readonly inflight: number
  /** Tasks that wait for a tag. */
  readonly waiting: number
  readonly readPages: number
  readonly writtenPages: number
  /** Until when it answers nothing, ns since the workload started. */
  readonly stalledUntil?: number
}

/** What happened at the instant, where it is one of something that happened. */
export type Happening =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'kswapd' | 'direct'; readonly task: string }
  | { readonly kind: 'hook'; readonly hook: string; readonly task: string; readonly args: readonly unknown[]; readonly answer: unknown }
  | { readonly kind: 'time' | 'touch' | 'metric' | 'end' }

export interface Look {
  /** Moments of the run behind it: events, passes, direct reclaims and decisions. */
  readonly n: number
  /** Turns of the run behind it: tells instants between the same two moments apart. */
  readonly turn: number
  /** ns since the workload started. */
  readonly t: number
  readonly what: Happening
  readonly state: MachineState
  readonly lists: readonly ListAges[]
  readonly tasks: readonly TaskLook[]
  readonly disks: readonly DiskLook[]
}

/** `listed`: when each frame was put on its list, ms since the workload started; undefined where that isn't kept. */
export function takeLook(run: WatchedRun, mm: Mm, place: Pick<Look, 'n' | 'turn'>, what: Happening, listed: Float32Array | undefined): Look {
  const t = mm.clock.now - mm.startTime
  return { ...place, t, what, state: takeMachineState(mm, t), lists: mm.lruvecs.flatMap((lruvec) => listsOf(mm, lruvec, listed)), tasks: tasksOf(run, mm), disks: disksOf(mm) }
}

function listsOf(mm: Mm, lruvec: Mm['lruvecs'][number], listed: Float32Array | undefined): ListAges[] {
  if (lruvec.gen.enabled) return []
  const now = (mm.clock.now - mm.startTime) / 1e6
  return LRU_NAMES.slice(0, 4).map((list, lru) => {
    const one = { node: lruvec.node.id, memcg: lruvec.memcg, list, pages: lruvec.size[lru] }
    if (listed === undefined) return one
    const ages = new Array<number>(AGE_STEPS.length + 1).fill(0)
    for (let link = lruvec.lists.head[lru]; link !== 0; link = mm.frames.next[link - 1]) ages[stepOf(now - listed[link - 1])]++
    const tail = lruvec.lists.tail[lru]
    return { ...one, ages, ...(tail === 0 ? {} : { tailAge: Math.max(0, (now - listed[tail - 1]) * 1e6) }) }
  })
}

function stepOf(age: number): number {
  let step = 0
  while (step < AGE_STEPS.length && age > AGE_STEPS[step]) step++
  return step
}

function tasksOf(run: WatchedRun, mm: Mm): TaskLook[] {
  return mm.tasks.map((task) => {
    const touch = run.touchIndex(task)
    const edge = waitsFor(mm, task)
    const asleep = task.sleepKillable ? 'sleeping' : 'blocked'
    return {
      name: task.name, kthread: task.kthread, cpu: task.cpu, reclaiming: task.memalloc && !task.kthread, rss: task.rssAnon + task.rssFile + task.rssShmem, swapents: task.swapents,
      state: task.exited ? 'exited' : !task.runnable ? asleep : mm.current === task ? 'running' : 'runnable', ...(touch === undefined ? {} : { touch }),
      ...(edge === undefined ? {} : { waits: plainEdge(edge) }),
    }
  })
}

function plainEdge({ task, reason, sinceNs, uninterruptible, kind, what, holders }: WaitEdge): WaitEdge {
  return { task, reason, sinceNs, uninterruptible, kind, what, holders }
}

function disksOf({ io, clock, startTime }: Mm): DiskLook[] {
  return io.names.map((name, disk) => {
    const until = io.stalledUntil(disk, clock.now)
    return { name, inflight: io.inflight(disk), waiting: io.sleeping(disk), readPages: io.pages(disk, READ), writtenPages: io.pages(disk, WRITE), ...(until > clock.now ? { stalledUntil: until - startTime } : {}) }
  })
}
