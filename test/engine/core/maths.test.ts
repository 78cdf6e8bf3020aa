import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ilog2, intSqrt, mulDiv, rounddownPowOfTwo, roundupPowOfTwo } from '../../../main/engine/core/maths'

const MAX = Number.MAX_SAFE_INTEGER
const natural = fc.oneof(fc.nat(), fc.maxSafeNat())
const positive = natural.map((x) => Math.max(x, 1))

test('intSqrt is the floor of the root, also just below squares and near 2^53', () => {
  expect([0, 1, 3, 4, 15, 16, 17].map(intSqrt)).toEqual([0, 1, 1, 2, 3, 4, 4])
  // mm/page_alloc.c: int_sqrt(lowmem_kbytes * 16) of the 256 MiB guest.
  expect(intSqrt(222596 * 16)).toBe(1887)
  for (const k of [67108864, 67108865, 90000001, 94906265]) {
    expect(intSqrt(k * k)).toBe(k)
    expect(intSqrt(k * k - 1)).toBe(k - 1)
  }
  fc.assert(fc.property(natural, (x) => {
    const r = BigInt(intSqrt(x))
    return r * r <= BigInt(x) && (r + 1n) * (r + 1n) > BigInt(x)
  }), { seed: 1, numRuns: 2000 })
})

test('mulDiv is the exact floor of a * b / c', () => {
  expect(mulDiv(7, 3, 2)).toBe(10)
  expect(mulDiv(0, MAX, 1)).toBe(0)
  expect(mulDiv(MAX, MAX, MAX)).toBe(MAX)
  expect(mulDiv(2 ** 52 + 1, 2 ** 40 - 1, 2 ** 45 + 3)).toBe(140737488355188)
  fc.assert(fc.property(natural, natural, positive, (a, b, c) => {
    const exact = (BigInt(a) * BigInt(b)) / BigInt(c)
    if (exact >= 2n ** 53n) expect(() => mulDiv(a, b, c)).toThrow('2^53')
    else expect(mulDiv(a, b, c)).toBe(Number(exact))
  }), { seed: 2, numRuns: 5000 })
})

test('mulDiv is right where the quotient of doubles is closest to an integer', () => {
  // a * b = q * c - 1 just below 2^53.
  for (const [q, c] of [[94906265, 94906265], [3, 3002399751580330], [4503599627370495, 2], [67108865, 134217728 - 3]]) expect(mulDiv(q * c - 1, 1, c)).toBe(q - 1)
})

test('logarithms and powers of two up to 2^52', () => {
  for (let n = 1; n <= 52; n++) {
    const p = 2 ** n
    expect([ilog2(p), ilog2(p - 1), ilog2(p + 1)]).toEqual([n, n - 1, n])
    expect([roundupPowOfTwo(p), roundupPowOfTwo(p - 1), rounddownPowOfTwo(p), rounddownPowOfTwo(p + 1)]).toEqual([p, n === 1 ? 1 : p, p, p])
    expect(roundupPowOfTwo(p + 1)).toBe(2 * p)
  }
  expect([ilog2(1), roundupPowOfTwo(0), roundupPowOfTwo(1)]).toEqual([0, 1, 1])
})
