/** How much of a zone could be freed (mm/vmscan.c:zone_reclaimable_pages, v6.1). */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Mm } from './mm'
import type { Zone } from './mmzone'

/** Pages on the zone's LRU lists that reclaim could take. Isolated ones are in no list. */
export function zoneReclaimablePages(mm: Mm, { nrLru }: Zone): number {
  const file = nrLru[LRU_INACTIVE_FILE] + nrLru[LRU_ACTIVE_FILE]
  return mm.swap.nrSwapPages > 0 ? file + nrLru[LRU_INACTIVE_ANON] + nrLru[LRU_ACTIVE_ANON] : file
}
