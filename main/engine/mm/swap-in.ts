/**
 * Reading pages back from swap, with the readahead that goes with a fault.
 * Source: mm/swap_state.c:swap_vma_readahead, swap_cluster_readahead, swap_ra_info, __read_swap_cache_async, swap_cache_get_folio (v6.1). The VMA mode, or the cluster mode where a swap
 * disk rotates and for tmpfs.
 */
import type { Episode } from '../core/clock'
import { roundupPowOfTwo } from '../core/maths'
import { PTE_SWAP, PTE_VALUE, PTRS_PER_PTE, tableOf } from './area'
import type { Area } from './area'
import { GFP_HIGHUSER_MOVABLE } from './gfp'
import { allocPageCharged } from './memcg-charge'
import { memcgOfSwap, unchargeSwap } from './memcg-stock'
import type { Mm } from './mm'
import { giveBack, preparePage } from './page-alloc'
import { PG_LOCKED, PG_RECLAIM, PG_SWAPBACKED, PG_UPTODATE } from './page'
import { submitPageRead } from './readahead'
import { addToSwapCache, areaOfSlot } from './swap'
import { folioAddLru, lruAddDrain } from './swap-lru'
import { workingsetRefault } from './workingset'

/** Largest window, as an order. */
const SWAP_RA_ORDER_CEILING = 5

/** swapin_readahead: the wanted page (its read may still be under way) or -1 when there was no memory. */
export function* swapinReadahead(mm: Mm, area: Area, index: number, slot: number): Episode<number> {
  const neighbours = mm.swap.rotational || !mm.traits.swapBypass ? clusterNeighbours(mm, slot) : vmaNeighbours(mm, area, index)
  const plug = mm.io.plug(mm.current.id)
  for (const near of neighbours) {
    // Neighbours already here, free, or in zram are not worth reading ahead.
    if (mm.swap.cache[near] !== 0 || mm.swap.count[near] === 0 || (areaOfSlot(mm, near).zram !== undefined && mm.traits.swapBypass)) continue
    const pfn = yield* readSwapPage(mm, near)
    if (pfn < 0) break
    mm.frames.flags[pfn] |= PG_RECLAIM
    mm.vm.swap_ra++
  }
  let pfn = mm.swap.cache[slot] - 1
  if (pfn < 0) pfn = yield* readSwapPage(mm, slot)
  mm.io.unplug(plug, mm.clock.now)
  if (neighbours.length > 0) lruAddDrain(mm)
  return pfn
}

/** swap_cluster_readahead as tmpfs calls it: the wanted page and the block around its slot, from zram too; there the reads are over when it returns. -1: no memory. */
export function* swapClusterReadahead(mm: Mm, slot: number): Episode<number> {
  const block = clusterBlock(mm, slot)
  const plug = mm.io.plug(mm.current.id)
  for (const near of block) {
    if (mm.swap.cache[near] !== 0 || mm.swap.count[near] === 0) continue
    const pfn = yield* readSwapPage(mm, near)
    if (pfn < 0 || near === slot) continue
    mm.frames.flags[pfn] |= PG_RECLAIM
    mm.vm.swap_ra++
  }
  let pfn = mm.swap.cache[slot] - 1
  if (pfn < 0) pfn = yield* readSwapPage(mm, slot)
  mm.io.unplug(plug, mm.clock.now)
  if (block.length > 0) lruAddDrain(mm)
  return pfn
}

/** __read_swap_cache_async: a page in the swap cache with its read submitted. */
function* readSwapPage(mm: Mm, slot: number): Episode<number> {
  const pfn = yield* allocPageCharged(mm, GFP_HIGHUSER_MOVABLE, memcgOfSwap(mm, slot, mm.current.memcg))
  if (pfn < 0) return -1
  const there = mm.swap.cache[slot] - 1
  if (there >= 0 || mm.swap.count[slot] === 0) {
    giveBack(mm, pfn)
    return there
  }
  preparePage(mm, pfn, 0, PG_SWAPBACKED | PG_LOCKED)
  mm.pageTrace?.swapPage(slot, pfn)
  const shadow = addToSwapCache(mm, pfn, slot)
  if (mm.memcgs.legacy) unchargeSwap(mm, slot)
  if (shadow < 0) workingsetRefault(mm, pfn, shadow, shadowOwner(mm, slot))
  folioAddLru(mm, pfn)
  mm.vm.pswpin++
  const swapArea = areaOfSlot(mm, slot)
  if (swapArea.zram !== undefined) {
    swapArea.zram.load(slot - swapArea.base)
    mm.frames.flags[pfn] = (mm.frames.flags[pfn] & ~PG_LOCKED) | PG_UPTODATE
    return pfn
  }
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('read_submit', { slot })
  mm.clock.now += mm.cost.ioSubmit
  yield* submitPageRead(mm, swapArea.disk, slot - swapArea.base, pfn)
  return pfn
}

/** The group whose reclaim left the slot's shadow. */
export function shadowOwner(mm: Mm, slot: number): number {
  return mm.memcgOf === undefined ? 0 : mm.swap.shadowMemcg[slot]
}

/** Slots of the swap entries around the faulting one in its own area of memory. */
function vmaNeighbours(mm: Mm, area: Area, index: number): number[] {
  const slots: number[] = []
  const { start, size } = raWindow(mm, area, index)
  for (let i = start; i < start + size; i++) {
    const pte = area.pte[i]
    if (i !== index && pte >= 0 && (pte & PTE_SWAP) !== 0) slots.push(pte & PTE_VALUE)
  }
  return slots
}

/** The block without the wanted slot. */
function clusterNeighbours(mm: Mm, slot: number): number[] {
  return clusterBlock(mm, slot).filter((near) => near !== slot)
}

/** The aligned block of slots around the wanted one, whoever they belong to; the machine's hits set its size. Empty: the wanted one alone. */
function clusterBlock(mm: Mm, slot: number): number[] {
  const { swap } = mm
  const max = 1 << mm.sysctl.num('vm.page-cluster')
  if (max === 1) return []
  const size = windowSize(swap.raHits, swap.raWin, slot === swap.raPrev + 1 || slot === swap.raPrev - 1, max)
  if (swap.raHits === 0) swap.raPrev = slot
  swap.raHits = 0
  swap.raWin = size
  const area = areaOfSlot(mm, slot)
  const first = Math.max(1, (slot - area.base) & ~(size - 1))
  const end = Math.min(area.pages, ((slot - area.base) | (size - 1)) + 1)
  return size === 1 ? [] : Array.from({ length: end - first }, (_, i) => area.base + first + i)
}

/** swap_ra_info: the window around the faulting page, from hits and the last fault. */
function raWindow(mm: Mm, area: Area, index: number): { start: number; size: number } {
  const max = 1 << Math.min(mm.sysctl.num('vm.page-cluster'), SWAP_RA_ORDER_CEILING)
  if (max === 1) return { start: index, size: 1 }
  const prev = area.raAddr
  const size = windowSize(area.raHits, area.raWin, index === prev + 1 || index === prev - 1, max)
  area.raAddr = index
  area.raWin = size
  area.raHits = 0
  const left = index === prev + 1 ? 0 : index === prev - 1 ? size - 1 : (size - 1) >> 1
  const table = tableOf(index) * PTRS_PER_PTE
  const start = Math.max(index - left, table, 0)
  return { start, size: Math.min(index - left + size, table + PTRS_PER_PTE, area.pages) - start }
}

/** __swapin_nr_pages: grows with hits, never below half of the last window. */
function windowSize(hits: number, last: number, adjacent: boolean, max: number): number {
  const pages = hits + 2
  const wanted = pages === 2 ? (adjacent ? 2 : 1) : Math.max(4, roundupPowOfTwo(pages))
  return Math.max(Math.min(wanted, max), last >> 1)
}

/** swap_cache_get_folio: a page read ahead proved useful. Without an area it is tmpfs that looks. */
export function swapCacheHit(mm: Mm, area: Area | undefined, index: number, pfn: number): void {
  const f = mm.frames
  if (area !== undefined) area.raAddr = index
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('swap_cache_hit', { readahead: f.flags[pfn] & PG_RECLAIM ? 1 : 0 })
  if ((f.flags[pfn] & PG_RECLAIM) === 0) return
  // Also taken for a readahead hit: a page found while it is being swapped out (one bit for both), which then won't be rotated.
  f.flags[pfn] &= ~PG_RECLAIM
  if (area === undefined || mm.swap.rotational || !mm.traits.swapBypass) mm.swap.raHits++
  else if (mm.sysctl.num('vm.page-cluster') > 0) area.raHits++
  mm.vm.swap_ra_hit++
}

