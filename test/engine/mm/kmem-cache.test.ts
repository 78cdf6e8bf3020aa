/** Slab caches whose objects have places: what a slab holds, which one is used next, and when its pages come back. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GFP_KERNEL } from '../../../main/engine/mm/gfp'
import { KmemCache, kmemCacheAlloc, kmemCacheAllocFast, kmemCacheFree } from '../../../main/engine/mm/kmem-cache'
import type { Mm } from '../../../main/engine/mm/mm'
import { allocPageFast } from '../../../main/engine/mm/page-alloc'
import { finish, idleMm } from '../support/idle'

const dentryCache = (): KmemCache => new KmemCache({ name: 'dentry', size: 192, order: 0, cpus: 1, nodes: 1 })
const inodeCache = (): KmemCache => new KmemCache({ name: 'inode', size: 1184, order: 3, cpus: 1, nodes: 1 })
const take = (mm: Mm, cache: KmemCache, n: number): number[] => Array.from({ length: n }, () => finish(mm, kmemCacheAlloc(mm, cache, GFP_KERNEL)))
const slabPages = (mm: Mm): number => mm.nodes[0].stat.nr_slab_reclaimable

test.each([[192, 0, 21], [192, 1, 42], [1184, 0, 3], [1184, 3, 27], [104, 0, 39], [4096, 0, 1], [8192, 1, 1]])('%i bytes in slabs of order %i: %i objects', (size, order, objects) => {
  expect(new KmemCache({ name: 'x', size, order, cpus: 1, nodes: 1 }).objectsOf(order)).toBe(objects)
})

test('a slab is filled before the next one is made', () => {
  const mm = idleMm()
  const cache = dentryCache()
  const before = slabPages(mm)
  const ids = take(mm, cache, 43)
  expect(ids.filter((id) => id === ids[0])).toHaveLength(21)
  expect([cache.live, cache.pages, slabPages(mm) - before]).toEqual([43, 3, 3])
})

test('one object left in each slab keeps every page; new objects go where there is room', () => {
  const mm = idleMm()
  const cache = dentryCache()
  const ids = take(mm, cache, 210)
  const before = slabPages(mm)
  const kept = new Set<number>()
  for (const id of ids) {
    if (kept.has(id)) kmemCacheFree(mm, cache, id)
    else kept.add(id)
  }
  expect([cache.live, cache.pages, slabPages(mm)]).toEqual([10, 10, before])
  const again = take(mm, cache, 200)
  expect([cache.live, cache.pages]).toEqual([210, 10])
  expect(new Set(again)).toEqual(kept)
})

test('pages come back with the last object, but for the last few slabs', () => {
  const mm = idleMm()
  const cache = dentryCache()
  const before = mm.zones[0].free + mm.zones[0].pcp[0].count
  const slabs = slabPages(mm)
  for (const id of take(mm, cache, 21 * 40)) kmemCacheFree(mm, cache, id)
  // The fifth on the list is discarded when it is empty; and there is the CPU's own.
  expect([cache.live, cache.pages, slabPages(mm) - slabs]).toEqual([0, 5, 5])
  expect(mm.zones[0].free + mm.zones[0].pcp[0].count).toBe(before - 5)
})

test('large slabs where blocks are there for the taking, single pages where not', () => {
  const mm = idleMm()
  const cache = inodeCache()
  take(mm, cache, 27)
  expect(cache.pages).toBe(8)
  // Until no block of order 3 passes the mark.
  while (allocPageFast(mm, 0, 3) >= 0);
  const ids = take(mm, cache, 6)
  expect(cache.pages).toBe(10)
  expect(ids.map((id) => cache.slab(id).objects)).toEqual([3, 3, 3, 3, 3, 3])
})

test('random taking and giving: every slab holds what was put there, pages and counters agree', () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 400 }), fc.boolean(), (steps, inodes) => {
    const mm = idleMm()
    const cache = inodes ? inodeCache() : dentryCache()
    const before = slabPages(mm)
    const held: number[] = []
    for (const step of steps) {
      if (step % 5 < 3 || held.length === 0) held.push(...take(mm, cache, 1 + (step % 40)))
      else for (let i = 0; i < step % 60 && held.length > 0; i++) kmemCacheFree(mm, cache, held.splice(step % held.length, 1)[0])
    }
    const counts = new Map<number, number>()
    for (const id of held) counts.set(id, (counts.get(id) ?? 0) + 1)
    const slabs = cache.slabs.filter((slab) => slab !== undefined)
    expect(slabs.map((slab) => [slab.id, slab.inUse])).toEqual(slabs.map((slab) => [slab.id, counts.get(slab.id) ?? 0]))
    expect(slabs.every((slab) => slab.inUse <= slab.objects)).toBe(true)
    expect(cache.live).toBe(held.length)
    expect(slabs.reduce((pages, slab) => pages + (1 << slab.order), 0)).toBe(cache.pages)
    expect(slabPages(mm) - before).toBe(cache.pages)
    expect(slabs.filter((slab) => slab.inUse === 0).length).toBeLessThanOrEqual(cache.minPartial + 1)
    // An object is found without a new slab as long as the CPU's slab or a listed one has room.
    const room = slabs.some((slab) => slab.inUse < slab.objects)
    expect(kmemCacheAllocFast(mm, cache) >= 0).toBe(room)
  }), { numRuns: 60 })
})
