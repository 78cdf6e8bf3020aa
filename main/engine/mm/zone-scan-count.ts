/**
 * How many pages of each list a pass over one zone scans, where LRU lists are by zone.
 * Source: mm/vmscan.c:get_scan_count, inactive_anon_is_low, inactive_file_is_low, zone_reclaimable (v3.18). The division between anon and file is the kernel plugin's (hook scanBalance): it
 * is told how many of the pages isolated lately were in use; nothing is counted as a cost. Simplification: groups' own inactive_ratio is the zone's.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import type { ScanRotation, ZoneIndex } from 'reclaim-lab'
import { mulDiv } from '../core/maths'
import type { Lruvec } from './lruvec'
import { isFileLru } from './lruvec'
import { LRU_ACTIVE } from './lru-size'
import { memcgNrSwapPages } from './memcg-stock'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { WMARK_HIGH } from './mmzone'
import type { ScanControl } from './scan-control'
import { SWAP_CLUSTER_MAX } from './scan-control'
import { zoneReclaimablePages } from './zone-reclaimable'

/** inactive_list_is_low: only with swap is there any sense in telling anonymous pages apart. */
export function inactiveListIsLow(mm: Mm, { size }: Lruvec, zone: Zone, file: boolean): boolean {
  if (!file && mm.swap.totalSwapPages === 0) return false
  const inactive = file ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON
  return mm.decide.inactiveIsLowInZone({ node: zone.node, zone: zone.idx as ZoneIndex, file, inactive: size[inactive], active: size[inactive + LRU_ACTIVE], managed: zone.managed })
}

/** zone_reclaimable: until six times its reclaimable pages were scanned since the last page came free. */
export function zoneReclaimable(mm: Mm, zone: Zone): boolean {
  return zone.pagesScanned < zoneReclaimablePages(mm, zone) * 6
}

/** get_scan_count, into `nr`. A second look takes at least 32 pages of a list where the first would take none at all, for a group's limit and for kswapd on a zone that has nothing else left. */
export function getZoneScanCount(mm: Mm, lruvec: Lruvec, zone: Zone, sc: ScanControl, nr: Float64Array): void {
  const force = sc.cgroupReclaim || (sc.isKswapd && !zoneReclaimable(mm, zone))
  const memcg = mm.memcgs.groups[lruvec.memcg]
  const { size } = lruvec
  const file = zone.nrLru[LRU_INACTIVE_FILE] + zone.nrLru[LRU_ACTIVE_FILE]
  const rotation = fadedRotation(lruvec)
  const balance = mm.decide.scanBalance({
    inactiveAnon: size[LRU_INACTIVE_ANON], activeAnon: size[LRU_ACTIVE_ANON], inactiveFile: size[LRU_INACTIVE_FILE], activeFile: size[LRU_ACTIVE_FILE],
    reclaimer: sc.by, memcg: lruvec.memcg, memcgReclaim: sc.cgroupReclaim, priority: sc.priority, swappiness: memcg.swappiness ?? mm.sysctl.num('vm.swappiness'), maySwap: sc.maySwap,
    freeSwap: memcgNrSwapPages(mm, memcg), anonCost: 0, fileCost: 0, fileIsTiny: !sc.cgroupReclaim && file + zone.free <= zone.mark[WMARK_HIGH],
    cacheTrimMode: !inactiveListIsLow(mm, lruvec, zone, true), rotation,
  })
  if (balance.mode === 'fract') fade(lruvec, rotation)
  const denominator = balance.anon + balance.file + 1
  let some = false
  for (let pass = 0; !some && pass < 2; pass++) {
    for (let lru = 0; lru < LRU_UNEVICTABLE; lru++) {
      let scan = Math.floor(size[lru] / (1 << sc.priority))
      if (scan === 0 && pass > 0 && force) scan = Math.min(size[lru], SWAP_CLUSTER_MAX)
      if (balance.mode === 'fract') scan = mulDiv(scan, isFileLru(lru) ? balance.file : balance.anon, denominator)
      else if (balance.mode !== 'equal' && (balance.mode === 'file') !== isFileLru(lru)) scan = 0
      nr[lru] = scan
      some ||= scan > 0
    }
  }
}

/** Both counts of a type are halved when a quarter of its pages has been isolated. */
function fadedRotation({ size, recentScanned, recentRotated }: Lruvec): ScanRotation {
  const halve = (type: number, pages: number): readonly [number, number] => (recentScanned[type] > Math.floor(pages / 4) ? [Math.floor(recentScanned[type] / 2), Math.floor(recentRotated[type] / 2)] : [recentScanned[type], recentRotated[type]])
  const [scannedAnon, rotatedAnon] = halve(0, size[LRU_INACTIVE_ANON] + size[LRU_ACTIVE_ANON])
  const [scannedFile, rotatedFile] = halve(1, size[LRU_INACTIVE_FILE] + size[LRU_ACTIVE_FILE])
  return { scannedAnon, rotatedAnon, scannedFile, rotatedFile }
}

function fade({ recentScanned, recentRotated }: Lruvec, r: ScanRotation): void {
  recentScanned[0] = r.scannedAnon
  recentRotated[0] = r.rotatedAnon
  recentScanned[1] = r.scannedFile
  recentRotated[1] = r.rotatedFile
}
