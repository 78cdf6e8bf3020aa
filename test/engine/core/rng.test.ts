import { expect, test } from 'vitest'
import { draw, streamId, threefry, uniform } from '../../../main/engine/core/rng'

test('threefry has the published values of Random123', () => {
  expect(threefry(0, 0, 0, 0) >>> 0).toBe(0x6b200159)
  expect(threefry(-1, -1, -1, -1) >>> 0).toBe(0x1cb996fc)
  expect(threefry(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3) >>> 0).toBe(0xc4923a9c)
})

test('a draw depends on seed, stream and index, and on nothing else', () => {
  const a = streamId('oom')
  const b = streamId('sampler')
  expect(a).not.toBe(b)
  const draws = [draw(1, a, 0), draw(1, a, 1), draw(1, b, 0), draw(2, a, 0), draw(1 + 2 ** 32, a, 0), draw(1, a, 2 ** 32), draw(1 + 2 ** 33, a, 0)]
  expect(new Set(draws).size).toBe(draws.length)
  expect(draw(1, a, 0)).toBe(draws[0])
  for (const word of draws) expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true)
})

test('uniform fills [0, 1) evenly and neighbours do not go together', () => {
  const buckets = new Float64Array(16)
  const pairs = new Float64Array(16)
  const stream = streamId('even')
  const n = 160_000
  for (let i = 0; i < n; i++) {
    buckets[Math.floor(uniform(7, stream, i) * 16)]++
    pairs[4 * Math.floor(uniform(7, stream, i) * 4) + Math.floor(uniform(8, stream, i) * 4)]++
  }
  // 15 degrees of freedom: 37.7 is passed once in a thousand.
  expect(chiSquare(buckets, n / 16)).toBeLessThan(37.7)
  expect(chiSquare(pairs, n / 16)).toBeLessThan(37.7)
})

function chiSquare(buckets: Float64Array, expected: number): number {
  return buckets.reduce((sum, n) => sum + ((n - expected) * (n - expected)) / expected, 0)
}
