/** Mulberry32 in its C formula, on BigInts: rs+=0x6D2B79F5; t=rs; t=(t^(t>>15))*(t|1); t^=t+(t^(t>>7))*(t|61); return t^(t>>14). Draws are uniform in [0, 1), multiples of 2^-32. */
const MASK = 0xffffffffn

export function mulberry32(seed: number): () => number {
  let rs = BigInt(seed)
  return () => {
    rs = (rs + 0x6d2b79f5n) & MASK
    let t = rs
    t = ((t ^ (t >> 15n)) * (t | 1n)) & MASK
    t = (t ^ (t + (((t ^ (t >> 7n)) * (t | 61n)) & MASK))) & MASK
    return Number(t ^ (t >> 14n)) / 2 ** 32
  }
}
