/**
 * The allocator's slow path: wake kswapd, try at MIN, compact, reclaim directly, compact again, retry, and at last the OOM killer.
 * Source: mm/page_alloc.c:__alloc_pages_slowpath, __alloc_pages_direct_reclaim, should_reclaim_retry, __alloc_pages_may_oom (v6.1). The compacting steps are direct-compact.ts.
 * One step is of a later 6.1.y than 6.1.20 (trait thisNodeTry): a costly request that may neither leave its node nor retry (the first attempt of a huge page fault) only compacts, it never reclaims.
 */
import type { ZoneView } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import type { ZoneMiss } from '../sim/recording'
import { BLOCK, RUN } from '../core/clock'
import { unreserveHighatomicPageblock } from './buddy'
import { COMPACT_DEFERRED, COMPACT_PRIO_ASYNC, COMPACT_SKIPPED } from './compaction-state'
import { CompactTries, compactsFirst, directCompact, shouldCompactRetry } from './direct-compact'
import { tryToFreePages } from './direct-reclaim'
import { nodeDirtyOk } from './dirty-limits'
import {
  ALLOC_HARDER, ALLOC_KSWAPD, ALLOC_NO_WATERMARKS, ALLOC_NOFRAGMENT, ALLOC_OOM, ALLOC_WMARK_HIGH, ALLOC_WMARK_MASK, ALLOC_WMARK_MIN, GFP_ATOMIC_FLAG, GFP_DIRECT_RECLAIM, GFP_FS, GFP_KSWAPD_RECLAIM, GFP_MOVABLE_FLAG, GFP_NOFAIL,
  GFP_NOMEMALLOC, GFP_NORETRY, GFP_RETRY_MAYFAIL, GFP_THISNODE, GFP_WRITE, gfpMigratetype, gfpPfmemallocFlags, gfpToAllocFlags, gfpZone,
} from './gfp'
import { wakeAllKswapds } from './kswapd-wake'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { PAGE_ALLOC_COSTLY_ORDER, WMARK_MIN, zonelist } from './mmzone'
import { outOfMemory } from './oom-kill'
import { fastAllocFlags, getPageFromFreelist, passes, rmqueue } from './page-alloc'
import { drainAllPages } from './pcp'
import { MAX_RECLAIM_RETRIES } from './scan-control'
import { STALL_SCAN, beginStall, endStall } from './stall'
import { hasFreeBlock, reducedMark, unusableFree, wmarkPages, zoneView, zoneWatermarkOk } from './watermark'
import { zoneReclaimablePages } from './zone-reclaimable'

/** What slowpathRound answers when there is reason for another one. */
const RETRY = -2
/** Hard stop of the engine: a policy can't make a request loop for ever. */
const MAX_FRUITLESS_ROUNDS = 1000
/** How often in a row a policy may keep a request from reclaiming. */
const MAX_PUT_OFF = 8

/**
 * __alloc_pages_slowpath, for a request that failed at LOW - or was not let past a near node that should be reclaimed first, and then begins with that try.
 * A frame, or -1 if the request fails. May sleep if the gfp mask allows.
 */
export function* allocPagesSlowpath(mm: Mm, gfpAsked: number, order: number): Episode<number> {
  const start = mm.clock.now
  const task = mm.current
  const stall = beginStall(mm, order, gfpAsked)
  // current_gfp_context
  const gfpIn = mm.current.nofs > 0 ? gfpAsked & ~GFP_FS : gfpAsked
  let pfn = mm.nodeReclaimMode === 0 ? -1 : yield* firstTry(mm, gfpIn, order)
  // Who may reclaim has no claim to the atomic reserves.
  const gfp = (gfpIn & GFP_DIRECT_RECLAIM) !== 0 ? gfpIn & ~GFP_ATOMIC_FLAG : gfpIn
  if (pfn < 0) pfn = yield* mm.procedures.slowpath(mm, gfp, order)
  mm.allocLatency.add(mm.clock.now - start)
  mm.latencyWindow.add(mm.clock.now - start)
  if (stall !== undefined) endStall(mm, task, stall)
  if (pfn < 0) mm.trace.allocFailed(order, gfp)
  return pfn
}

/** What the fast path could not do: the try at LOW with node reclaim. */
function* firstTry(mm: Mm, gfp: number, order: number): Episode<number> {
  if (mm.fairZones) return yield* mm.procedures.allocPageFairReclaiming(mm, gfp, order)
  return yield* getPageReclaimingNodes(mm, gfp, order, fastAllocFlags(mm, gfp), (gfp & GFP_WRITE) !== 0)
}

/** get_page_from_freelist with node reclaim: a near node whose zone fails its mark is reclaimed before the walk goes on. */
function* getPageReclaimingNodes(mm: Mm, gfp: number, order: number, allocFlagsIn: number, spreadDirty = false): Episode<number> {
  if (mm.nodeReclaimMode === 0) return getPageFromFreelist(mm, gfp, order, allocFlagsIn, spreadDirty)
  const zones = zonelist(mm, gfp)
  const idx = gfpZone(gfp)
  let allocFlags = allocFlagsIn
  for (;;) {
    for (const zone of zones) {
      if (spreadDirty && !nodeDirtyOk(mm, mm.nodes[zone.node])) continue
      if ((allocFlags & ALLOC_NOFRAGMENT) !== 0 && zone.node !== zones[0].node) break
      if (!passes(zone, order, idx, allocFlags, gfp)) {
        if (!mm.procedures.nodeReclaimWanted(mm, zones[0], zone, gfp)) continue
        yield* mm.procedures.nodeReclaim(mm, zone, gfp, order, allocFlags)
        if (!zoneWatermarkOk(zone, order, wmarkPages(zone, allocFlags & ALLOC_WMARK_MASK), idx, allocFlags)) continue
      }
      const pfn = rmqueue(mm, zones[0], zone, order, gfpMigratetype(gfp), allocFlags)
      if (pfn >= 0) return pfn
    }
    if ((allocFlags & ALLOC_NOFRAGMENT) === 0) return -1
    allocFlags &= ~ALLOC_NOFRAGMENT
  }
}

/** __alloc_pages_slowpath from 4.6 on. */
export function* slowpath(mm: Mm, gfp: number, order: number): Episode<number> {
  const base = gfpToAllocFlags(gfp, mm.current)
  mm.clock.now += mm.cost.slowpathOverhead
  if ((base & GFP_KSWAPD_RECLAIM) !== 0) wakeAllKswapds(mm, gfp, order)
  let pfn = yield* getPageReclaimingNodes(mm, gfp, order, base)
  const tries: Tries = { noProgressLoops: 0, rounds: 0, putOff: 0, compact: new CompactTries() }
  if (pfn < 0 && (gfp & GFP_DIRECT_RECLAIM) !== 0 && compactsFirst(order, (gfp & GFP_MOVABLE_FLAG) !== 0) && gfpPfmemallocFlags(gfp, mm.current) === 0) {
    pfn = yield* directCompact(mm, gfp, order, base, COMPACT_PRIO_ASYNC, tries.compact)
    if (pfn < 0 && order > PAGE_ALLOC_COSTLY_ORDER && (gfp & GFP_NORETRY) !== 0) {
      if (tries.compact.result === COMPACT_SKIPPED || tries.compact.result === COMPACT_DEFERRED || (mm.traits.thisNodeTry === 'compact' && (gfp & GFP_THISNODE) !== 0)) return -1
      // Worth reclaiming for, but not worth waiting.
      tries.compact.priority = COMPACT_PRIO_ASYNC
    }
  }
  while (pfn < 0) {
    const tried = yield* slowpathRound(mm, gfp, order, base, tries)
    if (tried === RETRY) continue
    pfn = tried
    if (pfn >= 0 || (gfp & GFP_NOFAIL) === 0 || (gfp & GFP_DIRECT_RECLAIM) === 0) return pfn
    // Such a request never fails: some of the reserves, but not all, then the next round.
    pfn = yield* getPageReclaimingNodes(mm, gfp, order, ALLOC_WMARK_MIN | ALLOC_HARDER)
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  return pfn
}

/** What one request has tried: rounds in a row without progress, rounds, and direct reclaims in a row that were put off. */
interface Tries {
  noProgressLoops: number
  rounds: number
  putOff: number
  readonly compact: CompactTries
}

/** A policy may rather wait a tick for kswapd than let the task reclaim, for a while. */
export function* putOffReclaim(mm: Mm, gfp: number, order: number, tries: Pick<Tries, 'noProgressLoops' | 'putOff'>): Episode<boolean> {
  const idx = gfpZone(gfp)
  const zones = zonelist(mm, gfp)
  const start = !mm.policyHooks.has('directReclaimStart') || mm.decide.directReclaimStart({
    order, highestZoneidx: idx as 0 | 1 | 2 | 3, noProgressLoops: tries.noProgressLoops, kswapdAwake: mm.kswapds[zones[0].node].awake, zones: zones.map((zone) => zoneView(zone, order, idx)),
  })
  if (start || tries.putOff++ >= MAX_PUT_OFF) {
    tries.putOff = 0
    return false
  }
  mm.sched.sleep('direct_reclaim_put_off', mm.sched.ticks(1))
  yield BLOCK
  return true
}

/** From the slow path's label `retry` on: a frame, -1 (give up), or RETRY. */
function* slowpathRound(mm: Mm, gfp: number, order: number, base: number, tries: Tries): Episode<number> {
  const task = mm.current
  if ((base & GFP_KSWAPD_RECLAIM) !== 0) wakeAllKswapds(mm, gfp, order)
  const reserves = gfpPfmemallocFlags(gfp, task)
  const flags = reserves !== 0 ? reserves | (base & ALLOC_KSWAPD) : base
  let pfn = yield* getPageReclaimingNodes(mm, gfp, order, flags)
  if (pfn >= 0) return pfn
  if ((gfp & GFP_DIRECT_RECLAIM) === 0 || task.memalloc) return -1
  const progress = (yield* putOffReclaim(mm, gfp, order, tries)) ? 0 : yield* directReclaim(mm, gfp, order)
  if (progress > 0) pfn = yield* getPageAfterReclaim(mm, gfp, order, flags)
  if (pfn < 0) pfn = yield* directCompact(mm, gfp, order, flags, tries.compact.priority, tries.compact)
  if (pfn >= 0) return pfn
  if ((gfp & GFP_NORETRY) !== 0) return -1
  if (order > PAGE_ALLOC_COSTLY_ORDER && (gfp & GFP_RETRY_MAYFAIL) === 0) return -1
  tries.noProgressLoops = progress > 0 && order <= PAGE_ALLOC_COSTLY_ORDER ? 0 : tries.noProgressLoops + 1
  const retry = shouldReclaimRetry(mm, gfp, order, flags, progress > 0, tries.noProgressLoops)
  if (retry && progress === 0) yield* mm.procedures.stallBeforeRetry(mm, gfp, order, flags)
  const again = retry || (progress > 0 && shouldCompactRetry(mm, gfp, order, flags, tries.compact))
  if (tries.rounds++ < MAX_FRUITLESS_ROUNDS && again) {
    if (mm.clock.now >= mm.clock.limit) yield RUN
    return RETRY
  }
  const oom = yield* allocPagesMayOom(mm, gfp, order)
  if (oom.pfn >= 0) return oom.pfn
  // A victim that already used its reserves, or may not, gives up instead of looping.
  if (task.oomVictim && ((flags & ALLOC_OOM) !== 0 || (gfp & GFP_NOMEMALLOC) !== 0)) return -1
  if (!oom.progress) return -1
  tries.noProgressLoops = 0
  tries.rounds = 0
  return RETRY
}

/** After direct reclaim. Pages may be in reserves or in per-cpu lists: one HIGHATOMIC pageblock and all those lists are given back before the second try. */
function* getPageAfterReclaim(mm: Mm, gfp: number, order: number, flags: number): Episode<number> {
  const pfn = yield* getPageReclaimingNodes(mm, gfp, order, flags)
  if (pfn >= 0) return pfn
  unreserveHighatomicPageblock(mm, zonelist(mm, gfp), gfpMigratetype(gfp), false)
  drainAllPages(mm)
  return yield* getPageReclaimingNodes(mm, gfp, order, flags)
}

/** __perform_reclaim: the task reclaims for itself, with PF_MEMALLOC set. */
export function* directReclaim(mm: Mm, gfp: number, order: number): Episode<number> {
  const task = mm.current
  if (mm.clock.now >= mm.clock.limit) yield RUN
  mm.psi.enter(task)
  const before = task.stall?.enter(mm.clock.now, STALL_SCAN)
  task.memalloc = true
  const progress = yield* tryToFreePages(mm, gfp, order)
  task.memalloc = false
  if (before !== undefined) task.stall?.enter(mm.clock.now, before)
  mm.psi.leave(task)
  if (mm.clock.now >= mm.clock.limit) yield RUN
  return progress
}

/** should_reclaim_retry: could the request succeed, with its privileges, if everything reclaimable were freed? Before the answer is no for good, HIGHATOMIC pageblocks are given up. */
export function shouldReclaimRetry(mm: Mm, gfp: number, order: number, flags: number, didSomeProgress: boolean, noProgressLoops: number): boolean {
  const idx = gfpZone(gfp)
  const zones = zonelist(mm, gfp).map((zone) => ({ ...viewFor(zone, order, idx, flags), reclaimable: zoneReclaimablePages(mm, zone) }))
  if (mm.decide.reclaimRetry({ order, highestZoneidx: idx as 0 | 1 | 2 | 3, noProgressLoops, didSomeProgress, zones })) return true
  return noProgressLoops > MAX_RECLAIM_RETRIES && unreserveHighatomicPageblock(mm, zonelist(mm, gfp), gfpMigratetype(gfp), true)
}

/** A zone as the retry rule sees it: MIN (boost apart), free pages and blocks are those that hold for these flags. */
function viewFor(zone: Zone, order: number, idx: number, flags: number): ZoneView {
  const mark = reducedMark(wmarkPages(zone, WMARK_MIN), flags)
  return { ...zoneView(zone, order, idx), free: zone.free - unusableFree(zone, order, flags), min: mark - zone.boost, hasBlock: hasFreeBlock(zone, order, flags) }
}

/** __alloc_pages_may_oom. `progress`: somebody was killed or is dying; try again. */
export function* allocPagesMayOom(mm: Mm, gfp: number, order: number): Episode<{ pfn: number; progress: boolean }> {
  if (mm.oom.locked) {
    mm.sched.sleep('oom_lock', mm.sched.ticks(1))
    yield BLOCK
    return { pfn: -1, progress: true }
  }
  mm.oom.locked = true
  let pfn = getPageFromFreelist(mm, gfp & ~GFP_DIRECT_RECLAIM, order, ALLOC_WMARK_HIGH)
  let progress = false
  const allowed = order <= PAGE_ALLOC_COSTLY_ORDER && (gfp & (GFP_RETRY_MAYFAIL | GFP_THISNODE)) === 0 && gfpZone(gfp) >= 2
  if (pfn < 0 && allowed) {
    progress = outOfMemory(mm, gfp, order)
    if (progress && (gfp & GFP_NOFAIL) !== 0) pfn = getPageFromFreelist(mm, gfp, order, ALLOC_NO_WATERMARKS)
  }
  mm.oom.locked = false
  if (mm.panicked !== undefined) {
    mm.sched.sleep('panic', Infinity)
    yield BLOCK
  }
  if (pfn < 0 && progress && !mm.current.oomVictim) {
    mm.sched.sleep('out_of_memory', mm.sched.ticks(1))
    yield BLOCK
  }
  return { pfn, progress }
}

/** How much each zone of a request lacks at a mark now, with the privileges of `allocFlags`; for explanations. */
export function missAtMark(mm: Mm, gfp: number, order: number, mark: number = WMARK_MIN, allocFlags = 0): ZoneMiss[] {
  const idx = gfpZone(gfp)
  const anything = (allocFlags & ALLOC_NO_WATERMARKS) !== 0
  return zonelist(mm, gfp).map((zone) => {
    const free = zone.seenFree - unusableFree(zone, order, allocFlags)
    const wmark = anything ? 0 : reducedMark(wmarkPages(zone, mark), allocFlags)
    const reserve = anything ? 0 : zone.lowmemReserve[idx]
    return { node: zone.node, zone: zone.name, free, mark: wmark, reserve, short: wmark + reserve - free + 1, ...(hasFreeBlock(zone, order, allocFlags) ? {} : { noBlock: true }) }
  })
}
