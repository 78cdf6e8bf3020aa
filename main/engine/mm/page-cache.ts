/**
 * The page cache itself: finding, adding and removing pages, and waiting for one. What reads and writes it is filemap.ts and file-fault.ts.
 * Source: mm/filemap.c:filemap_add_folio, __filemap_remove_folio, folio_wait_locked (v6.1).
 */
import { assert } from '../core/assert'
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { attachBuffer, detachBuffer } from './buffer-head'
import type { FileMapping } from './file'
import { countCached } from './file-pages'
import type { Mm } from './mm'
import { PG_RECLAIM, PG_SHMEM, PG_UPTODATE, PG_WORKINGSET, PG_WRITEBACK } from './page'
import { preparePage } from './page-alloc'
import { folioAddLru } from './swap-lru'
import { workingsetRefault } from './workingset'
import { xaErasePage, xaStorePage } from './xarray'

/** Frame of a cached page, or -1. */
export function findPage(file: FileMapping, index: number): number {
  const slot = file.slots[index]
  return slot > 0 ? slot - 1 : -1
}

/** filemap_add_folio: into the slot and, through the batch, onto the LRU. Refaults are judged here unless the page is about to be overwritten. */
export function filemapAddFolio(mm: Mm, file: FileMapping, index: number, pfn: number, flags: number, forWrite: boolean): void {
  const shadow = file.slots[index]
  assert(shadow <= 0, 'a cached page is not added again')
  preparePage(mm, pfn, 0, flags)
  mm.frames.mapping[pfn] = file.id
  mm.frames.index[pfn] = index
  mm.pageTrace?.filePage(file.id, index, pfn, forWrite, (flags & PG_RECLAIM) !== 0)
  xaStorePage(mm, file, index, pfn)
  if (file.metadata) attachBuffer(mm, pfn)
  countCached(mm, pfn, 1)
  if (shadow < 0 && !forWrite) workingsetRefault(mm, pfn, shadow, file.shadowMemcg?.[index] ?? 0)
  folioAddLru(mm, pfn)
}

/** __filemap_remove_folio: the slot keeps `shadow`, of reclaim for the group `target`, or nothing. The frame is the caller's. */
export function removeFromPageCache(mm: Mm, pfn: number, shadow: number, target = 0): void {
  const f = mm.frames
  const file = mm.files[f.mapping[pfn]]
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('cache_del', { shadow: shadow < 0 ? 1 : 0 })
  detachBuffer(mm, pfn)
  if (target !== 0) file.shadowMemcg ??= new Uint16Array(file.pages)
  if (file.shadowMemcg !== undefined) file.shadowMemcg[f.index[pfn]] = target
  xaErasePage(mm, file, f.index[pfn], shadow)
  const stat = countCached(mm, pfn, -1)
  if ((f.flags[pfn] & PG_SHMEM) !== 0) stat.nr_shmem--
}

/** folio_test_readahead: reading this page starts the next window. */
export function isReadaheadMark(flags: number): boolean {
  return (flags & (PG_RECLAIM | PG_WRITEBACK)) === PG_RECLAIM
}

/** folio_wait_locked, or folio_wait_locked_killable, for a page being read. A workingset page makes it a memory stall. */
export function* waitOnPageLocked(mm: Mm, pfn: number, killable = false): Episode<void> {
  const thrashing = (mm.frames.flags[pfn] & (PG_WORKINGSET | PG_UPTODATE)) === PG_WORKINGSET
  if (thrashing) mm.psi.enter(mm.current)
  mm.sched.sleep('folio_wait_bit_common', Infinity, mm.pageWaiters(pfn), true, killable)
  yield BLOCK
  if (thrashing) mm.psi.leave(mm.current)
}
