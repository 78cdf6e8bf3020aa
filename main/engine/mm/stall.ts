/**
 * Where the time of slow allocations goes. A task in the allocator's slow path carries a StallClock; the scheduler tells it of every sleep, wake-up and turn, reclaim of its own phases.
 * Time is charged where it passes, so the parts always add up to the whole. Nothing here is the kernel's: it is the lab's own measurement, and no part of a digest.
 */
import type { SlowAlloc, StallPart, StallStats } from '../sim/recording'
import { gfpName } from './gfp'
import type { Mm } from './mm'
import type { Task } from './task'

/** Parts of a stall, in the order in which charts stack them. */
export const STALL_PARTS: readonly StallPart[] = ['scan', 'throttle', 'io', 'compaction', 'lock', 'oom', 'runnable', 'other']

export const STALL_SCAN = 0
export const STALL_THROTTLE = 1
export const STALL_IO = 2
export const STALL_COMPACTION = 3
export const STALL_LOCK = 4
export const STALL_OOM = 5
export const STALL_RUNNABLE = 6
export const STALL_OTHER = 7

/** Windows of a run whose worst stalls are kept, and how many of each. */
const WINDOWS = 64
const WORST = 4

/** What each sleep in the kernel is counted as; what is not here is IO if it counts as iowait. */
const PART_OF: Readonly<Record<string, number>> = {
  VMSCAN_THROTTLE_WRITEBACK: STALL_THROTTLE, VMSCAN_THROTTLE_ISOLATED: STALL_THROTTLE, VMSCAN_THROTTLE_NOPROGRESS: STALL_THROTTLE, VMSCAN_THROTTLE_CONGESTED: STALL_THROTTLE,
  throttle_direct_reclaim: STALL_THROTTLE,
  congestion_wait: STALL_THROTTLE, wait_iff_congested: STALL_THROTTLE, too_many_isolated: STALL_THROTTLE, throttle_vm_writeout: STALL_THROTTLE, lowmem_scan: STALL_OOM, __mutex_lock: STALL_LOCK, __down: STALL_LOCK, rwsem_down_read_slowpath: STALL_LOCK, rwsem_down_write_slowpath: STALL_LOCK,
  oom_lock: STALL_OOM, out_of_memory: STALL_OOM,
}

/** One task's slow allocation. */
export class StallClock {
  readonly parts = new Float64Array(STALL_PARTS.length)
  /** ns by what it slept in. */
  readonly sleeps = new Map<string, number>()
  start = 0
  order = 0
  gfp = 0
  /** What the CPU is used for. */
  phase = STALL_OTHER
  #last = 0
  /** Of a sleep that has begun: its part and name. */
  #part = -1
  #reason = ''
  #sleepFrom = 0
  /** Ready to run and not running. */
  #waiting = false

  begin(now: number, order: number, gfp: number): void {
    this.order = order
    this.gfp = gfp
    this.parts.fill(0)
    this.sleeps.clear()
    this.start = now
    this.phase = STALL_OTHER
    this.#last = now
    this.#part = -1
    this.#waiting = false
  }

  /** Enters a phase of work; returns the one before, to go back to. */
  enter(now: number, phase: number): number {
    const before = this.phase
    this.#charge(now, before)
    this.phase = phase
    return before
  }

  sleep(now: number, reason: string, iowait: boolean): void {
    this.#charge(now, this.phase)
    this.#part = PART_OF[reason] ?? (iowait ? STALL_IO : STALL_OTHER)
    this.#reason = reason
    this.#sleepFrom = this.#last
  }

  wake(now: number): void {
    if (this.#part < 0) return
    this.#charge(now, this.#part)
    this.sleeps.set(this.#reason, (this.sleeps.get(this.#reason) ?? 0) + this.#last - this.#sleepFrom)
    this.#part = -1
    this.#waiting = true
  }

  /** Another task got its CPU. */
  preempted(now: number): void {
    if (this.#part >= 0) return
    this.#charge(now, this.phase)
    this.#waiting = true
  }

  /** It has the CPU. */
  runs(now: number): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#charge(now, STALL_RUNNABLE)
  }

  /** Charges up to now, for whoever looks while it goes on; the time it has taken so far. */
  settle(now: number): number {
    this.#charge(now, this.#part >= 0 ? this.#part : this.#waiting ? STALL_RUNNABLE : this.phase)
    return this.#last - this.start
  }

  /** Ends; the time it took. */
  end(now: number): number {
    this.#charge(now, this.phase)
    return this.#last - this.start
  }

  /** CPUs' clocks differ a little: time never goes back. */
  #charge(now: number, part: number): void {
    if (now <= this.#last) return
    this.parts[part] += now - this.#last
    this.#last = now
  }
}

/** All slow allocations of a run: totals, and the worst of each window. */
export class StallLog {
  /** An allocation that took at least this long is slow, ns. */
  readonly threshold: number
  count = 0
  readonly totals = new Float64Array(STALL_PARTS.length)
  readonly #windowNs: number
  readonly #worst = new Map<number, SlowAlloc[]>()

  constructor(thresholdNs: number, durationNs: number) {
    this.threshold = thresholdNs
    this.#windowNs = Math.max(1, Math.ceil(durationNs / WINDOWS))
  }

  /** A slow allocation ended. `t` counts from the workload's start. */
  add(clock: StallClock, what: { readonly t: number; readonly duration: number; readonly task: string; readonly order: number; readonly gfp: string }): void {
    this.count++
    for (let i = 0; i < this.totals.length; i++) this.totals[i] += clock.parts[i]
    const window = Math.floor(what.t / this.#windowNs)
    let worst = this.#worst.get(window)
    if (worst === undefined) this.#worst.set(window, (worst = []))
    if (worst.length === WORST && worst[WORST - 1].duration >= what.duration) return
    const at = worst.findIndex((other) => other.duration < what.duration)
    worst.splice(at < 0 ? worst.length : at, 0, { ...what, parts: partsOf(clock.parts), sleeps: Object.fromEntries(clock.sleeps) })
    if (worst.length > WORST) worst.pop()
  }

  stats(): StallStats {
    return { thresholdNs: this.threshold, count: this.count, totals: partsOf(this.totals), worst: [...this.#worst.values()].flat().sort((a, b) => a.t - b.t) }
  }
}

/** An allocation of the current task enters the slow path. undefined: it is part of another one's reclaim, whose clock runs already. */
export function beginStall(mm: Mm, order: number, gfp: number): StallClock | undefined {
  const task = mm.current
  if (task.stall !== undefined) return undefined
  task.stall = task.stallClock ??= new StallClock()
  task.stall.begin(mm.clock.now, order, gfp)
  return task.stall
}

export function endStall(mm: Mm, task: Task, clock: StallClock): void {
  note(mm, task, clock, clock.end(mm.clock.now))
  task.stall = undefined
}

/** The run is over: allocations still under way have taken at least this long. */
export function endAllStalls(mm: Mm): void {
  for (const task of mm.tasks) {
    const clock = task.stall
    task.stall = undefined
    if (clock === undefined) continue
    clock.wake(mm.clock.now)
    note(mm, task, clock, clock.settle(mm.clock.now))
  }
}

function note(mm: Mm, task: Task, clock: StallClock, duration: number): void {
  if (duration >= mm.stalls.threshold) mm.stalls.add(clock, { t: clock.start - mm.startTime, duration, task: task.name, order: clock.order, gfp: gfpName(clock.gfp) })
}

/** ns that tasks have spent in one part of slow allocations up to now, those still under way included once they are slow. */
export function stalledSoFar(mm: Mm, part: number): number {
  let sum = mm.stalls.totals[part]
  for (const task of mm.tasks) {
    const clock = task.stall
    if (clock !== undefined && clock.settle(mm.clock.now) >= mm.stalls.threshold) sum += clock.parts[part]
  }
  return sum
}

function partsOf(values: Float64Array): Record<StallPart, number> {
  return Object.fromEntries(STALL_PARTS.map((part, i) => [part, values[i]])) as Record<StallPart, number>
}
