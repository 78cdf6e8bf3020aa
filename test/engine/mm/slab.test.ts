/** Slabs of the caches that grow with the load: their order, what a cache keeps, and what it falls back to. */
import { expect, test } from 'vitest'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN } from '../../../main/engine/mm/mmzone'
import { calculateOrder, createSlabCaches, fillSlabs, mempoolAlloc, mempoolFree, slabAlloc, slabFree } from '../../../main/engine/mm/slab'
import { boot } from '../support/run'
import { MIB, map, scenario, touch } from '../support/tiny'

const machineOf = (pages: number) => boot(scenario({ machine: { pages }, processes: [[map('a', 1), touch('a', 'w', 1)]] })).mm

test.each([
  // size, cpus, order: of 6.1's /proc/slabinfo on machines of so many processors
  [576, 1, 1], [576, 2, 1], [576, 4, 2], [104, 1, 0], [104, 64, 0], [192, 1, 0], [256, 8, 1], [1184, 1, 2], [2048, 1, 2],
])('objects of %i bytes on %i processors: slabs of order %i', (size, cpus, order) => {
  expect(calculateOrder(size, cpus)).toBe(order)
})

test('a slab holds what fits; five empty ones are kept', () => {
  const mm = machineOf(16 * MIB)
  const nodes = createSlabCaches(1).radixTreeNode
  const free = mm.zones[0].free + mm.zones[0].pcp[0].count
  for (let i = 0; i < 14 * 8; i++) expect(slabAlloc(mm, nodes)).toBe(true)
  expect([nodes.capacity, nodes.pages, nodes.slabs.length]).toEqual([112, 16, 8])
  for (let i = 0; i < 14 * 3; i++) slabFree(mm, nodes)
  expect([nodes.live, nodes.pages]).toEqual([70, 16])
  for (let i = 0; i < 70; i++) slabFree(mm, nodes)
  expect([nodes.live, nodes.pages]).toEqual([0, 10])
  // One more and one less takes and gives back nothing.
  expect(slabAlloc(mm, nodes)).toBe(true)
  slabFree(mm, nodes)
  expect([nodes.pages, mm.zones[0].free + mm.zones[0].pcp[0].count]).toEqual([10, free - 10])
})

test('without a block of two pages a slab is one page', () => {
  const mm = machineOf(16 * MIB)
  const nodes = createSlabCaches(1).radixTreeNode
  const pages = createSlabCaches(1).bufferHead
  while (mm.zones[0].nrFree.some((count, order) => order > 0 && count > 0)) if (!slabAlloc(mm, pages)) break
  while (slabAlloc(mm, nodes) && nodes.pages < 4) ;
  expect(nodes.slabs.every(({ order }) => order === 0)).toBe(true)
  expect(nodes.capacity).toBe(7 * nodes.pages)
})

test('what is left at the start is others\' but for one object; a cache without room has nothing to give', () => {
  const mm = machineOf(16 * MIB)
  const nodes = createSlabCaches(1).radixTreeNode
  fillSlabs(nodes)
  expect([nodes.live, nodes.others]).toEqual([0, 0])
  slabAlloc(mm, nodes)
  fillSlabs(nodes)
  expect([nodes.capacity, nodes.live, nodes.others]).toEqual([14, 13, 12])
  slabAlloc(mm, nodes)
  fillSlabs(nodes)
  expect([nodes.live, nodes.others]).toEqual([14, 12])
})

test('what has a mempool takes no page at MIN, though others do: first what it keeps, then the pool of two, then its users wait', () => {
  const mm = machineOf(16 * MIB)
  const { swapBio, bufferHead } = mm.slabs
  expect([swapBio.capacity, swapBio.pages, swapBio.objectsOf(0)]).toEqual([5 * 16, 0, 16])
  const [zone] = mm.zones
  const { seenFree } = zone
  // Everything but MIN is somebody else's.
  zone.mark[WMARK_MIN] = seenFree
  zone.mark[WMARK_LOW] = seenFree + 1
  zone.mark[WMARK_HIGH] = seenFree + 2
  for (let i = 0; i < 5 * 16; i++) expect(slabAlloc(mm, swapBio)).toBe(true)
  expect(slabAlloc(mm, swapBio)).toBe(false)
  expect(slabAlloc(mm, bufferHead)).toBe(true)
  for (let i = 0; i < 2; i++) expect(mempoolAlloc(mm, swapBio).next().done).toBe(true)
  expect([swapBio.live, swapBio.poolLive, swapBio.pages]).toEqual([80, 2, 0])
  // What ends fills the pool first.
  mempoolFree(mm, swapBio)
  expect([swapBio.live, swapBio.poolLive]).toEqual([80, 1])
  // One page above MIN is enough for sixteen more.
  zone.mark[WMARK_MIN] = zone.seenFree - 1
  expect(slabAlloc(mm, swapBio)).toBe(true)
  expect([swapBio.capacity, swapBio.pages]).toEqual([96, 1])
})
