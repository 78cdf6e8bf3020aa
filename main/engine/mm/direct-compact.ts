/**
 * Compaction by the task that needs a large block: one attempt in the allocator's slow path, and whether another one makes sense.
 * Source: mm/page_alloc.c:__alloc_pages_direct_compact, should_compact_retry (v6.1).
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { tryToCompactPages } from './compaction'
import {
  COMPACT_COMPLETE, COMPACT_CONTENDED, COMPACT_DEFERRED, COMPACT_PARTIAL_SKIPPED, COMPACT_PRIO_SYNC_FULL, COMPACT_PRIO_SYNC_LIGHT, COMPACT_SKIPPED, COMPACT_SUCCESS, compactionDeferReset,
} from './compaction-state'
import { compactionZonelistSuitable } from './compaction-suitable'
import { gfpZone } from './gfp'
import type { Mm } from './mm'
import { PAGE_ALLOC_COSTLY_ORDER, zonelist } from './mmzone'
import { getPageFromFreelist } from './page-alloc'
import { STALL_COMPACTION } from './stall'

const MAX_COMPACT_RETRIES = 16

/** What the slow path knows of its attempts so far. */
export class CompactTries {
  /** The next attempt's priority. */
  priority = COMPACT_PRIO_SYNC_LIGHT
  retries = 0
  /** COMPACT_* of the last attempt. */
  result = COMPACT_SKIPPED
}

/** __alloc_pages_direct_compact: a block, or -1. `tries.result` says how far it came. Counts as a stall unless every zone was skipped. */
export function* directCompact(mm: Mm, gfp: number, order: number, allocFlags: number, priority: number, tries: CompactTries): Episode<number> {
  if (order === 0) return -1
  const task = mm.current
  mm.psi.enter(task)
  const phase = task.stall?.enter(mm.clock.now, STALL_COMPACTION)
  const memalloc = task.memalloc
  task.memalloc = true
  const done = yield* tryToCompactPages(mm, gfp, order, allocFlags, priority)
  task.memalloc = memalloc
  if (phase !== undefined) task.stall?.enter(mm.clock.now, phase)
  mm.psi.leave(task)
  tries.result = done.result
  if (done.result === COMPACT_SKIPPED) return -1
  mm.vm.compact_stall++
  const pfn = done.pfn >= 0 ? done.pfn : getPageFromFreelist(mm, gfp, order, allocFlags)
  if (pfn < 0) {
    mm.vm.compact_fail++
    if (mm.clock.now >= mm.clock.limit) yield RUN
    return -1
  }
  const state = mm.zoneOf(pfn).compaction
  state.blockskipFlush = false
  compactionDeferReset(state, order, true)
  mm.vm.compact_success++
  return pfn
}

/** should_compact_retry: again as it was, or at a higher priority? */
export function shouldCompactRetry(mm: Mm, gfp: number, order: number, allocFlags: number, tries: CompactTries): boolean {
  if (order === 0 || mm.current.killed) return false
  const { result } = tries
  if (result === COMPACT_SUCCESS) tries.retries++
  if (result === COMPACT_SKIPPED) return compactionZonelistSuitable(mm, zonelist(mm, gfp), order, allocFlags, gfpZone(gfp))
  const withdrawn = result === COMPACT_DEFERRED || result === COMPACT_CONTENDED || result === COMPACT_PARTIAL_SKIPPED
  const most = order > PAGE_ALLOC_COSTLY_ORDER ? Math.floor(MAX_COMPACT_RETRIES / 4) : MAX_COMPACT_RETRIES
  if (result !== COMPACT_COMPLETE && !withdrawn && tries.retries <= most) return true
  const least = order > PAGE_ALLOC_COSTLY_ORDER ? COMPACT_PRIO_SYNC_LIGHT : COMPACT_PRIO_SYNC_FULL
  if (tries.priority <= least) return false
  tries.priority--
  tries.retries = 0
  return true
}

/** Does an allocation try to compact before it reclaims? Costly ones do, and those whose pages can't move. */
export function compactsFirst(order: number, movable: boolean): boolean {
  return order > PAGE_ALLOC_COSTLY_ORDER || (order > 0 && !movable)
}
