/** A number of 53 bits for any plain value: equal values have equal numbers, and different ones practically never. Not cryptographic. Functions and symbols count as nothing. */

const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

let high = 0
let low = 0

export function hashOf(value: unknown): number {
  high = 0x243f6a88
  low = 0x85a308d3 | 0
  add(value)
  return (avalanche(high) >>> 0) * 2_097_152 + (avalanche(low) >>> 11)
}

function add(value: unknown): void {
  if (typeof value === 'number') {
    double[0] = value === 0 ? 0 : value
    mix(words[0])
    mix(words[1])
  } else if (typeof value === 'boolean') mix(value ? 0x5bd1e995 : 0x1b873593)
  else if (typeof value === 'string') {
    mix(value.length)
    for (let i = 0; i < value.length; i++) mix(value.charCodeAt(i))
  } else if (Array.isArray(value)) {
    mix(value.length ^ 0x2c1b3c6d)
    for (const item of value) add(item)
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      add(key)
      add((value as Record<string, unknown>)[key])
    }
    mix(0x297a2d39)
  } else mix(0x7feb352d)
}

function mix(word: number): void {
  high = Math.imul((high << 13) | (high >>> 19), 5) + Math.imul(word, 0xcc9e2d51) | 0
  low = Math.imul(low ^ word, 0x85ebca6b)
  low ^= low >>> 15
}

export function avalanche(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
