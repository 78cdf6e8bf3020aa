/**
 * Waits of reclaimers in 5.15: fixed times. congestion_wait was made to end early when a disk's queue has room again, but since 5.0 no disk reports that, so it always sleeps its time, and
 * wait_iff_congested, which only waits while some disk is congested, never does. How long is the kernel plugin's (hook reclaimThrottle).
 * Source: mm/backing-dev.c:congestion_wait, wait_iff_congested; mm/vmscan.c:shrink_inactive_list, shrink_node; mm/page_alloc.c:should_reclaim_retry (v5.15).
 */
import type { ThrottleReason } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { gfpZone } from './gfp'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { WMARK_MIN, zonelist } from './mmzone'
import type { Stalls } from './procedures'
import { wmarkPages, zoneWatermarkOkWith } from './watermark'
import { zoneReclaimablePages } from './zone-reclaimable'

export const TIMEOUT_STALLS: Stalls = {
  stallIsolated: (mm, node) => pause(mm, node, 'VMSCAN_THROTTLE_ISOLATED', 'too_many_isolated'),
  stallWriteback: (mm, node) => pause(mm, node, 'VMSCAN_THROTTLE_WRITEBACK', 'congestion_wait'),
  stallCongested: (mm, node) => pause(mm, node, 'VMSCAN_THROTTLE_CONGESTED', 'wait_iff_congested'),
  *stallLegacyMemcg() {},
  *stallAfterPass() {},
  stallBeforeRetry,
  acctWriteback() {},
}

/** For its time, whatever happens meanwhile. */
function* pause(mm: Mm, node: Pgdat, reason: ThrottleReason, where: string, zones: readonly Zone[] = node.populated()): Episode<void> {
  const ticks = pauseTicks(mm, node, reason, zones)
  if (ticks === 0) return
  const start = mm.clock.now
  mm.sched.sleep(where, mm.sched.ticks(ticks), undefined, where !== 'too_many_isolated')
  yield BLOCK
  mm.trace.throttled(node, where, start)
}

/** How long, by the kernel or the policy; 0: not at all. */
export function pauseTicks(mm: Mm, node: Pgdat, reason: ThrottleReason, zones: readonly Zone[]): number {
  let reclaimable = 0
  let writePending = 0
  for (const zone of zones) {
    reclaimable += zoneReclaimablePages(mm, zone)
    writePending += zone.nrWritePending
  }
  return mm.decide.reclaimThrottle({ node: node.id, reason, kswapd: mm.current.isKswapd, failures: node.kswapdFailures, reclaimable, writePending, hz: mm.hz })
}

/** In should_reclaim_retry: the zone that could serve the request is given time if much of what is reclaimable there waits for a write. */
function* stallBeforeRetry(mm: Mm, gfp: number, order: number, allocFlags: number): Episode<void> {
  for (const zone of zonelist(mm, gfp)) {
    const offer = zone.free + zoneReclaimablePages(mm, zone)
    if (zoneWatermarkOkWith(zone, order, wmarkPages(zone, WMARK_MIN), gfpZone(gfp), allocFlags, offer)) return yield* pause(mm, mm.nodes[zone.node], 'VMSCAN_THROTTLE_NOPROGRESS', 'congestion_wait', [zone])
  }
}
