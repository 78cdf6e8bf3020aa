/**
 * What a worker does with one run it has taken. A summary is on the server before the run is off the queue, so a death in between costs time, never a run; one that is
 * in already is not made again. An ejection, a killed process, a policy that doesn't load are results. What the server doesn't take now is held and handed in later.
 */
import type { Job } from 'bullmq'
import { ENGINE_VERSION, type Recording } from '../engine'
import { failedRun, finished, type FinishedRun } from '../lab/sweep/finished-run'
import type { LabParts, RunHandle } from '../lab/parts'
import { messageOf } from '../lab/problems'
import type { RunSpec } from '../lab/run-key'
import { refusalInWords, type QueueLink } from './link'
import { createRecipes, Lost, Refused } from './recipe'
import { selfTest } from './self-test'
import { settle, settledRuns } from './settle'
import { ship } from './ship'
import { removeTaken } from './unreadable'

export interface MakerOptions {
  readonly link: QueueLink
  readonly parts: LabParts
  /** Host and process, for people. */
  readonly name: string
  say(line: string): void
  /** Something in `counts` changed. */
  changed(): void
}

export interface MakerCounts {
  readonly running: number
  readonly made: number
  readonly failed: number
  /** Made, and not taken by the server yet. */
  readonly held: number
  /** Were there before: another worker had made them meanwhile. */
  readonly known: number
  readonly alarms: number
}

export interface Made { readonly run: FinishedRun; readonly recording?: Recording }

export interface Maker {
  counts(): MakerCounts
  /** For BullMQ: resolves when the run's summary is in. */
  process(job: Job, token?: string): Promise<void>
  /** A run by its recipe, for itself. */
  make(key: string, data: unknown): Promise<Made>
  /** This machine can't make runs. */
  readonly ill: Promise<string>
  /** Cancels what runs; it goes back to the queue. */
  giveBack(): void
}

/** A run that was lost with its worker so often is to blame itself. */
const MOST_STALLS = 5
const HOLD_MS = 1_000
const REFUSED_MS = 60_000
/** What was lost is back by then, or after some more tries, if there is anybody to put it back. */
const LOST_MS = 1_000
const MOST_TRIES = 20

class GiveBack extends Error {}

/** The server lost the run while it was taken (it evicts, or was emptied): nobody asks for a result, and who wants one puts it there again. */
class Vanished extends Error {}

export function createMaker({ link, parts, name, say, changed }: MakerOptions): Maker {
  const recipes = createRecipes(link.redis, parts)
  const active = new Set<RunHandle>()
  const counts = { made: 0, failed: 0, held: 0, known: 0, alarms: 0 }
  let givingBack = false
  let tellIll: (why: string) => void = () => undefined
  const ill = new Promise<string>((resolve) => { tellIll = resolve })

  async function make(key: string, data: unknown): Promise<Made> {
    const recipe = await recipes.jobOf(key, data)
    if (givingBack) throw new GiveBack()
    const startedMs = performance.now()
    const handle = parts.runs.start(recipe, () => undefined)
    active.add(handle)
    changed()
    try {
      const recording = await handle.done
      const run = finished(recording)
      if (run.end === 'cancelled') throw new GiveBack()
      return { run: { ...run, by: name, ms: Math.round(performance.now() - startedMs), spec: data as RunSpec }, recording }
    } finally {
      active.delete(handle)
      changed()
    }
  }

  /** A failure is the run's own if this machine can make others. */
  async function attempt(key: string, data: unknown, tries: number): Promise<Made> {
    try {
      return await make(key, data)
    } catch (reason) {
      if (givingBack || reason instanceof GiveBack) throw new GiveBack()
      if (reason instanceof Refused && !(reason instanceof Lost && tries > MOST_TRIES)) throw reason
      if (await link.redis.hexists(link.queue(ENGINE_VERSION).toKey(key), 'data') === 0) throw new Vanished()
      const why = await selfTest(parts)
      if (why !== undefined) {
        tellIll(why)
        throw new GiveBack()
      }
      return failed(messageOf(reason))
    }
  }

  function failed(message: string): Made {
    counts.failed++
    say(`a run failed: ${message}`)
    return { run: { ...failedRun(message), by: name } }
  }

  async function handIn(key: string, { run, recording }: Made): Promise<void> {
    for (let held = false; ;) {
      try {
        // Before its summary, so that whoever sees that one finds it.
        const whole = await ship(link.redis, ENGINE_VERSION, key, run, recording)
        const settled = await settle(link.redis, ENGINE_VERSION, key, whole)
        if (whole.recording?.refused !== undefined) say(`run ${key.slice(0, 12)} goes without its recording: ${whole.recording.refused}`)
        if (held) counts.held--
        counts.made++
        if (settled === 'differs') alarm(key)
        return
      } catch (error) {
        if (!held) {
          held = true
          counts.held++
          say(`the server takes no results now, so one is held: ${refusalInWords(error)}`)
        }
      }
      changed()
      await new Promise((resolve) => setTimeout(resolve, HOLD_MS))
      if (givingBack) throw new GiveBack()
    }
  }

  function alarm(key: string): void {
    counts.alarms++
    say(`ALARM: run ${key.slice(0, 12)} has another digest here than where it was made before`)
  }

  async function process(job: Job, token?: string): Promise<void> {
    const key = job.id ?? ''
    const before = (await settledRuns(link.redis, ENGINE_VERSION, [key])).get(key)
    if (before !== undefined) { counts.known++; return }
    try {
      await handIn(key, job.stalledCounter >= MOST_STALLS ? failed(`${job.stalledCounter} workers were lost while they made this run`) : await attempt(key, job.data, job.attemptsStarted))
    } catch (reason) {
      if (reason instanceof Refused) {
        say(`run ${key.slice(0, 12)} is refused: ${reason.message}`)
        const ms = reason instanceof Lost ? LOST_MS : REFUSED_MS
        if (await clockAhead(link) > ms) return giveOn(job, token)
        await job.moveToDelayed(Date.now() + ms, token)
        throw new link.bull.DelayedError()
      }
      if (reason instanceof Vanished) return void await removeTaken(link, key)
      if (!(reason instanceof GiveBack)) throw reason
      return putBack(job, token)
    } finally {
      changed()
    }
  }

  async function putBack(job: Job, token?: string): Promise<never> {
    await job.moveToWait(token)
    throw new link.bull.WaitingError()
  }

  /** Not at once: this worker itself may get it again. */
  async function giveOn(job: Job, token?: string): Promise<never> {
    await new Promise((resolve) => setTimeout(resolve, HOLD_MS))
    return putBack(job, token)
  }

  return {
    counts: () => ({ ...counts, running: active.size }), process, make, ill,
    giveBack: () => {
      givingBack = true
      for (const handle of active) handle.cancel()
    },
  }
}

/** How far this machine's clock is ahead of the server's, ms: what it puts off till later would be due for it at once, and for nobody else for as long. */
async function clockAhead({ redis }: QueueLink): Promise<number> {
  const [seconds] = await redis.time()
  return Date.now() - Number(seconds) * 1_000
}
