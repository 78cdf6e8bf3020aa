/**
 * Runner processes that are kept for a conversation about one run: whoever travels through it asks again and again, and the process keeps the run where it stands. One question at a time a
 * conversation; the least recently used process gives way, and one that nobody asks ends by itself.
 */
import type { Progress, ScriptedEjection } from '../engine'
import type { AnswerOutcome } from './pool'
import type { AnswerTo, TravelQuestion } from './protocol'
import type { RunnerSlot } from './runner-slot'

const MOST_HELD = 2
const IDLE_MS = 180_000
const MAX_FORCED = 8

interface Held {
  slot: RunnerSlot
  forced: readonly ScriptedEjection[]
  asked: Promise<unknown>
  idle: NodeJS.Timeout | undefined
}

export interface HeldSlots {
  ask(question: TravelQuestion, onProgress: (progress: Progress) => void): { readonly promise: Promise<AnswerOutcome<AnswerTo<'travel'>>>; cancel(): void }
  close(): void
}

export function createHeldSlots(start: () => RunnerSlot): HeldSlots {
  const held = new Map<string, Held>()
  const drop = (key: string): void => {
    const one = held.get(key)
    held.delete(key)
    clearTimeout(one?.idle)
    void one?.slot.kill()
  }
  const hold = (key: string): Held => {
    const known = held.get(key)
    held.delete(key)
    const one: Held = known ?? { slot: start(), forced: [], asked: Promise.resolve(), idle: undefined }
    held.set(key, one)
    for (const oldest of [...held.keys()].slice(0, Math.max(0, held.size - MOST_HELD))) drop(oldest)
    return one
  }
  const conduct = async (key: string, one: Held, question: TravelQuestion, onProgress: (progress: Progress) => void): Promise<AnswerOutcome<AnswerTo<'travel'>>> => {
    let crashed = false
    for (;;) {
      if (!one.slot.usable()) one.slot = start()
      const end = await one.slot.ask({ ...question, scriptedEjections: one.forced }, onProgress)
      if (end.kind === 'done' && end.answer?.kind === 'travel') return { kind: 'done', answer: end.answer.value }
      if (end.kind === 'failed') return { kind: 'failed', message: end.message }
      if (end.kind === 'cancelled' || !held.has(key)) return { kind: 'cancelled' }
      if (end.kind === 'stalled' && one.forced.length < MAX_FORCED) one.forced = [...one.forced, end.ejection]
      else if (crashed) return { kind: 'failed', message: 'the runner process died twice' }
      else crashed = true
      await one.slot.kill()
    }
  }
  return {
    ask: (question, onProgress) => {
      const key = question.job.run
      const one = hold(key)
      clearTimeout(one.idle)
      const promise = one.asked.then(() => conduct(key, one, question, onProgress)).finally(() => {
        clearTimeout(one.idle)
        one.idle = setTimeout(() => { drop(key) }, IDLE_MS).unref()
      })
      one.asked = promise.catch(() => undefined)
      return { promise, cancel: () => { one.slot.cancel(question.run) } }
    },
    close: () => { for (const key of [...held.keys()]) drop(key) },
  }
}
