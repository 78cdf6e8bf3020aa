/**
 * The free scanner: from the zone's end downwards it collects free pages to move others into, at first by a look at the free lists.
 * Source: mm/compaction.c:fast_isolate_freepages, fast_isolate_around, isolate_freepages, isolate_freepages_block, release_freepages; mm/page_alloc.c:__isolate_free_page (v6.1).
 */
import { RUN } from '../core/clock'
import type { Episode } from '../core/clock'
import { freeBlockOrder, pageblockType, takeFreeBlock } from './buddy'
import type { CompactControl } from './compact-control'
import { isolationSuitable, pageblockEnd, pageblockStart, setPageblockSkip, updatePageblockSkip } from './compaction-hints'
import { COMPACT_CLUSTER_MAX, freelistScanLimit } from './compaction-migrate-scanner'
import { MIGRATE_MOVABLE, NR_MIGRATETYPES } from './gfp'
import { listRotateToFirst } from './list'
import type { Mm } from './mm'
import { PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, WMARK_MIN } from './mmzone'
import { PG_BUDDY, PG_ORDER_MASK, PG_ORDER_SHIFT, PG_PCP, isCompound } from './page'
import { freeUnrefPage } from './pcp'
import { zoneWatermarkOk } from './watermark'

/** isolate_freepages: at least as many as there are pages to move, if the scanners don't meet before. */
export function* isolateFreepages(mm: Mm, cc: CompactControl): Episode<void> {
  fastIsolateFreepages(mm, cc)
  if (cc.freePages.length > 0) return
  const { zone } = cc
  const lowest = pageblockEnd(cc.migratePfn)
  let at = cc.freePfn
  let start = pageblockStart(at)
  let end = Math.min(start + PAGEBLOCK_PAGES, zone.endPfn)
  let stride = cc.mode === 'async' ? COMPACT_CLUSTER_MAX : 1
  for (; start >= lowest; end = start, start -= PAGEBLOCK_PAGES, at = start) {
    mm.clock.now += mm.cost.compactBlock
    if (mm.clock.now >= mm.clock.limit) yield RUN
    if (!suitableMigrationTarget(mm, cc, start) || !isolationSuitable(mm, cc, start)) continue
    const before = cc.freePages.length
    at = isolateFreepagesBlock(mm, cc, at, end, stride)
    if (at === end) updatePageblockSkip(mm, cc, start)
    if (cc.freePages.length >= cc.nrMigratePages) {
      if (at >= end) at = start - PAGEBLOCK_PAGES
      break
    }
    if (at < end) break
    stride = cc.freePages.length > before ? 1 : Math.min(COMPACT_CLUSTER_MAX, stride << 1)
  }
  cc.freePfn = at
}

/** release_freepages: what was not used goes back. The highest frame of it, or -1. */
export function releaseFreepages(mm: Mm, cc: CompactControl): number {
  let highest = -1
  for (let i = cc.freePages.length - 1; i >= 0; i--) {
    const pfn = cc.freePages[i]
    mm.frames.flags[pfn] = 0
    mm.clock.now += mm.cost.freePage
    freeUnrefPage(mm, cc.zone, pfn, 0)
    if (pfn > highest) highest = pfn
  }
  cc.freePages.length = 0
  return highest
}

/** __isolate_free_page: as if it were allocated, down to MIN. */
function isolateFreePage(mm: Mm, cc: CompactControl, pfn: number, order: number): boolean {
  const { zone } = cc
  if (!zoneWatermarkOk(zone, 0, zone.mark[WMARK_MIN] + (1 << order), 0, 0)) return false
  takeFreeBlock(mm, zone, pfn, order)
  const pages = 1 << order
  for (let page = pfn; page < pfn + pages; page++) cc.freePages.push(page)
  mm.clock.now += mm.cost.compactIsolateFree
  return true
}

/** suitable_migration_target: a movable block that is not wholly free. */
function suitableMigrationTarget(mm: Mm, cc: CompactControl, start: number): boolean {
  if (freeBlockOrder(mm, start) >= PAGEBLOCK_ORDER) return false
  return cc.ignoreBlockSuitable || pageblockType(mm, start) === MIGRATE_MOVABLE
}

/** isolate_freepages_block: free blocks from `from` on, looking at every `stride`-th page. Where it stopped: `end`, or before when there are enough or the zone has no more to give. */
function isolateFreepagesBlock(mm: Mm, cc: CompactControl, from: number, end: number, stride: number): number {
  const { flags } = mm.frames
  let scanned = 0
  let isolated = 0
  let pfn = from
  for (; pfn < end; pfn += stride) {
    scanned++
    const f = flags[pfn]
    const order = (f & PG_ORDER_MASK) >>> PG_ORDER_SHIFT
    if ((f & PG_BUDDY) === 0) {
      if ((f & PG_PCP) === 0 && isCompound(f)) pfn += (1 << order) - 1
      continue
    }
    if (!isolateFreePage(mm, cc, pfn, order)) break
    const pages = 1 << order
    scanned += pages - 1
    isolated += pages
    if (cc.nrMigratePages <= cc.freePages.length) {
      pfn += pages
      break
    }
    pfn += pages - 1
  }
  cc.totalFreeScanned += scanned
  mm.vm.compact_isolated += isolated
  mm.clock.now += scanned * mm.cost.compactFreeScan
  return Math.min(pfn, end)
}

/** What a search of the free lists found: the block's head and its order, or a place for the scanner to go on at. */
interface Search {
  limit: number
  scanned: number
  /** Start of the highest pageblock that was seen. */
  highest: number
}

/** fast_isolate_freepages: a free block from the upper part of what lies between the scanners. Takes it and, unless in a hurry, its surroundings. */
function fastIsolateFreepages(mm: Mm, cc: CompactControl): void {
  if (cc.order <= 0) return
  const state = cc.zone.compaction
  const scanStart = cc.freePfn >= state.initFreePfn
  const search: Search = { limit: scanStart ? PAGEBLOCK_PAGES >> 1 : Math.max(1, freelistScanLimit(cc) >> 1), scanned: 0, highest: 0 }
  const distance = cc.freePfn - cc.migratePfn
  const low = pageblockStart(cc.freePfn - (distance >> 2))
  const min = pageblockStart(cc.freePfn - (distance >> 1))
  const found = searchOrders(mm, cc, low, min, search)
  let around = found
  if (found < 0) {
    cc.fastSearchFail++
    if (scanStart && (search.highest >= min || cc.direct)) cc.freePfn = around = search.highest >= min ? search.highest : min
  }
  if (search.highest > 0 && search.highest >= state.cachedFreePfn) state.cachedFreePfn = search.highest - PAGEBLOCK_PAGES
  cc.totalFreeScanned += search.scanned
  mm.clock.now += search.scanned * mm.cost.compactFreeScan
  if (around >= 0) fastIsolateAround(mm, cc, around)
}

/** Orders in turn, from where the last search had success downwards and round; a block taken, or -1. */
function searchOrders(mm: Mm, cc: CompactControl, low: number, min: number, search: Search): number {
  const { zone } = cc
  cc.searchOrder = Math.min(cc.order - 1, cc.searchOrder)
  for (let order = cc.searchOrder; order >= 0; order = nextSearchOrder(cc, order)) {
    if (zone.nrFree[order] === 0) continue
    const seen = { scanned: 0 }
    const pfn = searchFreeList(mm, cc, order, low, min, search, seen)
    const taken = pfn >= 0 && isolateFreePage(mm, cc, pfn, order)
    if (taken) {
      search.scanned += (1 << order) - 1
      mm.vm.compact_isolated += 1 << order
      return pfn
    }
    // The zone has no more to give: the search ends.
    if (pfn >= 0) {
      cc.searchOrder = orderBelow(cc)
      return -1
    }
    if (seen.scanned >= search.limit) search.limit = Math.max(1, search.limit >> 1)
  }
  return -1
}

/** One order's movable list from its tail: a block at or above `low`, else the highest above `min` met before the limit; -1: none. The list is turned, so that the next search sees others first. */
function searchFreeList(mm: Mm, cc: CompactControl, order: number, low: number, min: number, search: Search, seen: { scanned: number }): number {
  const { zone } = cc
  const list = order * NR_MIGRATETYPES + MIGRATE_MOVABLE
  let high = -1
  let last = -1
  for (let link = zone.freeLists.tail[list]; link !== 0; link = mm.frames.prev[link - 1]) {
    const pfn = link - 1
    last = pfn
    seen.scanned++
    search.scanned++
    if (pfn >= search.highest) search.highest = Math.max(pageblockStart(pfn), zone.startPfn)
    if (pfn >= low) {
      cc.fastSearchFail = 0
      cc.searchOrder = order
      listRotateToFirst(mm.frames, zone.freeLists, list, pfn)
      return pfn
    }
    if (pfn >= min && pfn > high) {
      high = pfn
      search.limit >>= 1
    }
    if (seen.scanned >= search.limit) break
  }
  const turnTo = high >= 0 ? high : last
  // A list that was searched to its end keeps its order.
  if (turnTo >= 0 && (high >= 0 || seen.scanned >= search.limit)) listRotateToFirst(mm.frames, zone.freeLists, list, turnTo)
  return high
}

/** next_search_order: -1 when all have been searched; the next search then begins one order lower. */
function nextSearchOrder(cc: CompactControl, current: number): number {
  const order = current - 1 < 0 ? cc.order - 1 : current - 1
  if (order !== cc.searchOrder) return order
  cc.searchOrder = orderBelow(cc)
  return -1
}

/** The order at which the next search begins. */
function orderBelow(cc: CompactControl): number {
  return cc.searchOrder - 1 < 0 ? cc.order - 1 : cc.searchOrder - 1
}

/** fast_isolate_around: the rest of that block, if more is needed and there is time. */
function fastIsolateAround(mm: Mm, cc: CompactControl, pfn: number): void {
  if (cc.freePages.length >= cc.nrMigratePages || (cc.direct && cc.mode === 'async')) return
  const start = Math.max(pageblockStart(pfn), cc.zone.startPfn)
  isolateFreepagesBlock(mm, cc, start, Math.min(pageblockEnd(pfn), cc.zone.endPfn), 1)
  if (cc.freePages.length < cc.nrMigratePages) setPageblockSkip(mm, pfn)
}
