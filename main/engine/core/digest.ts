/**
 * A streaming 128-bit digest over numbers, strings and arrays: 4 lanes of 32 bits, mixed like MurmurHash3 (x86, 128 bits). It tells runs apart; it is not
 * cryptographic. Each update enters with its kind and length, so `'ab' + 'c'` differs from `'a' + 'bc'`. Words are taken low half first on every machine,
 * and all NaNs count as one, so equal values give an equal digest everywhere. 0 and -0 differ.
 */
import { avalanche } from './hash'

const KIND_NUMBER = 1
const KIND_STRING = 2
const KIND_BYTES = 3
const KIND_UINT32 = 4
const KIND_FLOAT64 = 5

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)
double[0] = 1
const HI = words[1] === 0 ? 0 : 1

export class Digest {
  // h0..h3, then up to four pending words.
  readonly #lanes = new Int32Array([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344])
  readonly #pending = new Int32Array(4)
  #filled = 0
  #length = 0

  update(value: Float64Array | Uint32Array | Uint8Array | string | number): this {
    if (typeof value === 'number') {
      this.#word(KIND_NUMBER)
      this.#double(value)
    } else if (typeof value === 'string') this.#string(value)
    else if (value instanceof Float64Array) this.#float64s(value)
    else if (value instanceof Uint32Array) this.#uint32s(value)
    else this.#bytes(value)
    return this
  }

  /** 32 hexadecimal digits; may be asked at any time and does not end the stream. */
  hex(): string {
    const [h0, h1, h2, h3] = this.#finished()
    return word(h0) + word(h1) + word(h2) + word(h3)
  }

  #double(value: number): void {
    double[0] = value === value ? value : NaN
    if (value !== value) {
      // Engines may keep any of the NaN bit patterns.
      words[HI] = 0x7ff80000
      words[1 - HI] = 0
    }
    this.#word(words[1 - HI])
    this.#word(words[HI])
  }

  #float64s(values: Float64Array): void {
    this.#head(KIND_FLOAT64, values.length)
    for (let i = 0; i < values.length; i++) this.#double(values[i])
  }

  #uint32s(values: Uint32Array): void {
    this.#head(KIND_UINT32, values.length)
    for (let i = 0; i < values.length; i++) this.#word(values[i])
  }

  #bytes(bytes: Uint8Array): void {
    const n = bytes.length
    this.#head(KIND_BYTES, n)
    for (let i = 0; i < n; i += 4) {
      let w = bytes[i]
      if (i + 1 < n) w |= bytes[i + 1] << 8
      if (i + 2 < n) w |= bytes[i + 2] << 16
      if (i + 3 < n) w |= bytes[i + 3] << 24
      this.#word(w)
    }
  }

  #string(text: string): void {
    this.#head(KIND_STRING, text.length)
    for (let i = 0; i < text.length; i += 2) {
      const second = i + 1 < text.length ? text.charCodeAt(i + 1) : 0
      this.#word(text.charCodeAt(i) | (second << 16))
    }
  }

  #head(kind: number, length: number): void {
    this.#word(kind)
    this.#word(length)
  }

  #word(w: number): void {
    this.#pending[this.#filled++] = w
    if (this.#filled < 4) return
    mixBlock(this.#lanes, this.#pending)
    this.#filled = 0
    this.#length += 4
  }

  /** The lanes after what is pending and the length, leaving the stream as it is. */
  #finished(): Int32Array {
    const lanes = this.#lanes.slice()
    const rest = this.#pending.slice()
    rest.fill(0, this.#filled)
    mixBlock(lanes, rest)
    const length = this.#length + this.#filled
    mixBlock(lanes, Int32Array.of(length, length / 4294967296, 0x9e3779b9, this.#filled))
    crossLanes(lanes)
    for (let i = 0; i < 4; i++) lanes[i] = avalanche(lanes[i])
    crossLanes(lanes)
    return lanes
  }
}

function mixBlock(lanes: Int32Array, block: Int32Array): void {
  let h0 = lanes[0]
  let h1 = lanes[1]
  let h2 = lanes[2]
  let h3 = lanes[3]
  h0 = (rotl(h0 ^ Math.imul(rotl(Math.imul(block[0], 0x239b961b), 15), 0xab0e9789), 19) + h1) | 0
  h0 = (Math.imul(h0, 5) + 0x561ccd1b) | 0
  h1 = (rotl(h1 ^ Math.imul(rotl(Math.imul(block[1], 0xab0e9789), 16), 0x38b34ae5), 17) + h2) | 0
  h1 = (Math.imul(h1, 5) + 0x0bcaa747) | 0
  h2 = (rotl(h2 ^ Math.imul(rotl(Math.imul(block[2], 0x38b34ae5), 17), 0xa1e38b93), 15) + h3) | 0
  h2 = (Math.imul(h2, 5) + 0x96cd1c35) | 0
  h3 = (rotl(h3 ^ Math.imul(rotl(Math.imul(block[3], 0xa1e38b93), 18), 0x239b961b), 13) + h0) | 0
  h3 = (Math.imul(h3, 5) + 0x32ac3b17) | 0
  lanes[0] = h0
  lanes[1] = h1
  lanes[2] = h2
  lanes[3] = h3
}

function crossLanes(lanes: Int32Array): void {
  lanes[0] += lanes[1] + lanes[2] + lanes[3]
  lanes[1] += lanes[0]
  lanes[2] += lanes[0]
  lanes[3] += lanes[0]
}

function rotl(x: number, n: number): number {
  return (x << n) | (x >>> (32 - n))
}

function word(h: number): string {
  return (h >>> 0).toString(16).padStart(8, '0')
}
