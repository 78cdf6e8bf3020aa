/**
 * Moving pages into other frames while they are in use: content, page table entries, page cache or swap cache slot, flags and place on the LRU go with them.
 * Source: mm/migrate.c:migrate_pages, unmap_and_move, __unmap_and_move, folio_migrate_mapping, folio_migrate_flags, try_to_migrate (mm/rmap.c) (v6.1).
 * Simplifications: a page is moved in one go, so no fault meets a migration entry; buffers move with their page unless somebody holds them.
 */
import { RUN } from '../core/clock'
import type { Episode } from '../core/clock'
import { PTE_DIRTY, PTE_VALUE } from './area'
import type { Area } from './area'
import type { CompactControl } from './compact-control'
import { isolateFreepages } from './compaction-free-scanner'
import { countIsolated, isOwnerless } from './compaction-migrate-scanner'
import { folioMarkDirty } from './dirty'
import { moveCharge } from './memcg-stock'
import type { Mm } from './mm'
import { freeFrame } from './page-alloc'
import { PG_DEAD, PG_DIRTY, PG_ISOLATED, PG_LOCKED, PG_LRU, PG_MAPPED, PG_REF_MASK, PG_SWAPCACHE, PG_WRITEBACK, folioRefs, isAnonFolio, isFileFolio, moveColumns } from './page'
import { waitOnPageLocked } from './page-cache'
import { folioAddLru, folioPut, lruAddDrain } from './swap-lru'
import { waitOnPageWriteback } from './writeback'

/** Rounds over pages that could not be moved yet; from the fourth on locked ones are waited for. */
const PASSES = 10
const FORCE_FROM = 3

/** What became of one page. */
const MOVED = 0
const AGAIN = 1
const BUSY = 2
const NO_TARGET = 3

export interface Migrated {
  readonly succeeded: number
  /** Some stayed; they are in the list that was given. */
  readonly failed: boolean
  /** There was nowhere left to move them. */
  readonly noTarget: boolean
}

/** migrate_pages: the last isolated first. Those that could not be moved stay in cc.migratePages. */
export function* migratePages(mm: Mm, cc: CompactControl): Episode<Migrated> {
  const from = cc.migratePages
  const stay: number[] = []
  let todo = from.splice(0).reverse()
  let succeeded = 0
  let failed = 0
  let noTarget = false
  for (let pass = 0; pass < PASSES && todo.length > 0 && !noTarget; pass++) {
    const again: number[] = []
    for (let i = 0; i < todo.length; i++) {
      if (mm.clock.now >= mm.clock.limit) yield RUN
      const rc = yield* unmapAndMove(mm, cc, todo[i], pass >= FORCE_FROM)
      if (rc === MOVED) succeeded++
      else if (rc === AGAIN) again.push(todo[i])
      else if (rc === BUSY) {
        failed++
        stay.push(todo[i])
      } else {
        // Those behind it count for nothing: they were not tried.
        failed += 1 + again.length
        stay.push(...again, ...todo.slice(i))
        again.length = 0
        noTarget = true
        break
      }
    }
    todo = again
  }
  if (!noTarget) failed += todo.length
  stay.push(...todo)
  from.push(...stay.reverse())
  mm.vm.pgmigrate_success += succeeded
  mm.vm.pgmigrate_fail += failed
  return { succeeded, failed: stay.length > 0, noTarget }
}

/** unmap_and_move: a target is taken first, and goes back when the page stays. */
function* unmapAndMove(mm: Mm, cc: CompactControl, pfn: number, force: boolean): Episode<number> {
  const { flags } = mm.frames
  if ((flags[pfn] & PG_DEAD) !== 0 && folioRefs(flags[pfn]) === 1) {
    // Its owner let go meanwhile: ours was the last reference.
    release(mm, pfn)
    return MOVED
  }
  if (cc.freePages.length === 0) yield* isolateFreepages(mm, cc)
  const to = cc.freePages.pop()
  if (to === undefined) return NO_TARGET
  cc.target = to
  const rc = yield* tryToMove(mm, cc, pfn, to, force)
  cc.target = -1
  if (rc !== MOVED) cc.freePages.push(to)
  mm.clock.now += rc === MOVED ? mm.cost.migratePage : mm.cost.migrateFailed
  return rc
}

/** __unmap_and_move: locks, writeback, other holders. */
function* tryToMove(mm: Mm, cc: CompactControl, pfn: number, to: number, force: boolean): Episode<number> {
  const { flags } = mm.frames
  if ((flags[pfn] & PG_LOCKED) !== 0) {
    // A direct compactor may hold locks itself and waits for none.
    if (!force || cc.mode === 'async' || mm.current.memalloc) return AGAIN
    while ((flags[pfn] & PG_LOCKED) !== 0) yield* waitOnPageLocked(mm, pfn)
  }
  if ((flags[pfn] & PG_WRITEBACK) !== 0) {
    if (cc.mode !== 'sync') return BUSY
    if (!force) return AGAIN
    while ((flags[pfn] & PG_WRITEBACK) !== 0) yield* waitOnPageWriteback(mm, pfn)
  }
  const now = flags[pfn]
  if (isOwnerless(now)) return BUSY
  if ((now & PG_DEAD) !== 0 || folioRefs(now) !== 1 || holdsBuffers(mm, pfn, now)) return AGAIN
  movePage(mm, pfn, to)
  return MOVED
}

/** Buffers of a file system's own blocks that are in use. */
function holdsBuffers(mm: Mm, pfn: number, flags: number): boolean {
  if (!isFileFolio(flags)) return false
  const { pinned, pages } = mm.files[mm.frames.mapping[pfn]]
  return pinned > 0 && mm.frames.index[pfn] >= pages - pinned
}

/** The page's new frame is as the old one was, waits in the add batch (at once drained if it is mapped), and the old one is free. */
function movePage(mm: Mm, from: number, to: number): void {
  const f = mm.frames
  const mapped = (f.flags[from] & PG_MAPPED) !== 0
  if (mapped) dirtyFromPtes(mm, from)
  const flags = f.flags[from] & ~(PG_ISOLATED | PG_LRU | PG_REF_MASK)
  moveColumns(f, from, to, flags)
  moveCharge(mm, from, to)
  if ((flags & PG_SWAPCACHE) !== 0) mm.swap.cache[f.swap[from] - 1] = to + 1
  else if (!isAnonFolio(flags)) mm.files[f.mapping[from]].slots[f.index[from]] = to + 1
  if (mapped) for (const area of areasOf(mm, from, flags)) remap(area, f.index[from], from, to)
  if (mm.pageTrace?.pfn === from) mm.pageTrace.migrated(to)
  countIsolated(mm, from, flags, -1)
  mm.folioWatch?.moved(from, to)
  folioAddLru(mm, to)
  if (mapped) lruAddDrain(mm)
  freeFrame(mm, from)
}

/** A page that died while it was isolated is freed with our reference. */
function release(mm: Mm, pfn: number): void {
  countIsolated(mm, pfn, mm.frames.flags[pfn], -1)
  mm.frames.flags[pfn] &= ~PG_ISOLATED
  folioPut(mm, pfn)
}

function areasOf(mm: Mm, pfn: number, flags: number): readonly Area[] {
  if (!isAnonFolio(flags)) return mm.files[mm.frames.mapping[pfn]].areas
  const area = mm.areas[mm.frames.mapping[pfn]]
  return area === undefined ? [] : [area]
}

/** remove_migration_ptes: accessed, dirty and write bits stay what they were. */
function remap(area: Area, index: number, from: number, to: number): void {
  if (index >= area.pages) return
  const pte = area.pte[index]
  if (pte < 0 && (pte & PTE_VALUE) === from) area.pte[index] = (pte & ~PTE_VALUE) | to
}

/** try_to_migrate moves dirty bits of page table entries to the page. */
function dirtyFromPtes(mm: Mm, pfn: number): void {
  const f = mm.frames
  const index = f.index[pfn]
  for (const area of areasOf(mm, pfn, f.flags[pfn])) {
    if (index >= area.pages) continue
    const pte = area.pte[index]
    if (pte >= 0 || (pte & PTE_VALUE) !== pfn || (pte & PTE_DIRTY) === 0) continue
    if (!isAnonFolio(f.flags[pfn])) folioMarkDirty(mm, pfn)
    else f.flags[pfn] |= PG_DIRTY
  }
}
