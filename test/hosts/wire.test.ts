import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireError, decode, encode } from '../../preload/wire'

const answer = (value: unknown): unknown => (decode(encode({ type: 'answer', id: 1, value })) as { readonly value: unknown }).value

test('plain data comes back as structured clone would give it', () => {
  const leaf = fc.oneof(fc.string(), fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(undefined), fc.bigInt(), fc.constant(-0), fc.float64Array(), fc.int8Array(), fc.uint16Array(), fc.uint32Array(), fc.uint8ClampedArray())
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, fc.array(tie('value')), fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', 'constructor', 'length')), tie('value'))),
  }))
  fc.assert(fc.property(value, (sent) => { deepStrictEqual(answer(sent), structuredClone(sent)) }), { numRuns: 500 })
})

test('keys that mean something elsewhere are data', () => {
  const sent = JSON.parse('{"__proto__":{"polluted":1},"$":["f64",8],"a":{"$":{"$":1}}}') as object
  const got = answer(sent) as Record<string, unknown>
  expect(Object.keys(got)).toEqual(['__proto__', '$', 'a'])
  expect(got).toEqual(sent)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('every kind of typed array keeps its kind, from any offset', () => {
  const bytes = new Uint8Array(64).map((_, i) => i)
  const sent = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array].map((kind) => new kind(bytes.buffer, 8, 2))
  expect(answer(sent)).toEqual(sent)
  expect((answer([new Float64Array(3)]) as Float64Array[])[0].buffer.byteLength).toBe(24)
})

test.each([
  ['a function', () => 1], ['a map', new Map()], ['a date', new Date(0)], ['a symbol', Symbol('x')], ['a DataView', new DataView(new ArrayBuffer(8))],
])('%s is refused with its path', (_, bad) => {
  expect(() => encode({ type: 'answer', id: 1, value: { list: [0, { bad }] } })).toThrow(/message\.value\.list\[1\]\.bad/)
})

test('a value that contains itself is refused, one that appears twice is not', () => {
  const loop: { self?: unknown } = {}
  loop.self = loop
  expect(() => encode({ type: 'answer', id: 1, value: loop })).toThrow(/contains itself/)
  const twice = { x: 1 }
  expect(answer([twice, twice])).toEqual([{ x: 1 }, { x: 1 }])
})

test('bytes that no encoder made are refused', () => {
  const whole = encode({ type: 'answer', id: 1, value: [Float64Array.of(1, 2)] })
  for (let length = 0; length < whole.length; length++) expect(() => decode(whole.subarray(0, length))).toThrow()
  expect(() => decode(Uint8Array.of(...whole, 0))).toThrow(WireError)
  const forged = (json: string, tail = 0): Uint8Array => {
    const text = new TextEncoder().encode(json)
    const out = new Uint8Array(4 + text.length + tail)
    new DataView(out.buffer).setUint32(0, text.length)
    out.set(text, 4)
    return out
  }
  for (const json of ['{"$":["f64",7]}', '{"$":["f64",-8]}', '{"$":["f64",1e300]}', '{"$":["nope"]}', '{"$":1}', '{"$":["undef"],"x":1}', '{"$":["constructor",8]}', '{"$":["obj",null]}']) expect(() => decode(forged(json, 7))).toThrow(WireError)
  expect(() => decode(Uint8Array.of(255, 255, 255, 255, 0))).toThrow(WireError)
})

test('what comes in a Buffer, as a socket gives it, is copied out: aligned, and nobody else\'s memory', () => {
  const sent = encode({ type: 'request', id: 1, name: 'read', args: ['x', Float64Array.of(1.5, -2)] })
  const buffer = Buffer.concat([Buffer.alloc(3), Buffer.from(sent)]).subarray(3)
  const { args } = decode(buffer) as { readonly args: readonly [string, Float64Array] }
  buffer.fill(0)
  expect([...args[1]]).toEqual([1.5, -2])
})
