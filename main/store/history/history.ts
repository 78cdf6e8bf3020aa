/**
 * The history as the lab sees it: every comparison and sweep with its runs' summaries in SQLite, and a recording file for each run that has one. All work is done in a thread;
 * nothing here holds up main. Several processes may use the history of one workspace.
 *
 * A sweep of thousands of runs: `begin` once, `addRuns` in batches (each one transaction), `end`. `known` finds runs that were made before, by their key (main/lab/run-key.ts).
 */
import { Worker } from 'node:worker_threads'
import type { Recording } from '../../engine'
import { entryOf } from '../../entries'
import { thisProcess } from '../process-began'
import { SerialQueue } from '../queue'
import type { RecordingAbout } from './about'
import type { CoreOptions, HistoryCore } from './core'
import type { Place, RecordingAnswer } from './history-types'
import { Assembly, piecesOf } from './pieces'
import { CALLS, type CallName, type FromHistory, type ToHistory } from './protocol'

export type * from './history-types'
export type { FoundSpec, RecordingAbout } from './about'
export { newEntryId } from './entry-id'

type Calls = { readonly [N in CallName]: (...args: Parameters<HistoryCore[N]>) => Promise<ReturnType<HistoryCore[N]>> }

export interface History extends Calls {
  addRecording(entry: string, place: Place, recording: Recording, about: RecordingAbout): Promise<void>
  recording(entry: string, place: Place): Promise<RecordingAnswer>
  /** Resolves when all that was asked for so far is done. */
  settled(): Promise<void>
  /** In order: waits for what is being written, forgets what is shown, ends the thread. */
  close(): Promise<void>
}

export interface HistoryOptions {
  readonly workspace: string
  readonly engine: string
  /** `cli` for a terminal command, else the host. */
  readonly host: string
}

/** The history can't be had at present: no rights, no room, a newer lab's. */
export class HistoryUnavailable extends Error {
  override readonly name = 'HistoryUnavailable'
}

export function createHistory({ workspace, engine, host }: HistoryOptions): History {
  const options: CoreOptions = { workspace, engine, owner: { ...thisProcess(), host } }
  const recordings = new SerialQueue()
  const open = new Set<Promise<unknown>>()
  let thread: Thread | undefined
  let closed = false

  const current = (): Thread => {
    if (closed) throw new Error('the history has been closed')
    // A thread that died (out of memory) is replaced; what it was asked fails, what is on disk is whole.
    if (thread === undefined || thread.dead()) thread = startThread(options)
    return thread
  }
  const noted = <T>(work: Promise<T>): Promise<T> => {
    open.add(work)
    work.then(() => open.delete(work), () => open.delete(work))
    return work
  }
  const call = (name: CallName, args: readonly unknown[]): Promise<unknown> => noted((async () => current().ask({ type: 'call', name, args }))())
  const settled = async (): Promise<void> => { while (open.size > 0) await Promise.allSettled([...open]) }

  return {
    ...Object.fromEntries(CALLS.map((name) => [name, (...args: readonly unknown[]) => call(name, args)])) as unknown as Calls,
    // One at a time: lists and summaries go between two recordings.
    addRecording: (entry, place, recording, about) => noted(recordings.run(() => current().addRecording(entry, place, recording, about))),
    // After the recordings that it is about.
    link: (entry) => noted(recordings.run(async () => { await call('link', [entry]) })),
    recording: (entry, place) => noted((async () => current().recording(entry, place))()),
    settled,
    close: async () => {
      if (closed) return
      await settled()
      if (thread !== undefined && !thread.dead()) await thread.ask({ type: 'call', name: 'close', args: [] }).catch(() => undefined)
      closed = true
      await thread?.end()
    },
  }
}

type Ask = ToHistory extends infer M ? (M extends ToHistory ? Omit<M, 'request'> : never) : never

interface Pending {
  readonly assembly: Assembly
  resolve(value: unknown): void
  reject(error: Error): void
}

interface Thread {
  ask(message: Ask): Promise<unknown>
  addRecording(entry: string, place: Place, recording: Recording, about: unknown): Promise<void>
  recording(entry: string, place: Place): Promise<RecordingAnswer>
  dead(): boolean
  end(): Promise<void>
}

function startThread(options: CoreOptions): Thread {
  const { path, execArgv } = entryOf('store/history/worker')
  const worker = new Worker(path, { execArgv: [...execArgv], workerData: options })
  const pending = new Map<number, Pending>()
  let requests = 0
  let dead: Error | undefined
  const fail = (error: Error): void => {
    dead ??= error
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }
  worker.on('message', (message: FromHistory) => { receive(worker, pending, message) })
  worker.on('error', fail)
  worker.on('exit', () => { fail(new Error('the thread of the history ended')) })
  worker.unref()

  const begin = (): { readonly request: number; readonly answered: Promise<unknown>; readonly assembly: Assembly } => {
    if (dead) throw dead
    const request = ++requests
    const assembly = new Assembly()
    const answered = new Promise((resolve, reject) => { pending.set(request, { assembly, resolve, reject }) })
    // What is being written keeps the process until it is.
    worker.ref()
    return { request, answered, assembly }
  }
  return {
    ask: (message) => {
      const { request, answered } = begin()
      worker.postMessage({ ...message, request })
      return answered
    },
    addRecording: async (entry, place, recording, about) => {
      const { request, answered } = begin()
      answered.catch(() => undefined)
      for (const piece of piecesOf(recording)) {
        worker.postMessage({ type: 'piece', request, piece } satisfies ToHistory)
        await new Promise((resolve) => { setImmediate(resolve) })
      }
      worker.postMessage({ type: 'add-recording', request, entry, place, about } satisfies ToHistory)
      await answered
    },
    recording: async (entry, place) => {
      const { request, answered, assembly } = begin()
      worker.postMessage({ type: 'recording', request, entry, place } satisfies ToHistory)
      const answer = await answered as RecordingAnswer
      return answer.ok ? { ok: true, recording: assembly.finish() } : answer
    },
    dead: () => dead !== undefined,
    end: async () => { await worker.terminate() },
  }
}

function receive(worker: Worker, pending: Map<number, Pending>, message: FromHistory): void {
  const asked = pending.get(message.request)
  if (asked === undefined) return
  if (message.type === 'piece') return asked.assembly.take(message.piece)
  pending.delete(message.request)
  if (pending.size === 0) worker.unref()
  if (message.type === 'answer') asked.resolve(message.value)
  else asked.reject(message.unavailable ? new HistoryUnavailable(message.message) : new Error(message.message))
}
