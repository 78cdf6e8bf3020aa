/**
 * How long LRU lists are: one count for the lruvec, its zones and its node. Source: include/linux/mm_inline.h:update_lru_size (v6.1).
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Lruvec } from './lruvec'
import type { Zone } from './mmzone'

export const NR_LRU_LISTS = 5
/** From a type's inactive list to its active one. */
export const LRU_ACTIVE = 1

/** update_lru_size: the lruvec's, the zone's and the node's counts together; and where there are groups, those of all above. */
export function updateLruSize(lruvec: Lruvec, zone: Zone, lru: number, pages: number): void {
  lruvec.zoneSize[zone.idx * NR_LRU_LISTS + lru] += pages
  lruvec.size[lru] += pages
  zone.nrLru[lru] += pages
  if (lruvec.treeSize !== lruvec.size) for (let up: Lruvec | undefined = lruvec; up !== undefined; up = up.parent) up.treeSize[lru] += pages
  const stat = lruvec.node.stat
  if (lru === LRU_INACTIVE_ANON) stat.nr_inactive_anon += pages
  else if (lru === LRU_ACTIVE_ANON) stat.nr_active_anon += pages
  else if (lru === LRU_INACTIVE_FILE) stat.nr_inactive_file += pages
  else if (lru === LRU_ACTIVE_FILE) stat.nr_active_file += pages
  else stat.nr_unevictable += pages
}
