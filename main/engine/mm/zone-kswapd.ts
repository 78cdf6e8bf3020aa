/**
 * kswapd's work where LRU lists are by zone: every zone up to the highest that lacks pages, from the lowest up, until all are balanced.
 * Source: mm/vmscan.c:balance_pgdat, kswapd_shrink_zone, age_active_anon; mm/compaction.c:compact_pgdat (v3.18). Sleeping and waking are kswapd.ts. There is no thread that compacts: kswapd does.
 */
import { LRU_ACTIVE_ANON } from 'reclaim-lab'
import type { ZoneIndex } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { compactZone, daemonControl } from './compaction'
import { COMPACT_SKIPPED, compactionDeferReset, compactionDeferred } from './compaction-state'
import { compactionSuitable } from './compaction-suitable'
import { GFP_KERNEL } from './gfp'
import { softLimitReclaim } from './memcg-soft-limit'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { WMARK_LOW } from './mmzone'
import { DEF_PRIORITY, ScanControl, SWAP_CLUSTER_MAX } from './scan-control'
import { shrinkSlab } from './shrinker'
import { allowDirectReclaim } from './throttle'
import { shrinkActiveList } from './vmscan'
import { zoneView, zoneWatermarkOk } from './watermark'
import { balanceGap, pgdatBalancedByZone, zoneBalanced } from './zone-balance'
import { zoneReclaimablePages } from './zone-reclaimable'
import { inactiveListIsLow, zoneReclaimable } from './zone-scan-count'
import { shrinkZone } from './zone-vmscan'

/** What the zones of one pass add up to. */
interface Pass {
  attempted: number
  enough: boolean
}

/** Passes of one run that may reclaim nothing before the engine presses harder, whatever a policy answers. */
const MAX_FRUITLESS_PASSES = 16

/** balance_pgdat. Returns the order it reached. */
export function* balancePgdatByZone(mm: Mm, node: Pgdat, orderIn: number, classzoneIdx: number): Episode<number> {
  const sc = new ScanControl('kswapd')
  sc.gfp = GFP_KERNEL
  sc.order = orderIn
  sc.mayWritepage = mm.sysctl.num('vm.laptop_mode') === 0
  let fruitless = 0
  mm.vm.pageoutrun++
  mm.clock.now += mm.cost.kswapdPassOverhead
  do {
    sc.nrReclaimed = 0
    const end = yield* highestUnbalanced(mm, node, sc)
    if (end < 0) break
    const zones = node.populated().filter((zone) => zone.idx <= end)
    const lruPages = zones.reduce((sum, zone) => sum + zoneReclaimablePages(mm, zone), 0)
    const wantsCompaction = sc.order > 0 && !zones.some((zone) => zoneWatermarkOk(zone, sc.order, zone.mark[WMARK_LOW], classzoneIdx, 0))
    if (sc.priority < DEF_PRIORITY - 2) sc.mayWritepage = true
    const pass: Pass = { attempted: 0, enough: false }
    for (const zone of zones) {
      if (sc.priority !== DEF_PRIORITY && !zoneReclaimable(mm, zone)) continue
      sc.nrScanned = 0
      if (mm.memcgs.legacy) sc.nrReclaimed += (yield* softLimitReclaim(mm, node, sc, zone)).reclaimed
      yield* kswapdShrinkZone(mm, zone, end, sc, lruPages, pass)
    }
    const waiters = mm.throttles[node.id].pfmemalloc
    if (waiters.tasks.length > 0 && allowDirectReclaim(mm, node)) mm.sched.wakeAll(waiters)
    if (sc.order > 0 && sc.nrReclaimed >= 2 << sc.order) sc.order = 0
    if (wantsCompaction && sc.nrReclaimed > pass.attempted) yield* compactPgdat(mm, node, sc.order)
    if (mm.clock.now >= mm.clock.limit) yield RUN
    const next = mm.decide.kswapdPriority({ node: node.id, priority: sc.priority, reclaimed: sc.nrReclaimed, scannedEnough: pass.enough, forBoost: false })
    if (sc.nrReclaimed === 0) fruitless++
    sc.priority = fruitless > MAX_FRUITLESS_PASSES ? Math.min(next, sc.priority - 1) : next
  } while (sc.priority >= 1 && !pgdatBalancedByZone(mm, node, sc.order, classzoneIdx))
  return sc.order
}

/** From the top: zones are aged, and the first that lacks pages ends the search; those above it are well. -1: all are. */
function* highestUnbalanced(mm: Mm, node: Pgdat, sc: ScanControl): Episode<number> {
  for (const zone of node.populated().reverse()) {
    if (sc.priority !== DEF_PRIORITY && !zoneReclaimable(mm, zone)) continue
    for (const lruvec of mm.lruvecsOf(node)) {
      if (lruvec.zone === zone && inactiveListIsLow(mm, lruvec, zone, false)) yield* shrinkActiveList(mm, lruvec, LRU_ACTIVE_ANON, SWAP_CLUSTER_MAX, sc)
    }
    if (!zoneBalanced(mm, zone, sc.order, 0, 0)) return zone.idx
    zone.flagCongested = false
    zone.flagDirty = false
  }
  return -1
}

/** kswapd_shrink_zone. A zone that is well above HIGH is left alone; that counts as enough scanned. */
function* kswapdShrinkZone(mm: Mm, zone: Zone, classzoneIdx: number, sc: ScanControl, lruPages: number, pass: Pass): Episode<void> {
  sc.nrToReclaim = mm.decide.kswapdTarget({ node: zone.node, order: sc.order, priority: sc.priority, highestZoneidx: zone.idx as ZoneIndex, zones: [zoneView(zone, sc.order, zone.idx)] })
  const testorder = sc.order > 0 && compactionSuitable(mm, zone, sc.order, 0, 0) !== COMPACT_SKIPPED ? 0 : sc.order
  if (zoneBalanced(mm, zone, testorder, balanceGap(zone, zone.mark[WMARK_LOW]), classzoneIdx)) {
    pass.enough = true
    return
  }
  const target = sc.nrToReclaim
  yield* shrinkZone(mm, zone, sc)
  yield* shrinkSlab(mm, mm.nodes[zone.node], sc, { scanned: sc.nrScanned, lruPages })
  pass.attempted += target
  zone.flagWriteback = false
  if (zoneReclaimable(mm, zone) && zoneBalanced(mm, zone, testorder, 0, classzoneIdx)) {
    zone.flagCongested = false
    zone.flagDirty = false
  }
  if (sc.nrScanned >= target) pass.enough = true
}

/** compact_pgdat: every zone that is not deferred, without waiting for anything. */
function* compactPgdat(mm: Mm, node: Pgdat, order: number): Episode<void> {
  if (order === 0) return
  for (const zone of node.populated()) {
    if (compactionDeferred(zone.compaction, order)) continue
    yield* compactZone(mm, daemonControl(zone, order, 'async', zone.idx))
    if (zoneWatermarkOk(zone, order, zone.mark[WMARK_LOW], 0, 0)) compactionDeferReset(zone.compaction, order, false)
  }
}
