/**
 * What shrink_inactive_list does once it has isolated folios: shrink them, put back those that stay, count. Source: mm/vmscan.c:shrink_inactive_list (v6.1).
 */
import type { Episode } from '../core/clock'
import type { FolioList } from './isolate'
import { putbackFolio, returnFolioList, writebackThrottlingSane } from './isolate'
import type { Lruvec } from './lruvec'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { ScanControl } from './scan-control'
import { ReclaimStat, shrinkFolioList } from './shrink-list'
import { lruNoteCost } from './swap-lru'
import { wakeupFlusherThreads } from './writeback'

/** shrink_inactive_list from where its folios are isolated on. Gives `list` back. */
export function* shrinkIsolated(mm: Mm, lruvec: Lruvec, file: boolean, list: FolioList, sc: ScanControl): Episode<number> {
  const node = lruvec.node
  const { taken } = list
  addIsolated(node, file, taken)
  const stat = new ReclaimStat()
  yield* shrinkFolioList(mm, lruvec, list, sc, stat)
  for (let i = 0; i < list.nr; i++) putbackFolio(mm, lruvec, list.pfns[i])
  returnFolioList(list)
  addIsolated(node, file, -taken)
  countSteal(mm, sc, lruvec, file, stat)
  lruNoteCost(lruvec, file, stat.nrPageout)
  if (stat.nrUnqueuedDirty === taken) {
    wakeupFlusherThreads(mm)
    if (!writebackThrottlingSane(mm, sc)) yield* mm.procedures.stallLegacyMemcg(mm, node)
  }
  addStat(sc, stat, file, taken)
  return stat.nrReclaimed
}

/** For a group's limit the machine counts only anon and file; who scanned is counted by the group. */
export function countScan(mm: Mm, sc: ScanControl, lruvec: Lruvec, file: boolean, scanned: number): void {
  if (!sc.cgroupReclaim) {
    if (sc.isKswapd) mm.vm.pgscan_kswapd += scanned
    else mm.vm.pgscan_direct += scanned
  }
  if (lruvec.memcg !== 0) mm.memcgs.groups[lruvec.memcg].stat[sc.isKswapd ? 'pgscan_kswapd' : 'pgscan_direct'] += scanned
  if (file) mm.vm.pgscan_file += scanned
  else mm.vm.pgscan_anon += scanned
}

export function countSteal(mm: Mm, sc: ScanControl, lruvec: Lruvec, file: boolean, { nrReclaimed: pages, nrActivate }: ReclaimStat): void {
  if (!sc.cgroupReclaim) {
    if (sc.isKswapd) mm.vm.pgsteal_kswapd += pages
    else mm.vm.pgsteal_direct += pages
  }
  if (lruvec.memcg !== 0) {
    const { stat } = mm.memcgs.groups[lruvec.memcg]
    stat[sc.isKswapd ? 'pgsteal_kswapd' : 'pgsteal_direct'] += pages
    stat.pgactivate += nrActivate
  }
  if (file) mm.vm.pgsteal_file += pages
  else mm.vm.pgsteal_anon += pages
}

export function addIsolated(node: Pgdat, file: boolean, pages: number): void {
  if (file) node.stat.nr_isolated_file += pages
  else node.stat.nr_isolated_anon += pages
}

function addStat(sc: ScanControl, stat: ReclaimStat, file: boolean, taken: number): void {
  sc.nrDirty += stat.nrDirty
  sc.nrUnqueuedDirty += stat.nrUnqueuedDirty
  sc.nrCongested += stat.nrCongested
  sc.nrWriteback += stat.nrWriteback
  sc.nrImmediate += stat.nrImmediate
  sc.nrTaken += taken
  if (file) sc.nrFileTaken += taken
}
