/**
 * The simulating thread of a runner: evaluates the policies of a job in fresh compartments, steps the engine, and looks at the cancel flag between steps. Talks to the
 * supervisor by messages when it can and by shared memory while it is busy.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createSimulation } from '../engine'
import type { Recording, Samples, Simulation } from '../engine'
import { FIRST_BUDGET, nextBudget } from './budget'
import { explainError } from './guest-values'
import { inspectPolicy } from './inspect'
import type { FromRunner, Question, RunJob, ToRunner } from './protocol'
import { Overflowed, answerQuestion } from './questions'
import { lockdownRealm } from './realm'
import { createSampleStream } from './sample-stream'
import { Refused, runInputOf } from './run-input-of'
import { workerState } from './shared-state'

const PROGRESS_MS = 100

const port = parentPort
if (!port) throw new Error('runner/worker runs as a worker thread')
const state = workerState((workerData as { readonly shared: SharedArrayBuffer }).shared)

lockdownRealm()
port.on('message', (message: ToRunner) => {
  if (message.type === 'run') send(run(message.job))
  else if (message.type === 'ask') send(ask(message.question))
  else if (message.type === 'inspect') send(inspect(message.request, message.compiled))
})
send({ type: 'ready' })

function send(message: FromRunner): void {
  port?.postMessage(message, message.type === 'done' ? transferables(message.recording) : message.type === 'samples' ? transferables(message.samples) : [])
}

function inspect(request: number, compiled: (ToRunner & { readonly type: 'inspect' })['compiled']): FromRunner {
  state.loading(0)
  const result = inspectPolicy(compiled, state.lineOf(0))
  state.left(0)
  return { type: 'inspected', request, result }
}

function run(job: RunJob): FromRunner {
  try {
    const { input, overflowed } = runInputOf(job, state)
    const simulation = createSimulation({
      ...input,
      ...(job.statesAt === undefined ? {} : { snapshotsAt: job.statesAt }),
      ...(job.follow === undefined ? {} : { follow: job.follow }),
    })
    const recording = drive(job, simulation, () => overflowed() !== undefined)
    const full = overflowed()
    return full === undefined ? { type: 'done', run: job.run, recording } : { type: 'stalled', run: job.run, ejection: full }
  } catch (error) {
    return failure(job.run, error)
  }
}

function ask(question: Question): FromRunner {
  const { run } = question
  try {
    const answer = answerQuestion(question, state, (progress) => { send({ type: 'progress', run, progress }) })
    return answer === undefined ? { type: 'cancelled', run } : { type: 'answered', run, answer }
  } catch (error) {
    return error instanceof Overflowed ? { type: 'stalled', run, ejection: error.ejection } : failure(run, error)
  }
}

function failure(run: string, error: unknown): FromRunner {
  if (error instanceof Refused) return { type: 'failed', run, message: error.message }
  // The engine's own fault: the stack goes along, so that it can be reported.
  return { type: 'failed', run, message: `${explainError(error)}${stackLines(error)}` }
}

/** How deep the stack is differs by machine: a run in which a policy filled it is done again without that call, as after a kill. */
function drive({ run, statesAt, scenario }: RunJob, simulation: Simulation, overflowed: () => boolean): Recording {
  const until = statesAt === undefined ? Infinity : Math.max(...statesAt)
  let budget = FIRST_BUDGET
  let told = performance.now()
  const stream = createSampleStream(scenario, (from, samples) => { send({ type: 'samples', run, from, samples }) })
  for (;;) {
    state.beat()
    if (state.cancelAsked()) { state.cancelHeard(); simulation.cancel(); break }
    const before = performance.now()
    if (!simulation.step(budget) || simulation.progress().now > until || simulation.progress().found === true || overflowed()) break
    const now = performance.now()
    budget = nextBudget(budget, now - before)
    if (now - told >= PROGRESS_MS) { told = now; send({ type: 'progress', run, progress: simulation.progress() }) }
    if (state.watched()) stream(simulation, now)
  }
  return simulation.finish()
}

function transferables({ series, policySeries }: Samples): readonly ArrayBuffer[] {
  const columns = [series, policySeries].flatMap(({ times, columns: values }) => [times, ...values])
  return [...new Set(columns.map(column => column.buffer))].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer)
}

function stackLines(error: unknown): string {
  const { getStackString } = globalThis as { readonly getStackString?: (error: Error) => string }
  return error instanceof Error && getStackString ? getStackString(error).split('\n').slice(0, 6).join('\n') : ''
}
