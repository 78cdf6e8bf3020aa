/**
 * Reading pages back from swap, with the readahead that goes with a fault.
 * Source: mm/swap_state.c:swap_vma_readahead, swap_ra_info, __read_swap_cache_async, lookup_swap_cache (v6.1). Simplification: always the VMA mode (no rotational swap device).
 */
import type { Episode } from '../core/clock'
import { roundupPowOfTwo } from '../core/maths'
import { PTE_SWAP, PTE_VALUE, PTRS_PER_PTE, tableOf } from './area'
import type { Area } from './area'
import { GFP_HIGHUSER_MOVABLE } from './gfp'
import type { Mm } from './mm'
import { allocPageFast, giveBack, preparePage } from './page-alloc'
import { PG_LOCKED, PG_RECLAIM, PG_SWAPBACKED } from './page'
import { submitPageRead } from './readahead'
import { allocPagesSlowpath } from './slowpath'
import { addToSwapCache, areaOfSlot } from './swap'
import { folioAddLru, lruAddDrain } from './swap-lru'
import { workingsetRefault } from './workingset'

/** Largest window, as an order. */
const SWAP_RA_ORDER_CEILING = 5

/** swapin_readahead: the wanted page (its read may still be under way) or -1 when there was no memory. */
export function* swapinReadahead(mm: Mm, area: Area, index: number, slot: number): Episode<number> {
  const window = raWindow(mm, area, index)
  const plug = mm.io.plug(mm.current.id)
  if (window.size > 1) {
    for (let i = window.start; i < window.start + window.size; i++) {
      const pte = area.pte[i]
      if (i === index || pte < 0 || (pte & PTE_SWAP) === 0 || mm.swap.cache[pte & PTE_VALUE] !== 0) continue
      // Neighbours in memory are not worth reading ahead.
      if (areaOfSlot(mm, pte & PTE_VALUE).zram !== undefined) continue
      const pfn = yield* readSwapPage(mm, pte & PTE_VALUE)
      if (pfn < 0) break
      mm.frames.flags[pfn] |= PG_RECLAIM
      mm.vm.swap_ra++
    }
  }
  let pfn = mm.swap.cache[slot] - 1
  if (pfn < 0) pfn = yield* readSwapPage(mm, slot)
  mm.io.unplug(plug, mm.clock.now)
  if (window.size > 1) lruAddDrain(mm)
  return pfn
}

/** __read_swap_cache_async: a page in the swap cache with its read submitted. */
function* readSwapPage(mm: Mm, slot: number): Episode<number> {
  let pfn = allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0)
  if (pfn < 0) pfn = yield* allocPagesSlowpath(mm, GFP_HIGHUSER_MOVABLE, 0)
  if (pfn < 0) return -1
  const there = mm.swap.cache[slot] - 1
  if (there >= 0 || mm.swap.count[slot] === 0) {
    giveBack(mm, pfn)
    return there
  }
  preparePage(mm, pfn, 0, PG_SWAPBACKED | PG_LOCKED)
  mm.pageTrace?.swapPage(slot, pfn)
  const shadow = addToSwapCache(mm, pfn, slot)
  if (shadow < 0) workingsetRefault(mm, pfn, shadow)
  folioAddLru(mm, pfn)
  mm.vm.pswpin++
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('read_submit', { slot })
  const swapArea = areaOfSlot(mm, slot)
  mm.clock.now += mm.cost.ioSubmit
  yield* submitPageRead(mm, swapArea.disk, slot - swapArea.base, pfn)
  return pfn
}

/** swap_ra_info: the window around the faulting page, from hits and the last fault. */
function raWindow(mm: Mm, area: Area, index: number): { start: number; size: number } {
  const max = 1 << Math.min(mm.sysctl.num('vm.page-cluster'), SWAP_RA_ORDER_CEILING)
  if (max === 1) return { start: index, size: 1 }
  const prev = area.raAddr
  const size = windowSize(area, index, prev, max)
  area.raAddr = index
  area.raWin = size
  area.raHits = 0
  const left = index === prev + 1 ? 0 : index === prev - 1 ? size - 1 : (size - 1) >> 1
  const table = tableOf(index) * PTRS_PER_PTE
  const start = Math.max(index - left, table, 0)
  return { start, size: Math.min(index - left + size, table + PTRS_PER_PTE, area.pages) - start }
}

function windowSize(area: Area, index: number, prev: number, max: number): number {
  const pages = area.raHits + 2
  let size = pages === 2 ? (index === prev + 1 || index === prev - 1 ? 2 : 1) : Math.max(4, roundupPowOfTwo(pages))
  size = Math.min(size, max)
  return Math.max(size, area.raWin >> 1)
}

/** lookup_swap_cache during a fault: a page read ahead proved useful. */
export function swapCacheHit(mm: Mm, area: Area, index: number, pfn: number): void {
  const f = mm.frames
  area.raAddr = index
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('swap_cache_hit', { readahead: f.flags[pfn] & PG_RECLAIM ? 1 : 0 })
  if ((f.flags[pfn] & PG_RECLAIM) === 0) return
  // Also taken for a readahead hit: a page found while it is being swapped out (one bit for both), which then won't be rotated.
  f.flags[pfn] &= ~PG_RECLAIM
  if (mm.sysctl.num('vm.page-cluster') > 0) area.raHits++
  mm.vm.swap_ra_hit++
}

