/**
 * tmpfs and shared memory: pages of a file that has no disk. They stand in the file's mapping like page cache, but are swap-backed: on the anonymous LRU lists, never written by a flusher,
 * gone to swap when reclaim wants them. Then the mapping's slot keeps the swap entry; page tables keep nothing.
 * What becomes of a slot is in shmem-mapping.ts. Source: mm/shmem.c:shmem_get_folio_gfp, shmem_swapin_folio (v6.1).
 * Simplifications: no limit of the mount's size, no huge pages, no fallocate; shmem_replace_folio is not needed, as every zone suits a tmpfs file.
 */
import type { Episode } from '../core/clock'
import { folioMarkDirty } from './dirty'
import type { FileMapping } from './file'
import { slotOfValue } from './file'
import { GFP_HIGHUSER_MOVABLE } from './gfp'
import { allocPageCharged } from './memcg-charge'
import type { Mm } from './mm'
import { PG_LOCKED, PG_REFERENCED, PG_SWAPBACKED, PG_UPTODATE, PG_WRITEBACK } from './page'
import { giveBack, preparePage } from './page-alloc'
import { waitOnPageLocked } from './page-cache'
import { shmemAddToPageCache } from './shmem-mapping'
import { deleteFromSwapCache, swapFree } from './swap'
import { swapCacheHit, swapClusterReadahead } from './swap-in'
import { folioAddLru, folioMarkAccessed } from './swap-lru'
import { waitOnPageWriteback } from './writeback'

/** What the page is wanted for (enum sgp_type): SGP_READ does without one where the file has a hole, SGP_CACHE is a fault, SGP_WRITE a write(). */
export const SGP_READ = 0
export const SGP_CACHE = 1
export const SGP_WRITE = 2

/** shmemGetFolio's answers that are no frame. */
export const SHMEM_HOLE = -1
export const SHMEM_NO_MEMORY = -2

/** What a fault tells of itself afterwards (VM_FAULT_MAJOR), and whether its page was new or in swap, which its cost then holds already. */
export interface ShmemFaultInfo {
  major: boolean
  found: boolean
}

/** shmem_get_folio_gfp: the page at `index`, from the mapping, from swap, or new. Only faults count major ones. */
export function* shmemGetFolio(mm: Mm, file: FileMapping, index: number, sgp: number, fault?: ShmemFaultInfo): Episode<number> {
  for (;;) {
    const slot = file.slots[index]
    if (slot > 0) {
      if (sgp === SGP_WRITE) folioMarkAccessed(mm, slot - 1)
      return slot - 1
    }
    if (fault !== undefined) fault.found = false
    if (slot < 0) {
      const pfn = yield* swapinFolio(mm, file, index, sgp, fault)
      if (pfn !== AGAIN) return pfn
      continue
    }
    if (sgp === SGP_READ) return SHMEM_HOLE
    const pfn = yield* allocPageCharged(mm, GFP_HIGHUSER_MOVABLE, mm.current.memcg)
    if (pfn < 0) return SHMEM_NO_MEMORY
    if (file.slots[index] === 0) return newFolio(mm, file, index, sgp, pfn, fault)
    giveBack(mm, pfn)
  }
}

/** A zeroed page for a hole. It is clean until somebody writes: a page only ever read may be dropped like a clean file page. */
function newFolio(mm: Mm, file: FileMapping, index: number, sgp: number, pfn: number, fault: ShmemFaultInfo | undefined): number {
  mm.clock.now += mm.cost.writeNewPage + (fault === undefined ? 0 : mm.cost.minorFaultAnon)
  preparePage(mm, pfn, 0, PG_SWAPBACKED | PG_UPTODATE | (sgp === SGP_WRITE ? PG_REFERENCED : 0))
  mm.pageTrace?.shmemPage(file.id, index, pfn)
  shmemAddToPageCache(mm, file, index, pfn)
  folioAddLru(mm, pfn)
  return pfn
}

const AGAIN = -3

/**
 * shmem_swapin_folio: from the swap cache or the device, with a block of neighbouring slots. It moves into the mapping and its slot is free at once: a tmpfs page is never in both,
 * so unlike an anonymous page it is dirty now and will have to be written again.
 */
function* swapinFolio(mm: Mm, file: FileMapping, index: number, sgp: number, fault: ShmemFaultInfo | undefined): Episode<number> {
  const f = mm.frames
  const value = file.slots[index]
  const slot = slotOfValue(value)
  let pfn = mm.swap.cache[slot] - 1
  if (pfn < 0) {
    if (fault !== undefined) {
      fault.major = true
      mm.vm.pgmajfault++
    }
    pfn = yield* swapClusterReadahead(mm, slot)
    if (pfn < 0) return file.slots[index] === value ? SHMEM_NO_MEMORY : AGAIN
    mm.clock.now += mm.cost.swapInOverhead
  } else {
    swapCacheHit(mm, undefined, index, pfn)
    mm.clock.now += mm.cost.minorFaultSwapCache
  }
  while ((f.flags[pfn] & PG_LOCKED) !== 0 && mm.swap.cache[slot] === pfn + 1) yield* waitOnPageLocked(mm, pfn)
  if (file.slots[index] !== value || mm.swap.cache[slot] !== pfn + 1) return AGAIN
  if ((f.flags[pfn] & PG_WRITEBACK) !== 0) {
    yield* waitLocked(mm, pfn)
    if (file.slots[index] !== value) return AGAIN
  }
  if (sgp === SGP_WRITE) folioMarkAccessed(mm, pfn)
  shmemAddToPageCache(mm, file, index, pfn)
  deleteFromSwapCache(mm, pfn, false)
  folioMarkDirty(mm, pfn)
  swapFree(mm, slot)
  return pfn
}

/** folio_lock and folio_wait_writeback: an anonymous page may be mapped while it is being written, this one may not leave the swap cache before. Locked, it can't be reclaimed meanwhile. */
function* waitLocked(mm: Mm, pfn: number): Episode<void> {
  const f = mm.frames
  const task = mm.current
  f.flags[pfn] |= PG_LOCKED
  task.lockedPage = pfn
  while ((f.flags[pfn] & PG_WRITEBACK) !== 0) yield* waitOnPageWriteback(mm, pfn)
  f.flags[pfn] &= ~PG_LOCKED
  task.lockedPage = -1
  mm.wakePage(pfn)
}
