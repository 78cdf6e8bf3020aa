/** do_shrink_slab's arithmetic by worked vectors, its loop with a cache of the test's own, and the shrinker of shadow nodes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GFP_KERNEL } from '../../../main/engine/mm/gfp'
import type { Mm } from '../../../main/engine/mm/mm'
import { ScanControl } from '../../../main/engine/mm/scan-control'
import { DEFAULT_SEEKS, SHRINK_STOP, dropSlab, shrinkSlab } from '../../../main/engine/mm/shrinker'
import type { SlabScan } from 'reclaim-lab'
import linux61 from '../../../plugins/kernels/linux-6.1'
import type { ShrinkControl, Shrinker } from '../../../main/engine/mm/shrinker'
import { finish, idleMm } from '../support/idle'
import { runScenario, delta } from '../support/run'
import { MIB, fread, machine, open, scenario } from '../support/tiny'

function scanAmount(freeable: number, deferred: number, seeks: number, priority: number): SlabScan {
  return linux61.hooks.slabScan({ node: 0, shrinker: 'x', freeable, deferred, seeks, priority })
}

const PAGES = 8 * MIB

test.each([
  // freeable, deferred, seeks, priority, delta, total
  [1_000_000, 0, 2, 12, 488, 488],
  [1_000_000, 0, 4, 12, 244, 244],
  [4095, 0, 2, 12, 0, 0],
  [4096, 0, 2, 12, 2, 2],
  [4095, 0, 2, 11, 2, 2],
  [1000, 0, 2, 0, 2000, 2000],
  [1000, 5000, 2, 0, 2000, 2000],
  [1000, 4096, 2, 12, 0, 1],
  [1000, 4095, 2, 12, 0, 0],
  [100_000, 200_000, 2, 10, 194, 389],
  [1001, 0, 0, 12, 500, 500],
  [1001, 3000, 0, 2, 500, 1250],
  [7, 0, 3, 1, 4, 4],
])('%i freeable, %i deferred, %i seeks at priority %i: delta %i, %i in all', (freeable, deferred, seeks, priority, delta_, total) => {
  expect(scanAmount(freeable, deferred, seeks, priority)).toEqual({ delta: delta_, total })
})

/** A cache of `objects` that cost nothing. */
class Toy implements Shrinker {
  readonly name = 'toy'
  readonly nrDeferred = new Float64Array(1)
  readonly calls: number[] = []
  stops = false
  objects: number
  readonly seeks: number
  readonly batch: number
  constructor(objects: number, seeks = DEFAULT_SEEKS, batch = 0) {
    this.objects = objects
    this.seeks = seeks
    this.batch = batch
  }

  count(): number {
    return this.objects
  }

  scan(_mm: Mm, control: ShrinkControl): number {
    if (this.stops) return SHRINK_STOP
    this.calls.push(control.nrToScan)
    const freed = Math.min(this.objects, control.nrToScan)
    this.objects -= freed
    return freed
  }
}

function shrink(mm: Mm, toy: Toy, priority: number): number {
  mm.shrinkers.length = 0
  mm.shrinkers.push(toy)
  const sc = new ScanControl('kswapd')
  sc.priority = priority
  sc.gfp = GFP_KERNEL
  const before = mm.vm.slabs_scanned
  finish(mm, shrinkSlab(mm, mm.nodes[0], sc))
  return mm.vm.slabs_scanned - before
}

test('less than a batch is put off until it adds up', () => {
  const mm = idleMm()
  const toy = new Toy(20_000)
  // 20,000 >> 10 = 19, doubled 38 a pass.
  expect(shrink(mm, toy, 10)).toBe(0)
  expect(toy.nrDeferred[0]).toBe(38)
  for (let pass = 0; pass < 9; pass++) expect(shrink(mm, toy, 10)).toBe(0)
  expect(toy.nrDeferred[0]).toBe(380)
  // At priority 7: 156 * 2 = 312, and 380 >> 7 = 2 of what was put off: two batches, 58 of 314 stay.
  expect(shrink(mm, toy, 7)).toBe(256)
  expect(toy.calls).toEqual([128, 128])
  expect(toy.nrDeferred[0]).toBe(380 + 312 - 256)
})

test('whole batches, the rest put off; a cache may name its batch', () => {
  const mm = idleMm()
  const toy = new Toy(100_000, 2, 1024)
  // 100,000 >> 6 = 1562, doubled 3124: three batches of 1024, 52 left.
  expect(shrink(mm, toy, 6)).toBe(3072)
  expect(toy.calls).toEqual([1024, 1024, 1024])
  expect(toy.nrDeferred[0]).toBe(52)
})

test('when more is asked for than there is, everything goes, however little it is', () => {
  const mm = idleMm()
  const toy = new Toy(50)
  // Twice what is there may be asked for, in one call.
  expect(shrink(mm, toy, 0)).toBe(100)
  expect(toy.calls).toEqual([100])
  expect(toy.objects).toBe(0)
  expect(toy.nrDeferred[0]).toBe(0)
})

test('a shrinker that stops puts all its work off, at most twice what is there', () => {
  const mm = idleMm()
  const toy = new Toy(1000)
  toy.stops = true
  expect(shrink(mm, toy, 2)).toBe(0)
  expect(toy.nrDeferred[0]).toBe(500)
  for (let pass = 0; pass < 10; pass++) shrink(mm, toy, 0)
  expect(toy.nrDeferred[0]).toBe(2000)
})

test('an empty cache keeps what it put off', () => {
  const mm = idleMm()
  const toy = new Toy(0)
  toy.nrDeferred[0] = 77
  expect(shrink(mm, toy, 0)).toBe(0)
  expect(toy.nrDeferred[0]).toBe(77)
})

test('what is asked for is whole, never negative, never more than twice what is there', () => {
  const any = fc.integer({ min: 0, max: 2 ** 40 })
  fc.assert(fc.property(any, any, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 12 }), (freeable, deferred, seeks, priority) => {
    const amount = scanAmount(freeable, deferred, seeks, priority)
    expect(Number.isSafeInteger(amount.delta) && amount.delta >= 0).toBe(true)
    expect(amount.total).toBeLessThanOrEqual(2 * freeable)
    // More pressure asks for no less.
    if (priority > 0) expect(scanAmount(freeable, deferred, seeks, priority - 1).total).toBeGreaterThanOrEqual(amount.total)
  }))
})

test('drop_slab empties a cache', () => {
  const mm = idleMm()
  const toy = new Toy(12_345)
  mm.shrinkers.length = 0
  mm.shrinkers.push(toy)
  finish(mm, dropSlab(mm))
  expect(toy.objects).toBe(0)
})

function streamed(pages: number): ReturnType<typeof runScenario> {
  return runScenario(scenario({ machine: machine({ pages: PAGES }), files: pages, processes: [[open('f', pages), fread(pages)]], durationMs: 120_000 }))
}

test('a file of many nodes does not fill memory with shadows', () => {
  const limit = Math.floor(PAGES / 8)
  const small = streamed(limit * 64)
  expect(delta(small, 'workingset_nodereclaim')).toBe(0)
  const large = streamed(limit * 64 * 3)
  expect(delta(large, 'workingset_nodereclaim')).toBeGreaterThanOrEqual(limit)
  expect(large.snapshots.at(-1)?.vmstat.workingset_nodes).toBeLessThan(limit * 2)
  expect(delta(large, 'slabs_scanned')).toBeGreaterThan(0)
})
