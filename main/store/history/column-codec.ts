/**
 * Columns of numbers as bytes that compress well, exactly. Counters and gauges are whole numbers that change little from sample to sample: their differences are written as
 * variable-length integers. Anything else (fractions, NaN, -0) is written as the bits that changed since the sample before, byte plane by byte plane.
 *
 * A column is: u8 kind, u32 little-endian length of what follows, the bytes.
 */

const DIFFERENCES = 1
const PLANES = 0
const HEADER = 5
/** Twice a difference must stay an exact integer. */
const LARGEST_DIFFERENCE = 2 ** 51

export function encodeColumns(columns: readonly Float64Array[]): Buffer {
  return Buffer.concat(columns.flatMap((column) => {
    const whole = differences(column)
    const body = whole ?? planes(column)
    const header = Buffer.alloc(HEADER)
    header.writeUInt8(whole === undefined ? PLANES : DIFFERENCES, 0)
    header.writeUInt32LE(body.length, 1)
    return [header, body]
  }))
}

/** `count` columns of `length` values. Throws where the bytes don't hold exactly that. */
export function decodeColumns(bytes: Buffer, count: number, length: number): Float64Array<ArrayBuffer>[] {
  const columns: Float64Array<ArrayBuffer>[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + HEADER > bytes.length) throw new Error(`column ${i} of ${count} is missing`)
    const kind = bytes.readUInt8(at)
    const size = bytes.readUInt32LE(at + 1)
    const body = bytes.subarray(at + HEADER, at + HEADER + size)
    if (body.length !== size) throw new Error(`column ${i} of ${count} is cut off`)
    columns.push(kind === DIFFERENCES ? fromDifferences(body, length) : fromPlanes(body, length))
    at += HEADER + size
  }
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes after the last column`)
  return columns
}

/** Undefined when some value is no whole number or a step is too large. */
function differences(column: Float64Array): Buffer | undefined {
  // 8 bytes of 7 bits hold any step below 2^51 with its sign.
  const out = Buffer.allocUnsafe(column.length * 8)
  let at = 0
  let before = 0
  for (const value of column) {
    const step = value - before
    if (!Number.isSafeInteger(value) || Object.is(value, -0) || Math.abs(step) >= LARGEST_DIFFERENCE) return undefined
    let rest = step >= 0 ? 2 * step : -2 * step - 1
    while (rest >= 128) {
      out[at++] = 128 + (rest % 128)
      rest = Math.floor(rest / 128)
    }
    out[at++] = rest
    before = value
  }
  return out.subarray(0, at)
}

function fromDifferences(bytes: Buffer, length: number): Float64Array<ArrayBuffer> {
  const column = new Float64Array(length)
  let at = 0
  let value = 0
  for (let i = 0; i < length; i++) {
    let rest = 0
    let scale = 1
    for (;;) {
      if (at >= bytes.length) throw new Error('a column ends early')
      const byte = bytes[at++]
      rest += (byte % 128) * scale
      if (byte < 128) break
      scale *= 128
    }
    value += rest % 2 === 0 ? rest / 2 : -(rest + 1) / 2
    column[i] = value
  }
  if (at !== bytes.length) throw new Error('a column goes on after its end')
  return column
}

function planes(column: Float64Array): Buffer {
  const { length } = column
  const bits = new Uint32Array(column.slice().buffer)
  const out = Buffer.allocUnsafe(length * 8)
  let before = [0, 0]
  for (let i = 0; i < length; i++) {
    const now = [bits[2 * i], bits[2 * i + 1]]
    for (let half = 0; half < 2; half++) {
      const changed = now[half] ^ before[half]
      for (let byte = 0; byte < 4; byte++) out[(half * 4 + byte) * length + i] = (changed >>> (8 * byte)) & 255
    }
    before = now
  }
  return out
}

function fromPlanes(bytes: Buffer, length: number): Float64Array<ArrayBuffer> {
  if (bytes.length !== length * 8) throw new Error('a column has another length than its times')
  const column = new Float64Array(length)
  const bits = new Uint32Array(column.buffer)
  for (let i = 0; i < length; i++) {
    for (let half = 0; half < 2; half++) {
      let changed = 0
      for (let byte = 0; byte < 4; byte++) changed |= bytes[(half * 4 + byte) * length + i] << (8 * byte)
      bits[2 * i + half] = (i === 0 ? 0 : bits[2 * (i - 1) + half]) ^ changed
    }
  }
  return column
}
