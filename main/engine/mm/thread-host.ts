/** What memory management asks of the kernel around it: threads of its own, and timers (kthread_run, add_timer). */
import type { Episode } from '../core/clock'
import type { Task } from './task'

export interface ThreadHost {
  /** Starts a kernel thread, asleep; `body` makes what it does each time it is scheduled: sleep, or answer with an episode. */
  start(name: string, body: (task: Task) => () => Episode<unknown> | undefined): Task
  /** Calls back at a time in ns. The answer is for `cancelTimer`. */
  timer(time: number, call: () => void): number
  cancelTimer(id: number): void
}
