/**
 * zsmalloc: compressed objects packed into groups of one to four pages. Size classes of 16 bytes, merged where pages and objects a group are the same.
 * Source: mm/zsmalloc.c:get_pages_per_zspage, can_merge, zs_malloc, zs_free (v6.1). Simplifications: a class's partly filled groups are used newest first (the kernel sorts them by
 * fullness); no compaction of the pool.
 */
import { GFP_HIGHMEM, GFP_KSWAPD_RECLAIM, GFP_MOVABLE_FLAG, GFP_NOWARN, ALLOC_NO_WATERMARKS } from './gfp'
import { wakeAllKswapds } from './kswapd-wake'
import type { Mm } from './mm'
import { allocPageFast, freeKernelPage, getPageFromFreelist, preparePage } from './page-alloc'
import { PG_KERNEL } from './page'

const ZS_MIN_ALLOC_SIZE = 32
const ZS_SIZE_CLASS_DELTA = 16
const ZS_HANDLE_SIZE = 8
const PAGE_SIZE = 4096
const MAX_PAGES_PER_ZSPAGE = 4
/** Compressed pages of this length or more are stored whole. */
export const ZS_HUGE_LENGTH = 3257

export interface SizeClass {
  readonly size: number
  readonly pages: number
  readonly objects: number
}

/** Class of each 16-byte step, after merging. */
export const SIZE_CLASSES: readonly SizeClass[] = mergedClasses()

function pagesPerZspage(size: number): number {
  let best = 1
  let bestUsed = 0
  for (let pages = 1; pages <= MAX_PAGES_PER_ZSPAGE; pages++) {
    const bytes = pages * PAGE_SIZE
    const used = Math.floor(((bytes - (bytes % size)) * 100) / bytes)
    if (used > bestUsed) {
      bestUsed = used
      best = pages
    }
  }
  return best
}

/** From the largest down: a class with the same pages and objects a group as the next larger one is that one. */
function mergedClasses(): SizeClass[] {
  const count = (PAGE_SIZE - ZS_MIN_ALLOC_SIZE) / ZS_SIZE_CLASS_DELTA + 1
  const classes: SizeClass[] = new Array<SizeClass>(count)
  for (let i = count - 1; i >= 0; i--) {
    const size = ZS_MIN_ALLOC_SIZE + i * ZS_SIZE_CLASS_DELTA
    const pages = pagesPerZspage(size)
    const objects = Math.floor((pages * PAGE_SIZE) / size)
    const larger = classes[i + 1]
    classes[i] = larger !== undefined && larger.pages === pages && larger.objects === objects ? larger : { size, pages, objects }
  }
  return classes
}

/** The class that holds an object of `length` compressed bytes. */
export function sizeClassOf(length: number): SizeClass {
  const bytes = length >= ZS_HUGE_LENGTH ? PAGE_SIZE : Math.max(ZS_MIN_ALLOC_SIZE, length + ZS_HANDLE_SIZE)
  return SIZE_CLASSES[Math.min(SIZE_CLASSES.length - 1, Math.ceil((bytes - ZS_MIN_ALLOC_SIZE) / ZS_SIZE_CLASS_DELTA))]
}

export interface Zspage {
  readonly sizeClass: SizeClass
  readonly pfns: readonly number[]
  inUse: number
  /** Neighbours among the partly filled ones of its class. */
  older: Zspage | undefined
  newer: Zspage | undefined
}

/** Partly filled groups of a class, the one that came last first. */
class PartialGroups {
  newest: Zspage | undefined = undefined

  add(zspage: Zspage): void {
    zspage.older = this.newest
    zspage.newer = undefined
    if (this.newest !== undefined) this.newest.newer = zspage
    this.newest = zspage
  }

  remove(zspage: Zspage): void {
    if (zspage.newer === undefined) this.newest = zspage.older
    else zspage.newer.older = zspage.older
    if (zspage.older !== undefined) zspage.older.newer = zspage.newer
  }
}

/** One pool: the pages behind a zram device. */
export class ZsPool {
  /** Pages of all groups (zs_get_total_pages). */
  pages = 0
  readonly #partial = new Map<SizeClass, PartialGroups>()
  readonly #mm: Mm
  constructor(mm: Mm) {
    this.#mm = mm
  }

  /** Room for one object; undefined when not a page is left, reserves included. */
  malloc(length: number): Zspage | undefined {
    const sizeClass = sizeClassOf(length)
    let partial = this.#partial.get(sizeClass)
    if (partial === undefined) this.#partial.set(sizeClass, (partial = new PartialGroups()))
    const zspage = partial.newest ?? this.#grow(sizeClass, partial)
    if (zspage === undefined) return undefined
    zspage.inUse++
    if (zspage.inUse === sizeClass.objects) partial.remove(zspage)
    return zspage
  }

  /** The group's pages go back with its last object. */
  free(zspage: Zspage): void {
    const partial = this.#partial.get(zspage.sizeClass)
    const { objects } = zspage.sizeClass
    if (zspage.inUse-- === objects && objects > 1) partial?.add(zspage)
    if (zspage.inUse > 0) return
    if (objects > 1) partial?.remove(zspage)
    this.pages -= zspage.pfns.length
    for (const pfn of zspage.pfns) {
      this.#mm.nodeOf(pfn).stat.nr_zspages--
      freeKernelPage(this.#mm, pfn)
    }
  }

  #grow(sizeClass: SizeClass, partial: PartialGroups): Zspage | undefined {
    const pfns: number[] = []
    for (let i = 0; i < sizeClass.pages; i++) {
      const pfn = allocPoolPage(this.#mm)
      if (pfn < 0) {
        for (const taken of pfns) freeKernelPage(this.#mm, taken)
        return undefined
      }
      pfns.push(pfn)
    }
    for (const pfn of pfns) this.#mm.nodeOf(pfn).stat.nr_zspages++
    this.pages += pfns.length
    const zspage: Zspage = { sizeClass, pfns, inUse: 0, older: undefined, newer: undefined }
    partial.add(zspage)
    return zspage
  }
}

/** Reclaimers store with PF_MEMALLOC: below LOW they wake kswapd and take the page from the reserves. */
function allocPoolPage(mm: Mm): number {
  const gfp = GFP_KSWAPD_RECLAIM | GFP_NOWARN | GFP_HIGHMEM | GFP_MOVABLE_FLAG
  let pfn = allocPageFast(mm, gfp, 0)
  if (pfn < 0) {
    wakeAllKswapds(mm, gfp, 0)
    pfn = getPageFromFreelist(mm, gfp, 0, ALLOC_NO_WATERMARKS)
  }
  if (pfn >= 0) preparePage(mm, pfn, 0, PG_KERNEL)
  return pfn
}
