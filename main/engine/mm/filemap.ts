/**
 * Buffered reads and writes through the page cache.
 * Source: mm/filemap.c:filemap_read, filemap_get_pages, generic_perform_write (v6.1). Reads and writes here are one page at a time, as pread and pwrite of 4 KiB are.
 */
import type { Episode } from '../core/clock'
import { folioMarkDirty } from './dirty'
import type { FileMapping, OpenFile } from './file'
import { GFP_FS, GFP_HIGHUSER_MOVABLE, GFP_WRITE } from './gfp'
import { chargeOrGiveBack } from './memcg-charge'
import type { Mm } from './mm'
import { PG_LOCKED, PG_UPTODATE } from './page'
import { allocPageFast, giveBack } from './page-alloc'
import { filemapAddFolio, findPage, isReadaheadMark, waitOnPageLocked } from './page-cache'
import { pageCacheAsyncRa, pageCacheSyncRa, readOnePage } from './readahead'
import { allocPagesSlowpath } from './slowpath'
import { folioMarkAccessed } from './swap-lru'

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
      yield* waitOnPageLocked(mm, pfn, true)
      // folio_put_wait_locked(TASK_KILLABLE): -EINTR.
      if (mm.current.killed) return false
      continue
    }
    finishRead(mm, open, index, pfn)
    return true
  }
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
  if (mm.traits.writesMarkAccessed) folioMarkAccessed(mm, pfn)
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
    if (fresh >= 0 && mm.current.memcg !== 0) fresh = yield* chargeOrGiveBack(mm, fresh, mm.current.memcg, gfp)
    if (fresh < 0) return false
    if (findPage(file, index) >= 0) giveBack(mm, fresh)
    else {
      mm.clock.now += mm.cost.writeNewPage
      filemapAddFolio(mm, file, index, fresh, PG_UPTODATE, true)
    }
  }
}
