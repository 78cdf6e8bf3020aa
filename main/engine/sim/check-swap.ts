/** Invariants of swap areas, slots, slot caches and the swap cache. Part of checkMm; which page table entries name a slot is checked with the maps. */
import type { Mm } from '../mm/mm'
import { PG_BUDDY, PG_PCP, PG_SWAPBACKED, PG_SWAPCACHE, PG_WRITEBACK } from '../mm/page'
import type { SwapArea } from '../mm/swap'
import { fail, same } from './check-fail'

const SWAPFILE_CLUSTER = 512

export function checkSwap(mm: Mm): void {
  const held = heldByCpus(mm)
  let nodes = 0
  let taken = 0
  for (const area of mm.swap.areas) {
    const sums = checkArea(mm, area, held)
    nodes += sums.nodes
    taken += area.inUsePages - 1
  }
  checkAvail(mm)
  checkPools(mm)
  same(taken, mm.swap.totalSwapPages - mm.swap.nrSwapPages, 'swap slots taken')
  same(nodes, mm.swap.nrSlotsOfNodes, 'swap slots with a page or a shadow')
  let writing = 0
  for (const flags of mm.frames.flags) if ((flags & (PG_BUDDY | PG_PCP)) === 0 && (flags & (PG_SWAPBACKED | PG_WRITEBACK)) === (PG_SWAPBACKED | PG_WRITEBACK)) writing++
  same(writing, mm.slabs.swapBio.live + mm.slabs.swapBio.poolLive, 'pages being written to swap')
}

/** What zram devices say they hold fits their slots and the pages of their pools. */
function checkPools(mm: Mm): void {
  let pool = 0
  for (const { id, zram, inUsePages } of mm.swap.areas) {
    if (zram === undefined) continue
    const { stats, pool: own, memLimit } = zram
    pool += own.pages
    for (const [name, value] of Object.entries(stats)) if (!(value >= 0)) fail(`zram of swap area ${id}: ${name} is ${value}`)
    if (stats.pages > inUsePages - 1) fail(`zram of swap area ${id} stores ${stats.pages} pages in ${inUsePages - 1} slots`)
    if (stats.same + stats.huge > stats.pages || stats.bytes > stats.pages * 4096) fail(`zram of swap area ${id}: ${JSON.stringify(stats)}`)
    if (stats.bytes > own.pages * 4096) fail(`zram of swap area ${id} stores ${stats.bytes} bytes in ${own.pages} pages`)
    if (memLimit > 0 && own.pages > memLimit) fail(`zram of swap area ${id}: ${own.pages} pages of pool, limit ${memLimit}`)
  }
  same(pool, mm.nodes.reduce((sum, node) => sum + node.stat.nr_zspages, 0), 'pages of zram pools')
}

/** Exactly the areas with a free slot are listed, those of higher priority first. */
function checkAvail({ swap }: Mm): void {
  for (const area of swap.areas) {
    const listed = swap.avail.filter((each) => each === area).length
    if (listed !== (area.inUsePages < area.pages ? 1 : 0)) fail(`swap area ${area.id} with ${area.pages - area.inUsePages} free slots is listed ${listed} times`)
  }
  swap.avail.forEach((area, i) => {
    if (i > 0 && swap.avail[i - 1].priority < area.priority) fail(`swap area ${area.id} comes after one of lower priority`)
  })
}

/** Slots that a CPU's caches hold: taken from the area, used by nobody. */
function heldByCpus(mm: Mm): Set<number> {
  const held = new Set<number>()
  const hold = (slot: number): void => {
    if (held.has(slot)) fail(`swap slot ${slot} is held twice`)
    held.add(slot)
  }
  for (const cpu of mm.swap.slots) {
    for (let i = cpu.cur; i < cpu.cur + cpu.nr; i++) hold(cpu.slots[i])
    for (let i = 0; i < cpu.nrRet; i++) hold(cpu.ret[i])
  }
  return held
}

/** A slot is free, or held by a CPU, or used (named by a page table entry or in the swap cache): exactly one of them. */
function checkArea(mm: Mm, area: SwapArea, held: ReadonlySet<number>): { nodes: number } {
  const { count, cache, shadow } = mm.swap
  const used = new Uint16Array(area.clusterUsed.length)
  let inUse = 0
  let nodes = 0
  for (let offset = 0; offset < area.pages; offset++) {
    const slot = area.base + offset
    const named = count[slot] > 0 || cache[slot] > 0
    const taken = area.inUse[offset] === 1
    if (taken) {
      inUse++
      used[Math.floor(offset / SWAPFILE_CLUSTER)]++
    }
    if (offset > 0 && taken !== (named || held.has(slot))) fail(`swap slot ${slot} is ${taken ? 'taken and nobody has it' : 'free and somebody has it'}`)
    if (named && held.has(slot)) fail(`swap slot ${slot} is in use and in a CPU's slot cache`)
    if (offset === 0 && named) fail(`swap slot ${slot} is the area's header and in use`)
    if (!taken && shadow[slot] !== 0) fail(`free swap slot ${slot} has a shadow`)
    if (cache[slot] > 0 && shadow[slot] !== 0) fail(`swap slot ${slot} has a page and a shadow`)
    if (cache[slot] > 0) checkCached(mm, slot, cache[slot] - 1)
    if (cache[slot] > 0 || shadow[slot] !== 0) nodes++
  }
  same(inUse, area.inUsePages, `swap area ${area.id}: slots in use`)
  used.forEach((slots, cluster) => same(slots, area.clusterUsed[cluster], `swap area ${area.id}: slots in use of cluster ${cluster}`))
  return { nodes }
}

function checkCached(mm: Mm, slot: number, pfn: number): void {
  const flags = mm.frames.flags[pfn]
  if (mm.frames.swap[pfn] !== slot + 1 || (flags & (PG_SWAPCACHE | PG_SWAPBACKED)) !== (PG_SWAPCACHE | PG_SWAPBACKED)) fail(`swap slot ${slot} holds frame ${pfn}, which is at slot ${mm.frames.swap[pfn] - 1} with flags ${flags.toString(16)}`)
}
