/**
 * What compaction remembers of a zone between runs: where its scanners go on, which orders failed lately and how often it then stands back.
 * Source: include/linux/mmzone.h:struct zone, include/linux/compaction.h, mm/compaction.c:defer_compaction, compaction_deferred, compaction_defer_reset, compaction_restarting (v6.1).
 */
import type { CompactControl } from './compact-control'

/** enum compact_result: the larger, the further compaction got. */
export const COMPACT_SKIPPED = 1
export const COMPACT_DEFERRED = 2
export const COMPACT_CONTINUE = 4
export const COMPACT_COMPLETE = 5
export const COMPACT_PARTIAL_SKIPPED = 6
export const COMPACT_CONTENDED = 7
export const COMPACT_SUCCESS = 8

/** As the tracepoints print them. */
export const COMPACT_RESULT_NAMES: readonly string[] = ['not_suitable_zone', 'skipped', 'deferred', 'no_suitable_page', 'continue', 'complete', 'partial_skipped', 'contended', 'success']

/** enum compact_priority: the lower, the harder compaction tries. */
export const COMPACT_PRIO_SYNC_FULL = 0
export const COMPACT_PRIO_SYNC_LIGHT = 1
export const COMPACT_PRIO_ASYNC = 2

/** compact_gap: free pages beyond the mark that moving pages for a block of this order may take for a while. */
export function compactGap(order: number): number {
  return 2 << order
}

const COMPACT_MAX_DEFER_SHIFT = 6

export class ZoneCompaction {
  /** Where the migrate scanner of asynchronous and of synchronous compaction goes on, and the free scanner; -1: not used yet. */
  readonly cachedMigratePfn: [number, number] = [-1, -1]
  cachedFreePfn = -1
  /** Where they started after the last reset of the skip hints: a scan from there covers the whole zone. */
  initMigratePfn = -1
  initFreePfn = 0
  considered = 0
  deferShift = 0
  orderFailed = 0
  /** The scanners of a direct compactor have met: skip hints shall be forgotten when kswapd goes to sleep. */
  blockskipFlush = false
}

/** defer_compaction: it failed; the next 2^shift attempts at this order or larger are passed over. */
export function deferCompaction(zone: ZoneCompaction, order: number): void {
  zone.considered = 0
  zone.deferShift = Math.min(zone.deferShift + 1, COMPACT_MAX_DEFER_SHIFT)
  if (order < zone.orderFailed) zone.orderFailed = order
}

/** compaction_deferred: shall this attempt be passed over? Counts it. */
export function compactionDeferred(zone: ZoneCompaction, order: number): boolean {
  if (order < zone.orderFailed) return false
  const limit = 1 << zone.deferShift
  if (++zone.considered < limit) return true
  zone.considered = limit
  return false
}

/** compaction_defer_reset: an allocation of this order succeeded, or (`allocSuccess` false) is expected to. */
export function compactionDeferReset(zone: ZoneCompaction, order: number, allocSuccess: boolean): void {
  if (allocSuccess) {
    zone.considered = 0
    zone.deferShift = 0
  }
  if (order >= zone.orderFailed) zone.orderFailed = order + 1
}

/** compaction_restarting: tried again after as many deferrals as there can be. */
export function compactionRestarting(zone: ZoneCompaction, order: number): boolean {
  return order >= zone.orderFailed && zone.deferShift === COMPACT_MAX_DEFER_SHIFT && zone.considered >= 1 << zone.deferShift
}

/** What a direct compactor wants for itself: the block that becomes free of exactly its order is kept from the free lists (struct capture_control). */
export interface CaptureControl {
  readonly cc: CompactControl
  /** Head of the captured block; -1 = none yet. */
  pfn: number
}
