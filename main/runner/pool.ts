/**
 * The pool of runner processes: so many runs at a time, processes started ahead, and the rule for force: a runner that reports a stalled or memory-hungry policy is
 * killed, and the run starts again from its seed with that ejection scripted at the same call, so that its digest is the same everywhere.
 */
import { availableParallelism } from 'node:os'
import { blamedByMarks } from './call-marks'
import { createHeldSlots } from './held-slots'
import { createRunnerSlot } from './runner-slot'
import type { RunnerSlot, TaskEnd, Told } from './runner-slot'
import type { AnswerTo, CompiledPolicy, ForkRunner, InspectResult, Question, RunJob, Travelled, TravelQuestion } from './protocol'
import type { Progress, Recording, ScriptedEjection } from '../engine'

export interface RunnerPoolOptions {
  readonly fork: ForkRunner
  /** Runs at a time; default: cores less one, at least one. */
  readonly size?: number
  /** Processes kept ready while idle; default: as many as run at a time, at most 2. */
  readonly prewarm?: number
}

export type RunOutcome =
  /** `forced`: ejections that were repeated by script because an earlier attempt had to be killed. A cancelled run that could still be closed comes as `done` too, with `summary.end === 'cancelled'`. */
  | { readonly kind: 'done'; readonly recording: Recording; readonly forced: readonly ScriptedEjection[] }
  /** No recording: it had not started, or did not hear in time. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly message: string; readonly stderr?: string }

export interface PooledRun {
  readonly promise: Promise<RunOutcome>
  cancel(): void
  /** Its samples are wanted while it goes on, or no longer. */
  watch(on: boolean): void
}

export interface PooledAnswer<K extends Question['kind']> {
  readonly promise: Promise<AnswerOutcome<AnswerTo<K>>>
  cancel(): void
}

export type AnswerOutcome<T> = { readonly kind: 'done'; readonly answer: T } | Exclude<RunOutcome, { readonly kind: 'done' }>

/** All but travel, which has processes of its own. */
export type PooledQuestion = Exclude<Question, TravelQuestion>

export interface RunnerPool {
  run(job: RunJob, told?: Partial<Told>): PooledRun
  /** Asks a runner about runs that it makes for it. */
  ask<Q extends PooledQuestion>(question: Q, watch?: { onProgress?(progress: Progress): void }): PooledAnswer<Q['kind']>
  /** On a process that is kept for the run. `onReady`: while nobody asked it has made itself ready for more. */
  travel(question: TravelQuestion, watch?: { onProgress?(progress: Progress): void; onReady?(travelled: Travelled): void }): PooledAnswer<'travel'>
  inspect(compiled: CompiledPolicy): Promise<InspectResult>
  /** Processes that live now. */
  pids(): readonly number[]
  /** Ends every run and process; resolves when all are confirmed gone. */
  dispose(): Promise<void>
}

/** Ejections by force in one run before it is given up: one for each policy a stack can have. */
const MAX_FORCED = 8
const MAX_CRASHES = 2
const KILL_GRACE_MS = 200

export function createRunnerPool(options: RunnerPoolOptions): RunnerPool {
  const size = options.size ?? Math.max(1, availableParallelism() - 1)
  const prewarm = Math.min(options.prewarm ?? Math.min(size, 2), size)
  const slots = new Set<RunnerSlot>()
  const idle: RunnerSlot[] = []
  const waiting: Waiting[] = []
  const active = new Set<{ readonly promise: Promise<unknown>; cancel(): void }>()
  let busy = 0
  let disposed = false

  const start = (): RunnerSlot => {
    const slot = createRunnerSlot(options.fork(), KILL_GRACE_MS)
    slots.add(slot)
    void slot.gone.then(() => {
      slots.delete(slot)
      const at = idle.indexOf(slot)
      // A process that died while idle is not replaced at once: if they die at birth, that would go on for ever. The next task starts one.
      if (at >= 0) idle.splice(at, 1)
    })
    return slot
  }
  const held = createHeldSlots(start)
  const take = (): RunnerSlot => idle.shift() ?? start()
  const warm = (): void => { while (!disposed && idle.length < Math.max(0, prewarm - busy)) idle.push(start()) }
  const giveBack = (slot: RunnerSlot): void => {
    if (slot.usable() && !disposed && idle.length < size) idle.push(slot)
    else void slot.kill()
  }

  /** One task on one process; a process that is of no more use is killed and its end confirmed before the task counts as ended. */
  const onSlot = async (work: (slot: RunnerSlot) => Promise<TaskEnd>): Promise<TaskEnd> => {
    const slot = take()
    const end = await work(slot)
    if (slot.usable() && (end.kind === 'done' || end.kind === 'failed')) giveBack(slot)
    else await slot.kill()
    return end
  }

  /** Resolves true with a seat taken, false when cancelled before. */
  const seat = (waiter: Waiting): Promise<boolean> => {
    held.pause()
    if (busy < size) { busy++; return Promise.resolve(true) }
    waiting.push(waiter)
    return waiter.seated
  }
  const leave = (): void => {
    const next = waiting.shift()
    if (next) next.seat(true)
    else if (--busy === 0 && !disposed) held.resume()
    warm()
  }

  /** Work for a runner, in its turn. */
  const pooled = <T extends { readonly kind: string }>(name: string, work: Work<T>): { readonly promise: Promise<T | Unmade>; cancel(): void; watch(on: boolean): void } => {
    const waiter = createWaiting()
    let cancelled = false
    let watched = false
    let current: RunnerSlot | undefined
    const attempt = (forced: readonly ScriptedEjection[], cautious: boolean): Promise<TaskEnd> => onSlot(slot => {
      current = slot
      const end = work.start(slot, { scriptedEjections: forced, ...(cautious ? { cautious } : {}) })
      if (watched) slot.watch(name, true)
      return end
    })
    const conducted = async (): Promise<T | Unmade> => {
      if (!await seat(waiter)) return { kind: 'cancelled' }
      try { return await conduct(work, attempt, () => cancelled || disposed) } finally { leave() }
    }
    const cancel = (): void => {
      cancelled = true
      const at = waiting.indexOf(waiter)
      if (at >= 0) { waiting.splice(at, 1); waiter.seat(false) }
      current?.cancel(name)
    }
    const watch = (on: boolean): void => {
      if (on !== watched) current?.watch(name, on)
      watched = on
    }
    const one = { promise: conducted().finally(() => { active.delete(one) }), cancel, watch }
    active.add(one)
    return one
  }
  const run: RunnerPool['run'] = (job, told) => pooled<RunOutcome>(job.run, {
    forced: job.scriptedEjections,
    policies: job.policies.length,
    start: (slot, force) => slot.run({ ...job, ...force }, { onProgress: progress => told?.onProgress?.(progress), onSamples: (from, samples) => told?.onSamples?.(from, samples) }),
    result: ({ recording }, forced) => recording === undefined ? undefined : { kind: 'done', recording, forced },
  })
  const ask: RunnerPool['ask'] = (question, watch) => pooled(question.run, answering(question, progress => watch?.onProgress?.(progress)))
  const travel: RunnerPool['travel'] = (question, watch) => {
    if (disposed) return { promise: Promise.resolve({ kind: 'cancelled' }), cancel: () => undefined }
    const one = held.ask(question, progress => watch?.onProgress?.(progress), travelled => watch?.onReady?.(travelled))
    return { promise: one.promise, cancel: one.cancel }
  }

  const inspect = async (compiled: CompiledPolicy): Promise<InspectResult> => {
    if (disposed) return { ok: false, message: 'the lab is closing' }
    let result: InspectResult = { ok: false, message: 'the runner ended before it answered' }
    await onSlot(async slot => {
      const answered = await slot.inspect(compiled)
      if (answered) result = answered
      return answered ? { kind: 'done' } : { kind: 'crashed', stderr: '' }
    })
    warm()
    return result
  }

  warm()
  return {
    run,
    ask,
    travel,
    inspect,
    pids: () => [...slots].map(slot => slot.pid).filter(pid => pid !== undefined),
    dispose: async () => {
      disposed = true
      held.close()
      for (const one of active) one.cancel()
      await Promise.all([...slots].map(slot => slot.kill()))
      await Promise.all([...active].map(one => one.promise))
      await Promise.all([...slots].map(slot => slot.kill()))
    },
  }
}

interface Waiting {
  readonly seated: Promise<boolean>
  seat(seated: boolean): void
}

function createWaiting(): Waiting {
  let seat: (seated: boolean) => void = () => undefined
  const seated = new Promise<boolean>(resolve => { seat = resolve })
  return { seated, seat }
}

type Unmade = Exclude<RunOutcome, { readonly kind: 'done' }>

/** A task for a runner, whatever it is. */
interface Work<T> {
  readonly forced: readonly ScriptedEjection[]
  /** Policies that may have to be stopped by force. */
  readonly policies: number
  start(slot: RunnerSlot, force: Pick<RunJob, 'scriptedEjections' | 'cautious'>): Promise<TaskEnd>
  /** Undefined when the end has not what was wanted. */
  result(end: TaskEnd & { readonly kind: 'done' }, forced: readonly ScriptedEjection[]): T | undefined
}

function answering<Q extends PooledQuestion>(question: Q, onProgress: (progress: Progress) => void): Work<AnswerOutcome<AnswerTo<Q['kind']>>> {
  return {
    forced: question.scriptedEjections,
    policies: question.a.policies.length + question.b.policies.length,
    start: (slot, force) => slot.ask({ ...question, ...force }, onProgress),
    // A runner answers the question that it was asked.
    result: ({ answer }) => answer?.kind === question.kind ? { kind: 'done', answer: answer.value as AnswerTo<Q['kind']> } : undefined,
  }
}

/** Attempts until the work is done: after each ejection by force with that ejection scripted, after a crash once more, told to leave traces. */
async function conduct<T>(work: Work<T>, attempt: (forced: readonly ScriptedEjection[], cautious: boolean) => Promise<TaskEnd>, stopped: () => boolean): Promise<T | Unmade> {
  let { forced } = work
  let crashes = 0
  while (!stopped()) {
    const end = await attempt(forced, crashes > 0 && work.policies > 0)
    const blamed = end.kind === 'stalled' ? end.ejection : end.kind === 'crashed' ? blamedByMarks(end.stderr, forced) : undefined
    const result = end.kind === 'done' ? work.result(end, forced) : undefined
    if (result !== undefined) return result
    if (end.kind === 'failed') return { kind: 'failed', message: end.message }
    if (end.kind === 'cancelled') return { kind: 'cancelled' }
    if (blamed) {
      if (forced.length >= MAX_FORCED) return { kind: 'failed', message: `policies had to be stopped by force ${forced.length + 1} times; the last: ${blamed.message}` }
      forced = [...forced, blamed]
    } else if (end.kind === 'crashed' && !stopped() && ++crashes >= MAX_CRASHES) return { kind: 'failed', message: `the runner process died ${crashes} times`, stderr: end.stderr }
  }
  return { kind: 'cancelled' }
}
