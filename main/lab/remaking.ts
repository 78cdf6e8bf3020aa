/** Questions for which runs are made again: told while they are under way, once they take long enough to be seen, and cancelled by their id. */
import type { Remaking } from '../../preload/contract'
import type { Progress } from '../engine'
import { fail, messageOf, type Failure } from './problems'
import type { Asked } from './parts'

export interface Remakings {
  /** `runs`: those that are made again. Rejects as the question does. */
  conduct<T>(kind: Remaking['kind'], runs: readonly string[], ask: (onProgress: (progress: Progress) => void) => Asked<T>): Promise<T>
  /** False: nothing of that id is under way. */
  cancel(id: string): boolean
}

export function createRemakings(tell: (now: Remaking) => void): Remakings {
  const under = new Map<string, () => void>()
  let last = 0
  return {
    conduct: async (kind, runs, ask) => {
      const id = `remaking-${++last}`
      let told = false
      const asked = ask(({ fraction }) => {
        // What a run still says after it was cancelled is of no use to anybody.
        if (!under.has(id)) return
        told = true
        tell({ id, kind, runs, fraction, over: false })
      })
      under.set(id, asked.cancel)
      try {
        return await asked.done
      } finally {
        under.delete(id)
        if (told) tell({ id, kind, runs, fraction: 1, over: true })
      }
    },
    cancel: (id) => {
      const cancel = under.get(id)
      cancel?.()
      return cancel !== undefined
    },
  }
}

/** What is said of a question that wasn't answered. */
export function unanswered(error: unknown): Failure {
  const message = messageOf(error)
  return message === 'cancelled' ? fail('cancelled', 'was cancelled') : fail('run', `the lab could not do this: ${message}`)
}
