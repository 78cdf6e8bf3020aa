/** What the file of a recording says of itself beside its content: enough to find its way back into a history that has lost it. */
import type { NewEntry, NewRun, Place } from './history-types'

export interface RecordingAbout {
  readonly format: 1
  /** The entry it was first made for, without its spec. */
  readonly entry: Omit<NewEntry, 'spec'>
  readonly createdMs: number
  readonly run: NewRun
  /** All that made this run: the machine of its column. */
  readonly machine: unknown
  /** The spec of its entry but for the machines. */
  readonly outline: unknown
}

/** The spec of an entry that was found again by its recordings: machines by `point.machine`. */
export interface FoundSpec {
  readonly found: { readonly outline: unknown; readonly machines: Readonly<Record<string, unknown>> }
}

/** Undefined when it isn't one. */
export function readAbout(value: unknown): RecordingAbout | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { format, entry, run, createdMs } = value as Partial<RecordingAbout>
  const known = format === 1 && typeof entry?.id === 'string' && Array.isArray(entry.machines) && typeof run?.key === 'string' && typeof createdMs === 'number'
  return known && isPlace(run) ? value as RecordingAbout : undefined
}

function isPlace({ point, machine, seed }: Place): boolean {
  return [point, machine, seed].every((one) => Number.isInteger(one) && one >= 0)
}
