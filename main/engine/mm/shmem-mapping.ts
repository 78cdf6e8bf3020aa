/**
 * What stands in a tmpfs file's slots: a page, or the entry of the swap slot it went to. Both ways change one slot for the other, so a page is in the mapping or in the swap cache, never in both.
 * Source: mm/shmem.c:shmem_add_to_page_cache, shmem_writepage, shmem_delete_from_page_cache, shmem_free_swap (v6.1). Simplification: no VM_LOCKED (SHM_LOCK) files.
 */
import type { FileMapping } from './file'
import { slotOfValue, swapValue } from './file'
import { countCached } from './file-pages'
import type { Mm } from './mm'
import { PG_SHMEM } from './page'
import { addToSwapCache, areaOfSlot, folioAllocSwap, freeSwapAndCache } from './swap'
import { xaClearShadow, xaErasePage, xaStorePage } from './xarray'

/** shmem_add_to_page_cache: into a hole, or in place of the swap entry. */
export function shmemAddToPageCache(mm: Mm, file: FileMapping, index: number, pfn: number): void {
  const f = mm.frames
  const value = file.slots[index]
  f.mapping[pfn] = file.id
  f.index[pfn] = index
  f.flags[pfn] |= PG_SHMEM
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('cache_add', { index, file: file.path, ...(value < 0 ? { slot: slotOfValue(value) } : {}) })
  xaStorePage(mm, file, index, pfn)
  countCached(mm, pfn, 1).nr_shmem++
}

/** Why shmem_writepage gave the page back, to be activated (AOP_WRITEPAGE_ACTIVATE). */
export type ShmemRefusal = 'no-swap' | 'no-slot'

/**
 * shmem_writepage, which reclaim alone calls: a slot, a place in the swap cache, and the swap entry into the file's slot. Nobody maps the page any more. Then it is written like any page
 * of the swap cache.
 */
export function shmemWritepage(mm: Mm, pfn: number): ShmemRefusal | undefined {
  const f = mm.frames
  if (mm.swap.totalSwapPages === 0) return 'no-swap'
  const slot = folioAllocSwap(mm, pfn)
  if (slot < 0) return 'no-slot'
  mm.pageTrace?.swapSlot(pfn, slot, areaOfSlot(mm, slot))
  addToSwapCache(mm, pfn, slot)
  // swap_shmem_alloc: the file's slot names it.
  mm.swap.count[slot] = 1
  const file = mm.files[f.mapping[pfn]]
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('cache_del', { slot, index: f.index[pfn], file: file.path })
  xaErasePage(mm, file, f.index[pfn], swapValue(slot))
  countCached(mm, pfn, -1).nr_shmem--
  return undefined
}

/** shmem_free_swap: the file is truncated, so the page in swap goes with it. */
export function shmemFreeSwap(mm: Mm, file: FileMapping, index: number): void {
  const slot = slotOfValue(file.slots[index])
  xaClearShadow(mm, file, index)
  freeSwapAndCache(mm, slot)
}
