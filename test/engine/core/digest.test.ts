import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Digest } from '../../../main/engine/core/digest'

const hex = (...values: (Float64Array | Uint32Array | Uint8Array | string | number)[]): string => {
  const digest = new Digest()
  for (const value of values) digest.update(value)
  return digest.hex()
}

test('keeps the values it had when it was written', () => {
  expect(hex()).toBe('439a200d90a69902bc54cefcb6e20dce')
  expect(hex('a')).toBe('8a200328313ab60e41891bffe9719b1f')
  expect(hex(1.5, 'lab 实验', Float64Array.of(1, -2.5, 1e300), Uint32Array.of(0, 4294967295), Uint8Array.of(1, 2, 3, 4, 5))).toBe('e4945514c2292fda441262da89e659a8')
})

test('tells apart what differs only in kind, place or length', () => {
  const all = [
    hex(), hex(0), hex(-0), hex(1), hex('1'), hex(''), hex('', ''), hex('ab', 'c'), hex('a', 'bc'), hex('abc'), hex('abc\0'),
    hex(Float64Array.of()), hex(Float64Array.of(1)), hex(Float64Array.of(1, 0)), hex(Uint32Array.of(1)), hex(Uint32Array.of(1, 0)), hex(Uint8Array.of(1)), hex(Uint8Array.of(1, 0)),
    hex(Float64Array.of(1, 2), Float64Array.of(3)), hex(Float64Array.of(1), Float64Array.of(2, 3)), hex(1, 2), hex(2, 1),
  ]
  expect(new Set(all).size).toBe(all.length)
})

test('asking does not end the stream, and all NaNs are one', () => {
  const digest = new Digest().update(1)
  expect(digest.hex()).toBe(digest.hex())
  expect(digest.update(2).hex()).toBe(hex(1, 2))
  const bits = new BigUint64Array([0x7ff8000000000001n, 0xfff8000000000000n])
  expect(hex(new Float64Array(bits.buffer))).toBe(hex(Float64Array.of(NaN, NaN)))
})

test('one changed bit changes about half of the 128', () => {
  let flipped = 0
  const runs = 400
  fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(), (bytes, where) => {
    const other = bytes.slice()
    other[(where >> 3) % other.length] ^= 1 << (where & 7)
    const difference = BigInt(`0x${hex(bytes)}`) ^ BigInt(`0x${hex(other)}`)
    const count = difference.toString(2).replaceAll('0', '').length
    flipped += count
    expect(count).toBeGreaterThan(30)
  }), { seed: 1, numRuns: runs })
  expect(Math.abs(flipped / runs - 64)).toBeLessThan(2)
})
