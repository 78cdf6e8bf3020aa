/** From a job to what the engine takes: the trusted kernel by name, each policy evaluated in a fresh compartment, its parameters checked. */
import type { PolicyInstance, RunInput, ScriptedEjection } from '../engine'
import { markCall } from './call-marks'
import { loadPolicy } from './compartment'
import type { LoadedPolicy } from './compartment'
import { kernelNamed } from './kernels'
import { resolveParams } from './params'
import { readPlace } from './policy-place'
import type { PolicyPlace } from './policy-place'
import type { RunJob } from './protocol'
import { MAX_POLICIES, forcedEjection, type CalledHook, type WorkerState } from './shared-state'

/** What can't be run, with what to tell the person. */
export class Refused extends Error {}

export interface LoadedRun {
  readonly input: RunInput
  /** How deep the stack is differs by machine: a run in which a policy filled it is done again with this ejection, as after a kill. */
  overflowed(): ScriptedEjection | undefined
}

/** `first`: number of the job's first policy among all in this process, where it runs beside another job. `cautious`: every call leaves a trace. */
export function runInputOf(job: RunJob, state: WorkerState, first = 0, cautious = job.cautious === true): LoadedRun {
  if (first + job.policies.length > MAX_POLICIES) throw new Refused(`more than ${MAX_POLICIES} policies at once can't be run`)
  const loaded = job.policies.map((policy, index) => load(policy, first + index, state))
  const calling = (policy: number, call: number, hook: CalledHook): void => {
    state.calling(first + policy, call, hook)
    if (cautious) markCall(first + policy, call, hook, undefined)
  }
  return {
    input: {
      scenario: job.scenario, kernel: kernelNamed(job.kernel), policies: loaded.map((policy, index) => ({ ...instantiate(policy, first + index, job.policies[index].params, state, cautious), ...placeOf(job.policies[index].place) })), seed: job.seed,
      scriptedEjections: job.scriptedEjections, onPolicyCall: first === 0 && !cautious ? state.calling : calling,
    },
    overflowed: () => {
      const full = loaded.findIndex(policy => policy.overflowed())
      return full < 0 ? undefined : forcedEjection(state.lastCall(first + full), 'fuel', 'calls nested too deeply for the stack')
    },
  }
}

function load({ compiled }: RunJob['policies'][number], index: number, state: WorkerState): LoadedPolicy {
  state.loading(index)
  const loaded = loadPolicy(compiled, state.lineOf(index))
  state.left(index)
  if (!loaded.ok) throw new Refused(`${compiled.file}${loaded.line === undefined ? '' : `:${loaded.line}`}: ${loaded.message}`)
  return loaded.policy
}

function instantiate({ definition, fuel, locate, explain }: LoadedPolicy, index: number, params: RunJob['policies'][number]['params'], state: WorkerState, cautious: boolean): PolicyInstance {
  const values = resolveParams(definition.params ?? {}, params)
  if (!values.ok) throw new Refused(`${definition.name}: ${values.message}`)
  // Filling and reading the meter brackets every call: that is how the supervisor knows whether a policy is running now.
  const metered = {
    set: (units: number) => { state.entered(index); fuel.set(units) },
    left: () => { leaving(index, state, cautious); return fuel.left() },
    ...(fuel.take ? { take: fuel.take } : {}),
    why: fuel.why,
  }
  return { definition, params: values.value, fuel: metered, locate, explain }
}

function leaving(index: number, state: WorkerState, cautious: boolean): void {
  state.left(index)
  if (!cautious) return
  const { call, hook } = state.lastCall(index)
  markCall(index, call, hook, 'left')
}

/** Checked when the run was prepared. */
function placeOf(text: string | undefined): PolicyPlace {
  const place = text === undefined ? {} : readPlace(text)
  if (typeof place === 'string') throw new Refused(place)
  return place
}
