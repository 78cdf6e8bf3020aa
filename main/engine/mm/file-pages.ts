/** How many pages of files there are and how many are mapped: the node's counts, which /proc tells and later kernels go by, and the zone's, which zone reclaim goes by (mm/vmstat.c:__mod_zone_page_state). */
import type { Mm } from './mm'
import type { NodeStat } from './vmstat'

/** NR_FILE_PAGES, for a page that enters or leaves page cache or a tmpfs file. The swap cache, which counts to the node's too, is swap.ts's. Answers the node's counts, for those who have more to change. */
export function countCached(mm: Mm, pfn: number, pages: 1 | -1): NodeStat {
  const zone = mm.zoneOf(pfn)
  const { stat } = mm.nodes[zone.node]
  zone.nrCached += pages
  stat.nr_file_pages += pages
  return stat
}

/** NR_FILE_MAPPED. */
export function countMapped(mm: Mm, pfn: number, pages: 1 | -1): void {
  const zone = mm.zoneOf(pfn)
  zone.nrMapped += pages
  mm.nodes[zone.node].stat.nr_mapped += pages
}
