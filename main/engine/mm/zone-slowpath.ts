/**
 * The allocator's slow path as 3.18 has it: compact first for any large order, then reclaim; without any progress the OOM killer, with some a small request is tried for ever.
 * Source: mm/page_alloc.c:__alloc_pages_slowpath, should_alloc_retry, gfp_to_alloc_flags, __alloc_pages_high_priority, __alloc_pages_direct_reclaim (v3.18).
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { CompactTries, directCompact } from './direct-compact'
import { COMPACT_CONTENDED, COMPACT_DEFERRED, COMPACT_PRIO_ASYNC, COMPACT_PRIO_SYNC_LIGHT } from './compaction-state'
import {
  ALLOC_CPUSET, ALLOC_HARDER, ALLOC_HIGH, ALLOC_NO_WATERMARKS, ALLOC_WMARK_MIN, GFP_DIRECT_RECLAIM, GFP_FS, GFP_HIGH, GFP_IO, GFP_KSWAPD_RECLAIM, GFP_MEMALLOC, GFP_NOFAIL, GFP_NOMEMALLOC, GFP_NORETRY,
  GFP_RETRY_MAYFAIL, GFP_THISNODE, gfpZone,
} from './gfp'
import type { AllocatingTask } from './gfp'
import type { Mm } from './mm'
import { PAGE_ALLOC_COSTLY_ORDER, zonelist } from './mmzone'
import { drainAllPages } from './pcp'
import { allocPagesMayOom, directReclaim, putOffReclaim, shouldReclaimRetry } from './slowpath'
import { waitIffCongested } from './stall-congestion'
import { wakeAllKswapdsByZone } from './zone-balance'
import { walkReclaiming, walkUnfair } from './zone-alloc'

/** Hard stop of the engine: a policy can't make a request loop without progress for ever. */
const MAX_FRUITLESS_ROUNDS = 1000

/** gfp_to_alloc_flags. Who can't wait may go deeper; who frees memory, and who was killed to free some, takes what there is. */
export function zoneAllocFlags(gfp: number, task: AllocatingTask): number {
  let flags = ALLOC_WMARK_MIN | ALLOC_CPUSET | ((gfp & GFP_HIGH) !== 0 ? ALLOC_HIGH : 0)
  const atomic = (gfp & (GFP_DIRECT_RECLAIM | GFP_KSWAPD_RECLAIM)) === GFP_KSWAPD_RECLAIM
  if (atomic) {
    if ((gfp & GFP_NOMEMALLOC) === 0) flags |= ALLOC_HARDER
    flags &= ~ALLOC_CPUSET
  } else if (task.realtime) flags |= ALLOC_HARDER
  if ((gfp & GFP_NOMEMALLOC) === 0 && ((gfp & GFP_MEMALLOC) !== 0 || task.memalloc || task.oomVictim)) flags |= ALLOC_NO_WATERMARKS
  return flags
}

/** What the rounds of one request remember. */
interface Tries {
  reclaimed: number
  fruitless: number
  noProgressLoops: number
  putOff: number
  readonly compact: CompactTries
  priority: number
}

/** What a round answers when there is reason for another. */
const RETRY = -2
/** The same, and kswapd is woken again. */
const RESTART = -3

export function* zoneSlowpath(mm: Mm, gfp: number, order: number): Episode<number> {
  mm.clock.now += mm.cost.slowpathOverhead
  // GFP_THISNODE, all three of its bits: whoever asks so has other plans.
  if ((gfp & GFP_THISNODE) !== 0 && (gfp & GFP_NORETRY) !== 0 && (gfp & GFP_DIRECT_RECLAIM) === 0) return -1
  const tries: Tries = { reclaimed: 0, fruitless: 0, noProgressLoops: 0, putOff: 0, compact: new CompactTries(), priority: COMPACT_PRIO_ASYNC }
  for (let next = RESTART; ;) {
    if (next === RESTART && (gfp & GFP_KSWAPD_RECLAIM) !== 0) wakeAllKswapdsByZone(mm, gfp, order)
    next = yield* round(mm, gfp, order, tries)
    if (next !== RETRY && next !== RESTART) return next
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
}

/** From the label `rebalance` on: a frame, -1 (give up), RETRY or RESTART. */
function* round(mm: Mm, gfp: number, order: number, tries: Tries): Episode<number> {
  const task = mm.current
  const flags = zoneAllocFlags(gfp, task)
  const plain = flags & ~ALLOC_NO_WATERMARKS
  let pfn = yield* walkReclaiming(mm, gfp, order, plain)
  if (pfn < 0 && (flags & ALLOC_NO_WATERMARKS) !== 0) pfn = walkUnfair(mm, gfp, order, flags, false)
  if (pfn >= 0) return pfn
  if ((gfp & GFP_DIRECT_RECLAIM) === 0 || task.memalloc) return -1
  if (task.oomVictim && (gfp & GFP_NOFAIL) === 0) return -1
  pfn = yield* compact(mm, gfp, order, plain, tries)
  if (pfn >= 0) return pfn
  const huge = order > PAGE_ALLOC_COSTLY_ORDER && (gfp & (GFP_RETRY_MAYFAIL | GFP_NOFAIL)) === 0
  if (huge && (tries.compact.result === COMPACT_DEFERRED || tries.compact.result === COMPACT_CONTENDED)) return -1
  tries.priority = COMPACT_PRIO_SYNC_LIGHT
  if (yield* putOffReclaim(mm, gfp, order, tries)) return RETRY
  const progress = yield* directReclaim(mm, gfp, order)
  if (progress > 0) {
    pfn = yield* walkReclaiming(mm, gfp, order, plain)
    if (pfn < 0) {
      drainAllPages(mm)
      pfn = yield* walkReclaiming(mm, gfp, order, plain)
    }
    if (pfn >= 0) return pfn
  }
  return yield* decideNext(mm, gfp, order, plain, progress, tries)
}

/** __alloc_pages_direct_compact: only who may enter the file system and start IO. */
function* compact(mm: Mm, gfp: number, order: number, flags: number, tries: Tries): Episode<number> {
  if (order === 0 || (gfp & (GFP_FS | GFP_IO)) !== (GFP_FS | GFP_IO)) return -1
  return yield* directCompact(mm, gfp, order, flags, tries.priority, tries.compact)
}

/** Nothing reclaimed, or nothing that can be: OOM. Else should_alloc_retry. */
function* decideNext(mm: Mm, gfp: number, order: number, flags: number, progress: number, tries: Tries): Episode<number> {
  tries.noProgressLoops = progress > 0 ? 0 : tries.noProgressLoops + 1
  tries.fruitless = progress > 0 ? 0 : tries.fruitless + 1
  const again = shouldReclaimRetry(mm, gfp, order, flags, progress > 0, tries.noProgressLoops) && tries.fruitless < MAX_FRUITLESS_ROUNDS
  if (!again && (gfp & GFP_FS) !== 0 && (gfp & GFP_NORETRY) === 0) {
    const oom = yield* allocPagesMayOom(mm, gfp, order)
    if (oom.pfn >= 0) return oom.pfn
    if ((gfp & GFP_NOFAIL) === 0 && (order > PAGE_ALLOC_COSTLY_ORDER || gfpZone(gfp) < 2)) return -1
    tries.fruitless = 0
    return RESTART
  }
  tries.reclaimed += progress
  if (retries(gfp, order, tries.reclaimed)) {
    yield* waitIffCongested(mm, zonelist(mm, gfp)[0], 'VMSCAN_THROTTLE_NOPROGRESS')
    return RETRY
  }
  return yield* compact(mm, gfp, order, flags, tries)
}

/** should_alloc_retry: a small request never gives up. */
function retries(gfp: number, order: number, reclaimed: number): boolean {
  if ((gfp & GFP_NORETRY) !== 0) return false
  if ((gfp & GFP_NOFAIL) !== 0 || order <= PAGE_ALLOC_COSTLY_ORDER) return true
  return (gfp & GFP_RETRY_MAYFAIL) !== 0 && reclaimed < 1 << order
}
