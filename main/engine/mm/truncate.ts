/**
 * Page cache given up on purpose: fadvise(POSIX_FADV_DONTNEED), drop_caches, truncation.
 * Source: mm/truncate.c:invalidate_mapping_pagevec, mapping_evict_folio, truncate_inode_pages_range; mm/shmem.c:shmem_undo_range; mm/fadvise.c:generic_fadvise; fs/drop_caches.c (v6.1, which does
 * not drain the LRU batches first). Simplification: a truncated file keeps its size here, so what is read of it again comes from the disk.
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { cancelDirty } from './dirty'
import type { FileMapping } from './file'
import type { Mm } from './mm'
import { PG_DIRTY, PG_LOCKED, PG_MAPPED, PG_WRITEBACK, folioRefs } from './page'
import { removeFromPageCache, waitOnPageLocked } from './page-cache'
import { pageRemoveFileRmap } from './rmap'
import { dropSlab } from './shrinker'
import { shmemFreeSwap } from './shmem-mapping'
import { deactivateFileFolio, disownFolio, lruAddDrain, lruAddDrainAll } from './swap-lru'
import { startDirtyWrite, submitPageWrite, waitOnPageWriteback } from './writeback'
import { xaClearShadow } from './xarray'

/** fadvise(DONTNEED) of pages `start`..`end`-1: dirty ones start on their way to disk, clean unmapped ones are freed, the rest is moved to go soon. tmpfs takes no advice. */
export function* fadviseDontneed(mm: Mm, file: FileMapping, start: number, end: number): Episode<void> {
  if (file.tmpfs) return
  yield* writeDirtyRange(mm, file, start, end)
  lruAddDrain(mm)
  // Pages in another CPU's batch are held by it: once more after draining them all.
  if ((yield* invalidateMappingPages(mm, file, start, end)) === 0) return
  lruAddDrainAll(mm)
  yield* invalidateMappingPages(mm, file, start, end)
}

/** echo `what` > /proc/sys/vm/drop_caches: bit 0 the page cache of every file that has any, bit 1 slab. Of tmpfs only pages that nobody ever wrote go; the others are deactivated. */
export function* dropCaches(mm: Mm, what: number): Episode<void> {
  if ((what & 1) !== 0) {
    for (const file of mm.files) if (file.nrPages > 0) yield* invalidateMappingPages(mm, file, 0, file.pages)
    mm.vm.drop_pagecache++
  }
  if ((what & 2) === 0) return
  yield* dropSlab(mm)
  mm.vm.drop_slab++
}

/** truncate(): every page from `start` on goes, mapped or dirty; shadows too, and with them the tree's nodes; of tmpfs also what is in swap. */
export function* truncateInodePages(mm: Mm, file: FileMapping, start: number): Episode<void> {
  for (let index = start; index < file.pages; index++) {
    if (file.slots[index] < 0 && file.tmpfs) shmemFreeSwap(mm, file, index)
    else if (file.slots[index] < 0) xaClearShadow(mm, file, index)
    else if (file.slots[index] > 0) yield* truncatePage(mm, file, index)
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
}

/** invalidate_mapping_pages: what is clean and held by nobody is freed without a shadow; old shadows go. Returns how many pages stayed. */
function* invalidateMappingPages(mm: Mm, file: FileMapping, start: number, end: number): Episode<number> {
  let stayed = 0
  for (let index = start; index < end; index++) {
    const slot = file.slots[index]
    if (slot < 0 && !file.tmpfs) xaClearShadow(mm, file, index)
    else if (slot > 0 && (mm.frames.flags[slot - 1] & (PG_LOCKED | PG_WRITEBACK)) === 0 && !evictFolio(mm, slot - 1)) {
      deactivateFileFolio(mm, slot - 1)
      stayed++
    }
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  return stayed
}

/** mapping_evict_folio. */
function evictFolio(mm: Mm, pfn: number): boolean {
  const flags = mm.frames.flags[pfn]
  if ((flags & (PG_DIRTY | PG_MAPPED)) !== 0 || folioRefs(flags) > 0) return false
  mm.clock.now += mm.cost.removeMapping
  removeFromPageCache(mm, pfn, 0)
  disownFolio(mm, pfn)
  return true
}

function* writeDirtyRange(mm: Mm, file: FileMapping, start: number, end: number): Episode<void> {
  const plug = mm.io.plug(mm.current.id)
  for (let index = start; index < end && file.nrDirty > 0; index++) {
    const pfn = file.slots[index] - 1
    if (pfn < 0 || (mm.frames.flags[pfn] & (PG_DIRTY | PG_WRITEBACK)) !== PG_DIRTY) continue
    if (!startDirtyWrite(mm, file, index, pfn)) yield* submitPageWrite(mm, file.disk, file.sector + index, pfn)
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  mm.io.unplug(plug, mm.clock.now)
}

/** One page of a truncated range: at rest first, then out of page tables and cache; what was dirty is not written. */
function* truncatePage(mm: Mm, file: FileMapping, index: number): Episode<void> {
  const f = mm.frames
  for (;;) {
    const pfn = file.slots[index] - 1
    if (pfn < 0) return
    if ((f.flags[pfn] & PG_LOCKED) !== 0) yield* waitOnPageLocked(mm, pfn)
    else if ((f.flags[pfn] & PG_WRITEBACK) !== 0) yield* waitOnPageWriteback(mm, pfn)
    else {
      for (const area of file.areas) if (index < area.pages && area.pte[index] < 0) pageRemoveFileRmap(mm, area, index, pfn)
      cancelDirty(mm, pfn)
      mm.clock.now += mm.cost.removeMapping
      removeFromPageCache(mm, pfn, 0)
      disownFolio(mm, pfn)
      return
    }
  }
}
