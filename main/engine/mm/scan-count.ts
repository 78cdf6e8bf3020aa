/**
 * How many pages of each list a pass scans. Source: mm/vmscan.c:prepare_scan_count, get_scan_count, inactive_is_low (v6.1). The division between anon and file is the
 * kernel plugin's (hook scanBalance); the facts it is told are computed here.
 */
import type { LruSizes } from 'reclaim-lab'
import { mulDiv } from '../core/maths'
import type { Lruvec } from './lruvec'
import { lruvecLruSize } from './lruvec'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { ScanControl } from './scan-control'
import { wmarkPages } from './watermark'
import { WMARK_HIGH } from './mmzone'

/** Is the anon (0) or file (2) inactive list too short against its active list? */
export function inactiveIsLow(mm: Mm, lruvec: Lruvec, inactiveLru: 0 | 2): boolean {
  return mm.decide.inactiveIsLow(lruvec.size[inactiveLru], lruvec.size[inactiveLru + 1])
}

/** can_age_anon_pages: swap is configured, so anon pages need an order. */
export function canAgeAnonPages(mm: Mm): boolean {
  return mm.swap.totalSwapPages > 0
}

/** prepare_scan_count: what holds for the whole node in this pass. */
export function prepareScanCount(mm: Mm, node: Pgdat, lruvec: Lruvec, sc: ScanControl): void {
  sc.anonCost = lruvec.anonCost
  sc.fileCost = lruvec.fileCost
  sc.mayDeactivateAnon = sc.forceDeactivate || lruvec.workingsetActivate[0] !== lruvec.refaults[0] || inactiveIsLow(mm, lruvec, 0)
  sc.mayDeactivateFile = sc.forceDeactivate || lruvec.workingsetActivate[1] !== lruvec.refaults[1] || inactiveIsLow(mm, lruvec, 2)
  sc.cacheTrimMode = shiftDown(lruvec.size[2], sc.priority) > 0 && !sc.mayDeactivateFile
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

/** get_scan_count: pages to scan by list 0..3, into `nr`. */
export function getScanCount(mm: Mm, lruvec: Lruvec, sc: ScanControl, nr: Float64Array): void {
  const sizes = eligibleSizes(lruvec, sc.reclaimIdx)
  const balance = mm.decide.scanBalance({
    ...sizes, reclaimer: sc.by, memcg: lruvec.memcg, priority: sc.priority, swappiness: mm.sysctl.num('vm.swappiness'), maySwap: sc.maySwap, freeSwap: mm.swap.nrSwapPages,
    anonCost: sc.anonCost, fileCost: sc.fileCost, fileIsTiny: sc.fileIsTiny, cacheTrimMode: sc.cacheTrimMode,
  })
  const denominator = balance.anon + balance.file
  for (let lru = 0; lru < 4; lru++) {
    const file = lru >= 2
    const scan = shiftDown(lruvecLruSize(lruvec, lru, sc.reclaimIdx), sc.priority)
    if (balance.mode === 'equal') nr[lru] = scan
    else if (balance.mode === 'fract') nr[lru] = mulDiv(scan, file ? balance.file : balance.anon, denominator)
    else nr[lru] = (balance.mode === 'file') === file ? scan : 0
  }
}

function eligibleSizes(lruvec: Lruvec, idx: number): LruSizes {
  return {
    inactiveAnon: lruvecLruSize(lruvec, 0, idx), activeAnon: lruvecLruSize(lruvec, 1, idx),
    inactiveFile: lruvecLruSize(lruvec, 2, idx), activeFile: lruvecLruSize(lruvec, 3, idx),
  }
}

function shiftDown(pages: number, priority: number): number {
  return Math.floor(pages / (1 << priority))
}
