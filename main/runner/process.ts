/**
 * A runner process: this thread supervises (talks to the lab, watches, cancels, ends when the lab goes), a worker thread simulates. The supervisor never computes, so
 * it always answers.
 */
import { Worker } from 'node:worker_threads'
import { markCall } from './call-marks'
import type { ScriptedEjection } from '../engine'
import { entryOf } from '../entries'
import { openParentLink } from './parent-link'
import type { FromRunner, ToRunner } from './protocol'
import { createSharedBuffer, forcedEjection, supervisorState } from './shared-state'
import type { Called } from './shared-state'
import { createWatchdog, processUsage } from './watchdog'

const LOOK_EVERY_MS = 50
const LOOK_CAUTIOUSLY_MS = 5
/** CPU time inside one policy call. The fuel of a call is used up in some ms; only what the meter can't see (a regular expression, one huge built-in) gets here. */
const STALL_CPU_MS = 2_000
/** A stuck call that took so much memory is blamed for that, whether its time or the worker's heap ran out first. */
const HOARD_MB = 128
/** CPU time of the engine without a step done: setting up a large machine takes seconds, a minute is a bug. */
const ENGINE_STALL_CPU_MS = 60_000
/**
 * A worker that hasn't heard a cancel after so much CPU time is inside something long; the process is given up. Wall time only bounds it where the CPU is taken. The
 * engine gets longer than a policy: it always comes to its next batch, and a process's CPU time counts its compiler's and collector's threads too.
 */
const CANCEL_CPU_MS = { policy: 80, engine: 1_000 } as const
const CANCEL_WALL_MS = 4_500
const CANCEL_LOOK_MS = 20
const WORKER_LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32, stackSizeMb: 8 } as const

type Task = { readonly type: 'run'; readonly run: string; readonly ejected: readonly number[] } | { readonly type: 'inspect'; readonly request: number }

const link = openParentLink()
const shared = createSharedBuffer()
const state = supervisorState(shared)
const watchdog = createWatchdog(processUsage)
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
  if (message.type === 'watch') { if (isRunning(message.run)) state.watch(message.on); return }
  const work = message.type === 'run' ? message.job : message.type === 'ask' ? message.question : undefined
  task = message.type === 'inspect' ? { type: 'inspect', request: message.request } : runTask(message.type === 'run' ? message.job : message.question)
  state.reset()
  watchdog.reset()
  worker.postMessage(message)
  if (work?.cautious) followLines(work.run)
}

function runTask({ run, scriptedEjections }: { readonly run: string; readonly scriptedEjections: readonly ScriptedEjection[] }): Task {
  return { type: 'run', run, ejected: scriptedEjections.map(({ policy }) => policy) }
}

function fromWorker(message: FromRunner): void {
  if (over) return
  if (message.type !== 'progress' && message.type !== 'samples' && message.type !== 'ready') task = undefined
  link.send(message)
}

function cancel(run: string): void {
  if (!isRunning(run)) return
  state.askCancel()
  const [cpu, wall] = [processUsage().cpuMs, performance.now()]
  const timer = setInterval(() => {
    if (!isRunning(run) || state.cancelHeard()) { clearInterval(timer); return }
    const patience = state.suspect() ? CANCEL_CPU_MS.policy : CANCEL_CPU_MS.engine
    if (processUsage().cpuMs - cpu >= patience || performance.now() - wall >= CANCEL_WALL_MS) { clearInterval(timer); giveUp({ type: 'cancelled', run }) }
  }, CANCEL_LOOK_MS)
}

function isRunning(run: string): boolean {
  return !over && task?.type === 'run' && task.run === run
}

function look(): void {
  if (!task || over) return
  const { cpuMs, rssMb } = watchdog.look(state.progressMark())
  if (cpuMs >= STALL_CPU_MS && state.suspect()) giveUp(rssMb > HOARD_MB ? outOfMemory() : blame('stall', `no answer after ${STALL_CPU_MS / 1_000} s of CPU time`))
  else if (cpuMs >= ENGINE_STALL_CPU_MS) giveUp(blame('stall', `the engine did not get on for ${ENGINE_STALL_CPU_MS / 1_000} s of CPU time`))
}

/** The worker marks its calls by itself; where in one it is, only this thread can tell while the worker is busy. */
function followLines(run: string): void {
  let told = ''
  const timer = setInterval(() => {
    if (!isRunning(run)) { clearInterval(timer); return }
    const suspect = state.suspect()
    const mark = suspect?.at === 'call' && suspect.line > 0 ? `${suspect.policy} ${suspect.call} ${suspect.line}` : ''
    if (mark !== told && suspect?.at === 'call' && mark !== '') markCall(suspect.policy, suspect.call, suspect.hook, suspect.line)
    told = mark
  }, LOOK_CAUTIOUSLY_MS)
}

function outOfMemory(): FromRunner {
  return blame('memory', `more memory than the ${WORKER_LIMITS.maxOldGenerationSizeMb} MB there are for a run`)
}

function workerDied(error: Error & { readonly code?: string }): void {
  if (over) return
  if (!task) { console.error(error); process.exit(1) }
  giveUp(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory() : failure(error.stack ?? error.message))
}

/** Who gets the blame: a policy in a call is ejected in a re-run; one that doesn't load, or the engine itself, fails the run. */
function blame(kind: 'stall' | 'memory', message: string): FromRunner {
  const suspect = state.suspect() ?? (kind === 'memory' ? hoarder() : undefined)
  if (task?.type === 'run' && suspect?.at === 'call') return { type: 'stalled', run: task.run, ejection: forcedEjection(suspect, kind, message) }
  if (!suspect) return failure(message)
  return failure(task?.type === 'inspect' ? `it did not load: ${message}` : `policy ${suspect.policy + 1} of the run did not load: ${message}`, suspect.line)
}

/** The heap ran out in the engine: whoever was called last keeps what it took, unless it is out already. */
function hoarder(): Called | undefined {
  const last = state.lastCall()
  return last && task?.type === 'run' && !task.ejected.includes(last.policy) ? last : undefined
}

function failure(message: string, line = 0): FromRunner {
  if (task?.type === 'inspect') return { type: 'inspected', request: task.request, result: { ok: false, message, ...(line > 0 ? { line, column: 1 } : {}) }, ending: true }
  return { type: 'failed', run: task?.run ?? '', message: line > 0 ? `${message} (line ${line})` : message, ending: true }
}

/** The last word of this process: its worker can't be trusted to answer again. */
function giveUp(message: FromRunner): void {
  over = true
  link.send(message)
  void link.flush().then(() => { process.exit(1) })
}
