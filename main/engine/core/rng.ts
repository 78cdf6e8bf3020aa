/**
 * Randomness as a function of (seed, stream, index), so that one consumer's draws never shift another's. (What pages a phase of a workload visits is drawn by the generator of the
 * recorded workloads: workload/patterns.ts.)
 *
 * `draw` is Threefry-2x32 with 20 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): key = (seed, stream), counter = index.
 */
const TWO_32 = 4294967296
const PARITY = 0x1bd11bda

/** A 32-bit word for each (seed, stream, index). Integers, 0 <= seed, index < 2^53, stream as `streamId` gives it. */
export function draw(seed: number, stream: number, index: number): number {
  return threefry(seed | 0, stream ^ Math.imul((seed / TWO_32) | 0, 0x9e3779b1), index | 0, (index / TWO_32) | 0) >>> 0
}

/** Uniform in [0, 1): a multiple of 2^-32. */
export function uniform(seed: number, stream: number, index: number): number {
  return draw(seed, stream, index) / TWO_32
}

/** A stream's number from its name (FNV-1a over UTF-16 units, then mixed). */
export function streamId(name: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** First word of Threefry-2x32-20; all arguments and results are 32-bit. Exported for its published test vectors. */
export function threefry(k0: number, k1: number, c0: number, c1: number): number {
  const k2 = PARITY ^ k0 ^ k1
  let x0 = (c0 + k0) | 0
  let x1 = (c1 + k1) | 0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
  x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 1) | 0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0
  x0 = (x0 + k2) | 0; x1 = (x1 + k0 + 2) | 0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 6) | (x1 >>> 26)) ^ x0
  x0 = (x0 + k0) | 0; x1 = (x1 + k1 + 3) | 0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 17) | (x1 >>> 15)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 29) | (x1 >>> 3)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 16) | (x1 >>> 16)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 24) | (x1 >>> 8)) ^ x0
  x0 = (x0 + k1) | 0; x1 = (x1 + k2 + 4) | 0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 13) | (x1 >>> 19)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 15) | (x1 >>> 17)) ^ x0
  x0 = (x0 + x1) | 0; x1 = ((x1 << 26) | (x1 >>> 6)) ^ x0
  x0 = (x0 + x1) | 0
  // The second word is not needed, nor the round that only completes it.
  return (x0 + k2) | 0
}
