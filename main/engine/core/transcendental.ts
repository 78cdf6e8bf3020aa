/**
 * exp, log and pow that give the same bits in every JavaScript engine: only + - * / on doubles and the bits of a double through typed arrays.
 * (ECMAScript leaves the last bits of Math.exp, Math.log and Math.pow to the implementation.) Errors stay below one unit in the last place.
 *
 * The method and its coefficients are those of fdlibm (e_exp.c, e_log.c, e_pow.c), under this notice:
 *   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunPro, a Sun Microsystems, Inc. business.
 *   Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is preserved.
 */

const double = new Float64Array(1)
const words = new Int32Array(double.buffer)
// Which half of a double holds sign and exponent on this machine.
double[0] = 1
const HI = words[1] === 0 ? 0 : 1
const LO = 1 - HI

const LN2_HI = 6.93147180369123816490e-1
const LN2_LO = 1.90821492927058770002e-10
const INV_LN2 = 1.44269504088896338700
const TWO_54 = 18014398509481984

/** e^x. */
export function exactExp(x: number): number {
  if (x !== x) return x
  if (x > 709.782712893383973096) return Infinity
  if (x < -745.133219101941108420) return 0
  const k = Math.trunc(INV_LN2 * x + (x < 0 ? -0.5 : 0.5))
  const hi = x - k * LN2_HI
  const lo = k * LN2_LO
  const r = hi - lo
  const c = r - expTail(r)
  if (k === 0) return 1 - ((r * c) / (c - 2) - r)
  return scale(1 - (lo - (r * c) / (2 - c) - hi), k)
}

/** Natural logarithm. */
export function exactLog(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN
  if (x === Infinity) return x
  let k = 0
  double[0] = x
  if (words[HI] < 0x00100000) {
    double[0] = x * TWO_54
    k = -54
  }
  // Reduce to sqrt(1/2) < m < sqrt(2): adding the distance of 1 and sqrt(1/2) carries into the exponent exactly when the mantissa is above sqrt(2).
  const raised = words[HI] + (0x3ff00000 - 0x3fe6a09e)
  k += (raised >> 20) - 0x3ff
  words[HI] = (raised & 0x000fffff) + 0x3fe6a09e
  const f = double[0] - 1
  const half = 0.5 * f * f
  const s = f / (2 + f)
  return s * (half + logTail(s * s)) + k * LN2_LO - half + f + k * LN2_HI
}

/** x^y with the special cases of Math.pow: NaN for (+-1)^(+-Infinity), 1 for anything^0. */
export function exactPow(x: number, y: number): number {
  if (y === 0) return 1
  if (x !== x || y !== y) return NaN
  if (y === 1) return x
  if (y === -1) return 1 / x
  if (y === 2) return x * x
  const magnitude = x < 0 ? -x : x
  if (y === Infinity || y === -Infinity) return magnitude === 1 ? NaN : magnitude > 1 === y > 0 ? Infinity : 0
  const negative = (x < 0 || Object.is(x, -0)) && isOdd(y)
  if (magnitude === 0 || magnitude === Infinity) return signed(magnitude > 1 === y > 0 ? Infinity : 0, negative)
  if (x < 0 && y !== Math.floor(y)) return NaN
  return magnitude === 1 ? signed(1, negative) : signed(powPositive(magnitude, y), negative)
}

function signed(magnitude: number, negative: boolean): number {
  return negative ? -magnitude : magnitude
}

function isOdd(y: number): boolean {
  return y % 2 === 1 || y % 2 === -1
}

/** x^y = 2^(y * log2 x), the logarithm carried as a sum of two doubles. x > 0 and not 1, both finite. */
function powPositive(x: number, y: number): number {
  if (y === 0.5) return Math.sqrt(x)
  if (y > 2147483648 || y < -2147483648) {
    // Anything but the closest neighbours of 1 is out of range.
    double[0] = x
    const ix = words[HI]
    if (ix < 0x3fefffff) return y < 0 ? Infinity : 0
    if (ix > 0x3ff00000) return y > 0 ? Infinity : 0
    log2NearOne(x)
  } else log2(x)
  const t1 = log2High
  const y1 = truncated(y)
  return exp2(y1 * t1, (y - y1) * t1 + y * log2Low)
}

// The two parts of the last logarithm.
let log2High = 0
let log2Low = 0

const BP1 = 1.5
const DP1_H = 5.84962487220764160156e-1
const DP1_L = 1.35003920212974897128e-8
const CP = 9.61796693925975554329e-1
const CP_H = 9.61796700954437255859e-1
const CP_L = -7.02846165095275826516e-9

function log2(x: number): void {
  let n = 0
  double[0] = x
  if (words[HI] < 0x00100000) {
    double[0] = x * TWO_54
    n = -54
  }
  n += (words[HI] >> 20) - 0x3ff
  const mantissa = words[HI] & 0x000fffff
  let ix = mantissa | 0x3ff00000
  // k = 0: |m| < sqrt(3/2), relative to 1; k = 1: |m| < sqrt(3), relative to 3/2; above: half of it, relative to 1.
  const k = mantissa > 0x3988e && mantissa < 0xbb67a ? 1 : 0
  if (mantissa >= 0xbb67a) {
    n++
    ix -= 0x00100000
  }
  words[HI] = ix
  const m = double[0]
  const bp = k === 1 ? BP1 : 1
  const u = m - bp
  const v = 1 / (m + bp)
  const ss = u * v
  const sh = truncated(ss)
  const th = fromHigh(((ix >> 1) | 0x20000000) + 0x00080000 + (k << 18))
  const tl = m - (th - bp)
  const sl = v * (u - sh * th - sh * tl)
  log2Sum(n, k, ss, sh, sl)
}

/** log2 from s = (m - bp) / (m + bp), given as ss ~ sh + sl. */
function log2Sum(n: number, k: number, ss: number, sh: number, sl: number): void {
  const s2 = ss * ss
  const tail = 5.99999999999994648725e-1 + s2 * (4.28571428578550184252e-1 + s2 * (3.33333329818377432918e-1
    + s2 * (2.72728123808534006489e-1 + s2 * (2.30660745775561754067e-1 + s2 * 2.06975017800338417784e-1))))
  const r = s2 * s2 * tail + sl * (sh + ss)
  const sh2 = sh * sh
  const th = truncated(3 + sh2 + r)
  const tl = r - (th - 3 - sh2)
  const u = sh * th
  const v = sl * th + tl * ss
  const ph = truncated(u + v)
  const pl = v - (ph - u)
  const zh = CP_H * ph
  const zl = CP_L * ph + pl * CP + (k === 1 ? DP1_L : 0)
  const dph = k === 1 ? DP1_H : 0
  const high = truncated(zh + zl + dph + n)
  log2High = high
  log2Low = zl - (high - n - dph - zh)
}

/** log2 of x within 2^-20 of 1, by the first terms of its series. */
function log2NearOne(x: number): void {
  const t = x - 1
  const w = t * t * (0.5 - t * (0.3333333333333333333333 - t * 0.25))
  const u = 1.44269502162933349609 * t
  const v = t * 1.92596299112661746887e-8 - w * INV_LN2
  const high = truncated(u + v)
  log2High = high
  log2Low = v - (high - u)
}

const LG2 = 6.93147180559945286227e-1
const LG2_H = 6.93147182464599609375e-1
const LG2_L = -1.90465429995776804525e-9
// -(1024 - log2(largest double + half of its last place)).
const OVERFLOW_SLACK = 8.0085662595372944372e-17

/** 2^(ph + pl). */
function exp2(ph: number, pl: number): number {
  const z = pl + ph
  if (z > 1024 || (z === 1024 && pl + OVERFLOW_SLACK > z - ph)) return Infinity
  if (z < -1075 || (z === -1075 && pl <= z - ph)) return 0
  const n = z > 0.5 || z < -0.5 ? Math.floor(z + 0.5) : 0
  const rest = ph - n
  const t = truncated(pl + rest)
  const u = t * LG2_H
  const v = (pl - (t - rest)) * LG2 + t * LG2_L
  const e = u + v
  const w = v - (e - u)
  const c = e - expTail(e)
  const r = (e * c) / (c - 2) - (w + e * w)
  return scale(1 - (r - e), n)
}

/** x * 2^k, rounded once, for x about 1 and -1080 < k < 1025. */
function scale(x: number, k: number): number {
  if (k > 1023) return x * 2 * fromHigh((k - 1 + 1023) << 20)
  if (k >= -1021) return x * fromHigh((k + 1023) << 20)
  return x * fromHigh((k + 54 + 1023) << 20) * (1 / TWO_54)
}

/** The coefficients common to exp and pow: r - expTail(r) is fdlibm's `c`. */
function expTail(r: number): number {
  const t = r * r
  return t * (1.66666666666666019037e-1 + t * (-2.77777777770155933842e-3 + t * (6.61375632143793436117e-5
    + t * (-1.65339022054652515390e-6 + t * 4.13813679705723846039e-8))))
}

function logTail(z: number): number {
  const w = z * z
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const odd = z * (6.666666666666735130e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  return odd + even
}

/** x with the low half of its bits cleared, so that products of two such numbers are exact. */
function truncated(x: number): number {
  double[0] = x
  words[LO] = 0
  return double[0]
}

function fromHigh(high: number): number {
  words[HI] = high
  words[LO] = 0
  return double[0]
}
