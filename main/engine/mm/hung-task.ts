/**
 * khungtaskd: looks now and then for tasks that sit in uninterruptible sleep without having been switched since it looked last.
 * Source: kernel/hung_task.c:watchdog, check_hung_uninterruptible_tasks, check_hung_task; kernel/sched/core.c:sched_show_task (v6.1).
 * Any wake-up counts as a switch, so a task that loops in reclaim with its 100 ms pauses is never reported. The first look only remembers: detection takes one to two intervals.
 * Simplifications: the look itself takes no time; no backtraces of other CPUs.
 */
import type { Mm } from './mm'
import { stamped } from './oom-report'
import type { Task } from './task'
import { waitChain } from './wait-graph'

const SECOND = 1e9

export class HungTask {
  readonly #mm: Mm
  #lastChecked = 0
  #task!: Task

  constructor(mm: Mm) {
    this.#mm = mm
    this.#lastChecked = mm.clock.now
  }

  /** The thread's body, for `threads.start`. */
  body(task: Task): () => undefined {
    this.#task = task
    return () => this.#watchdog()
  }

  /** kernel.hung_task_timeout_secs or its interval was written (proc_dohung_task_timeout_secs). */
  wake(): void {
    this.#mm.sched.wake(this.#task)
  }

  /** When it looks next; Infinity: never. */
  nextLook(): number {
    const { sysctl } = this.#mm
    const timeout = sysctl.num('kernel.hung_task_timeout_secs')
    // An interval of its own came with 4.19.
    const interval = sysctl.has('kernel.hung_task_check_interval_secs') ? sysctl.num('kernel.hung_task_check_interval_secs') : 0
    return timeout === 0 ? Infinity : this.#lastChecked + Math.min(interval || timeout, timeout) * SECOND
  }

  #watchdog(): undefined {
    const { clock, sysctl, sched } = this.#mm
    if (clock.now >= this.nextLook()) {
      this.#check(sysctl.num('kernel.hung_task_timeout_secs'))
      this.#lastChecked = clock.now
    }
    sched.sleep('khungtaskd', this.nextLook(), undefined, false, true)
    return undefined
  }

  #check(timeout: number): void {
    const { tasks, sysctl } = this.#mm
    const most = sysctl.num('kernel.hung_task_check_count')
    let panic = false
    for (const task of tasks.slice(0, most)) {
      // TASK_KILLABLE and TASK_IDLE don't count, and who runs doesn't sleep.
      if (task.exited || task.runnable || task.sleepKillable) continue
      if (this.#hung(task, timeout)) {
        this.#report(task)
        panic ||= sysctl.num('kernel.hung_task_panic') !== 0
      }
    }
    if (panic) this.#mm.panicked = 'Kernel panic - not syncing: hung_task: blocked tasks'
  }

  #hung(task: Task, timeout: number): boolean {
    const { now } = this.#mm.clock
    const switches = task.nvcsw + task.nivcsw
    if (switches === 0) return false
    if (switches !== task.lastSwitchCount) {
      task.lastSwitchCount = switches
      task.lastSwitchTime = now
      return false
    }
    return now >= task.lastSwitchTime + timeout * SECOND
  }

  #report(task: Task): void {
    const mm = this.#mm
    const seconds = Math.floor((mm.clock.now - task.lastSwitchTime) / SECOND)
    const left = mm.sysctl.num('kernel.hung_task_warnings')
    if (left > 0) mm.sysctl.preset('kernel.hung_task_warnings', left - 1)
    const chain = waitChain(mm, task)
    mm.trace.processHang(task, { seconds, since: task.sleepStart, chain }, left === 0 ? [] : stamped(mm, [...lines(task, seconds, mm.traits.release), ...(left === 1 ? ['Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings'] : [])]))
  }
}

function lines(task: Task, seconds: number, release: string): string[] {
  return [
    `INFO: task ${task.name}:${task.id} blocked for more than ${seconds} seconds.`, `      Not tainted ${release} #1`, '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.',
    `task:${task.name.slice(0, 15).padEnd(15)} state:D stack:0     pid:${String(task.id).padEnd(5)} ppid:${task.kthread ? 2 : 1}      flags:0x00004000`, 'Call Trace:', ' <TASK>',
    ...['__schedule', 'schedule', task.waitReason, ...[...task.callPath].reverse()].map((name) => ` ${name}`), ' </TASK>',
  ]
}
