/**
 * The reaper of OOM victims: takes a victim's anonymous memory away when it doesn't exit by itself in time, so that a victim that is blocked can't block everybody.
 * Source: mm/oom_kill.c:oom_reaper, oom_reap_task, __oom_reap_task_mm (v6.1).
 * Simplifications: file mappings are all shared here, so only anonymous areas are reaped; the thread exists from the first victim on.
 */
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { tryReadLock, releaseLock } from './lock'
import { zapRange } from './memory'
import type { Mm } from './mm'
import type { Task } from './task'

/** Tries for the mmap_lock, HZ/10 apart. */
const MAX_OOM_REAP_RETRIES = 10

/** What the reaper's thread does each time it is scheduled. */
export function oomReaper(mm: Mm): Episode<void> | undefined {
  const victim = mm.oom.list.shift()
  if (victim !== undefined) return oomReapTask(mm, victim)
  mm.sched.sleep('oom_reaper', Infinity, undefined, false, true)
  return undefined
}

function* oomReapTask(mm: Mm, victim: Task): Episode<void> {
  let reaped = false
  mm.oom.reaping = victim
  for (let attempts = 0; attempts < MAX_OOM_REAP_RETRIES && !reaped; attempts++) {
    reaped = yield* oomReapTaskMm(mm, victim)
    if (reaped) break
    mm.sched.sleep('oom_reaper', mm.sched.ticks(Math.floor(mm.hz / 10)), undefined, false, true)
    yield BLOCK
  }
  if (!reaped && !victim.oomSkip) mm.trace.oomReap(victim, `oom_reaper: unable to reap pid:${victim.id} (${victim.name})`, 'mmap_lock')
  // Reaped, or nobody will ever give the lock back: the OOM killer must look past it.
  victim.oomSkip = true
  mm.oom.reaping = undefined
}

/** false: the mmap_lock is held for writing. */
function* oomReapTaskMm(mm: Mm, victim: Task): Episode<boolean> {
  const lock = victim.mmapLock
  const reaper = mm.current
  if (lock !== undefined && !tryReadLock(lock, reaper)) return false
  if (!victim.oomSkip) {
    victim.unstable = true
    for (const area of victim.areas.values()) if (area.file === undefined) yield* zapRange(mm, area, 0, area.pages)
    const rss = `now anon-rss:${victim.rssAnon * 4}kB, file-rss:${victim.rssFile * 4}kB, shmem-rss:${victim.rssShmem * 4}kB`
    mm.trace.oomReap(victim, `oom_reaper: reaped process ${victim.id} (${victim.name}), ${rss}`, 'reaped')
  }
  if (lock !== undefined) releaseLock(mm, lock, reaper)
  return true
}
