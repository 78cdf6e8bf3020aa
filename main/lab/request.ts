/** Turns what a person asked to compare into an experiment that can be run, or into messages that say what to change. Never throws for what it is given. */
import type { ComparisonRequest, MachineInfo, PolicyRef, Problem, Result, Scenario, Text, Variant } from '../../preload/contract'
import type { RunJob } from '../runner/protocol'
import { suggestion } from './nearest'
import { fitToKernel } from './scenario/fit-to-kernel'
import type { Fitted } from './scenario/fit-to-kernel'
import type { Content, Kernel } from './parts'
import type { PolicyLibrary, ResolvedPolicy } from './policy-library'
import { done, fail, show } from './problems'
import { applySet } from './set-values'
import type { StackedPolicy } from './stack'
import { resolveStack, stackProblems } from './stack'
import { isRecord } from './scenario/plain-data'

const MOST_POLICIES = 16
const MOST_SEEDS = 100
const MOST_VARIANTS = 64
const LONGEST_LABEL = 60

/** One column of a comparison: all that makes its runs but the seed. */
export interface PreparedMachine extends MachineInfo {
  readonly scenario: Scenario
  readonly kernel: string
  readonly stack: RunJob['policies']
  /** The text of each policy of the stack. */
  readonly sources: readonly { readonly name: string; readonly text: string }[]
}

export interface PreparedExperiment {
  readonly title: Text
  /** The base's. */
  readonly scenario: Scenario
  readonly kernel: string
  readonly seeds: number
  /** What of the scenario was left out for this kernel. */
  readonly notes?: readonly Text[]
  /** Defaults to 1. */
  readonly firstSeed?: number
  /** The base first. */
  readonly machines: readonly PreparedMachine[]
  /** The digests that runs should have, by machine and seed (`0.1`): it comes from a bundle. */
  readonly digests?: ReadonlyMap<string, string>
}

export async function prepare(request: ComparisonRequest, content: Content, library: PolicyLibrary): Promise<Result<PreparedExperiment>> {
  const shape = shapeProblems(request)
  if (shape.length > 0) return { ok: false, problems: shape }
  const kernel = findKernel(request.base, content.kernels)
  const scenario = findScenario(request.scenario, content, kernel.ok ? kernel.value : defaultKernel(content.kernels))
  const policies = await Promise.all(request.policies.map((ref, i) => library.resolve(ref, `policies[${i}]`)))
  const stacks = await Promise.all((request.variants ?? []).map(({ policies: uses = [] }, i) => resolveStack(uses, `variants[${i}].policies`, library)))
  const problems = [kernel, scenario, ...policies, ...stacks].flatMap((result) => result.ok ? [] : result.problems)
  if (!kernel.ok || !scenario.ok || problems.length > 0) return { ok: false, problems }
  return assemble(request, content, { kernel: kernel.value, ...scenario.value, policies: policies.flatMap((result) => result.ok ? [result.value] : []), stacks: stacks.flatMap((result) => result.ok ? [result.value] : []) })
}

interface Found extends Fitted { readonly kernel: Kernel; readonly policies: readonly ResolvedPolicy[]; readonly stacks: readonly (readonly StackedPolicy[])[] }

function assemble(request: ComparisonRequest, content: Content, { kernel, scenario: given, notes, policies, stacks }: Found): Result<PreparedExperiment> {
  const applied = applySet(request.set, kernel.definition, policies)
  if (applied.problems.length > 0) return { ok: false, problems: applied.problems }
  const scenario = { ...given, sysctls: { ...given.sysctls, ...applied.sysctls } }
  const { name } = kernel.definition
  const earlier = [...policies, ...stacks.flat().map(({ policy }) => policy)].flatMap(standInNote)
  const variants = (request.variants ?? []).map((variant, i) => prepareVariant(variant, `variants[${i}]`, { kernel, scenario, stack: stacks[i] }, content))
  const problems = variants.flatMap((result) => result.ok ? [] : result.problems)
  if (problems.length > 0) return { ok: false, problems }
  return done({
    title: scenario.title, scenario, kernel: name, seeds: request.seeds, ...(notes.length + earlier.length > 0 ? { notes: [...notes, ...earlier] } : {}),
    machines: [
      { label: name, scenario, kernel: name, stack: [], sources: [] },
      ...variants.flatMap((result) => result.ok ? [result.value] : []),
      ...labels(policies).map((label, i) => ({ ...label, scenario, kernel: name, stack: [{ compiled: policies[i].compiled, params: applied.params[i] }], sources: [{ name: policies[i].name, text: policies[i].text }] })),
    ],
  })
}

/** The base's scenario with the variant's parts, checked again as a whole: by its own kernel, since another may lack a sysctl. */
function prepareVariant({ label, kernel: other, set = {}, machine = {}, memcgs }: Variant, path: string, base: { readonly kernel: Kernel; readonly scenario: Scenario; readonly stack: readonly StackedPolicy[] }, content: Content): Result<PreparedMachine> {
  const found = other === undefined ? done(base.kernel) : findKernel(other, content.kernels)
  if (!found.ok) return { ok: false, problems: found.problems.map((problem) => ({ ...problem, path: `${path}.kernel` })) }
  const { definition } = found.value
  const applied = applySet(set, definition, base.stack.map(({ policy }) => policy))
  if (applied.problems.length > 0) return { ok: false, problems: applied.problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` })) }
  const merged = { ...base.scenario, machine: { ...base.scenario.machine, ...machine }, sysctls: { ...base.scenario.sysctls, ...applied.sysctls }, ...(memcgs === undefined ? {} : { memcgs }) }
  const checked = content.parseScenario(merged, found.value)
  if (!checked.ok) return { ok: false, problems: checked.problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` })) }
  const misplaced = stackProblems(base.stack, checked.value, `${path}.policies`)
  if (misplaced.length > 0) return { ok: false, problems: misplaced }
  return done({
    label, scenario: checked.value, kernel: definition.name,
    stack: base.stack.map(({ policy, place }, i) => ({ compiled: policy.compiled, params: applied.params[i], ...(place === '' ? {} : { place }) })), sources: base.stack.map(({ policy }) => ({ name: policy.name, text: policy.text })),
  })
}

/** The same name twice gets a number, so that two columns can be told apart; an earlier text says when it was in force. */
function labels(policies: readonly ResolvedPolicy[]): readonly MachineInfo[] {
  return policies.map(({ name, standIn }, i) => {
    const before = policies.slice(0, i).filter((other) => other.name === name).length
    const label = before === 0 ? name : `${name} (${before + 1})`
    return { label: standIn === undefined ? label : `${label}, ${timeOf(standIn.atMs)}`, policy: name }
  })
}

function standInNote({ name, standIn }: ResolvedPolicy): readonly Text[] {
  if (standIn === undefined) return []
  const time = timeOf(standIn.atMs)
  return [standIn.why === 'errors'
    ? { en: `${name} can't be run as it is now; this is its last good text, of ${time}.`, zh: `${name} 目前的内容无法运行；这里用的是其 ${time} 的最后可用版本。` }
    : { en: `${name} as it is now was ejected; this is its last good text, of ${time}.`, zh: `${name} 目前的内容曾被弹出；这里用的是其 ${time} 的最后可用版本。` }]
}

/** As a person in this place reads it: `2026-11-21 16:30:05`. */
export function timeOf(ms: number): string {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
  return at.toISOString().slice(0, 19).replace('T', ' ')
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

/** A preset may be run on any kernel, without what that kernel lacks; of what people write nothing is left out unasked. */
function findScenario(ref: ComparisonRequest['scenario'], content: Content, kernel: Kernel): Result<Fitted> {
  if (ref.kind === 'inline') {
    const checked = content.parseScenario(ref.scenario, kernel)
    return checked.ok ? done({ scenario: checked.value, notes: [] }) : checked
  }
  const preset = content.presets.find((one) => one.id === ref.id)
  return preset === undefined
    ? fail('scenario', `there is no preset ${show(ref.id)}.${suggestion(ref.id, content.presets.map((one) => one.id))}`)
    : done(preset.base === kernel.definition.name ? { scenario: preset.scenario, notes: [] } : fitToKernel(preset.scenario, kernel.definition))
}

/** The bridge carries anything; what follows may rely on the types. */
function shapeProblems(request: unknown): readonly Problem[] {
  if (!isRecord(request)) return [{ path: 'request', message: 'must be an object' }]
  const { scenario, base, policies, seeds, set, variants = [] } = request
  return [
    ...when(!isScenarioRef(scenario), 'scenario', 'must name a preset or hold a scenario'),
    ...when(typeof base !== 'string', 'base', 'must be the name of a kernel'),
    ...when(!Number.isInteger(seeds) || Number(seeds) < 1 || Number(seeds) > MOST_SEEDS, 'seeds', `must be a whole number from 1 to ${MOST_SEEDS}, not ${show(seeds)}`),
    ...policyProblems(policies),
    ...variantProblems(variants, base),
    ...setProblems(set),
  ]
}

function policyProblems(policies: unknown): readonly Problem[] {
  if (!Array.isArray(policies)) return [{ path: 'policies', message: 'must be a list of policies' }]
  if (policies.length > MOST_POLICIES) return [{ path: 'policies', message: `at most ${MOST_POLICIES} policies in one experiment, not ${policies.length}` }]
  return policies.flatMap((ref: unknown, i) => when(!isPolicyRef(ref), `policies[${i}]`, 'must name a policy or hold its source'))
}

function variantProblems(variants: unknown, base: unknown): readonly Problem[] {
  if (!Array.isArray(variants)) return [{ path: 'variants', message: 'must be a list of variants' }]
  if (variants.length > MOST_VARIANTS) return [{ path: 'variants', message: `at most ${MOST_VARIANTS} variants in one experiment, not ${variants.length}` }]
  const seen = new Set<unknown>([base])
  return variants.flatMap((variant: unknown, i) => {
    const path = `variants[${i}]`
    if (!isRecord(variant)) return [{ path, message: 'must be an object with a label' }]
    const { label, kernel, set = {}, machine = {}, memcgs = [], policies = [] } = variant
    const twice = seen.has(label)
    seen.add(label)
    return [
      ...when(typeof label !== 'string' || label.trim() === '' || label.length > LONGEST_LABEL, `${path}.label`, `must be 1 to ${LONGEST_LABEL} characters, not ${show(label)}`),
      ...when(twice, `${path}.label`, `is there twice: ${show(label)}; every column needs its own`),
      ...when(kernel !== undefined && typeof kernel !== 'string', `${path}.kernel`, 'must be the name of a kernel'),
      ...when(!isRecord(machine), `${path}.machine`, 'must be an object with parts of a machine'),
      ...when(!Array.isArray(policies) || policies.length > MOST_POLICIES || !policies.every((one) => typeof one === 'string' && one.length <= 200), `${path}.policies`, `must be a list of at most ${MOST_POLICIES} names of policies`),
      ...when(!Array.isArray(memcgs), `${path}.memcgs`, 'must be a list of memory cgroups'),
      ...setProblems(set).map((problem) => ({ ...problem, path: `${path}.${problem.path}` })),
    ]
  })
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

function when(condition: boolean, path: string, message: string): readonly Problem[] {
  return condition ? [{ path, message }] : []
}
