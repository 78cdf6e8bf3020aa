/**
 * The first touch of anonymous memory that may have a huge page, and where that page comes from.
 * Source: mm/huge_memory.c:do_huge_pmd_anonymous_page, vma_thp_gfp_mask; mm/mempolicy.c:vma_alloc_folio (v6.1).
 * Simplifications: setting `defrag` is its default, madvise. No huge zero page: a read maps the small one, and its 2 MiB stay small.
 */
import type { Episode } from '../core/clock'
import { PTRS_PER_PTE, tableOf } from './area'
import type { Area } from './area'
import { GFP_COMP, GFP_DIRECT_RECLAIM, GFP_HIGHUSER_MOVABLE, GFP_NOMEMALLOC, GFP_NORETRY, GFP_NOWARN, GFP_RECLAIM, GFP_THISNODE } from './gfp'
import { HPAGE_PMD_ORDER } from './huge-page'
import type { Mm } from './mm'
import { allocPageFast } from './page-alloc'
import { allocPagesSlowpath } from './slowpath'

/** GFP_TRANSHUGE_LIGHT: from what is free, at once or not at all. */
const GFP_TRANSHUGE_LIGHT = (GFP_HIGHUSER_MOVABLE | GFP_COMP | GFP_NOMEMALLOC | GFP_NOWARN) & ~GFP_RECLAIM

/** vma_thp_gfp_mask of an area, defrag being madvise; 0: no huge pages in it. `advised`: madvise(MADV_HUGEPAGE). */
export function thpGfp(enabled: 'never' | 'madvise' | 'always', advised: boolean): number {
  if (enabled === 'never' || (enabled === 'madvise' && !advised)) return 0
  return advised ? GFP_TRANSHUGE_LIGHT | GFP_DIRECT_RECLAIM : GFP_TRANSHUGE_LIGHT
}

/** Could a first touch of this page get a huge one? Nothing of its 2 MiB was touched before, and all of it belongs to the area. */
export function hugeFaultPossible(area: Area, index: number): boolean {
  const table = tableOf(index)
  return area.thpGfp !== 0 && area.tables[table] === 0 && (table + 1) * PTRS_PER_PTE <= area.pages
}

/** vma_alloc_folio: here and without effort first, then anywhere. A block, or -1. */
export function* allocHugePage(mm: Mm, gfp: number): Episode<number> {
  const near = gfp | GFP_THISNODE | GFP_NORETRY
  let pfn = allocPageFast(mm, near, HPAGE_PMD_ORDER)
  if (pfn < 0) pfn = yield* allocPagesSlowpath(mm, near, HPAGE_PMD_ORDER)
  if (pfn >= 0 || (gfp & GFP_DIRECT_RECLAIM) === 0) return pfn
  pfn = allocPageFast(mm, gfp, HPAGE_PMD_ORDER)
  return pfn >= 0 ? pfn : yield* allocPagesSlowpath(mm, gfp, HPAGE_PMD_ORDER)
}
