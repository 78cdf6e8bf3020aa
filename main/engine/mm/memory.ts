/**
 * Faults on anonymous memory and the end of mappings; mapped files are file-fault.ts. Source: mm/memory.c:handle_mm_fault, handle_pte_fault, do_anonymous_page, do_swap_page, do_wp_page,
 * zap_pte_range (v6.1). Simplification: no fork, so no copy on write between tasks. Huge pages: huge-fault.ts, huge-page.ts.
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { PTE_DIRTY, PTE_PRESENT, PTE_SWAP, PTE_SWAP_EXCLUSIVE, PTE_VALUE, PTE_WRITE, PTE_YOUNG, PTE_ZERO, PTRS_PER_PTE, tableOf } from './area'
import type { Area } from './area'
import { folioMarkDirty } from './dirty'
import { fileFault, shmemFault } from './file-fault'
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from './gfp'
import { allocHugePage, hugeFaultPossible } from './huge-fault'
import { HPAGE_PMD_ORDER, isHugeMapped, mapHugePage, splitHugePage, zapHugePmd } from './huge-page'
import { allocPageCharged, allocPageChargedFast, chargeOrGiveBack } from './memcg-charge'
import { memcgOfSwap, unchargeSwap } from './memcg-stock'
import type { Mm } from './mm'
import { allocPageFast, freeKernelPage, giveBack, preparePage } from './page-alloc'
import { PG_ACTIVE, PG_DIRTY, PG_KERNEL, PG_LOCKED, PG_MAPPED, PG_SWAPBACKED, PG_SWAPCACHE, PG_UPTODATE, PG_WRITEBACK, folioRefs } from './page'
import { waitOnPageLocked } from './page-cache'
import { pageRemoveFileRmap } from './rmap'
import { areaOfSlot, folioFreeSwap, freeSwapAndCache, memcgSwapFull, swapFree } from './swap'
import { shadowOwner, swapCacheHit, swapinReadahead } from './swap-in'
import { disownFolio, folioAddLru, lruAddDrain } from './swap-lru'
import { workingsetRefault } from './workingset'
import type { ZramDevice } from './zram'

/** Groups in which an ending mapping gives its pages back (mmu_gather). */
const GATHER = 512

/**
 * A first touch of anonymous memory, when nothing stands in the way: page table and page come from the fast path. false: handleFault must do it.
 */
export function anonFaultFast(mm: Mm, area: Area, index: number, write: boolean): boolean {
  const pte = area.pte[index]
  if (pte !== 0 && (pte !== PTE_ZERO || !write)) return false
  const table = tableOf(index)
  const { memcg } = area.task
  if (area.tables[table] === 0) {
    if (area.thpGfp !== 0 && write && hugeFaultPossible(area, index)) return false
    const pfn = memcg === 0 ? allocPageFast(mm, GFP_KERNEL, 0) : allocPageChargedFast(mm, GFP_KERNEL, memcg, true)
    if (pfn < 0) return false
    installTable(mm, area, table, pfn)
  }
  if (!write) {
    mapZeroPage(mm, area, index)
    mm.vm.pgfault++
    return true
  }
  const pfn = memcg === 0 ? allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0) : allocPageChargedFast(mm, GFP_HIGHUSER_MOVABLE, memcg, false)
  if (pfn < 0) return false
  mm.allocLatency.add(mm.cost.allocPcp)
  mapAnonPage(mm, area, index, pfn)
  mm.vm.pgfault++
  if (memcg !== 0) mm.memcgs.groups[memcg].stat.pgfault++
  return true
}

/** A read of untouched memory gets the shared zero page. */
function mapZeroPage(mm: Mm, area: Area, index: number): void {
  area.pte[index] = PTE_ZERO
  mm.pageTrace?.zeroPage(area, index)
  countMinor(mm, area)
}

function countMinor(mm: Mm, area: Area): void {
  area.task.minflt++
  mm.clock.now += mm.cost.minorFaultAnon
}

function installTable(mm: Mm, area: Area, table: number, pfn: number): void {
  preparePage(mm, pfn, 0, PG_KERNEL)
  area.tables[table] = pfn + 1
  area.task.pageTables++
  mm.nodeOf(pfn).stat.nr_page_table_pages++
}

function mapAnonPage(mm: Mm, area: Area, index: number, pfn: number): void {
  preparePage(mm, pfn, 0, PG_SWAPBACKED | PG_UPTODATE | PG_MAPPED | (mm.lruGen.core ? PG_ACTIVE : mm.newAnonFlags))
  mm.frames.mapping[pfn] = area.id
  mm.frames.index[pfn] = index
  area.pte[index] = PTE_PRESENT | PTE_YOUNG | PTE_DIRTY | PTE_WRITE | pfn
  area.task.rssAnon++
  mm.nodeOf(pfn).stat.nr_anon_pages++
  if (mm.pageTrace !== undefined) mm.pageTrace.anonPage(area, index, pfn)
  folioAddLru(mm, pfn)
  countMinor(mm, area)
}

/** handle_mm_fault, whatever it takes. false: out of memory, or the task was killed. */
export function* handleFault(mm: Mm, area: Area, index: number, write: boolean): Episode<boolean> {
  const task = mm.current
  task.inLruFault = true
  const done = yield* handlePteFault(mm, area, index, write)
  task.inLruFault = false
  return done
}

function* handlePteFault(mm: Mm, area: Area, index: number, write: boolean): Episode<boolean> {
  mm.vm.pgfault++
  if (area.task.memcg !== 0) mm.memcgs.groups[area.task.memcg].stat.pgfault++
  if (area.thpGfp !== 0 && write && area.pte[index] === 0 && hugeFaultPossible(area, index)) {
    const done = yield* hugeFault(mm, area, index)
    if (done !== 'fallback') return done === 'mapped'
  }
  if (!(yield* ensureTable(mm, area, index))) return false
  const pte = area.pte[index]
  if (area.file !== undefined && pte >= 0) return yield* area.file.tmpfs ? shmemFault(mm, area, index, write) : fileFault(mm, area, index, write)
  if (pte < 0) return wpFault(mm, area, index, pte)
  if ((pte & PTE_SWAP) !== 0) return yield* doSwapPage(mm, area, index, write)
  if (!write) {
    mapZeroPage(mm, area, index)
    return true
  }
  return yield* doAnonymousPage(mm, area, index)
}

/** do_huge_pmd_anonymous_page. */
function* hugeFault(mm: Mm, area: Area, index: number): Episode<'mapped' | 'fallback' | 'no-memory'> {
  // The table for its split; the kernel takes it when it has the page, and gives it to the small page when it hasn't.
  if (!(yield* ensureTable(mm, area, index))) return 'no-memory'
  let pfn = yield* allocHugePage(mm, area.thpGfp)
  if (pfn >= 0 && area.task.memcg !== 0) pfn = yield* chargeOrGiveBack(mm, pfn, area.task.memcg, area.thpGfp, false, HPAGE_PMD_ORDER)
  if (pfn < 0) {
    mm.vm.thp_fault_fallback++
    return 'fallback'
  }
  // check_stable_address_space: the reaper has been here while we slept.
  if (area.task.unstable) {
    giveBack(mm, pfn, HPAGE_PMD_ORDER)
    return 'no-memory'
  }
  mapHugePage(mm, area, tableOf(index), pfn)
  return 'mapped'
}

function* ensureTable(mm: Mm, area: Area, index: number): Episode<boolean> {
  const table = tableOf(index)
  if (area.tables[table] !== 0) return true
  const pfn = yield* allocPageCharged(mm, GFP_KERNEL, area.task.memcg, GFP_KERNEL, true)
  if (pfn < 0) return false
  installTable(mm, area, table, pfn)
  return true
}

function* doAnonymousPage(mm: Mm, area: Area, index: number): Episode<boolean> {
  const pfn = yield* allocPageCharged(mm, GFP_HIGHUSER_MOVABLE, area.task.memcg, GFP_KERNEL)
  if (pfn < 0) return false
  // check_stable_address_space: the reaper has been here while we slept.
  if (area.task.unstable) {
    giveBack(mm, pfn)
    return false
  }
  mapAnonPage(mm, area, index, pfn)
  return true
}

/** The page is there but not writable: an anonymous page of our own after a read swap-in, or a clean shared file page. */
function wpFault(mm: Mm, area: Area, index: number, pte: number): boolean {
  area.pte[index] = pte | PTE_YOUNG | PTE_DIRTY | PTE_WRITE
  if (mm.pageTrace?.pfn === (pte & PTE_VALUE)) mm.pageTrace.event('write_fault')
  area.task.minflt++
  mm.clock.now += mm.cost.minorFaultFile
  if (area.file === undefined) mm.vm.pgreuse++
  else folioMarkDirty(mm, pte & PTE_VALUE)
  return true
}

/** do_swap_page. */
function* doSwapPage(mm: Mm, area: Area, index: number, write: boolean): Episode<boolean> {
  const f = mm.frames
  const entry = area.pte[index]
  const slot = entry & PTE_VALUE
  let major = false
  let pfn = mm.swap.cache[slot] - 1
  const zram = pfn < 0 && mm.traits.swapBypass ? areaOfSlot(mm, slot).zram : undefined
  if (zram !== undefined) return yield* swapInSynchronous(mm, area, index, slot, zram, write)
  if (pfn < 0) {
    major = true
    countMajor(mm, area)
    pfn = yield* swapinReadahead(mm, area, index, slot)
    if (pfn < 0) return area.pte[index] !== entry
  } else swapCacheHit(mm, area, index, pfn)
  while ((f.flags[pfn] & PG_LOCKED) !== 0 && mm.swap.cache[slot] === pfn + 1) {
    yield* waitOnPageLocked(mm, pfn, true)
    if (mm.current.killed) return false
  }
  // Somebody else mapped or dropped it while we slept: the access is simply tried again.
  if (area.pte[index] !== entry || mm.swap.cache[slot] !== pfn + 1) return true
  if (write && folioRefs(f.flags[pfn]) > 0) lruAddDrain(mm)
  mapSwappedPage(mm, area, index, pfn, slot, write)
  if (major) area.task.majflt++
  else area.task.minflt++
  mm.clock.now += major ? mm.cost.swapInOverhead : mm.cost.minorFaultSwapCache
  return true
}

function countMajor(mm: Mm, area: Area): void {
  mm.vm.pgmajfault++
  if (area.task.memcg !== 0) mm.memcgs.groups[area.task.memcg].stat.pgmajfault++
}

/** A synchronous device and the only user of the slot: straight into a private page, no swap cache; the slot is given up. */
function* swapInSynchronous(mm: Mm, area: Area, index: number, slot: number, zram: ZramDevice, write: boolean): Episode<boolean> {
  countMajor(mm, area)
  const entry = area.pte[index]
  const pfn = yield* allocPageCharged(mm, GFP_HIGHUSER_MOVABLE, memcgOfSwap(mm, slot, area.task.memcg), GFP_KERNEL)
  if (pfn < 0) return false
  if (area.pte[index] !== entry) {
    giveBack(mm, pfn)
    return true
  }
  preparePage(mm, pfn, 0, PG_SWAPBACKED | PG_UPTODATE | PG_DIRTY)
  mm.pageTrace?.swapPage(slot, pfn)
  if (mm.memcgs.legacy) unchargeSwap(mm, slot)
  const shadow = mm.swap.shadow[slot]
  if (shadow < 0) workingsetRefault(mm, pfn, shadow, shadowOwner(mm, slot))
  folioAddLru(mm, pfn)
  zram.load(slot - areaOfSlot(mm, slot).base)
  mm.vm.pswpin++
  if (write) lruAddDrain(mm)
  mapSwappedPage(mm, area, index, pfn, slot, write)
  area.task.majflt++
  mm.clock.now += mm.cost.swapInOverhead
  return true
}

function mapSwappedPage(mm: Mm, area: Area, index: number, pfn: number, slot: number, write: boolean): void {
  const f = mm.frames
  const exclusive = (area.pte[index] & PTE_SWAP_EXCLUSIVE) !== 0
  swapFree(mm, slot)
  area.task.swapents--
  area.task.rssAnon++
  const soleUser = write && folioRefs(f.flags[pfn]) === 0
  if ((memcgSwapFull(mm, pfn) || soleUser) && (f.flags[pfn] & PG_WRITEBACK) === 0) folioFreeSwap(mm, pfn)
  f.mapping[pfn] = area.id
  f.index[pfn] = index
  f.flags[pfn] |= PG_MAPPED
  mm.nodeOf(pfn).stat.nr_anon_pages++
  area.pte[index] = PTE_PRESENT | PTE_YOUNG | (write && exclusive ? PTE_DIRTY | PTE_WRITE : 0) | pfn
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('mapped', { how: 'swap', write: write ? 1 : 0 })
}

/** Ends a range of a mapping: pages, swap slots and what they held. Page tables stay until the whole area goes. */
export function* zapRange(mm: Mm, area: Area, start: number, end: number): Episode<void> {
  const gathered: number[] = []
  for (let index = start; index < end; index++) {
    const pte = area.pte[index]
    if (pte === 0) continue
    if (isHugeMapped(area, index)) {
      if (index % PTRS_PER_PTE === 0 && index + PTRS_PER_PTE <= end) {
        zapHuge(mm, area, index, pte & PTE_VALUE, gathered)
        index += PTRS_PER_PTE - 1
        continue
      }
      splitHugePage(mm, (pte & PTE_VALUE) & ~(PTRS_PER_PTE - 1), false)
    }
    area.pte[index] = 0
    mm.pageTrace?.zapped(area, index, pte < 0 ? 'page' : 'swap entry')
    mm.clock.now += mm.cost.exitPage
    if (pte >= 0) zapSwapEntry(mm, area, pte)
    else if (area.file === undefined) zapAnonPage(mm, area, pte & PTE_VALUE, gathered)
    else {
      area.pte[index] = pte
      pageRemoveFileRmap(mm, area, index, pte & PTE_VALUE)
    }
    if (gathered.length === GATHER) flushGather(mm, gathered)
    if (mm.clock.now >= mm.clock.limit) {
      flushGather(mm, gathered)
      yield RUN
    }
  }
  flushGather(mm, gathered)
}

/** A huge page goes as a whole, and with it the page table that was kept for its split. */
function zapHuge(mm: Mm, area: Area, index: number, pfn: number, gathered: number[]): void {
  const table = tableOf(index)
  mm.clock.now += mm.cost.exitPage
  zapHugePmd(mm, area, table, pfn)
  removeTable(mm, area, table)
  gathered.push(pfn)
}

function removeTable(mm: Mm, area: Area, table: number): void {
  const pfn = area.tables[table] - 1
  area.tables[table] = 0
  area.task.pageTables--
  mm.nodeOf(pfn).stat.nr_page_table_pages--
  freeKernelPage(mm, pfn)
}

function zapAnonPage(mm: Mm, area: Area, pfn: number, gathered: number[]): void {
  const f = mm.frames
  f.flags[pfn] &= ~PG_MAPPED
  mm.nodeOf(pfn).stat.nr_anon_pages--
  area.task.rssAnon--
  if ((f.flags[pfn] & PG_SWAPCACHE) !== 0 && ((f.flags[pfn] & (PG_LOCKED | PG_WRITEBACK)) !== 0 || !folioFreeSwap(mm, pfn))) return
  f.flags[pfn] &= ~PG_DIRTY
  gathered.push(pfn)
}

function zapSwapEntry(mm: Mm, area: Area, pte: number): void {
  if ((pte & PTE_SWAP) === 0) return
  area.task.swapents--
  freeSwapAndCache(mm, pte & PTE_VALUE)
}

/** Gathered pages are freed last one first, after the LRU batches let go of them. */
function flushGather(mm: Mm, gathered: number[]): void {
  if (gathered.length === 0) return
  lruAddDrain(mm)
  for (let i = gathered.length - 1; i >= 0; i--) disownFolio(mm, gathered[i])
  gathered.length = 0
}

/** munmap of a whole area: its pages, then its page tables. */
export function* unmapArea(mm: Mm, area: Area): Episode<void> {
  yield* zapRange(mm, area, 0, area.pages)
  for (let t = 0; t < area.tables.length; t++) if (area.tables[t] !== 0) removeTable(mm, area, t)
  if (area.file !== undefined) area.file.areas.splice(area.file.areas.indexOf(area), 1)
  mm.areas[area.id] = undefined
}

/** exit_mmap. */
export function* exitMmap(mm: Mm, areas: Iterable<Area>): Episode<void> {
  for (const area of areas) yield* unmapArea(mm, area)
}

