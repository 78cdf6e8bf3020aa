/**
 * The walk over the zonelist where a node's zones take turns (the fair zone policy, 3.12 to 4.7): each may give HIGH - LOW pages, then the next; when all have, all begin anew. So a page lives as
 * long whichever zone it lies in.
 * Source: mm/page_alloc.c:get_page_from_freelist, reset_alloc_batches; mm/page-writeback.c:zone_dirty_ok (v3.18). Simplification: no zonelist cache.
 */
import type { Episode } from '../core/clock'
import { zoneDirtyOk } from './dirty-limits'
import { ALLOC_WMARK_LOW, GFP_WRITE, gfpMigratetype, gfpZone } from './gfp'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { WMARK_HIGH, WMARK_LOW, zonelist } from './mmzone'
import { passes, rmqueue } from './page-alloc'

/** What a walk answers where a zone should be reclaimed first, which takes an episode; nothing has changed then. */
const RECLAIM_FIRST = -2

/** The first try of every allocation, at LOW: in turns among the near zones; then without turns, and everywhere. -1 too where zone reclaim has to begin: the slow path then does all this anew. */
export function allocPageFair(mm: Mm, gfp: number, order: number): number {
  const zones = zonelist(mm, gfp)
  const spreadDirty = (gfp & GFP_WRITE) !== 0
  const may = mm.nodeReclaimMode !== 0
  let skipped = 0
  for (const zone of zones) {
    if (zone.node !== zones[0].node) break
    if (zone.fairDepleted) {
      skipped++
      continue
    }
    const pfn = takeFrom(mm, zones, zone, gfp, order, ALLOC_WMARK_LOW, spreadDirty, may)
    if (pfn === RECLAIM_FIRST) return -1
    if (pfn < 0) continue
    spendBatch(zone, order)
    return pfn
  }
  return skipped === 0 && mm.nodes.length === 1 ? -1 : withoutTurns(mm, zones, gfp, order, skipped > 0, spreadDirty, may)
}

/** The second round of the first try. Turns begin anew, but not before it is known that no zone is to be reclaimed. */
function withoutTurns(mm: Mm, zones: readonly Zone[], gfp: number, order: number, reset: boolean, spreadDirty: boolean, mayReclaim: boolean): number {
  for (const zone of zones) {
    const pfn = takeFrom(mm, zones, zone, gfp, order, ALLOC_WMARK_LOW, spreadDirty, mayReclaim)
    if (pfn === RECLAIM_FIRST) return -1
    if (pfn < 0) continue
    if (reset) resetAllocBatches(mm, zones[0])
    spendBatch(zone, order)
    return pfn
  }
  if (reset) resetAllocBatches(mm, zones[0])
  return -1
}

/** allocPageFair with zone reclaim, as an episode. */
export function* allocPageFairReclaiming(mm: Mm, gfp: number, order: number): Episode<number> {
  const zones = zonelist(mm, gfp)
  const spreadDirty = (gfp & GFP_WRITE) !== 0
  let skipped = 0
  for (const zone of zones) {
    if (zone.node !== zones[0].node) break
    if (zone.fairDepleted) {
      skipped++
      continue
    }
    const pfn = yield* takeReclaiming(mm, zones, zone, gfp, order, ALLOC_WMARK_LOW, spreadDirty)
    if (pfn >= 0) return pfn
  }
  if (skipped > 0) resetAllocBatches(mm, zones[0])
  return skipped > 0 || mm.nodes.length > 1 ? yield* walkReclaiming(mm, gfp, order, ALLOC_WMARK_LOW, spreadDirty) : -1
}

/** Without turns. */
export function walkUnfair(mm: Mm, gfp: number, order: number, allocFlags: number, spreadDirty: boolean): number {
  const zones = zonelist(mm, gfp)
  for (const zone of zones) {
    const pfn = takeFrom(mm, zones, zone, gfp, order, allocFlags, spreadDirty, false)
    if (pfn < 0) continue
    spendBatch(zone, order)
    return pfn
  }
  return -1
}

/** Without turns, and with zone reclaim. */
export function* walkReclaiming(mm: Mm, gfp: number, order: number, allocFlags: number, spreadDirty = false): Episode<number> {
  if (mm.nodeReclaimMode === 0) return walkUnfair(mm, gfp, order, allocFlags, spreadDirty)
  const zones = zonelist(mm, gfp)
  for (const zone of zones) {
    const pfn = yield* takeReclaiming(mm, zones, zone, gfp, order, allocFlags, spreadDirty)
    if (pfn >= 0) return pfn
  }
  return -1
}

/** A block of one zone; -1, or RECLAIM_FIRST if the zone fails its mark, may be reclaimed and has something to give. The batch is the caller's to spend. */
function takeFrom(mm: Mm, zones: readonly Zone[], zone: Zone, gfp: number, order: number, allocFlags: number, spreadDirty: boolean, mayReclaim: boolean): number {
  if (spreadDirty && !zoneDirtyOk(mm, zone)) return -1
  if (!passes(zone, order, gfpZone(gfp), allocFlags, gfp)) return mayReclaim && mm.procedures.nodeReclaimWanted(mm, zones[0], zone, gfp) ? RECLAIM_FIRST : -1
  return rmqueue(mm, zones[0], zone, order, gfpMigratetype(gfp), allocFlags)
}

/** The same, reclaiming. */
function* takeReclaiming(mm: Mm, zones: readonly Zone[], zone: Zone, gfp: number, order: number, allocFlags: number, spreadDirty: boolean): Episode<number> {
  let pfn = takeFrom(mm, zones, zone, gfp, order, allocFlags, spreadDirty, true)
  if (pfn === RECLAIM_FIRST) {
    yield* mm.procedures.nodeReclaim(mm, zone, gfp, order, allocFlags)
    pfn = takeFrom(mm, zones, zone, gfp, order, allocFlags, false, false)
  }
  if (pfn >= 0) spendBatch(zone, order)
  return pfn
}

/** Of what the zone may give before the others have their turn. */
function spendBatch(zone: Zone, order: number): void {
  zone.allocBatch -= 1 << order
  if (zone.allocBatch <= 0) zone.fairDepleted = true
}

/** reset_alloc_batches: of the preferred zone and those below it. */
function resetAllocBatches(mm: Mm, preferred: Zone): void {
  for (const zone of mm.nodes[preferred.node].populated()) {
    if (zone.idx > preferred.idx) continue
    zone.allocBatch = zone.mark[WMARK_HIGH] - zone.mark[WMARK_LOW]
    zone.fairDepleted = false
  }
}
