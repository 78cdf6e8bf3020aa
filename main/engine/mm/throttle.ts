/**
 * Reclaimers that should wait: for writeback, for pages others have isolated, for anyone's progress.
 * Source: mm/vmscan.c:reclaim_throttle, skip_throttle_noprogress, consider_reclaim_throttle, __acct_reclaim_writeback, throttle_direct_reclaim (v6.1).
 */
import { ZONE_NORMAL } from 'reclaim-lab'
import type { ThrottleReason } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { COMPACT_SKIPPED, compactGap } from './compaction-state'
import { compactionSuitable } from './compaction-suitable'
import { GFP_FS } from './gfp'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { Stalls } from './procedures'
import { PAGE_ALLOC_COSTLY_ORDER, WMARK_MIN } from './mmzone'
import type { ScanControl } from './scan-control'
import { SWAP_CLUSTER_MAX } from './scan-control'
import { WaitQueue } from './task'
import { wmarkPages } from './watermark'
import { zoneReclaimablePages } from './zone-reclaimable'

export const THROTTLE_STALLS: Stalls = {
  stallIsolated: (mm, node) => reclaimThrottle(mm, node, 'VMSCAN_THROTTLE_ISOLATED'),
  stallWriteback: (mm, node) => reclaimThrottle(mm, node, 'VMSCAN_THROTTLE_WRITEBACK'),
  stallCongested: (mm, node) => reclaimThrottle(mm, node, 'VMSCAN_THROTTLE_CONGESTED'),
  stallLegacyMemcg: (mm, node) => reclaimThrottle(mm, node, 'VMSCAN_THROTTLE_WRITEBACK'),
  stallAfterPass: considerReclaimThrottle,
  *stallBeforeRetry() {},
  acctWriteback: acctReclaimWriteback,
}

/** A node's wait queues of throttled reclaimers. */
export class NodeThrottle {
  readonly writeback = new WaitQueue()
  readonly isolated = new WaitQueue()
  readonly noprogress = new WaitQueue()
  readonly congested = new WaitQueue()
  readonly pfmemalloc = new WaitQueue()
  nrWritebackThrottled = 0
  nrReclaimStart = 0
}

/** reclaim_throttle: sleep until the reason may have passed, at most as long as the kernel (or the policy) says. */
function* reclaimThrottle(mm: Mm, node: Pgdat, reason: ThrottleReason): Episode<void> {
  const task = mm.current
  if (task.kthread && !task.isKswapd) return
  const waits = mm.throttles[node.id]
  const ticks = mm.decide.reclaimThrottle({ node: node.id, reason, kswapd: task.isKswapd, failures: node.kswapdFailures, ...reclaimableAndPending(mm, node), hz: mm.hz })
  if (ticks === 0) return
  const start = mm.clock.now
  let queue = waits.writeback
  if (reason === 'VMSCAN_THROTTLE_WRITEBACK') {
    if (waits.nrWritebackThrottled++ === 0) waits.nrReclaimStart = node.stat.nr_throttled_written
  } else if (reason === 'VMSCAN_THROTTLE_ISOLATED') {
    queue = waits.isolated
  } else {
    queue = reason === 'VMSCAN_THROTTLE_NOPROGRESS' ? waits.noprogress : waits.congested
  }
  mm.sched.sleep(reason, mm.sched.ticks(ticks), queue)
  yield BLOCK
  if (reason === 'VMSCAN_THROTTLE_WRITEBACK') waits.nrWritebackThrottled--
  mm.trace.throttled(node, reason, start)
}

function reclaimableAndPending(mm: Mm, node: Pgdat): { reclaimable: number; writePending: number } {
  let reclaimable = 0
  let writePending = 0
  for (const zone of node.populated()) {
    reclaimable += zoneReclaimablePages(mm, zone)
    writePending += zone.nrWritePending
  }
  return { reclaimable, writePending }
}

/** consider_reclaim_throttle, after a direct reclaimer has been over the zones once. */
function* considerReclaimThrottle(mm: Mm, node: Pgdat, sc: ScanControl): Episode<void> {
  if (sc.nrReclaimed > sc.nrScanned / 8) {
    mm.sched.wakeAll(mm.throttles[node.id].noprogress)
    return
  }
  if (!sc.isKswapd && !sc.cgroupReclaim && sc.priority === 1 && sc.nrReclaimed === 0) yield* reclaimThrottle(mm, node, 'VMSCAN_THROTTLE_NOPROGRESS')
}

/** A page finished writeback: enough of them wake the throttled. */
function acctReclaimWriteback(mm: Mm, node: Pgdat): void {
  const waits = mm.throttles[node.id]
  if (waits.nrWritebackThrottled === 0) return
  node.stat.nr_throttled_written++
  if (node.stat.nr_throttled_written - waits.nrReclaimStart > SWAP_CLUSTER_MAX * waits.nrWritebackThrottled) mm.sched.wakeAll(waits.writeback)
}

/** allow_direct_reclaim: may reclaimers begin, or shall they leave the reserves alone until kswapd has done something? */
export function allowDirectReclaim(mm: Mm, node: Pgdat): boolean {
  let min = 0
  let free = 0
  for (const zone of node.populated()) {
    if (zone.idx > ZONE_NORMAL || (mm.traits.lruLists === 'node' && zoneReclaimablePages(mm, zone) === 0)) continue
    min += wmarkPages(zone, WMARK_MIN)
    free += zone.seenFree
  }
  if (mm.decide.allowDirectReclaim({ node: node.id, failures: node.kswapdFailures, free, min })) return true
  const kswapd = mm.kswapds[node.id]
  if (node.kswapdHighestZoneidx > ZONE_NORMAL || node.kswapdHighestZoneidx < 0) node.kswapdHighestZoneidx = ZONE_NORMAL
  mm.sched.wakeAll(kswapd.wait)
  return false
}

/** Nobody waits longer for what a policy answers, ns. */
const MAX_PATIENCE = 10e9

/** throttle_direct_reclaim: waits for kswapd when the reserves are half gone. true: a fatal signal arrived, don't reclaim. */
export function* throttleDirectReclaim(mm: Mm, node: Pgdat, gfp: number): Episode<boolean> {
  const task = mm.current
  if (task.kthread || task.killed || allowDirectReclaim(mm, node)) return false
  mm.vm.pgscan_direct_throttle++
  const queue = mm.throttles[node.id].pfmemalloc
  const start = mm.clock.now
  const until = (gfp & GFP_FS) === 0 ? start + 1e9 : mm.policyHooks.has('allowDirectReclaim') ? start + MAX_PATIENCE : Infinity
  while (!allowDirectReclaim(mm, node) && !task.killed && mm.clock.now < until) {
    mm.sched.sleep('throttle_direct_reclaim', until, queue, false, true)
    yield BLOCK
  }
  return task.killed
}

/** should_continue_reclaim: for large orders, as long as no zone could be compacted and the inactive lists have what compaction takes. */
export function shouldContinueReclaim(mm: Mm, node: Pgdat, nrReclaimed: number, sc: ScanControl): boolean {
  if (sc.order === 0 || (sc.order <= PAGE_ALLOC_COSTLY_ORDER && sc.priority >= 10) || nrReclaimed === 0) return false
  for (const zone of node.populated()) if (zone.idx <= sc.reclaimIdx && compactionSuitable(mm, zone, sc.order, 0, sc.reclaimIdx) !== COMPACT_SKIPPED) return false
  const inactive = node.stat.nr_inactive_file + (mm.swap.nrSwapPages > 0 ? node.stat.nr_inactive_anon : 0)
  return inactive > compactGap(sc.order)
}
