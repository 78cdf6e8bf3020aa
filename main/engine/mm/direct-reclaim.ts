/**
 * Direct reclaim: the allocating task frees pages for itself, anywhere, on one near node, or inside the memory cgroup that is full.
 * Source: mm/vmscan.c:try_to_free_pages, do_try_to_free_pages, shrink_zones, snapshot_refaults, try_to_free_mem_cgroup_pages, __node_reclaim (v6.1).
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { compactionReady } from './compaction-suitable'
import { GFP_FS, GFP_HIGHUSER_MOVABLE, GFP_RECLAIM_MASK, gfpZone } from './gfp'
import type { Lruvec } from './lruvec'
import type { Memcg } from './memcg'
import { softLimitReclaim } from './memcg-soft-limit'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { MAX_NR_ZONES, PAGE_ALLOC_COSTLY_ORDER, zonelist } from './mmzone'
import { RECLAIM_UNMAP, RECLAIM_WRITE, stillWorthReclaiming } from './node-reclaim'
import { DEF_PRIORITY, ScanControl, SWAP_CLUSTER_MAX } from './scan-control'
import { STALL_SCAN } from './stall'
import { pinHooks, unpinHooks } from './task'
import { throttleDirectReclaim } from './throttle'
import { shrinkNode } from './vmscan'

/** NODE_RECLAIM_PRIORITY: the first pass looks at a sixteenth of each list. */
const NODE_RECLAIM_PRIORITY = 4

/** try_to_free_pages: pages reclaimed, or 1 when a fatal signal made it give up. */
export function* tryToFreePages(mm: Mm, gfp: number, order: number): Episode<number> {
  const idx = gfpZone(gfp) as 0 | 1 | 2 | 3
  const node = mm.nodes[zonelist(mm, gfp)[0].node]
  if (yield* throttleDirectReclaim(mm, node, gfp)) return 1
  const task = mm.current
  const pinned = pinHooks(task, mm.policyEpoch)
  const sc = new ScanControl('direct')
  sc.gfp = gfp
  sc.order = order
  sc.reclaimIdx = idx
  sc.mayWritepage = mm.sysctl.num('vm.laptop_mode') === 0
  sc.nrToReclaim = mm.decide.directReclaimTarget({ order, highestZoneidx: idx, kthread: mm.current.kthread })
  const span = mm.trace.directReclaimBegin(order, gfp)
  const reclaimed = yield* mm.procedures.doTryToFreePages(mm, sc)
  unpinHooks(task, pinned)
  mm.trace.directReclaimEnd(span, reclaimed)
  return reclaimed
}

/**
 * try_to_free_mem_cgroup_pages: at least `pages` (and 32) of the group and those below it. Pages reclaimed. `proactive`: asked for by memory.reclaim.
 */
export function* tryToFreeMemcgPages(mm: Mm, memcg: Memcg, pages: number, gfpAsked: number, maySwap: boolean, proactive: boolean): Episode<number> {
  const task = mm.current
  const gfp = task.nofs > 0 ? gfpAsked & ~GFP_FS : gfpAsked
  const sc = new ScanControl('direct')
  sc.targetMemcg = memcg
  sc.nrToReclaim = Math.max(pages, SWAP_CLUSTER_MAX)
  sc.gfp = (gfp & GFP_RECLAIM_MASK) | (GFP_HIGHUSER_MOVABLE & ~GFP_RECLAIM_MASK)
  sc.reclaimIdx = MAX_NR_ZONES - 1
  sc.mayWritepage = mm.sysctl.num('vm.laptop_mode') === 0
  sc.maySwap = maySwap
  const start = mm.clock.now
  const { memalloc } = task
  const pinned = pinHooks(task, mm.policyEpoch)
  task.memalloc = true
  const reclaimed = yield* mm.procedures.doTryToFreePages(mm, sc)
  task.memalloc = memalloc
  unpinHooks(task, pinned)
  mm.trace.memcgReclaim(memcg, start, pages, reclaimed, proactive)
  return reclaimed
}

/** do_try_to_free_pages. */
export function* doTryToFreePages(mm: Mm, sc: ScanControl): Episode<number> {
  for (;;) {
    if (!sc.cgroupReclaim) mm.allocstall[sc.reclaimIdx]++
    sc.priority = DEF_PRIORITY
    for (; sc.priority >= 0; sc.priority--) {
      sc.nrScanned = 0
      yield* shrinkZones(mm, sc)
      const { order, priority, nrToReclaim: target, nrReclaimed: reclaimed, nrScanned: scanned } = sc
      if (sc.compactionReady || !mm.decide.reclaimContinue({ order, memcg: sc.targetMemcg?.id ?? 0, priority, target, reclaimed, scanned })) break
      if (sc.priority < DEF_PRIORITY - 2) sc.mayWritepage = true
    }
    for (const node of nodesOf(mm, sc)) {
      const target = mm.lruvecOf(sc.targetMemcg?.id ?? 0, node)
      snapshotRefaults(mm, target)
      if (sc.cgroupReclaim) target.congested = false
    }
    if (sc.nrReclaimed > 0) return sc.nrReclaimed
    if (sc.compactionReady) return 1
    if (!spareLess(sc)) return 0
  }
}

/** Nothing was reclaimed: what was spared so far is not the next time. false: nothing was. */
function spareLess(sc: ScanControl): boolean {
  if (sc.skippedDeactivate) {
    // Active lists: once more without mercy.
    sc.forceDeactivate = true
    sc.skippedDeactivate = false
    return true
  }
  if (!sc.memcgLowSkipped) return false
  // Groups within memory.low.
  sc.forceDeactivate = false
  sc.memcgLowReclaim = true
  sc.memcgLowSkipped = false
  return true
}

/** shrink_zones: each node of the zonelist once; for a costly order not for the sake of zones that are ready to be compacted. */
function* shrinkZones(mm: Mm, sc: ScanControl): Episode<void> {
  if (sc.order > PAGE_ALLOC_COSTLY_ORDER) return yield* shrinkUnreadyZones(mm, sc)
  const nodes = nodesOf(mm, sc)
  for (const node of nodes) {
    if (mm.memcgs.legacy && !sc.cgroupReclaim) {
      const soft = yield* softLimitReclaim(mm, node, sc)
      sc.nrReclaimed += soft.reclaimed
      sc.nrScanned += soft.scanned
    }
    yield* shrinkNode(mm, node, sc)
  }
  yield* mm.procedures.stallAfterPass(mm, nodes[0], sc)
}

function* shrinkUnreadyZones(mm: Mm, sc: ScanControl): Episode<void> {
  let last: Pgdat | undefined
  let first: Pgdat | undefined
  for (const zone of zonelist(mm, sc.gfp)) {
    if (compactionReady(mm, zone, sc.order, sc.reclaimIdx)) {
      sc.compactionReady = true
      continue
    }
    const node = mm.nodes[zone.node]
    if (node === last) continue
    first ??= node
    last = node
    yield* shrinkNode(mm, node, sc)
  }
  if (first !== undefined) yield* mm.procedures.stallAfterPass(mm, first, sc)
}

function nodesOf(mm: Mm, sc: ScanControl): Pgdat[] {
  const ids = new Set(zonelist(mm, sc.gfp).map((zone) => zone.node))
  return [...ids].map((id) => mm.nodes[id])
}

/** snapshot_refaults: remembers how many refaults of the target were activated, to see new ones. */
export function snapshotRefaults(mm: Mm, target: Lruvec): void {
  if (!mm.lruGen.core) target.refaults.set(target.workingsetActivate)
}

/** node_reclaim, of the node of a zone that failed its mark. true: at least as many pages as asked for were freed. */
export function* nodeReclaim(mm: Mm, zone: Zone, gfp: number, order: number, allocFlags: number): Episode<boolean> {
  const node = mm.nodes[zone.node]
  return yield* reclaimNear(mm, node, gfp, order, allocFlags, (sc) => reclaimNode(mm, node, sc, 1 << order))
}

/** What __node_reclaim and __zone_reclaim have in common: `work` is done under the lock of the node, or of the zone. */
export function* reclaimNear(mm: Mm, of: Pgdat | Zone, gfp: number, order: number, allocFlags: number, work: (sc: ScanControl) => Episode<void>): Episode<boolean> {
  const task = mm.current
  const sc = new ScanControl('node-reclaim')
  sc.nrToReclaim = Math.max(1 << order, SWAP_CLUSTER_MAX)
  sc.gfp = gfp
  sc.order = order
  sc.reclaimIdx = gfpZone(gfp)
  sc.priority = NODE_RECLAIM_PRIORITY
  sc.mayWritepage = (mm.nodeReclaimMode & RECLAIM_WRITE) !== 0
  sc.mayUnmap = (mm.nodeReclaimMode & RECLAIM_UNMAP) !== 0
  of.reclaimLocked = true
  const pinned = pinHooks(task, mm.policyEpoch)
  const span = mm.trace.nodeReclaimBegin(of, order, gfp, allocFlags)
  if (mm.clock.now >= mm.clock.limit) yield RUN
  mm.psi.enter(task)
  const before = task.stall?.enter(mm.clock.now, STALL_SCAN)
  task.memalloc = true
  yield* work(sc)
  task.memalloc = false
  if (before !== undefined) task.stall?.enter(mm.clock.now, before)
  mm.psi.leave(task)
  of.reclaimLocked = false
  unpinHooks(task, pinned)
  mm.trace.nodeReclaimEnd(span, sc.nrReclaimed)
  const enough = sc.nrReclaimed >= 1 << order
  if (!enough) mm.vm.zone_reclaim_failed++
  return enough
}

function* reclaimNode(mm: Mm, node: Pgdat, sc: ScanControl, pages: number): Episode<void> {
  // Asked again: whoever ran at the preemption point may have taken what there was.
  if (!stillWorthReclaiming(mm, node)) return
  do yield* shrinkNode(mm, node, sc)
  while (sc.nrReclaimed < pages && --sc.priority >= 0)
}
