/**
 * From a frame to the page table entries that map it: young bits, unmapping. Source: mm/rmap.c:folio_referenced, try_to_unmap, folio_mkclean (v6.1).
 */
import { PTE_DIRTY, PTE_SWAP, PTE_SWAP_EXCLUSIVE, PTE_VALUE, PTE_WRITE, PTE_YOUNG } from './area'
import type { Area } from './area'
import { folioMarkDirty } from './dirty'
import { countMapped } from './file-pages'
import type { Mm } from './mm'
import { PG_DIRTY, PG_MAPPED, PG_ORDER_MASK, PG_SHMEM, folioNrPages, isAnonFolio } from './page'
import { folioMarkAccessed } from './swap-lru'

/** Does this area's entry map exactly this frame? */
function maps(area: Area, index: number, pfn: number): boolean {
  const pte = area.pte[index]
  return pte < 0 && (pte & PTE_VALUE) === pfn
}

export function testClearYoung(mm: Mm, area: Area, index: number): number {
  const pte = area.pte[index]
  if ((pte & PTE_YOUNG) === 0) return 0
  if (mm.tlbFlushNs > 0) (area.clearedAt ??= new Float64Array(area.pages))[index] = mm.clock.now
  area.pte[index] = pte & ~PTE_YOUNG
  return 1
}

/** The areas in which a page is mapped. */
export function mappingsOf(mm: Mm, pfn: number): readonly Area[] {
  const f = mm.frames
  if ((f.flags[pfn] & PG_MAPPED) === 0) return []
  const index = f.index[pfn]
  if (!isAnonFolio(f.flags[pfn])) return mm.files[f.mapping[pfn]].areas.filter((area) => index < area.pages && maps(area, index, pfn))
  const area = mm.areas[f.mapping[pfn]]
  return area !== undefined && maps(area, index, pfn) ? [area] : []
}

/** A PMD has one accessed bit: that of all its pages together. */
function hugeReferenced(mm: Mm, area: Area, first: number, pages: number): number {
  let young = 0
  for (let index = first; index < first + pages; index++) young |= testClearYoung(mm, area, index)
  return young
}

/** folio_referenced: how many entries were young; they are cleared. */
export function folioReferenced(mm: Mm, pfn: number): number {
  const f = mm.frames
  const flags = f.flags[pfn]
  if ((flags & PG_MAPPED) === 0) return 0
  mm.clock.now += mm.cost.referencedPage
  const index = f.index[pfn]
  if (isAnonFolio(flags)) {
    const area = mm.areas[f.mapping[pfn]]
    if ((flags & PG_ORDER_MASK) !== 0) return area === undefined ? 0 : hugeReferenced(mm, area, index, folioNrPages(flags))
    return area !== undefined && maps(area, index, pfn) ? testClearYoung(mm, area, index) : 0
  }
  let young = 0
  for (const area of mm.files[f.mapping[pfn]].areas) if (index < area.pages && maps(area, index, pfn)) young += testClearYoung(mm, area, index)
  return young
}

/** Is some entry dirty? (Only asked for facts; unmapping moves the bit to the page.) */
export function folioPteDirty(mm: Mm, pfn: number): number {
  const f = mm.frames
  const flags = f.flags[pfn]
  if ((flags & PG_MAPPED) === 0) return 0
  const index = f.index[pfn]
  if ((flags & PG_ORDER_MASK) !== 0) return mm.areas[f.mapping[pfn]]?.pte.subarray(index, index + folioNrPages(flags)).some((pte) => (pte & PTE_DIRTY) !== 0) === true ? 1 : 0
  if (isAnonFolio(flags)) return (mm.areas[f.mapping[pfn]]?.pte[index] ?? 0) & PTE_DIRTY ? 1 : 0
  for (const area of mm.files[f.mapping[pfn]].areas) if (index < area.pages && maps(area, index, pfn) && (area.pte[index] & PTE_DIRTY) !== 0) return 1
  return 0
}

/** folio_mkclean: a file page about to be written must fault again on the next store. */
export function folioMkclean(mm: Mm, pfn: number): void {
  const f = mm.frames
  if ((f.flags[pfn] & PG_MAPPED) === 0) return
  const index = f.index[pfn]
  for (const area of mm.files[f.mapping[pfn]].areas) if (index < area.pages && maps(area, index, pfn)) area.pte[index] &= ~(PTE_DIRTY | PTE_WRITE)
}

/** try_to_unmap: every entry becomes a swap entry (anonymous) or nothing (file, tmpfs); dirty bits move to the page. */
export function tryToUnmap(mm: Mm, pfn: number): void {
  const f = mm.frames
  mm.clock.now += mm.cost.unmapPage
  if (isAnonFolio(f.flags[pfn])) unmapAnon(mm, pfn)
  else unmapFile(mm, pfn)
}

function unmapAnon(mm: Mm, pfn: number): void {
  const f = mm.frames
  const area = mm.areas[f.mapping[pfn]]
  const index = f.index[pfn]
  const slot = f.swap[pfn] - 1
  if (area === undefined || slot < 0 || !maps(area, index, pfn)) return
  if ((area.pte[index] & PTE_DIRTY) !== 0) f.flags[pfn] |= PG_DIRTY
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('unmapped', { entry: 'swap', slot, dirty: area.pte[index] & PTE_DIRTY ? 1 : 0 })
  area.pte[index] = PTE_SWAP | PTE_SWAP_EXCLUSIVE | slot
  mm.swap.count[slot]++
  area.task.rssAnon--
  area.task.swapents++
  f.flags[pfn] &= ~PG_MAPPED
  mm.nodeOf(pfn).stat.nr_anon_pages--
}

function unmapFile(mm: Mm, pfn: number): void {
  const f = mm.frames
  const file = mm.files[f.mapping[pfn]]
  const index = f.index[pfn]
  for (const area of file.areas) if (index < area.pages && maps(area, index, pfn)) zapFilePte(mm, area, index, pfn)
  f.flags[pfn] &= ~PG_MAPPED
  countMapped(mm, pfn, -1)
}

function zapFilePte(mm: Mm, area: Area, index: number, pfn: number): void {
  const shmem = (mm.frames.flags[pfn] & PG_SHMEM) !== 0
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('unmapped', { entry: 'none', from: area.task.name, dirty: area.pte[index] & PTE_DIRTY ? 1 : 0, ...(shmem ? { tmpfs: 1 } : {}) })
  if ((area.pte[index] & PTE_DIRTY) !== 0) folioMarkDirty(mm, pfn)
  area.pte[index] = 0
  if (shmem) area.task.rssShmem--
  else area.task.rssFile--
}

/** Removes one mapping of a file or tmpfs page (munmap, exit). The last one clears PG_mapped. A young entry of tmpfs leaves an access mark (zap_pte_range); those of disk files don't here. */
export function pageRemoveFileRmap(mm: Mm, area: Area, index: number, pfn: number): void {
  if ((mm.frames.flags[pfn] & PG_SHMEM) !== 0 && (area.pte[index] & PTE_YOUNG) !== 0) folioMarkAccessed(mm, pfn)
  zapFilePte(mm, area, index, pfn)
  const others = mm.files[mm.frames.mapping[pfn]].areas
  for (const other of others) if (other !== area && index < other.pages && maps(other, index, pfn)) return
  mm.frames.flags[pfn] &= ~PG_MAPPED
  countMapped(mm, pfn, -1)
}

