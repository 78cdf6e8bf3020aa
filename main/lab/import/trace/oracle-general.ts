/**
 * libCacheSim's oracleGeneral: records of 24 bytes, little-endian: u32 time (s), u64 object, u32 size (bytes), i64 next access. Objects become page ranges of one file, read
 * whole; what comes next is the oracle's and not used.
 */
import type { Accesses } from './accesses'
import { ObjectPages } from './object-pages'
import type { TraceReading } from './trace-reading'

const RECORD = 24

export async function readOracleGeneral(chunks: AsyncIterable<Buffer>, into: Accesses, cut: boolean): Promise<TraceReading> {
  const objects = new ObjectPages(into)
  let left: Buffer = Buffer.alloc(0)
  let records = 0
  for await (const chunk of chunks) {
    const bytes = left.length === 0 ? chunk : Buffer.concat([left, chunk])
    const whole = bytes.length - (bytes.length % RECORD)
    for (let at = 0; at < whole; at += RECORD) {
      records++
      objects.request(bytes.readBigUInt64LE(at + 4).toString(), bytes.readUInt32LE(at + 12))
    }
    left = bytes.subarray(whole)
    if (into.full) return reading(records, objects, true)
  }
  if (records === 0) return { ok: false, problems: [{ message: 'holds no record of 24 bytes (oracleGeneral: time, object, size, next access)' }] }
  if (left.length > 0 && !cut) return { ok: false, problems: [{ message: `ends in the middle of record ${records + 1}: ${left.length} of ${RECORD} bytes` }] }
  return reading(records, objects, false)
}

function reading(records: number, objects: ObjectPages, more: boolean): TraceReading {
  return { ok: true, format: 'oracleGeneral', entries: records, more, timed: false, objects: objects.count, skipped: 0 }
}
