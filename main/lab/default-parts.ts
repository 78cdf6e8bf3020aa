/** Wires the real parts: the compile service, the pool of runner processes, the lab's content. */
import { createCompileService } from '../compile/service'
import { createRunnerPool, type AnswerOutcome } from '../runner/pool'
import type { ForkRunner } from '../runner/protocol'
import { createContent } from './default-content'
import type { Asked, Compiler, LabParts, Runs } from './parts'

export interface PartsOptions {
  /** Runs at a time; default: all cores but one, which the window needs. */
  readonly parallel?: number
}

export async function createDefaultParts(forkRunner: ForkRunner, options: PartsOptions = {}): Promise<LabParts> {
  return { compiler: realCompiler(), runs: realRuns(forkRunner, options), content: createContent() }
}

export function realCompiler(): Compiler {
  const service = createCompileService()
  return {
    compile: async (file, text) => {
      const { ok, code, hash, errors, warnings, ms } = await service.compile(file, text)
      return { ...(ok ? { policy: { file, code, hash, text } } : {}), errors, warnings, ms }
    },
    apiTypes: () => service.apiTypes(),
    guide: () => service.guide(),
    hookPlaces: (text) => service.hookPlaces(text),
    insertPlace: (text, offset) => service.insertPlace(text, offset),
    close: () => service.dispose(),
  }
}

export function realRuns(forkRunner: ForkRunner, { parallel }: PartsOptions): Runs {
  const pool = createRunnerPool({ fork: forkRunner, ...(parallel === undefined ? {} : { size: parallel }) })
  return {
    start: (job, onProgress, onSamples) => {
      const run = pool.run(job, { onProgress, ...(onSamples === undefined ? {} : { onSamples }) })
      const done = run.promise.then((outcome) => {
        if (outcome.kind === 'done') return outcome.recording
        throw new Error(outcome.kind === 'cancelled' ? 'cancelled' : withStderr(outcome.message, outcome.stderr))
      })
      return { done, cancel: () => { run.cancel() }, watch: (on) => { run.watch(on) } }
    },
    ask: (question, onProgress) => asked(pool.ask(question, { onProgress })),
    travel: (question, onProgress, onReady) => asked(pool.travel(question, { onProgress, ...(onReady === undefined ? {} : { onReady }) })),
    inspect: (policy) => pool.inspect(policy),
    close: () => pool.dispose(),
  }
}

function asked<T>({ promise, cancel }: { readonly promise: Promise<AnswerOutcome<T>>; cancel(): void }): Asked<T> {
  const done = promise.then((outcome) => {
    if (outcome.kind === 'done') return outcome.answer
    throw new Error(outcome.kind === 'cancelled' ? 'cancelled' : withStderr(outcome.message, outcome.stderr))
  })
  return { done, cancel }
}

/** The last words of a process that died tell why more often than not. */
function withStderr(message: string, stderr: string | undefined): string {
  const last = stderr?.trim().split('\n').slice(-5).join('\n') ?? ''
  return last === '' ? message : `${message}\n${last}`
}
