/**
 * The loopback host's messages, and how they become one binary WebSocket message each: u32 length of the JSON, the JSON, then the bytes of typed arrays one after another.
 * Carries what structured clone would of plain data: undefined, NaN, infinities, -0 and bigints too. Class instances, functions, maps and cycles are refused with the path:
 * the contract has none, so one is a bug at the sender.
 *
 * In the JSON an object whose only key is `$` is a tag: `{"$":["f64",bytes]}` takes the next bytes of the tail, `{"$":["num","NaN"]}` is a number JSON can't say, and so on;
 * a plain object that has a key `$` itself travels as `{"$":["obj",{…}]}`.
 */
import type { EventName, RequestName } from './contract'
import type { Fault } from './requests'

/** Subprotocols a client offers: this one, which the server picks, and one that carries the secret and is never echoed. */
export const PROTOCOL = 'reclaim-lab.1'
export const SECRET_PREFIX = 'reclaim-lab.secret.'

export type ClientMessage = { readonly type: 'request'; readonly id: number; readonly name: RequestName; readonly args: readonly unknown[] }

export type ServerMessage =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'fault'; readonly id: number; readonly fault: Fault }
  | { readonly type: 'event'; readonly name: EventName; readonly payload: unknown }

export function encode(message: ClientMessage | ServerMessage): Uint8Array<ArrayBuffer> {
  const tail: Uint8Array[] = []
  const json = new TextEncoder().encode(JSON.stringify(pack(message, tail, 'message', new Set())))
  const size = tail.reduce((sum, part) => sum + part.length, 4 + json.length)
  const out = new Uint8Array(size)
  new DataView(out.buffer).setUint32(0, json.length)
  out.set(json, 4)
  let at = 4 + json.length
  for (const part of tail) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Throws on anything that `encode` can't have made; what the message says is for the receiver to check. */
export function decode(bytes: Uint8Array): unknown {
  if (bytes.length < 4) throw new WireError('a message of less than 4 bytes')
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0)
  if (4 + length > bytes.length) throw new WireError('a message cut off inside its JSON')
  const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, 4 + length)))
  const tail: Tail = { bytes, at: 4 + length }
  const value = unpack(json, tail)
  if (tail.at !== bytes.length) throw new WireError(`${bytes.length - tail.at} bytes after the end of a message`)
  return value
}

export class WireError extends Error {
  override readonly name = 'WireError'
}

interface Tail { readonly bytes: Uint8Array; at: number }

const ARRAYS = {
  i8: Int8Array, u8: Uint8Array, u8c: Uint8ClampedArray, i16: Int16Array, u16: Uint16Array, i32: Int32Array, u32: Uint32Array,
  f32: Float32Array, f64: Float64Array, i64: BigInt64Array, u64: BigUint64Array,
} as const

type ArrayTag = keyof typeof ARRAYS

function pack(value: unknown, tail: Uint8Array[], path: string, open: Set<object>): unknown {
  switch (typeof value) {
    case 'string': case 'boolean': return value
    case 'number': return Number.isFinite(value) && !Object.is(value, -0) ? value : { $: ['num', Object.is(value, -0) ? '-0' : String(value)] }
    case 'undefined': return { $: ['undef'] }
    case 'bigint': return { $: ['big', String(value)] }
    case 'object': return value === null ? null : packObject(value, tail, path, open)
    default: throw new WireError(`${path} is a ${typeof value}, which can't be sent`)
  }
}

function packObject(value: object, tail: Uint8Array[], path: string, open: Set<object>): unknown {
  if (ArrayBuffer.isView(value)) return packView(value, tail, path)
  if (open.has(value)) throw new WireError(`${path} contains itself`)
  open.add(value)
  const packed = Array.isArray(value)
    ? value.map((item, i) => pack(item, tail, `${path}[${i}]`, open))
    : packPlain(value, tail, path, open)
  open.delete(value)
  return packed
}

function packView(view: ArrayBufferView, tail: Uint8Array[], path: string): unknown {
  for (const tag of Object.keys(ARRAYS) as ArrayTag[]) {
    // Node's Buffer is a Uint8Array and arrives as one.
    if (!(view instanceof ARRAYS[tag])) continue
    tail.push(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    return { $: [tag, view.byteLength] }
  }
  throw new WireError(`${path} is a kind of array that can't be sent`)
}

function packPlain(value: object, tail: Uint8Array[], path: string, open: Set<object>): unknown {
  if (!isPlain(value)) throw new WireError(`${path} is a class instance, which can't be sent`)
  const out: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) set(out, key, pack(item, tail, `${path}.${key}`, open))
  return Object.hasOwn(out, '$') ? { $: ['obj', out] } : out
}

/** Plain objects of another realm (a compartment, a vm context) have another Object.prototype, known by its own prototype and methods. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'hasOwnProperty'))
}

function unpack(value: unknown, tail: Tail): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => unpack(item, tail))
  const tag = (value as { readonly $?: unknown }).$
  if (Object.hasOwn(value, '$')) {
    if (!Array.isArray(tag) || Object.keys(value).length !== 1) throw new WireError('a tag that is none')
    return unpackTag(tag, tail)
  }
  return unpackPlain(value, tail)
}

function unpackPlain(value: object, tail: Tail): object {
  const out: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) set(out, key, unpack(item, tail))
  return out
}

function unpackTag(tag: readonly unknown[], tail: Tail): unknown {
  const [kind, value] = tag
  switch (kind) {
    case 'undef': return undefined
    case 'num': return Number(value)
    case 'big': return BigInt(String(value))
    case 'obj': if (typeof value === 'object' && value !== null) return unpackPlain(value, tail); break
    default: if (typeof kind === 'string' && Object.hasOwn(ARRAYS, kind)) return unpackView(kind as ArrayTag, value, tail)
  }
  throw new WireError(`an unknown tag ${String(kind)}`)
}

function unpackView(kind: ArrayTag, length: unknown, tail: Tail): ArrayBufferView {
  const made = ARRAYS[kind]
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 0 || length % made.BYTES_PER_ELEMENT !== 0) throw new WireError(`a ${kind} array of ${String(length)} bytes`)
  if (tail.at + length > tail.bytes.length) throw new WireError(`a ${kind} array cut off`)
  // A copy: aligned, and its own buffer, as structured clone gives.
  // A Buffer's own slice would be a view, at any offset.
  const copy = Uint8Array.prototype.slice.call(tail.bytes, tail.at, tail.at + length)
  tail.at += length
  return new made(copy.buffer, copy.byteOffset, length / made.BYTES_PER_ELEMENT)
}

/** Also for the key `__proto__`, which plain assignment would take for the prototype. */
function set(out: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true })
  else out[key] = value
}
