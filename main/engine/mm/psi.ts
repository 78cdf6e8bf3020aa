/**
 * Pressure stall information: time in which some task, or every running task, was stalled on memory; and time in which some task waited for IO, with none running.
 * Source: kernel/sched/psi.c:test_state (v6.1). Simplification: one total over all CPUs, not weighted per CPU.
 */
import type { Clock } from '../core/clock'
import { PsiAverages } from './psi-averages'
import type { Task } from './task'

/** One line of /proc/pressure: percent in fixed point (FIXED_1 is 1 %) over 10, 60 and 300 s, and the time in ns. */
interface PressureLine {
  readonly avg: readonly number[]
  readonly total: number
}

export interface Pressure {
  readonly some: PressureLine
  readonly full: PressureLine
}

export class Psi {
  /** Stalled on memory, ns. */
  some = 0
  full = 0
  /** Waiting for IO, ns. */
  ioSome = 0
  ioFull = 0
  #last = 0
  #memstall = 0
  #running = 0
  #memstallRunning = 0
  #iowait = 0
  readonly #averages: PsiAverages
  readonly #clock: Clock
  constructor(clock: Clock, hz: number) {
    this.#clock = clock
    this.#averages = new PsiAverages(4, hz)
  }

  /** psi_memstall_enter. */
  enter(task: Task): void {
    if (task.memstall++ > 0) return
    this.settle()
    this.#memstall++
    if (task.runnable) this.#memstallRunning++
  }

  leave(task: Task): void {
    if (--task.memstall > 0) return
    this.settle()
    this.#memstall--
    if (task.runnable) this.#memstallRunning--
  }

  /** A task starts or stops being runnable. */
  runnable(task: Task, now: boolean): void {
    this.settle()
    const by = now ? 1 : -1
    this.#running += by
    if (task.memstall > 0) this.#memstallRunning += by
  }

  /** TSK_IOWAIT: a task begins to sleep for IO, or wakes from it. */
  iowait(now: boolean): void {
    this.settle()
    this.#iowait += now ? 1 : -1
  }

  /** Adds the time since the last change to the states that held. */
  settle(): void {
    const { now } = this.#clock
    const elapsed = now - this.#last
    if (elapsed <= 0) return
    this.#bringUp(this.#averages, now)
    this.#last = now
    if (this.#iowait > 0) {
      this.ioSome += elapsed
      if (this.#running === 0) this.ioFull += elapsed
    }
    if (this.#memstall === 0) return
    this.some += elapsed
    if (this.#running === this.#memstallRunning) this.full += elapsed
  }

  /** /proc/pressure. A look that changes nothing. */
  pressure(): { readonly memory: Pressure; readonly io: Pressure } {
    const averages = this.#averages.copy()
    this.#bringUp(averages, this.#clock.now)
    const lines = this.#totals(this.#clock.now).map((total, state): PressureLine => ({ avg: [...averages.avg.subarray(state * 3, state * 3 + 3)], total }))
    return { memory: { some: lines[0], full: lines[1] }, io: { some: lines[2], full: lines[3] } }
  }

  #bringUp(averages: PsiAverages, now: number): void {
    while (averages.next <= now) averages.update(this.#totals(averages.next))
  }

  /** What the totals are at `time`, since the last change. */
  #totals(time: number): readonly number[] {
    const more = Math.max(0, time - this.#last)
    const memory = this.#memstall > 0
    const io = this.#iowait > 0
    return [
      this.some + (memory ? more : 0), this.full + (memory && this.#running === this.#memstallRunning ? more : 0), this.ioSome + (io ? more : 0), this.ioFull + (io && this.#running === 0 ? more : 0),
    ]
  }
}
