/**
 * Page frames as columns: flags, list links and what a frame belongs to, 24 bytes a frame and one more under the multi-generational LRU. All-zero bytes mean "never touched", so a big machine costs nothing until it is used.
 * Source: include/linux/page-flags.h, struct page (v6.1). Simplifications: accessed and dirty bits of mappings live in the page tables (see memory.ts), the mapcount is asked of rmap;
 * a folio is its head frame plus an order in the flags; of a larger one the other frames only say that they are not the head (PG_TAIL).
 */

export const PG_LOCKED = 1 << 0
export const PG_REFERENCED = 1 << 1
export const PG_UPTODATE = 1 << 2
export const PG_DIRTY = 1 << 3
export const PG_LRU = 1 << 4
export const PG_ACTIVE = 1 << 5
export const PG_WORKINGSET = 1 << 6
export const PG_WRITEBACK = 1 << 7
/** PG_reclaim on a page under writeback, PG_readahead otherwise: one bit in the kernel too. */
export const PG_RECLAIM = 1 << 8
export const PG_SWAPBACKED = 1 << 9
export const PG_SWAPCACHE = 1 << 10
export const PG_UNEVICTABLE = 1 << 11
/** Head of a free block. */
export const PG_BUDDY = 1 << 12
/** Owned by the kernel itself: slab, page tables, stacks. */
export const PG_KERNEL = 1 << 13
/** At least one page table maps it. */
export const PG_MAPPED = 1 << 14
/** Taken off its LRU list by reclaim. */
export const PG_ISOLATED = 1 << 16
/** Has buffer heads (it was written through write()). */
export const PG_PRIVATE = 1 << 17
/** In a per-cpu free list. */
export const PG_PCP = 1 << 18
/** Nothing owns it any more, but batches or reclaim still hold references: the last put frees it. */
export const PG_DEAD = 1 << 19
/** Mapped with VM_EXEC somewhere. */
export const PG_EXEC = 1 << 20
/** Swap-backed but of a tmpfs file, not of an area (PageAnon tells them apart in the kernel): `mapping` and `index` are the file's, also while it is in the swap cache. */
export const PG_SHMEM = 1 << 23
/** A frame of a folio of order > 0 other than its first; the head has everything else. */
export const PG_TAIL = 1 << 22
/** A free page that compaction has taken off the free lists to move a page into it, or a block that it has captured for its task. */
export const PG_TARGET = 1 << 21
export const PG_ORDER_SHIFT = 24
export const PG_ORDER_MASK = 15 << PG_ORDER_SHIFT

/** References held by per-cpu batches and by reclaim's isolation, 0..PG_REF_MAX. Owners (page tables, caches) are not counted here. */
export const PG_REF_SHIFT = 28
export const PG_REF_ONE = 1 << PG_REF_SHIFT
export const PG_REF_MAX = 15
export const PG_REF_MASK = PG_REF_MAX << PG_REF_SHIFT

export interface Frames {
  readonly nr: number
  readonly flags: Uint32Array
  /** Links of the one list a frame is on: frame number + 1; 0 = none. */
  readonly next: Uint32Array
  readonly prev: Uint32Array
  /** Anonymous pages: the area's id. File and tmpfs pages: the file's id. */
  readonly mapping: Uint32Array
  /** Page number within that area or file. */
  readonly index: Uint32Array
  /** Swap slot + 1 while in the swap cache. */
  readonly swap: Uint32Array
  /** Generation and counted references under the multi-generational LRU (lru-gen.ts); untouched, and so without cost, under the classic one. */
  readonly lruGen: Uint8Array
}

export function createFrames(nr: number): Frames {
  const column = (): Uint32Array => new Uint32Array(nr)
  return { nr, flags: column(), next: column(), prev: column(), mapping: column(), index: column(), swap: column(), lruGen: new Uint8Array(nr) }
}

export function folioRefs(flags: number): number {
  return flags >>> PG_REF_SHIFT
}

/** folio_is_file_lru: on the file lists. tmpfs pages are not. */
export function isFileFolio(flags: number): boolean {
  return (flags & PG_SWAPBACKED) === 0
}

/** folio_test_anon: page tables keep a swap entry for it when it is unmapped. */
export function isAnonFolio(flags: number): boolean {
  return (flags & (PG_SWAPBACKED | PG_SHMEM)) === PG_SWAPBACKED
}

/** Pages of a folio, by its head's flags. */
export function folioNrPages(flags: number): number {
  return 1 << ((flags & PG_ORDER_MASK) >>> PG_ORDER_SHIFT)
}

/** PageCompound of a frame in use: head or tail of something larger than a page. */
export function isCompound(flags: number): boolean {
  return (flags & (PG_TAIL | PG_ORDER_MASK)) !== 0
}

/** What moves with a page into another frame. Every per-frame column that belongs to the page rather than to the place must be here; counted references are lost, as in the kernel. */
export function moveColumns(f: Frames, from: number, to: number, flags: number): void {
  f.flags[to] = flags
  f.mapping[to] = f.mapping[from]
  f.index[to] = f.index[from]
  f.swap[to] = f.swap[from]
  if (f.lruGen[to] !== 0) f.lruGen[to] = 0
}
