/**
 * The walk over the zonelist where a node's zones take turns (the fair zone policy, 3.12 to 4.7): each may give HIGH - LOW pages, then the next; when all have, all begin anew. So a page lives as
 * long whichever zone it lies in.
 * Source: mm/page_alloc.c:get_page_from_freelist, reset_alloc_batches; mm/page-writeback.c:zone_dirty_ok (v3.18). Simplification: no zonelist cache.
 */
import { zoneDirtyOk } from './dirty-limits'
import { ALLOC_WMARK_LOW, GFP_WRITE, gfpMigratetype, gfpZone } from './gfp'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { WMARK_HIGH, WMARK_LOW, zonelist } from './mmzone'
import { passes, rmqueue } from './page-alloc'

/** The first try of every allocation, at LOW: in turns among the near zones; then without turns, and everywhere. */
export function allocPageFair(mm: Mm, gfp: number, order: number): number {
  const zones = zonelist(mm, gfp)
  const spreadDirty = (gfp & GFP_WRITE) !== 0
  let skipped = 0
  for (const zone of zones) {
    if (zone.node !== zones[0].node) break
    if (zone.fairDepleted) {
      skipped++
      continue
    }
    const pfn = takeFrom(mm, zones, zone, gfp, order, ALLOC_WMARK_LOW, spreadDirty)
    if (pfn >= 0) return pfn
  }
  if (skipped > 0) resetAllocBatches(mm, zones[0])
  return skipped > 0 || mm.nodes.length > 1 ? walkUnfair(mm, gfp, order, ALLOC_WMARK_LOW, spreadDirty) : -1
}

/** Without turns. */
export function walkUnfair(mm: Mm, gfp: number, order: number, allocFlags: number, spreadDirty: boolean): number {
  const zones = zonelist(mm, gfp)
  for (const zone of zones) {
    const pfn = takeFrom(mm, zones, zone, gfp, order, allocFlags, spreadDirty)
    if (pfn >= 0) return pfn
  }
  return -1
}

function takeFrom(mm: Mm, zones: readonly Zone[], zone: Zone, gfp: number, order: number, allocFlags: number, spreadDirty: boolean): number {
  if (spreadDirty && !zoneDirtyOk(mm, zone)) return -1
  if (!passes(zone, order, gfpZone(gfp), allocFlags, gfp)) return -1
  const pfn = rmqueue(mm, zones[0], zone, order, gfpMigratetype(gfp), allocFlags)
  if (pfn < 0) return -1
  zone.allocBatch -= 1 << order
  if (zone.allocBatch <= 0) zone.fairDepleted = true
  return pfn
}

/** reset_alloc_batches: of the preferred zone and those below it. */
export function resetAllocBatches(mm: Mm, preferred: Zone): void {
  for (const zone of mm.nodes[preferred.node].populated()) {
    if (zone.idx > preferred.idx) continue
    zone.allocBatch = zone.mark[WMARK_HIGH] - zone.mark[WMARK_LOW]
    zone.fairDepleted = false
  }
}
