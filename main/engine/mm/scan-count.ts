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
import { unprotectedSize } from './memcg-protection'
import { memcgNrSwapPages } from './memcg-stock'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { ScanControl } from './scan-control'
import { SWAP_CLUSTER_MAX } from './scan-control'
import { wmarkPages } from './watermark'
import { WMARK_HIGH } from './mmzone'

/** Is this inactive list too short against its type's active list? Of the group and those below it. */
export function inactiveIsLow(mm: Mm, lruvec: Lruvec, inactiveLru: typeof LRU_INACTIVE_ANON | typeof LRU_INACTIVE_FILE): boolean {
  if (mm.scopedHooks) mm.hookLruvec = lruvec
  return mm.decide.inactiveIsLow(lruvec.treeSize[inactiveLru], lruvec.treeSize[inactiveLru + LRU_ACTIVE])
}

/** can_age_anon_pages: swap is configured, so anon pages need an order. */
export function canAgeAnonPages(mm: Mm): boolean {
  return mm.swap.totalSwapPages > 0
}

/** prepare_scan_count: what holds for the whole node in this pass. `lruvec` is the target's: the root's, or that of the group that must give. */
export function prepareScanCount(mm: Mm, node: Pgdat, lruvec: Lruvec, sc: ScanControl): void {
  sc.anonCost = lruvec.anonCost
  sc.fileCost = lruvec.fileCost
  sc.mayDeactivateAnon = sc.forceDeactivate || lruvec.workingsetActivate[0] !== lruvec.refaults[0] || inactiveIsLow(mm, lruvec, LRU_INACTIVE_ANON)
  sc.mayDeactivateFile = sc.forceDeactivate || lruvec.workingsetActivate[1] !== lruvec.refaults[1] || inactiveIsLow(mm, lruvec, LRU_INACTIVE_FILE)
  sc.cacheTrimMode = shiftDown(lruvec.treeSize[LRU_INACTIVE_FILE], sc.priority) > 0 && !sc.mayDeactivateFile
  if (!sc.cgroupReclaim) sc.fileIsTiny = fileIsTiny(node, sc)
}

/** The page cache has shrunk below the high marks: scanning it more would only thrash it, if anon has anything to give. */
function fileIsTiny(node: Pgdat, sc: ScanControl): boolean {
  let free = 0
  let high = 0
  for (const zone of node.populated()) {
    free += zone.seenFree
    high += wmarkPages(zone, WMARK_HIGH)
  }
  const file = node.stat.nr_active_file + node.stat.nr_inactive_file
  return file + free <= high && !sc.mayDeactivateAnon && shiftDown(node.stat.nr_inactive_anon, sc.priority) > 0
}

/** get_scan_count: pages to scan of each evictable list, into `nr`. */
export function getScanCount(mm: Mm, lruvec: Lruvec, sc: ScanControl, nr: Float64Array): void {
  const sizes = eligibleSizes(lruvec, sc.reclaimIdx)
  const memcg = mm.memcgs.groups[lruvec.memcg]
  const swappiness = memcg.swappiness ?? mm.sysctl.num('vm.swappiness')
  const balance = mm.decide.scanBalance({
    ...sizes, reclaimer: sc.by, memcg: lruvec.memcg, memcgReclaim: sc.cgroupReclaim, priority: sc.priority, swappiness, maySwap: sc.maySwap, freeSwap: memcgNrSwapPages(mm, memcg),
    anonCost: sc.anonCost, fileCost: sc.fileCost, fileIsTiny: sc.fileIsTiny, cacheTrimMode: sc.cacheTrimMode,
  })
  const denominator = balance.anon + balance.file
  for (let lru = 0; lru < LRU_UNEVICTABLE; lru++) {
    const file = isFileLru(lru)
    const size = lruvecLruSize(lruvec, lru, sc.reclaimIdx)
    let scan = shiftDown(unprotectedSize(mm.memcgs, lruvec.memcg, size, sc), sc.priority)
    // Of a group that was removed the last pages are scraped out.
    if (scan === 0 && !memcg.online) scan = Math.min(size, SWAP_CLUSTER_MAX)
    if (balance.mode === 'equal') nr[lru] = scan
    else if (balance.mode === 'fract') nr[lru] = mulDiv(scan, file ? balance.file : balance.anon, denominator)
    else nr[lru] = (balance.mode === 'file') === file ? scan : 0
    if (balance.mode === 'fract' && !memcg.online && nr[lru] * denominator < scan * (file ? balance.file : balance.anon)) nr[lru]++
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
