/** Turns what a person asked to compare into an experiment that can be run, or into messages that say what to change. Never throws for what it is given. */
import type { ComparisonRequest, MachineInfo, PolicyRef, Problem, Result, Scenario, Text } from '../../preload/contract'
import type { RunJob } from '../runner/protocol'
import { suggestion } from './nearest'
import type { Content, Kernel } from './parts'
import type { PolicyLibrary, ResolvedPolicy } from './policy-library'
import { done, fail, show } from './problems'
import { applySet } from './set-values'

const MOST_POLICIES = 16
const MOST_SEEDS = 100

export interface PreparedExperiment {
  readonly title: Text
  readonly scenario: Scenario
  readonly kernel: string
  readonly seeds: number
  /** Defaults to 1. */
  readonly firstSeed?: number
  readonly machines: readonly MachineInfo[]
  /** Per machine; the base's is empty. */
  readonly stacks: readonly RunJob['policies'][]
}

export async function prepare(request: ComparisonRequest, content: Content, library: PolicyLibrary): Promise<Result<PreparedExperiment>> {
  const shape = shapeProblems(request)
  if (shape.length > 0) return { ok: false, problems: shape }
  const kernel = findKernel(request.base, content.kernels)
  const scenario = findScenario(request.scenario, content, kernel.ok ? kernel.value : defaultKernel(content.kernels))
  const policies = await Promise.all(request.policies.map((ref, i) => library.resolve(ref, `policies[${i}]`)))
  const problems = [kernel, scenario, ...policies].flatMap((result) => result.ok ? [] : result.problems)
  if (!kernel.ok || !scenario.ok || problems.length > 0) return { ok: false, problems }
  return assemble(request, kernel.value, scenario.value, policies.flatMap((result) => result.ok ? [result.value] : []))
}

function assemble(request: ComparisonRequest, kernel: Kernel, scenario: Scenario, policies: readonly ResolvedPolicy[]): Result<PreparedExperiment> {
  const applied = applySet(request.set, kernel.definition, policies)
  if (applied.problems.length > 0) return { ok: false, problems: applied.problems }
  return done({
    title: scenario.title,
    scenario: { ...scenario, sysctls: { ...scenario.sysctls, ...applied.sysctls } },
    kernel: kernel.definition.name,
    seeds: request.seeds,
    machines: [{ label: kernel.definition.name }, ...labels(policies.map((policy) => policy.name))],
    stacks: [[], ...policies.map((policy, i) => [{ compiled: policy.compiled, params: applied.params[i] }])],
  })
}

/** The same name twice gets a number, so that two columns can be told apart. */
function labels(names: readonly string[]): readonly MachineInfo[] {
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length
    return { label: before === 0 ? name : `${name} (${before + 1})`, policy: name }
  })
}

function findKernel(name: string, kernels: readonly Kernel[]): Result<Kernel> {
  const runnable = kernels.filter((kernel) => kernel.definition.scope === 'full').map((kernel) => kernel.definition.name)
  const kernel = kernels.find((one) => one.definition.name === name)
  if (kernel === undefined) return fail('base', `there is no kernel ${show(name)}.${suggestion(name, runnable)}`)
  if (kernel.definition.scope !== 'full') return fail('base', `${name} only computes watermarks so far and can't be run; choose ${runnable.join(' or ')}`)
  return done(kernel)
}

/** The first that runs; what scenarios are checked against when nobody has chosen. */
export function defaultKernel(kernels: readonly Kernel[]): Kernel {
  const kernel = kernels.find((one) => one.definition.scope === 'full')
  if (kernel === undefined) throw new Error('no kernel that can be run')
  return kernel
}

function findScenario(ref: ComparisonRequest['scenario'], content: Content, kernel: Kernel): Result<Scenario> {
  if (ref.kind === 'inline') return content.parseScenario(ref.scenario, kernel)
  const preset = content.presets.find((one) => one.id === ref.id)
  return preset === undefined
    ? fail('scenario', `there is no preset ${show(ref.id)}.${suggestion(ref.id, content.presets.map((one) => one.id))}`)
    : done(preset.scenario)
}

/** The bridge carries anything; what follows may rely on the types. */
function shapeProblems(request: unknown): readonly Problem[] {
  if (!isRecord(request)) return [{ path: 'request', message: 'must be an object' }]
  const { scenario, base, policies, seeds, set } = request
  return [
    ...when(!isScenarioRef(scenario), 'scenario', 'must name a preset or hold a scenario'),
    ...when(typeof base !== 'string', 'base', 'must be the name of a kernel'),
    ...when(!Number.isInteger(seeds) || Number(seeds) < 1 || Number(seeds) > MOST_SEEDS, 'seeds', `must be a whole number from 1 to ${MOST_SEEDS}, not ${show(seeds)}`),
    ...policyProblems(policies),
    ...setProblems(set),
  ]
}

function policyProblems(policies: unknown): readonly Problem[] {
  if (!Array.isArray(policies)) return [{ path: 'policies', message: 'must be a list of policies' }]
  if (policies.length > MOST_POLICIES) return [{ path: 'policies', message: `at most ${MOST_POLICIES} policies in one experiment, not ${policies.length}` }]
  return policies.flatMap((ref: unknown, i) => when(!isPolicyRef(ref), `policies[${i}]`, 'must name a policy or hold its source'))
}

function setProblems(set: unknown): readonly Problem[] {
  if (!isRecord(set)) return [{ path: 'set', message: 'must be an object of values' }]
  return Object.entries(set).flatMap(([key, value]) => when(!['number', 'string', 'boolean'].includes(typeof value), `set.${key}`, `must be a number, word or switch, not ${show(value)}`))
}

function isScenarioRef(ref: unknown): boolean {
  return isRecord(ref) && ((ref['kind'] === 'preset' && typeof ref['id'] === 'string') || (ref['kind'] === 'inline' && 'scenario' in ref))
}

function isPolicyRef(ref: unknown): ref is PolicyRef {
  if (!isRecord(ref)) return false
  return ref['kind'] === 'name' ? typeof ref['name'] === 'string' : ref['kind'] === 'source' && typeof ref['file'] === 'string' && typeof ref['text'] === 'string'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function when(condition: boolean, path: string, message: string): readonly Problem[] {
  return condition ? [{ path, message }] : []
}
