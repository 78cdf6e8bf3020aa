/**
 * The compile service as main sees it: one warm thread, results cached by content. Main never loads typescript. A thread that dies or takes too long (types can be
 * made to) is replaced, and the file that did it gets an error; nothing else is lost.
 */
import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { ApiGuide, HookPlace, InsertPlace } from '../../preload/contract'
import { entryOf } from '../entries'
import type { CompileResult } from './compile-types'
import type { FromService, ToService } from './service-protocol'

export type { CompileResult } from './compile-types'

export interface CompileService {
  compile(file: string, text: string): Promise<CompileResult>
  /** The declarations of `reclaim-lab` as one text. */
  apiTypes(): Promise<string>
  /** The API's reference as data, with snippets and the kernels' places of each hook. */
  guide(): Promise<ApiGuide>
  /** Where hooks stand in a policy's text; none where it can't be read. */
  hookPlaces(text: string): Promise<readonly HookPlace[]>
  insertPlace(text: string, offset: number): Promise<InsertPlace | null>
  dispose(): Promise<void>
}

/** Far beyond any honest policy (some tens of ms), with the service's start included. */
const LIMIT_MS = 20_000
const CACHED = 200
const WORKER_LIMITS = { maxOldGenerationSizeMb: 512, stackSizeMb: 8 } as const

type Ask = ToService extends infer M ? (M extends ToService ? Omit<M, 'request'> : never) : never

export function createCompileService({ limitMs = LIMIT_MS }: { readonly limitMs?: number } = {}): CompileService {
  const cache = new Map<string, CompileResult>()
  let thread: ServiceThread | undefined
  let disposed = false

  const ask = async (message: Ask): Promise<FromService> => {
    if (disposed) throw new Error('the compile service has been closed')
    thread ??= startThread(limitMs)
    const asked = thread
    try {
      return await asked.ask(message)
    } catch (error) {
      if (thread === asked) thread = undefined
      void asked.end()
      if (error instanceof NotItsFault) return ask(message)
      throw error
    }
  }
  // Started at once, so that the first compile finds it warm; a failure shows when something is asked.
  thread = startThread(limitMs)

  return {
    compile: async (file, text) => {
      const key = createHash('sha256').update(file).update('\0').update(text).digest('hex')
      const known = cache.get(key)
      if (known) return { ...known, ms: 0 }
      const result = await compileIn(ask, file, text)
      if (result.hash !== '') remember(cache, key, result)
      return result
    },
    apiTypes: async () => {
      const answer = await ask({ type: 'api-types' })
      return 'apiTypes' in answer ? answer.apiTypes : wrongAnswer()
    },
    guide: async () => {
      const answer = await ask({ type: 'guide' })
      return 'guide' in answer ? answer.guide : wrongAnswer()
    },
    // Types that are made to take for ever end the thread here too; the text then has no hooks.
    hookPlaces: async text => {
      const answer = await ask({ type: 'hook-places', text }).catch(() => undefined)
      return answer && 'hookPlaces' in answer ? answer.hookPlaces : []
    },
    insertPlace: async (text, offset) => {
      const answer = await ask({ type: 'insert-place', text, offset }).catch(() => undefined)
      return answer && 'insertPlace' in answer ? answer.insertPlace : null
    },
    dispose: async () => {
      disposed = true
      await thread?.end()
    },
  }
}

async function compileIn(ask: (message: Ask) => Promise<FromService>, file: string, text: string): Promise<CompileResult> {
  try {
    const answer = await ask({ type: 'compile', file, text })
    return 'result' in answer ? answer.result : wrongAnswer()
  } catch (error) {
    const message = `this file could not be checked: ${error instanceof Error ? error.message : String(error)}`
    return { ok: false, file, code: '', hash: '', errors: [{ path: `${file}:1`, message, line: 1, column: 1 }], warnings: [], ms: 0 }
  }
}

function wrongAnswer(): never {
  throw new Error('the compile service answered something else')
}

function remember(cache: Map<string, CompileResult>, key: string, result: CompileResult): void {
  cache.set(key, result)
  const oldest = cache.keys().next().value
  if (cache.size > CACHED && oldest !== undefined) cache.delete(oldest)
}

interface ServiceThread {
  ask(message: Ask): Promise<FromService>
  end(): Promise<void>
}

/** The thread went while it worked for somebody else. */
class NotItsFault extends Error {}

interface Pending { readonly request: number; resolve(answer: FromService): void; reject(error: Error): void }

function startThread(limitMs: number): ServiceThread {
  const { path, execArgv } = entryOf('compile/service-worker')
  const worker = new Worker(path, { execArgv: [...execArgv], resourceLimits: WORKER_LIMITS })
  // In the order of the asking, which is that of the work: whatever goes wrong is the first one's doing.
  const pending: Pending[] = []
  let timer: NodeJS.Timeout | undefined
  let requests = 0
  let dead: Error | undefined
  const watch = (): void => {
    clearTimeout(timer)
    if (pending.length > 0) timer = setTimeout(() => { fail(new Error(`no answer after ${limitMs / 1_000} s`)) }, limitMs)
    else worker.unref()
  }
  const fail = (error: Error): void => {
    dead ??= error
    clearTimeout(timer)
    pending.splice(0).forEach(({ reject }, index) => { reject(index === 0 ? error : new NotItsFault()) })
  }
  worker.on('message', (answer: FromService) => {
    const at = pending.findIndex(({ request }) => request === answer.request)
    if (at >= 0) pending.splice(at, 1)[0]?.resolve(answer)
    watch()
  })
  worker.on('error', error => { fail(error) })
  worker.on('exit', () => { fail(new Error('the compile service ended')) })
  // An idle service keeps nobody's process alive.
  worker.unref()

  const ask = (message: Ask): Promise<FromService> => new Promise((resolve, reject) => {
    if (dead) { reject(new NotItsFault()); return }
    const request = ++requests
    pending.push({ request, resolve, reject })
    worker.ref()
    worker.postMessage({ ...message, request })
    if (pending.length === 1) watch()
  })
  return { ask, end: async () => { await worker.terminate() } }
}
