/**
 * A recording as one file, and back. Self-contained: beside what the run recorded it holds `about`, all that made the run, so that a file found alone still says what it is.
 *
 *   8 bytes   "RECLAB", a zero, and the format's version
 *   u32       length of the table; little-endian, as all numbers here
 *   JSON      the table: engine, digest, and for each section its name, its bytes in the file and its bytes unpacked
 *   sections  zstd: `about`, `head` (totals, snapshots, hooks …), `events`, `series`, `policySeries`
 *   32 bytes  SHA-256 of everything before
 */
import { createHash } from 'node:crypto'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Recording, RunEvent, Series } from '../../engine'
import { decodeColumns, encodeColumns } from './column-codec'
import { fromSharedJson, toSharedJson } from './shared-json'

/** Something that can't be read as what it should be; says why. Kept and set aside, never overwritten. */
export class Damaged extends Error {
  override readonly name = 'Damaged'
}

/** Sound, but of a lab newer than this one. Left alone. */
export class TooNew extends Error {
  override readonly name = 'TooNew'
}

export interface StoredRecording { readonly about: unknown; readonly recording: Recording }

const FORMAT = 1
const MAGIC = Buffer.from(`RECLAB\0${String.fromCharCode(FORMAT)}`, 'latin1')
const CHECKSUM = 32
const SMALLEST = MAGIC.length + 4 + CHECKSUM
/** Nothing the lab writes comes near; a table that says more is not ours. */
const LARGEST_SECTION = 2 ** 31 - 1

interface Table {
  readonly engine: string
  readonly digest: string
  readonly sections: readonly { readonly name: string; readonly bytes: number; readonly unpacked: number }[]
}

export function encodeRecording(recording: Recording, about: unknown): Buffer {
  const { series, policySeries, events, ...rest } = recording
  const head = { ...rest, series: shape(series), policySeries: shape(policySeries) }
  const sections = [
    { name: 'about', body: Buffer.from(toSharedJson(about)) },
    { name: 'head', body: Buffer.from(toSharedJson(head)) },
    { name: 'events', body: Buffer.from(toSharedJson(events)) },
    { name: 'series', body: encodeColumns([series.times, ...series.columns]) },
    { name: 'policySeries', body: encodeColumns([policySeries.times, ...policySeries.columns]) },
  ].map(({ name, body }) => ({ name, unpacked: body.length, packed: zstdCompressSync(body) }))
  const table: Table = { engine: recording.engine, digest: recording.digest, sections: sections.map(({ name, unpacked, packed }) => ({ name, bytes: packed.length, unpacked })) }
  const json = Buffer.from(JSON.stringify(table))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(json.length)
  const content = Buffer.concat([MAGIC, length, json, ...sections.map(({ packed }) => packed)])
  return Buffer.concat([content, sha256(content)])
}

/** Throws `Damaged` or `TooNew`. `most`: bytes that all of it may have unpacked, where a stranger wrote it. */
export function decodeRecording(bytes: Buffer, most = Infinity): StoredRecording {
  const sections = open(bytes, most)
  return undamaged(() => {
    const head = record(fromSharedJson(sections.text('head')))
    const recording = {
      ...head,
      series: readSeries(sections.bytes('series'), head['series']), policySeries: readSeries(sections.bytes('policySeries'), head['policySeries']),
      events: list(fromSharedJson(sections.text('events'))) as readonly RunEvent[],
    }
    return { about: fromSharedJson(sections.text('about')), recording: recording as unknown as Recording }
  })
}

/** Only what the run was; cheap beside its series and events. */
export function decodeAbout(bytes: Buffer): unknown {
  const sections = open(bytes)
  return undamaged(() => fromSharedJson(sections.text('about')))
}

interface Sections { bytes(name: string): Buffer; text(name: string): string }

function open(bytes: Buffer, most = Infinity): Sections {
  if (bytes.length === 0) throw new Damaged('is empty')
  if (!bytes.subarray(0, MAGIC.length - 1).equals(MAGIC.subarray(0, MAGIC.length - 1))) throw new Damaged('does not begin like a recording')
  if (bytes.length < SMALLEST) throw new Damaged(`is cut off after ${bytes.length} bytes`)
  const content = bytes.subarray(0, -CHECKSUM)
  if (!sha256(content).equals(bytes.subarray(-CHECKSUM))) throw new Damaged('its checksum differs: it is cut off, or bytes of it have changed')
  const format = bytes[MAGIC.length - 1]
  if (format > FORMAT) throw new TooNew(`was written by a newer lab (format ${format}; this one reads ${FORMAT})`)
  if (format !== FORMAT) throw new Damaged(`has the unknown format ${format}`)
  return undamaged(() => sectionsOf(content, most))
}

function sectionsOf(content: Buffer, most: number): Sections {
  const length = content.readUInt32LE(MAGIC.length)
  let at = MAGIC.length + 4
  const table = readTable(content.toString('utf8', at, at + length))
  at += length
  const whole = table.sections.reduce((sum, { unpacked }) => sum + unpacked, 0)
  if (whole > most) throw new Error(`it says that it has ${whole} bytes, more than ${most}`)
  const found = new Map<string, { readonly packed: Buffer; readonly unpacked: number }>()
  for (const { name, bytes, unpacked } of table.sections) {
    found.set(name, { packed: content.subarray(at, at + bytes), unpacked })
    at += bytes
  }
  if (at !== content.length) throw new Error(`its sections end at byte ${at}, the file at ${content.length}`)
  const unpack = (name: string): Buffer => {
    const section = found.get(name)
    if (section === undefined) throw new Error(`the section ${name} is missing`)
    const body = zstdDecompressSync(section.packed, { maxOutputLength: Math.max(1, section.unpacked) })
    if (body.length !== section.unpacked) throw new Error(`the section ${name} has ${body.length} bytes, not ${section.unpacked}`)
    return body
  }
  return { bytes: unpack, text: (name) => unpack(name).toString('utf8') }
}

function readTable(json: string): Table {
  const { sections } = record(JSON.parse(json))
  for (const one of list(sections)) {
    const { name, bytes, unpacked } = record(one)
    if (typeof name !== 'string' || !isSize(bytes) || !isSize(unpacked)) throw new Error('its table of sections makes no sense')
  }
  return record(JSON.parse(json)) as unknown as Table
}

function shape({ times, ids }: Series): { readonly length: number; readonly ids: readonly string[] } {
  return { length: times.length, ids }
}

function readSeries(bytes: Buffer, shape: unknown): Series {
  const { length, ids } = record(shape)
  if (!isSize(length) || !list(ids).every((id) => typeof id === 'string')) throw new Error('its series have no shape')
  const names = ids as readonly string[]
  const [times, ...columns] = decodeColumns(bytes, 1 + names.length, length)
  return { times, ids: names, columns }
}

function undamaged<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Damaged || error instanceof TooNew) throw error
    throw new Damaged(`can't be unpacked: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LARGEST_SECTION
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('an object is missing')
  return value as Readonly<Record<string, unknown>>
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error('a list is missing')
  return value
}
