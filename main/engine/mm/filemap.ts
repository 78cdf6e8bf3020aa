/**
 * The page cache: finding, adding and removing pages, buffered reads and writes.
 * Source: mm/filemap.c:filemap_read, filemap_get_pages, filemap_add_folio, generic_perform_write (v6.1). Reads and writes here are one page at a time, as pread and pwrite of 4 KiB are.
 */
import { assert } from '../core/assert'
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import type { FileMapping, OpenFile } from './file'
import { GFP_FS, GFP_HIGHUSER_MOVABLE, GFP_WRITE } from './gfp'
import type { Mm } from './mm'
import { allocPageFast, preparePage } from './page-alloc'
import { PG_LOCKED, PG_PRIVATE, PG_RECLAIM, PG_UPTODATE, PG_WORKINGSET, PG_WRITEBACK } from './page'
import { pageCacheAsyncRa, pageCacheSyncRa, readOnePage } from './readahead'
import { allocPagesSlowpath } from './slowpath'
import { slabFree } from './slab'
import { folioAddLru, folioMarkAccessed } from './swap-lru'
import { workingsetRefault } from './workingset'
import { folioMarkDirty } from './writeback'
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
  mm.nodeOf(pfn).stat.nr_file_pages++
  if (shadow < 0 && !forWrite) workingsetRefault(mm, pfn, shadow)
  folioAddLru(mm, pfn)
}

/** __filemap_remove_folio: the slot keeps `shadow` or nothing. The frame is the caller's. */
export function removeFromPageCache(mm: Mm, pfn: number, shadow: number): void {
  const f = mm.frames
  const file = mm.files[f.mapping[pfn]]
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('cache_del', { shadow: shadow < 0 ? 1 : 0 })
  if ((f.flags[pfn] & PG_PRIVATE) !== 0) slabFree(mm, mm.slabs.bufferHead)
  xaErasePage(mm, file, f.index[pfn], shadow)
  mm.nodeOf(pfn).stat.nr_file_pages--
}

/** A read that needs nothing but the cached page: returns true and has charged for it. */
export function filemapReadHit(mm: Mm, open: OpenFile, index: number): boolean {
  const slot = open.mapping.slots[index]
  if (slot <= 0) return false
  const pfn = slot - 1
  const flags = mm.frames.flags[pfn]
  if ((flags & (PG_UPTODATE | PG_LOCKED)) !== PG_UPTODATE || isReadaheadMark(flags)) return false
  finishRead(mm, open, index, pfn)
  return true
}

function isReadaheadMark(flags: number): boolean {
  return (flags & (PG_RECLAIM | PG_WRITEBACK)) === PG_RECLAIM
}

/** The copy to the user and its traces: accessed mark (not twice for the same page) and position. */
function finishRead(mm: Mm, open: OpenFile, index: number, pfn: number): void {
  mm.clock.now += mm.cost.readHit
  if (open.prevPos < 0 || Math.floor((open.prevPos - 1) / 4096) !== index) folioMarkAccessed(mm, pfn)
  open.prevPos = (index + 1) * 4096
}

/** filemap_read of one page that is not simply there: readahead, waiting. false: out of memory. */
export function* filemapRead(mm: Mm, open: OpenFile, index: number): Episode<boolean> {
  const file = open.mapping
  let missed = false
  for (;;) {
    const pfn = findPage(file, index)
    if (pfn < 0) {
      if (!missed) {
        missed = true
        mm.clock.now += mm.cost.readMissOverhead
        yield* pageCacheSyncRa(mm, open, index, 1)
        if (findPage(file, index) >= 0) continue
      }
      if (!(yield* readOnePage(mm, file, index))) return false
      continue
    }
    const flags = mm.frames.flags[pfn]
    if (isReadaheadMark(flags)) {
      yield* pageCacheAsyncRa(mm, open, index, pfn, 1)
      if (file.slots[index] !== pfn + 1) continue
    }
    if ((mm.frames.flags[pfn] & PG_LOCKED) !== 0) {
      yield* waitOnPageLocked(mm, pfn)
      continue
    }
    finishRead(mm, open, index, pfn)
    return true
  }
}

/** folio_wait_locked for a page being read. A workingset page makes it a memory stall. */
export function* waitOnPageLocked(mm: Mm, pfn: number): Episode<void> {
  const thrashing = (mm.frames.flags[pfn] & (PG_WORKINGSET | PG_UPTODATE)) === PG_WORKINGSET
  if (thrashing) mm.psi.enter(mm.current)
  mm.sched.sleep('folio_wait_bit_common', Infinity, mm.pageWaiters(pfn), true)
  yield BLOCK
  if (thrashing) mm.psi.leave(mm.current)
}

/** Can this page be overwritten without allocating or waiting? Does it, if so. */
export function filemapWriteHit(mm: Mm, file: FileMapping, index: number): boolean {
  const slot = file.slots[index]
  if (slot <= 0 || (mm.frames.flags[slot - 1] & PG_LOCKED) !== 0) return false
  finishWrite(mm, slot - 1)
  return true
}

function finishWrite(mm: Mm, pfn: number): void {
  mm.clock.now += mm.cost.writeHit
  mm.frames.flags[pfn] |= PG_UPTODATE
  folioMarkDirty(mm, pfn)
}

/** generic_perform_write of a whole page that is not cached: allocate with __GFP_WRITE, no read. false: out of memory. */
export function* filemapWrite(mm: Mm, file: FileMapping, index: number): Episode<boolean> {
  for (;;) {
    const pfn = findPage(file, index)
    if (pfn >= 0) {
      if ((mm.frames.flags[pfn] & PG_LOCKED) === 0) {
        finishWrite(mm, pfn)
        return true
      }
      yield* waitOnPageLocked(mm, pfn)
      continue
    }
    const gfp = (GFP_HIGHUSER_MOVABLE | GFP_WRITE) & ~GFP_FS
    let fresh = allocPageFast(mm, gfp, 0)
    if (fresh < 0) fresh = yield* allocPagesSlowpath(mm, gfp, 0)
    if (fresh < 0) return false
    if (findPage(file, index) >= 0) mm.giveBack(fresh)
    else {
      mm.clock.now += mm.cost.writeNewPage
      filemapAddFolio(mm, file, index, fresh, PG_UPTODATE, true)
    }
  }
}
