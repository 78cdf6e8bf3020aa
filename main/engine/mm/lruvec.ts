/**
 * LRU lists of one memory cgroup on one node: the lists, their sizes by zone, the costs that balance anon against file, and the clock of workingset detection.
 * Source: include/linux/mmzone.h:struct lruvec, include/linux/mm_inline.h (v6.1).
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import { createLists, listAdd, listAddTail, listDel } from './list'
import type { Lists } from './list'
import { LRU_ACTIVE, NR_LRU_LISTS, updateLruSize } from './lru-size'
import { LruGen, lruGenAddFolio, lruGenDelFolio } from './lru-gen'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import { MAX_NR_ZONES } from './mmzone'
import { PG_ACTIVE, PG_LRU, PG_SWAPBACKED, PG_UNEVICTABLE } from './page'

export const LRU_NAMES = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable'] as const

export class Lruvec {
  readonly lists: Lists = createLists(NR_LRU_LISTS)
  /** Pages by zone index and list: [zone * NR_LRU_LISTS + lru]. */
  readonly zoneSize = new Float64Array(MAX_NR_ZONES * NR_LRU_LISTS)
  /** Pages by list over all zones. */
  readonly size = new Float64Array(NR_LRU_LISTS)
  anonCost = 0
  fileCost = 0
  /** Clock of evictions and activations (workingset_age_nonresident). */
  nonresidentAge = 0
  /** WORKINGSET_ACTIVATE of anon and file when last looked at. */
  readonly refaults = new Float64Array(2)
  readonly workingsetActivate = new Float64Array(2)
  readonly gen = new LruGen()

  readonly id: number
  readonly memcg: number
  readonly node: Pgdat
  constructor(id: number, memcg: number, node: Pgdat) {
    this.id = id
    this.memcg = memcg
    this.node = node
  }
}

/** The list a folio with these flags belongs to (folio_lru_list). */
export function folioLruList(flags: number): number {
  if ((flags & PG_UNEVICTABLE) !== 0) return LRU_UNEVICTABLE
  const base = (flags & PG_SWAPBACKED) !== 0 ? LRU_INACTIVE_ANON : LRU_INACTIVE_FILE
  return (flags & PG_ACTIVE) !== 0 ? base + LRU_ACTIVE : base
}

export function isActiveLru(lru: number): boolean {
  return lru === LRU_ACTIVE_ANON || lru === LRU_ACTIVE_FILE
}

export function isFileLru(lru: number): boolean {
  return lru === LRU_INACTIVE_FILE || lru === LRU_ACTIVE_FILE
}

/** Root memcg's lruvec of the folio's node; memcgs come by their own column. */
export function folioLruvec(mm: Mm, pfn: number): Lruvec {
  return mm.lruvecs[mm.zoneOf(pfn).node]
}

/** lruvec_add_folio: to the head of the list its flags name. */
export function lruvecAddFolio(mm: Mm, lruvec: Lruvec, pfn: number): void {
  if (lruvec.gen.enabled && lruGenAddFolio(mm, lruvec, pfn, false)) return
  const flags = mm.frames.flags[pfn]
  const lru = folioLruList(flags)
  mm.frames.flags[pfn] = flags | PG_LRU
  updateLruSize(lruvec, mm.zoneOf(pfn), lru, 1)
  listAdd(mm.frames, lruvec.lists, lru, pfn)
}

export function lruvecAddFolioTail(mm: Mm, lruvec: Lruvec, pfn: number): void {
  if (lruvec.gen.enabled && lruGenAddFolio(mm, lruvec, pfn, true)) return
  const flags = mm.frames.flags[pfn]
  const lru = folioLruList(flags)
  mm.frames.flags[pfn] = flags | PG_LRU
  updateLruSize(lruvec, mm.zoneOf(pfn), lru, 1)
  listAddTail(mm.frames, lruvec.lists, lru, pfn)
}

/** lruvec_del_folio; PG_lru is cleared too. */
export function lruvecDelFolio(mm: Mm, lruvec: Lruvec, pfn: number): void {
  if (lruvec.gen.enabled && lruGenDelFolio(mm, lruvec, pfn, false)) return
  const flags = mm.frames.flags[pfn]
  const lru = folioLruList(flags)
  listDel(mm.frames, lruvec.lists, lru, pfn)
  updateLruSize(lruvec, mm.zoneOf(pfn), lru, -1)
  mm.frames.flags[pfn] = flags & ~PG_LRU
}

/** lruvec_lru_size: pages of a list in zones up to `zoneIdx`. */
export function lruvecLruSize(lruvec: Lruvec, lru: number, zoneIdx: number): number {
  if (zoneIdx >= MAX_NR_ZONES - 1) return lruvec.size[lru]
  let size = 0
  for (let z = 0; z <= zoneIdx; z++) size += lruvec.zoneSize[z * NR_LRU_LISTS + lru]
  return size
}
