/**
 * Charging a page to a group, with what it takes: reclaim inside the group that is full, retries, and at last its OOM killer. Waiting for memory.high is memcg-high.ts.
 * Source: mm/memcontrol.c:try_charge_memcg, charge_memcg, mem_cgroup_oom, mem_cgroup_out_of_memory (v6.1). Simplification: whoever had somebody else killed sleeps a tick before the next
 * try, so that the victim gets the CPU also where tasks are not preempted in the kernel; the kernel goes on scanning.
 */
import type { Episode } from '../core/clock'
import { BLOCK, RUN } from '../core/clock'
import { tryToFreeMemcgPages } from './direct-reclaim'
import { GFP_DIRECT_RECLAIM, GFP_HIGH, GFP_NOFAIL, GFP_NORETRY, GFP_RETRY_MAYFAIL } from './gfp'
import type { Memcg } from './memcg'
import { memcgMargin, memcgMemoryEvent } from './memcg'
import { handleOverHigh } from './memcg-high'
import { MEMCG_CHARGE_BATCH, cancelCharge, commitCharge, drainAllStock, forceCharge, tryChargeFast } from './memcg-stock'
import type { Mm } from './mm'
import { PAGE_ALLOC_COSTLY_ORDER } from './mmzone'
import { outOfMemory } from './oom-kill'
import { PG_KERNEL } from './page'
import { allocPageFast, giveBack, preparePage } from './page-alloc'
import { MAX_RECLAIM_RETRIES } from './scan-control'
import { allocPagesSlowpath } from './slowpath'

/** A page for a group when nothing stands in the way: memory is there and so is room. -1: allocPageCharged must do it. */
export function allocPageChargedFast(mm: Mm, gfp: number, memcgId: number, kernel: boolean): number {
  const memcg = mm.memcgs.groups[memcgId]
  // Charged first: a page that was taken in vain would have to go back.
  if (tryChargeFast(mm, memcg) !== undefined) return -1
  const pfn = allocPageFast(mm, gfp, 0)
  if (pfn < 0) cancelCharge(mm, memcg)
  else commitCharge(mm, memcg, pfn, kernel)
  return pfn
}

/** A page for a group (0: nobody's), whatever it takes. -1: no memory, or none for the group. `chargeGfp`: what charging may do, where that differs. */
export function* allocPageCharged(mm: Mm, gfp: number, memcgId: number, chargeGfp = gfp, kernel = false): Episode<number> {
  let pfn = allocPageFast(mm, gfp, 0)
  if (pfn < 0) pfn = yield* allocPagesSlowpath(mm, gfp, 0)
  return pfn < 0 || memcgId === 0 ? pfn : yield* chargeOrGiveBack(mm, pfn, memcgId, chargeGfp, kernel)
}

/** Charges a page just allocated, or a block of `order`; its frame, or -1 when it may not be had and went back. */
export function* chargeOrGiveBack(mm: Mm, pfn: number, memcgId: number, gfp: number, kernel = false, order = 0): Episode<number> {
  const memcg = mm.memcgs.groups[memcgId]
  const task = mm.current
  const pages = 1 << order
  const over = tryChargeFast(mm, memcg, true, pages)
  if (over === undefined) {
    commitCharge(mm, memcg, pfn, kernel, pages)
    if (task.memcgNrPagesOverHigh <= MEMCG_CHARGE_BATCH) return pfn
  }
  // The page is nobody's while its task reclaims or sleeps.
  for (let i = pfn; i < pfn + pages; i++) {
    mm.memcgs.charging.set(i, kernel)
    preparePage(mm, i, 0, PG_KERNEL)
  }
  const charged = over === undefined || (yield* makeRoom(mm, memcg, over, gfp, pages))
  if (charged && over !== undefined) commitCharge(mm, memcg, pfn, kernel, pages)
  if (charged && task.memcgNrPagesOverHigh > MEMCG_CHARGE_BATCH && !task.memalloc && (gfp & GFP_DIRECT_RECLAIM) !== 0) yield* handleOverHigh(mm)
  for (let i = pfn; i < pfn + pages; i++) {
    mm.memcgs.charging.delete(i)
    mm.frames.flags[i] = 0
  }
  if (charged) return pfn
  giveBack(mm, pfn, order)
  return -1
}

/** How often a charge has tried, and what it has tried. */
interface Tries {
  retries: number
  drained: boolean
  passedOom: boolean
}

/** The slow part: `full` is at its limit. true: charged after all. */
function* makeRoom(mm: Mm, memcg: Memcg, full: Memcg, gfp: number, pages: number): Episode<boolean> {
  const task = mm.current
  const tries: Tries = { retries: MAX_RECLAIM_RETRIES, drained: false, passedOom: false }
  let over = full
  // What reclaim itself needs may go over the limit: it will soon free more.
  if (task.memalloc) return forceOver(mm, memcg, over, pages)
  if ((gfp & GFP_DIRECT_RECLAIM) === 0) return (gfp & (GFP_NOFAIL | GFP_HIGH)) !== 0 && forceOver(mm, memcg, over, pages)
  for (;;) {
    memcgMemoryEvent(mm.memcgs, over, 'max')
    mm.psi.enter(task)
    const reclaimed = yield* tryToFreeMemcgPages(mm, over, pages, gfp, true, false)
    mm.psi.leave(task)
    if (mm.clock.now >= mm.clock.limit) yield RUN
    if (!(yield* worthAnotherTry(mm, over, gfp, reclaimed, tries, pages))) break
    const still = tryChargeFast(mm, memcg, false, pages)
    if (still === undefined) return true
    over = still
  }
  if ((gfp & (GFP_NOFAIL | GFP_HIGH)) === 0) return false
  forceCharge(memcg, pages)
  return true
}

/** After a reclaim in the group that is full. May kill. */
function* worthAnotherTry(mm: Mm, over: Memcg, gfp: number, reclaimed: number, tries: Tries, pages: number): Episode<boolean> {
  if (memcgMargin(over) >= pages) return true
  if (!tries.drained) {
    drainAllStock(mm, over)
    tries.drained = true
    return true
  }
  if ((gfp & GFP_NORETRY) !== 0) return false
  // So close to the limit a huge page is hardly to be had, and small ones will do.
  const costly = pages > 1 << PAGE_ALLOC_COSTLY_ORDER
  if ((reclaimed > 0 && !costly) || tries.retries-- > 0) return true
  if ((gfp & GFP_RETRY_MAYFAIL) !== 0) return false
  // Endless otherwise, for a task that the OOM killer passes over because it dies already.
  if ((tries.passedOom && mm.current.killed) || costly) return false
  memcgMemoryEvent(mm.memcgs, over, 'oom')
  if (!(yield* memcgOutOfMemory(mm, over, gfp))) return false
  tries.passedOom = true
  tries.retries = MAX_RECLAIM_RETRIES
  return true
}

/** Charged over the limit, which is an event all the same. */
function forceOver(mm: Mm, memcg: Memcg, over: Memcg, pages: number): true {
  memcgMemoryEvent(mm.memcgs, over, 'max')
  forceCharge(memcg, pages)
  return true
}

/** mem_cgroup_out_of_memory: true when somebody of the group was killed or is dying, or room appeared meanwhile. */
export function* memcgOutOfMemory(mm: Mm, memcg: Memcg, gfp: number): Episode<boolean> {
  const task = mm.current
  if (memcgMargin(memcg) >= 1 || task.killed) return true
  const progress = outOfMemory(mm, gfp, 0, memcg)
  if (mm.panicked !== undefined) {
    mm.sched.sleep('panic', Infinity)
    yield BLOCK
  }
  if (!progress) return false
  if (!task.killed) {
    mm.sched.sleep('mem_cgroup_out_of_memory', mm.sched.ticks(1), undefined, false, true)
    yield BLOCK
  }
  return true
}
