/**
 * The pool of huge pages behind hugetlbfs, as vm.nr_hugepages sets its size: it grows one block at a time, by hard work if need be, until an allocation fails; what is too many goes back.
 * Source: mm/hugetlb.c:set_max_huge_pages, alloc_pool_huge_page, alloc_buddy_huge_page, remove_pool_huge_page (v6.1).
 * Simplifications: all pages come from the writer's own node; nobody maps them, so all can go back; no surplus pages, no pool of 1 GiB pages.
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { GFP_COMP, GFP_HIGHUSER_MOVABLE, GFP_NOWARN, GFP_RETRY_MAYFAIL, GFP_THISNODE } from './gfp'
import type { Mm } from './mm'
import { allocPageFast, freeKernelBlock, prepareKernelBlock } from './page-alloc'
import { allocPagesSlowpath } from './slowpath'

const HUGETLB_GFP = GFP_HIGHUSER_MOVABLE | GFP_COMP | GFP_NOWARN | GFP_RETRY_MAYFAIL | GFP_THISNODE

/** set_max_huge_pages: a write to vm.nr_hugepages. The sysctl reads back as what there is then. */
export function* setMaxHugePages(mm: Mm, count: number): Episode<void> {
  const { heads } = mm.hugePool
  while (heads.length < count && !mm.current.killed) {
    if (mm.clock.now >= mm.clock.limit) yield RUN
    let pfn = allocPageFast(mm, HUGETLB_GFP, mm.hugePool.order)
    if (pfn < 0) pfn = yield* allocPagesSlowpath(mm, HUGETLB_GFP, mm.hugePool.order)
    if (pfn < 0) {
      mm.vm.htlb_buddy_alloc_fail++
      break
    }
    mm.vm.htlb_buddy_alloc_success++
    addToPool(mm, pfn)
  }
  while (heads.length > count) {
    if (mm.clock.now >= mm.clock.limit) yield RUN
    freeNewest(mm)
  }
  mm.sysctl.preset('vm.nr_hugepages', heads.length)
}

/** A pool that is there when the machine starts: from free blocks alone. */
export function fillHugePool(mm: Mm, count: number): void {
  while (mm.hugePool.heads.length < count) {
    const pfn = allocPageFast(mm, HUGETLB_GFP, mm.hugePool.order)
    if (pfn < 0) break
    addToPool(mm, pfn)
  }
  mm.sysctl.preset('vm.nr_hugepages', mm.hugePool.heads.length)
}

function addToPool(mm: Mm, pfn: number): void {
  prepareKernelBlock(mm, pfn, mm.hugePool.order)
  mm.hugePool.heads.push(pfn)
  mm.kernelBlocks.add(mm.hugePool)
  mm.clock.now += mm.cost.hugetlbPrep
}

function freeNewest(mm: Mm): void {
  const pfn = mm.hugePool.heads.pop()
  if (pfn !== undefined) freeKernelBlock(mm, pfn, mm.hugePool.order)
  if (mm.hugePool.heads.length === 0) mm.kernelBlocks.delete(mm.hugePool)
}
