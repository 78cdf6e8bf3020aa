/**
 * Waking kswapd. Nobody watches free pages: kswapd is woken when an allocation has failed the LOW test in all its zones, or when a zone's marks were boosted.
 * Source: mm/vmscan.c:wakeup_kswapd, pgdat_balanced; mm/page_alloc.c:wake_all_kswapds (v6.1).
 */
import { GFP_DIRECT_RECLAIM, gfpZone } from './gfp'
import { wakeupKcompactd } from './kcompactd-wake'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { zonelist } from './mmzone'
import { zoneViews } from './watermark'
import type { ZoneIndex } from 'reclaim-lab'

/** Balanced for this order and class of requests? The kernel's (or the policy's) judgement. */
export function pgdatBalanced(mm: Mm, node: Pgdat, order: number, highestZoneidx: number): boolean {
  return mm.decide.kswapdBalanced({ node: node.id, order, highestZoneidx: highestZoneidx as ZoneIndex, zones: zoneViews(node, order, highestZoneidx) })
}

/** wakeup_kswapd. `gfp` is the request's, or 0 for a boost. */
export function wakeupKswapd(mm: Mm, zone: Zone, gfp: number, order: number, highestZoneidx: number): void {
  if (zone.managed === 0) return
  const node = mm.nodes[zone.node]
  if (node.kswapdHighestZoneidx < highestZoneidx) node.kswapdHighestZoneidx = highestZoneidx
  if (node.kswapdOrder < order) node.kswapdOrder = order
  const kswapd = mm.kswapds[node.id]
  if (kswapd.wait.tasks.length === 0) return
  const wanted = mm.decide.kswapdWake({
    node: node.id, order, highestZoneidx: highestZoneidx as ZoneIndex, failures: node.kswapdFailures, zones: zoneViews(node, order, highestZoneidx),
  })
  if (!wanted) {
    // Plenty may be free, but in pieces, and the request can't compact for itself.
    if ((gfp & GFP_DIRECT_RECLAIM) === 0) wakeupKcompactd(mm, node, order, highestZoneidx)
    return
  }
  mm.trace.wakeupKswapd(node, zone, order, gfp)
  mm.sched.wakeAll(kswapd.wait)
}

/** wake_all_kswapds: once per node of the zonelist. */
export function wakeAllKswapdsByNode(mm: Mm, gfp: number, order: number): void {
  let last = -1
  for (const zone of zonelist(mm, gfp)) {
    if (zone.node === last) continue
    wakeupKswapd(mm, zone, gfp, order, gfpZone(gfp))
    last = zone.node
  }
}

/** As the kernel does: by node, or by zone. */
export function wakeAllKswapds(mm: Mm, gfp: number, order: number): void {
  mm.procedures.wakeAllKswapds(mm, gfp, order)
}
