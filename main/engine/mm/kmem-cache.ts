/**
 * Slab caches whose objects have places: each object lies in one slab of pages, and the pages come free only with its last object. That is why shrinking a cache frees many
 * objects and few pages when those in use are spread thin.
 * Source: mm/slub.c:___slab_alloc, get_partial_node, allocate_slab, __slab_free, discard_slab (v6.1). Simplifications: a CPU has its slab but no partial list of its own; partly
 * filled slabs of other nodes are not used; an object freed is free at once (no RCU grace period). Caches whose objects need no place of their own are in slab.ts.
 */
import { assert } from '../core/assert'
import type { Episode } from '../core/clock'
import { GFP_DIRECT_RECLAIM, GFP_NOMEMALLOC, GFP_NORETRY, GFP_NOWARN, GFP_RECLAIM, GFP_RECLAIMABLE } from './gfp'
import type { Mm } from './mm'
import { allocPageFast, freeKernelBlock, prepareKernelBlock } from './page-alloc'
import { allocPagesSlowpath } from './slowpath'

const PAGE_SIZE = 4096

/** Where a slab is: a CPU takes objects from it, on its node's partial list, or full. */
const ON_CPU = 0
const PARTIAL = 1
const FULL = 2

export interface Slab {
  readonly id: number
  readonly pfn: number
  readonly order: number
  readonly node: number
  readonly objects: number
  inUse: number
  where: number
  prev: Slab | undefined
  next: Slab | undefined
}

/** kmem_cache_node: slabs with some objects free, in the order in which they are used. */
class PartialList {
  head: Slab | undefined = undefined
  tail: Slab | undefined = undefined
  nr = 0

  addTail(slab: Slab): void {
    slab.where = PARTIAL
    slab.prev = this.tail
    slab.next = undefined
    if (this.tail === undefined) this.head = slab
    else this.tail.next = slab
    this.tail = slab
    this.nr++
  }

  remove(slab: Slab): void {
    if (slab.prev === undefined) this.head = slab.next
    else slab.prev.next = slab.next
    if (slab.next === undefined) this.tail = slab.prev
    else slab.next.prev = slab.prev
    this.nr--
  }
}

export interface KmemCacheSpec {
  readonly name: string
  /** Bytes of an object, alignment included. */
  readonly size: number
  /** Order of a slab where memory is not too fragmented; else as small as holds one object. */
  readonly order: number
  readonly cpus: number
  readonly nodes: number
}

export class KmemCache {
  /** By id; undefined where one was discarded. */
  readonly slabs: (Slab | undefined)[] = []
  readonly partial: readonly PartialList[]
  /** The slab each CPU takes objects from. */
  readonly cpuSlab: (Slab | undefined)[]
  readonly freeIds: number[] = []
  readonly name: string
  readonly size: number
  readonly order: number
  readonly minOrder: number
  /** A node with so many partly filled slabs keeps no empty one more: set_min_partial, ilog2(size) / 2 within 5..10. */
  readonly minPartial: number
  live = 0
  /** Pages of all slabs. */
  pages = 0

  constructor(spec: KmemCacheSpec) {
    this.name = spec.name
    this.size = spec.size
    this.order = spec.order
    this.minOrder = spec.size <= PAGE_SIZE ? 0 : 32 - Math.clz32(Math.ceil(spec.size / PAGE_SIZE) - 1)
    this.minPartial = Math.min(10, Math.max(5, (31 - Math.clz32(spec.size)) >> 1))
    this.partial = Array.from({ length: spec.nodes }, () => new PartialList())
    this.cpuSlab = new Array<Slab | undefined>(spec.cpus).fill(undefined)
  }

  /** Objects of a slab of this order. */
  objectsOf(order: number): number {
    return Math.floor((PAGE_SIZE << order) / this.size)
  }

  slab(id: number): Slab {
    const slab = this.slabs[id]
    assert(slab !== undefined, `an object of ${this.name} lies in a slab`)
    return slab
  }
}

/** kmem_cache_alloc: the id of the slab that the object lies in, or -1 when no page can be had. Sleeps if the gfp mask allows. */
export function* kmemCacheAlloc(mm: Mm, cache: KmemCache, gfp: number): Episode<number> {
  const id = kmemCacheAllocFast(mm, cache)
  if (id >= 0) return id
  const slab = yield* allocateSlab(mm, cache, gfp)
  if (slab === undefined) return -1
  // It becomes this CPU's slab; one that others brought here meanwhile goes back to its list.
  const old = cache.cpuSlab[mm.cpu]
  if (old !== undefined) deactivateSlab(mm, cache, old)
  cache.cpuSlab[mm.cpu] = slab
  slab.inUse++
  cache.live++
  return slab.id
}

/** An object from this CPU's slab, else from the first partly filled one of its node; -1: a new slab is needed. */
export function kmemCacheAllocFast(mm: Mm, cache: KmemCache): number {
  let slab = cache.cpuSlab[mm.cpu]
  if (slab === undefined || slab.inUse === slab.objects) {
    if (slab !== undefined) deactivateSlab(mm, cache, slab)
    const list = cache.partial[mm.nodeOfCpu(mm.cpu)]
    slab = list.head
    if (slab !== undefined) {
      list.remove(slab)
      slab.where = ON_CPU
    }
    cache.cpuSlab[mm.cpu] = slab
    if (slab === undefined) return -1
  }
  slab.inUse++
  cache.live++
  return slab.id
}

/** A CPU lets go of its slab. */
function deactivateSlab(mm: Mm, cache: KmemCache, slab: Slab): void {
  const list = cache.partial[slab.node]
  if (slab.inUse === slab.objects) slab.where = FULL
  else if (slab.inUse === 0 && list.nr >= cache.minPartial) discardSlab(mm, cache, slab)
  else list.addTail(slab)
}

/** allocate_slab: the larger slab only if it is there for the taking, then the smallest with all the caller's means. */
function* allocateSlab(mm: Mm, cache: KmemCache, gfpAsked: number): Episode<Slab | undefined> {
  const gfp = gfpAsked | GFP_RECLAIMABLE
  if (cache.order > cache.minOrder) {
    const gentle = (gfp & GFP_DIRECT_RECLAIM) !== 0 ? (gfp | GFP_NOMEMALLOC) & ~GFP_RECLAIM : gfp
    const pfn = allocPageFast(mm, gentle | GFP_NOWARN | GFP_NORETRY, cache.order)
    if (pfn >= 0) return newSlab(mm, cache, pfn, cache.order)
  }
  let pfn = allocPageFast(mm, gfp, cache.minOrder)
  if (pfn < 0) pfn = yield* allocPagesSlowpath(mm, gfp, cache.minOrder)
  return pfn < 0 ? undefined : newSlab(mm, cache, pfn, cache.minOrder)
}

function newSlab(mm: Mm, cache: KmemCache, pfn: number, order: number): Slab {
  prepareKernelBlock(mm, pfn, order)
  const id = cache.freeIds.pop() ?? cache.slabs.length
  const slab: Slab = { id, pfn, order, node: mm.nodeOf(pfn).id, objects: cache.objectsOf(order), inUse: 0, where: ON_CPU, prev: undefined, next: undefined }
  cache.slabs[id] = slab
  countPages(mm, cache, slab, 1)
  return slab
}

/** kmem_cache_free. A slab without objects is given back, unless its node has few partly filled ones. */
export function kmemCacheFree(mm: Mm, cache: KmemCache, id: number): void {
  const slab = cache.slab(id)
  const list = cache.partial[slab.node]
  slab.inUse--
  cache.live--
  if (slab.where === ON_CPU) return
  const discard = slab.inUse === 0 && list.nr >= cache.minPartial
  if (slab.where === PARTIAL && discard) list.remove(slab)
  if (discard) discardSlab(mm, cache, slab)
  else if (slab.where === FULL) list.addTail(slab)
}

function discardSlab(mm: Mm, cache: KmemCache, slab: Slab): void {
  cache.slabs[slab.id] = undefined
  cache.freeIds.push(slab.id)
  countPages(mm, cache, slab, -1)
  freeKernelBlock(mm, slab.pfn, slab.order)
}

function countPages(mm: Mm, cache: KmemCache, slab: Slab, sign: number): void {
  const pages = sign << slab.order
  cache.pages += pages
  mm.nodes[slab.node].stat.nr_slab_reclaimable += pages
}
