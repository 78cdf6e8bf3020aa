import { expect, test } from 'vitest'
import { draw, Mulberry32, streamId, threefry, uniform } from '../../../main/engine/core/rng'

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

test('Mulberry32 draws what the recorded workloads drew', () => {
  const rng = new Mulberry32(1234)
  const reference = mulberryInC(1234)
  for (let i = 0; i < 10_000; i++) expect(rng.nextUint32()).toBe(reference())
  expect(new Mulberry32(0).next()).toBe(1144304738 / 2 ** 32)
  expect(new Mulberry32(2 ** 32 + 5).next()).toBe(new Mulberry32(5).next())
})

/** The C formula in 32-bit arithmetic, on BigInts: rs+=0x6D2B79F5; t=rs; t=(t^(t>>15))*(t|1); t^=t+(t^(t>>7))*(t|61); return t^(t>>14). */
function mulberryInC(seed: number): () => number {
  const mask = 0xffffffffn
  let rs = BigInt(seed)
  return () => {
    rs = (rs + 0x6d2b79f5n) & mask
    let t = rs
    t = ((t ^ (t >> 15n)) * (t | 1n)) & mask
    t = (t ^ (t + (((t ^ (t >> 7n)) * (t | 61n)) & mask))) & mask
    return Number(t ^ (t >> 14n))
  }
}

function chiSquare(buckets: Float64Array, expected: number): number {
  return buckets.reduce((sum, n) => sum + ((n - expected) * (n - expected)) / expected, 0)
}
