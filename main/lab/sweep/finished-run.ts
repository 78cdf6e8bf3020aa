/** What is kept of a run of a sweep: a summary of some kilobytes, whichever machine made it. A run that looks interesting is made again by itself, to the same digest. */
import { ENGINE_VERSION, metricsOf, type Ejection, type Recording, type RunSummary } from '../../engine'
import type { RunSpec } from '../run-key'
import type { SweepRow } from './collect'
import type { Place } from './plan'

export interface FinishedRun {
  readonly engine: string
  /** `failed`: there is no recording (a policy that doesn't load, a process that died twice); `message` says why. */
  readonly end: RunSummary['end'] | 'failed'
  /** Absent when it failed. */
  readonly digest?: string
  readonly message?: string
  readonly metrics: Readonly<Record<string, number>>
  readonly ejections: readonly Pick<Ejection, 'policy' | 'kind' | 'hook' | 't' | 'message' | 'line'>[]
  /** How long it took, who made it, and what makes it again: known where it came over a queue. */
  readonly ms?: number
  readonly by?: string
  readonly spec?: RunSpec
  /** Where it was asked for: on its way, or why it isn't. */
  readonly recording?: { readonly bytes: number; readonly refused?: string }
}

export function finished(recording: Recording): FinishedRun {
  const { engine, digest, summary, ejections } = recording
  return {
    engine, digest, end: summary.end, metrics: metricsOf(summary), ...(summary.diagnosis === undefined ? {} : { message: summary.diagnosis }),
    ejections: ejections.map(({ policy, kind, hook, t, message, line }) => ({ policy, kind, hook, t, message, ...(line === undefined ? {} : { line }) })),
  }
}

export function failedRun(message: string): FinishedRun {
  return { engine: ENGINE_VERSION, end: 'failed', message, metrics: {}, ejections: [] }
}

/** A run that was cut, got stuck or failed measured something else: it has no row. */
export function rowOf(place: Place, { end, digest, engine, metrics, ejections }: FinishedRun): SweepRow | undefined {
  if (digest === undefined || end === 'failed' || end === 'cancelled' || end === 'stuck' || end === 'panic') return undefined
  return { ...place, digest, engine, metrics, ejected: ejections.length > 0 }
}

/** Why a run with two digests is left out. */
export function doubtText(digests: readonly [string, string]): string {
  return `two digests for one run (${digests.join(' and ')}): determinism is broken, it is left out`
}
