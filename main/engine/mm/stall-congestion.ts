/**
 * Waits of reclaimers in 3.18: until some disk's queue is no longer congested, at most a time.
 * Source: mm/backing-dev.c:congestion_wait, wait_iff_congested, set_bdi_congested, clear_bdi_congested; block/blk-core.c:blk_queue_congestion_threshold (v3.18).
 * A queue is congested with 113 of 128 requests and clears below 103; here the same shares of the disk's tags, reads and writes together, looked at whenever somebody asks and whenever a
 * page's write ends.
 */
import type { ThrottleReason } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import type { Stalls } from './procedures'
import { pauseTicks } from './stall-timeouts'
import { WaitQueue } from './task'

/** Which disks are congested, and who waits for one to clear. */
export class Congestion {
  readonly wait = new WaitQueue()
  readonly #congested = new Set<number>()

  get some(): boolean {
    return this.#congested.size > 0
  }

  /** bdi_write_congested. */
  has(mm: Mm, disk: number): boolean {
    if (disk < 0) return false
    const tags = mm.io.depth(disk)
    const inflight = mm.io.inflight(disk)
    if (inflight >= Math.min(tags, tags - Math.floor(tags / 8) + 1)) this.#congested.add(disk)
    else if (inflight < Math.max(1, tags - Math.floor(tags / 8) - Math.floor(tags / 16) - 1)) this.#congested.delete(disk)
    return this.#congested.has(disk)
  }

  /** Some write ended: does a disk clear? */
  settle(mm: Mm): void {
    let cleared = false
    for (const disk of this.#congested) if (!this.has(mm, disk)) cleared = true
    if (cleared) mm.sched.wakeAll(this.wait)
  }
}

/** congestion_wait: the next disk that clears ends it. */
export function* congestionWait(mm: Mm, zone: Zone, reason: ThrottleReason, where = 'congestion_wait'): Episode<void> {
  yield* sleep(mm, zone, reason, where)
}

/** wait_iff_congested: only while a disk is congested, and only in a zone whose dirty pages were found to wait for one. */
export function* waitIffCongested(mm: Mm, zone: Zone, reason: ThrottleReason): Episode<void> {
  if (zone.flagCongested && mm.congestion.some) yield* sleep(mm, zone, reason, 'wait_iff_congested')
}

/** At most as long as the kernel (or the policy) says. */
function* sleep(mm: Mm, zone: Zone, reason: ThrottleReason, where: string): Episode<void> {
  const node = mm.nodes[zone.node]
  const ticks = pauseTicks(mm, node, reason, [zone])
  if (ticks === 0) return
  const start = mm.clock.now
  mm.sched.sleep(where, mm.sched.ticks(ticks), mm.congestion.wait, true)
  yield BLOCK
  mm.trace.throttled(node, where, start)
}

/** What the shared loops ask for; reclaim's own waits are in zone-vmscan.ts. */
export const CONGESTION_STALLS: Stalls = {
  stallIsolated: anyZone,
  stallWriteback: anyZone,
  *stallCongested() {},
  *stallLegacyMemcg() {},
  *stallAfterPass() {},
  *stallBeforeRetry() {},
  acctWriteback: (mm) => mm.congestion.settle(mm),
}

function* anyZone(mm: Mm, node: Pgdat): Episode<void> {
  yield* congestionWait(mm, node.populated()[0], 'VMSCAN_THROTTLE_ISOLATED')
}
