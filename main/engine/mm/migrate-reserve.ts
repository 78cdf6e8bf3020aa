/**
 * MIGRATE_RESERVE (before 4.4): one or two pageblocks a zone that nobody gets pages of before everything else is used up, so that large atomic requests find some whole.
 * Source: mm/page_alloc.c:setup_zone_migrate_reserve (v3.18). The kernel's number of the type is that of HIGHATOMIC later. Simplification: pageblocks in use by the kernel are as good as others.
 */
import { moveFreepagesBlock } from './buddy'
import { MIGRATE_MOVABLE, MIGRATE_RESERVE } from './gfp'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, WMARK_MIN } from './mmzone'

/** As many blocks as MIN fills, at most two: the first movable ones. What is too many is given back. After marks changed. */
export function setupZoneMigrateReserve(mm: Mm, zone: Zone, laidOut = mm.zoneBlocksLaidOut): void {
  if (!laidOut) return
  mm.zoneBlocksLaidOut = true
  let reserve = Math.min(2, Math.ceil(zone.mark[WMARK_MIN] / PAGEBLOCK_PAGES))
  if (reserve === zone.nrMigrateReserveBlock) return
  zone.nrMigrateReserveBlock = reserve
  zone.hadHighatomic = true
  // Blocks that hold boot's own pages are passed over (pageblock_is_reserved).
  for (let pfn = Math.ceil(zone.managedPfn / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES; pfn + PAGEBLOCK_PAGES <= zone.endPfn; pfn += PAGEBLOCK_PAGES) {
    const block = pfn >>> PAGEBLOCK_ORDER
    const type = mm.blockType[block]
    if (reserve > 0) {
      if (type !== MIGRATE_RESERVE && type !== MIGRATE_MOVABLE) continue
      if (type === MIGRATE_MOVABLE) {
        mm.blockType[block] = MIGRATE_RESERVE
        moveFreepagesBlock(mm, zone, pfn, MIGRATE_RESERVE)
      }
      reserve--
    } else if (type === MIGRATE_RESERVE) {
      mm.blockType[block] = MIGRATE_MOVABLE
      moveFreepagesBlock(mm, zone, pfn, MIGRATE_MOVABLE)
    }
  }
}
