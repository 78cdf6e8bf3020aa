/**
 * Kernel objects that grow with the load: xarray nodes, buffer heads, bios. Each cache packs objects into order-0 pages from the page allocator.
 * Source: mm/slub.c in outline. Simplifications: no per-cpu slabs, no higher-order slabs; a page is returned when the objects left would fit in one page less (the kernel keeps partly filled ones longer).
 */
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { ALLOC_HARDER, ALLOC_HIGH, ALLOC_NO_WATERMARKS, ALLOC_WMARK_MIN, GFP_DIRECT_RECLAIM, GFP_KERNEL, GFP_RECLAIMABLE } from './gfp'
import type { Mm } from './mm'
import { allocPageFast, freeKernelPage, getPageFromFreelist, preparePage } from './page-alloc'
import { PG_KERNEL } from './page'
import { WaitQueue } from './task'

class SlabCache {
  live = 0
  /** Objects of its own that a mempool lends when there is no page (mempool_alloc), and how many of them are lent. */
  poolLive = 0
  readonly wait = new WaitQueue()
  /** Objects in use that no page of the cache holds. */
  borrowed = 0
  readonly pages: number[] = []
  readonly name: string
  readonly perPage: number
  readonly reclaimable: boolean
  readonly pool: number
  constructor(name: string, perPage: number, reclaimable: boolean, pool = 0) {
    this.name = name
    this.perPage = perPage
    this.reclaimable = reclaimable
    this.pool = pool
  }
}

/** The caches of one machine. */
export interface SlabCaches {
  /** 576 bytes, 7 a page. */
  readonly radixTreeNode: SlabCache
  /** 104 bytes, 39 a page. */
  readonly bufferHead: SlabCache
  /** One page under swap writeback: bio and its share of the request's descriptors, 14 a page (measured). */
  readonly swapBio: SlabCache
}

/** block/bio.c: what is always there for writers without memory. */
const BIO_POOL_SIZE = 2

export function createSlabCaches(): SlabCaches {
  return {
    radixTreeNode: new SlabCache('radix_tree_node', 7, true),
    bufferHead: new SlabCache('buffer_head', 39, true),
    swapBio: new SlabCache('bio-256', 14, false, BIO_POOL_SIZE),
  }
}

/** Takes one object; the page behind it may come from below MIN, as these callers hold locks and can't wait. false: not one page is left. */
export function slabAlloc(mm: Mm, cache: SlabCache): boolean {
  if (cache.live >= cache.pages.length * cache.perPage && !growCache(mm, cache)) return false
  cache.live++
  return true
}

/** mempool_alloc: one object, from the pool if there is no page; who finds that empty too waits until one comes back, and looks again every five seconds. */
export function* mempoolAlloc(mm: Mm, cache: SlabCache): Episode<void> {
  while (!slabAlloc(mm, cache)) {
    if (cache.poolLive < cache.pool) {
      cache.poolLive++
      return
    }
    mm.sched.sleep('mempool_alloc', mm.sched.ticks(5 * mm.hz), cache.wait, true)
    yield BLOCK
  }
}

/** mempool_free: the pool is filled first. */
export function mempoolFree(mm: Mm, cache: SlabCache): void {
  if (cache.poolLive > 0) cache.poolLive--
  else slabFree(mm, cache)
  if (cache.wait.tasks.length > 0) mm.sched.wakeAll(cache.wait)
}

/** For callers that can't do without: with not one page left the object comes from a pool set aside at boot (nodes of an xarray, preloaded), which is not modelled. */
export function slabAllocNofail(mm: Mm, cache: SlabCache): void {
  if (!slabAlloc(mm, cache)) cache.borrowed++
}

function growCache(mm: Mm, cache: SlabCache): boolean {
  const gfp = cache.reclaimable ? GFP_KERNEL | GFP_RECLAIMABLE : GFP_KERNEL
  // Under a lock: nobody may reclaim the node first.
  let pfn = allocPageFast(mm, gfp & ~GFP_DIRECT_RECLAIM, 0)
  if (pfn < 0) pfn = getPageFromFreelist(mm, gfp, 0, ALLOC_WMARK_MIN | ALLOC_HIGH | ALLOC_HARDER)
  if (pfn < 0) pfn = getPageFromFreelist(mm, gfp, 0, ALLOC_NO_WATERMARKS)
  if (pfn < 0) return false
  preparePage(mm, pfn, 0, PG_KERNEL)
  cache.pages.push(pfn)
  countSlab(mm, pfn, cache, 1)
  return true
}

/** A page in use since before the run is one of this cache's. */
export function adoptSlabPage(mm: Mm, cache: SlabCache, pfn: number): void {
  preparePage(mm, pfn, 0, PG_KERNEL)
  cache.pages.push(pfn)
  countSlab(mm, pfn, cache, 1)
}

export function slabFree(mm: Mm, cache: SlabCache): void {
  if (cache.borrowed > 0) {
    cache.borrowed--
    return
  }
  cache.live--
  if (cache.live > (cache.pages.length - 1) * cache.perPage) return
  const pfn = cache.pages.pop()
  if (pfn === undefined) return
  countSlab(mm, pfn, cache, -1)
  freeKernelPage(mm, pfn)
}

function countSlab(mm: Mm, pfn: number, cache: SlabCache, pages: number): void {
  const stat = mm.nodeOf(pfn).stat
  if (cache.reclaimable) stat.nr_slab_reclaimable += pages
  else stat.nr_slab_unreclaimable += pages
}
