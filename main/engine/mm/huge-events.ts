/** What a machine keeps of its huge pages: events that a machine without them does not show, and the pool of hugetlbfs (mm/hugetlb.c:struct hstate, v6.1). */
import type { KernelBlocks } from './mm'

/** thp_split_page, thp_split_pmd, thp_swpout_fallback. */
export class HugeEvents {
  splitPage = 0
  splitPmd = 0
  swpoutFallback = 0
}

const HUGETLB_PAGE_ORDER = 9

/** Huge pages set aside for hugetlbfs, newest last. Nobody maps them here. */
export class HugePool implements KernelBlocks {
  readonly order = HUGETLB_PAGE_ORDER
  readonly heads: number[] = []

  pfns(): Iterable<number> {
    return this.heads
  }
}
