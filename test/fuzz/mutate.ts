/** Damages what is good, the same way for the same seed: bits flip, pieces go, come twice or from elsewhere, numbers become awkward ones. */
import { mulberry32 } from '../engine/support/mulberry32'

const AWKWARD = ['0', '-1', '4294967296', '18446744073709551615', '9007199254740993', '1e308', 'NaN', 'null', '', '\u0000', '\ufeff', '__proto__', '{', ']', '"', ',', '\n', '\r\n', '𝟙', '１', '%', '0x', '..', '/', '[[[[[[[[', '<script>']

export function mutated(seeds: readonly Buffer[], seed: number): Buffer {
  const uniform = mulberry32(seed)
  const pick = (n: number): number => Math.floor(uniform() * n)
  let bytes: Buffer = Buffer.from(seeds[pick(seeds.length)])
  for (let n = 1 + pick(6); n > 0; n--) bytes = changed(bytes, seeds, pick)
  return bytes
}

function changed(bytes: Buffer, seeds: readonly Buffer[], pick: (n: number) => number): Buffer {
  const at = pick(bytes.length + 1)
  const end = Math.min(bytes.length, at + pick(64))
  switch (pick(7)) {
    case 0: return flipped(bytes, at, 1 << pick(8))
    case 1: return bytes.subarray(0, at)
    case 2: return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)])
    case 3: return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)])
    case 4: return Buffer.concat([bytes.subarray(0, at), Buffer.from(AWKWARD[pick(AWKWARD.length)]), bytes.subarray(end)])
    case 5: return numberReplaced(bytes, at, AWKWARD[pick(AWKWARD.length)])
    default: {
      const other = seeds[pick(seeds.length)]
      const from = pick(other.length + 1)
      return Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + pick(400)), bytes.subarray(at)])
    }
  }
}

function flipped(bytes: Buffer, at: number, mask: number): Buffer {
  const out = Buffer.from(bytes)
  if (at < out.length) out[at] ^= mask
  return out
}

/** The next number after `at`. */
function numberReplaced(bytes: Buffer, at: number, by: string): Buffer {
  const match = /\d+/.exec(bytes.toString('latin1', at, at + 2000))
  if (match === null) return bytes
  const from = at + match.index
  return Buffer.concat([bytes.subarray(0, from), Buffer.from(by), bytes.subarray(from + match[0].length)])
}
