/**
 * Readahead: windows that grow with sequential reading, a marker page that starts the next one, single pages for random access.
 * Source: mm/readahead.c:ondemand_readahead, page_cache_ra_unbounded, force_page_cache_ra (v6.1). Order-0 pages, as ext4 has them.
 */
import type { ReadaheadWindowArgs } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { READ } from './io'
import type { FileMapping, OpenFile } from './file'
import { GFP_HIGHUSER_MOVABLE, GFP_NORETRY, GFP_NOWARN } from './gfp'
import { allocPageCharged, chargeOrGiveBack } from './memcg-charge'
import type { Mm } from './mm'
import { allocPageFast, giveBack } from './page-alloc'
import { PG_LOCKED, PG_RECLAIM, PG_WRITEBACK } from './page'
import { filemapAddFolio, findPage } from './page-cache'
import { allocPagesSlowpath } from './slowpath'
import { waitForTag } from './writeback'

/** readahead_gfp_mask. __GFP_FS goes by the task's nofs, as long as a window is being filled. */
const READAHEAD_GFP = GFP_HIGHUSER_MOVABLE | GFP_NORETRY | GFP_NOWARN

/** page_cache_sync_ra: page `index` is missing and `req` pages are wanted from it on. */
export function* pageCacheSyncRa(mm: Mm, open: OpenFile, index: number, req: number): Episode<void> {
  if (open.random || open.raPages === 0) yield* doPageCacheRa(mm, open.mapping, index, req, 0)
  else yield* ondemandReadahead(mm, open, index, req, false)
}

/** page_cache_async_ra: the reader has met the marker. */
export function* pageCacheAsyncRa(mm: Mm, open: OpenFile, index: number, pfn: number, req: number): Episode<void> {
  if ((mm.frames.flags[pfn] & PG_WRITEBACK) !== 0) return
  mm.frames.flags[pfn] &= ~PG_RECLAIM
  if (open.raPages > 0) yield* ondemandReadahead(mm, open, index, req, true)
}

/** What an access looks like, and where its window begins; how far it goes is the kernel's (or the policy's) decision. */
interface Access {
  readonly pattern: ReadaheadWindowArgs['pattern']
  readonly start: number
  readonly previous: number
}

/** ondemand_readahead: chooses the window, then reads it. */
function* ondemandReadahead(mm: Mm, open: OpenFile, index: number, req: number, marker: boolean): Episode<void> {
  const max = open.raPages
  const access = classify(open, index, req, max, marker)
  if (access === undefined) return
  const { pattern, start, previous } = access
  const { size, async } = mm.decide.readaheadWindow({ pattern, index, req, start, previous, max })
  if (pattern !== 'random') {
    open.start = start
    open.size = size
    open.asyncSize = async
  }
  yield* doPageCacheRa(mm, open.mapping, start, size, async)
}

/** undefined: the reader goes on without. */
function classify(open: OpenFile, index: number, req: number, max: number, marker: boolean): Access | undefined {
  const initial: Access = { pattern: 'initial', start: index, previous: 0 }
  if (index === 0) return initial
  if (index === open.start + open.size - open.asyncSize || index === open.start + open.size) return { pattern: 'sequential', start: open.start + open.size, previous: open.size }
  if (marker) return behindMarker(open, index, req, max)
  if (req > max) return initial
  const gap = index - Math.floor(open.prevPos / 4096)
  if (open.prevPos >= 0 && (gap === 0 || gap === 1)) return initial
  return context(open, index, req, max) ?? { pattern: 'random', start: index, previous: 0 }
}

/** A marker that fits no state: go on behind what is cached. */
function behindMarker(open: OpenFile, index: number, req: number, max: number): Access | undefined {
  let start = index + 1
  while (start < open.mapping.pages && start - index <= max && findPage(open.mapping, start) >= 0) start++
  return start - index > max ? undefined : { pattern: 'marker', start, previous: start - index + req }
}

/** try_context_readahead: cached pages before the miss look like a stream. */
function context(open: OpenFile, index: number, req: number, max: number): Access | undefined {
  let history = 0
  while (history < max && index - 1 - history >= 0 && findPage(open.mapping, index - 1 - history) >= 0) history++
  if (history <= req) return undefined
  return { pattern: 'context', start: index, previous: history >= index ? history * 2 : history }
}

/** page_cache_ra_unbounded: allocates and inserts page by page, then submits; cached pages split the submission. */
export function* doPageCacheRa(mm: Mm, file: FileMapping, start: number, size: number, lookahead: number): Episode<void> {
  const end = Math.min(start + size, file.pages)
  const mark = lookahead > 0 ? start + size - lookahead : -1
  const batch: number[] = []
  mm.current.nofs++
  for (let index = start; index < end; index++) {
    if (findPage(file, index) >= 0) {
      yield* submitReads(mm, file, batch)
      continue
    }
    let pfn = allocPageFast(mm, READAHEAD_GFP, 0)
    if (pfn < 0) pfn = yield* allocPagesSlowpath(mm, READAHEAD_GFP, 0)
    if (pfn >= 0 && mm.current.memcg !== 0) pfn = yield* chargeOrGiveBack(mm, pfn, mm.current.memcg, READAHEAD_GFP)
    if (pfn < 0) break
    if (findPage(file, index) >= 0) {
      giveBack(mm, pfn)
      continue
    }
    filemapAddFolio(mm, file, index, pfn, index === mark ? PG_LOCKED | PG_RECLAIM : PG_LOCKED, false)
    batch.push(pfn)
    mm.clock.now += mm.cost.readaheadPage
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  yield* submitReads(mm, file, batch)
  mm.current.nofs--
}

/** read_pages: one plug, adjacent pages become one request. Empties `batch`. */
function* submitReads(mm: Mm, file: FileMapping, batch: number[]): Episode<void> {
  if (batch.length === 0) return
  const plug = mm.io.plug(mm.current.id)
  for (let i = 0; i < batch.length; i++) {
    const sector = file.sector + mm.frames.index[batch[i]]
    if (mm.pageTrace?.pfn === batch[i]) mm.pageTrace.event('read_submit', { position: i, of: batch.length })
    if (mm.io.submit(plug, file.disk, READ, sector, 1, batch[i], mm.clock.now)) mm.vm.pgpgin += 4
    else yield* submitPageRead(mm, file.disk, sector, batch[i])
  }
  mm.io.unplug(plug, mm.clock.now)
  mm.clock.now += mm.cost.ioSubmit
  batch.length = 0
}

export function* submitPageRead(mm: Mm, disk: number, sector: number, pfn: number): Episode<void> {
  mm.vm.pgpgin += 4
  while (!mm.io.submit(mm.io.plugOf(mm.current.id), disk, READ, sector, 1, pfn, mm.clock.now)) yield* waitForTag(mm, disk)
}

/** A single page after readahead gave nothing (it ran out of memory): full effort, may reclaim with FS and kill. false: no memory. */
export function* readOnePage(mm: Mm, file: FileMapping, index: number): Episode<boolean> {
  const pfn = yield* allocPageCharged(mm, GFP_HIGHUSER_MOVABLE, mm.current.memcg)
  if (pfn < 0) return false
  if (findPage(file, index) >= 0) {
    giveBack(mm, pfn)
    return true
  }
  filemapAddFolio(mm, file, index, pfn, PG_LOCKED, false)
  yield* submitReads(mm, file, [pfn])
  return true
}
