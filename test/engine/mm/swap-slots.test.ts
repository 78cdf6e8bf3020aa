/** Which area a swap slot comes from, and how slots are taken and given back in batches. */
import { expect, test } from 'vitest'
import type { SwapSpec } from '../../../main/engine/index'
import type { Mm } from '../../../main/engine/mm/mm'
import { addToSwapCache, areaOfSlot, deleteFromSwapCache, getSwapSlot } from '../../../main/engine/mm/swap'
import { boot } from '../support/run'
import { machine, scenario, sleep } from '../support/tiny'

/** An idle machine with these swap areas; disks are vda and vdb. */
function swapped(areas: readonly (readonly [pages: number, priority: number])[], cpus = 1): Mm {
  const swap: readonly SwapSpec[] = areas.map(([pages, priority], i) => ({ kind: 'disk', disk: i % 2 === 0 ? 'vda' : 'vdb', pages, priority }))
  const { mm } = boot(scenario({ machine: { ...machine({ cpus }), swap }, processes: [[sleep(1000)]] }))
  mm.current = mm.tasks[mm.tasks.length - 1]
  mm.cpu = 0
  return mm
}

/** Ids of the areas that the next `n` slots come from, runs as [id, length]. */
function taken(mm: Mm, n: number): (readonly [number, number])[] {
  const runs: [number, number][] = []
  for (let i = 0; i < n; i++) {
    const slot = getSwapSlot(mm)
    const id = slot < 0 ? -1 : areaOfSlot(mm, slot).id
    const last = runs.at(-1)
    if (last?.[0] === id) last[1]++
    else runs.push([id, 1])
  }
  return runs
}

/** Gives a slot back as a page leaving the swap cache does. */
function give(mm: Mm, slot: number): void {
  addToSwapCache(mm, 0, slot)
  deleteFromSwapCache(mm, 0, false)
}

test('the highest priority first, the next when it is full, then none', () => {
  const mm = swapped([[1000, -3], [600, 100], [700, 5]])
  expect(taken(mm, 2300)).toEqual([[1, 599], [2, 699], [0, 999], [-1, 3]])
  expect(mm.swap.nrSwapPages).toBe(0)
})

test('equal areas take turns, 64 slots each', () => {
  const mm = swapped([[2000, 5], [2000, 5], [2000, 5], [2000, -1]])
  expect(taken(mm, 64 * 5)).toEqual([[0, 64], [1, 64], [2, 64], [0, 64], [1, 64]])
})

test('slots are taken from an area 64 at a time: free swap falls in steps', () => {
  const mm = swapped([[2000, 5]])
  expect(mm.swap.nrSwapPages).toBe(1999)
  getSwapSlot(mm)
  expect(mm.swap.nrSwapPages).toBe(1935)
  taken(mm, 63)
  expect(mm.swap.nrSwapPages).toBe(1935)
  getSwapSlot(mm)
  expect(mm.swap.nrSwapPages).toBe(1871)
})

test('freed slots wait in a cache of 64 and go back together', () => {
  const mm = swapped([[2000, 5]])
  const slots = Array.from({ length: 128 }, () => getSwapSlot(mm))
  for (const slot of slots.slice(0, 64)) give(mm, slot)
  expect(mm.swap.nrSwapPages).toBe(1871)
  give(mm, slots[64])
  expect(mm.swap.nrSwapPages).toBe(1935)
})

test('a full area is asked again once it has a slot, after its equals', () => {
  const mm = swapped([[257, 5], [2000, 5]])
  expect(taken(mm, 256 + 256)).toEqual([[0, 64], [1, 64], [0, 64], [1, 64], [0, 64], [1, 64], [0, 64], [1, 64]])
  // Full: the other one has it alone.
  expect(mm.swap.avail.map((area) => area.id)).toEqual([1])
  expect(taken(mm, 128)).toEqual([[1, 128]])
  const own = mm.swap.areas.find((area) => area.id === 0)
  for (let offset = 1; offset <= 65; offset++) give(mm, (own?.base ?? 0) + offset)
  expect(mm.swap.avail.map((area) => area.id)).toEqual([1, 0])
  expect(taken(mm, 192)).toEqual([[1, 64], [0, 64], [1, 64]])
})

test('below 128 free slots a CPU the caches are emptied and slots taken one by one, until there are more than 320 again', () => {
  const mm = swapped([[1000, 5]])
  const slots = Array.from({ length: 14 * 64 }, () => getSwapSlot(mm))
  // The 14th batch left 103: the next request gave 63 of it back, and from then on each took one.
  expect([mm.swap.nrSwapPages, mm.swap.slotCacheActive]).toEqual([103, false])
  slots.push(getSwapSlot(mm))
  expect([mm.swap.nrSwapPages, mm.swap.slotCacheActive]).toEqual([102, false])
  // Given back one by one too.
  for (let freed = 1; freed <= 218; freed++) {
    give(mm, slots[freed])
    expect(mm.swap.nrSwapPages).toBe(102 + freed)
  }
  // 320 are not more than 320: one is taken.
  slots.push(getSwapSlot(mm))
  expect([mm.swap.nrSwapPages, mm.swap.slotCacheActive]).toEqual([319, false])
  give(mm, slots[219])
  give(mm, slots[220])
  slots.push(getSwapSlot(mm))
  expect([mm.swap.nrSwapPages, mm.swap.slotCacheActive]).toEqual([321 - 64, true])
})

test('slots that a cache holds when it goes out of use are free for everybody', () => {
  const mm = swapped([[1000, 5]], 2)
  const slots = Array.from({ length: 10 * 64 + 1 }, () => getSwapSlot(mm))
  for (const slot of slots.slice(0, 10)) give(mm, slot)
  // 999 - 11 * 64 are free. The first CPU holds 63 and 10 returned ones; the second takes 64 and finds less than 256 at its next request.
  expect(mm.swap.nrSwapPages).toBe(295)
  mm.cpu = 1
  getSwapSlot(mm)
  expect([mm.swap.nrSwapPages, mm.swap.slotCacheActive]).toEqual([231, true])
  getSwapSlot(mm)
  expect([mm.swap.nrSwapPages, mm.swap.slotCacheActive]).toEqual([231 + 63 + 10 + 63 - 1, false])
  expect(mm.swap.slots.map((cache) => [cache.nr, cache.nrRet])).toEqual([[0, 0], [0, 0]])
})

test('the last slot can be had', () => {
  const mm = swapped([[400, 5]], 2)
  expect(taken(mm, 400)).toEqual([[0, 399], [-1, 1]])
})
