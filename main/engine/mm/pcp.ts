/**
 * Per-cpu free lists: refill from the buddy lists in batches, free in growing batches, shorter while kswapd works.
 * Source: mm/page_alloc.c:zone_batchsize, zone_highsize, rmqueue_bulk, free_unref_page_commit, nr_pcp_free, free_pcppages_bulk (v6.1).
 */
import { mulDiv, rounddownPowOfTwo } from '../core/maths'
import { freeOnePage, pageblockType, rmqueue } from './buddy'
import { MIGRATE_HIGHATOMIC, MIGRATE_MOVABLE, MIGRATE_PCPTYPES, MIGRATE_RESERVE } from './gfp'
import { listAdd, listAddTail, listDel } from './list'
import type { Mm } from './mm'
import type { PerCpuPages, Zone } from './mmzone'
import { NR_PCP_LISTS, PAGE_ALLOC_COSTLY_ORDER, PAGEBLOCK_ORDER, WMARK_LOW } from './mmzone'
import { PG_PCP } from './page'
import { modFreePages } from './zone-stat'

/** May this order live in per-cpu lists? */
export function pcpAllowedOrder(zone: Zone, order: number): boolean {
  return ((zone.pcpOrders >>> order) & 1) !== 0
}

function orderToPindex(type: number, order: number): number {
  return order > PAGE_ALLOC_COSTLY_ORDER ? NR_PCP_LISTS - 1 : MIGRATE_PCPTYPES * order + type
}

function pindexToOrder(pindex: number): number {
  return pindex === NR_PCP_LISTS - 1 ? PAGEBLOCK_ORDER : Math.floor(pindex / MIGRATE_PCPTYPES)
}

/** zone_batchsize: pages moved at once between the buddy lists and a per-cpu list. */
export function zoneBatchsize(managed: number, cap: number): number {
  const batch = Math.max(1, Math.floor(Math.min(managed >>> 10, cap) / 4))
  return Math.max(1, rounddownPowOfTwo(batch + (batch >> 1)) - 1)
}

/** zone_highsize: the longest a per-cpu list may get; follows the LOW mark unless percpu_pagelist_high_fraction says otherwise. */
export function zoneHighsize(zone: Zone, batch: number, cpus: number, fraction: number): number {
  const high = fraction === 0 ? zone.mark[WMARK_LOW] + zone.boost : mulDiv(zone.managed, 1, fraction)
  return Math.max(Math.floor(high / cpus), batch << 2)
}

/** zone_set_pageset_high_and_batch for every CPU; after marks changed. A node without CPUs of its own is shared by all of them. */
export function updatePcp(mm: Mm, zone: Zone): void {
  if (mm.traits.perCpuLists === 'six-batches') return updateSixBatches(mm, zone)
  const batch = Math.max(1, zoneBatchsize(zone.managed, mm.traits.pcpBatchCap))
  const high = zoneHighsize(zone, batch, mm.cpusOfNode(zone.node) || mm.cpus, mm.sysctl.num('vm.percpu_pagelist_high_fraction'))
  for (const pcp of zone.pcp) {
    pcp.batch = batch
    pcp.high = high
  }
}

/** pageset_set_high_and_batch before 5.14: six batches, or what vm.percpu_pagelist_fraction leaves. */
function updateSixBatches(mm: Mm, zone: Zone): void {
  const usual = Math.max(1, zoneBatchsize(zone.managed, mm.traits.pcpBatchCap))
  const fraction = mm.sysctl.num('vm.percpu_pagelist_fraction')
  const high = fraction === 0 ? 6 * usual : Math.floor(zone.managed / fraction)
  for (const pcp of zone.pcp) {
    pcp.high = high
    pcp.batch = fraction === 0 ? usual : Math.min(Math.max(1, Math.floor(high / 4)), MOST_BATCH)
    pcp.doubles = false
  }
}

/** PAGE_SHIFT * 8. */
const MOST_BATCH = 96

/** Takes a page from this CPU's list, refilled if empty. -1: the zone has none left for this type. */
export function rmqueuePcplist(mm: Mm, zone: Zone, order: number, type: number, allocFlags: number): number {
  const pcp = zone.pcp[mm.cpu]
  const pindex = orderToPindex(type, order)
  pcp.freeFactor >>= 1
  pcp.used = true
  if (pcp.lists.head[pindex] === 0 && !rmqueueBulk(mm, zone, pcp, order, pindex, type, allocFlags)) return -1
  const pfn = pcp.lists.head[pindex] - 1
  listDel(mm.frames, pcp.lists, pindex, pfn)
  pcp.count -= 1 << order
  return pfn
}

function rmqueueBulk(mm: Mm, zone: Zone, pcp: PerCpuPages, order: number, pindex: number, type: number, allocFlags: number): boolean {
  const batch = pcp.batch > 1 ? Math.max(pcp.batch >> order, 2) : pcp.batch
  let taken = 0
  for (; taken < batch; taken++) {
    const pfn = rmqueue(mm, zone, order, type, allocFlags)
    if (pfn < 0) break
    pushPcp(mm, pcp, pindex, pfn, drainedTo(mm, pfn, type), true)
  }
  pcp.count += taken << order
  modFreePages(zone, mm.cpu, -(taken << order))
  mm.clock.now += taken * mm.cost.allocBuddyRefillPage
  return taken > 0
}

/** The list it goes back to when it is drained: a page of the reserve stays one, or the pageblock would be stolen (v3.18, set_freepage_migratetype). */
function drainedTo(mm: Mm, pfn: number, type: number): number {
  return mm.traits.reserves === 'migrate-reserve' && pageblockType(mm, pfn) === MIGRATE_RESERVE ? MIGRATE_RESERVE : type
}

function pushPcp(mm: Mm, pcp: PerCpuPages, pindex: number, pfn: number, type: number, toTail: boolean): void {
  mm.frames.flags[pfn] = PG_PCP
  mm.frames.index[pfn] = type
  if (toTail) listAddTail(mm.frames, pcp.lists, pindex, pfn)
  else listAdd(mm.frames, pcp.lists, pindex, pfn)
}

/** free_unref_page: to the head of this CPU's list; the list is cut when it is full. */
export function freeUnrefPage(mm: Mm, zone: Zone, pfn: number, order: number): void {
  const blockType = pageblockType(mm, pfn)
  if (!pcpAllowedOrder(zone, order)) {
    mm.vm.pgfree += 1 << order
    // Merged downwards it is no head any more.
    mm.frames.flags[pfn] = 0
    mm.frames.index[pfn] = 0
    freeOnePage(mm, zone, pfn, order, blockType)
    return
  }
  // HIGHATOMIC pages may be used by anybody while they are here; those still here go home when the list is cut.
  const type = blockType === MIGRATE_HIGHATOMIC ? MIGRATE_MOVABLE : blockType
  mm.vm.pgfree += 1 << order
  const pcp = zone.pcp[mm.cpu]
  const pindex = orderToPindex(type, order)
  pcp.used = true
  pushPcp(mm, pcp, pindex, pfn, blockType, false)
  pcp.count += 1 << order
  const freeHigh = pcp.freeFactor > 0 && order > 0 && order <= PAGE_ALLOC_COSTLY_ORDER
  const high = freeHigh ? 0 : pcpHigh(zone, pcp)
  if (pcp.count >= high) freePcppagesBulk(mm, zone, pcp, freeHigh ? pcp.count : nrPcpFree(pcp, high), pindex)
}

/** nr_pcp_high: four batches while reclaim is active on the zone. */
function pcpHigh(zone: Zone, pcp: PerCpuPages): number {
  return zone.reclaimActive ? Math.min(pcp.batch << 2, pcp.high) : pcp.high
}

/** nr_pcp_free: the batch doubles with every free in a row. */
function nrPcpFree(pcp: PerCpuPages, high: number): number {
  if (high < pcp.batch) return 1
  const most = high - pcp.batch
  const batch = pcp.batch << pcp.freeFactor
  if (batch < most && pcp.doubles) pcp.freeFactor++
  return Math.max(pcp.batch, Math.min(batch, most))
}

/** free_pcppages_bulk: round robin over the lists, whole lists at a time, oldest first, starting with `pindexIn`. */
function freePcppagesBulk(mm: Mm, zone: Zone, pcp: PerCpuPages, countIn: number, pindexIn: number): void {
  let count = Math.min(pcp.count, countIn)
  let pindex = pindexIn - 1
  let min = 0
  let max = NR_PCP_LISTS - 1
  const tails = pcp.lists.tail
  mm.clock.now += count * mm.cost.freeBuddyPage
  while (count > 0) {
    for (;;) {
      if (++pindex > max) pindex = min
      if (tails[pindex] !== 0) break
      if (pindex === max) max--
      if (pindex === min) min++
    }
    const order = pindexToOrder(pindex)
    do {
      const pfn = tails[pindex] - 1
      const type = mm.frames.index[pfn]
      listDel(mm.frames, pcp.lists, pindex, pfn)
      mm.frames.flags[pfn] = 0
      mm.frames.index[pfn] = 0
      count -= 1 << order
      pcp.count -= 1 << order
      freeOnePage(mm, zone, pfn, order, type)
    } while (count > 0 && tails[pindex] !== 0)
  }
}

/** Order of each block larger than a page that waits in a zone's per-cpu lists, by its first frame. Only a walk tells. */
export function pcpBlocks(mm: Mm, zone: Zone): ReadonlyMap<number, number> {
  const orders = new Map<number, number>()
  for (const { lists } of zone.pcp) {
    for (let pindex = MIGRATE_PCPTYPES; pindex < NR_PCP_LISTS; pindex++) {
      for (let link = lists.head[pindex]; link !== 0; link = mm.frames.next[link - 1]) orders.set(link - 1, pindexToOrder(pindex))
    }
  }
  return orders
}

/** drain_all_pages: every CPU's lists go back to the buddy lists. */
export function drainAllPages(mm: Mm): void {
  for (const zone of mm.zones) drainZoneOnAllCpus(mm, zone)
}

/** drain_all_pages of one zone. */
export function drainZoneOnAllCpus(mm: Mm, zone: Zone): void {
  for (const pcp of zone.pcp) if (pcp.count > 0) freePcppagesBulk(mm, zone, pcp, pcp.count, 0)
}

/** drain_local_pages: this CPU's list of one zone. */
export function drainZonePcp(mm: Mm, zone: Zone): void {
  const pcp = zone.pcp[mm.cpu]
  if (pcp.count > 0) freePcppagesBulk(mm, zone, pcp, pcp.count, 0)
}

/** Seconds without use after which a CPU's list of another node's zone begins to go back. */
const REMOTE_EXPIRE = 3

/**
 * A CPU's vmstat worker, once a second (mm/vmstat.c:refresh_cpu_vm_stats): what it holds of other nodes' pages goes back, a batch at a time, 3 s after the last use.
 * Giving back is use too, so the next batch follows 3 s later. Its own node's lists stay. Simplification: use is an allocation or a free; the kernel looks at any counter of the zone.
 */
export function drainRemotePcp(mm: Mm, cpu: number): void {
  const local = mm.nodeOfCpu(cpu)
  for (const zone of mm.zones) {
    const pcp = zone.pcp[cpu]
    if (pcp.used) pcp.expire = REMOTE_EXPIRE
    pcp.used = false
    if (pcp.expire === 0 || pcp.count === 0) continue
    if (zone.node === local) pcp.expire = 0
    else if (--pcp.expire === 0) {
      freePcppagesBulk(mm, zone, pcp, Math.min(pcp.count, pcp.batch), 0)
      pcp.used = true
    }
  }
}
