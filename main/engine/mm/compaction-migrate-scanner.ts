/**
 * The migrate scanner: from the zone's start upwards, pageblock by pageblock, it takes movable pages off their LRU lists, 32 at a time.
 * Source: mm/compaction.c:fast_find_migrateblock, isolate_migratepages, isolate_migratepages_block, too_many_isolated; mm/migrate.c:putback_movable_pages (v6.1).
 * Simplifications: of the kernel's own pages none can move (zspages could in the kernel); no locks, so nothing is contended. kcompactd sleeps a tick where it would spin
 * because too much is isolated.
 */
import { BLOCK, RUN } from '../core/clock'
import type { Episode } from '../core/clock'
import { pageblockType } from './buddy'
import type { CompactControl } from './compact-control'
import { FAST_START_USED, NO_FAST_START } from './compact-control'
import {
  isolationSuitable, pageblockEnd, pageblockSkip, pageblockSkipPersistent, pageblockStart, setPageblockSkip, testAndSetSkip, updateCachedMigrate,
} from './compaction-hints'
import { GFP_FS, MIGRATE_MOVABLE, NR_MIGRATETYPES } from './gfp'
import { listRotateToLast } from './list'
import { folioLruvec, lruvecDelFolio } from './lruvec'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import { PAGE_ALLOC_COSTLY_ORDER, PAGEBLOCK_PAGES } from './mmzone'
import {
  PG_BUDDY, PG_DEAD, PG_ISOLATED, PG_LRU, PG_MAPPED, PG_ORDER_MASK, PG_ORDER_SHIFT, PG_PCP, PG_REF_ONE, PG_SWAPBACKED, PG_SWAPCACHE, PG_UNEVICTABLE, PG_WRITEBACK, folioRefs, isAnonFolio,
  isCompound, isFileFolio,
} from './page'
import { folioAddLru, folioPut } from './swap-lru'

export const COMPACT_CLUSTER_MAX = 32

/** What a round of the scanner came to. */
export type Isolated = 'abort' | 'none' | 'pages'

/** freelist_scan_limit: the deeper, the less often the last searches failed. */
export function freelistScanLimit(cc: CompactControl): number {
  return (COMPACT_CLUSTER_MAX >> Math.min(31, cc.fastSearchFail)) + 1
}

/** isolate_migratepages: pages of the first suitable block from the scanner's position on. */
export function* isolateMigratepages(mm: Mm, cc: CompactControl): Episode<Isolated> {
  let low = fastFindMigrateblock(mm, cc)
  let found = low !== cc.migratePfn && cc.fastSearchFail === 0
  for (let end = pageblockEnd(low); end <= cc.freePfn; end += PAGEBLOCK_PAGES) {
    if (blockWanted(mm, cc, low, found)) {
      if (!(yield* isolateMigratepagesBlock(mm, cc, low, end))) return 'abort'
      break
    }
    found = false
    cc.migratePfn = low = end
    mm.clock.now += mm.cost.compactBlock
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  return cc.nrMigratePages > 0 ? 'pages' : 'none'
}

/** Is the block of `low` worth scanning? One begun before is; its hint was looked at then. */
function blockWanted(mm: Mm, cc: CompactControl, low: number, found: boolean): boolean {
  if (low === pageblockStart(low) && !found && !isolationSuitable(mm, cc, low)) return false
  if (suitableMigrationSource(mm, cc, low)) return true
  updateCachedMigrate(cc, pageblockEnd(low))
  return false
}

/** suitable_migration_source: a direct compactor in a hurry only empties blocks of its own type. */
function suitableMigrationSource(mm: Mm, cc: CompactControl, pfn: number): boolean {
  if (pageblockSkipPersistent(mm, pfn)) return false
  return cc.mode !== 'async' || !cc.direct || pageblockType(mm, pfn) === cc.migratetype
}

/** fast_find_migrateblock: a block that has some free pages already, from the heads of the free lists; for large movable requests only. */
function fastFindMigrateblock(mm: Mm, cc: CompactControl): number {
  const start = cc.migratePfn
  const { zone } = cc
  if (cc.ignoreSkipHint || (start !== zone.startPfn && start !== pageblockStart(start))) return start
  if (cc.order <= PAGE_ALLOC_COSTLY_ORDER || (cc.direct && cc.migratetype !== MIGRATE_MOVABLE)) return start
  const half = (cc.freePfn - start) >> 1
  const highest = pageblockStart(start + (start === zone.startPfn ? half : half >> 2))
  const scan = { left: freelistScanLimit(cc), scanned: 0 }
  let found = -1
  for (let order = cc.order - 1; order >= PAGE_ALLOC_COSTLY_ORDER && found < 0 && scan.scanned < scan.left; order--) found = searchFreeList(mm, cc, order, highest, scan)
  cc.totalMigrateScanned += scan.scanned
  mm.clock.now += scan.scanned * mm.cost.compactMigrateScan
  if (found >= 0) return found
  cc.fastSearchFail++
  return reinitMigratePfn(cc)
}

/** One free list of it: start of the block that was found, or -1. */
function searchFreeList(mm: Mm, cc: CompactControl, order: number, highest: number, scan: { left: number; scanned: number }): number {
  const { zone } = cc
  const list = order * NR_MIGRATETYPES + MIGRATE_MOVABLE
  for (let link = zone.freeLists.head[list]; link !== 0; link = mm.frames.next[link - 1]) {
    const pfn = link - 1
    if (scan.scanned++ >= scan.left) {
      listRotateToLast(mm.frames, zone.freeLists, list, pfn)
      return -1
    }
    if (pfn >= highest || pageblockSkip(mm, pfn)) continue
    listRotateToLast(mm.frames, zone.freeLists, list, pfn)
    if (cc.fastStartPfn !== FAST_START_USED) cc.fastStartPfn = cc.fastStartPfn === NO_FAST_START ? pfn : Math.min(cc.fastStartPfn, pfn)
    cc.fastSearchFail = 0
    setPageblockSkip(mm, pfn)
    return Math.max(pageblockStart(pfn), zone.startPfn)
  }
  return -1
}

/** reinit_migrate_pfn: after the search's first failure the linear scan begins at the lowest block that it had found. */
function reinitMigratePfn(cc: CompactControl): number {
  if (cc.fastStartPfn >= 0) {
    cc.migratePfn = cc.fastStartPfn
    cc.fastStartPfn = FAST_START_USED
  }
  return cc.migratePfn
}

/** too_many_isolated: more than half of what is on the LRU lists. */
function tooManyIsolated(mm: Mm, { id, stat }: Pgdat): boolean {
  const listed = stat.nr_inactive_file + stat.nr_inactive_anon + stat.nr_active_file + stat.nr_active_anon
  if (stat.nr_isolated_file + stat.nr_isolated_anon > Math.floor(listed / 2)) return true
  mm.sched.wakeAll(mm.throttles[id].isolated)
  return false
}

/** false: abort. */
function* waitForIsolated(mm: Mm, cc: CompactControl): Episode<boolean> {
  const node = mm.nodes[cc.zone.node]
  while (tooManyIsolated(mm, node)) {
    if (cc.nrMigratePages > 0 || cc.mode === 'async') return false
    if (mm.current.kthread) {
      mm.sched.sleep('too_many_isolated', mm.sched.ticks(1))
      yield BLOCK
    } else yield* mm.procedures.stallIsolated(mm, node)
    if (mm.current.killed) return false
  }
  return true
}

/** isolate_migratepages_block: from `low` to the block's end, or to where 32 pages were taken. false: abort. */
function* isolateMigratepagesBlock(mm: Mm, cc: CompactControl, lowIn: number, end: number): Episode<boolean> {
  cc.migratePfn = lowIn
  if (!(yield* waitForIsolated(mm, cc))) return false
  const { flags } = mm.frames
  // An optimistic compactor gives up a block of its order at the first page that stays.
  const skipOnFailure = cc.direct && cc.mode === 'async'
  const span = 1 << Math.max(0, cc.order)
  let nextSkip = skipOnFailure ? blockEnd(lowIn, span) : Infinity
  let low = lowIn
  let isolated = 0
  let scanned = 0
  let skipUpdated = false
  let looked = false
  for (; low < end; low++) {
    if (low >= nextSkip) {
      if (isolated > 0) break
      nextSkip = blockEnd(low, span)
    }
    if (low % COMPACT_CLUSTER_MAX === 0) {
      if (mm.current.killed) {
        cc.contended = true
        break
      }
      if (mm.clock.now >= mm.clock.limit) yield RUN
    }
    scanned++
    mm.clock.now += mm.cost.compactMigrateScan
    if (!looked && low === pageblockStart(low)) {
      if (!isolationSuitable(mm, cc, low)) {
        low = end
        break
      }
      looked = true
    }
    const f = flags[low]
    if ((f & PG_BUDDY) !== 0) {
      low += (1 << ((f & PG_ORDER_MASK) >>> PG_ORDER_SHIFT)) - 1
      continue
    }
    if ((f & PG_PCP) === 0 && isCompound(f)) low += (1 << ((f & PG_ORDER_MASK) >>> PG_ORDER_SHIFT)) - 1
    else if (isolatable(cc, f)) {
      if (!skipUpdated) {
        skipUpdated = true
        if (testAndSetSkip(mm, cc, low)) break
      }
      isolateFolio(mm, cc, low)
      isolated++
      if (cc.nrMigratePages >= COMPACT_CLUSTER_MAX && !cc.rescan) {
        low++
        break
      }
      continue
    }
    if (!skipOnFailure) continue
    if (isolated > 0) {
      putbackMovablePages(mm, cc)
      isolated = 0
    }
    if (low < nextSkip) {
      low = nextSkip - 1
      nextSkip += span
    }
  }
  if (low > end) low = end
  if (low === end && (isolated === 0 || cc.rescan)) {
    if (looked && !skipUpdated) setPageblockSkip(mm, pageblockStart(end - 1))
    updateCachedMigrate(cc, low)
  }
  cc.totalMigrateScanned += scanned
  mm.vm.compact_isolated += isolated
  mm.clock.now += mm.cost.compactBlock
  cc.migratePfn = low
  return !cc.contended
}

function blockEnd(pfn: number, span: number): number {
  return (pfn & ~(span - 1)) + span
}

/** May a frame in use with these flags be taken? It must be on an LRU list, held by nobody else, and in the gentler modes need no waiting and have somewhere to move to. */
function isolatable(cc: CompactControl, f: number): boolean {
  if ((f & PG_LRU) === 0 || (f & PG_DEAD) !== 0) return false
  const cached = !isAnonFolio(f) || (f & PG_SWAPCACHE) !== 0
  if (!cached && folioRefs(f) > 0) return false
  if (cached && (cc.gfp & GFP_FS) === 0) return false
  if (cc.mode === 'sync') return true
  return (f & PG_WRITEBACK) === 0 && !isOwnerless(f)
}

/** A page that is unevictable because it is some file system's in memory: dirty for good, and without a way to be moved. */
export function isOwnerless(f: number): boolean {
  return (f & (PG_UNEVICTABLE | PG_SWAPBACKED | PG_MAPPED | PG_SWAPCACHE)) === (PG_UNEVICTABLE | PG_SWAPBACKED)
}

function isolateFolio(mm: Mm, cc: CompactControl, pfn: number): void {
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('compact_isolated', { list: mm.pageTrace.list(pfn), others: cc.nrMigratePages })
  lruvecDelFolio(mm, folioLruvec(mm, pfn), pfn)
  const flags = mm.frames.flags[pfn]
  mm.frames.flags[pfn] = (flags | PG_ISOLATED) + PG_REF_ONE
  countIsolated(mm, pfn, flags, 1)
  cc.migratePages.push(pfn)
  cc.nrMigratePages++
}

/** NR_ISOLATED_* of the page's node. */
export function countIsolated(mm: Mm, pfn: number, flags: number, pages: number): void {
  const { stat } = mm.nodeOf(pfn)
  if (isFileFolio(flags)) stat.nr_isolated_file += pages
  else stat.nr_isolated_anon += pages
}

/** putback_movable_pages: by way of the add batch to the heads of their lists, the last one taken first. */
export function putbackMovablePages(mm: Mm, cc: CompactControl): void {
  for (let i = cc.migratePages.length - 1; i >= 0; i--) {
    const pfn = cc.migratePages[i]
    const flags = (mm.frames.flags[pfn] &= ~PG_ISOLATED)
    countIsolated(mm, pfn, flags, -1)
    if ((flags & PG_DEAD) === 0) folioAddLru(mm, pfn)
    folioPut(mm, pfn)
  }
  cc.migratePages.length = 0
  cc.nrMigratePages = 0
}
