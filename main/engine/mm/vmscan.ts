/**
 * One reclaim pass over a node: how much of each list, batch by batch, until the target or the quota is met.
 * Source: mm/vmscan.c:shrink_node, shrink_node_memcgs, shrink_lruvec, shrink_list, shrink_inactive_list, shrink_active_list (v6.1).
 * Simplifications: the slab shrinkers' lists are not by group, so they are shrunk on the root's visit; no vmpressure.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { folioFacts } from './folio-facts'
import { evictProposed } from './evict-proposed'
import { isolateLruFolios, putbackFolio, returnFolioList, takeFolioList, tooManyIsolated, writebackThrottlingSane } from './isolate'
import { lruGenShrinkLruvec } from './lru-gen-evict'
import type { Lruvec } from './lruvec'
import { folioLruvec } from './lruvec'
import { LRU_ACTIVE } from './lru-size'
import { isActiveLru, isFileLru } from './lruvec'
import type { Memcg } from './memcg'
import { memcgMemoryEvent } from './memcg'
import { calculateProtection, memcgBelowLow, memcgBelowMin } from './memcg-protection'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import { PG_ACTIVE, PG_REFERENCED, PG_UNEVICTABLE, PG_WORKINGSET, folioNrPages } from './page'
import { folioPteDirty, folioReferenced } from './rmap'
import { canAgeAnonPages, getScanCount, inactiveIsLow, prepareScanCount } from './scan-count'
import type { ScanControl } from './scan-control'
import { DEF_PRIORITY, SWAP_CLUSTER_MAX } from './scan-control'
import { addIsolated, countScan } from './shrink-isolated'
import { shrinkSlab } from './shrinker'
import { lruAddDrain } from './swap-lru'
import { shouldContinueReclaim } from './throttle'

/** shrink_node: the lruvecs of the node once, all of them or those of the target and below, and what follows from what was met. */
export function* shrinkNode(mm: Mm, node: Pgdat, sc: ScanControl): Episode<void> {
  const target = mm.lruvecOf(sc.targetMemcg?.id ?? 0, node)
  let reclaimable = false
  let again = true
  while (again) {
    sc.resetNode()
    mm.clock.now += mm.cost.shrinkNodePass
    const before = sc.nrReclaimed
    if (!mm.lruGen.core) prepareScanCount(mm, node, target, sc)
    yield* shrinkNodeMemcgs(mm, node, sc)
    if (sc.nrReclaimed > before) reclaimable = true
    if (sc.isKswapd) yield* kswapdAfterShrink(mm, node, sc)
    if (marksCongested(mm, sc)) target.congested = true
    if (!sc.isKswapd && target.congested) yield* mm.procedures.stallCongested(mm, node)
    again = shouldContinueReclaim(mm, node, sc.nrReclaimed - before, sc)
  }
  if (reclaimable) node.kswapdFailures = 0
}

/** LRUVEC_CONGESTED: all that was dirty is on its way already. A v1 group's reclaim waits for single pages instead. */
function marksCongested(mm: Mm, sc: ScanControl): boolean {
  if (sc.nrDirty === 0 || sc.nrDirty !== sc.nrCongested) return false
  return sc.isKswapd || (sc.cgroupReclaim && writebackThrottlingSane(mm, sc))
}

/** shrink_node_memcgs: group by group, but for those that are protected. */
function* shrinkNodeMemcgs(mm: Mm, node: Pgdat, sc: ScanControl): Episode<void> {
  const { groups, root } = mm.memcgs
  const target = sc.targetMemcg ?? root
  for (let id = target.id; id <= target.last; id++) {
    if (id !== 0) {
      if (mm.clock.now >= mm.clock.limit) yield RUN
      if (isProtected(mm, target, groups[id], sc)) continue
    }
    yield* shrinkLruvec(mm, mm.lruvecOf(id, node), sc)
    if (id === 0) yield* shrinkSlab(mm, node, sc)
  }
}

/** memory.min spares a group always; memory.low only as long as others have something to give. */
function isProtected(mm: Mm, target: Memcg, memcg: Memcg, sc: ScanControl): boolean {
  calculateProtection(mm, target, memcg)
  if (memcgBelowMin(memcg)) return true
  if (!memcgBelowLow(memcg)) return false
  if (!sc.memcgLowReclaim) {
    sc.memcgLowSkipped = true
    return true
  }
  memcgMemoryEvent(mm.memcgs, memcg, 'low')
  return false
}

/** Node flags that kswapd sets for its later passes, and its own stall. */
function* kswapdAfterShrink(mm: Mm, node: Pgdat, sc: ScanControl): Episode<void> {
  if (sc.nrWriteback > 0 && sc.nrWriteback === sc.nrTaken) node.flagWriteback = true
  if (sc.nrUnqueuedDirty === sc.nrFileTaken) node.flagDirty = true
  if (sc.nrImmediate > 0) yield* mm.procedures.stallWriteback(mm, node)
}

/** shrink_lruvec: how much of each list, then that. */
export function* shrinkLruvec(mm: Mm, lruvec: Lruvec, sc: ScanControl): Episode<void> {
  if (mm.lruGen.core) return yield* lruGenShrinkLruvec(mm, lruvec, sc)
  const nr = new Float64Array(LRU_UNEVICTABLE)
  getScanCount(mm, lruvec, sc, nr)
  yield* scanInTurns(mm, lruvec, sc, nr, shrinkList)
  if (canAgeAnonPages(mm) && inactiveIsLow(mm, lruvec, LRU_INACTIVE_ANON)) yield* shrinkActiveList(mm, lruvec, LRU_ACTIVE_ANON, SWAP_CLUSTER_MAX, sc)
}

/** shrink_lruvec's loop: `shrink` takes 32 pages of each list in turn until the quotas `nr` are used up; stops early, in proportion, when the target is met. */
export function* scanInTurns(mm: Mm, lruvec: Lruvec, sc: ScanControl, nr: Float64Array, shrink: typeof shrinkList): Episode<void> {
  mm.watch?.scanCounts(lruvec, sc, nr)
  const targets = nr.slice()
  // 5.15's scan_adjusted, and 6.1's proportional_reclaim, which never changes.
  let finishQuota = !sc.cgroupReclaim && !sc.isKswapd && sc.priority === DEF_PRIORITY
  const once = mm.traits.proportionalStop === 'once'
  let reclaimed = mm.policyHooks.has('evictFolios') ? yield* evictProposed(mm, lruvec, sc, nr, finishQuota) : 0
  const plug = mm.io.plug(mm.current.id)
  while (nr[LRU_INACTIVE_ANON] > 0 || nr[LRU_ACTIVE_FILE] > 0 || nr[LRU_INACTIVE_FILE] > 0) {
    for (let lru = 0; lru < LRU_UNEVICTABLE; lru++) {
      if (nr[lru] === 0) continue
      const scan = Math.min(nr[lru], SWAP_CLUSTER_MAX)
      nr[lru] -= scan
      reclaimed += yield* shrink(mm, lruvec, lru, scan, sc)
    }
    if (mm.clock.now >= mm.clock.limit) yield RUN
    if (reclaimed < sc.nrToReclaim || finishQuota) continue
    if (!stopInProportion(nr, targets)) break
    finishQuota = once
  }
  mm.io.unplug(plug, mm.clock.now)
  sc.nrReclaimed += reclaimed
}

/** The target is met: drop the smaller type's rest and cut the other's to the same share of its own target. false: nothing left to compare, stop. */
function stopInProportion(nr: Float64Array, targets: Float64Array): boolean {
  const file = nr[LRU_INACTIVE_FILE] + nr[LRU_ACTIVE_FILE]
  const anon = nr[LRU_INACTIVE_ANON] + nr[LRU_ACTIVE_ANON]
  if (file === 0 || anon === 0) return false
  const [small, large] = file > anon ? [LRU_INACTIVE_ANON, LRU_INACTIVE_FILE] : [LRU_INACTIVE_FILE, LRU_INACTIVE_ANON]
  const percentage = Math.floor((Math.min(file, anon) * 100) / (targets[small] + targets[small + LRU_ACTIVE] + 1))
  nr[small] = 0
  nr[small + LRU_ACTIVE] = 0
  for (const lru of [large, large + LRU_ACTIVE]) {
    const scanned = targets[lru] - nr[lru]
    const share = Math.floor((targets[lru] * (100 - percentage)) / 100)
    nr[lru] = share - Math.min(share, scanned)
  }
  return true
}

function* shrinkList(mm: Mm, lruvec: Lruvec, lru: number, scan: number, sc: ScanControl): Episode<number> {
  if (!isActiveLru(lru)) return yield* shrinkInactiveList(mm, lruvec, lru, scan, sc)
  if (isFileLru(lru) ? sc.mayDeactivateFile : sc.mayDeactivateAnon) yield* shrinkActiveList(mm, lruvec, lru, scan, sc)
  else sc.skippedDeactivate = true
  return 0
}

/** shrink_inactive_list: isolate, shrink, put back. Returns pages freed. */
function* shrinkInactiveList(mm: Mm, lruvec: Lruvec, lru: number, nrToScan: number, sc: ScanControl): Episode<number> {
  const node = lruvec.node
  const file = isFileLru(lru)
  let stalled = false
  while (tooManyIsolated(node, file, sc) && writebackThrottlingSane(mm, sc)) {
    if (stalled) return 0
    stalled = true
    yield* mm.procedures.stallIsolated(mm, node)
    if (mm.current.killed) return SWAP_CLUSTER_MAX
  }
  lruAddDrain(mm)
  const list = takeFolioList()
  isolateLruFolios(mm, lruvec, lru, nrToScan, sc, list)
  const { taken } = list
  countScan(mm, sc, lruvec, file, list.scanned)
  if (taken === 0) {
    returnFolioList(list)
    return 0
  }
  return yield* mm.procedures.shrinkIsolated(mm, lruvec, file, list, sc)
}

/** shrink_active_list: deactivate from the tail; only folios the verdict keeps (referenced code) go round again. */
export function* shrinkActiveList(mm: Mm, lruvec: Lruvec, lru: number, nrToScan: number, sc: ScanControl): Episode<void> {
  const node = lruvec.node
  const file = isFileLru(lru)
  lruAddDrain(mm)
  const list = takeFolioList()
  isolateLruFolios(mm, lruvec, lru, nrToScan, sc, list)
  const { taken } = list
  addIsolated(node, file, taken)
  mm.vm.pgrefill += list.scanned
  if (lruvec.zone !== undefined) lruvec.zone.events.pgrefill += list.scanned
  const f = mm.frames
  const workingset = mm.traits.refaults === 'anon-and-file' ? PG_WORKINGSET : 0
  let rotated = 0
  const keep = takeFolioList()
  const inactive = takeFolioList()
  for (let i = 0; i < list.nr; i++) {
    if (mm.clock.now >= mm.clock.limit) yield RUN
    const pfn = list.pfns[i]
    mm.clock.now += mm.cost.scanActivePage
    if ((f.flags[pfn] & PG_UNEVICTABLE) !== 0) {
      keep.push(pfn)
      continue
    }
    const young = folioReferenced(mm, pfn)
    if (young > 0) rotated += folioNrPages(f.flags[pfn])
    if (keepsActive(mm, pfn, young)) keep.push(pfn)
    else {
      f.flags[pfn] = (f.flags[pfn] & ~PG_ACTIVE) | workingset
      mm.folioWatch?.deactivated(pfn)
      inactive.push(pfn)
    }
  }
  for (let i = 0; i < keep.nr; i++) putbackFolio(mm, lruvec, keep.pfns[i])
  const deactivated = mm.vm.pgdeactivate
  for (let i = 0; i < inactive.nr; i++) mm.vm.pgdeactivate += putbackFolio(mm, lruvec, inactive.pfns[i])
  if (lruvec.memcg !== 0) {
    const { stat } = mm.memcgs.groups[lruvec.memcg]
    stat.pgrefill += list.scanned
    stat.pgdeactivate += mm.vm.pgdeactivate - deactivated
  }
  lruvec.recentScanned[file ? 1 : 0] += taken
  lruvec.recentRotated[file ? 1 : 0] += rotated
  addIsolated(node, file, -taken)
  for (const used of [list, keep, inactive]) returnFolioList(used)
}

function keepsActive(mm: Mm, pfn: number, young: number): boolean {
  if (mm.scopedHooks) mm.hookLruvec = folioLruvec(mm, pfn)
  mm.folioWatch?.looked(pfn, young)
  const flags = mm.frames.flags[pfn]
  const keeps = mm.decide.keepActive(young, folioFacts(flags, mm.factsNeedPteDirty ? folioPteDirty(mm, pfn) : 0))
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('references', { young, referenced: flags & PG_REFERENCED ? 1 : 0, verdict: keeps ? 'keep-active' : 'deactivate' })
  return keeps
}
