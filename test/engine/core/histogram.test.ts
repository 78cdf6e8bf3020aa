import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketOf, LatencyHistogram, middleOf } from '../../../main/engine/core/histogram'

test('has the buckets of the recorded runs', () => {
  // Middles as they stand in recorded `lat_hist_log`s.
  const recorded = [92, 2176, 2432, 3968, 4352, 5376, 5888, 7424, 7936, 8704, 9728, 24117248, 56623104, 142606336, 260046848]
  for (const middle of recorded) expect(middleOf(bucketOf(middle))).toBe(middle)
  expect([5119, 5120, 5631, 5632].map((ns) => middleOf(bucketOf(ns)))).toEqual([4864, 5376, 5376, 5888])
  expect([0, 1, 7, 8, 15, 16, 17, 18].map((ns) => middleOf(bucketOf(ns)))).toEqual([0, 1, 7, 8, 15, 17, 17, 19])
})

test('every value lies in its bucket, up to 2^53', () => {
  fc.assert(fc.property(fc.oneof(fc.nat(), fc.maxSafeNat()), (ns) => {
    const bucket = bucketOf(ns)
    const middle = middleOf(bucket)
    expect(bucketOf(middle)).toBe(bucket)
    expect(Math.abs(middle - ns)).toBeLessThanOrEqual(Math.max(middle / 16, 0))
  }), { seed: 1, numRuns: 5000 })
  for (let n = 3; n < 53; n++) expect(bucketOf(2 ** n) - bucketOf(2 ** n - 1)).toBe(1)
})

test('gives quantiles as the recorded runs do', () => {
  // D fileset_sw60 style: counts at which "first bucket with running count >= q * n" and its neighbours differ.
  const h = new LatencyHistogram()
  h.add(92, 27_720)
  h.add(11_776, 200)
  h.add(12_800, 80)
  const s = h.stats()
  expect([s.count, s.p50, s.p90, s.p99, s.p999]).toEqual([28_000, 92, 92, 92, 12_800])
  h.add(12_800)
  expect(h.stats().p99).toBe(11_776)
})

test('a recorded phase gives its recorded quantiles', () => {
  // B mapped sequential read, run 1, the large buckets; 120,000 touches in all.
  const h = new LatencyHistogram()
  for (const [ns, count] of [[92, 110_176], [5888, 2064], [7936, 3669], [10_752, 143], [86_016, 197], [1_114_112, 2000], [1_245_184, 1751]]) h.add(ns, count)
  const s = h.stats()
  expect([s.p50, s.p90, s.p99, s.p999]).toEqual([92, 92, 1_245_184, 1_245_184])
})

test('mean, maximum and count are exact', () => {
  const h = new LatencyHistogram()
  expect(h.stats()).toEqual({ count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0, histogram: [] })
  h.add(3)
  h.add(1_000_003, 2)
  expect(h.stats()).toMatchObject({ count: 3, mean: 2_000_009 / 3, max: 1_000_003, histogram: [[3, 1], [1_015_808, 2]] })
})
