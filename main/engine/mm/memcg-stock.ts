/**
 * Charging and giving back without reclaim: each CPU's stock of pages charged in advance, the owner column of the frames, kernel objects, swap slots.
 * Source: mm/memcontrol.c:consume_stock, refill_stock, drain_all_stock, try_charge_memcg (its first part), commit_charge, uncharge_folio, obj_cgroup_charge, obj_cgroup_uncharge,
 * __mem_cgroup_try_charge_swap, __mem_cgroup_uncharge_swap, mem_cgroup_get_nr_swap_pages, mem_cgroup_swap_full (v6.1).
 * Simplifications: kernel objects are charged without reclaim of their own (the next page pays for them); what is left of a page of them is kept by the group, not by the CPU.
 */
import { assert } from '../core/assert'
import type { Memcg, MemcgStock } from './memcg'
import { memcgIsDescendant, memcgMemoryEvent, memcgOnline } from './memcg'
import { noteSoftLimitEvents } from './memcg-soft-tree'
import type { Mm } from './mm'
import { PG_KERNEL } from './page'
import { pageCounterCharge, pageCounterTryCharge, pageCounterUncharge } from './page-counter'

/** Pages charged at once, so that the next ones cost nothing. */
export const MEMCG_CHARGE_BATCH = 64

/** Bytes of a kernel object as it is charged: its slab size and the pointer to its owner (obj_full_size). */
export const XA_NODE_BYTES = 576 + 8
export const BUFFER_HEAD_BYTES = 104 + 8
const PAGE_BYTES = 4096

/** consume_stock: a page charged before? */
function consumeStock(mm: Mm, memcg: Memcg): boolean {
  const stock = mm.memcgs.stocks[mm.cpu]
  if (stock.cached !== memcg || stock.pages === 0) return false
  stock.pages--
  return true
}

/** refill_stock. */
function refillStock(mm: Mm, memcg: Memcg, pages: number): void {
  const stock = mm.memcgs.stocks[mm.cpu]
  if (stock.cached !== memcg) {
    drainStock(stock)
    stock.cached = memcg
  }
  stock.pages += pages
  if (stock.pages > MEMCG_CHARGE_BATCH) drainStock(stock)
}

function drainStock(stock: MemcgStock): void {
  if (stock.cached !== undefined && stock.pages > 0) pageCounterUncharge(stock.cached.memory, stock.pages)
  stock.cached = undefined
  stock.pages = 0
}

/** drain_all_stock: what any CPU holds for the tree. */
export function drainAllStock(mm: Mm, root: Memcg): void {
  for (const stock of mm.memcgs.stocks) if (stock.cached !== undefined && stock.pages > 0 && memcgIsDescendant(stock.cached, root)) drainStock(stock)
}

/**
 * try_charge of one page as far as it goes without reclaim. Undefined: charged; else the group whose memory.max stands against it. `batch`: charge as many at once; a try that was refused
 * once asks for its own page alone. A huge page of `pages` has nothing to do with stocks.
 */
export function tryChargeFast(mm: Mm, memcg: Memcg, batch = true, pages = 1): Memcg | undefined {
  if (pages === 1 && consumeStock(mm, memcg)) return undefined
  if (batch && pages === 1 && pageCounterTryCharge(memcg.memory, MEMCG_CHARGE_BATCH) === undefined) {
    refillStock(mm, memcg, MEMCG_CHARGE_BATCH - 1)
    noteOverHigh(mm, memcg, MEMCG_CHARGE_BATCH)
    return undefined
  }
  const over = pageCounterTryCharge(memcg.memory, pages)
  if (over !== undefined) return mm.memcgs.groups[over.owner]
  noteOverHigh(mm, memcg, pages)
  return undefined
}

/** Over memory.high, or memory.swap.high, at any level: the task pays before it returns to user space. */
function noteOverHigh(mm: Mm, memcg: Memcg, pages: number): void {
  for (let group: Memcg | undefined = memcg; group !== undefined; group = group.parent) {
    if (group.memory.usage <= group.memory.high && group.swap.usage <= group.swap.high) continue
    mm.current.memcgNrPagesOverHigh += pages
    return
  }
}

/** A charge that may not fail. */
export function forceCharge(memcg: Memcg, pages = 1): void {
  pageCounterCharge(memcg.memory, pages)
}

/** The charged page turned out not to be had: back to the stock. */
export function cancelCharge(mm: Mm, memcg: Memcg): void {
  refillStock(mm, memcg, 1)
}

/** commit_charge: the frame is the group's, or all frames of a huge page (so that they still are after a split). `kernel`: for the kernel's own use (page tables). */
export function commitCharge(mm: Mm, memcg: Memcg, pfn: number, kernel: boolean, pages = 1): void {
  const owners = mm.memcgOf
  assert(owners !== undefined && owners[pfn] === 0, 'a frame is charged once, and only where there are groups')
  if (pages === 1) owners[pfn] = memcg.id
  else owners.fill(memcg.id, pfn, pfn + pages)
  if (kernel) memcg.kmem++
  else if (mm.memcgs.legacy) noteSoftLimitEvents(mm, memcg, mm.zoneOf(pfn).node)
}

/** uncharge_folio: a frame, or `pages` of a huge page, on the way back to the allocator. */
export function unchargeFrame(mm: Mm, pfn: number, pages = 1): void {
  const owners = mm.memcgOf
  if (owners === undefined) return
  const memcg = mm.memcgs.groups[owners[pfn]]
  if (pages === 1) owners[pfn] = 0
  else owners.fill(0, pfn, pfn + pages)
  if ((mm.frames.flags[pfn] & PG_KERNEL) !== 0) {
    memcg.kmem--
    refillStock(mm, memcg, 1)
    return
  }
  pageCounterUncharge(memcg.memory, pages)
  if (mm.memcgs.legacy) noteSoftLimitEvents(mm, memcg, mm.zoneOf(pfn).node)
}

/** mem_cgroup_migrate: a page's content moved to another frame, and with it the charge. */
export function moveCharge(mm: Mm, from: number, to: number): void {
  const owners = mm.memcgOf
  if (owners === undefined) return
  owners[to] = owners[from]
  owners[from] = 0
}

/** The group of a frame's owner; the root where there are no groups. */
export function memcgOfFrame(mm: Mm, pfn: number): Memcg {
  return mm.memcgs.groups[mm.memcgOf === undefined ? 0 : mm.memcgOf[pfn]]
}

// ---- kernel objects -----------------------------------------------------------------------------------------------------

/** obj_cgroup_charge: bytes of an object for a group; whole pages are charged as they are needed. */
export function chargeObject(mm: Mm, memcgId: number, bytes: number): void {
  if (memcgId === 0) return
  const memcg = mm.memcgs.groups[memcgId]
  memcg.kmemObjectBytes += bytes
  while (memcg.kmemObjectPages * PAGE_BYTES < memcg.kmemObjectBytes) {
    const over = tryChargeFast(mm, memcg)
    if (over !== undefined) {
      memcgMemoryEvent(mm.memcgs, over, 'max')
      forceCharge(memcg)
    }
    memcg.kmemObjectPages++
    memcg.kmem++
  }
}

/** obj_cgroup_uncharge. Objects of a group that was removed belong to the nearest group above. */
export function unchargeObject(mm: Mm, memcgId: number, bytes: number): void {
  if (memcgId === 0) return
  const memcg = memcgOnline(mm.memcgs.groups[memcgId])
  if (memcg.id === 0) return
  memcg.kmemObjectBytes -= bytes
  while ((memcg.kmemObjectPages - 1) * PAGE_BYTES >= memcg.kmemObjectBytes) {
    memcg.kmemObjectPages--
    memcg.kmem--
    refillStock(mm, memcg, 1)
  }
}

/** memcg_reparent_objcgs: a group is removed while objects are charged to it; from then on they are its parent's. */
export function reparentObjects(memcg: Memcg): void {
  const { parent } = memcg
  if (parent === undefined) return
  const pages = memcg.kmemObjectPages
  pageCounterUncharge(memcg.memory, pages)
  memcg.kmem -= pages
  if (parent.id !== 0) {
    parent.kmemObjectBytes += memcg.kmemObjectBytes
    // Two groups' last pages may be half full: together they hold no less than before.
    parent.kmemObjectPages += pages
    parent.kmem += pages
    pageCounterCharge(parent.memory, pages)
  }
  memcg.kmemObjectBytes = 0
  memcg.kmemObjectPages = 0
}

// ---- swap ---------------------------------------------------------------------------------------------------------------

/** mem_cgroup_try_charge_swap: a slot for a page of this group. false: memory.swap.max stands against it. */
export function tryChargeSwap(mm: Mm, pfn: number, slot: number): boolean {
  if (mm.memcgOf === undefined || mm.memcgs.legacy) return true
  const memcg = memcgOnline(memcgOfFrame(mm, pfn))
  if (memcg.id === 0) return true
  if (pageCounterTryCharge(memcg.swap, 1) !== undefined) {
    memcgMemoryEvent(mm.memcgs, memcg, 'swap_max')
    memcgMemoryEvent(mm.memcgs, memcg, 'swap_fail')
    return false
  }
  mm.swap.memcg[slot] = memcg.id
  return true
}

/** No slot is left at all. */
export function swapFailed(mm: Mm, pfn: number): void {
  if (mm.memcgOf === undefined || mm.memcgs.legacy || mm.memcgOf[pfn] === 0) return
  memcgMemoryEvent(mm.memcgs, memcgOfFrame(mm, pfn), 'swap_fail')
}

/** mem_cgroup_swapout: in v1 the slot is the group's from when the page is gone until it is back. */
export function recordSwapout(mm: Mm, pfn: number, slot: number): void {
  if (mm.memcgOf === undefined || !mm.memcgs.legacy) return
  const memcg = memcgOnline(memcgOfFrame(mm, pfn))
  if (memcg.id === 0) return
  mm.swap.memcg[slot] = memcg.id
  pageCounterCharge(memcg.swap, 1)
}

/** mem_cgroup_uncharge_swap: the slot is free, or in v1 its page is back. */
export function unchargeSwap(mm: Mm, slot: number): void {
  if (mm.memcgOf === undefined || mm.swap.memcg[slot] === 0) return
  pageCounterUncharge(mm.memcgs.groups[mm.swap.memcg[slot]].swap, 1)
  mm.swap.memcg[slot] = 0
}

/** Whom a page read back from a slot is charged to (mem_cgroup_swapin_charge_folio): the slot's group, or the task's if that was removed. */
export function memcgOfSwap(mm: Mm, slot: number, taskMemcg: number): number {
  if (mm.memcgOf === undefined) return 0
  const owner = mm.swap.memcg[slot]
  return owner !== 0 && mm.memcgs.groups[owner].online ? owner : taskMemcg
}

/** mem_cgroup_get_nr_swap_pages: free slots that the group may use. */
export function memcgNrSwapPages(mm: Mm, memcg: Memcg): number {
  let pages = mm.swap.nrSwapPages
  if (mm.memcgs.legacy) return pages
  for (let group: Memcg | undefined = memcg; group !== undefined && group.id !== 0; group = group.parent) pages = Math.min(pages, group.swap.max - group.swap.usage)
  return pages
}

/** mem_cgroup_swap_full, beyond the machine's own swap: half of what some group may use is used. */
export function memcgSwapHalfUsed(mm: Mm, pfn: number): boolean {
  if (mm.memcgOf === undefined || mm.memcgs.legacy) return false
  for (let group: Memcg | undefined = memcgOfFrame(mm, pfn); group !== undefined && group.id !== 0; group = group.parent) {
    if (group.swap.usage * 2 >= group.swap.high || group.swap.usage * 2 >= group.swap.max) return true
  }
  return false
}
