/**
 * Runner processes that are kept for a conversation about one run: whoever travels through it asks again and again, and the process keeps the run where it stands. One question at a time a
 * conversation; the least recently used process gives way, and one that nobody asks ends by itself. While nobody asks and no run is made, a process makes ready for what may be asked next; a question
 * cuts that short.
 */
import type { Progress, ScriptedEjection } from '../engine'
import type { AnswerOutcome } from './pool'
import type { AnswerTo, Travelled, TravelQuestion } from './protocol'
import type { RunnerSlot, TaskEnd } from './runner-slot'

const MOST_HELD = 2
const IDLE_MS = 180_000
const MAX_FORCED = 8
/** Whoever steps asks again at once, and shouldn't have to wait until something is cut short. */
const PREPARE_AFTER_MS = 150

interface Held {
  slot: RunnerSlot
  forced: readonly ScriptedEjection[]
  asked: Promise<unknown>
  idle: NodeJS.Timeout | undefined
  /** The last question: what is made ready for. Undefined when it is. */
  unready: { readonly question: TravelQuestion; onReady(travelled: Travelled): void } | undefined
  preparing: { readonly name: string; readonly ended: Promise<void> } | undefined
  later: NodeJS.Timeout | undefined
}

type Asked = AnswerOutcome<AnswerTo<'travel'>>

export interface HeldSlots {
  ask(question: TravelQuestion, onProgress: (progress: Progress) => void, onReady?: (travelled: Travelled) => void): { readonly promise: Promise<Asked>; cancel(): void }
  /** Nothing is made ready from now on: the processors are needed; and again. */
  pause(): void
  resume(): void
  close(): void
}

export function createHeldSlots(start: () => RunnerSlot): HeldSlots {
  const held = new Map<string, Held>()
  let paused = false
  const drop = (key: string): void => {
    const one = held.get(key)
    held.delete(key)
    clearTimeout(one?.idle)
    clearTimeout(one?.later)
    void one?.slot.kill()
  }
  const hold = (key: string): Held => {
    const known = held.get(key)
    held.delete(key)
    const one: Held = known ?? { slot: start(), forced: [], asked: Promise.resolve(), idle: undefined, unready: undefined, preparing: undefined, later: undefined }
    held.set(key, one)
    for (const oldest of [...held.keys()].slice(0, Math.max(0, held.size - MOST_HELD))) drop(oldest)
    return one
  }

  const prepare = (one: Held): void => {
    const { unready } = one
    if (paused || unready === undefined || one.preparing !== undefined || !one.slot.usable()) return
    const { run, seek: _, ...rest } = unready.question
    const name = `${run}~ahead`
    const ended = one.slot.ask({ ...rest, run: name, scriptedEjections: one.forced }, () => undefined).then((end) => {
      one.preparing = undefined
      if (end.kind === 'done') one.unready = undefined
      if (end.kind === 'done' && end.answer?.kind === 'travel') unready.onReady(end.answer.value)
      // A policy that had to be stopped while nobody looked is stopped at the same call when somebody does.
      if (end.kind === 'stalled' && one.forced.length < MAX_FORCED) one.forced = [...one.forced, end.ejection]
      if (end.kind !== 'done' && end.kind !== 'cancelled') return one.slot.kill()
    })
    one.preparing = { name, ended }
  }
  const prepareSoon = (one: Held): void => {
    clearTimeout(one.later)
    one.later = setTimeout(() => { prepare(one) }, PREPARE_AFTER_MS).unref()
  }
  const stopPreparing = async (one: Held): Promise<void> => {
    clearTimeout(one.later)
    if (one.preparing === undefined) return
    one.slot.cancel(one.preparing.name)
    await one.preparing.ended
  }

  const conduct = async (one: Held, question: TravelQuestion, onProgress: (progress: Progress) => void, gone: () => boolean): Promise<Asked> => {
    let crashed = false
    for (;;) {
      await stopPreparing(one)
      if (gone()) return { kind: 'cancelled' }
      if (!one.slot.usable()) one.slot = start()
      const end = await one.slot.ask({ ...question, scriptedEjections: one.forced }, onProgress)
      if (end.kind === 'stalled' && one.forced.length < MAX_FORCED) one.forced = [...one.forced, end.ejection]
      else if (end.kind !== 'crashed' || crashed || gone()) return outcome(end, gone())
      else crashed = true
      await one.slot.kill()
    }
  }

  return {
    ask: (question, onProgress, onReady = () => undefined) => {
      const key = question.job.run
      const one = hold(key)
      let [cancelled, under] = [false, false]
      clearTimeout(one.idle)
      const promise = one.asked.then(() => {
        under = true
        return conduct(one, question, onProgress, () => cancelled || held.get(key) !== one)
      }).finally(() => {
        under = false
        clearTimeout(one.idle)
        if (held.get(key) !== one) return
        one.idle = setTimeout(() => { drop(key) }, IDLE_MS).unref()
        one.unready = { question, onReady }
        prepareSoon(one)
      })
      one.asked = promise.catch(() => undefined)
      const cancel = (): void => {
        cancelled = true
        if (under && one.preparing === undefined) one.slot.cancel(question.run)
      }
      return { promise, cancel }
    },
    pause: () => {
      paused = true
      for (const one of held.values()) void stopPreparing(one)
    },
    resume: () => {
      paused = false
      for (const one of held.values()) prepareSoon(one)
    },
    close: () => { for (const key of [...held.keys()]) drop(key) },
  }
}

function outcome(end: TaskEnd, gone: boolean): Asked {
  if (end.kind === 'done' && end.answer?.kind === 'travel') return { kind: 'done', answer: end.answer.value }
  if (gone || end.kind === 'cancelled') return { kind: 'cancelled' }
  return { kind: 'failed', message: end.kind === 'failed' ? end.message : end.kind === 'stalled' ? `policies had to be stopped by force too often; the last: ${end.ejection.message}` : 'the runner process died twice' }
}
