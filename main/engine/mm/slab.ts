/**
 * Kernel objects that grow with the load: xarray nodes, buffer heads, bios. Each cache packs objects into slabs from the page allocator.
 * Source: mm/slub.c:calculate_order, allocate_slab, discard_slab in outline; mm/mempool.c:mempool_alloc, mempool_free (v6.1). Simplifications: no per-cpu slabs; objects are taken to lie close
 * together, so a slab is returned as soon as the rest would leave five empty (the kernel keeps partly filled ones longer).
 */
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { fls } from '../core/maths'
import { ALLOC_HARDER, ALLOC_HIGH, ALLOC_NO_WATERMARKS, ALLOC_WMARK_MIN, GFP_DIRECT_RECLAIM, GFP_KERNEL, GFP_RECLAIMABLE } from './gfp'
import type { Mm } from './mm'
import { wakeAllKswapds } from './kswapd-wake'
import { allocPageFast, freeKernelBlock, getPageFromFreelist, prepareKernelBlock } from './page-alloc'
import { WaitQueue } from './task'

class SlabCache {
  live = 0
  /** Objects of its own that a mempool lends when there is no page (mempool_alloc), and how many of them are lent. */
  poolLive = 0
  readonly wait = new WaitQueue()
  /** Objects in use that no page of the cache holds. */
  borrowed = 0
  /** Objects in use that belong to nothing the machine knows. */
  others = 0
  readonly slabs: Slab[] = []
  /** Objects of slabs that the cache has kept from before the run (MIN_PARTIAL of them): the machine has done IO. Their pages are among the kernel's in use. */
  readonly kept: number
  /** Objects and pages of all slabs, pages of those kept apart. */
  capacity: number
  pages = 0
  readonly name: string
  readonly size: number
  /** Order of a slab where memory is not too fragmented; else 0. */
  readonly order: number
  readonly reclaimable: boolean
  readonly pool: number
  /** `size`: bytes of an object. */
  constructor(name: string, size: number, order: number, reclaimable: boolean, pool = 0) {
    this.name = name
    this.size = size
    this.order = order
    this.reclaimable = reclaimable
    this.pool = pool
    this.kept = pool > 0 ? MIN_PARTIAL * this.objectsOf(0) : 0
    this.capacity = this.kept
  }

  objectsOf(order: number): number {
    return Math.floor((PAGE_SIZE << order) / this.size)
  }
}

interface Slab {
  readonly pfn: number
  readonly order: number
}

/** The caches of one machine. */
export interface SlabCaches {
  readonly radixTreeNode: SlabCache
  readonly bufferHead: SlabCache
  /** The bio of a page under swap writeback. */
  readonly swapBio: SlabCache
  /** Its share of the descriptors of its request (drivers/virtio/virtio_ring.c:alloc_indirect_split, GFP_ATOMIC): with the bio a fourteenth of a page (measured). */
  readonly swapDescriptor: SlabCache
}

const PAGE_SIZE = 4096
const MAX_SLAB_ORDER = 3

/** Empty slabs that a cache keeps (mm/slub.c:set_min_partial, for objects of up to 4 KiB): without them one object more or less would take a page and give it back each time. */
const MIN_PARTIAL = 5

/** block/bio.c: what is always there for writers without memory. */
const BIO_POOL_SIZE = 2

export function createSlabCaches(cpus: number): SlabCaches {
  return {
    radixTreeNode: new SlabCache('radix_tree_node', 576, calculateOrder(576, cpus), true),
    bufferHead: new SlabCache('buffer_head', 104, calculateOrder(104, cpus), true),
    swapBio: new SlabCache('bio-256', 256, 0, false, BIO_POOL_SIZE),
    swapDescriptor: new SlabCache('kmalloc-2k', 37, 0, false),
  }
}

/** calculate_order: the smallest slab that holds so many objects, more with more processors, and wastes at most a sixteenth. Objects are small here: one always fits. */
export function calculateOrder(size: number, cpus: number): number {
  const wanted = 4 * (fls(cpus) + 1)
  for (let objects = Math.min(wanted, Math.floor((PAGE_SIZE << MAX_SLAB_ORDER) / size)); objects > 1; objects--) {
    for (let fraction = 16; fraction >= 4; fraction >>= 1) {
      for (let order = fls(Math.ceil((objects * size) / PAGE_SIZE) - 1); order <= MAX_SLAB_ORDER; order++) {
        if ((PAGE_SIZE << order) % size <= Math.floor((PAGE_SIZE << order) / fraction)) return order
      }
    }
  }
  return 0
}

/**
 * Takes one object. The page behind it may come from below MIN, as these callers hold locks and can't wait; but not for a cache with a mempool. false: none is to be had.
 */
export function slabAlloc(mm: Mm, cache: SlabCache): boolean {
  if (cache.live >= cache.capacity && !growCache(mm, cache)) return false
  cache.live++
  return true
}

/**
 * mempool_alloc: one object, from the pool if the cache can't give one; who finds that empty too waits until one comes back, and looks again every five seconds. The cache asks for a page with
 * __GFP_NOMEMALLOC: at MIN even a reclaimer gets none, so swap-out waits for its own writes to end, long before tags run short. (On measured machines under pressure the reclaimers were
 * waiting for IO while some 100 of 256 requests were in flight.)
 */
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

/** allocate_slab: the larger slab only if it is there for the taking. Under a lock: nobody may reclaim first. */
function growCache(mm: Mm, cache: SlabCache): boolean {
  const gfp = (cache.reclaimable ? GFP_KERNEL | GFP_RECLAIMABLE : GFP_KERNEL) & ~GFP_DIRECT_RECLAIM
  if (cache.order > 0) {
    const pfn = allocPageFast(mm, gfp, cache.order)
    if (pfn >= 0) {
      addSlab(mm, cache, pfn, cache.order)
      return true
    }
    wakeAllKswapds(mm, gfp, cache.order)
  }
  let pfn = allocPageFast(mm, gfp, 0)
  if (pfn < 0) pfn = cache.pool > 0 ? pageAtMin(mm, gfp) : pageFromReserves(mm, gfp)
  if (pfn >= 0) addSlab(mm, cache, pfn, 0)
  return pfn >= 0
}

/** The slow path's first try, and its last: __GFP_NOMEMALLOC and no direct reclaim. */
function pageAtMin(mm: Mm, gfp: number): number {
  wakeAllKswapds(mm, gfp, 0)
  return getPageFromFreelist(mm, gfp, 0, ALLOC_WMARK_MIN)
}

function pageFromReserves(mm: Mm, gfp: number): number {
  const pfn = getPageFromFreelist(mm, gfp, 0, ALLOC_WMARK_MIN | ALLOC_HIGH | ALLOC_HARDER)
  return pfn >= 0 ? pfn : getPageFromFreelist(mm, gfp, 0, ALLOC_NO_WATERMARKS)
}

/** A page in use since before the run is one of this cache's. */
export function adoptSlabPage(mm: Mm, cache: SlabCache, pfn: number): void {
  addSlab(mm, cache, pfn, 0)
}

/** What is left of the adopted pages is in use too, but for one object: on measured machines the second new node takes a new slab. */
export function fillSlabs(cache: SlabCache): void {
  const used = Math.max(0, cache.capacity - cache.live - 1)
  cache.others += used
  cache.live += used
}

function addSlab(mm: Mm, cache: SlabCache, pfn: number, order: number): void {
  prepareKernelBlock(mm, pfn, order)
  cache.slabs.push({ pfn, order })
  cache.capacity += cache.objectsOf(order)
  countSlab(mm, pfn, cache, 1 << order)
}

export function slabFree(mm: Mm, cache: SlabCache): void {
  if (cache.borrowed > 0) {
    cache.borrowed--
    return
  }
  cache.live--
  const last = cache.slabs.at(-1)
  if (last === undefined || cache.capacity - cache.objectsOf(last.order) - cache.live < MIN_PARTIAL * cache.objectsOf(last.order)) return
  cache.slabs.pop()
  cache.capacity -= cache.objectsOf(last.order)
  countSlab(mm, last.pfn, cache, -(1 << last.order))
  freeKernelBlock(mm, last.pfn, last.order)
}

function countSlab(mm: Mm, pfn: number, cache: SlabCache, pages: number): void {
  const stat = mm.nodeOf(pfn).stat
  cache.pages += pages
  if (cache.reclaimable) stat.nr_slab_reclaimable += pages
  else stat.nr_slab_unreclaimable += pages
}
