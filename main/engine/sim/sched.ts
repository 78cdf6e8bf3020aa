/**
 * CPUs and the fair scheduler in outline: virtual runtimes, slices, wakeup preemption, sleepers' credit.
 * Source: kernel/sched/fair.c:place_entity, check_preempt_wakeup, sched_slice (v6.1). Simplifications: one run queue a CPU without balancing between CPUs after wake-up, no groups,
 * no bandwidth; with `none` a task is only preempted outside the kernel.
 */
import { BLOCK } from '../core/clock'
import type { Clock, Episode } from '../core/clock'
import type { EventQueue } from '../core/event-queue'
import type { Mm } from '../mm/mm'
import type { Psi } from '../mm/psi'
import type { Sched, Task, WaitQueue } from '../mm/task'

/** What runs on a CPU: a task's flat state machine, and the episode of kernel work it may be in. */
export interface Runnable {
  readonly task: Task
  episode: Episode<unknown> | undefined
  /** Works until the clock's limit, sleeps (through Sched), or returns an episode to go through. */
  advance(): Episode<unknown> | undefined
}

const NICE_0_WEIGHT = 1024
/** kernel/sched/core.c:sched_prio_to_weight. */
const WEIGHTS = [
  88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277, 1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
  110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
]
const LATENCY = 6e6
const MIN_GRANULARITY = 0.75e6
const WAKEUP_GRANULARITY = 1e6
/** With several CPUs: how far one may run ahead of the others. */
const CPU_LEAD = 20_000
/** A turn ends after this much virtual time even if nothing is due, so that whoever drives the simulation can look up. */
const LONGEST_TURN = 1e6

class Cpu {
  now = 0
  current: Runnable | undefined = undefined
  needResched = false
  minVruntime = 0
  /** When the current task's time was last accounted, and when it got the CPU. */
  accounted = 0
  started = 0
  readonly queue: Runnable[] = []
}

export const EVENT_TIMER = 1

export class Scheduler implements Sched {
  readonly cpus: readonly Cpu[]
  readonly #clock: Clock
  readonly #events: EventQueue
  readonly #psi: Psi
  readonly #tick: number
  readonly #runnables = new Map<number, Runnable>()
  readonly #preempt: 'none' | 'voluntary' | 'full'
  #cpu: Cpu
  #mm!: Mm
  #switchCost = 0

  constructor(spec: { cpus: number; clock: Clock; events: EventQueue; psi: Psi; hz: number; preemption: 'none' | 'voluntary' | 'full' }) {
    this.cpus = Array.from({ length: spec.cpus }, () => new Cpu())
    this.#cpu = this.cpus[0]
    this.#clock = spec.clock
    this.#events = spec.events
    this.#psi = spec.psi
    this.#tick = Math.floor(1e9 / spec.hz)
    this.#preempt = spec.preemption
  }

  attach(mm: Mm, switchCost: number): void {
    this.#mm = mm
    this.#switchCost = switchCost
  }

  /** A new task; runnable at once unless `asleep`. Tasks are dealt to CPUs in turn unless one is given. */
  add(runnable: Runnable, asleep: boolean, onCpu = runnable.task.id % this.cpus.length): void {
    const task = runnable.task
    task.weight = WEIGHTS[Math.max(0, Math.min(39, task.nice + 20))]
    task.cpu = onCpu
    this.#runnables.set(task.id, runnable)
    task.vruntime = this.cpus[task.cpu].minVruntime
    if (!asleep) this.#enqueue(runnable)
  }

  ticks(n: number): number {
    return (Math.floor(this.#clock.now / this.#tick) + n + 1) * this.#tick
  }

  sleep(reason: string, until: number, queue?: WaitQueue, iowait = false, killable = false): void {
    const task = this.#mm.current
    this.#account()
    // sched_submit_work: what a sleeper holds plugged is sent first, or nobody would ever be woken by it.
    const plug = this.#mm.io.plugOf(task.id)
    if (plug >= 0) this.#mm.io.flush(plug, this.#clock.now)
    this.#dequeue(task)
    task.waitReason = reason
    task.inIowait = iowait
    if (iowait) this.#psi.iowait(true)
    task.sleepKillable = killable
    task.timedOut = false
    task.nvcsw++
    task.sleepStart = this.#clock.now
    if (task.stall !== undefined) task.stall.sleep(this.#clock.now, reason, iowait)
    task.waitingOn = queue
    if (queue !== undefined) queue.tasks.push(task)
    if (until < Infinity) task.timer = this.#events.schedule(Math.max(until, this.#clock.now), EVENT_TIMER, task.id)
  }

  wake(task: Task): void {
    this.#wake(task, false)
  }

  wakeAll(queue: WaitQueue): void {
    while (queue.tasks.length > 0) this.#wake(queue.tasks[0], false)
  }

  /** Tag waiters and timers know tasks by number. */
  wakeId(id: number, timedOut: boolean): void {
    const runnable = this.#runnables.get(id)
    if (runnable !== undefined) this.#wake(runnable.task, timedOut)
  }

  #wake(task: Task, timedOut: boolean): void {
    if (task.waitingOn !== undefined) {
      const at = task.waitingOn.tasks.indexOf(task)
      if (at >= 0) task.waitingOn.tasks.splice(at, 1)
      task.waitingOn = undefined
    }
    const runnable = this.#runnables.get(task.id)
    if (task.runnable || runnable === undefined) return
    if (!timedOut && task.timer >= 0) this.#events.cancel(task.timer)
    task.timer = -1
    task.timedOut = timedOut
    if (task.stall !== undefined) task.stall.wake(this.#clock.now)
    const cpu = this.cpus[task.cpu]
    if (cpu === this.#cpu) this.#account()
    task.vruntime = Math.max(task.vruntime, cpu.minVruntime - LATENCY / 2)
    this.#enqueue(runnable)
    this.#checkPreempt(cpu, task)
  }

  #enqueue(runnable: Runnable): void {
    const task = runnable.task
    const cpu = this.cpus[task.cpu]
    if (task.inIowait) {
      this.#psi.iowait(false)
      task.inIowait = false
    }
    this.#psi.runnable(task, true)
    task.runnable = true
    // A CPU without work stands still; it goes on now, not when it ran out of work.
    if (cpu.queue.length === 0 && cpu !== this.#cpu) cpu.now = Math.max(cpu.now, this.#clock.now)
    cpu.queue.push(runnable)
  }

  #dequeue(task: Task): void {
    if (!task.runnable) return
    this.#psi.runnable(task, false)
    task.runnable = false
    const cpu = this.cpus[task.cpu]
    const at = cpu.queue.findIndex((r) => r.task === task)
    if (at >= 0) cpu.queue.splice(at, 1)
  }

  /** wakeup_preempt_entity: the woken task must be behind by the wakeup granularity, scaled by its weight. */
  #checkPreempt(cpu: Cpu, task: Task): void {
    const current = cpu.current?.task
    if (current === undefined || !current.runnable) {
      if (cpu === this.#cpu) this.#clock.limit = Math.min(this.#clock.limit, this.#clock.now)
      return
    }
    const granularity = (WAKEUP_GRANULARITY * NICE_0_WEIGHT) / task.weight
    if (current.vruntime - task.vruntime <= granularity) return
    cpu.needResched = true
    if (cpu === this.#cpu) this.#clock.limit = Math.min(this.#clock.limit, this.#clock.now)
  }

  /** update_curr. */
  #account(): void {
    const cpu = this.#cpu
    const delta = this.#clock.now - cpu.accounted
    cpu.accounted = this.#clock.now
    const task = cpu.current?.task
    if (task === undefined || delta <= 0) return
    task.cpuTime += delta
    task.vruntime += (delta * NICE_0_WEIGHT) / task.weight
    let least = task.runnable ? task.vruntime : Infinity
    for (const other of cpu.queue) if (other.task.vruntime < least) least = other.task.vruntime
    if (least < Infinity && least > cpu.minVruntime) cpu.minVruntime = least
  }

  /** The CPU to go on with: the one furthest behind that has work. -1: all are idle. */
  nextCpu(): number {
    let best = -1
    for (let i = 0; i < this.cpus.length; i++) {
      const cpu = this.cpus[i]
      if (cpu.queue.length > 0 && (best < 0 || cpu.now < this.cpus[best].now)) best = i
    }
    return best
  }

  /** Makes a CPU the executing one. */
  switchTo(index: number): void {
    const cpu = this.cpus[index]
    if (cpu !== this.#cpu) {
      this.#account()
      this.#cpu.now = this.#clock.now
      this.#cpu = cpu
      this.#clock.now = Math.max(cpu.now, 0)
      cpu.accounted = this.#clock.now
    }
    this.#mm.cpu = index
  }

  /** All idle: time jumps to the next event. */
  idleUntil(time: number): void {
    this.#account()
    this.#psi.settle()
    for (const cpu of this.cpus) cpu.now = Math.max(cpu.now, time)
    this.#clock.now = Math.max(this.#clock.now, time)
    this.#cpu.accounted = this.#clock.now
  }

  /** Runs the executing CPU's best task until its limit. */
  run(): void {
    const cpu = this.#cpu
    const runnable = this.#pick(cpu)
    if (runnable === undefined) return
    this.#mm.current = runnable.task
    if (runnable.task.stall !== undefined) runnable.task.stall.runs(this.#clock.now)
    this.#setLimit(cpu)
    if (runnable.episode === undefined) runnable.episode = runnable.advance()
    if (runnable.episode !== undefined && runnable.task.runnable && this.#clock.now < this.#clock.limit) this.#resume(runnable)
    this.#account()
    cpu.now = this.#clock.now
  }

  #resume(runnable: Runnable): void {
    const result = runnable.episode?.next()
    if (result?.done === true) runnable.episode = undefined
    else if (result?.value === BLOCK && runnable.task.runnable) runnable.task.waitReason = ''
  }

  #pick(cpu: Cpu): Runnable | undefined {
    this.#account()
    const current = cpu.current
    const mayStay = current !== undefined && current.task.runnable
    if (mayStay && !this.#shouldSwitch(cpu, current)) return current
    let best: Runnable | undefined
    for (const candidate of cpu.queue) if (best === undefined || candidate.task.vruntime < best.task.vruntime) best = candidate
    cpu.needResched = false
    if (best === undefined || best === current) {
      cpu.started = this.#clock.now
      return best
    }
    if (mayStay) this.#preempted(current.task)
    cpu.current = best
    best.task.lruGenBitmap = -1
    this.#clock.now += this.#switchCost
    cpu.accounted = this.#clock.now
    cpu.started = this.#clock.now
    return best
  }

  #preempted(task: Task): void {
    task.nivcsw++
    if (task.stall !== undefined) task.stall.preempted(this.#clock.now)
  }

  #shouldSwitch(cpu: Cpu, current: Runnable): boolean {
    if (cpu.queue.length < 2) return false
    if (this.#preempt === 'none' && current.episode !== undefined) return false
    return cpu.needResched || this.#clock.now - cpu.started >= this.#slice(cpu)
  }

  #slice(cpu: Cpu): number {
    const n = cpu.queue.length
    return Math.max(n > 8 ? MIN_GRANULARITY : LATENCY / n, MIN_GRANULARITY)
  }

  /** The next thing to look up for: an event, the tick after the slice, another CPU's turn. */
  #setLimit(cpu: Cpu): void {
    let limit = Math.min(this.#events.nextTime(), this.#clock.now + LONGEST_TURN)
    if (cpu.queue.length > 1) limit = Math.min(limit, this.#tickAfter(cpu.started + this.#slice(cpu)))
    for (const other of this.cpus) if (other !== cpu && other.queue.length > 0) limit = Math.min(limit, other.now + CPU_LEAD)
    this.#clock.limit = Math.max(limit, this.#clock.now + 1)
  }

  #tickAfter(time: number): number {
    return (Math.floor(Math.max(time, this.#clock.now) / this.#tick) + 1) * this.#tick
  }
}
