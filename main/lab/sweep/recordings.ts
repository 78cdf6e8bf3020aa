/** Recordings of a sweep's runs: only those that were asked for, since a sweep has more runs than there is room for recordings. Any run can be made again to its digest. */
import type { Result, SweepStatus } from '../../../preload/contract'
import type { Recording } from '../../engine'
import { fail, messageOf, show } from '../problems'
import type { FinishedRun } from './finished-run'
import type { Place } from './plan'

/** `failed`: runs that got stuck or panicked, and those in which a policy was ejected. */
export type RecordingRule = 'none' | 'all' | 'failed' | { readonly seed: number }

const FORMS = 'must be all, failed (stuck, panicked, or a policy ejected), seed=N or none'

/** `path`: what a person knows it by. */
export function readRule(text: string, path = '--recordings'): Result<RecordingRule> {
  if (text === 'none' || text === 'all' || text === 'failed') return { ok: true, value: text }
  const seed = /^seed[= ](\d{1,3})$/.exec(text)
  return seed === null ? fail(path, `${FORMS}, not ${show(text)}`) : { ok: true, value: { seed: Number(seed[1]) } }
}

/** What a worker is told of a run of this seed. */
export type Wish = 'always' | 'failed'

export function wishOf(rule: RecordingRule, seed: number): Wish | undefined {
  if (rule === 'all' || (typeof rule === 'object' && rule.seed === seed)) return 'always'
  return rule === 'failed' ? 'failed' : undefined
}

export function isGranted(wish: string | null | undefined, { end, ejections }: Pick<FinishedRun, 'end' | 'ejections'>): boolean {
  return wish === 'always' || (wish === 'failed' && (end === 'stuck' || end === 'panic' || ejections.length > 0))
}

export interface Recordings {
  readonly rule: RecordingRule
  /** False when it couldn't be kept now: the reason is in the status, and it may be tried again. */
  keep(place: Place, run: FinishedRun, recording: Recording): Promise<boolean>
  /** It was made and will not come. */
  refuse(why: string): void
  status(): NonNullable<SweepStatus['recordings']>
}

export function createRecordings(rule: RecordingRule, put: (place: Place, run: FinishedRun, recording: Recording) => Promise<void>): Recordings {
  const counts = { kept: 0, refused: 0 }
  let why: string | undefined
  return {
    rule,
    keep: async (place, run, recording) => {
      try {
        await put(place, run, recording)
        counts.kept++
        return true
      } catch (error) {
        why = `can't be kept now: ${messageOf(error)}`
        return false
      }
    },
    refuse: (reason) => {
      counts.refused++
      why = reason
    },
    status: () => ({ ...counts, ...(why === undefined ? {} : { why }) }),
  }
}
