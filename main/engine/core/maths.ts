/**
 * Exact integer mathematics on doubles, as the kernel does it on unsigned long. Integers below 2^53 unless a function says otherwise.
 * Follows lib/math/int_sqrt.c, include/linux/log2.h and include/linux/math.h (mult_frac, mul_u64_u64_div_u64). The real functions are in `transcendental.ts`.
 */
import { assert } from './assert'

export { exactExp, exactLog, exactPow } from './transcendental'

const TWO_32 = 4294967296
const TWO_53 = 9007199254740992

/** floor(sqrt(x)) (lib/math/int_sqrt.c). */
export function intSqrt(x: number): number {
  const root = Math.floor(Math.sqrt(x))
  // From 2^52 on, sqrt(k * k - 1) rounds up to k.
  return root * root > x ? root - 1 : root
}

/** floor(a * b / c) without overflow; a, b >= 0 and c > 0. The result must be below 2^53 too. */
export function mulDiv(a: number, b: number, c: number): number {
  const product = a * b
  // Below 2^53 the product is exact, and a quotient's distance to the next integer (1 / c at least) is more than its rounding error.
  return product < TWO_53 ? Math.floor(product / c) : mulDivWide(a, b, c)
}

/** Position of the highest set bit, from 0; x >= 1. */
export function ilog2(x: number): number {
  return x < TWO_32 ? 31 - Math.clz32(x) : 63 - Math.clz32(Math.floor(x / TWO_32))
}

/** Position of the highest set bit, from 1; 0 of 0. x below 2^32. */
export function fls(x: number): number {
  return 32 - Math.clz32(x)
}

/** Smallest power of two >= x; 1 for x <= 1. */
export function roundupPowOfTwo(x: number): number {
  return x <= 1 ? 1 : powerOfTwo(ilog2(x - 1) + 1)
}

/** Largest power of two <= x; x >= 1. */
export function rounddownPowOfTwo(x: number): number {
  return powerOfTwo(ilog2(x))
}

function powerOfTwo(n: number): number {
  return n < 31 ? 1 << n : (1 << (n - 30)) * 1073741824
}

function mulDivWide(a: number, b: number, c: number): number {
  const quotient = Number((BigInt(a) * BigInt(b)) / BigInt(c))
  assert(quotient < TWO_53, `mulDiv(${a}, ${b}, ${c}) is 2^53 or more`)
  return quotient
}
