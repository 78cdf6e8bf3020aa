/** One runner process seen as "give it a task, get its end": turns the messages of a `RunnerPort` into promises, and knows whether the process is still of use. */
import type { Progress, Recording, Samples, ScriptedEjection } from '../engine'
import type { Answer, CompiledPolicy, FromRunner, InspectResult, Question, RunJob, RunnerPort } from './protocol'

export type TaskEnd =
  | { readonly kind: 'done'; readonly recording?: Recording; readonly answer?: Answer }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'stalled'; readonly ejection: ScriptedEjection }
  | { readonly kind: 'crashed'; readonly stderr: string }

/** What a task says before its end. */
export interface Told {
  onProgress(progress: Progress): void
  /** `from`: rows before them; 0 when the run has begun anew. */
  onSamples?(from: number, samples: Samples): void
}

export interface RunnerSlot {
  readonly pid: number | undefined
  /** Resolves when the process is gone, whoever ended it. */
  readonly gone: Promise<void>
  usable(): boolean
  run(job: RunJob, told: Told): Promise<TaskEnd>
  ask(question: Question, onProgress: (progress: Progress) => void): Promise<TaskEnd>
  /** Answers within the runner's own limit; a process that doesn't is killed. */
  cancel(run: string): void
  /** Its samples are wanted while it goes on, or no longer. */
  watch(run: string, on: boolean): void
  inspect(compiled: CompiledPolicy): Promise<InspectResult | undefined>
  kill(): Promise<void>
}

/** The supervisor answers a cancel after 150 ms at the latest, unless it closes the run; closing a long one takes a moment. */
const CANCEL_LIMIT_MS = 5_000

export function createRunnerSlot(port: RunnerPort, killGraceMs: number): RunnerSlot {
  const listeners = new Set<(message: FromRunner) => void>()
  let alive = true
  let ending = false
  let stderr = ''
  let killing: Promise<void> | undefined
  let requests = 0
  const gone = new Promise<void>(resolve => {
    port.onExit(info => { alive = false; stderr = info.stderr; resolve() })
  })
  port.onMessage(message => {
    if ('ending' in message && message.ending) ending = true
    for (const listener of [...listeners]) listener(message)
  })

  /** The first message that `pick` takes, or the process's end. */
  const answer = async <T>(pick: (message: FromRunner) => T | undefined): Promise<T | undefined> => {
    let listener: ((message: FromRunner) => void) | undefined
    const picked = new Promise<T>(resolve => {
      listener = message => { const found = pick(message); if (found !== undefined) resolve(found) }
      listeners.add(listener)
    })
    try { return await Promise.race([picked, gone.then(() => undefined)]) } finally { if (listener) listeners.delete(listener) }
  }
  const kill = (): Promise<void> => killing ??= alive ? port.kill(killGraceMs) : gone

  return {
    pid: port.pid,
    gone,
    usable: () => alive && !ending && killing === undefined,
    run: async (job, told) => {
      port.send({ type: 'run', job })
      return await answer(message => endOf(message, job.run, told)) ?? { kind: 'crashed', stderr }
    },
    ask: async (question, onProgress) => {
      port.send({ type: 'ask', question })
      return await answer(message => endOf(message, question.run, { onProgress })) ?? { kind: 'crashed', stderr }
    },
    watch: (run, on) => { if (alive) port.send({ type: 'watch', run, on }) },
    cancel: run => {
      port.send({ type: 'cancel', run })
      const timer = setTimeout(() => { void kill() }, CANCEL_LIMIT_MS)
      void answer(message => endOf(message, run, { onProgress: () => undefined })).then(() => { clearTimeout(timer) })
    },
    inspect: compiled => {
      const request = ++requests
      port.send({ type: 'inspect', request, compiled })
      return answer(message => (message.type === 'inspected' && message.request === request ? message.result : undefined))
    },
    kill,
  }
}

function endOf(message: FromRunner, run: string, told: Told): TaskEnd | undefined {
  if (message.type === 'ready' || message.type === 'inspected' || message.run !== run) return undefined
  if (message.type === 'progress') { told.onProgress(message.progress); return undefined }
  if (message.type === 'samples') { told.onSamples?.(message.from, message.samples); return undefined }
  if (message.type === 'done') return { kind: 'done', recording: message.recording }
  if (message.type === 'answered') return { kind: 'done', answer: message.answer }
  if (message.type === 'stalled') return { kind: 'stalled', ejection: message.ejection }
  return message.type === 'failed' ? { kind: 'failed', message: message.message } : { kind: 'cancelled' }
}
