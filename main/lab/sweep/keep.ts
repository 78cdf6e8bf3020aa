/** Kept runs for a sweep: a file of summaries, and words about what goes wrong with it. A full disk stops the keeping, not the sweep. */
import { openKept } from '../../store/kept-runs'
import { messageOf } from '../problems'
import type { FinishedRun } from './finished-run'
import type { KeptRuns } from './sweep'

export interface KeptSweeps extends KeptRuns {
  close(): void
}

/** Throws with a sentence for people when the file can't be used. */
export function keepIn(path: string, say: (line: string) => void): KeptSweeps {
  const file = openKept<FinishedRun>(path)
  let told = false
  return {
    get: file.get, close: file.close,
    put: (key, run) => {
      if (run.digest === undefined) return
      try {
        if (file.put(key, run.digest, run) === 'differs') say(`ALARM: run ${key.slice(0, 12)} has digest ${run.digest}, and ${file.get(key)?.digest ?? 'another'} is kept in ${path}: determinism is broken`)
      } catch (error) {
        if (!told) say(`runs can't be kept in ${path} now; the sweep goes on without: ${messageOf(error)}`)
        told = true
      }
    },
  }
}
