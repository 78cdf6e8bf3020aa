/**
 * Sleeping locks of the kernel: mutex, rw_semaphore, counting semaphore, with their owners and waiters. Who waits sleeps in TASK_UNINTERRUPTIBLE, however long.
 * Source: kernel/locking/mutex.c, kernel/locking/rwsem.c:rwsem_mark_wake, kernel/locking/semaphore.c (v6.1).
 * Simplifications: strictly first come, first served, each release hands the lock over (a mutex or rwsem of the kernel may be stolen by whoever runs); nobody spins for an owner that
 * runs; no priority inheritance; the *_killable and *_interruptible variants don't exist.
 */
import { assert } from '../core/assert'
import type { Mm } from './mm'
import type { Task } from './task'

export type LockKind = 'mutex' | 'rwsem' | 'semaphore'
export type LockMode = 'read' | 'write'

/** MAX_READERS_WAKEUP. */
const MAX_READERS_WAKEUP = 256

/** What a waiter of each kind sleeps in. */
const SLEEPS_IN = { mutex: '__mutex_lock', semaphore: '__down', read: 'rwsem_down_read_slowpath', write: 'rwsem_down_write_slowpath' } as const

interface Waiter {
  readonly task: Task
  readonly mode: LockMode
}

export class KernelLock {
  readonly name: string
  readonly kind: LockKind
  /** Holders a semaphore admits; 1 for a mutex. */
  readonly permits: number
  readonly holders: Task[] = []
  readonly waiters: Waiter[] = []
  /** The holder of an rwsem holds it for writing. */
  writing = false

  constructor(name: string, kind: LockKind, permits = 1) {
    assert(permits >= 1, 'a lock admits at least one holder')
    this.name = name
    this.kind = kind
    this.permits = permits
  }
}

/** Could this mode be had now, whoever waits? */
function admits(lock: KernelLock, mode: LockMode): boolean {
  if (lock.kind !== 'rwsem') return lock.holders.length < lock.permits
  return mode === 'read' ? !lock.writing : lock.holders.length === 0
}

function take(lock: KernelLock, task: Task, mode: LockMode): void {
  lock.holders.push(task)
  lock.writing = lock.kind === 'rwsem' && mode === 'write'
  task.locks.push(lock)
}

/** down_read_trylock: without waiting, and past those who wait. The holder must give it back with `releaseLock`. */
export function tryReadLock(lock: KernelLock, task: Task): boolean {
  if (!admits(lock, 'read')) return false
  take(lock, task, 'read')
  return true
}

/** Takes the lock for the current task. false: it sleeps now (the caller yields) and owns the lock when it wakes. */
export function acquireLock(mm: Mm, lock: KernelLock, mode: LockMode): boolean {
  const task = mm.current
  assert(!lock.holders.includes(task), 'the schema refuses to take a lock twice')
  if (lock.waiters.length === 0 && admits(lock, mode)) {
    take(lock, task, mode)
    return true
  }
  lock.waiters.push({ task, mode })
  task.lockWanted = lock
  mm.sched.sleep(lock.kind === 'rwsem' ? SLEEPS_IN[mode] : SLEEPS_IN[lock.kind], Infinity)
  return false
}

/** Gives the lock back and hands it to those whose turn it is. */
export function releaseLock(mm: Mm, lock: KernelLock, task: Task): void {
  const at = lock.holders.indexOf(task)
  assert(at >= 0, 'only who holds a lock gives it back')
  lock.holders.splice(at, 1)
  task.locks.splice(task.locks.indexOf(lock), 1)
  lock.writing = false
  const first = lock.waiters[0]
  if (first === undefined || !admits(lock, first.mode)) return
  // A reader's turn is the turn of all readers in the queue.
  const granted = lock.kind === 'rwsem' && first.mode === 'read' ? lock.waiters.filter((waiter) => waiter.mode === 'read').slice(0, MAX_READERS_WAKEUP) : [first]
  for (const waiter of granted) {
    lock.waiters.splice(lock.waiters.indexOf(waiter), 1)
    take(lock, waiter.task, waiter.mode)
    waiter.task.lockWanted = undefined
    mm.sched.wake(waiter.task)
  }
}

/** A task that ends holds nothing: in the kernel it would have unwound to where it took each lock. Last taken, first given back. */
export function releaseAllLocks(mm: Mm, task: Task): void {
  while (task.locks.length > 0) releaseLock(mm, task.locks[task.locks.length - 1], task)
}
