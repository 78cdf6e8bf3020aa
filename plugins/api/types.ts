/**
 * The kernel's words as data: what hooks are told and what they answer.
 * Units: pages of 4 KiB and virtual nanoseconds, unless a name ends in Kb, Ms or Percent.
 */

/** Zone indexes as x86-64 has them (include/linux/mmzone.h: enum zone_type). */
export const ZONE_DMA = 0
export const ZONE_DMA32 = 1
export const ZONE_NORMAL = 2
export const ZONE_MOVABLE = 3
export type ZoneIndex = 0 | 1 | 2 | 3

/** LRU list indexes (include/linux/mmzone.h: enum lru_list). */
export const LRU_INACTIVE_ANON = 0
export const LRU_ACTIVE_ANON = 1
export const LRU_INACTIVE_FILE = 2
export const LRU_ACTIVE_FILE = 3
export const LRU_UNEVICTABLE = 4

/** Verdicts of `folioReferences` (mm/vmscan.c: enum folio_references). */
export const FOLIOREF_RECLAIM = 0
export const FOLIOREF_RECLAIM_CLEAN = 1
export const FOLIOREF_KEEP = 2
export const FOLIOREF_ACTIVATE = 3
export type FolioReferences = 0 | 1 | 2 | 3

/** Facts about one folio, as bits of one integer; see `folioReferences`. Each folio is either of a file or swap-backed. */
export const FOLIO_FILE = 1
/** It was mapped executable. */
export const FOLIO_EXEC = 2
/** PG_referenced: one access more makes it active. */
export const FOLIO_REFERENCED = 4
/** Anonymous or of tmpfs: it needs swap. */
export const FOLIO_SWAPBACKED = 8
/** In the folio or in a page table that maps it. */
export const FOLIO_DIRTY = 16
/** PG_workingset: it was active before, or came back soon after it was evicted. */
export const FOLIO_WORKINGSET = 32

/** What reclaim knows of a dirty file page it met, as bits; see `pageoutDirty`. kswapd is asking. */
export const DIRTY_KSWAPD = 1
/** It was met before, and has not been written since (PG_reclaim). */
export const DIRTY_SEEN = 2
/** Lately nothing but dirty pages came off this node's file list (PGDAT_DIRTY). */
export const DIRTY_NODE = 4

/** Where `admitFolio` puts a page: first to go, the inactive list's head, the active list. */
export const ADD_TAIL = 0
export const ADD_INACTIVE = 1
export const ADD_ACTIVE = 2
export type AddFolio = 0 | 1 | 2

/** Answers of `compactionSuitable` (include/linux/compaction.h: enum compact_result, those of compaction_suitable). */
export const COMPACT_SKIPPED = 1
export const COMPACT_CONTINUE = 4
export const COMPACT_SUCCESS = 8
export type CompactResult = 1 | 4 | 8

/** Who is reclaiming: the node's thread, a task that needs pages, or a task that frees a near node's before it takes far ones (vm.zone_reclaim_mode). */
export type Reclaimer = 'kswapd' | 'direct' | 'node-reclaim'

/** One zone's size, marks and free pages at this instant. All in pages. */
export interface ZoneView {
  readonly node: number
  readonly zone: ZoneIndex
  /** `DMA`, `DMA32`, `Normal`, `Movable`, as /proc/zoneinfo prints it. */
  readonly name: string
  readonly managed: number
  /** Free pages that such a request may count on: without reserved HIGHATOMIC pageblocks. */
  readonly free: number
  /** Stored marks, without `boost`. */
  readonly min: number
  readonly low: number
  readonly high: number
  /** `watermark_boost`: added to every mark in every test. */
  readonly boost: number
  /** `lowmem_reserve[highest zone of the request]`: added to the mark. */
  readonly reserve: number
  /** Does some free block of the asked order exist on a usable list? Always true for order 0. */
  readonly hasBlock: boolean
  /** Where LRU lists are by zone (android-3.18): six times its reclaimable pages were scanned without one coming free. */
  readonly allUnreclaimable?: boolean
}

/** LRU sizes of one lruvec, in pages, counting zones up to `reclaimIdx`. */
export interface LruSizes {
  readonly inactiveAnon: number
  readonly activeAnon: number
  readonly inactiveFile: number
  readonly activeFile: number
}

/** Marks of one zone, in pages. `min <= low <= high <= promo`. */
export interface ZoneMarks {
  readonly min: number
  readonly low: number
  readonly high: number
  readonly promo: number
}
