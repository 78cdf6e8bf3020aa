/**
 * How much of a zone could be freed (mm/vmscan.c:zone_reclaimable_pages, as of v6.1.124 where the kernel's trait says so: before, a zone without pages to reclaim had none, and a ZONE_DMA full of free pages
 * did not keep a request from giving up).
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Mm } from './mm'
import type { Zone } from './mmzone'

/** Pages on the zone's LRU lists that reclaim could take; its free pages where there are none. Isolated ones are in no list. */
export function zoneReclaimablePages(mm: Mm, { nrLru, free }: Zone): number {
  const file = nrLru[LRU_INACTIVE_FILE] + nrLru[LRU_ACTIVE_FILE]
  const nr = mm.swap.nrSwapPages > 0 ? file + nrLru[LRU_INACTIVE_ANON] + nrLru[LRU_ACTIVE_ANON] : file
  return nr === 0 && mm.traits.emptyZoneOffers === 'free' ? free : nr
}
