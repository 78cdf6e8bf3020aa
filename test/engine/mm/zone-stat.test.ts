/** NR_FREE_PAGES as the kernel sees it: per-cpu differences, thresholds, folding. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Zone, WMARK_HIGH, WMARK_LOW, WMARK_MIN } from '../../../main/engine/mm/mmzone'
import { foldFreePages, modFreePages, refreshVmStats, setStatThreshold } from '../../../main/engine/mm/zone-stat'
import { boot } from '../support/run'
import { MIB, map, scenario, touch } from '../support/tiny'

const zoneOf = (managed: number, cpus: number, [min, low, high]: readonly [number, number, number]): Zone => {
  const zone = new Zone({ id: 0, node: 0, idx: 1, startPfn: 0, reserved: 0, managed, present: managed, spanned: managed, cpus })
  zone.mark[WMARK_MIN] = min
  zone.mark[WMARK_LOW] = low
  zone.mark[WMARK_HIGH] = high
  setStatThreshold(zone, cpus, managed)
  return zone
}

test.each([
  // managed, cpus, threshold: 2 * fls(cpus) * (1 + fls(units of 128 MiB)), at most 125
  [3840, 1, 2], [51_809, 1, 4], [250_000, 1, 8], [250_000, 2, 16], [250_000, 8, 32], [1_500_000, 64, 98], [4_000_000, 1024, 125],
])('%i pages on %i processors: a CPU keeps up to %i', (managed, cpus, threshold) => {
  expect(zoneOf(managed, cpus, [100, 1000, 2000]).statThreshold).toBe(threshold)
})

test('single pages are told three at a time in a small zone, a batch at once', () => {
  const zone = zoneOf(3840, 1, [31, 38, 45])
  modFreePages(zone, 0, 1)
  modFreePages(zone, 0, 1)
  expect([zone.free, zone.seenFree]).toEqual([2, 0])
  modFreePages(zone, 0, 1)
  expect([zone.free, zone.seenFree]).toEqual([3, 3])
  modFreePages(zone, 0, 1)
  modFreePages(zone, 0, 15)
  expect([zone.free, zone.seenFree]).toEqual([19, 19])
})

test('where the differences of all CPUs could pass MIN, kswapd looks at the exact count below a mark', () => {
  const small = zoneOf(3840, 1, [31, 38, 45])
  expect(small.driftMark).toBe(0)
  // 8 CPUs keep 10 pages each, more than lies between LOW and MIN.
  const zone = zoneOf(3840, 8, [31, 38, 45])
  expect([zone.statThreshold, zone.driftMark]).toEqual([8, 45 + 64])
  zone.free = 100
  modFreePages(zone, 3, 5)
  expect([zone.seenFree, zone.safeFree]).toEqual([100, 105])
  zone.free = 200
  expect([zone.seenFree, zone.safeFree]).toEqual([195, 195])
})

test('what is seen is never further off than the CPUs may keep, and exact once folded', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -40, max: 40 })), { maxLength: 200 })
  fc.assert(fc.property(steps, (changes) => {
    const zone = zoneOf(51_809, 4, [428, 535, 642])
    for (const [cpu, pages] of changes) {
      modFreePages(zone, cpu, pages)
      expect(Math.abs(zone.free - zone.seenFree)).toBeLessThanOrEqual(4 * zone.statThreshold)
      expect(zone.drift).toBe(zone.cpuDiff.reduce((sum, diff) => sum + diff, 0))
    }
    for (let cpu = 0; cpu < 4; cpu++) foldFreePages([zone], cpu)
    expect(zone.seenFree).toBe(zone.free)
  }), { numRuns: 100 })
})

test('one who writes vm.stat_refresh makes every CPU tell', () => {
  const { mm } = boot(scenario({ machine: { pages: 16 * MIB }, processes: [[map('a', 1), touch('a', 'w', 1)]] }))
  const [zone] = mm.zones
  expect(zone.statThreshold).toBe(2)
  modFreePages(zone, 0, 1)
  expect(zone.seenFree).toBe(zone.free - 1)
  refreshVmStats(mm)
  expect(zone.seenFree).toBe(zone.free)
  modFreePages(zone, 0, -1)
})
