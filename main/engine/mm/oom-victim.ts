/**
 * Victims of the OOM killer until their memory is gone: the state of the killer, and how long a victim has to exit by itself before the reaper (oom-reaper.ts) comes.
 * Source: mm/oom_kill.c:queue_oom_reaper, wake_oom_reaper (v6.1; 5.15 does not wait 2 s).
 */
import type { Mm } from './mm'
import type { Task } from './task'

export class OomState {
  /** oom_lock. */
  locked = false
  /** Victims whose turn of the reaper has come (oom_reaper_list). */
  readonly list: Task[] = []
  /** Timers of victims that still have time to exit by themselves. */
  readonly timers = new Map<Task, number>()
  /** The thread, from the first victim on. */
  reaper: Task | undefined = undefined
  /** Whom the thread is reaping. */
  reaping: Task | undefined = undefined
  startReaper!: () => Task
  /** Times of the reports of the last 5 s; see oom-report.ts. */
  readonly reports: number[] = []
}

/** queue_oom_reaper: where the kernel waits, a victim has two seconds to exit. */
export function queueOomReaper(mm: Mm, victim: Task): void {
  const { oom } = mm
  const delay = mm.traits.oomReaperDelayS
  if (delay === undefined) return
  // MMF_OOM_REAP_QUEUED
  if (victim.oomSkip || oom.timers.has(victim) || oom.list.includes(victim) || oom.reaping === victim) return
  oom.reaper ??= oom.startReaper()
  if (delay === 0) wakeOomReaper(mm, victim)
  else oom.timers.set(victim, mm.threads.timer(mm.sched.ticks(delay * mm.hz), () => wakeOomReaper(mm, victim)))
}

/** The end of exit_mmap: nothing is left to reap, the next victim may be chosen. */
export function oomExited(mm: Mm, task: Task): void {
  task.oomSkip = true
  const timer = mm.oom.timers.get(task)
  if (timer === undefined) return
  mm.threads.cancelTimer(timer)
  mm.oom.timers.delete(task)
}

function wakeOomReaper(mm: Mm, victim: Task): void {
  mm.oom.timers.delete(victim)
  if (victim.oomSkip) return
  mm.oom.list.push(victim)
  if (mm.oom.reaper !== undefined) mm.sched.wake(mm.oom.reaper)
}
