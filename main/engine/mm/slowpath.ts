/**
 * The allocator's slow path: wake kswapd, try at MIN, reclaim directly, retry, and at last the OOM killer.
 * Source: mm/page_alloc.c:__alloc_pages_slowpath, __alloc_pages_direct_reclaim, should_reclaim_retry, __alloc_pages_may_oom (v6.1).
 * Simplification in this version: no compaction, so orders above 0 depend on reclaim alone.
 */
import type { Episode } from '../core/clock'
import type { ZoneMiss } from '../sim/recording'
import { RUN } from '../core/clock'
import { tryToFreePages } from './direct-reclaim'
import {
  ALLOC_HARDER, ALLOC_NO_WATERMARKS, ALLOC_OOM, ALLOC_WMARK_HIGH, ALLOC_WMARK_MASK, GFP_DIRECT_RECLAIM, GFP_FS, GFP_KSWAPD_RECLAIM, GFP_NOFAIL, GFP_NORETRY, GFP_RETRY_MAYFAIL,
  GFP_THISNODE, gfpPfmemallocFlags, gfpToAllocFlags, gfpZone,
} from './gfp'
import { wakeAllKswapds } from './kswapd-wake'
import type { Mm } from './mm'
import { PAGE_ALLOC_COSTLY_ORDER, WMARK_MIN } from './mmzone'
import { outOfMemory } from './oom-kill'
import { allocPageFast, getPageFromFreelist, zonelist } from './page-alloc'
import { drainAllPages } from './pcp'
import { hasFreeBlock, reducedMark, unusableFree, wmarkPages, zoneView } from './watermark'

/** Hard stop of the engine: a policy can't make a request loop for ever. */
const MAX_FRUITLESS_ROUNDS = 1000

/** __alloc_pages: a frame, or -1 if the request fails. May sleep if the gfp mask allows. */
export function* allocPages(mm: Mm, gfp: number, order: number): Episode<number> {
  const task = mm.current
  const mask = task.nofs > 0 ? gfp & ~GFP_FS : gfp
  const pfn = allocPageFast(mm, mask, order)
  return pfn >= 0 ? pfn : yield* allocPagesSlowpath(mm, mask, order)
}

/** __alloc_pages_slowpath, for a request that failed at LOW. */
export function* allocPagesSlowpath(mm: Mm, gfp: number, order: number): Episode<number> {
  const start = mm.clock.now
  const pfn = yield* slowpath(mm, gfp, order)
  mm.allocLatency.add(mm.clock.now - start)
  mm.latencyWindow.add(mm.clock.now - start)
  if (pfn < 0) mm.trace.allocFailed(order, gfp)
  return pfn
}

function* slowpath(mm: Mm, gfp: number, order: number): Episode<number> {
  const task = mm.current
  const canReclaim = (gfp & GFP_DIRECT_RECLAIM) !== 0
  const base = gfpToAllocFlags(gfp, task)
  mm.clock.now += mm.cost.slowpathOverhead
  if ((base & GFP_KSWAPD_RECLAIM) !== 0) wakeAllKswapds(mm, gfp, order)
  let pfn = getPageFromFreelist(mm, gfp, order, base)
  if (pfn >= 0) return pfn
  let noProgressLoops = 0
  for (let round = 0; ; round++) {
    if ((base & GFP_KSWAPD_RECLAIM) !== 0) wakeAllKswapds(mm, gfp, order)
    const reserves = gfpPfmemallocFlags(gfp, task)
    const flags = reserves !== 0 ? (base & ~ALLOC_WMARK_MASK) | reserves : base
    pfn = getPageFromFreelist(mm, gfp, order, flags)
    if (pfn >= 0) return pfn
    if (!canReclaim || task.memalloc) return -1
    const progress = yield* directReclaim(mm, gfp, order)
    if (progress > 0) {
      pfn = getPageFromFreelist(mm, gfp, order, flags)
      if (pfn < 0) {
        drainAllPages(mm)
        pfn = getPageFromFreelist(mm, gfp, order, flags)
      }
      if (pfn >= 0) return pfn
    }
    if ((gfp & GFP_NORETRY) !== 0) return -1
    if (order > PAGE_ALLOC_COSTLY_ORDER && (gfp & GFP_RETRY_MAYFAIL) === 0) return -1
    noProgressLoops = progress > 0 && order <= PAGE_ALLOC_COSTLY_ORDER ? 0 : noProgressLoops + 1
    if (round < MAX_FRUITLESS_ROUNDS && shouldReclaimRetry(mm, gfp, order, progress > 0, noProgressLoops)) {
      if (mm.clock.now >= mm.clock.limit) yield RUN
      continue
    }
    const oom = yield* allocPagesMayOom(mm, gfp, order)
    if (oom.pfn >= 0) return oom.pfn
    // A victim that already used its reserves gives up instead of looping.
    if (task.oomVictim && ((flags & ALLOC_OOM) !== 0 || (flags & ALLOC_NO_WATERMARKS) !== 0)) return -1
    if (oom.progress) {
      noProgressLoops = 0
      round = -1
      continue
    }
    if ((gfp & GFP_NOFAIL) === 0) return -1
    pfn = getPageFromFreelist(mm, gfp, order, flags | ALLOC_HARDER)
    if (pfn >= 0) return pfn
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
}

/** __perform_reclaim: the task reclaims for itself, with PF_MEMALLOC set. */
function* directReclaim(mm: Mm, gfp: number, order: number): Episode<number> {
  const task = mm.current
  if (mm.clock.now >= mm.clock.limit) yield RUN
  mm.psi.enter(task)
  task.memalloc = true
  const progress = yield* tryToFreePages(mm, gfp, order)
  task.memalloc = false
  mm.psi.leave(task)
  if (mm.clock.now >= mm.clock.limit) yield RUN
  return progress
}

/** should_reclaim_retry: could the request succeed if everything reclaimable were freed? */
function shouldReclaimRetry(mm: Mm, gfp: number, order: number, didSomeProgress: boolean, noProgressLoops: number): boolean {
  const idx = gfpZone(gfp)
  const zones = zonelist(mm, gfp).map((zone) => ({ ...zoneView(zone, order, idx), reclaimable: zoneReclaimablePages(mm, zone.node, zone.id) }))
  return mm.decide.reclaimRetry({ order, highestZoneidx: idx as 0 | 1 | 2 | 3, noProgressLoops, didSomeProgress, zones })
}

/** zone_reclaimable_pages: pages on the zone's LRU lists that reclaim could take. Isolated ones are in no list. */
export function zoneReclaimablePages(mm: Mm, _node: number, zoneId: number): number {
  const lru = mm.zones[zoneId].nrLru
  return lru[2] + lru[3] + (mm.swap.nrSwapPages > 0 ? lru[0] + lru[1] : 0)
}

/** __alloc_pages_may_oom. `progress`: somebody was killed or is dying; try again. */
function* allocPagesMayOom(mm: Mm, gfp: number, order: number): Episode<{ pfn: number; progress: boolean }> {
  if (mm.oom.locked) {
    mm.sched.sleep('oom_lock', mm.sched.ticks(1))
    yield 1
    return { pfn: -1, progress: true }
  }
  mm.oom.locked = true
  const pfn = getPageFromFreelist(mm, gfp & ~GFP_DIRECT_RECLAIM, order, ALLOC_WMARK_HIGH)
  let progress = false
  const allowed = order <= PAGE_ALLOC_COSTLY_ORDER && (gfp & (GFP_RETRY_MAYFAIL | GFP_THISNODE)) === 0 && gfpZone(gfp) >= 2
  if (pfn < 0 && allowed) progress = outOfMemory(mm, gfp, order)
  mm.oom.locked = false
  if (pfn < 0 && progress && !mm.current.oomVictim) {
    mm.sched.sleep('out_of_memory', mm.sched.ticks(1))
    yield 1
  }
  return { pfn, progress }
}

/** How much each zone of a request lacks at a mark now, with the privileges of `allocFlags`; for explanations. */
export function missAtMark(mm: Mm, gfp: number, order: number, mark: number = WMARK_MIN, allocFlags = 0): ZoneMiss[] {
  const idx = gfpZone(gfp)
  const anything = (allocFlags & ALLOC_NO_WATERMARKS) !== 0
  return zonelist(mm, gfp).map((zone) => {
    const free = zone.free - unusableFree(zone, order, allocFlags)
    const wmark = anything ? 0 : reducedMark(wmarkPages(zone, mark), allocFlags)
    const reserve = anything ? 0 : zone.lowmemReserve[idx]
    return { node: zone.node, zone: zone.name, free, mark: wmark, reserve, short: wmark + reserve - free + 1, ...(hasFreeBlock(zone, order, allocFlags) ? {} : { noBlock: true }) }
  })
}
