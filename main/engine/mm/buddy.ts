/**
 * The buddy allocator: free blocks of orders 0..10 by migrate type, split and merge, fallback to foreign pageblocks and what that does to them.
 * Source: mm/page_alloc.c:__free_one_page, __rmqueue_smallest, __rmqueue_fallback, steal_suitable_fallback, boost_watermark (v6.1).
 * A free block's head keeps its order in the flags and its list's migrate type in `index`. Simplifications: no CMA, no isolation, no page shuffling.
 */
import type { CaptureControl } from './compaction-state'
import { ALLOC_KSWAPD, ALLOC_NOFRAGMENT, MIGRATE_HIGHATOMIC, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_RESERVE, MIGRATE_UNMOVABLE, NR_MIGRATETYPES } from './gfp'
import { listAdd, listAddTail, listDel } from './list'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { MAX_ORDER, PAGEBLOCK_ORDER, PAGEBLOCK_PAGES, WMARK_HIGH } from './mmzone'
import { PG_BUDDY, PG_LRU, PG_ORDER_MASK, PG_ORDER_SHIFT, PG_TARGET } from './page'
import { modFreePages } from './zone-stat'

/** Where each type looks when its own lists are empty (mm/page_alloc.c:fallbacks). */
const FALLBACKS: readonly (readonly number[])[] = [
  [MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE],
  [MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE],
  [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE],
]

export function pageblockType(mm: Mm, pfn: number): number {
  return mm.blockType[pfn >>> PAGEBLOCK_ORDER]
}

export function addFreeBlock(mm: Mm, zone: Zone, pfn: number, order: number, type: number, toTail: boolean): void {
  const f = mm.frames
  const list = order * NR_MIGRATETYPES + type
  f.flags[pfn] = PG_BUDDY | (order << PG_ORDER_SHIFT)
  f.index[pfn] = type
  if (toTail) listAddTail(f, zone.freeLists, list, pfn)
  else listAdd(f, zone.freeLists, list, pfn)
  zone.nrFree[order]++
}

function delFreeBlock(mm: Mm, zone: Zone, pfn: number, order: number): void {
  const f = mm.frames
  listDel(f, zone.freeLists, order * NR_MIGRATETYPES + f.index[pfn], pfn)
  f.flags[pfn] = 0
  f.index[pfn] = 0
  zone.nrFree[order]--
}

/** Order of the free block that starts at `pfn`, or -1. */
export function freeBlockOrder(mm: Mm, pfn: number): number {
  const flags = mm.frames.flags[pfn]
  return (flags & PG_BUDDY) !== 0 ? (flags & PG_ORDER_MASK) >>> PG_ORDER_SHIFT : -1
}

function isFreeBuddy(mm: Mm, zone: Zone, pfn: number, order: number): boolean {
  return pfn >= zone.startPfn && pfn < zone.endPfn && mm.frames.flags[pfn] === (PG_BUDDY | (order << PG_ORDER_SHIFT))
}

/** __free_one_page: gives a block back, merging it with its free buddies. `type` is the migrate type the block was freed with. */
export function freeOnePage(mm: Mm, zone: Zone, pfnIn: number, orderIn: number, typeIn: number): void {
  let pfn = pfnIn
  let order = orderIn
  const type = typeIn
  const capture = mm.current.capture
  modFreePages(zone, mm.cpu, 1 << order)
  zone.pagesScanned = 0
  while (order < MAX_ORDER - 1) {
    if (capture !== undefined && captures(capture, zone, order, type)) {
      capture.pfn = pfn
      mm.frames.flags[pfn] = PG_TARGET | (order << PG_ORDER_SHIFT)
      modFreePages(zone, mm.cpu, -(1 << order))
      return
    }
    const buddy = pfn ^ (1 << order)
    if (!isFreeBuddy(mm, zone, buddy, order)) break
    if (order >= PAGEBLOCK_ORDER && !mergeablePageblocks(mm, type, buddy)) break
    delFreeBlock(mm, zone, buddy, order)
    if (buddy < pfn) pfn = buddy
    order++
  }
  addFreeBlock(mm, zone, pfn, order, type, buddyMergeLikely(mm, zone, pfn, order))
}

/** compaction_capture: is this the block that the running task compacts for? Below a pageblock one of a movable pageblock is left, lest something unmovable gets it. */
function captures(capture: CaptureControl, zone: Zone, order: number, type: number): boolean {
  if (capture.pfn >= 0 || capture.cc.zone !== zone || capture.cc.order !== order) return false
  return order >= PAGEBLOCK_ORDER || type !== MIGRATE_MOVABLE
}

/** Whole pageblocks merge with one of another type only if both are ordinary (not HIGHATOMIC). */
function mergeablePageblocks(mm: Mm, type: number, buddy: number): boolean {
  const other = pageblockType(mm, buddy)
  return other === type || (type !== MIGRATE_HIGHATOMIC && other !== MIGRATE_HIGHATOMIC)
}

/** buddy_merge_likely: the next order up could merge soon, so the block goes to the tail to be used last. */
function buddyMergeLikely(mm: Mm, zone: Zone, pfn: number, order: number): boolean {
  if (order >= MAX_ORDER - 2) return false
  const higher = pfn & ~(1 << order)
  const buddy = higher ^ (1 << (order + 1))
  return isFreeBuddy(mm, zone, buddy, order + 1)
}

/** __rmqueue_smallest: the smallest sufficient block of the type, split. The head's frame number, or -1. */
function rmqueueSmallest(mm: Mm, zone: Zone, order: number, type: number): number {
  const heads = zone.freeLists.head
  for (let current = order; current < MAX_ORDER; current++) {
    const head = heads[current * NR_MIGRATETYPES + type]
    if (head === 0) continue
    const pfn = head - 1
    delFreeBlock(mm, zone, pfn, current)
    for (let half = current - 1; half >= order; half--) addFreeBlock(mm, zone, pfn + (1 << half), half, type, false)
    return pfn
  }
  return -1
}

/** __rmqueue: own lists first, then theft. The caller takes the pages out of `free`, by modFreePages. */
export function rmqueue(mm: Mm, zone: Zone, order: number, type: number, allocFlags: number): number {
  if (mm.traits.reserves === 'migrate-reserve') return rmqueueWithReserve(mm, zone, order, type)
  for (;;) {
    const pfn = rmqueueSmallest(mm, zone, order, type)
    if (pfn >= 0 || type === MIGRATE_HIGHATOMIC) return pfn
    if (!rmqueueFallback(mm, zone, order, type, allocFlags)) return -1
  }
}

/** __rmqueue before 4.4: own lists, the largest foreign block, the reserve. */
function rmqueueWithReserve(mm: Mm, zone: Zone, order: number, type: number): number {
  let pfn = rmqueueSmallest(mm, zone, order, type)
  if (pfn < 0 && type !== MIGRATE_RESERVE) pfn = rmqueueLargestForeign(mm, zone, order, type)
  return pfn < 0 ? rmqueueSmallest(mm, zone, order, MIGRATE_RESERVE) : pfn
}

/** __rmqueue_fallback and try_to_steal_freepages before 4.0: the rest of a block that isn't taken over stays on its own type's lists. */
function rmqueueLargestForeign(mm: Mm, zone: Zone, order: number, start: number): number {
  for (let current = MAX_ORDER - 1; current >= order; current--) {
    const type = foreignType(zone, current, start)
    if (type < 0) continue
    const pfn = zone.freeLists.head[current * NR_MIGRATETYPES + type] - 1
    if (current >= PAGEBLOCK_ORDER) {
      for (let block = pfn; block < pfn + (1 << current); block += PAGEBLOCK_PAGES) mm.blockType[block >>> PAGEBLOCK_ORDER] = start
      moveFreeBlock(mm, zone, pfn, current, start)
    } else if (takenOver(current, start)) claimPageblock(mm, zone, pfn, current, start)
    delFreeBlock(mm, zone, pfn, current)
    const rest = takenOver(current, start) ? start : type
    for (let half = current - 1; half >= order; half--) addFreeBlock(mm, zone, pfn + (1 << half), half, rest, false)
    return pfn
  }
  return -1
}

/** Is a foreign block of this order taken over for good? */
function takenOver(order: number, start: number): boolean {
  return order >= PAGEBLOCK_ORDER >> 1 || start === MIGRATE_RECLAIMABLE
}

/** All that is free of the pageblock changes lists, and the pageblock its type if that was at least half of it. */
function claimPageblock(mm: Mm, zone: Zone, pfn: number, order: number, start: number): void {
  const first = pfn & ~(PAGEBLOCK_PAGES - 1)
  if (first < zone.startPfn || first + PAGEBLOCK_PAGES > zone.endPfn) return moveFreeBlock(mm, zone, pfn, order, start)
  if (moveFreepagesBlock(mm, zone, first, start).free >= PAGEBLOCK_PAGES >> 1) mm.blockType[first >>> PAGEBLOCK_ORDER] = start
}

/** __isolate_free_page without its watermark test: takes a free block off its list, page by page ready to be moved into. Large ones make their pageblocks movable. */
export function takeFreeBlock(mm: Mm, zone: Zone, pfn: number, order: number): void {
  const end = pfn + (1 << order)
  delFreeBlock(mm, zone, pfn, order)
  modFreePages(zone, mm.cpu, -(1 << order))
  for (let page = pfn; page < end; page++) mm.frames.flags[page] = PG_TARGET
  if (order < PAGEBLOCK_ORDER - 1) return
  for (let block = pfn; block < end; block += PAGEBLOCK_PAGES) {
    if (mm.blockType[block >>> PAGEBLOCK_ORDER] !== MIGRATE_HIGHATOMIC) mm.blockType[block >>> PAGEBLOCK_ORDER] = MIGRATE_MOVABLE
  }
}

/** find_suitable_fallback with only_stealable: would an allocation of this type take over a foreign block of this order? */
export function hasStealableFallback(zone: Zone, order: number, start: number): boolean {
  return foreignType(zone, order, start) >= 0 && canSteal(order, start)
}

/** find_suitable_fallback: type of a foreign list that has a block of this order, or -1. */
function foreignType(zone: Zone, order: number, start: number): number {
  for (const type of FALLBACKS[start]) if (zone.freeLists.head[order * NR_MIGRATETYPES + type] !== 0) return type
  return -1
}

/** can_steal_fallback. */
function canSteal(order: number, start: number): boolean {
  return order >= PAGEBLOCK_ORDER >> 1 || start !== MIGRATE_MOVABLE
}

/** __rmqueue_fallback: moves a foreign block (or its whole pageblock) to the asked type's lists. false: nothing to move. */
function rmqueueFallback(mm: Mm, zone: Zone, order: number, start: number, allocFlags: number): boolean {
  const minOrder = order < PAGEBLOCK_ORDER && (allocFlags & ALLOC_NOFRAGMENT) !== 0 ? PAGEBLOCK_ORDER : order
  for (let current = MAX_ORDER - 1; current >= minOrder; current--) {
    const type = foreignType(zone, current, start)
    if (type < 0) continue
    if (!canSteal(current, start) && current > order) return stealSmallest(mm, zone, order, start, allocFlags)
    stealSuitableFallback(mm, zone, current, type, start, allocFlags, canSteal(current, start))
    return true
  }
  return false
}

function stealSmallest(mm: Mm, zone: Zone, order: number, start: number, allocFlags: number): boolean {
  for (let current = order; current < MAX_ORDER; current++) {
    const type = foreignType(zone, current, start)
    if (type < 0) continue
    stealSuitableFallback(mm, zone, current, type, start, allocFlags, canSteal(current, start))
    return true
  }
  return false
}

function stealSuitableFallback(mm: Mm, zone: Zone, order: number, type: number, start: number, allocFlags: number, wholeBlock: boolean): void {
  const pfn = zone.freeLists.head[order * NR_MIGRATETYPES + type] - 1
  const oldType = pageblockType(mm, pfn)
  if (oldType === MIGRATE_HIGHATOMIC) return moveFreeBlock(mm, zone, pfn, order, start)
  if (order >= PAGEBLOCK_ORDER) {
    for (let block = pfn; block < pfn + (1 << order); block += PAGEBLOCK_PAGES) mm.blockType[block >>> PAGEBLOCK_ORDER] = start
    return moveFreeBlock(mm, zone, pfn, order, start)
  }
  if (boostWatermark(mm, zone) && (allocFlags & ALLOC_KSWAPD) !== 0) zone.boostedFlag = true
  if (!wholeBlock) return moveFreeBlock(mm, zone, pfn, order, start)
  stealWholePageblock(mm, zone, pfn, order, oldType, start)
}

function stealWholePageblock(mm: Mm, zone: Zone, pfn: number, order: number, oldType: number, start: number): void {
  const first = pfn & ~(PAGEBLOCK_PAGES - 1)
  if (first < zone.startPfn || first + PAGEBLOCK_PAGES > zone.endPfn) return moveFreeBlock(mm, zone, pfn, order, start)
  const { free, movable } = moveFreepagesBlock(mm, zone, first, start)
  const alike = start === MIGRATE_MOVABLE ? movable : oldType === MIGRATE_MOVABLE ? PAGEBLOCK_PAGES - (free + movable) : 0
  if (free + alike >= PAGEBLOCK_PAGES >> 1) mm.blockType[first >>> PAGEBLOCK_ORDER] = start
}

/** move_freepages_block: every free block of a pageblock moves to `type`'s lists. Counts those pages, and the movable (LRU) ones in use. */
export function moveFreepagesBlock(mm: Mm, zone: Zone, first: number, type: number): { free: number; movable: number } {
  const flags = mm.frames.flags
  let free = 0
  let movable = 0
  for (let pfn = first; pfn < first + PAGEBLOCK_PAGES;) {
    const order = freeBlockOrder(mm, pfn)
    if (order < 0) {
      if ((flags[pfn] & PG_LRU) !== 0) movable++
      pfn++
      continue
    }
    moveFreeBlock(mm, zone, pfn, order, type)
    pfn += 1 << order
    free += 1 << order
  }
  return { free, movable }
}

/** move_to_free_list: to the tail of the other type's list. */
function moveFreeBlock(mm: Mm, zone: Zone, pfn: number, order: number, type: number): void {
  delFreeBlock(mm, zone, pfn, order)
  addFreeBlock(mm, zone, pfn, order, type, true)
}

/** boost_watermark: a foreign pageblock was split; raise this zone's marks for a while. */
function boostWatermark(mm: Mm, zone: Zone): boolean {
  const factor = mm.sysctl.num('vm.watermark_boost_factor')
  if (factor === 0 || PAGEBLOCK_PAGES * 4 > zone.managed) return false
  const boost = mm.decide.watermarkBoost({ managed: zone.managed, high: zone.mark[WMARK_HIGH], boost: zone.boost, factor, pageblockPages: PAGEBLOCK_PAGES })
  mm.trace.watermarkBoost(zone, boost)
  zone.boost = boost
  return true
}

/** reserve_highatomic_pageblock, after a high-order atomic request got a page of it: at most 1 % of the zone and a pageblock are kept so. */
export function reserveHighatomicPageblock(mm: Mm, zone: Zone, pfn: number): void {
  const block = pfn >>> PAGEBLOCK_ORDER
  const most = Math.floor(zone.managed / 100) + PAGEBLOCK_PAGES
  if (zone.nrReservedHighatomic >= most || mm.blockType[block] === MIGRATE_HIGHATOMIC) return
  zone.nrReservedHighatomic += PAGEBLOCK_PAGES
  zone.hadHighatomic = true
  mm.blockType[block] = MIGRATE_HIGHATOMIC
  moveFreepagesBlock(mm, zone, block << PAGEBLOCK_ORDER, MIGRATE_HIGHATOMIC)
}

/**
 * unreserve_highatomic_pageblock: gives one HIGHATOMIC pageblock with free pages to `type`, in the first of the zones that has one. Each keeps its last unless `force`.
 * true: pages were moved, so trying again is worth it.
 */
export function unreserveHighatomicPageblock(mm: Mm, zones: readonly Zone[], type: number, force: boolean): boolean {
  for (const zone of zones) {
    if (!force && zone.nrReservedHighatomic <= PAGEBLOCK_PAGES) continue
    for (let order = 0; order < MAX_ORDER; order++) {
      const head = zone.freeLists.head[order * NR_MIGRATETYPES + MIGRATE_HIGHATOMIC]
      if (head === 0) continue
      const block = (head - 1) >>> PAGEBLOCK_ORDER
      // A page freed late may lie in a block that was given back before.
      if (mm.blockType[block] === MIGRATE_HIGHATOMIC) zone.nrReservedHighatomic -= Math.min(PAGEBLOCK_PAGES, zone.nrReservedHighatomic)
      mm.blockType[block] = type
      if (moveFreepagesBlock(mm, zone, block << PAGEBLOCK_ORDER, type).free > 0) return true
    }
  }
  return false
}
