/** Invariants of locks, sleepers and OOM victims. Part of checkMm. */
import type { KernelLock } from '../mm/lock'
import type { Mm } from '../mm/mm'
import type { Task } from '../mm/task'
import { fail } from './check-fail'

export function checkWaits(mm: Mm): void {
  const locks = new Set<KernelLock>()
  for (const task of mm.tasks) {
    for (const lock of task.locks) {
      locks.add(lock)
      if (!lock.holders.includes(task)) fail(`${task.name} holds ${lock.name}, which does not know it`)
    }
    if (task.lockWanted !== undefined) locks.add(task.lockWanted)
    checkTask(mm, task)
  }
  for (const lock of locks) checkLock(lock)
}

function checkLock(lock: KernelLock): void {
  const { name, kind, holders, waiters, writing, permits } = lock
  for (const holder of holders) if (!holder.locks.includes(lock)) fail(`${name} is held by ${holder.name}, which does not know it`)
  const most = kind === 'rwsem' ? (writing ? 1 : Infinity) : permits
  if (holders.length > most) fail(`${kind} ${name} has ${holders.length} holders, ${most} fit`)
  for (const { task } of waiters) {
    if (task.lockWanted !== lock) fail(`${task.name} is in the queue of ${name} and waits for ${task.lockWanted?.name ?? 'nothing'}`)
    if (task.runnable || task.exited) fail(`${task.name} is in the queue of ${name} and ${task.runnable ? 'runs' : 'has exited'}`)
    if (task.sleepKillable) fail(`${task.name} waits for ${name} and could be killed there`)
  }
  // A lock with a queue is never free: release hands it over.
  if (waiters.length > 0 && holders.length === 0) fail(`${name} is free and ${waiters.length} tasks wait for it`)
}

function checkTask(mm: Mm, task: Task): void {
  if (task.lockWanted !== undefined && !task.lockWanted.waiters.some((waiter) => waiter.task === task)) fail(`${task.name} waits for ${task.lockWanted.name} and is not in its queue`)
  if (task.oomVictim && !task.killed) fail(`${task.name} is an OOM victim and was not killed`)
  if (task.unstable && !task.oomVictim) fail(`${task.name} was reaped and is no OOM victim`)
  if (task.exited && (task.locks.length > 0 || task.lockWanted !== undefined)) fail(`${task.name} has exited and holds or wants a lock`)
  // Whoever was chosen is on its way: it will exit, or the reaper's time comes, or it was looked past.
  const reaped = mm.traits.oomReaperDelayS !== undefined
  if (reaped && task.oomVictim && !task.oomSkip && !task.exited && !mm.oom.timers.has(task) && !mm.oom.list.includes(task) && mm.oom.reaping !== task) fail(`${task.name} is an OOM victim and nobody will reap it`)
}
