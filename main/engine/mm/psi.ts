/**
 * Pressure stall information for memory: time in which some task, or every running task, was stalled on memory.
 * Source: kernel/sched/psi.c:test_state (v6.1). Simplification: one total over all CPUs, not weighted per CPU.
 */
import type { Clock } from '../core/clock'
import type { Task } from './task'

export class Psi {
  some = 0
  full = 0
  #last = 0
  #memstall = 0
  #running = 0
  #memstallRunning = 0
  readonly #clock: Clock
  constructor(clock: Clock) {
    this.#clock = clock
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

  /** Adds the time since the last change to the states that held. */
  settle(): void {
    const elapsed = this.#clock.now - this.#last
    if (elapsed <= 0) return
    this.#last = this.#clock.now
    if (this.#memstall === 0) return
    this.some += elapsed
    if (this.#running === this.#memstallRunning) this.full += elapsed
  }
}
