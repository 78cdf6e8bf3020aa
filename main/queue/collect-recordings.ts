/** Fetches the recordings of a sweep's runs as they arrive, one after another, and takes them off the server once they are kept. What can't be kept now stays there and is tried again. */
import type { FinishedRun } from '../lab/sweep/finished-run'
import type { Place } from '../lab/sweep/plan'
import type { Recordings } from '../lab/sweep/recordings'
import { KEYS } from './keys'
import type { QueueLink } from './link'
import { settledRuns } from './settle'
import { dropShipped, shipped } from './ship'

export interface RecordingCollector {
  /** A summary came. */
  add(key: string, run: FinishedRun): void
  /** Whatever waits on the server for this sweep. */
  addWaiting(): Promise<void>
  /** Resolves when nothing is left to fetch. */
  settled(): Promise<void>
  stop(): void
}

const AGAIN_MS = 2_000

export function collectRecordings({ redis }: QueueLink, engine: string, placeOf: (key: string) => Place | undefined, recordings: Recordings, changed: () => void): RecordingCollector {
  const waiting = new Map<string, FinishedRun>()
  let work: Promise<void> | undefined
  let stopped = false
  let wake = (): void => undefined

  async function fetch(key: string, run: FinishedRun): Promise<boolean> {
    const place = placeOf(key)
    const recording = place === undefined ? undefined : await shipped(redis, engine, key, run)
    if (recording === undefined || place === undefined) return true
    if (typeof recording === 'string') recordings.refuse(`the recording of run ${key.slice(0, 12)} ${recording}`)
    else if (!(await recordings.keep(place, run, recording))) return false
    await dropShipped(redis, engine, [key])
    return true
  }

  async function fetchAll(): Promise<void> {
    while (waiting.size > 0 && !stopped) {
      for (const [key, run] of waiting) {
        if (stopped) return
        const over = await fetch(key, run).catch(() => false)
        if (over) waiting.delete(key)
        changed()
        if (!over) await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, AGAIN_MS)
          wake = () => { clearTimeout(timer); resolve() }
        })
      }
    }
  }

  const begin = (): void => {
    work ??= fetchAll().finally(() => {
      work = undefined
      if (waiting.size > 0 && !stopped) begin()
    })
  }
  const add = (key: string, run: FinishedRun): void => {
    if (run.recording === undefined) return
    if (run.recording.refused !== undefined) return recordings.refuse(run.recording.refused)
    waiting.set(key, run)
    begin()
  }
  return {
    add,
    addWaiting: async () => {
      const keys = (await redis.hkeys(KEYS.recordings(engine))).filter((key) => placeOf(key) !== undefined && !waiting.has(key))
      for (const [key, run] of await settledRuns(redis, engine, keys)) if (run.recording?.refused === undefined) add(key, run)
    },
    settled: async () => { while (work !== undefined) await work },
    stop: () => { stopped = true; wake() },
  }
}
