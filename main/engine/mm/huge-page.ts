/**
 * Transparent huge pages of anonymous memory: the first touch of 2 MiB gets one folio of 512 pages, mapped as a whole; it is split when a part of it goes or when it is to be swapped.
 * Source: mm/huge_memory.c:__do_huge_pmd_anonymous_page, zap_huge_pmd, split_huge_page_to_list (v6.1). The fault is huge-fault.ts.
 * A folio is known by its head: flags with the order, mapping, index, one place on the LRU lists; counters add its pages. The area still has an entry a page, all alike but for
 * accessed and dirty bits, which together are the PMD's: a touch that hits does not know the difference.
 * Simplifications: khugepaged does not collapse small pages into huge ones. A huge page goes to swap page by page (the kernel writes it whole where it finds a whole cluster of slots), and one that loses a part is split at once, not when memory gets short. Areas begin at 2 MiB.
 */
import { PTE_DIRTY, PTE_PRESENT, PTE_WRITE, PTE_YOUNG, PTRS_PER_PTE, tableOf } from './area'
import type { Area } from './area'
import { listAddBefore } from './list'
import { folioLruGen, lruGenLinkedList } from './lru-gen'
import { folioLruList, folioLruvec, lruvecAddFolio } from './lruvec'
import type { Mm } from './mm'
import { PAGEBLOCK_ORDER } from './mmzone'
import { preparePage } from './page-alloc'
import { PG_ISOLATED, PG_LRU, PG_MAPPED, PG_ORDER_MASK, PG_REF_MASK, PG_REF_ONE, PG_SWAPBACKED, PG_TAIL, PG_UPTODATE } from './page'
import { folioAddLru } from './swap-lru'

export const HPAGE_PMD_ORDER = PAGEBLOCK_ORDER
export const HPAGE_PMD_NR = 1 << HPAGE_PMD_ORDER

/** The page table of these 2 MiB is there, for the day of a split: maps the block `pfn`, zeroed. */
export function mapHugePage(mm: Mm, area: Area, table: number, pfn: number): void {
  const first = table * PTRS_PER_PTE
  preparePage(mm, pfn, HPAGE_PMD_ORDER, PG_SWAPBACKED | PG_UPTODATE | PG_MAPPED)
  mm.frames.mapping[pfn] = area.id
  mm.frames.index[pfn] = first
  for (let tail = pfn + 1; tail < pfn + HPAGE_PMD_NR; tail++) preparePage(mm, tail, 0, PG_TAIL)
  for (let i = 0; i < PTRS_PER_PTE; i++) area.pte[first + i] = PTE_PRESENT | PTE_YOUNG | PTE_DIRTY | PTE_WRITE | (pfn + i)
  area.huge ??= new Uint8Array(area.tables.length)
  area.huge[table] = 1
  area.task.rssAnon += HPAGE_PMD_NR
  area.task.minflt++
  const node = mm.nodeOf(pfn)
  node.stat.nr_anon_pages += HPAGE_PMD_NR
  node.anonThps += HPAGE_PMD_NR
  mm.vm.thp_fault_alloc++
  mm.clock.now += mm.cost.hugeFault
  mm.pageTrace?.hugePage(area, first, pfn)
  folioAddLru(mm, pfn)
}

/** Is this page mapped by a PMD? */
export function isHugeMapped(area: Area, index: number): boolean {
  return area.huge !== undefined && area.huge[tableOf(index)] === 1
}

/** zap_huge_pmd: the whole mapping goes. The folio is the caller's to let go. */
export function zapHugePmd(mm: Mm, area: Area, table: number, pfn: number): void {
  const first = table * PTRS_PER_PTE
  area.pte.fill(0, first, first + PTRS_PER_PTE)
  unmarkHuge(mm, area, table, pfn)
  mm.frames.flags[pfn] &= ~PG_MAPPED
  area.task.rssAnon -= HPAGE_PMD_NR
  mm.nodeOf(pfn).stat.nr_anon_pages -= HPAGE_PMD_NR
}

function unmarkHuge(mm: Mm, area: Area, table: number, pfn: number): void {
  if (area.huge !== undefined) area.huge[table] = 0
  mm.nodeOf(pfn).anonThps -= HPAGE_PMD_NR
}

/**
 * split_huge_page: 512 pages of their own, each mapped by its entry, alike in everything else. Those of a folio on an LRU list follow it there, before it in the list; those of one that
 * reclaim has isolated are isolated too if `isolated`, else they go to the head of the list.
 */
export function splitHugePage(mm: Mm, pfn: number, isolated: boolean): void {
  const f = mm.frames
  const area = mm.areas[f.mapping[pfn]]
  const first = f.index[pfn]
  const flags = f.flags[pfn] & ~PG_ORDER_MASK
  f.flags[pfn] = flags
  const rest = flags & ~(PG_LRU | PG_ISOLATED | PG_REF_MASK)
  const lruvec = folioLruvec(mm, pfn)
  const listed = (flags & PG_LRU) !== 0
  for (let i = HPAGE_PMD_NR - 1; i >= 1; i--) {
    const tail = pfn + i
    f.flags[tail] = listed ? rest | PG_LRU : isolated ? (rest | PG_ISOLATED) + PG_REF_ONE : rest
    f.mapping[tail] = f.mapping[pfn]
    f.index[tail] = first + i
    if (lruvec.gen.enabled) f.lruGen[tail] = f.lruGen[pfn]
    if (listed && folioLruGen(mm, pfn) >= 0) listAddBefore(f, lruvec.gen.lists, lruGenLinkedList(mm, pfn), pfn, tail)
    else if (listed) listAddBefore(f, lruvec.lists, folioLruList(rest), pfn, tail)
    else if (!isolated) lruvecAddFolio(mm, lruvec, tail)
  }
  mm.folioWatch?.split(mm, pfn, HPAGE_PMD_NR)
  mm.clock.now += mm.cost.splitHuge
  mm.huge.splitPage++
  if (area === undefined || !isHugeMapped(area, first)) return
  mm.huge.splitPmd++
  unmarkHuge(mm, area, tableOf(first), pfn)
}
