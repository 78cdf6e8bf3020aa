/**
 * Direct reclaim where LRU lists are by zone: the zones of the zonelist one after the other, then slab once for all, and after 48 scanned pages the flushers are called.
 * Source: mm/vmscan.c:do_try_to_free_pages, shrink_zones, compaction_ready (v3.18).
 */
import type { Episode } from '../core/clock'
import { COMPACT_SKIPPED, compactGap, compactionDeferred } from './compaction-state'
import { compactionSuitable } from './compaction-suitable'
import { softLimitReclaim } from './memcg-soft-limit'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { PAGE_ALLOC_COSTLY_ORDER, WMARK_HIGH, WMARK_LOW, zonelist } from './mmzone'
import type { ScanControl } from './scan-control'
import { DEF_PRIORITY } from './scan-control'
import { shrinkSlab } from './shrinker'
import { zoneWatermarkOk } from './watermark'
import { wakeupFlusherThreads } from './writeback'
import { balanceGap } from './zone-balance'
import { zoneReclaimablePages } from './zone-reclaimable'
import { zoneReclaimable } from './zone-scan-count'
import { shrinkZone } from './zone-vmscan'

/** do_try_to_free_pages: pages reclaimed; 1 where some zone still has something to give, so that nobody is killed yet. */
export function* doTryToFreePagesByZone(mm: Mm, sc: ScanControl): Episode<number> {
  let totalScanned = 0
  let reclaimable = false
  if (!sc.cgroupReclaim) mm.allocstall[sc.reclaimIdx]++
  for (sc.priority = DEF_PRIORITY; sc.priority >= 0; sc.priority--) {
    sc.nrScanned = 0
    reclaimable = yield* shrinkZonesByZone(mm, sc)
    totalScanned += sc.nrScanned
    const { order, priority, nrToReclaim: target, nrReclaimed: reclaimed, nrScanned: scanned } = sc
    if (sc.compactionReady || !mm.decide.reclaimContinue({ order, memcg: sc.targetMemcg?.id ?? 0, priority, target, reclaimed, scanned })) break
    if (sc.priority < DEF_PRIORITY - 2) sc.mayWritepage = true
    // As many pages as were scanned are sent to the disks, once it was half more than what is wanted: 48.
    if (totalScanned > sc.nrToReclaim + Math.floor(sc.nrToReclaim / 2)) {
      wakeupFlusherThreads(mm, mm.sysctl.num('vm.laptop_mode') !== 0 ? Infinity : totalScanned)
      sc.mayWritepage = true
    }
  }
  if (sc.nrReclaimed > 0) return sc.nrReclaimed
  return sc.compactionReady || reclaimable ? 1 : 0
}

/** shrink_zones. true: something came free, or could. */
function* shrinkZonesByZone(mm: Mm, sc: ScanControl): Episode<boolean> {
  let reclaimable = false
  let lruPages = 0
  const nodes = new Set<number>()
  for (const zone of zonelist(mm, sc.gfp)) {
    if (!sc.cgroupReclaim) {
      lruPages += zoneReclaimablePages(mm, zone)
      nodes.add(zone.node)
      if (sc.priority !== DEF_PRIORITY && !zoneReclaimable(mm, zone)) continue
      if (sc.order > PAGE_ALLOC_COSTLY_ORDER && compactionReady(mm, zone, sc.order)) {
        sc.compactionReady = true
        continue
      }
      if (mm.memcgs.legacy) {
        const soft = yield* softLimitReclaim(mm, mm.nodes[zone.node], sc, zone)
        sc.nrReclaimed += soft.reclaimed
        sc.nrScanned += soft.scanned
        if (soft.reclaimed > 0) reclaimable = true
      }
    }
    if (yield* shrinkZone(mm, zone, sc)) reclaimable = true
    if (!sc.cgroupReclaim && zoneReclaimable(mm, zone)) reclaimable = true
  }
  if (sc.cgroupReclaim) return reclaimable
  const share = { scanned: sc.nrScanned, lruPages }
  for (const node of nodes) yield* shrinkSlab(mm, mm.nodes[node], sc, share)
  return reclaimable
}

/** compaction_ready. */
function compactionReady(mm: Mm, zone: Zone, order: number): boolean {
  const enough = zoneWatermarkOk(zone, 0, zone.mark[WMARK_HIGH] + balanceGap(zone, zone.mark[WMARK_LOW]) + compactGap(order), 0, 0)
  if (compactionDeferred(zone.compaction, order)) return enough
  return compactionSuitable(mm, zone, order, 0, 0) !== COMPACT_SKIPPED && enough
}
