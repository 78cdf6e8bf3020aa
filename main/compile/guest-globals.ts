/**
 * What exists inside a policy's compartment, and the names the fuel meter keeps for itself. Shared by the compiler (which reports anything else by line) and the
 * compartment (which binds these as locals, because free globals are ~50 times slower there, and deletes the rest).
 */

/** The only global names a policy can use. All deterministic; none reaches the process, a clock or the network. */
export const GUEST_GLOBALS = [
  'Array', 'Boolean', 'Error', 'EvalError', 'JSON', 'Map', 'Math', 'Number', 'Object', 'RangeError', 'ReferenceError', 'RegExp', 'Set', 'String', 'Symbol',
  'SyntaxError', 'TypeError', 'URIError', 'WeakMap', 'WeakSet', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
] as const

/** Identifiers that start so are the compiler's: a policy that names one is refused. */
export const RESERVED_PREFIX = '$fuel'

/** The one module a policy may import. */
export const API_MODULE = 'reclaim-lab'

/** First characters of the last line of compiled code: a comment that maps columns back. */
export const COLUMN_MAP_MARK = '//$fuelColumns='

/** What to say when a policy reaches for a name that isn't there. Names not listed get a general sentence. */
export const MISSING_HINTS: Readonly<Record<string, string>> = {
  console: 'use `k.log(message)`, which goes to the run\'s log',
  Date: 'a run has no wall clock; use `k.now`',
  performance: 'a run has no wall clock; use `k.now`',
  setTimeout: 'there are no timers; a `controller` runs on a period of virtual time',
  setInterval: 'there are no timers; a `controller` runs on a period of virtual time',
  setImmediate: 'there are no timers; a `controller` runs on a period of virtual time',
  queueMicrotask: 'there are no timers; a `controller` runs on a period of virtual time',
  Promise: 'hooks answer at once; there is nothing to wait for',
  process: 'a policy can\'t reach the process it runs in',
  require: 'the only import is `reclaim-lab`',
  module: 'write `export default definePolicy({ ... })`',
  exports: 'write `export default definePolicy({ ... })`',
  global: 'there is no global object; keep state in what `init` returns',
  globalThis: 'there is no global object; keep state in what `init` returns',
  window: 'there is no global object; keep state in what `init` returns',
  self: 'there is no global object; keep state in what `init` returns',
  fetch: 'a policy can\'t reach the network',
  BigInt: 'numbers are exact up to 2^53, and `k.math.mulDiv` multiplies beyond',
  eval: 'code can\'t be made at run time',
  Function: 'code can\'t be made at run time',
  WebAssembly: 'code can\'t be made at run time',
  Int8Array: 'use a plain array of numbers', Uint8Array: 'use a plain array of numbers', Uint8ClampedArray: 'use a plain array of numbers',
  Int16Array: 'use a plain array of numbers', Uint16Array: 'use a plain array of numbers', Int32Array: 'use a plain array of numbers',
  Uint32Array: 'use a plain array of numbers', Float32Array: 'use a plain array of numbers', Float64Array: 'use a plain array of numbers',
  BigInt64Array: 'use a plain array of numbers', BigUint64Array: 'use a plain array of numbers',
  ArrayBuffer: 'use a plain array of numbers', SharedArrayBuffer: 'use a plain array of numbers', DataView: 'use a plain array of numbers',
}
