/**
 * LRU lists of one memory cgroup on one node: the lists, their sizes by zone, the costs that balance anon against file, and the clock of workingset detection.
 * Source: include/linux/mmzone.h:struct lruvec, include/linux/mm_inline.h (v6.1).
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import { createLists, listAdd, listAddTail, listDel } from './list'
import type { Lists } from './list'
import { LRU_ACTIVE, NR_LRU_LISTS, updateLruSize } from './lru-size'
import { LruGen, lruGenAddFolio, lruGenDelFolio } from './lru-gen'
import type { Memcgs } from './memcg'
import type { Mm } from './mm'
import type { LruOwner, Pgdat, Zone } from './mmzone'
import { MAX_NR_ZONES } from './mmzone'
import { PG_ACTIVE, PG_LRU, PG_SWAPBACKED, PG_UNEVICTABLE, folioNrPages } from './page'

export const LRU_NAMES = ['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable'] as const

export class Lruvec {
  readonly lists: Lists = createLists(NR_LRU_LISTS)
  /** Pages by zone index and list: [zone * NR_LRU_LISTS + lru]. */
  readonly zoneSize = new Float64Array(MAX_NR_ZONES * NR_LRU_LISTS)
  /** Pages by list over all zones. */
  readonly size = new Float64Array(NR_LRU_LISTS)
  /** Zone lists only: pages isolated lately and, of these, found in use, of anon and file (struct zone_reclaim_stat). */
  readonly recentScanned = new Float64Array(2)
  readonly recentRotated = new Float64Array(2)
  anonCost = 0
  fileCost = 0
  /** Clock of evictions and activations (workingset_age_nonresident). */
  nonresidentAge = 0
  /** WORKINGSET_ACTIVATE of anon and file when last looked at. */
  readonly refaults = new Float64Array(2)
  /** WORKINGSET_ACTIVATE of anon and file, of the group and those below it. */
  readonly workingsetActivate = new Float64Array(2)
  readonly gen = new LruGen()
  /** LRUVEC_CONGESTED: reclaim of the group and those below it, or of the whole node, found all that was dirty under writeback. */
  congested = false
  /** Pages by list of the group and those below it (lruvec_page_state): `size` itself where there are no groups. */
  treeSize = this.size
  /** The same node's lists of the group above (parent_lruvec). */
  parent: Lruvec | undefined = undefined

  readonly id: number
  readonly memcg: number
  readonly node: Pgdat
  /** The only zone whose pages are here, where lists are by zone. */
  readonly zone: Zone | undefined
  readonly owner: LruOwner
  constructor(id: number, memcg: number, node: Pgdat, zone?: Zone) {
    this.id = id
    this.memcg = memcg
    this.node = node
    this.zone = zone
    this.owner = zone ?? node
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

/** The lists of the folio's node (or zone) and group. Dense: by group, then owner; without groups there is no column. */
export function folioLruvec(mm: Mm, pfn: number): Lruvec {
  const owner = mm.zoneOf(pfn).lruIndex
  return mm.memcgOf === undefined ? mm.lruvecs[owner] : mm.lruvecs[mm.memcgOf[pfn] * mm.lruOwners + owner]
}

/** Makes the lists of each group and owner a tree. */
export function linkLruvecs(lruvecs: readonly Lruvec[], memcgs: Memcgs): void {
  for (const lruvec of lruvecs) {
    const group = memcgs.groups[lruvec.memcg]
    group.lruvecs[lruvec.owner.lruIndex] = lruvec
    lruvec.parent = group.parent?.lruvecs[lruvec.owner.lruIndex]
    if (memcgs.inUse) lruvec.treeSize = new Float64Array(NR_LRU_LISTS)
  }
}

/** lruvec_add_folio: to the head of the list its flags name. */
export function lruvecAddFolio(mm: Mm, lruvec: Lruvec, pfn: number): void {
  mm.watch?.listed(pfn)
  if (lruvec.gen.enabled && lruGenAddFolio(mm, lruvec, pfn, false)) return
  const flags = mm.frames.flags[pfn]
  const lru = folioLruList(flags)
  mm.frames.flags[pfn] = flags | PG_LRU
  updateLruSize(lruvec, mm.zoneOf(pfn), lru, folioNrPages(flags))
  listAdd(mm.frames, lruvec.lists, lru, pfn)
}

export function lruvecAddFolioTail(mm: Mm, lruvec: Lruvec, pfn: number): void {
  mm.watch?.listed(pfn)
  if (lruvec.gen.enabled && lruGenAddFolio(mm, lruvec, pfn, true)) return
  const flags = mm.frames.flags[pfn]
  const lru = folioLruList(flags)
  mm.frames.flags[pfn] = flags | PG_LRU
  updateLruSize(lruvec, mm.zoneOf(pfn), lru, folioNrPages(flags))
  listAddTail(mm.frames, lruvec.lists, lru, pfn)
}

/** lruvec_del_folio; PG_lru is cleared too. */
export function lruvecDelFolio(mm: Mm, lruvec: Lruvec, pfn: number): void {
  if (lruvec.gen.enabled && lruGenDelFolio(mm, lruvec, pfn, false)) return
  const flags = mm.frames.flags[pfn]
  const lru = folioLruList(flags)
  listDel(mm.frames, lruvec.lists, lru, pfn)
  updateLruSize(lruvec, mm.zoneOf(pfn), lru, -folioNrPages(flags))
  mm.frames.flags[pfn] = flags & ~PG_LRU
}

/** workingset_age_nonresident: a page that ages in a group's list ages in the lists of all groups above. */
export function ageNonresident(lruvec: Lruvec, pages = 1): void {
  for (let up: Lruvec | undefined = lruvec; up !== undefined; up = up.parent) up.nonresidentAge += pages
}

/** WORKINGSET_ACTIVATE of anon (0) or file (1): of the group and all above. */
export function countActivation(mm: Mm, lruvec: Lruvec, type: number, pages = 1): void {
  for (let up: Lruvec | undefined = lruvec; up !== undefined; up = up.parent) up.workingsetActivate[type] += pages
  if (lruvec.memcg !== 0) mm.memcgs.groups[lruvec.memcg].stat[type === 1 ? 'workingset_activate_file' : 'workingset_activate_anon'] += pages
}

/** lruvec_lru_size: pages of a list in zones up to `zoneIdx`. */
export function lruvecLruSize(lruvec: Lruvec, lru: number, zoneIdx: number): number {
  if (zoneIdx >= MAX_NR_ZONES - 1) return lruvec.size[lru]
  let size = 0
  for (let z = 0; z <= zoneIdx; z++) size += lruvec.zoneSize[z * NR_LRU_LISTS + lru]
  return size
}
