/**
 * The name of a run: a hash over all that makes it (scenario, policies by their source and parameters, kernel, seed, engine version). The same name is the same
 * recording on every machine, so whoever has one needn't make it again.
 */
import { createHash } from 'node:crypto'
import { ENGINE_VERSION, type Scenario } from '../engine'
import type { RunJob } from '../runner/protocol'
import { isRecord } from './scenario/plain-data'

type StackEntry = RunJob['policies'][number]

/** A run in some hundred bytes: scenario and policies by their hashes. */
export interface RunSpec {
  readonly engine: string
  readonly kernel: string
  readonly scenario: string
  /** The stack's entries, with the policy's hash (of source and compiler) in place of the policy. */
  readonly policies: readonly (Omit<StackEntry, 'compiled'> & { readonly policy: string })[]
  readonly seed: number
}

export function runSpec({ scenario, kernel, policies, seed }: RunJob): RunSpec {
  return { engine: ENGINE_VERSION, kernel, scenario: scenarioHash(scenario), policies: policies.map(({ compiled, ...entry }) => ({ ...entry, policy: compiled.hash })), seed }
}

export function runKey(job: RunJob): string {
  return specKey(runSpec(job))
}

export function specKey(spec: RunSpec): string {
  return sha256(canonical(spec))
}

const hashes = new WeakMap<Scenario, string>()

/** A sweep has the same scenario in hundreds of runs. */
export function scenarioHash(scenario: Scenario): string {
  const known = hashes.get(scenario)
  if (known !== undefined) return known
  const hash = sha256(canonical(scenario))
  hashes.set(scenario, hash)
  return hash
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** JSON with the keys of every object in order and without absent values, so that equal data gives equal text. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => isRecord(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) : one)
}
