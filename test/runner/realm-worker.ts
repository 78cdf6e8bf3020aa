/** A thread for tests: locks its realm down as a runner's worker does, loads compiled policies and calls their hooks as the engine would. */
import { parentPort } from 'node:worker_threads'
import { loadPolicy } from '../../main/runner/compartment'
import { explainError, shortValue } from '../../main/runner/guest-values'
import type { CompiledPolicy } from '../../main/runner/protocol'
import { lockdownRealm } from '../../main/runner/realm'

export interface RealmRequest { readonly id: number; readonly compiled: CompiledPolicy; readonly hook?: string; readonly args?: readonly unknown[]; readonly fuel?: number; readonly calls?: number }

export type RealmAnswer =
  | { readonly kind: 'not-loaded'; readonly message: string; readonly line?: number; readonly column?: number }
  | { readonly kind: 'loaded'; readonly name: string; readonly hooks: readonly string[] }
  | { readonly kind: 'answered'; readonly answer: unknown; readonly fuelLeft: number; readonly why?: string; readonly line?: number }
  | { readonly kind: 'threw'; readonly message: string; readonly fuelLeft: number; readonly why?: string; readonly line?: number; readonly column?: number }

lockdownRealm()
parentPort?.on('message', (request: RealmRequest) => { parentPort?.postMessage({ id: request.id, answer: answer(request) }) })

function answer({ compiled, hook, args = hostArguments(), fuel = 100_000, calls = 1 }: RealmRequest): RealmAnswer {
  const loaded = loadPolicy(compiled)
  if (!loaded.ok) return { ...loaded, kind: 'not-loaded' }
  const { definition, fuel: meter, locate } = loaded.policy
  if (hook === undefined) return { kind: 'loaded', name: definition.name, hooks: Object.keys(definition.hooks ?? {}) }
  const call = (definition.hooks as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>)[hook]
  if (!call) throw new Error(`no hook ${hook}`)
  try {
    let result: unknown
    for (let i = 0; i < calls; i++) { meter.set(fuel); result = call(...args) }
    return { kind: 'answered', answer: plain(result), fuelLeft: meter.left(), why: meter.why?.(), line: locate(undefined)?.line }
  } catch (error) {
    return { kind: 'threw', message: explainError(error), fuelLeft: meter.left(), why: meter.why?.(), ...locate(error) }
  }
}

/** Shaped like what the engine hands out: frozen host objects and functions. */
function hostArguments(): readonly unknown[] {
  const args = Object.freeze({ node: 0, list: Object.freeze([1, 2, 3]) })
  const k = Object.freeze({ now: 5, log: (message: unknown) => { if (typeof message !== 'string') throw new TypeError('a message is text') }, math: Object.freeze({ pow: (x: number) => x }) })
  return [args, k]
}

/** What can cross to the test; an answer that isn't plain is told in words. */
function plain(value: unknown): unknown {
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol' ? shortValue(value) : value
}
