/**
 * Bytes of a trace file as a stream, decompressed by what they begin with: zstd (as libCacheSim's traces come) or gzip. Bounded: what is read at all, and what comes out
 * of it, so that neither a huge file nor a small one that unpacks to one takes the memory.
 */
import { PassThrough, Readable, type Transform } from 'node:stream'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'

/** Bytes of trace after decompression; the rest is left. */
const MOST_TRACE_BYTES = 512 * 2 ** 20

export interface TraceBytes {
  readonly packed: 'zstd' | 'gzip' | undefined
  /** Plain bytes. Throws `DamagedArchive` where the archive breaks. */
  readonly chunks: AsyncIterable<Buffer>
}

export class DamagedArchive extends Error {}

export async function openTrace(source: AsyncIterable<Uint8Array>): Promise<TraceBytes> {
  const reader = source[Symbol.asyncIterator]()
  let head = Buffer.alloc(0)
  while (head.length < 4) {
    const next = await reader.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  const packed = head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b ? 'gzip' : undefined
  const rest = { [Symbol.asyncIterator]: () => reader }
  return { packed, chunks: bounded(packed === undefined ? plain(head, rest) : unpacked(head, rest, packed)) }
}

async function* plain(head: Buffer, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  for await (const chunk of rest) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

/** A file that was cut off gives what it has: the window sends only the beginning of a large one. */
async function* unpacked(head: Buffer, rest: AsyncIterable<Uint8Array>, packed: 'zstd' | 'gzip'): AsyncGenerator<Buffer> {
  const engine: Transform = packed === 'zstd' ? createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }) : createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  const source = Readable.from(plain(head, rest))
  const out = new PassThrough()
  source.on('error', (error) => out.destroy(error))
  engine.on('error', (error) => out.destroy(new DamagedArchive(`its ${packed} archive is damaged: ${error.message}`)))
  source.pipe(engine).pipe(out)
  try {
    for await (const chunk of out) yield chunk as Buffer
  } finally {
    source.destroy()
    engine.destroy()
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = MOST_TRACE_BYTES
  for await (const chunk of chunks) {
    yield chunk.length > left ? chunk.subarray(0, left) : chunk
    left -= chunk.length
    if (left <= 0) return
  }
}
