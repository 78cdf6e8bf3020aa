/**
 * Swap areas, slots and the swap cache. Slots are numbered over all areas; each keeps the number of page table entries and tmpfs slots that name it, the cached frame, and the shadow of the page it held.
 * Source: mm/swapfile.c (get_swap_pages, SSD clusters), mm/swap_slots.c, mm/swap_state.c (v6.1). Simplifications: no discard, no swap files with holes; an area is a partition; the
 * areas' order is the same on all nodes.
 */
import { assert } from '../core/assert'
import { memcgSwapHalfUsed, recordSwapout, swapFailed, tryChargeSwap, unchargeSwap } from './memcg-stock'
import type { Mm } from './mm'
import { PG_DIRTY, PG_LOCKED, PG_MAPPED, PG_SWAPCACHE, PG_WRITEBACK } from './page'
import { slabAllocNofail, slabFree } from './slab'
import { disownFolio } from './swap-lru'
import { workingsetEviction } from './workingset'
import type { ZramDevice } from './zram'

/** Slots taken from or given back to an area at once, per CPU. */
const SWAP_SLOTS_CACHE = 64
/** Free slots a CPU above which slot caches are used again, and below which no longer (THRESHOLD_ACTIVATE_SWAP_SLOTS_CACHE, THRESHOLD_DEACTIVATE_SWAP_SLOTS_CACHE). */
const THRESHOLD_ACTIVATE = 5 * SWAP_SLOTS_CACHE
const THRESHOLD_DEACTIVATE = 2 * SWAP_SLOTS_CACHE
/** Slots of an SSD cluster with THP swap compiled in. */
export const SWAPFILE_CLUSTER = 512
/** Columns over which the initial cluster list is strided: 64 MiB of slots. */
const CLUSTER_COLUMNS = 32

export class SwapArea {
  /** Clusters wholly free, in the order they will be used. */
  readonly freeClusters: number[] = []
  readonly clusterUsed: Uint16Array
  /** Current cluster and next offset in it, by CPU; -1 = none. */
  readonly current: Int32Array
  readonly next: Int32Array
  readonly inUse: Uint8Array
  /** Where the linear search goes on when no cluster is free. */
  cursor = 1
  inUsePages = 1

  readonly id: number
  /** First slot of this area in the machine's numbering. Slot 0 of an area is its header. */
  readonly base: number
  readonly pages: number
  readonly priority: number
  /** The disk, or -1 for zram. */
  readonly disk: number
  /** Set after boot for an area in memory. */
  zram: ZramDevice | undefined = undefined
  /** On a disk that rotates slots are taken one after another over the whole area, not by clusters. */
  readonly rotational: boolean
  constructor(spec: { id: number; base: number; pages: number; priority: number; disk: number; cpus: number; rotational?: boolean }) {
    this.rotational = spec.rotational ?? false
    this.id = spec.id
    this.base = spec.base
    this.pages = spec.pages
    this.priority = spec.priority
    this.disk = spec.disk
    const clusters = Math.ceil(spec.pages / SWAPFILE_CLUSTER)
    this.clusterUsed = new Uint16Array(clusters)
    this.inUse = new Uint8Array(spec.pages)
    this.inUse[0] = 1
    this.clusterUsed[0] = 1
    this.current = new Int32Array(spec.cpus).fill(-1)
    this.next = new Int32Array(spec.cpus)
    for (let column = 0; column < CLUSTER_COLUMNS; column++) {
      for (let c = column; c < clusters; c += CLUSTER_COLUMNS) {
        // A cluster that the header or the area's end cuts short is left to the linear search.
        if (c !== 0 && (c + 1) * SWAPFILE_CLUSTER <= spec.pages) this.freeClusters.push(c)
      }
    }
  }
}

interface SlotsCache {
  readonly slots: Int32Array
  nr: number
  cur: number
  readonly ret: Int32Array
  nrRet: number
}

export class SwapState {
  /** By priority, the highest first. */
  readonly areas: SwapArea[] = []
  /** Those with free slots, in the order in which they will be asked (swap_avail_heads): by priority, equal ones in turn. */
  readonly avail: SwapArea[] = []
  /** Are the CPUs' slot caches in use (swap_slot_cache_active)? */
  slotCacheActive = false
  /** Sum of the areas' usable slots: "is swap configured". */
  totalSwapPages = 0
  /** Slots not taken by anyone, slot caches counting as taken: "is there free swap". */
  nrSwapPages = 0
  /** Some swap disk rotates: readahead goes by slots, as that of tmpfs always does. Its window: hits, last size, last slot (swapin_readahead_hits, swapin_nr_pages). */
  rotational = false
  raHits = 4
  raWin = 0
  raPrev = 0
  /** Page table entries that name the slot; 1 for the slot of a tmpfs page, however many map it (SWAP_MAP_SHMEM). */
  count = new Uint8Array(0)
  /** Frame + 1 in the swap cache. */
  cache = new Uint32Array(0)
  /** Shadow of the page that was evicted into the slot. */
  shadow = new Int32Array(0)
  /** Where there are memory cgroups: the one each slot is charged to (swap_cgroup), and the one whose reclaim left the shadow; 0 = the root. */
  memcg = new Uint16Array(0)
  shadowMemcg = new Uint16Array(0)
  /** Slots with a cached page or a shadow: what the swap cache's xarray nodes are counted by. */
  nrSlotsOfNodes = 0
  readonly slots: SlotsCache[] = []
}

export function createSwapState(areas: readonly SwapArea[], cpus: number, memcgs = false): SwapState {
  const swap = new SwapState()
  const total = areas.reduce((sum, a) => sum + a.pages, 0)
  swap.areas.push(...[...areas].sort((a, b) => b.priority - a.priority || a.id - b.id))
  for (const area of swap.areas) if (area.inUsePages < area.pages) swap.avail.push(area)
  swap.count = new Uint8Array(total)
  swap.cache = new Uint32Array(total)
  swap.shadow = new Int32Array(total)
  if (memcgs) {
    swap.memcg = new Uint16Array(total)
    swap.shadowMemcg = new Uint16Array(total)
  }
  swap.totalSwapPages = areas.reduce((sum, a) => sum + a.pages - 1, 0)
  swap.nrSwapPages = swap.totalSwapPages
  swap.rotational = areas.some((area) => area.rotational)
  for (let i = 0; i < cpus; i++) swap.slots.push({ slots: new Int32Array(SWAP_SLOTS_CACHE), nr: 0, cur: 0, ret: new Int32Array(SWAP_SLOTS_CACHE), nrRet: 0 })
  return swap
}

export function areaOfSlot(mm: Mm, slot: number): SwapArea {
  for (const area of mm.swap.areas) if (slot >= area.base && slot < area.base + area.pages) return area
  throw new Error(`slot ${slot} belongs to no swap area`)
}

/** vm_swap_full: more than half is used, so slots behind resident pages are worth taking back. */
function vmSwapFull(mm: Mm): boolean {
  return mm.swap.nrSwapPages * 2 < mm.swap.totalSwapPages
}

/** mem_cgroup_swap_full: the same, or half of what the page's group may use is used. */
export function memcgSwapFull(mm: Mm, pfn: number): boolean {
  return vmSwapFull(mm) || memcgSwapHalfUsed(mm, pfn)
}

/** folio_alloc_swap: a slot for a page, charged to its group, or -1. */
export function folioAllocSwap(mm: Mm, pfn: number): number {
  const slot = getSwapSlot(mm)
  if (slot < 0) swapFailed(mm, pfn)
  else if (!tryChargeSwap(mm, pfn, slot)) {
    freeSwapSlot(mm, slot)
    return -1
  }
  return slot
}

/** get_swap_slot: a slot that nobody pays for yet, or -1. */
export function getSwapSlot(mm: Mm): number {
  if (checkCacheActive(mm)) {
    const cache = mm.swap.slots[mm.cpu]
    if (cache.nr === 0) {
      cache.cur = 0
      cache.nr = getSwapPages(mm, SWAP_SLOTS_CACHE, cache.slots)
    }
    if (cache.nr > 0) {
      cache.nr--
      return cache.slots[cache.cur++]
    }
  }
  return getSwapPages(mm, 1, single) === 1 ? single[0] : -1
}

const single = new Int32Array(1)

/** check_cache_active: with few slots left none may idle in a cache: all go back, and slots are taken one by one until there are enough again. */
function checkCacheActive(mm: Mm): boolean {
  const { swap } = mm
  const cpus = swap.slots.length
  if (!swap.slotCacheActive) swap.slotCacheActive = swap.nrSwapPages > cpus * THRESHOLD_ACTIVATE
  else if (swap.nrSwapPages < cpus * THRESHOLD_DEACTIVATE) {
    swap.slotCacheActive = false
    for (const cache of swap.slots) drainSlotsCache(mm, cache)
  }
  return swap.slotCacheActive
}

function drainSlotsCache(mm: Mm, cache: SlotsCache): void {
  for (let i = cache.cur; i < cache.cur + cache.nr; i++) swapcacheFreeEntry(mm, cache.slots[i])
  cache.cur = 0
  cache.nr = 0
  drainReturned(mm, cache)
}

function drainReturned(mm: Mm, cache: SlotsCache): void {
  for (let i = 0; i < cache.nrRet; i++) swapcacheFreeEntry(mm, cache.ret[i])
  cache.nrRet = 0
}

/** get_swap_pages: up to `goal` slots of the first area that has any; it is put behind those of its priority before it is asked. Returns how many. */
function getSwapPages(mm: Mm, goal: number, slots: Int32Array): number {
  const { swap } = mm
  const want = Math.min(goal, swap.nrSwapPages)
  if (want <= 0 || swap.avail.length === 0) return 0
  const area = chooseArea(mm, want)
  if (area === undefined) return 0
  requeue(swap.avail, area)
  let got = 0
  for (let offset = 0; got < want && offset >= 0;) {
    offset = scanSwapMap(area, mm.cpu)
    if (offset >= 0) slots[got++] = area.base + offset
  }
  assert(got > 0, 'an area on the list has a free slot')
  swap.nrSwapPages -= got
  if (area.inUsePages === area.pages) swap.avail.splice(swap.avail.indexOf(area), 1)
  return got
}

/** The kernel takes the first; a policy may take another, or none. */
function chooseArea(mm: Mm, want: number): SwapArea | undefined {
  const { avail } = mm.swap
  if (!mm.policyHooks.has('swapDevice')) return avail[0]
  const areas = avail.map(({ zram, priority, pages, inUsePages }) => ({ kind: zram === undefined ? 'disk' as const : 'zram' as const, priority, pages, used: inUsePages - 1 }))
  return avail[mm.decide.swapDevice({ want, areas })]
}

/** plist_requeue. */
function requeue(avail: SwapArea[], area: SwapArea): void {
  avail.splice(avail.indexOf(area), 1)
  addToAvail(avail, area)
}

/** plist_add: behind all of its priority. */
function addToAvail(avail: SwapArea[], area: SwapArea): void {
  const after = avail.findIndex((other) => other.priority < area.priority)
  avail.splice(after < 0 ? avail.length : after, 0, area)
}

/** scan_swap_map_slots: the next slot of this CPU's cluster, else a new cluster, else any free slot. */
function scanSwapMap(area: SwapArea, cpu: number): number {
  if (area.inUsePages >= area.pages) return -1
  if (area.rotational) return scanLinear(area)
  for (;;) {
    if (area.current[cpu] < 0) {
      const cluster = area.freeClusters.shift()
      if (cluster === undefined) return scanLinear(area)
      area.current[cpu] = cluster
      area.next[cpu] = cluster * SWAPFILE_CLUSTER
    }
    const end = Math.min(area.pages, (area.current[cpu] + 1) * SWAPFILE_CLUSTER)
    for (let offset = area.next[cpu]; offset < end; offset++) {
      if (area.inUse[offset] !== 0) continue
      area.next[cpu] = offset + 1
      return takeSlot(area, offset)
    }
    area.current[cpu] = -1
  }
}

function scanLinear(area: SwapArea): number {
  for (let i = 0; i < area.pages; i++) {
    const offset = area.cursor
    area.cursor = offset + 1 < area.pages ? offset + 1 : 1
    if (area.inUse[offset] === 0) return takeSlot(area, offset)
  }
  return -1
}

function takeSlot(area: SwapArea, offset: number): number {
  area.inUse[offset] = 1
  area.inUsePages++
  area.clusterUsed[Math.floor(offset / SWAPFILE_CLUSTER)]++
  return offset
}

/** free_swap_slot: collects in this CPU's return cache; a full cache goes back at once. While caches are out of use, so does each slot. */
function freeSwapSlot(mm: Mm, slot: number): void {
  if (mm.pageTrace?.slot === slot) mm.pageTrace.slotFreed()
  if (!mm.swap.slotCacheActive) {
    swapcacheFreeEntry(mm, slot)
    return
  }
  const cache = mm.swap.slots[mm.cpu]
  if (cache.nrRet === SWAP_SLOTS_CACHE) drainReturned(mm, cache)
  cache.ret[cache.nrRet++] = slot
}

function swapcacheFreeEntry(mm: Mm, slot: number): void {
  const area = areaOfSlot(mm, slot)
  const offset = slot - area.base
  assert(area.inUse[offset] === 1, 'a slot is freed once')
  area.zram?.drop(offset)
  unchargeSwap(mm, slot)
  area.inUse[offset] = 0
  // swap_range_free: it was full and has a slot again.
  if (area.inUsePages-- === area.pages) addToAvail(mm.swap.avail, area)
  mm.swap.nrSwapPages++
  if (mm.swap.shadow[slot] !== 0) {
    mm.swap.shadow[slot] = 0
    uncountNode(mm)
  }
  const cluster = Math.floor(offset / SWAPFILE_CLUSTER)
  if (--area.clusterUsed[cluster] === 0 && (cluster + 1) * SWAPFILE_CLUSTER <= area.pages && !area.current.includes(cluster)) area.freeClusters.push(cluster)
}

/** Slots in use behind one xarray node, its share of the levels above included: 64 * 64 / 65. */
const SLOTS_PER_NODE = 63

/** Swap cache and shadows live in xarray nodes too: counted by slots in use, without tracking which. */
function countNode(mm: Mm): void {
  if (mm.swap.nrSlotsOfNodes++ % SLOTS_PER_NODE === 0) slabAllocNofail(mm, mm.slabs.radixTreeNode)
}

function uncountNode(mm: Mm): void {
  if (--mm.swap.nrSlotsOfNodes % SLOTS_PER_NODE === 0) slabFree(mm, mm.slabs.radixTreeNode)
}

/** add_to_swap_cache: the folio gets `slot`; the slot's shadow, if any, is returned (0 = none). */
export function addToSwapCache(mm: Mm, pfn: number, slot: number): number {
  const shadow = mm.swap.shadow[slot]
  if (shadow === 0) countNode(mm)
  mm.swap.shadow[slot] = 0
  mm.swap.cache[slot] = pfn + 1
  mm.frames.swap[pfn] = slot + 1
  mm.frames.flags[pfn] |= PG_SWAPCACHE
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('swap_cache_add', { slot, shadow: shadow < 0 ? 1 : 0 })
  const stat = mm.nodeOf(pfn).stat
  stat.nr_file_pages++
  stat.nr_swapcached++
  return shadow
}

/** delete_from_swap_cache. With `leaveShadow` the page is being evicted, for the group `target`, and its clock is kept in the slot. Frees the slot if no PTE names it. */
export function deleteFromSwapCache(mm: Mm, pfn: number, leaveShadow: boolean, target = 0): void {
  const slot = mm.frames.swap[pfn] - 1
  const stat = mm.nodeOf(pfn).stat
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('swap_cache_del', { shadow: leaveShadow ? 1 : 0, slot })
  const shadow = leaveShadow && mm.traits.refaults === 'anon-and-file'
  if (shadow) {
    mm.swap.shadow[slot] = workingsetEviction(mm, pfn, target)
    if (mm.memcgOf !== undefined) mm.swap.shadowMemcg[slot] = target
  } else uncountNode(mm)
  if (leaveShadow) recordSwapout(mm, pfn, slot)
  mm.swap.cache[slot] = 0
  mm.frames.swap[pfn] = 0
  mm.frames.flags[pfn] &= ~PG_SWAPCACHE
  stat.nr_file_pages--
  stat.nr_swapcached--
  if (mm.swap.count[slot] === 0) freeSwapSlot(mm, slot)
}

/** add_to_swap: a slot and a place in the swap cache for a folio about to be written. false: no slot. */
export function addToSwap(mm: Mm, pfn: number): boolean {
  const slot = folioAllocSwap(mm, pfn)
  if (slot < 0) return false
  mm.pageTrace?.swapSlot(pfn, slot, areaOfSlot(mm, slot))
  addToSwapCache(mm, pfn, slot)
  mm.frames.flags[pfn] |= PG_DIRTY
  return true
}

/** swap_free: a PTE or a tmpfs file no longer names the slot. The cached page, if any, is the caller's business. */
export function swapFree(mm: Mm, slot: number): void {
  assert(mm.swap.count[slot] > 0, 'a swap entry in a page table or a tmpfs file is counted')
  mm.swap.count[slot]--
  if (mm.swap.count[slot] === 0 && mm.swap.cache[slot] === 0) freeSwapSlot(mm, slot)
}

/** free_swap_and_cache: an entry goes for good. With the last one the cached page goes too, unless it is in use. */
export function freeSwapAndCache(mm: Mm, slot: number): void {
  const pfn = mm.swap.cache[slot] - 1
  swapFree(mm, slot)
  if (pfn < 0 || (mm.frames.flags[pfn] & (PG_LOCKED | PG_WRITEBACK | PG_MAPPED)) !== 0) return
  if (folioFreeSwap(mm, pfn)) {
    mm.frames.flags[pfn] &= ~PG_DIRTY
    disownFolio(mm, pfn)
  }
}

/** folio_free_swap: nobody but the cache needs the slot any more: give it up, the page becomes dirty. Not while the slot is being written. */
export function folioFreeSwap(mm: Mm, pfn: number): boolean {
  const slot = mm.frames.swap[pfn] - 1
  if (slot < 0 || mm.swap.count[slot] > 0 || (mm.frames.flags[pfn] & PG_WRITEBACK) !== 0) return false
  deleteFromSwapCache(mm, pfn, false)
  mm.frames.flags[pfn] |= PG_DIRTY
  return true
}
