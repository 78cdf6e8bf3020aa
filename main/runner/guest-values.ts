/** Reads what a policy made without running any of its code: own data properties only, never a getter, a conversion or an iterator. */
import { types } from 'node:util'

const MAX_TEXT = 300

/** Frozen prototypes whose properties the lockdown may have turned into accessors of its own. */
const INTRINSICS: ReadonlySet<object> = new Set([Object, Function, Array, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map(({ prototype }): object => prototype))

/** The value of an own or inherited data property; undefined for accessors that a policy made, and for non-objects. */
export function dataProperty(value: unknown, key: string): unknown {
  for (let at: unknown = value; isObject(at); at = Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, key)
    if (descriptor) return INTRINSICS.has(at) ? Reflect.get(at, key) : descriptor.value
  }
  return undefined
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** An object literal (or a null-prototype object), neither array nor class instance. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** What an error says, for people: `TypeError: x is not a function`. Anything can be thrown. */
export function explainError(error: unknown): string {
  if (!types.isNativeError(error)) return `threw ${shortValue(error)}`
  const message = dataProperty(error, 'message')
  const name = dataProperty(error, 'name')
  const text = typeof message === 'string' ? message : ''
  return shorten(typeof name === 'string' && name !== 'Error' ? `${name}: ${text}` : text || 'Error')
}

/** A value in a few words; contents of objects are not read. */
export function shortValue(value: unknown): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value.slice(0, MAX_TEXT)))
  if (typeof value === 'bigint') return 'a bigint'
  if (typeof value === 'symbol') return 'a symbol'
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
