/**
 * Is there any point in compacting a zone now, or should it be reclaimed first? And how fragmented is it?
 * Source: mm/compaction.c:__compaction_suitable, compaction_suitable, compaction_zonelist_suitable, fragmentation_score_zone_weighted, fragmentation_score_wmark;
 * mm/vmscan.c:compaction_ready; mm/vmstat.c:extfrag_for_order (v6.1).
 */
import type { ZoneIndex } from 'reclaim-lab'
import { COMPACT_CONTINUE, COMPACT_SKIPPED, COMPACT_SUCCESS, compactGap } from './compaction-state'
import { fragmentationIndex } from './fragmentation'
import { ALLOC_WMARK_MASK } from './gfp'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { MAX_ORDER, PAGE_ALLOC_COSTLY_ORDER, PAGEBLOCK_ORDER, WMARK_HIGH, WMARK_LOW, WMARK_MIN } from './mmzone'
import { zoneReclaimablePages } from './zone-reclaimable'
import { wmarkPages, zoneWatermarkOk, zoneWatermarkOkWith } from './watermark'

/** __compaction_suitable, with `free` pages instead of the zone's own count for the room that moving takes. */
function suitableWith(zone: Zone, order: number, allocFlags: number, highestZoneidx: number, free: number): number {
  if (zoneWatermarkOk(zone, order, wmarkPages(zone, allocFlags & ALLOC_WMARK_MASK), highestZoneidx, allocFlags)) return COMPACT_SUCCESS
  const mark = wmarkPages(zone, order > PAGE_ALLOC_COSTLY_ORDER ? WMARK_LOW : WMARK_MIN) + compactGap(order)
  return zoneWatermarkOkWith(zone, 0, mark, highestZoneidx, 0, free) ? COMPACT_CONTINUE : COMPACT_SKIPPED
}

/** compaction_suitable: COMPACT_SUCCESS (such a block can be had already), COMPACT_SKIPPED (too little is free, or lack of memory is the trouble, not its pieces), COMPACT_CONTINUE. */
export function compactionSuitable(mm: Mm, zone: Zone, order: number, allocFlags: number, highestZoneidx: number): number {
  if (order < 0) return COMPACT_CONTINUE
  const { available, room, index } = mm.traits.kcompactd ? suitability(zone, order, allocFlags, highestZoneidx) : suitabilityBefore46(zone, order)
  return mm.decide.compactionSuitable({ node: zone.node, zone: zone.idx as ZoneIndex, order, available, room, index, threshold: mm.sysctl.num('vm.extfrag_threshold') })
}

interface Suitability { readonly available: boolean; readonly room: boolean; readonly index: number }

function suitability(zone: Zone, order: number, allocFlags: number, highestZoneidx: number): Suitability {
  const result = suitableWith(zone, order, allocFlags, highestZoneidx, zone.seenFree)
  const index = result === COMPACT_CONTINUE && order > PAGE_ALLOC_COSTLY_ORDER ? fragmentationIndex(zone.nrFree, order) : -1
  return { available: result === COMPACT_SUCCESS, room: result !== COMPACT_SKIPPED, index }
}

/** compaction_suitable before 4.6: LOW and twice the block free, whatever the order, and no lack of memory in any zone. */
function suitabilityBefore46(zone: Zone, order: number): Suitability {
  const mark = zone.mark[WMARK_LOW] + compactGap(order)
  const index = fragmentationIndex(zone.nrFree, order)
  return { available: index === -1000 && zoneWatermarkOk(zone, order, mark, 0, 0), room: zoneWatermarkOk(zone, 0, mark, 0, 0), index }
}

/** compaction_zonelist_suitable: would some zone be suitable if a share of what can be reclaimed were free? */
export function compactionZonelistSuitable(mm: Mm, zones: readonly Zone[], order: number, allocFlags: number, highestZoneidx: number): boolean {
  return zones.some((zone) => suitableWith(zone, order, allocFlags, highestZoneidx, zone.free + Math.floor(zoneReclaimablePages(mm, zone) / order)) === COMPACT_CONTINUE)
}

/** compaction_ready: so much is free that reclaim for a costly order should leave the zone alone. */
export function compactionReady(mm: Mm, zone: Zone, order: number, reclaimIdx: number): boolean {
  const suitable = compactionSuitable(mm, zone, order, 0, reclaimIdx)
  if (suitable !== COMPACT_CONTINUE) return suitable === COMPACT_SUCCESS
  return zoneWatermarkOk(zone, 0, wmarkPages(zone, WMARK_HIGH) + compactGap(order), reclaimIdx, 0)
}

/** extfrag_for_order for huge pages: percent of the zone's free pages that lie in blocks smaller than one. */
export function fragmentationScoreZone(zone: Zone): number {
  if (zone.free === 0) return 0
  let usable = 0
  for (let order = PAGEBLOCK_ORDER; order < MAX_ORDER; order++) usable += zone.nrFree[order] << order
  return Math.floor(((zone.free - usable) * 100) / zone.free)
}

/** fragmentation_score_node: each zone's score by its share of the node's pages. */
export function fragmentationScoreNode(node: Pgdat): number {
  const zones = node.populated()
  const present = zones.reduce((sum, zone) => sum + zone.present, 0)
  return zones.reduce((score, zone) => score + Math.floor((zone.present * fragmentationScoreZone(zone)) / (present + 1)), 0)
}

/** fragmentation_score_wmark: proactive compaction starts above the high mark and goes on to the low one. */
export function fragmentationScoreWmark(proactiveness: number, low: boolean): number {
  const mark = Math.max(100 - proactiveness, 5)
  return low ? mark : Math.min(mark + 10, 100)
}
