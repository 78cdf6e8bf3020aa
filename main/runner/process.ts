/**
 * A runner process: this thread supervises (talks to the lab, watches, cancels, ends when the lab goes), a worker thread simulates. The supervisor never computes, so
 * it always answers.
 */
import { Worker } from 'node:worker_threads'
import { entryOf } from './entries'
import { openParentLink } from './parent-link'
import type { FromRunner, ToRunner } from './protocol'
import { createSharedBuffer, forcedEjection, supervisorState } from './shared-state'
import { createWatchdog, processCpuMs } from './watchdog'

const LOOK_EVERY_MS = 50
/** CPU time inside one policy call. The fuel of a call is used up in some ms; only what the meter can't see (a regular expression, one huge built-in) gets here. */
const STALL_CPU_MS = 4_000
/** CPU time of the engine without a step done: setting up a large machine takes seconds, a minute is a bug. */
const ENGINE_STALL_CPU_MS = 60_000
/** A worker that hasn't heard a cancel by then is inside something long; the process is given up. */
const CANCEL_HEARD_MS = 100
const WORKER_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32, stackSizeMb: 8 } as const

type Task = { readonly type: 'run'; readonly run: string } | { readonly type: 'inspect'; readonly request: number }

const link = openParentLink()
const shared = createSharedBuffer()
const state = supervisorState(shared)
const watchdog = createWatchdog(processCpuMs)
const worker = startWorker()
let task: Task | undefined
let over = false

link.onGone(() => { process.exit(0) })
// Ctrl-C in a terminal reaches the whole group of processes. The lab decides what it means: a cancelled run still hands in what it has.
process.on('SIGINT', () => undefined)
link.onMessage(receive)
setInterval(look, LOOK_EVERY_MS)

function startWorker(): Worker {
  const { path, execArgv } = entryOf('runner/worker')
  const started = new Worker(path, { execArgv: [...execArgv], workerData: { shared }, resourceLimits: WORKER_LIMITS })
  started.on('message', (message: FromRunner) => { fromWorker(message) })
  started.on('error', (error: Error & { readonly code?: string }) => { workerDied(error) })
  return started
}

function receive(message: ToRunner): void {
  if (message.type === 'cancel') { cancel(message.run); return }
  task = message.type === 'run' ? { type: 'run', run: message.job.run } : { type: 'inspect', request: message.request }
  watchdog.reset()
  worker.postMessage(message)
}

function fromWorker(message: FromRunner): void {
  if (over) return
  if (message.type !== 'progress' && message.type !== 'ready') task = undefined
  link.send(message)
}

function cancel(run: string): void {
  if (task?.type !== 'run' || task.run !== run) return
  state.askCancel()
  setTimeout(() => {
    if (task?.type === 'run' && task.run === run && !state.cancelHeard()) giveUp({ type: 'cancelled', run })
  }, CANCEL_HEARD_MS)
}

function look(): void {
  if (!task || over) return
  const stuckMs = watchdog.look(state.progressMark())
  if (stuckMs >= STALL_CPU_MS && state.suspect()) giveUp(blame('stall', `no answer after ${STALL_CPU_MS / 1_000} s of CPU time`))
  else if (stuckMs >= ENGINE_STALL_CPU_MS) giveUp(blame('stall', `the engine did not get on for ${ENGINE_STALL_CPU_MS / 1_000} s of CPU time`))
}

function workerDied(error: Error & { readonly code?: string }): void {
  if (over) return
  const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (!task) { console.error(error); process.exit(1) }
  giveUp(outOfMemory ? blame('memory', `more than ${WORKER_LIMITS.maxOldGenerationSizeMb} MB of memory`) : failure(error.stack ?? error.message))
}

/** Who gets the blame: a policy in a call is ejected in a re-run; one that doesn't load, or the engine itself, fails the run. */
function blame(kind: 'stall' | 'memory', message: string): FromRunner {
  const suspect = state.suspect()
  if (task?.type === 'run' && suspect?.at === 'call') return { type: 'stalled', run: task.run, ejection: forcedEjection(suspect, kind, message) }
  if (!suspect) return failure(message)
  return failure(task?.type === 'inspect' ? `it did not load: ${message}` : `policy ${suspect.policy + 1} of the run did not load: ${message}`)
}

function failure(message: string): FromRunner {
  if (task?.type === 'inspect') return { type: 'inspected', request: task.request, result: { ok: false, message }, ending: true }
  return { type: 'failed', run: task?.run ?? '', message, ending: true }
}

/** The last word of this process: its worker can't be trusted to answer again. */
function giveUp(message: FromRunner): void {
  over = true
  link.send(message)
  void link.flush().then(() => { process.exit(1) })
}
