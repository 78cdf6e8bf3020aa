/** The content address of a run: engine, kernel, scenario, policies with source and parameters, seed. Equal keys mean equal digests, on every machine. */
import { createHash } from 'node:crypto'

/** The parts of a job that decide what it computes; titles and file names don't. */
export interface KeyedJob {
  readonly kernel: string
  readonly seed: number
  readonly scenario: object
  readonly policies: readonly { readonly compiled: { readonly hash: string }; readonly params: object }[]
}

const hashes = new WeakMap<object, string>()

export function runKey(job: KeyedJob, engine: string): string {
  const { kernel, seed, scenario, policies } = job
  const stack = policies.map(({ compiled, ...rest }) => ({ ...rest, source: compiled.hash }))
  return sha256(canonical({ engine, kernel, seed, scenario: scenarioHash(scenario), policies: stack }))
}

/** Prepared scenarios don't change; most of the runs of an experiment share one. */
function scenarioHash(scenario: object): string {
  let hash = hashes.get(scenario)
  if (hash === undefined) {
    const { id: _id, title: _title, about: _about, ...rest } = scenario as { readonly id?: unknown; readonly title?: unknown; readonly about?: unknown }
    hash = sha256(canonical(rest))
    hashes.set(scenario, hash)
  }
  return hash
}

/** JSON with sorted keys: the same whatever order an object was made in. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one === 'number' && !Number.isFinite(one)) return String(one)
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32)
}
