/**
 * A bundle: one JSON file with all that makes an experiment, so that it runs again elsewhere to the same digests. It holds scenarios, kernels by name with a hash of their
 * source, policies with source and parameters, seeds, engine version, and the digest of every run that came to its own end.
 */
import { createHash } from 'node:crypto'
import type { Problem, Result, Scenario } from '../../../preload/contract'
import { z } from 'zod'
import { ENGINE_VERSION } from '../../engine'
import packageJson from '../../../package.json' with { type: 'json' }
import { readPlace } from '../../runner/policy-place'
import type { Experiment } from '../experiment'
import type { Content } from '../parts'
import type { PolicyLibrary, ResolvedPolicy } from '../policy-library'
import { done, fail, show, messageOf } from '../problems'
import type { PreparedExperiment, PreparedMachine } from '../request'
import { givenParams } from '../set-values'

const BUNDLE_FORMAT = 'reclaim-lab-bundle'
const VERSION = 1
const LARGEST = 32 * 1024 * 1024

const text = z.object({ en: z.string().max(10_000), zh: z.string().max(10_000) })
const name = z.string().min(1).max(200)
const param = z.union([z.number(), z.string().max(1000), z.boolean()])
const SHAPE = z.strictObject({
  format: z.literal(BUNDLE_FORMAT),
  version: z.literal(VERSION),
  lab: z.string().max(100),
  engine: z.string().max(100),
  title: text,
  kernels: z.record(name, z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex')),
  scenarios: z.array(z.unknown()).min(1).max(100),
  machines: z.array(z.strictObject({
    label: name, kernel: name, scenario: z.int().min(0), policies: z.array(z.strictObject({ name, file: name, source: z.string().max(1_000_000), params: z.record(name, param), place: z.string().max(200).optional() })).max(16),
  })).min(1).max(100),
  seeds: z.int().min(1).max(100),
  firstSeed: z.int().min(0).max(0xffff_ffff),
  runs: z.array(z.strictObject({ machine: z.int().min(0), seed: z.int().min(0), digest: z.string().regex(/^[0-9a-f]{32}$/, 'must be a digest of 32 hex digits') })).max(10_000),
})

export type Bundle = z.infer<typeof SHAPE>

export function makeBundle({ prepared, runs }: Experiment, content: Content): Bundle {
  const scenarios: Scenario[] = []
  const indexOf = (scenario: Scenario): number => {
    const key = JSON.stringify(scenario)
    const at = scenarios.findIndex((one) => JSON.stringify(one) === key)
    return at >= 0 ? at : scenarios.push(scenario) - 1
  }
  const kernels = [...new Set(prepared.machines.map(({ kernel }) => kernel))]
  return {
    format: BUNDLE_FORMAT, version: VERSION, lab: packageJson.version, engine: ENGINE_VERSION, title: prepared.title,
    kernels: Object.fromEntries(kernels.map((kernel) => [kernel, kernelHash(kernel, content)])),
    machines: prepared.machines.map((machine) => ({ label: machine.label, kernel: machine.kernel, scenario: indexOf(machine.scenario), policies: policiesOf(machine) })),
    scenarios, seeds: prepared.seeds, firstSeed: prepared.firstSeed ?? 1,
    runs: runs.flatMap(({ machine, seed, state, outcome }) => (state === 'done' && outcome !== undefined ? [{ machine, seed, digest: outcome.digest }] : [])),
  }
}

function policiesOf({ stack, sources }: PreparedMachine): Bundle['machines'][number]['policies'] {
  return stack.map(({ compiled, params, place }, i) => ({ name: sources[i].name, file: compiled.file, source: sources[i].text, params: { ...params }, ...(place === undefined ? {} : { place }) }))
}

/** Does this look like a bundle, or like a report with one inside? Decides how a file is read, not whether it is good. */
export function holdsBundle(file: string): boolean {
  return /"format"\s*:\s*"reclaim-lab-bundle"/.test(file)
}

/** Reads a bundle, or the one inside a report, and checks all of it as if a person had written it. */
export async function openBundle(file: string, content: Content, library: PolicyLibrary): Promise<Result<PreparedExperiment>> {
  if (file.length > LARGEST) return fail('bundle', `is ${Math.ceil(file.length / 2 ** 20)} MiB; at most ${LARGEST / 2 ** 20} MiB`)
  const shape = readShape(insideReport(file) ?? file)
  if (!shape.ok) return shape
  const bundle = shape.value
  const problems = [...versionProblems(bundle, content), ...runProblems(bundle)]
  if (problems.length > 0) return { ok: false, problems }
  const machines = await Promise.all(bundle.machines.map((_, i) => openMachine(bundle, i, content, library)))
  const refused = machines.flatMap((machine) => (machine.ok ? [] : machine.problems))
  if (refused.length > 0) return { ok: false, problems: refused }
  const opened = machines.flatMap((machine) => (machine.ok ? [machine.value] : []))
  const [base] = opened
  return done({
    title: bundle.title, scenario: base.scenario, kernel: base.kernel, seeds: bundle.seeds, firstSeed: bundle.firstSeed, machines: opened,
    digests: new Map(bundle.runs.map(({ machine, seed, digest }) => [`${machine}.${seed}`, digest])),
  })
}

const BUNDLE_ELEMENT = '<script type="application/json" id="reclaim-lab-bundle">'

/** `<` can't end the element early: it is written as \u003c. */
export function bundleElement(bundle: Bundle): string {
  return `${BUNDLE_ELEMENT}${JSON.stringify(bundle).replaceAll('<', '\\u003c')}</script>`
}

function insideReport(file: string): string | undefined {
  const at = file.indexOf(BUNDLE_ELEMENT)
  if (at < 0) return undefined
  const from = at + BUNDLE_ELEMENT.length
  return file.slice(from, file.indexOf('</script>', from))
}

function readShape(json: string): Result<Bundle> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    return fail('bundle', `is no JSON: ${messageOf(error)}`)
  }
  const read = SHAPE.safeParse(value)
  if (read.success) return done(read.data)
  return { ok: false, problems: read.error.issues.slice(0, 20).map((issue): Problem => ({ path: `bundle.${issue.path.join('.')}`, message: issue.message })) }
}

/** Runs of another engine would have other digests for no fault of theirs. */
function versionProblems({ engine, kernels }: Bundle, content: Content): readonly Problem[] {
  if (engine !== ENGINE_VERSION) return [{ path: 'bundle.engine', message: `was made by engine ${engine}, this lab has ${ENGINE_VERSION}: its digests can't be the same, and runs of different engines are never mixed` }]
  return Object.entries(kernels).flatMap(([kernel, hash]) => {
    if (!content.kernels.some((one) => one.info.name === kernel)) return [{ path: `bundle.kernels.${kernel}`, message: `there is no kernel ${show(kernel)} here` }]
    return kernelHash(kernel, content) === hash ? [] : [{ path: `bundle.kernels.${kernel}`, message: `${kernel} is not what it was when the bundle was made: its source has another hash` }]
  })
}

function runProblems({ machines, scenarios, kernels, runs, seeds, firstSeed }: Bundle): readonly Problem[] {
  const strayMachines = machines.flatMap(({ scenario, kernel }, i) => [
    ...(scenario < scenarios.length ? [] : [{ path: `bundle.machines.${i}.scenario`, message: `there is no scenario ${scenario}; there are ${scenarios.length}` }]),
    ...(Object.hasOwn(kernels, kernel) ? [] : [{ path: `bundle.machines.${i}.kernel`, message: `${show(kernel)} is not among the bundle's kernels` }]),
  ])
  const strayRuns = runs.flatMap(({ machine, seed }, i) => (machine < machines.length && seed >= firstSeed && seed < firstSeed + seeds ? [] : [{ path: `bundle.runs.${i}`, message: `there is no machine ${machine} with seed ${seed}` }]))
  return [...strayMachines, ...strayRuns.slice(0, 5)]
}

async function openMachine(bundle: Bundle, index: number, content: Content, library: PolicyLibrary): Promise<Result<PreparedMachine>> {
  const { label, kernel: kernelName, scenario: at, policies } = bundle.machines[index]
  const path = `bundle.machines.${index}`
  const kernel = content.kernels.find((one) => one.info.name === kernelName)
  if (kernel === undefined || kernel.info.scope !== 'full') return fail(`${path}.kernel`, `${show(kernelName)} can't be run here`)
  const scenario = content.parseScenario(bundle.scenarios[at], kernel)
  if (!scenario.ok) return { ok: false, problems: scenario.problems.map((one) => ({ ...one, path: `bundle.scenarios.${at}.${one.path}` })) }
  const opened = await Promise.all(policies.map((policy, i) => openPolicy(policy, `${path}.policies.${i}`, library)))
  const refused = opened.flatMap((one) => (one.ok ? [] : one.problems))
  if (refused.length > 0) return { ok: false, problems: refused }
  const good = opened.flatMap((one) => (one.ok ? [one.value] : []))
  const last = good.at(-1)
  return done({
    label, ...(last === undefined ? {} : { policy: last.policy.name }), scenario: scenario.value, kernel: kernelName,
    stack: good.map(({ policy, params, place }) => ({ compiled: policy.compiled, params, ...(place === undefined ? {} : { place }) })), sources: good.map(({ policy }) => ({ name: policy.name, text: policy.text })),
  })
}

type Opened = { readonly policy: ResolvedPolicy; readonly params: Readonly<Record<string, number | boolean | string>>; readonly place: string | undefined }

async function openPolicy({ file, source, params, place }: Bundle['machines'][number]['policies'][number], path: string, library: PolicyLibrary): Promise<Result<Opened>> {
  const resolved = await library.resolve({ kind: 'source', file, text: source }, path)
  if (!resolved.ok) return resolved
  const wrong = place === undefined ? undefined : readPlace(place)
  if (typeof wrong === 'string') return fail(`${path}.place`, wrong)
  const given = givenParams(params, resolved.value)
  return given.problems.length > 0 ? { ok: false, problems: given.problems.map((one) => ({ ...one, path: `${path}.params.${one.path}` })) } : done({ policy: resolved.value, params: given.params, place })
}

function kernelHash(kernel: string, content: Content): string {
  const source = content.kernels.find((one) => one.info.name === kernel)?.info.source ?? ''
  return createHash('sha256').update(source).digest('hex')
}
