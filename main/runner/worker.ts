/**
 * The simulating thread of a runner: evaluates the policies of a job in fresh compartments, steps the engine, and looks at the cancel flag between steps. Talks to the
 * supervisor by messages when it can and by shared memory while it is busy.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createSimulation } from '../engine'
import type { Recording, Simulation } from '../engine'
import type { PolicyInstance } from '../engine'
import { markCall } from './call-marks'
import { loadPolicy } from './compartment'
import type { LoadedPolicy } from './compartment'
import { explainError } from './guest-values'
import { inspectPolicy } from './inspect'
import { kernelNamed } from './kernels'
import { resolveParams } from './params'
import type { FromRunner, RunJob, ToRunner } from './protocol'
import { lockdownRealm } from './realm'
import { forcedEjection, workerState } from './shared-state'
import type { CalledHook } from './shared-state'

/** Steps are sized to about this long, so that a cancel is heard and a heartbeat seen. */
const STEP_MS = 10
const FIRST_BUDGET = 1_000
const MAX_BUDGET = 1_000_000
const PROGRESS_MS = 100

/** What can't be run, with what to tell the person. */
class Refused extends Error {}

const port = parentPort
if (!port) throw new Error('runner/worker runs as a worker thread')
const state = workerState((workerData as { readonly shared: SharedArrayBuffer }).shared)

lockdownRealm()
port.on('message', (message: ToRunner) => {
  if (message.type === 'run') send(run(message.job))
  else if (message.type === 'inspect') send(inspect(message.request, message.compiled))
})
send({ type: 'ready' })

function send(message: FromRunner): void {
  port?.postMessage(message, message.type === 'done' ? transferables(message.recording) : [])
}

function inspect(request: number, compiled: (ToRunner & { readonly type: 'inspect' })['compiled']): FromRunner {
  state.loading(0)
  const result = inspectPolicy(compiled, state.lineOf(0))
  state.left(0)
  return { type: 'inspected', request, result }
}

function run(job: RunJob): FromRunner {
  try {
    const loaded = job.policies.map(load)
    const simulation = createSimulation({
      scenario: job.scenario, kernel: kernelNamed(job.kernel), policies: loaded.map((policy, index) => instantiate(policy, index, job)), seed: job.seed,
      scriptedEjections: job.scriptedEjections, onPolicyCall: job.cautious ? callingCautiously : state.calling,
      ...(job.statesAt === undefined ? {} : { snapshotsAt: job.statesAt }),
      ...(job.follow === undefined ? {} : { follow: job.follow }),
    })
    const recording = drive(job, simulation, loaded)
    const full = loaded.findIndex(policy => policy.overflowed())
    return full < 0 ? { type: 'done', run: job.run, recording } : { type: 'stalled', run: job.run, ejection: forcedEjection(state.lastCall(full), 'fuel', 'calls nested too deeply for the stack') }
  } catch (error) {
    if (error instanceof Refused) return { type: 'failed', run: job.run, message: error.message }
    // The engine's own fault: the stack goes along, so that it can be reported.
    return { type: 'failed', run: job.run, message: `${explainError(error)}${stackLines(error)}` }
  }
}

/** How deep the stack is differs by machine: a run in which a policy filled it is done again without that call, as after a kill. */
function drive({ run, statesAt }: RunJob, simulation: Simulation, loaded: readonly LoadedPolicy[]): Recording {
  const until = statesAt === undefined ? Infinity : Math.max(...statesAt)
  let budget = FIRST_BUDGET
  let told = performance.now()
  for (;;) {
    state.beat()
    if (state.cancelAsked()) { state.cancelHeard(); simulation.cancel(); break }
    const before = performance.now()
    if (!simulation.step(budget) || simulation.progress().now > until || simulation.progress().found === true || loaded.some(policy => policy.overflowed())) break
    const now = performance.now()
    budget = nextBudget(budget, now - before)
    if (now - told >= PROGRESS_MS) { told = now; send({ type: 'progress', run, progress: simulation.progress() }) }
  }
  return simulation.finish()
}

function nextBudget(budget: number, ms: number): number {
  const wanted = ms > 0 ? budget * (STEP_MS / ms) : budget * 2
  return Math.max(1, Math.min(MAX_BUDGET, Math.floor(Math.min(wanted, budget * 2))))
}

function load({ compiled }: RunJob['policies'][number], index: number): LoadedPolicy {
  state.loading(index)
  const loaded = loadPolicy(compiled, state.lineOf(index))
  state.left(index)
  if (!loaded.ok) throw new Refused(`${compiled.file}${loaded.line === undefined ? '' : `:${loaded.line}`}: ${loaded.message}`)
  return loaded.policy
}

function instantiate({ definition, fuel, locate, explain }: LoadedPolicy, index: number, job: RunJob): PolicyInstance {
  const values = resolveParams(definition.params ?? {}, job.policies[index]?.params ?? {})
  if (!values.ok) throw new Refused(`${definition.name}: ${values.message}`)
  // Filling and reading the meter brackets every call: that is how the supervisor knows whether a policy is running now.
  const metered = {
    set: (units: number) => { state.entered(index); fuel.set(units) },
    left: () => { leaving(index, job); return fuel.left() },
    ...(fuel.take ? { take: fuel.take } : {}),
    why: fuel.why,
  }
  return { definition, params: values.value, fuel: metered, locate, explain }
}

function callingCautiously(policy: number, call: number, hook: CalledHook): void {
  state.calling(policy, call, hook)
  markCall(policy, call, hook, undefined)
}

function leaving(index: number, job: RunJob): void {
  state.left(index)
  if (!job.cautious) return
  const { call, hook } = state.lastCall(index)
  markCall(index, call, hook, 'left')
}

function transferables({ series, policySeries }: Recording): readonly ArrayBuffer[] {
  const columns = [series, policySeries].flatMap(({ times, columns: values }) => [times, ...values])
  return [...new Set(columns.map(column => column.buffer))].filter((buffer): buffer is ArrayBuffer => buffer instanceof ArrayBuffer)
}

function stackLines(error: unknown): string {
  const { getStackString } = globalThis as { readonly getStackString?: (error: Error) => string }
  return error instanceof Error && getStackString ? getStackString(error).split('\n').slice(0, 6).join('\n') : ''
}
