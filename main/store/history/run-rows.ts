/**
 * A run as a row: metrics as little-endian doubles beside the list of their names, which thousands of runs share; ejections as JSON. SQLite doesn't notice a changed bit inside a
 * value, and a number that is wrong is worse than none: each row carries a checksum over all of it.
 */
import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import type { Ejection } from '../../../preload/contract'
import type { NewRun, StoredRun } from './history-types'

export interface RunRow { readonly names: string | undefined; readonly metrics: Uint8Array | null; readonly ejections: string | null; readonly checksum: number }

export function runRow(run: NewRun): RunRow {
  const list = Object.keys(run.metrics)
  const names = list.length === 0 ? undefined : JSON.stringify(list)
  const metrics = list.length === 0 ? null : littleEndian(Float64Array.from(list, (name) => run.metrics[name]))
  const ejections = run.ejections.length === 0 ? null : JSON.stringify(run.ejections)
  return { names, metrics, ejections, checksum: checksum([run.point, run.machine, run.seed, run.key, run.state, run.engine, run.digest, run.end, run.diagnosis, run.error, ejections, names], metrics) }
}

function checksum(values: readonly unknown[], metrics: Uint8Array | null): number {
  return crc32(metrics ?? '', crc32(JSON.stringify(values.map((value) => value ?? null))))
}

/** `sets` are the lists of names as they are stored. Undefined when the row isn't what was written. */
export function readRun(row: Readonly<Record<string, unknown>>, sets: ReadonlyMap<number, string>): StoredRun | undefined {
  const names = sets.get(Number(row['metric_set']))
  const metrics = row['metrics'] instanceof Uint8Array ? row['metrics'] : null
  const values = ['point', 'machine', 'seed', 'key', 'state', 'engine', 'digest', 'ending', 'diagnosis', 'error', 'ejections'].map((name) => row[name])
  if (checksum([...values, metrics === null ? null : names], metrics) !== row['checksum']) return undefined
  const text = (name: string): string | undefined => (typeof row[name] === 'string' ? row[name] : undefined)
  const [digest, end, diagnosis, error] = ['digest', 'ending', 'diagnosis', 'error'].map(text)
  return {
    point: Number(row['point']), machine: Number(row['machine']), seed: Number(row['seed']), key: String(row['key']), state: row['state'] as StoredRun['state'], engine: String(row['engine']),
    ejections: JSON.parse(text('ejections') ?? '[]') as readonly Ejection[], metrics: metrics === null ? {} : readMetrics(metrics, JSON.parse(names ?? '[]') as readonly string[]), recorded: row['recorded'] === 1,
    ...(digest === undefined ? {} : { digest }), ...(end === undefined ? {} : { end }), ...(diagnosis === undefined ? {} : { diagnosis }), ...(error === undefined ? {} : { error }),
  }
}

function readMetrics(bytes: Uint8Array, names: readonly string[]): Readonly<Record<string, number>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Object.fromEntries(names.map((name, i) => [name, view.getFloat64(i * 8, true)]))
}

function littleEndian(values: Float64Array<ArrayBuffer>): Uint8Array {
  const bytes = Buffer.from(values.buffer)
  return endianness() === 'LE' ? bytes : bytes.swap64()
}
