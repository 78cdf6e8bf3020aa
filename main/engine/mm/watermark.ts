/**
 * Marks and reserves of the zones, and the tests against them. The arithmetic itself is the kernel plugin's (hooks zoneWatermarks, lowmemReserve, minFreeKbytes); here it is asked, stored and used.
 * Source: mm/page_alloc.c:setup_per_zone_wmarks, setup_per_zone_lowmem_reserve, calculate_totalreserve_pages, __zone_watermark_ok, zone_watermark_fast (v6.1).
 * Marks are recomputed only when a sysctl is written, never because managed pages changed.
 * Counters are exact: the kernel keeps free pages per CPU in batches (threshold of vmstat.c:refresh_zone_stat_thresholds) and sums them precisely in zone_watermark_ok_safe below
 * percpu_drift_mark, so that the safe test and the plain one differ only by that drift, at most cpus * 125 pages and never below MIN. Here both are the safe test, at no cost to the fast path.
 */
import { ALLOC_HARDER, ALLOC_HIGH, ALLOC_OOM, ALLOC_WMARK_MASK, ALLOC_WMARK_MIN, GFP_ATOMIC_FLAG, MIGRATE_HIGHATOMIC, MIGRATE_PCPTYPES, NR_MIGRATETYPES } from './gfp'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { MAX_NR_ZONES, MAX_ORDER, WMARK_HIGH, WMARK_LOW, WMARK_MIN, WMARK_PROMO } from './mmzone'
import { setupZoneMigrateReserve } from './migrate-reserve'
import { updatePcp } from './pcp'
import type { ZoneIndex, ZoneView } from 'reclaim-lab'

/** wmark_pages: a stored mark plus the zone's boost. */
export function wmarkPages(zone: Zone, mark: number): number {
  return zone.mark[mark] + zone.boost
}

/** Recomputes everything that follows from sysctls: marks, reserves, per-cpu limits. `managedOf` lets boot use the sizes known then. */
export function setupPerZoneWmarks(mm: Mm, managedOf: (zone: Zone) => number = (zone) => zone.managed): void {
  const marks = mm.decide.zoneWatermarks({
    zones: mm.zones.map((z) => ({ node: z.node, zone: z.idx as ZoneIndex, name: z.name, managed: managedOf(z) })),
    minFreeKb: mm.sysctl.num('vm.min_free_kbytes'),
    scaleFactor: mm.sysctl.has('vm.watermark_scale_factor') ? mm.sysctl.num('vm.watermark_scale_factor') : 0,
    extraFreeKb: mm.sysctl.has('vm.extra_free_kbytes') ? mm.sysctl.num('vm.extra_free_kbytes') : 0,
    vmTotalPages: mm.vmTotalPages,
  })
  mm.zones.forEach((zone, i) => setMarks(zone, marks[i]))
  for (const zone of mm.zones) marksChanged(mm, zone)
  calculateTotalreservePages(mm)
}

/** What goes by a zone's marks: its per-cpu lists, or its turn among the node's zones and its reserved pageblocks. */
export function marksChanged(mm: Mm, zone: Zone): void {
  updatePcp(mm, zone)
  zone.allocBatch = zone.mark[WMARK_HIGH] - zone.mark[WMARK_LOW]
  if (mm.traits.reserves === 'migrate-reserve') setupZoneMigrateReserve(mm, zone)
}

export function setMarks(zone: Zone, marks: { min: number; low: number; high: number; promo?: number }): void {
  zone.mark[WMARK_MIN] = marks.min
  zone.mark[WMARK_LOW] = marks.low
  zone.mark[WMARK_HIGH] = marks.high
  zone.mark[WMARK_PROMO] = marks.promo ?? marks.high + (marks.high - marks.low)
  zone.boost = 0
}

export function setupPerZoneLowmemReserve(mm: Mm): void {
  const ratio = mm.sysctl.list('vm.lowmem_reserve_ratio')
  for (const node of mm.nodes) {
    const managed = Array.from({ length: MAX_NR_ZONES }, (_, i) => node.zones[i]?.managed ?? 0)
    const reserve = mm.decide.lowmemReserve({ managed, ratio })
    for (const zone of node.zones) if (zone) for (let j = 0; j < MAX_NR_ZONES; j++) zone.lowmemReserve[j] = reserve[zone.idx][j]
  }
  calculateTotalreservePages(mm)
}

function calculateTotalreservePages(mm: Mm): void {
  mm.totalreservePages = 0
  for (const node of mm.nodes) {
    node.totalreservePages = 0
    for (const zone of node.populated()) {
      let reserve = 0
      for (let j = zone.idx; j < MAX_NR_ZONES; j++) reserve = Math.max(reserve, zone.lowmemReserve[j])
      node.totalreservePages += Math.min(zone.managed, reserve + zone.mark[WMARK_HIGH])
    }
    mm.totalreservePages += node.totalreservePages
  }
}

/** The automatic vm.min_free_kbytes for this machine, kB. */
export function calculateMinFreeKbytes(mm: Mm, userKb: number, managedOf: (zone: Zone) => number): number {
  let lowmem = 0
  for (const zone of mm.zones) if (zone.idx <= 2) lowmem += Math.max(0, managedOf(zone) - zone.mark[WMARK_HIGH])
  return mm.decide.minFreeKbytes({ lowmemKb: lowmem * 4, userKb })
}

/** What the mark shrinks to for a privileged request (__zone_watermark_ok). */
export function reducedMark(mark: number, allocFlags: number): number {
  let min = mark
  if ((allocFlags & ALLOC_HIGH) !== 0) min -= Math.floor(min / 2)
  if ((allocFlags & (ALLOC_HARDER | ALLOC_OOM)) !== 0) min -= Math.floor(min / ((allocFlags & ALLOC_OOM) !== 0 ? 2 : 4))
  return min
}

/** __zone_watermark_unusable_free: pages that this request can't count on. */
export function unusableFree(zone: Zone, order: number, allocFlags: number): number {
  const reserves = (allocFlags & (ALLOC_HARDER | ALLOC_OOM)) !== 0
  return (1 << order) - 1 + (reserves ? 0 : zone.nrReservedHighatomic)
}

/** Does a free block of at least this order exist on a list the request may use? */
export function hasFreeBlock(zone: Zone, order: number, allocFlags: number): boolean {
  if (order === 0) return true
  const heads = zone.freeLists.head
  const types = (allocFlags & (ALLOC_HARDER | ALLOC_OOM)) !== 0 ? MIGRATE_HIGHATOMIC + 1 : MIGRATE_PCPTYPES
  for (let o = order; o < MAX_ORDER; o++) {
    if (zone.nrFree[o] === 0) continue
    for (let t = 0; t < types; t++) if (heads[o * NR_MIGRATETYPES + t] !== 0) return true
  }
  return false
}

/** __zone_watermark_ok with `free` pages instead of the zone's own count. */
export function zoneWatermarkOkWith(zone: Zone, order: number, mark: number, highestZoneidx: number, allocFlags: number, free: number): boolean {
  const usable = free - unusableFree(zone, order, allocFlags)
  const min = reducedMark(mark, allocFlags)
  if (usable <= min + zone.lowmemReserve[highestZoneidx]) return false
  return zone.halvingTest ? halvingOk(zone, order, min, usable) : hasFreeBlock(zone, order, allocFlags)
}

/** Before 4.4: of every smaller order the free pages don't count, and half the mark must be left beyond it. */
function halvingOk(zone: Zone, order: number, mark: number, usable: number): boolean {
  let free = usable
  let min = mark
  for (let o = 0; o < order; o++) {
    free -= zone.nrFree[o] * (1 << o)
    min = Math.floor(min / 2)
    if (free <= min) return false
  }
  return true
}

export function zoneWatermarkOk(zone: Zone, order: number, mark: number, highestZoneidx: number, allocFlags: number): boolean {
  return zoneWatermarkOkWith(zone, order, mark, highestZoneidx, allocFlags, zone.seenFree)
}

/** zone_watermark_fast: order 0 first, and atomic requests may ignore the boost at MIN. */
export function zoneWatermarkFast(zone: Zone, order: number, mark: number, highestZoneidx: number, allocFlags: number, gfp: number): boolean {
  if (order === 0) {
    const reserved = (allocFlags & (ALLOC_HARDER | ALLOC_OOM)) !== 0 ? 0 : zone.nrReservedHighatomic
    if (Math.max(0, zone.seenFree - reserved) > mark + zone.lowmemReserve[highestZoneidx]) return true
  }
  if (zoneWatermarkOk(zone, order, mark, highestZoneidx, allocFlags)) return true
  const atomicAtMin = order === 0 && (gfp & GFP_ATOMIC_FLAG) !== 0 && zone.boost > 0 && (allocFlags & ALLOC_WMARK_MASK) === ALLOC_WMARK_MIN
  return atomicAtMin && zoneWatermarkOk(zone, order, zone.mark[WMARK_MIN], highestZoneidx, allocFlags)
}

/** A zone as hooks see it. */
export function zoneView(zone: Zone, order: number, highestZoneidx: number): ZoneView {
  return {
    node: zone.node, zone: zone.idx as ZoneIndex, name: zone.name, managed: zone.managed, free: zone.safeFree - unusableFree(zone, order, 0),
    min: zone.mark[WMARK_MIN], low: zone.mark[WMARK_LOW], high: zone.mark[WMARK_HIGH], boost: zone.boost,
    reserve: zone.lowmemReserve[highestZoneidx], hasBlock: hasFreeBlock(zone, order, 0),
  }
}

/** The node's populated zones up to `highestZoneidx`, lowest first, as hooks see them. */
export function zoneViews(node: Pgdat, order: number, highestZoneidx: number): ZoneView[] {
  return node.populated().filter((z) => z.idx <= highestZoneidx).map((z) => zoneView(z, order, highestZoneidx))
}
