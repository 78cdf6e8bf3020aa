/**
 * From what lies on the queue back to a run: fetches scenario and policies by their hashes and checks that they are what the hashes say. Takes no code from anybody:
 * policies come as source and are compiled here, with the same checks as at home; the scenario passes the same validation.
 */
import type { Redis } from 'ioredis'
import { ENGINE_VERSION, type Scenario } from '../engine'
import type { LabParts } from '../lab/parts'
import { scenarioHash, specKey, type RunSpec } from '../lab/run-key'
import type { CompiledPolicy, RunJob } from '../runner/protocol'
import { KEYS } from './keys'

/** The run can't be made from what is on the queue, here or anywhere: that is its result. */
class Unusable extends Error {}

/** The run is for another engine, or another compiler: not for this worker. */
export class Refused extends Error {}

/** The server has lost what makes the run. Whoever put it there may put it back. */
export class Lost extends Refused {}

const CACHED = 500

export interface Recipes {
  jobOf(key: string, data: unknown): Promise<RunJob>
}

export function createRecipes(redis: Redis, parts: Pick<LabParts, 'compiler' | 'content'>): Recipes {
  const scenarios = new Map<string, Promise<Scenario>>()
  const policies = new Map<string, Promise<CompiledPolicy>>()

  async function part(hash: string): Promise<string> {
    const text = await redis.hget(KEYS.parts, hash)
    if (text === null) throw new Lost(`part ${hash.slice(0, 12)} of the run is not on the queue`)
    return text
  }

  async function scenarioOf(hash: string, kernelName: string): Promise<Scenario> {
    const kernel = parts.content.kernels.find(({ definition }) => definition.name === kernelName && definition.scope === 'full')
    if (kernel === undefined) throw new Unusable(`this lab has no kernel ${kernelName.slice(0, 40)}`)
    const read = parts.content.parseScenario(parse(await part(hash)), kernel)
    if (!read.ok) throw new Unusable(`the scenario is not valid: ${read.problems[0].path}: ${read.problems[0].message}`)
    if (scenarioHash(read.value) !== hash) throw new Unusable('the scenario is not what its hash says')
    return read.value
  }

  async function policyOf(hash: string): Promise<CompiledPolicy> {
    const { file, text } = (parse(await part(hash)) ?? {}) as { readonly file?: unknown; readonly text?: unknown }
    if (typeof file !== 'string' || typeof text !== 'string') throw new Unusable('a policy on the queue has no source')
    const { policy, errors } = await parts.compiler.compile(file, text)
    if (policy === undefined) throw new Unusable(`${file} doesn't compile: ${errors[0]?.message ?? ''}`)
    if (policy.hash !== hash) throw new Refused('it was made by another version of the policy compiler')
    return policy
  }

  return {
    jobOf: async (key, data) => {
      const spec = specOf(data)
      if (spec.engine !== ENGINE_VERSION) throw new Refused(`it is for engine ${spec.engine.slice(0, 40)}, and this is ${ENGINE_VERSION}`)
      if (specKey(spec) !== key) throw new Unusable('the run is not what its name says')
      const [scenario, ...compiled] = await Promise.all([
        remembered(scenarios, `${spec.kernel} ${spec.scenario}`, () => scenarioOf(spec.scenario, spec.kernel)),
        ...spec.policies.map(({ policy }) => remembered(policies, policy, () => policyOf(policy))),
      ])
      return { run: key, scenario, kernel: spec.kernel, seed: spec.seed, scriptedEjections: [], policies: spec.policies.map(({ policy: _hash, ...entry }, i) => ({ ...entry, compiled: compiled[i] })) }
    },
  }
}

function remembered<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = cache.get(key)
  if (known !== undefined) return known
  const fresh = make()
  cache.set(key, fresh)
  fresh.catch(() => cache.delete(key))
  if (cache.size > CACHED) cache.delete(cache.keys().next().value ?? '')
  return fresh
}

function specOf(data: unknown): RunSpec {
  const spec = (data ?? {}) as Partial<Record<keyof RunSpec, unknown>>
  const policies = spec.policies
  const whole = typeof spec.engine === 'string' && typeof spec.kernel === 'string' && typeof spec.scenario === 'string' && Number.isSafeInteger(spec.seed)
    && Array.isArray(policies) && policies.every((one: unknown) => typeof (one as { readonly policy?: unknown } | null)?.policy === 'string')
  if (!whole) throw new Unusable('the run lacks its scenario, kernel, policies, seed or engine version')
  return data as RunSpec
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Unusable('a part of the run is not JSON')
  }
}
