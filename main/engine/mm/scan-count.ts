/**
 * How many pages of each list a pass scans. Source: mm/vmscan.c:prepare_scan_count, get_scan_count, inactive_is_low (v6.1). The division between anon and file is the
 * kernel plugin's (hook scanBalance); the facts it is told are computed here.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import type { LruSizes } from 'reclaim-lab'
import { mulDiv } from '../core/maths'
import type { Lruvec } from './lruvec'
import { LRU_ACTIVE } from './lru-size'
import { isFileLru, lruvecLruSize } from './lruvec'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { ScanControl } from './scan-control'
import { wmarkPages } from './watermark'
import { WMARK_HIGH } from './mmzone'

/** Is this inactive list too short against its type's active list? */
export function inactiveIsLow(mm: Mm, lruvec: Lruvec, inactiveLru: typeof LRU_INACTIVE_ANON | typeof LRU_INACTIVE_FILE): boolean {
  return mm.decide.inactiveIsLow(lruvec.size[inactiveLru], lruvec.size[inactiveLru + LRU_ACTIVE])
}

/** can_age_anon_pages: swap is configured, so anon pages need an order. */
export function canAgeAnonPages(mm: Mm): boolean {
  return mm.swap.totalSwapPages > 0
}

/** prepare_scan_count: what holds for the whole node in this pass. */
export function prepareScanCount(mm: Mm, node: Pgdat, lruvec: Lruvec, sc: ScanControl): void {
  sc.anonCost = lruvec.anonCost
  sc.fileCost = lruvec.fileCost
  sc.mayDeactivateAnon = sc.forceDeactivate || lruvec.workingsetActivate[0] !== lruvec.refaults[0] || inactiveIsLow(mm, lruvec, LRU_INACTIVE_ANON)
  sc.mayDeactivateFile = sc.forceDeactivate || lruvec.workingsetActivate[1] !== lruvec.refaults[1] || inactiveIsLow(mm, lruvec, LRU_INACTIVE_FILE)
  sc.cacheTrimMode = shiftDown(lruvec.size[LRU_INACTIVE_FILE], sc.priority) > 0 && !sc.mayDeactivateFile
  sc.fileIsTiny = fileIsTiny(node, sc)
}

/** The page cache has shrunk below the high marks: scanning it more would only thrash it, if anon has anything to give. */
function fileIsTiny(node: Pgdat, sc: ScanControl): boolean {
  let free = 0
  let high = 0
  for (const zone of node.populated()) {
    free += zone.free
    high += wmarkPages(zone, WMARK_HIGH)
  }
  const file = node.stat.nr_active_file + node.stat.nr_inactive_file
  return file + free <= high && !sc.mayDeactivateAnon && shiftDown(node.stat.nr_inactive_anon, sc.priority) > 0
}

/** get_scan_count: pages to scan of each evictable list, into `nr`. */
export function getScanCount(mm: Mm, lruvec: Lruvec, sc: ScanControl, nr: Float64Array): void {
  const sizes = eligibleSizes(lruvec, sc.reclaimIdx)
  const balance = mm.decide.scanBalance({
    ...sizes, reclaimer: sc.by, memcg: lruvec.memcg, priority: sc.priority, swappiness: mm.sysctl.num('vm.swappiness'), maySwap: sc.maySwap, freeSwap: mm.swap.nrSwapPages,
    anonCost: sc.anonCost, fileCost: sc.fileCost, fileIsTiny: sc.fileIsTiny, cacheTrimMode: sc.cacheTrimMode,
  })
  const denominator = balance.anon + balance.file
  for (let lru = 0; lru < LRU_UNEVICTABLE; lru++) {
    const file = isFileLru(lru)
    const scan = shiftDown(lruvecLruSize(lruvec, lru, sc.reclaimIdx), sc.priority)
    if (balance.mode === 'equal') nr[lru] = scan
    else if (balance.mode === 'fract') nr[lru] = mulDiv(scan, file ? balance.file : balance.anon, denominator)
    else nr[lru] = (balance.mode === 'file') === file ? scan : 0
  }
}

function eligibleSizes(lruvec: Lruvec, idx: number): LruSizes {
  return {
    inactiveAnon: lruvecLruSize(lruvec, LRU_INACTIVE_ANON, idx), activeAnon: lruvecLruSize(lruvec, LRU_ACTIVE_ANON, idx),
    inactiveFile: lruvecLruSize(lruvec, LRU_INACTIVE_FILE, idx), activeFile: lruvecLruSize(lruvec, LRU_ACTIVE_FILE, idx),
  }
}

function shiftDown(pages: number, priority: number): number {
  return Math.floor(pages / (1 << priority))
}
