/**
 * Skip hints: pageblocks in which a scanner found nothing are passed over until the hints are forgotten, and each scanner goes on where the last one stopped.
 * Source: mm/compaction.c:isolation_suitable, reset_cached_positions, __reset_isolation_pfn, __reset_isolation_suitable, test_and_set_skip, update_cached_migrate,
 * update_pageblock_skip (v6.1).
 */
import { pageblockType } from './buddy'
import type { CompactControl } from './compact-control'
import { MIGRATE_MOVABLE } from './gfp'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { PAGE_ALLOC_COSTLY_ORDER, PAGEBLOCK_ORDER, PAGEBLOCK_PAGES } from './mmzone'
import { PG_BUDDY, PG_LRU, PG_ORDER_MASK, PG_ORDER_SHIFT, PG_PCP } from './page'

export function pageblockStart(pfn: number): number {
  return pfn & ~(PAGEBLOCK_PAGES - 1)
}

export function pageblockEnd(pfn: number): number {
  return pageblockStart(pfn) + PAGEBLOCK_PAGES
}

export function pageblockSkip(mm: Mm, pfn: number): boolean {
  return mm.blockSkip[pfn >>> PAGEBLOCK_ORDER] !== 0
}

export function setPageblockSkip(mm: Mm, pfn: number): void {
  mm.blockSkip[pfn >>> PAGEBLOCK_ORDER] = 1
}

/** isolation_suitable: shall this pageblock be looked at? */
export function isolationSuitable(mm: Mm, cc: CompactControl, pfn: number): boolean {
  return cc.ignoreSkipHint || !pageblockSkip(mm, pfn)
}

/** pageblock_skip_persistent: a huge page has the block; it is never worth moving, and nothing in it is free. */
export function pageblockSkipPersistent(mm: Mm, pfn: number): boolean {
  const flags = mm.frames.flags[pageblockStart(pfn)]
  return (flags & (PG_BUDDY | PG_PCP)) === 0 && (flags & PG_ORDER_MASK) >>> PG_ORDER_SHIFT >= PAGEBLOCK_ORDER
}

/** reset_cached_positions: the next run starts at both ends. */
export function resetCachedPositions(zone: Zone): void {
  const state = zone.compaction
  state.cachedMigratePfn[0] = zone.startPfn
  state.cachedMigratePfn[1] = zone.startPfn
  state.cachedFreePfn = pageblockStart(zone.endPfn - 1)
}

/** __reset_isolation_pfn: a sample of every eighth page tells whether there is anything to move from here, or free to move to. */
function resetIsolationPfn(mm: Mm, zone: Zone, pfn: number, checkSource: boolean, checkTarget: boolean): boolean {
  if (pageblockSkipPersistent(mm, pfn)) return false
  if (checkSource && checkTarget && !pageblockSkip(mm, pfn)) return true
  if (!checkSource && checkTarget && pageblockType(mm, pfn) !== MIGRATE_MOVABLE) return false
  const end = Math.min(pageblockEnd(pfn), zone.endPfn)
  for (let page = Math.max(pageblockStart(pfn), zone.startPfn); page < end; page += 1 << PAGE_ALLOC_COSTLY_ORDER) {
    const flags = mm.frames.flags[page]
    if ((checkSource && (flags & PG_LRU) !== 0) || (checkTarget && (flags & PG_BUDDY) !== 0)) {
      mm.blockSkip[pfn >>> PAGEBLOCK_ORDER] = 0
      return true
    }
  }
  return false
}

/** __reset_isolation_suitable: forgets the hints of a zone, from both ends, and lets the scanners start at the first block that is worth it. */
export function resetIsolationSuitableZone(mm: Mm, zone: Zone): void {
  const state = zone.compaction
  if (!state.blockskipFlush) return
  state.blockskipFlush = false
  let migratePfn = zone.startPfn
  let freePfn = zone.endPfn - 1
  let resetMigrate = freePfn
  let resetFree = migratePfn
  let sourceSet = false
  let freeSet = false
  for (; migratePfn < freePfn; migratePfn += PAGEBLOCK_PAGES, freePfn -= PAGEBLOCK_PAGES) {
    if (resetIsolationPfn(mm, zone, migratePfn, true, sourceSet) && migratePfn < resetMigrate) {
      sourceSet = true
      resetMigrate = migratePfn
      state.initMigratePfn = migratePfn
      state.cachedMigratePfn[0] = migratePfn
      state.cachedMigratePfn[1] = migratePfn
    }
    if (resetIsolationPfn(mm, zone, freePfn, freeSet, true) && freePfn > resetFree) {
      freeSet = true
      resetFree = freePfn
      state.initFreePfn = freePfn
      state.cachedFreePfn = freePfn
    }
  }
  if (resetMigrate < resetFree) return
  state.cachedMigratePfn[0] = migratePfn
  state.cachedMigratePfn[1] = migratePfn
  state.cachedFreePfn = freePfn
}

/** reset_isolation_suitable: when kswapd goes to sleep, for zones that a direct compactor has been through. */
export function resetIsolationSuitable(mm: Mm, node: Pgdat): void {
  for (const zone of node.populated()) resetIsolationSuitableZone(mm, zone)
}

/** test_and_set_skip, at the first page isolated from a block: was it marked already? */
export function testAndSetSkip(mm: Mm, cc: CompactControl, pfn: number): boolean {
  if (cc.ignoreSkipHint || pfn !== pageblockStart(pfn)) return false
  const skip = pageblockSkip(mm, pfn)
  setPageblockSkip(mm, pfn)
  return skip
}

/** update_cached_migrate: the next run goes on behind this block. */
export function updateCachedMigrate(cc: CompactControl, pfn: number): void {
  const cached = cc.zone.compaction.cachedMigratePfn
  const end = pageblockEnd(pfn)
  if (end > cached[0]) cached[0] = end
  if (cc.mode !== 'async' && end > cached[1]) cached[1] = end
}

/** update_pageblock_skip: the free scanner has been through the whole block. */
export function updatePageblockSkip(mm: Mm, cc: CompactControl, blockStart: number): void {
  setPageblockSkip(mm, blockStart)
  if (blockStart < cc.zone.compaction.cachedFreePfn) cc.zone.compaction.cachedFreePfn = blockStart
}

/**
 * The hints that a write to vm.compact_memory leaves behind when there was hardly anything to move: every block without a page on the LRU lists is marked, the scanners
 * start at both ends. For machines on which memory was compacted just before the run begins.
 */
export function hintsOfFullCompaction(mm: Mm): void {
  for (const zone of mm.zones) {
    // A block that the zone has from its middle on is never marked: its first page was not seen.
    for (let block = Math.ceil(zone.startPfn / PAGEBLOCK_PAGES) * PAGEBLOCK_PAGES; block < zone.endPfn; block += PAGEBLOCK_PAGES) {
      let lru = false
      for (let pfn = block; pfn < Math.min(block + PAGEBLOCK_PAGES, zone.endPfn) && !lru; pfn++) lru = (mm.frames.flags[pfn] & PG_LRU) !== 0
      if (!lru) setPageblockSkip(mm, block)
    }
    resetCachedPositions(zone)
  }
}
