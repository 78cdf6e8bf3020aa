import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeColumns, encodeColumns } from '../../../main/store/history/column-codec'
import { Damaged, decodeAbout, decodeRecording, encodeRecording, TooNew } from '../../../main/store/history/recording-file'
import { fromSharedJson, toSharedJson } from '../../../main/store/history/shared-json'
import { createHash } from 'node:crypto'
import { recording } from './samples'

const bits = (column: Float64Array): string => Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString('hex')
const double = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constantFrom(-0, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53), 2 ** 51, Number.MIN_VALUE))

test('columns of any numbers come back bit for bit', () => {
  fc.assert(fc.property(fc.nat(20).chain((length) => fc.array(fc.array(double, { minLength: length, maxLength: length }), { maxLength: 5 }).map((columns) => ({ length, columns }))), ({ length, columns }) => {
    const arrays = columns.map((column) => Float64Array.from(column))
    expect(decodeColumns(encodeColumns(arrays), arrays.length, length).map(bits)).toEqual(arrays.map(bits))
  }), { numRuns: 500 })
})

test('counters that grow slowly take about a byte a sample', () => {
  const column = Float64Array.from({ length: 1000 }, (_, i) => 5_000_000 + i * 40)
  expect(encodeColumns([column]).length).toBe(5 + 4 + 999)
})

test('bytes that are no columns of that shape are refused', () => {
  const bytes = encodeColumns([Float64Array.of(1, 2, 3), Float64Array.of(0.5, 1, 2)])
  expect(() => decodeColumns(bytes, 2, 4)).toThrow(/ends early/)
  expect(() => decodeColumns(bytes, 2, 2)).toThrow(/after its end/)
  expect(() => decodeColumns(bytes, 1, 3)).toThrow(/after the last column/)
  expect(() => decodeColumns(bytes, 3, 3)).toThrow(/column 2 of 3 is missing/)
  expect(() => decodeColumns(bytes.subarray(0, -1), 2, 3)).toThrow(/cut off/)
})

test('plain data comes back as it was, whatever numbers and keys it has', () => {
  const leaf = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), double)
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('any'), { maxLength: 4 }), fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', 'constructor')), tie('any'), { maxKeys: 4, noNullPrototype: true })),
  })).any
  fc.assert(fc.property(value, (one) => { expect(fromSharedJson(toSharedJson({ one, again: one }))).toEqual({ one, again: one }) }), { numRuns: 500 })
})

test('an object used in many places is written once and is one object again', () => {
  const machine = { zones: Array.from({ length: 100 }, (_, i) => ({ managed: i })) }
  const many = Array.from({ length: 50 }, (_, swappiness) => ({ machine, swappiness }))
  const text = toSharedJson(many)
  expect(text.length).toBeLessThan(2 * JSON.stringify(machine).length + 50 * 60)
  const back = fromSharedJson(text) as typeof many
  expect(back).toEqual(many)
  expect(back[7].machine).toBe(back[49].machine)
})

test('maps come back as maps', () => {
  const map = new Map<unknown, unknown>([['0.1', { a: NaN }], [2, new Map([['x', -0]])]])
  expect(fromSharedJson(toSharedJson({ map }))).toEqual({ map })
})

test('functions, instances and cycles are refused with their path', () => {
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  expect(() => toSharedJson(cycle)).toThrow('value.self contains itself')
  expect(() => toSharedJson({ a: [new Set()] })).toThrow('value.a[0] is a class instance')
  expect(() => toSharedJson({ f: () => 1 })).toThrow('value.f is a function')
})

test('a recording comes back whole, and its file says what it is of', () => {
  const original = recording()
  const file = encodeRecording(original, { run: 'x' })
  expect(decodeRecording(file)).toEqual({ recording: original, about: { run: 'x' } })
  expect(bits(decodeRecording(file).recording.series.columns[1])).toBe(bits(original.series.columns[1]))
  expect(decodeAbout(file)).toEqual({ run: 'x' })
})

test('any cut and any changed byte is noticed', () => {
  const file = encodeRecording(recording(), {})
  fc.assert(fc.property(fc.nat(file.length - 1), (length) => { expect(() => decodeRecording(file.subarray(0, length))).toThrow(Damaged) }), { numRuns: 200 })
  fc.assert(fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
    const changed = Buffer.from(file)
    changed[at] ^= flip
    expect(() => decodeRecording(changed)).toThrow(Damaged)
  }), { numRuns: 300 })
})

test('bytes with a sound checksum that are no recording are damaged, not a crash', () => {
  const file = encodeRecording(recording(), {})
  const body = file.subarray(0, -32)
  fc.assert(fc.property(fc.nat(body.length - 8), fc.uint8Array({ minLength: 1, maxLength: 64 }), (at, bytes) => {
    const changed = Buffer.from(body)
    changed.set(bytes.subarray(0, changed.length - at - 8), at + 8)
    const sealed = Buffer.concat([changed, createHash('sha256').update(changed).digest()])
    try {
      decodeRecording(sealed)
    } catch (error) {
      expect(error).toBeInstanceOf(Damaged)
    }
  }), { numRuns: 500 })
})

test('a file of a newer lab is not called damaged', () => {
  const file = encodeRecording(recording(), {}).subarray(0, -32)
  file[7] = 2
  expect(() => decodeRecording(Buffer.concat([file, createHash('sha256').update(file).digest()]))).toThrow(TooNew)
})
