/**
 * exp, log and pow against correctly rounded values (computed once with 80 decimal digits; hexadecimal, most significant byte first) and, as a whole, bit for bit.
 */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Digest } from '../../../main/engine/core/digest'
import { exactExp, exactLog, exactPow } from '../../../main/engine/core/maths'

type Row = readonly ['exp' | 'log', string, string] | readonly ['pow', string, string, string]

const GOLDEN = JSON.parse(readFileSync(new URL('transcendental.golden.json', import.meta.url), 'utf8')) as readonly Row[]
const view = new DataView(new ArrayBuffer(8))

test('stays within one unit in the last place of the true value', () => {
  expect(GOLDEN.length).toBeGreaterThan(500)
  for (const row of GOLDEN) expect(ulps(answer(row), fromHex(row[row.length - 1])), row.join(' ')).toBeLessThanOrEqual(1)
})

test('is rounded correctly nearly always', () => {
  const exact = GOLDEN.filter((row) => Object.is(answer(row), fromHex(row[row.length - 1]))).length
  expect(exact / GOLDEN.length).toBeGreaterThan(0.85)
})

test('gives the same bits as it did when it was written', () => {
  const digest = new Digest()
  for (const row of GOLDEN) digest.update(answer(row))
  expect(digest.hex()).toBe('ae8dd9c18f7aa80fe6505a48eac8bdef')
})

test('is within 2 units of Math, whose last bits are the engine’s own', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
  fc.assert(fc.property(fc.double({ min: -745, max: 709, noNaN: true }), (x) => ulps(exactExp(x), Math.exp(x)) <= 2), { seed: 1, numRuns: 5000 })
  fc.assert(fc.property(fc.double({ min: 5e-324, noDefaultInfinity: true, noNaN: true }), (x) => ulps(exactLog(x), Math.log(x)) <= 2), { seed: 2, numRuns: 5000 })
  fc.assert(fc.property(finite, fc.double({ min: -40, max: 40, noNaN: true }), (x, y) => close(exactPow(x, y), Math.pow(x, y))), { seed: 3, numRuns: 5000 })
  fc.assert(fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    (x, y) => close(exactPow(x, y), Math.pow(x, y))), { seed: 4, numRuns: 5000 })
})

test('has the special cases of Math.pow', () => {
  const odd = [0, -0, 1, -1, 2, -2, 0.5, -0.5, 3, -3, 1e308, -1e308, 5e-324, -5e-324, 9007199254740993, -9007199254740991, 4e9, Infinity, -Infinity, NaN]
  for (const x of odd) for (const y of odd) expect(close(exactPow(x, y), Math.pow(x, y)), `${x} ^ ${y}`).toBe(true)
})

test('has the special cases of Math.exp and Math.log', () => {
  for (const x of [0, -0, Infinity, -Infinity, NaN, 710, -746, -1]) {
    expect(exactExp(x)).toBe(Math.exp(x))
    expect(exactLog(x)).toBe(Math.log(x))
  }
})

function answer(row: Row): number {
  if (row[0] === 'pow') return exactPow(fromHex(row[1]), fromHex(row[2]))
  return row[0] === 'exp' ? exactExp(fromHex(row[1])) : exactLog(fromHex(row[1]))
}

function fromHex(hex: string): number {
  view.setBigUint64(0, BigInt(`0x${hex}`))
  return view.getFloat64(0)
}

function close(a: number, b: number): boolean {
  return Object.is(a, b) || (a !== 0 && b !== 0 && ulps(a, b) <= 2)
}

/** How many doubles apart; NaN and differing signs are infinitely far. */
function ulps(a: number, b: number): number {
  if (a === b || (a !== a && b !== b)) return 0
  if (a !== a || b !== b || a < 0 !== b < 0) return Infinity
  return Number(magnitude(bits(a) - bits(b)))
}

function bits(x: number): bigint {
  view.setFloat64(0, x)
  return view.getBigInt64(0)
}

function magnitude(x: bigint): bigint {
  return x < 0n ? -x : x
}
