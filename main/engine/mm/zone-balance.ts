/**
 * Is a zone, or a node, balanced, and shall kswapd wake? Where LRU lists are by zone. The judgement is the kernel plugin's (hooks kswapdBalanced, kswapdWake).
 * Source: mm/vmscan.c:zone_balanced, pgdat_balanced, wakeup_kswapd; mm/page_alloc.c:wake_all_kswapds (v3.18). No reserve is added to the mark but where kswapd is at work on a zone for the sake of higher ones.
 */
import type { ZoneIndex, ZoneView } from 'reclaim-lab'
import { COMPACT_SKIPPED } from './compaction-state'
import { compactionSuitable } from './compaction-suitable'
import { gfpZone } from './gfp'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { WMARK_HIGH, zonelist } from './mmzone'
import { zoneView, zoneWatermarkOk } from './watermark'
import { zoneReclaimable } from './zone-scan-count'

/** zone_balanced: HIGH and `gap` more, and for large orders compaction need not be skipped. */
export function zoneBalanced(mm: Mm, zone: Zone, order: number, gap: number, classzoneIdx: number): boolean {
  if (!zoneWatermarkOk(zone, order, zone.mark[WMARK_HIGH] + gap, classzoneIdx, 0)) return false
  return order === 0 || compactionSuitable(mm, zone, order, 0, 0) !== COMPACT_SKIPPED
}

/** KSWAPD_ZONE_BALANCE_GAP_RATIO: how far above HIGH a zone may go for the others' sake. */
export function balanceGap(zone: Zone, low: number): number {
  return Math.min(low, Math.ceil(zone.managed / 100))
}

/** `hasBlock` tells the rest of the test for a large order, at HIGH. */
function viewOf(mm: Mm, zone: Zone, order: number): ZoneView {
  const hasBlock = order === 0 || (zoneWatermarkOk(zone, order, zone.mark[WMARK_HIGH], 0, 0) && compactionSuitable(mm, zone, order, 0, 0) !== COMPACT_SKIPPED)
  return { ...zoneView(zone, order, zone.idx), hasBlock, allUnreclaimable: !zoneReclaimable(mm, zone) }
}

function zoneViewsByZone(mm: Mm, node: Pgdat, order: number, highestZoneidx: number): ZoneView[] {
  return node.populated().filter((zone) => zone.idx <= highestZoneidx).map((zone) => viewOf(mm, zone, order))
}

export function pgdatBalancedByZone(mm: Mm, node: Pgdat, order: number, highestZoneidx: number): boolean {
  return mm.decide.kswapdBalanced({ node: node.id, order, highestZoneidx: highestZoneidx as ZoneIndex, zones: zoneViewsByZone(mm, node, order, highestZoneidx) })
}

/** wakeup_kswapd, for one zone. What is asked is noted only when the order is larger than what was asked before. */
function wakeupKswapdOfZone(mm: Mm, zone: Zone, gfp: number, order: number, classzoneIdx: number): void {
  if (zone.managed === 0) return
  const node = mm.nodes[zone.node]
  if (node.kswapdOrder < order) {
    node.kswapdOrder = order
    node.kswapdHighestZoneidx = node.kswapdHighestZoneidx < 0 ? classzoneIdx : Math.min(node.kswapdHighestZoneidx, classzoneIdx)
  }
  const kswapd = mm.kswapds[node.id]
  if (kswapd.wait.tasks.length === 0) return
  if (!mm.decide.kswapdWake({ node: node.id, order, highestZoneidx: classzoneIdx as ZoneIndex, failures: 0, zones: [viewOf(mm, zone, order)] })) return
  mm.trace.wakeupKswapd(node, zone, order, gfp)
  mm.sched.wakeAll(kswapd.wait)
}

/** wake_all_kswapds: once a zone. */
export function wakeAllKswapdsByZone(mm: Mm, gfp: number, order: number): void {
  for (const zone of zonelist(mm, gfp)) wakeupKswapdOfZone(mm, zone, gfp, order, gfpZone(gfp))
}
