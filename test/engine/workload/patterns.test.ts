import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactPow } from '../../../main/engine/core/maths'
import type { Pattern } from '../../../main/engine/sim/scenario'
import { createPattern } from '../../../main/engine/workload/patterns'
import { mulberry32 } from '../support/mulberry32'

const pattern = (p: Partial<Pattern>): Pattern => ({ pat: 'seq', start: 0, len: 10, count: 100, rate: 0, ...p })
const take = (p: Pattern, n: number, seed = 1): number[] => {
  const cursor = createPattern(p, seed)
  return Array.from({ length: n }, () => cursor.next())
}

test('seq walks round, with stride', () => {
  expect(take(pattern({ start: 5, len: 3 }), 7)).toEqual([5, 6, 7, 5, 6, 7, 5])
  expect(take(pattern({ start: 5, len: 3, stride: 4 }), 4)).toEqual([5, 9, 13, 5])
})

test('list visits what it lists, round and round, from start on', () => {
  expect(take(pattern({ pat: 'list', start: 10, len: 3, list: [4, 4, 0] }), 5)).toEqual([14, 14, 10, 14, 14])
  expect(() => createPattern(pattern({ pat: 'list', len: 2, list: [1] }), 0)).toThrow(/a list has len pages/)
})

test('rand is start + floor(u * len) of the phase’s own generator', () => {
  const uniform = mulberry32(4711)
  const want = Array.from({ length: 2000 }, () => 3 + Math.floor(uniform() * 28_000))
  expect(take(pattern({ pat: 'rand', start: 3, len: 28_000, seed: 4711 }), 2000)).toEqual(want)
  expect(take(pattern({ pat: 'rand', start: 3, len: 28_000 }), 2000, 4711)).toEqual(want)
  expect(take(pattern({ pat: 'rand', start: 3, len: 28_000, seed: 4711 }), 2000, 99)).toEqual(want)
  // The first word of seed 0; of a larger seed its lower 32 bits count.
  expect(mulberry32(0)()).toBe(1144304738 / 2 ** 32)
  expect(take(pattern({ pat: 'rand', seed: 2 ** 32 + 5 }), 20)).toEqual(take(pattern({ pat: 'rand', seed: 5 }), 20))
})

test('zipf is the smallest k with cdf[k] >= u', () => {
  const shape = fc.record({ len: fc.integer({ min: 1, max: 3000 }), s: fc.constantFrom(0.3, 0.8, 0.99, 1, 1.2, 3), seed: fc.nat() })
  fc.assert(fc.property(shape, ({ len, s, seed }) => {
    const want = zipfBySearch(len, s, seed, 300)
    expect(take(pattern({ pat: 'zipf', start: 7, len, s, seed }), 300)).toEqual(want.map((k) => k + 7))
  }), { seed: 1, numRuns: 100 })
})

test('zipf of a large set agrees too, and has the shape', () => {
  const p = pattern({ pat: 'zipf', len: 163_840, s: 0.9, seed: 5 })
  const got = take(p, 50_000)
  expect(got).toEqual(zipfBySearch(163_840, 0.9, 5, 50_000))
  const share = got.filter((k) => k < 1638).length / got.length
  // The first hundredth of the set: sum(j^-0.9, 1..1638) / sum(j^-0.9, 1..163840).
  expect(Math.abs(share - harmonic(1638, 0.9) / harmonic(163_840, 0.9))).toBeLessThan(0.01)
})

function zipfBySearch(len: number, s: number, seed: number, n: number): number[] {
  const cdf = new Float64Array(len)
  let sum = 0
  for (let k = 0; k < len; k++) {
    sum += exactPow(k + 1, -s)
    cdf[k] = sum
  }
  for (let k = 0; k < len; k++) cdf[k] /= sum
  const uniform = mulberry32(seed)
  return Array.from({ length: n }, () => search(cdf, uniform()))
}

function search(cdf: Float64Array, u: number): number {
  let low = 0
  for (let high = cdf.length - 1; low < high;) {
    const middle = (low + high) >> 1
    if (cdf[middle] >= u) high = middle
    else low = middle + 1
  }
  return low
}

function harmonic(n: number, s: number): number {
  let sum = 0
  for (let j = 1; j <= n; j++) sum += exactPow(j, -s)
  return sum
}
