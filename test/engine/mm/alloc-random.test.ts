/**
 * The allocator under millions of random operations: the buddy lists equal a tiny reference after every one, and the whole of it (zones, nodes, CPUs, per-cpu lists, privileges)
 * keeps its invariants. ALLOC_FUZZ_OPS and ALLOC_FUZZ_SEED run it longer or elsewhere.
 */
import { expect, test } from 'vitest'
import { freeOnePage, pageblockType, reserveHighatomicPageblock, rmqueue, unreserveHighatomicPageblock } from '../../../main/engine/mm/buddy'
import {
  ALLOC_HARDER, ALLOC_HIGH, ALLOC_KSWAPD, ALLOC_NO_WATERMARKS, ALLOC_NOFRAGMENT, ALLOC_OOM, ALLOC_WMARK_HIGH, ALLOC_WMARK_LOW, ALLOC_WMARK_MIN, GFP_ATOMIC, GFP_DMA,
  GFP_HIGHUSER_MOVABLE, GFP_KERNEL, GFP_NOWAIT, GFP_RECLAIMABLE, GFP_THISNODE, NR_MIGRATETYPES,
} from '../../../main/engine/mm/gfp'
import type { Mm } from '../../../main/engine/mm/mm'
import { MAX_ORDER, WMARK_HIGH } from '../../../main/engine/mm/mmzone'
import type { Zone } from '../../../main/engine/mm/mmzone'
import { PG_LRU } from '../../../main/engine/mm/page'
import { allocPagesAtomic, freeKernelBlock, getPageFromFreelist, prepareKernelBlock } from '../../../main/engine/mm/page-alloc'
import { drainAllPages, drainRemotePcp } from '../../../main/engine/mm/pcp'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { idleMm } from '../support/idle'
import { MOVABLE, ReferenceBuddy } from './alloc-reference'

const OPS = Number(process.env['ALLOC_FUZZ_OPS'] ?? 2_000_000)
const SEED = Number(process.env['ALLOC_FUZZ_SEED'] ?? 20_250_607)

function random(seed: number): (n: number) => number {
  let state = seed >>> 0
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 4_294_967_296) * n)
  }
}

/** Mostly small orders, now and then any. */
function anyOrder(pick: (n: number) => number): number {
  const roll = pick(16)
  return roll < 9 ? 0 : roll < 14 ? 1 + pick(4) : pick(MAX_ORDER)
}

interface Block { readonly pfn: number; readonly order: number }

/** Swaps a random element to the end and takes it. */
function takeAny<T>(from: T[], pick: (n: number) => number): T {
  const at = pick(from.length)
  const chosen = from[at]
  from[at] = from[from.length - 1]
  from.pop()
  return chosen
}

// ---- against the reference --------------------------------------------------------------------------------------------

function listOf(mm: Mm, zone: Zone, order: number, type: number): number[] {
  const out: number[] = []
  for (let at = zone.freeLists.head[order * NR_MIGRATETYPES + type]; at !== 0; at = mm.frames.next[at - 1]) out.push(at - 1)
  return out
}

function expectEqual(mm: Mm, zone: Zone, model: ReferenceBuddy, op: number): void {
  for (let order = 0; order < MAX_ORDER; order++) {
    for (let type = 0; type < NR_MIGRATETYPES; type++) expect(listOf(mm, zone, order, type), `after ${op} operations: free list of order ${order}, type ${type}`).toEqual(model.lists[order][type])
  }
  expect([...mm.blockType].slice(0, model.blockType.length), `after ${op} operations: pageblock types`).toEqual(model.blockType)
  expect([zone.boost, zone.nrReservedHighatomic], `after ${op} operations: boost, reserve`).toEqual([model.boost, model.reserved])
}

test('buddy lists, pageblock types, boost and reserve are the reference\'s after every operation', () => {
  const pages = 16 * 512
  const mm = idleMm({ pages })
  const [zone] = mm.zones
  const model = new ReferenceBuddy(pages, zone.mark[WMARK_HIGH])
  drainAllPages(mm)
  for (let order = 0; order < MAX_ORDER; order++) for (let type = 0; type < NR_MIGRATETYPES; type++) for (const pfn of listOf(mm, zone, order, type)) model.add(pfn, order, type, true)
  const pick = random(SEED)
  const held: Block[] = []
  const counts = { taken: 0, failed: 0, freed: 0, unreserved: 0 }
  const ops = Math.floor(OPS / 20)
  for (let op = 0; op < ops; op++) {
    // Fills up, then empties, so that splitting and merging both get their turn.
    const filling = Math.floor(op / 3000) % 2 === 0
    const roll = pick(100)
    if (roll === 0) {
      const type = pick(3)
      const force = pick(2) === 0
      const moved = unreserveHighatomicPageblock(mm, [zone], type, force)
      expect(moved).toBe(model.unreserve(type, force))
      if (moved) counts.unreserved++
    } else if (roll === 1 && held.length > 0) {
      const { pfn } = held[pick(held.length)]
      reserveHighatomicPageblock(mm, zone, pfn)
      model.reserve(pfn)
    } else if (held.length === 0 || roll < (filling ? 62 : 38)) {
      const order = anyOrder(pick)
      const type = pick(12) === 0 ? 3 : pick(3)
      const nofragment = pick(4) === 0
      const pfn = rmqueue(mm, zone, order, type, nofragment ? ALLOC_NOFRAGMENT : 0)
      if (pfn !== model.take(order, type, nofragment)) throw new Error(`operation ${op}: order ${order}, type ${type} got ${pfn}, which is not the reference's`)
      if (pfn < 0) { counts.failed++; continue }
      counts.taken++
      held.push({ pfn, order })
      if (type === MOVABLE && order === 0) {
        mm.frames.flags[pfn] = PG_LRU
        model.movable.add(pfn)
      }
    } else {
      const { pfn, order } = takeAny(held, pick)
      mm.frames.flags[pfn] = 0
      model.movable.delete(pfn)
      const type = pageblockType(mm, pfn)
      freeOnePage(mm, zone, pfn, order, type)
      model.release(pfn, order, type)
      counts.freed++
    }
    if (op % 500 === 0) expectEqual(mm, zone, model, op)
    if (op % 20_000 === 0) zone.boost = model.boost = 0
  }
  expectEqual(mm, zone, model, ops)
  for (const [what, n] of Object.entries(counts)) expect(n, what).toBeGreaterThan(ops / 10_000)
})

// ---- the whole allocator ----------------------------------------------------------------------------------------------

const FLAGS = [
  ALLOC_WMARK_LOW | ALLOC_KSWAPD, ALLOC_WMARK_LOW | ALLOC_NOFRAGMENT, ALLOC_WMARK_MIN, ALLOC_WMARK_HIGH, ALLOC_WMARK_MIN | ALLOC_HIGH, ALLOC_WMARK_MIN | ALLOC_HIGH | ALLOC_HARDER,
  ALLOC_WMARK_MIN | ALLOC_OOM, ALLOC_NO_WATERMARKS,
]
const GFPS = [GFP_HIGHUSER_MOVABLE, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, GFP_KERNEL | GFP_RECLAIMABLE, GFP_ATOMIC, GFP_NOWAIT, GFP_KERNEL | GFP_DMA, GFP_HIGHUSER_MOVABLE | GFP_THISNODE, GFP_KERNEL | GFP_THISNODE]

/** What is held, by order, as an owner the invariants know. */
function holder(mm: Mm): Block[][] {
  const held: Block[][] = Array.from({ length: MAX_ORDER }, () => [])
  held.forEach((blocks, order) => mm.kernelBlocks.add({ order, pfns: () => blocks.map((block) => block.pfn) }))
  return held
}

test('two nodes, four CPUs, every order, type and privilege: nothing is lost, doubled or unmerged', () => {
  const mm = idleMm({ cpus: 4, zones: [{ node: 0, name: 'DMA', managed: 1000 }, { node: 0, name: 'Normal', managed: 9000 }, { node: 1, name: 'Normal', managed: 7100 }] })
  const pick = random(SEED ^ 0x5bd1e995)
  const held = holder(mm)
  const orders = (): number => held.reduce((sum, blocks) => sum + blocks.length, 0)
  const seen = { full: 0, remote: 0, highatomic: 0, pcpHigh: 0 }
  const started = mm.zones.map((zone) => zone.pgalloc)
  const freedBefore = mm.vm.pgfree
  checkMm(mm)
  let inUse = 0
  for (let op = 0; op < OPS; op++) {
    mm.cpu = pick(4)
    const filling = Math.floor(op / 25_000) % 2 === 0
    const roll = pick(1000)
    if (roll === 0) drainAllPages(mm)
    else if (roll === 1) drainRemotePcp(mm, mm.cpu)
    else if (roll === 2) for (const zone of mm.zones) zone.reclaimActive = pick(2) === 0
    else if (roll === 3) unreserveHighatomicPageblock(mm, mm.zones, pick(3), pick(2) === 0)
    else if (roll === 4) for (const zone of mm.zones) zone.boost = 0
    else if (roll < (filling ? 580 : 420)) {
      const order = anyOrder(pick)
      const gfp = GFPS[pick(GFPS.length)]
      const pfn = pick(8) === 0 ? allocPagesAtomic(mm, GFP_ATOMIC, order) : getPageFromFreelist(mm, gfp, order, FLAGS[pick(FLAGS.length)])
      if (pfn < 0) { seen.full++; continue }
      if (mm.frames.flags[pfn] !== 0 && (mm.frames.flags[pfn] & 0x40000) === 0) throw new Error(`operation ${op}: frame ${pfn} was handed out with flags ${mm.frames.flags[pfn].toString(16)}`)
      if (mm.zoneOf(pfn).node !== mm.nodeOfCpu(mm.cpu)) seen.remote++
      prepareKernelBlock(mm, pfn, order)
      held[order].push({ pfn, order })
      inUse += 1 << order
    } else {
      const order = pick(16) < 11 ? 0 : pick(MAX_ORDER)
      if (held[order].length === 0) continue
      const block = takeAny(held[order], pick)
      freeKernelBlock(mm, block.pfn, block.order)
      inUse -= 1 << block.order
    }
    if (op % 40_000 === 0) {
      checkMm(mm)
      if (mm.zones.some((zone) => zone.nrReservedHighatomic > 0)) seen.highatomic++
      const managed = mm.zones.reduce((sum, zone) => sum + zone.managed, 0)
      const free = mm.zones.reduce((sum, zone) => sum + zone.free + zone.pcp.reduce((n, pcp) => n + pcp.count, 0), 0)
      expect(free + inUse, 'free, per-cpu and in use are all there is').toBe(managed)
      for (const zone of mm.zones) for (const pcp of zone.pcp) if (pcp.count > seen.pcpHigh) seen.pcpHigh = pcp.count
    }
  }
  expect(mm.zones.reduce((sum, zone, i) => sum + zone.pgalloc - started[i], 0) - (mm.vm.pgfree - freedBefore), 'pgalloc less pgfree is what is held').toBe(inUse)
  for (const [what, n] of Object.entries(seen)) expect(n, what).toBeGreaterThan(0)
  expect(orders()).toBeGreaterThan(0)
  // Everything back: blocks as large as the zone's shape allows, no page unaccounted for.
  for (const blocks of held) while (blocks.length > 0) { const block = blocks.pop(); if (block) freeKernelBlock(mm, block.pfn, block.order) }
  drainAllPages(mm)
  while (unreserveHighatomicPageblock(mm, mm.zones, MOVABLE, true));
  checkMm(mm)
  // A pageblock that became HIGHATOMIC while all its free pages were in per-cpu lists has none on its own list and stays reserved, in the kernel too.
  for (const zone of mm.zones) expect(zone.free).toBe(zone.managed)
})
