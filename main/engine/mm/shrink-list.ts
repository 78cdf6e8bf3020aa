/**
 * What becomes of isolated folios: kept, activated, written, freed. Source: mm/vmscan.c:shrink_folio_list, folio_check_references, pageout, __remove_mapping;
 * mm/page_io.c:swap_writepage; mm/shmem.c:shmem_writepage by way of shmem-mapping.ts (v6.1). Simplifications: no demotion, no lazyfree; huge pages are split before they go to swap; file pages have no private data but buffer heads, which only
 * a file system's own blocks keep.
 */
import { DIRTY_KSWAPD, DIRTY_NODE, DIRTY_SEEN, FOLIOREF_ACTIVATE, FOLIOREF_KEEP, FOLIOREF_RECLAIM, FOLIOREF_RECLAIM_CLEAN, REMOVED_EVICTED } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { clearDirtyForIo } from './dirty'
import { folioFacts } from './folio-facts'
import { GFP_FS, GFP_IO } from './gfp'
import { splitHugePage } from './huge-page'
import type { FolioList } from './isolate'
import { writebackThrottlingSane } from './isolate'
import { lruGenReferenced } from './lru-gen-walk'
import { folioLruvec } from './lruvec'
import { memcgOfFrame } from './memcg-stock'
import type { Mm } from './mm'
import type { Lruvec } from './lruvec'
import type { LruOwner } from './mmzone'
import {
  PG_ACTIVE, PG_DEAD, PG_DIRTY, PG_ISOLATED, PG_LOCKED, PG_MAPPED, PG_RECLAIM, PG_REF_ONE, PG_REFERENCED, PG_SHMEM, PG_SWAPBACKED, PG_SWAPCACHE, PG_WRITEBACK, folioNrPages, folioRefs, isAnonFolio,
  isCompound,
} from './page'
import { removeFromPageCache } from './page-cache'
import { folioPteDirty, folioReferenced, tryToUnmap } from './rmap'
import type { ScanControl } from './scan-control'
import { shmemWritepage } from './shmem-mapping'
import { addToSwap, areaOfSlot, deleteFromSwapCache, folioFreeSwap, memcgSwapFull } from './swap'
import { freeFrame } from './page-alloc'
import { startPageWriteback, submitPageWrite, waitOnPageWriteback } from './writeback'
import { mempoolAlloc, mempoolFree, slabAlloc, slabAllocNofail } from './slab'
import { workingsetEviction } from './workingset'
import type { ZramDevice } from './zram'

/** What one batch met (struct reclaim_stat). */
export class ReclaimStat {
  nrDirty = 0
  nrUnqueuedDirty = 0
  nrCongested = 0
  nrWriteback = 0
  nrImmediate = 0
  nrPageout = 0
  nrActivate = 0
  nrReclaimed = 0
  /** Verdict on the huge page that is to be split. */
  references = 0
}

const KEEP = 0
const ACTIVATE = 1
const FREE = 2
/** Must be written to swap; the caller does it, because submitting may sleep. */
const WRITE_SWAP = 3
/** Must be written to its file by kswapd as a last resort. */
const WRITE_FILE = 4
/** Its write must end before more can be said. */
const WAIT = 5
/** A huge page on its way to swap: becomes 512 pages first. */
const SPLIT = 6

const FATES = ['keep', 'activate', 'free', 'write', 'write', 'wait', 'split']
const VERDICTS = ['reclaim', 'reclaim-clean', 'keep', 'activate']

/** Notes for a followed page why it meets its fate. */
function because(mm: Mm, pfn: number, fate: number, why: string): number {
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('fate', { fate: FATES[fate], why })
  return fate
}

/** shrink_folio_list: folios that are not freed stay in `list` (its order kept), the freed ones have left it. */
export function* shrinkFolioList(mm: Mm, lruvec: Lruvec, list: FolioList, sc: ScanControl, stat: ReclaimStat): Episode<void> {
  const freed: number[] = []
  let kept = 0
  for (let i = 0; i < list.nr; i++) {
    if (mm.clock.now >= mm.clock.limit) yield RUN
    const pfn = list.pfns[i]
    mm.clock.now += mm.cost.shrinkPage
    let fate = judgeFolio(mm, lruvec.owner, pfn, sc, stat)
    while (fate === WAIT) {
      yield* waitOnPageWriteback(mm, pfn)
      fate = judgeFolio(mm, lruvec.owner, pfn, sc, stat)
    }
    if (fate === SPLIT) fate = splitFolio(mm, lruvec.owner, list, i, sc, stat)
    if (fate === WRITE_SWAP) fate = yield* swapOut(mm, pfn, stat, sc)
    else if (fate === WRITE_FILE) fate = yield* writeFileFolio(mm, pfn, stat)
    if (fate === FREE) {
      freed.push(pfn)
      continue
    }
    if (fate === ACTIVATE) activateFolio(mm, pfn, stat)
    list.pfns[kept++] = pfn
  }
  list.nr = kept
  mm.vm.pgactivate += stat.nrActivate
  stat.nrReclaimed += freed.length
  // Freed newest first, so the oldest ends on top of the per-cpu list.
  for (let i = freed.length - 1; i >= 0; i--) {
    mm.folioWatch?.removed(freed[i], REMOVED_EVICTED)
    freeFrame(mm, freed[i])
  }
}

/** split_folio_to_list, for want of a whole cluster of slots: the folio's other pages are next in the list. Goes on with its first. */
function splitFolio(mm: Mm, owner: LruOwner, list: FolioList, at: number, sc: ScanControl, stat: ReclaimStat): number {
  const pfn = list.pfns[at]
  const pages = folioNrPages(mm.frames.flags[pfn])
  splitHugePage(mm, pfn, true)
  list.insert(at, pfn + 1, pages - 1)
  mm.huge.swpoutFallback++
  sc.nrScanned -= pages - 1
  return judgeUnreferenced(mm, owner, pfn, sc, stat, stat.references)
}

function judgeFolio(mm: Mm, owner: LruOwner, pfn: number, sc: ScanControl, stat: ReclaimStat): number {
  if (mm.scopedHooks) mm.hookLruvec = folioLruvec(mm, pfn)
  const f = mm.frames
  const flags = f.flags[pfn]
  if ((flags & PG_LOCKED) !== 0) return because(mm, pfn, KEEP, 'locked')
  sc.nrScanned += folioNrPages(flags)
  if ((flags & PG_DEAD) !== 0) return because(mm, pfn, KEEP, 'dead')
  if (!sc.mayUnmap && (flags & PG_MAPPED) !== 0) return because(mm, pfn, KEEP, 'may-not-unmap')
  // The aging met it while it was off the lists.
  if (mm.lruGen.core && (flags & (PG_MAPPED | PG_REFERENCED)) === (PG_MAPPED | PG_REFERENCED)) return because(mm, pfn, KEEP, 'young')
  // Mapped pages and those of the swap cache weigh twice on slab.
  if (mm.traits.slabShare === 'scanned' && (flags & (PG_MAPPED | PG_SWAPCACHE)) !== 0) sc.nrScanned += folioNrPages(flags)
  if ((flags & PG_SWAPBACKED) === 0) countDirty(mm, pfn, flags, stat)
  if ((flags & PG_WRITEBACK) !== 0) return underWriteback(mm, owner, pfn, sc, stat)
  const references = sc.proposed ? FOLIOREF_RECLAIM : checkReferences(mm, pfn, sc)
  if (references === FOLIOREF_ACTIVATE) return ACTIVATE
  if (references === FOLIOREF_KEEP) return KEEP
  return judgeUnreferenced(mm, owner, pfn, sc, stat, references)
}

/** Nobody has used the folio lately. */
function judgeUnreferenced(mm: Mm, owner: LruOwner, pfn: number, sc: ScanControl, stat: ReclaimStat, references: number): number {
  const f = mm.frames
  let flags = f.flags[pfn]
  const file = (flags & PG_SWAPBACKED) === 0
  if (isAnonFolio(flags) && (flags & PG_SWAPCACHE) === 0) {
    if ((sc.gfp & GFP_IO) === 0) return because(mm, pfn, KEEP, 'no-io')
    if (!mm.decide.swapAdmit(folioFacts(flags, mm.factsNeedPteDirty ? folioPteDirty(mm, pfn) : 0))) return because(mm, pfn, ACTIVATE, 'not-admitted')
    if (isCompound(flags)) {
      stat.references = references
      return SPLIT
    }
    if (!addToSwap(mm, pfn)) return because(mm, pfn, ACTIVATE, 'no-slot')
  }
  if ((flags & PG_MAPPED) !== 0) {
    tryToUnmap(mm, pfn)
    if ((f.flags[pfn] & PG_MAPPED) !== 0) return because(mm, pfn, ACTIVATE, 'still-mapped')
  }
  flags = f.flags[pfn]
  if ((flags & PG_DIRTY) !== 0) return judgeDirty(mm, owner, pfn, sc, references === FOLIOREF_RECLAIM_CLEAN)
  // Its buffers are held (try_to_free_buffers fails).
  if (file && holdsBuffers(mm, pfn)) return because(mm, pfn, ACTIVATE, 'buffers')
  return removeMapping(mm, pfn, sc)
}

function holdsBuffers(mm: Mm, pfn: number): boolean {
  const { pinned, pages } = mm.files[mm.frames.mapping[pfn]]
  return pinned > 0 && mm.frames.index[pfn] >= pages - pinned
}

function countDirty(mm: Mm, pfn: number, flags: number, stat: ReclaimStat): void {
  const dirty = (flags & PG_DIRTY) !== 0
  const writeback = (flags & PG_WRITEBACK) !== 0
  if (dirty || writeback) stat.nrDirty++
  if (dirty && !writeback) stat.nrUnqueuedDirty++
  if ((writeback && (flags & PG_RECLAIM) !== 0) || (mm.traits.stalls === 'congestion' && mm.congestion.has(mm, mm.files[mm.frames.mapping[pfn]].disk))) stat.nrCongested++
}

/** A folio under writeback is marked for rotation and goes to the active list until its IO ends (3.18: stays where it is). Only for a v1 group is it waited for, when it is met the second time. */
function underWriteback(mm: Mm, owner: LruOwner, pfn: number, sc: ScanControl, stat: ReclaimStat): number {
  const seen = (mm.frames.flags[pfn] & PG_RECLAIM) !== 0
  if (sc.isKswapd && seen && owner.flagWriteback) stat.nrImmediate++
  else if (seen && !writebackThrottlingSane(mm, sc) && mayEnterFs(mm, pfn, sc)) return because(mm, pfn, WAIT, 'writeback')
  else {
    mm.frames.flags[pfn] |= PG_RECLAIM
    stat.nrWriteback++
  }
  return because(mm, pfn, mm.traits.dirtyFolios === 'activate' ? ACTIVATE : KEEP, 'writeback')
}

/** may_enter_fs: swap needs only IO. */
function mayEnterFs(mm: Mm, pfn: number, sc: ScanControl): boolean {
  return (sc.gfp & GFP_FS) !== 0 || ((mm.frames.flags[pfn] & PG_SWAPCACHE) !== 0 && (sc.gfp & GFP_IO) !== 0)
}

/** folio_check_references: asks the page tables, then the kernel's (or policy's) verdict; PG_referenced follows the kernel's rule. */
function checkReferences(mm: Mm, pfn: number, sc: ScanControl): number {
  const young = mm.lruGen.core ? lruGenReferenced(mm, pfn, sc.mmWalk) : folioReferenced(mm, pfn)
  mm.folioWatch?.looked(pfn, young)
  const f = mm.frames
  const flags = f.flags[pfn]
  const facts = folioFacts(flags, mm.factsNeedPteDirty ? folioPteDirty(mm, pfn) : 0)
  if (young > 0) f.flags[pfn] |= PG_REFERENCED
  else f.flags[pfn] &= ~PG_REFERENCED
  const verdict = mm.decide.folioReferences(young, facts)
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('references', { young, referenced: flags & PG_REFERENCED ? 1 : 0, verdict: VERDICTS[verdict] })
  return verdict
}

function judgeDirty(mm: Mm, owner: LruOwner, pfn: number, sc: ScanControl, cleanOnly: boolean): number {
  const f = mm.frames
  const file = (f.flags[pfn] & PG_SWAPBACKED) === 0
  const activates = mm.traits.dirtyFolios === 'activate'
  if (file && !mm.decide.pageoutDirty((sc.isKswapd ? DIRTY_KSWAPD : 0) | ((f.flags[pfn] & PG_RECLAIM) !== 0 ? DIRTY_SEEN : 0) | (owner.flagDirty ? DIRTY_NODE : 0))) {
    countOf(mm, pfn, 'nr_vmscan_immediate_reclaim')
    f.flags[pfn] |= PG_RECLAIM
    return because(mm, pfn, activates ? ACTIVATE : KEEP, 'dirty-file')
  }
  if (cleanOnly) return because(mm, pfn, KEEP, 'dirty-referenced')
  // may_enter_fs: swap needs only IO; file pages, and those of tmpfs until they are in the swap cache, need the file system.
  const inMapping = file || (f.flags[pfn] & PG_SWAPCACHE) === 0
  if ((sc.gfp & (inMapping ? GFP_FS : GFP_IO)) === 0) return because(mm, pfn, KEEP, inMapping && !file ? 'no-fs' : 'no-io')
  if (!sc.mayWritepage) return because(mm, pfn, KEEP, 'may-not-write')
  if (inMapping && !file) return moveToSwapCache(mm, pfn)
  return because(mm, pfn, file ? WRITE_FILE : WRITE_SWAP, 'dirty')
}

/** pageout of a tmpfs page, its first half (shmem_writepage): out of its file's mapping into the swap cache, where nothing tells it from an anonymous page. */
function moveToSwapCache(mm: Mm, pfn: number): number {
  if (folioRefs(mm.frames.flags[pfn]) !== 1) return because(mm, pfn, KEEP, 'held')
  const refused = shmemWritepage(mm, pfn)
  if (refused === undefined) return because(mm, pfn, WRITE_SWAP, 'dirty')
  mm.frames.flags[pfn] &= ~PG_RECLAIM
  return because(mm, pfn, ACTIVATE, refused)
}

/** __remove_mapping: only a clean folio that nobody else holds can go. Of tmpfs one that was never written can, and leaves no shadow. */
function removeMapping(mm: Mm, pfn: number, sc: ScanControl): number {
  const f = mm.frames
  const flags = f.flags[pfn]
  if (folioRefs(flags) !== 1 || (flags & PG_MAPPED) !== 0) return because(mm, pfn, KEEP, 'held')
  mm.clock.now += mm.cost.removeMapping
  mm.pageTrace?.evicted(pfn)
  mm.watch?.evicted(pfn)
  // A generation's shadow names the group that lost the page, a classic one the group for whose sake it went.
  const target = mm.lruGen.core ? memcgOfFrame(mm, pfn).id : (sc.targetMemcg?.id ?? 0)
  if ((flags & PG_SWAPCACHE) !== 0) deleteFromSwapCache(mm, pfn, true, target)
  else if ((flags & PG_SWAPBACKED) === 0) removeFromPageCache(mm, pfn, workingsetEviction(mm, pfn, target), target)
  else if ((flags & PG_SHMEM) !== 0) removeFromPageCache(mm, pfn, 0)
  else return KEEP
  f.flags[pfn] = (f.flags[pfn] & ~PG_ISOLATED) - PG_REF_ONE
  return because(mm, pfn, FREE, 'clean')
}

function activateFolio(mm: Mm, pfn: number, stat: ReclaimStat): void {
  if ((mm.frames.flags[pfn] & PG_SWAPCACHE) !== 0 && memcgSwapFull(mm, pfn)) folioFreeSwap(mm, pfn)
  const flags = (mm.frames.flags[pfn] |= PG_ACTIVE)
  mm.folioWatch?.activated(pfn)
  stat.nrActivate += folioNrPages(flags)
}

/** pageout of a swap-cache folio: one bio a page, into the task's plug; sleeps when the device has no tag left. */
function* swapOut(mm: Mm, pfn: number, stat: ReclaimStat, sc: ScanControl): Episode<number> {
  const f = mm.frames
  const slot = f.swap[pfn] - 1
  const area = areaOfSlot(mm, slot)
  if (area.zram === undefined) yield* allocBio(mm, pfn)
  countOf(mm, pfn, 'nr_vmscan_write')
  stat.nrPageout++
  f.flags[pfn] = (f.flags[pfn] & ~PG_DIRTY) | PG_RECLAIM
  if (folioFreeSwap(mm, pfn)) {
    // Its owner died meanwhile: nothing to write, the slot is free again, and whoever puts the folio back last frees it.
    f.flags[pfn] = (f.flags[pfn] & ~(PG_RECLAIM | PG_DIRTY)) | PG_DEAD
    if (area.zram === undefined) mempoolFree(mm, mm.slabs.swapBio)
    return KEEP
  }
  if (area.zram !== undefined) return storeInZram(mm, pfn, area.zram, slot - area.base, sc)
  startPageWriteback(mm, pfn)
  slabAllocNofail(mm, mm.slabs.swapDescriptor)
  mm.vm.pswpout++
  mm.vm.pgpgout += 4
  mm.clock.now += mm.cost.swapOutSubmit + mm.cost.ioSubmit
  yield* submitPageWrite(mm, area.disk, slot - area.base, pfn)
  return KEEP
}

/** The folio is locked while a bio is waited for: its owner may die, but not take it away. */
function* allocBio(mm: Mm, pfn: number): Episode<void> {
  if (slabAlloc(mm, mm.slabs.swapBio)) return
  mm.frames.flags[pfn] |= PG_LOCKED
  yield* mempoolAlloc(mm, mm.slabs.swapBio)
  mm.frames.flags[pfn] &= ~PG_LOCKED
  mm.wakePage(pfn)
}

/** A synchronous write: done when it returns, so the folio can go in this same pass. Where the pool has no room the page stays, dirty (end_swap_bio_write's error case). */
function storeInZram(mm: Mm, pfn: number, zram: ZramDevice, offset: number, sc: ScanControl): number {
  const f = mm.frames
  f.flags[pfn] &= ~PG_RECLAIM
  mm.vm.pswpout++
  mm.clock.now += mm.cost.swapOutSubmit
  if (!zram.store(offset, (f.flags[pfn] & PG_SHMEM) !== 0 ? mm.files[f.mapping[pfn]] : mm.areas[f.mapping[pfn]], f.index[pfn])) {
    f.flags[pfn] |= PG_DIRTY
    return because(mm, pfn, KEEP, 'zram-full')
  }
  countOf(mm, pfn, 'nr_written')
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('write_submit', { to: 'zram' })
  return removeMapping(mm, pfn, sc)
}

function* writeFileFolio(mm: Mm, pfn: number, stat: ReclaimStat): Episode<number> {
  const f = mm.frames
  const file = mm.files[f.mapping[pfn]]
  stat.nrPageout++
  countOf(mm, pfn, 'nr_vmscan_write')
  clearDirtyForIo(mm, pfn)
  f.flags[pfn] |= PG_RECLAIM
  startPageWriteback(mm, pfn)
  mm.vm.pgpgout += 4
  mm.clock.now += mm.cost.ioSubmit
  yield* submitPageWrite(mm, file.disk, file.sector + f.index[pfn], pfn)
  return KEEP
}

/** One of the page's node, and of its zone. */
function countOf(mm: Mm, pfn: number, name: 'nr_vmscan_immediate_reclaim' | 'nr_vmscan_write' | 'nr_written'): void {
  const zone = mm.zoneOf(pfn)
  mm.nodes[zone.node].stat[name]++
  zone.events[name]++
}
