/**
 * Compaction: movable pages of a zone are moved from its lower end into free pages of its upper end, so that large free blocks come about.
 * Source: mm/compaction.c:compact_zone, __compact_finished, compact_zone_order, try_to_compact_pages, proactive_compact_node, compact_nodes (v6.1).
 * Simplification: asynchronous compaction goes on to the next zone although somebody else waits for the CPU (the kernel stops at need_resched()).
 */
import type { Episode } from '../core/clock'
import { hasStealableFallback } from './buddy'
import { CompactControl, NO_FAST_START } from './compact-control'
import type { MigrateMode } from './compact-control'
import { releaseFreepages } from './compaction-free-scanner'
import { pageblockStart, resetCachedPositions, resetIsolationSuitableZone } from './compaction-hints'
import { isolateMigratepages, putbackMovablePages } from './compaction-migrate-scanner'
import {
  COMPACT_COMPLETE, COMPACT_CONTENDED, COMPACT_CONTINUE, COMPACT_DEFERRED, COMPACT_PARTIAL_SKIPPED, COMPACT_PRIO_ASYNC, COMPACT_PRIO_SYNC_FULL, COMPACT_SKIPPED, COMPACT_SUCCESS,
  compactionDeferReset, compactionDeferred, compactionRestarting, deferCompaction,
} from './compaction-state'
import type { CaptureControl } from './compaction-state'
import { compactionSuitable, fragmentationScoreWmark, fragmentationScoreZone } from './compaction-suitable'
import { GFP_IO, GFP_KERNEL, NR_MIGRATETYPES, gfpMigratetype, gfpZone } from './gfp'
import { migratePages } from './migrate'
import type { Migrated } from './migrate'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { MAX_NR_ZONES, MAX_ORDER, zonelist } from './mmzone'
import { drainZonePcp } from './pcp'
import { lruAddDrain, lruAddDrainAll } from './swap-lru'

/** compact_zone: until the scanners meet, or what was wanted is there. Gives a COMPACT_* value. */
export function* compactZone(mm: Mm, cc: CompactControl, capture?: CaptureControl): Episode<number> {
  cc.totalMigrateScanned = 0
  cc.totalFreeScanned = 0
  const suitable = compactionSuitable(mm, cc.zone, cc.order, cc.allocFlags, cc.highestZoneidx)
  if (suitable !== COMPACT_CONTINUE) return suitable
  if (compactionRestarting(cc.zone.compaction, cc.order)) resetIsolationSuitableZone(mm, cc.zone)
  placeScanners(cc)
  mm.compacting.add(cc)
  const span = mm.trace.compactionBegin(cc)
  mm.clock.now += mm.cost.compactZone
  lruAddDrain(mm)
  const result = yield* compactLoop(mm, cc, capture)
  const released = releaseFreepages(mm, cc)
  // Only back, not forward: the scanners may have been reset to the zone's ends.
  if (released >= 0) cc.zone.compaction.cachedFreePfn = Math.max(cc.zone.compaction.cachedFreePfn, pageblockStart(released))
  mm.vm.compact_migrate_scanned += cc.totalMigrateScanned
  mm.vm.compact_free_scanned += cc.totalFreeScanned
  mm.compacting.delete(cc)
  mm.trace.compactionEnd(span, cc, result)
  return result
}

/** Where the last run stopped, if that lies in the zone; at its ends if the whole zone is wanted. */
function placeScanners(cc: CompactControl): void {
  const { zone } = cc
  const state = zone.compaction
  const lastBlock = pageblockStart(zone.endPfn - 1)
  cc.fastStartPfn = NO_FAST_START
  if (cc.wholeZone) {
    cc.migratePfn = zone.startPfn
    cc.freePfn = lastBlock
    return
  }
  cc.migratePfn = state.cachedMigratePfn[cc.mode === 'async' ? 0 : 1]
  cc.freePfn = state.cachedFreePfn
  if (cc.freePfn < zone.startPfn || cc.freePfn >= zone.endPfn) cc.freePfn = state.cachedFreePfn = lastBlock
  if (cc.migratePfn < zone.startPfn || cc.migratePfn >= zone.endPfn) cc.migratePfn = state.cachedMigratePfn[0] = state.cachedMigratePfn[1] = zone.startPfn
  if (cc.migratePfn <= state.initMigratePfn) cc.wholeZone = true
}

function* compactLoop(mm: Mm, cc: CompactControl, capture: CaptureControl | undefined): Episode<number> {
  const cached = cc.zone.compaction.cachedMigratePfn
  // As long as nothing was found to move, it makes no difference whether one waits for pages or not.
  let keepInStep = cc.mode === 'async' && cached[0] === cached[1]
  let lastMigrated = -1
  for (;;) {
    const finished = compactFinished(mm, cc)
    if (finished !== COMPACT_CONTINUE) return finished
    const iterationStart = cc.migratePfn
    cc.rescan = pageblockStart(lastMigrated) === pageblockStart(iterationStart)
    const isolated = yield* isolateMigratepages(mm, cc)
    if (isolated === 'abort') {
      putbackMovablePages(mm, cc)
      return COMPACT_CONTENDED
    }
    if (isolated === 'none') {
      if (keepInStep) cached[1] = cached[0]
    } else {
      keepInStep = false
      lastMigrated = iterationStart
      const moved = yield* migratePages(mm, cc)
      if (moved.failed) {
        if (!putbackFailed(mm, cc, moved)) return COMPACT_CONTENDED
        if (cc.direct && cc.mode === 'async') lastMigrated = -1
      }
      cc.nrMigratePages = 0
    }
    if (cc.order > 0 && lastMigrated >= 0 && lastMigrated < (cc.migratePfn & ~((1 << cc.order) - 1))) {
      // The block that was emptied lies behind: what was freed of it waits in per-cpu lists.
      lruAddDrain(mm)
      drainZonePcp(mm, cc.zone)
      lastMigrated = -1
    }
    if (capture !== undefined && capture.pfn >= 0) return COMPACT_SUCCESS
  }
}

/** Some pages stayed. false: there is nowhere to move any, though the scanners have not met. An optimistic compactor skips the rest of the block it can't get. */
function putbackFailed(mm: Mm, cc: CompactControl, { noTarget }: Migrated): boolean {
  putbackMovablePages(mm, cc)
  if (noTarget && !scannersMet(cc)) return false
  if (cc.direct && cc.mode === 'async') cc.migratePfn = ((cc.migratePfn - 1) & ~((1 << cc.order) - 1)) + (1 << cc.order)
  return true
}

function scannersMet(cc: CompactControl): boolean {
  return pageblockStart(cc.freePfn) <= pageblockStart(cc.migratePfn)
}

/** __compact_finished. */
function compactFinished(mm: Mm, cc: CompactControl): number {
  if (scannersMet(cc)) {
    resetCachedPositions(cc.zone)
    if (cc.direct) cc.zone.compaction.blockskipFlush = true
    return cc.wholeZone ? COMPACT_COMPLETE : COMPACT_PARTIAL_SKIPPED
  }
  const result = cc.proactive ? proactiveFinished(mm, cc) : cc.order < 0 ? COMPACT_CONTINUE : blockIsThere(cc) ? COMPACT_SUCCESS : COMPACT_CONTINUE
  return cc.contended || mm.current.killed ? COMPACT_CONTENDED : result
}

function proactiveFinished(mm: Mm, cc: CompactControl): number {
  if (mm.kswapds[cc.zone.node].task.runnable) return COMPACT_PARTIAL_SKIPPED
  const low = fragmentationScoreWmark(mm.sysctl.num('vm.compaction_proactiveness'), true)
  return fragmentationScoreZone(cc.zone) > low ? COMPACT_CONTINUE : COMPACT_SUCCESS
}

/** At a pageblock's end: is a block free that such a request would get? */
function blockIsThere(cc: CompactControl): boolean {
  if (cc.migratePfn !== pageblockStart(cc.migratePfn)) return false
  const { freeLists, nrFree } = cc.zone
  for (let order = cc.order; order < MAX_ORDER; order++) {
    if (nrFree[order] === 0) continue
    if (freeLists.head[order * NR_MIGRATETYPES + cc.migratetype] !== 0 || hasStealableFallback(cc.zone, order, cc.migratetype)) return true
  }
  return false
}

/** What direct compaction came to, and the block that was kept for the task; -1: none. */
export interface Compacted {
  readonly result: number
  readonly pfn: number
}

/** try_to_compact_pages: each zone of the zonelist, until one has what is wanted. */
export function* tryToCompactPages(mm: Mm, gfp: number, order: number, allocFlags: number, priority: number): Episode<Compacted> {
  let result = COMPACT_SKIPPED
  if ((gfp & GFP_IO) === 0) return { result, pfn: -1 }
  for (const zone of zonelist(mm, gfp)) {
    if (priority > COMPACT_PRIO_SYNC_FULL && compactionDeferred(zone.compaction, order)) {
      result = Math.max(COMPACT_DEFERRED, result)
      continue
    }
    const done = yield* compactZoneOrder(mm, zone, gfp, order, allocFlags, priority)
    result = Math.max(done.result, result)
    if (done.result === COMPACT_SUCCESS) {
      compactionDeferReset(zone.compaction, order, false)
      return { result, pfn: done.pfn }
    }
    if (priority !== COMPACT_PRIO_ASYNC && (done.result === COMPACT_COMPLETE || done.result === COMPACT_PARTIAL_SKIPPED)) deferCompaction(zone.compaction, order)
    if (mm.current.killed) break
  }
  return { result, pfn: -1 }
}

/** compact_zone_order: with the block of just this order that comes free kept from everybody else. */
function* compactZoneOrder(mm: Mm, zone: Zone, gfp: number, order: number, allocFlags: number, priority: number): Episode<Compacted> {
  const full = priority === COMPACT_PRIO_SYNC_FULL
  const cc = new CompactControl({
    zone, order, gfp, migratetype: gfpMigratetype(gfp), mode: priority === COMPACT_PRIO_ASYNC ? 'async' : 'sync-light', allocFlags, highestZoneidx: gfpZone(gfp),
    direct: true, wholeZone: full, ignoreSkipHint: full, ignoreBlockSuitable: full, proactive: false,
  })
  const task = mm.current
  const capture: CaptureControl = { cc, pfn: -1 }
  task.capture = capture
  const result = yield* compactZone(mm, cc, capture)
  task.capture = undefined
  return { result: capture.pfn >= 0 ? COMPACT_SUCCESS : result, pfn: capture.pfn }
}

/** The control of a thread's own run; `order` -1: all of the zone, hints or not. */
export function daemonControl(zone: Zone, order: number, mode: MigrateMode, highestZoneidx: number, proactive = false): CompactControl {
  const all = order < 0
  return new CompactControl({
    zone, order, gfp: GFP_KERNEL, migratetype: gfpMigratetype(GFP_KERNEL), mode, allocFlags: 0, highestZoneidx, direct: false, wholeZone: all, ignoreSkipHint: all, ignoreBlockSuitable: false, proactive,
  })
}

/** proactive_compact_node. */
export function* proactiveCompactNode(mm: Mm, node: Pgdat): Episode<void> {
  for (const zone of node.populated()) yield* compactZone(mm, daemonControl(zone, -1, 'sync-light', MAX_NR_ZONES - 1, true))
}

/** A write to vm.compact_memory: every zone from end to end, waiting for whatever must be waited for. */
export function* compactNodes(mm: Mm): Episode<void> {
  lruAddDrainAll(mm)
  for (const node of mm.nodes) for (const zone of node.populated()) yield* compactZone(mm, daemonControl(zone, -1, 'sync', MAX_NR_ZONES - 1))
}
