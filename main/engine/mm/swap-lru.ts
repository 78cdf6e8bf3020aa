/**
 * Per-cpu LRU batches: pages wait here and reach their lists fifteen at a time or when somebody drains.
 * Source: mm/swap.c:folio_add_lru, lru_add_drain, folio_mark_accessed, folio_activate, folio_rotate_reclaimable, lru_note_cost (v6.1).
 * Batches hold a reference, so reclaim can't free a page that waits in one.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Mm } from './mm'
import type { Lruvec } from './lruvec'
import { folioIncRefs } from './lru-gen'
import { ageNonresident, folioLruList, folioLruvec, isActiveLru, lruvecAddFolio, lruvecAddFolioTail, lruvecDelFolio } from './lruvec'
import {
  PG_ACTIVE, PG_DEAD, PG_DIRTY, PG_LOCKED, PG_LRU, PG_MAPPED, PG_ORDER_MASK, PG_RECLAIM, PG_REF_MAX, PG_REF_ONE, PG_REFERENCED, PG_UNEVICTABLE, PG_WRITEBACK, folioNrPages, folioRefs, isFileFolio,
} from './page'
import { freeFolio } from './page-alloc'

/** One kind of batch of one CPU. */
class FolioBatch {
  nr = 0
  readonly pfns: Uint32Array
  constructor(size: number) {
    this.pfns = new Uint32Array(size)
  }
}

/** All batches of one CPU (struct cpu_fbatches). */
export class CpuBatches {
  readonly add: FolioBatch
  readonly rotate: FolioBatch
  readonly activate: FolioBatch
  readonly deactivateFile: FolioBatch
  constructor(size: number) {
    this.add = new FolioBatch(size)
    this.rotate = new FolioBatch(size)
    this.activate = new FolioBatch(size)
    this.deactivateFile = new FolioBatch(size)
  }
}

/**
 * A batch's reference. A page used again and again may wait in several batches many times, as in the kernel; here they are all let go before its references overflow, of which
 * one is left for isolation. A batch that is full with this page lets go by itself.
 */
function folioGet(mm: Mm, pfn: number, batch: FolioBatch): void {
  const refs = folioRefs(mm.frames.flags[pfn])
  if (refs >= PG_REF_MAX || (refs === PG_REF_MAX - 1 && batch.nr + 1 < batch.pfns.length)) lruAddDrainAll(mm)
  mm.frames.flags[pfn] += PG_REF_ONE
}

/** Drops a reference; frees the page if that was the last one of a page nobody owns. */
export function folioPut(mm: Mm, pfn: number): void {
  const flags = (mm.frames.flags[pfn] -= PG_REF_ONE)
  if ((flags & PG_DEAD) !== 0 && folioRefs(flags) === 0) releaseFolio(mm, pfn)
}

/** Takes an ownerless page off its list and frees it. */
function releaseFolio(mm: Mm, pfn: number): void {
  if ((mm.frames.flags[pfn] & PG_LRU) !== 0) lruvecDelFolio(mm, folioLruvec(mm, pfn), pfn)
  freeFolio(mm, pfn)
}

/** The owner lets go (page table zapped, cache slot emptied): free now, or when the last reference is put. */
export function disownFolio(mm: Mm, pfn: number): void {
  if (folioRefs(mm.frames.flags[pfn]) > 0) mm.frames.flags[pfn] |= PG_DEAD
  else releaseFolio(mm, pfn)
}

/** folio_add_lru: into this CPU's add batch. */
export function folioAddLru(mm: Mm, pfn: number): void {
  const batch = mm.batches[mm.cpu].add
  folioGet(mm, pfn, batch)
  if (mm.lruGen.core && mm.current.inLruFault && !mm.current.memalloc) mm.frames.flags[pfn] |= PG_ACTIVE
  mm.folioWatch?.added(mm, pfn)
  batch.pfns[batch.nr++] = pfn
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('batch_add', { waiting: batch.nr - 1, size: batch.pfns.length, cpu: mm.cpu })
  // A large folio does not wait.
  if (batch.nr === batch.pfns.length || (mm.frames.flags[pfn] & PG_ORDER_MASK) !== 0) drainAdd(mm, batch)
}

function drainAdd(mm: Mm, batch: FolioBatch): void {
  mm.clock.now += batch.nr * mm.cost.lruAddPage
  for (let i = 0; i < batch.nr; i++) {
    const pfn = batch.pfns[i]
    if ((mm.frames.flags[pfn] & PG_DEAD) === 0) {
      if (mm.folioWatch?.takeToTail(pfn) === true) lruvecAddFolioTail(mm, folioLruvec(mm, pfn), pfn)
      else lruvecAddFolio(mm, folioLruvec(mm, pfn), pfn)
    }
    if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('lru_add', { list: mm.pageTrace.list(pfn), others: batch.nr - 1, full: batch.nr === batch.pfns.length ? 1 : 0 })
    folioPut(mm, pfn)
  }
  batch.nr = 0
}

/** folio_rotate_reclaimable: writeback ended on a page that reclaim wants; move it to the tail. */
export function folioRotateReclaimable(mm: Mm, pfn: number): void {
  const flags = mm.frames.flags[pfn]
  const stays = mm.traits.dirtyFolios === 'activate' ? PG_LOCKED | PG_DIRTY | PG_UNEVICTABLE : PG_LOCKED | PG_DIRTY | PG_UNEVICTABLE | PG_ACTIVE
  const misses = (flags & stays) !== 0 || (flags & PG_LRU) === 0
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event(misses ? 'rotate_missed' : 'rotate_batch', { list: mm.pageTrace.list(pfn), dirty: flags & PG_DIRTY ? 1 : 0 }, 'interrupt')
  if (misses) return
  const batch = mm.batches[mm.cpu].rotate
  folioGet(mm, pfn, batch)
  batch.pfns[batch.nr++] = pfn
  if (batch.nr === batch.pfns.length) drainRotate(mm, batch)
}

function drainRotate(mm: Mm, batch: FolioBatch): void {
  for (let i = 0; i < batch.nr; i++) {
    const pfn = batch.pfns[i]
    const flags = mm.frames.flags[pfn]
    if ((flags & PG_LRU) !== 0 && (flags & (PG_UNEVICTABLE | PG_DEAD)) === 0) {
      const lruvec = folioLruvec(mm, pfn)
      lruvecDelFolio(mm, lruvec, pfn)
      mm.frames.flags[pfn] &= ~PG_ACTIVE
      lruvecAddFolioTail(mm, lruvec, pfn)
      mm.vm.pgrotated += folioNrPages(flags)
      if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('rotated', { list: mm.pageTrace.list(pfn), others: batch.nr - 1 })
    }
    folioPut(mm, pfn)
  }
  batch.nr = 0
}

/** folio_activate: queue for the active list. A page may wait in a batch many times; one that waits so often, on several CPUs, that its references run out is queued enough. */
export function folioActivate(mm: Mm, pfn: number): void {
  const flags = mm.frames.flags[pfn]
  if ((flags & PG_LRU) === 0 || (flags & (PG_ACTIVE | PG_UNEVICTABLE)) !== 0) return
  if (folioRefs(flags) >= PG_REF_MAX - 1 && mm.cpus > 1) return
  const batch = mm.batches[mm.cpu].activate
  folioGet(mm, pfn, batch)
  batch.pfns[batch.nr++] = pfn
  if (batch.nr === batch.pfns.length) drainActivate(mm, batch)
}

function drainActivate(mm: Mm, batch: FolioBatch): void {
  for (let i = 0; i < batch.nr; i++) {
    const pfn = batch.pfns[i]
    const flags = mm.frames.flags[pfn]
    if ((flags & PG_LRU) !== 0 && (flags & (PG_ACTIVE | PG_UNEVICTABLE | PG_DEAD)) === 0) {
      const lruvec = folioLruvec(mm, pfn)
      lruvecDelFolio(mm, lruvec, pfn)
      mm.frames.flags[pfn] |= PG_ACTIVE
      lruvecAddFolio(mm, lruvec, pfn)
      const pages = folioNrPages(flags)
      mm.vm.pgactivate += pages
      mm.folioWatch?.activated(pfn)
      if (lruvec.memcg !== 0) mm.memcgs.groups[lruvec.memcg].stat.pgactivate += pages
      if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('activated', { list: mm.pageTrace.list(pfn), others: batch.nr - 1 })
    }
    folioPut(mm, pfn)
  }
  batch.nr = 0
}

/** deactivate_file_folio: invalidation could not free it, so reclaim shall soon. */
export function deactivateFileFolio(mm: Mm, pfn: number): void {
  const batch = mm.batches[mm.cpu].deactivateFile
  folioGet(mm, pfn, batch)
  batch.pfns[batch.nr++] = pfn
  if (batch.nr === batch.pfns.length) drainDeactivateFile(mm, batch)
}

function drainDeactivateFile(mm: Mm, batch: FolioBatch): void {
  for (let i = 0; i < batch.nr; i++) {
    const pfn = batch.pfns[i]
    const flags = mm.frames.flags[pfn]
    if ((flags & PG_LRU) !== 0 && (flags & (PG_UNEVICTABLE | PG_DEAD | PG_MAPPED)) === 0) {
      const lruvec = folioLruvec(mm, pfn)
      const wasActive = isActiveLru(folioLruList(flags))
      lruvecDelFolio(mm, lruvec, pfn)
      mm.frames.flags[pfn] &= ~(PG_ACTIVE | PG_REFERENCED)
      if ((flags & (PG_WRITEBACK | PG_DIRTY)) !== 0) {
        // Not before its write has ended: that will rotate it.
        mm.frames.flags[pfn] |= PG_RECLAIM
        lruvecAddFolio(mm, lruvec, pfn)
      } else {
        lruvecAddFolioTail(mm, lruvec, pfn)
        mm.vm.pgrotated++
      }
      if (wasActive) {
        mm.vm.pgdeactivate++
        mm.folioWatch?.deactivated(pfn)
      }
      if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('deactivated', { list: mm.pageTrace.list(pfn) })
    }
    folioPut(mm, pfn)
  }
  batch.nr = 0
}

/** lru_add_drain: everything this CPU holds back. */
export function lruAddDrain(mm: Mm): void {
  drainCpu(mm, mm.batches[mm.cpu])
}

/** lru_add_drain_all. */
export function lruAddDrainAll(mm: Mm): void {
  for (const cpu of mm.batches) drainCpu(mm, cpu)
}

function drainCpu(mm: Mm, cpu: CpuBatches): void {
  if (cpu.add.nr > 0) drainAdd(mm, cpu.add)
  if (cpu.rotate.nr > 0) drainRotate(mm, cpu.rotate)
  if (cpu.deactivateFile.nr > 0) drainDeactivateFile(mm, cpu.deactivateFile)
  if (cpu.activate.nr > 0) drainActivate(mm, cpu.activate)
}

/** folio_mark_accessed: the first access marks, the second promotes. */
export function folioMarkAccessed(mm: Mm, pfn: number): void {
  if (mm.folioWatch !== undefined) mm.folioWatch.count(pfn)
  if (mm.lruGen.core) return folioIncRefs(mm, pfn)
  const flags = mm.frames.flags[pfn]
  if ((flags & PG_REFERENCED) === 0) {
    mm.frames.flags[pfn] = flags | PG_REFERENCED
    if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('accessed', { effect: 'referenced' })
    return
  }
  if ((flags & (PG_UNEVICTABLE | PG_ACTIVE)) !== 0) return
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('accessed', { effect: 'promoted' })
  if ((flags & PG_LRU) !== 0) folioActivate(mm, pfn)
  else if (inAddBatch(mm, pfn)) mm.frames.flags[pfn] |= PG_ACTIVE
  mm.frames.flags[pfn] &= ~PG_REFERENCED
  ageNonresident(folioLruvec(mm, pfn))
}

/** __lru_cache_activate_folio looks only at this CPU's add batch. */
function inAddBatch(mm: Mm, pfn: number): boolean {
  const { pfns, nr } = mm.batches[mm.cpu].add
  for (let i = nr - 1; i >= 0; i--) if (pfns[i] === pfn) return true
  return false
}

/** lru_note_cost: pages of IO that reclaim caused on this type, for the group and all above it; old costs fade. */
export function lruNoteCost(from: Lruvec, file: boolean, pages: number): void {
  for (let lruvec: Lruvec | undefined = from; lruvec !== undefined; lruvec = lruvec.parent) {
    if (file) lruvec.fileCost += pages
    else lruvec.anonCost += pages
    const size = lruvec.treeSize
    const total = size[LRU_INACTIVE_ANON] + size[LRU_ACTIVE_ANON] + size[LRU_INACTIVE_FILE] + size[LRU_ACTIVE_FILE]
    if (lruvec.anonCost + lruvec.fileCost > total / 4) {
      lruvec.fileCost = Math.floor(lruvec.fileCost / 2)
      lruvec.anonCost = Math.floor(lruvec.anonCost / 2)
    }
  }
}

/** lru_note_cost_folio: a page came back that reclaim should not have taken. */
export function lruNoteCostFolio(mm: Mm, pfn: number): void {
  lruNoteCost(folioLruvec(mm, pfn), isFileFolio(mm.frames.flags[pfn]), 1)
}

