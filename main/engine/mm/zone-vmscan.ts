/**
 * One reclaim pass over a zone, where LRU lists are by zone.
 * Source: mm/vmscan.c:shrink_zone, shrink_lruvec, shrink_list, shrink_inactive_list, too_many_isolated, should_continue_reclaim; mm/page-writeback.c:throttle_vm_writeout (v3.18).
 * Simplification: no vmpressure. Pages that compaction holds are not in a zone's count of isolated ones.
 */
import { LRU_ACTIVE_ANON, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { COMPACT_SKIPPED } from './compaction-state'
import { compactionSuitable } from './compaction-suitable'
import { domainDirtyLimits } from './dirty-limits'
import { GFP_FS, GFP_IO, GFP_RETRY_MAYFAIL } from './gfp'
import type { FolioList } from './isolate'
import { isolateLruFolios, putbackFolio, returnFolioList, takeFolioList } from './isolate'
import type { Lruvec } from './lruvec'
import { isActiveLru, isFileLru } from './lruvec'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { PAGE_ALLOC_COSTLY_ORDER } from './mmzone'
import { PG_ACTIVE, PG_DEAD, folioNrPages } from './page'
import type { ScanControl } from './scan-control'
import { DEF_PRIORITY, SWAP_CLUSTER_MAX } from './scan-control'
import { addIsolated, countScan, countSteal } from './shrink-isolated'
import { ReclaimStat, shrinkFolioList } from './shrink-list'
import { congestionWait, waitIffCongested } from './stall-congestion'
import { lruAddDrain } from './swap-lru'
import { scanInTurns, shrinkActiveList } from './vmscan'
import { pending } from './writeback'
import { getZoneScanCount, inactiveListIsLow } from './zone-scan-count'

/** shrink_zone: all groups' lists of the zone, or those of the target and below. true: pages came free. */
export function* shrinkZone(mm: Mm, zone: Zone, sc: ScanControl): Episode<boolean> {
  const { groups, root } = mm.memcgs
  const target = sc.targetMemcg ?? root
  let reclaimable = false
  for (;;) {
    const before = sc.nrReclaimed
    const scannedBefore = sc.nrScanned
    mm.clock.now += mm.cost.shrinkNodePass
    for (let id = target.id; id <= target.last; id++) {
      if (id !== 0 && mm.clock.now >= mm.clock.limit) yield RUN
      yield* shrinkZoneLruvec(mm, mm.lruvecOf(groups[id].id, zone), sc)
      if (sc.cgroupReclaim && sc.nrReclaimed >= sc.nrToReclaim) break
    }
    if (sc.nrReclaimed > before) reclaimable = true
    if (!shouldContinue(mm, zone, sc.nrReclaimed - before, sc.nrScanned - scannedBefore, sc)) return reclaimable
  }
}

/** should_continue_reclaim: for large orders, until twice the block is reclaimed or compaction could begin. */
function shouldContinue(mm: Mm, zone: Zone, reclaimed: number, scanned: number, sc: ScanControl): boolean {
  if (sc.order === 0 || (sc.order <= PAGE_ALLOC_COSTLY_ORDER && sc.priority >= DEF_PRIORITY - 2)) return false
  if (reclaimed === 0 && ((sc.gfp & GFP_RETRY_MAYFAIL) === 0 || scanned === 0)) return false
  const wanted = 2 << sc.order
  const inactive = zone.nrLru[LRU_INACTIVE_FILE] + (mm.swap.nrSwapPages > 0 ? zone.nrLru[LRU_INACTIVE_ANON] : 0)
  if (sc.nrReclaimed < wanted && inactive > wanted) return true
  return inactive > 0 && compactionSuitable(mm, zone, sc.order, 0, 0) === COMPACT_SKIPPED
}

/** shrink_lruvec: once the target is met the rest is cut in proportion, and scanned whole. */
export function* shrinkZoneLruvec(mm: Mm, lruvec: Lruvec, sc: ScanControl): Episode<void> {
  const zone = lruvec.zone
  if (zone === undefined) return
  const nr = new Float64Array(LRU_UNEVICTABLE)
  getZoneScanCount(mm, lruvec, zone, sc, nr)
  yield* scanInTurns(mm, lruvec, sc, nr, (_mm, _lruvec, lru, scan) => shrinkList(mm, lruvec, zone, lru, scan, sc))
  if (inactiveListIsLow(mm, lruvec, zone, false)) yield* shrinkActiveList(mm, lruvec, LRU_ACTIVE_ANON, SWAP_CLUSTER_MAX, sc)
  yield* throttleVmWriteout(mm, zone, sc.gfp)
}

function* shrinkList(mm: Mm, lruvec: Lruvec, zone: Zone, lru: number, scan: number, sc: ScanControl): Episode<number> {
  if (!isActiveLru(lru)) return yield* shrinkInactiveList(mm, lruvec, zone, lru, scan, sc)
  if (inactiveListIsLow(mm, lruvec, zone, isFileLru(lru))) yield* shrinkActiveList(mm, lruvec, lru, scan, sc)
  return 0
}

/** throttle_vm_writeout: as long as a tenth more than the dirty limit is under writeback, swap's included. */
function* throttleVmWriteout(mm: Mm, zone: Zone, gfp: number): Episode<void> {
  for (;;) {
    const thresh = domainDirtyLimits(mm).thresh
    if (pending(mm).writeback <= thresh + Math.floor(thresh / 10)) return
    yield* congestionWait(mm, zone, 'VMSCAN_THROTTLE_WRITEBACK', 'throttle_vm_writeout')
    if ((gfp & (GFP_FS | GFP_IO)) !== (GFP_FS | GFP_IO)) return
  }
}

/** shrink_inactive_list: isolate, shrink, put back, note what was met in the zone's flags, and wait where the disks can't follow. Pages freed. */
function* shrinkInactiveList(mm: Mm, lruvec: Lruvec, zone: Zone, lru: number, nrToScan: number, sc: ScanControl): Episode<number> {
  const file = isFileLru(lru)
  while (tooManyIsolated(zone, file, sc)) {
    yield* congestionWait(mm, zone, 'VMSCAN_THROTTLE_ISOLATED')
    if (mm.current.killed) return SWAP_CLUSTER_MAX
  }
  lruAddDrain(mm)
  const list = takeFolioList()
  isolateLruFolios(mm, lruvec, lru, nrToScan, sc, list)
  countScan(mm, sc, lruvec, file, list.scanned)
  if (!sc.cgroupReclaim) {
    zone.pagesScanned += list.scanned
    zone.events[sc.isKswapd ? 'pgscan_kswapd' : 'pgscan_direct'] += list.scanned
  }
  if (list.taken === 0) {
    returnFolioList(list)
    return 0
  }
  return yield* shrinkIsolatedOfZone(mm, lruvec, file, list, sc)
}

/** shrink_inactive_list from where its folios are isolated on. Gives `list` back. */
export function* shrinkIsolatedOfZone(mm: Mm, lruvec: Lruvec, file: boolean, list: FolioList, sc: ScanControl): Episode<number> {
  const { zone } = lruvec
  if (zone === undefined) return 0
  const type = file ? 1 : 0
  const { taken } = list
  addIsolated(lruvec.node, file, taken)
  zone.nrIsolated[type] += taken
  const stat = new ReclaimStat()
  yield* shrinkFolioList(mm, lruvec, list, sc, stat)
  lruvec.recentScanned[type] += taken
  for (let i = 0; i < list.nr; i++) putback(mm, lruvec, list.pfns[i], type)
  returnFolioList(list)
  addIsolated(lruvec.node, file, -taken)
  zone.nrIsolated[type] -= taken
  countSteal(mm, sc, lruvec, file, stat)
  if (!sc.cgroupReclaim) zone.events[sc.isKswapd ? 'pgsteal_kswapd' : 'pgsteal_direct'] += stat.nrReclaimed
  yield* afterBatch(mm, zone, sc, stat, taken)
  return stat.nrReclaimed
}

/** Back to its list; a page that turned out active counts as one in use. */
function putback(mm: Mm, lruvec: Lruvec, pfn: number, type: number): void {
  const flags = mm.frames.flags[pfn]
  if ((flags & (PG_ACTIVE | PG_DEAD)) === PG_ACTIVE) lruvec.recentRotated[type] += folioNrPages(flags)
  putbackFolio(mm, lruvec, pfn)
}

/** The zone's flags for passes to come, and the waits of this one. */
function* afterBatch(mm: Mm, zone: Zone, sc: ScanControl, stat: ReclaimStat, taken: number): Episode<void> {
  if (stat.nrWriteback > 0 && stat.nrWriteback === taken) zone.flagWriteback = true
  if (!sc.cgroupReclaim) {
    if (stat.nrDirty > 0 && stat.nrDirty === stat.nrCongested) zone.flagCongested = true
    if (stat.nrUnqueuedDirty === taken) zone.flagDirty = true
    if (stat.nrImmediate > 0) yield* congestionWait(mm, zone, 'VMSCAN_THROTTLE_WRITEBACK')
  }
  if (!sc.isKswapd) yield* waitIffCongested(mm, zone, 'VMSCAN_THROTTLE_CONGESTED')
}

/** too_many_isolated. Reclaim of a group's limit never waits for it. */
function tooManyIsolated(zone: Zone, file: boolean, sc: ScanControl): boolean {
  if (sc.isKswapd || sc.cgroupReclaim) return false
  const inactive = zone.nrLru[file ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON]
  const full = (sc.gfp & (GFP_IO | GFP_FS)) === (GFP_IO | GFP_FS)
  return zone.nrIsolated[file ? 1 : 0] > (full ? inactive >>> 3 : inactive)
}
