/**
 * A locked-down thread that asks a policy's hooks through the engine's own guard, hook by hook and seed by seed, with arguments that a real run had. What comes out of
 * the guard must be what the engine can use, and what is told of an ejection must be whole; everything that isn't is reported.
 */
import { isDeepStrictEqual } from 'node:util'
import { parentPort } from 'node:worker_threads'
import type { HookName } from 'reclaim-lab'
import { checkedAnswer, isInvalid } from '../../main/engine/policy/answers'
import type { Decisions } from '../../main/engine/policy/decisions'
import { PolicyRuntime } from '../../main/engine/policy/policy-runtime'
import type { PolicyHost } from '../../main/engine/policy/policy-runtime'
import type { Ejection } from '../../main/engine/index'
import { loadPolicy } from '../../main/runner/compartment'
import type { LoadedPolicy } from '../../main/runner/compartment'
import type { CompiledPolicy } from '../../main/runner/protocol'
import { lockdownRealm } from '../../main/runner/realm'

/** A call of a real run: what the hook was asked and what the kernel decided. */
export interface Asked { readonly hook: HookName; readonly args: readonly unknown[]; readonly answer: unknown }

export interface FuzzRequest { readonly compiled: CompiledPolicy; readonly asked: readonly Asked[]; readonly seeds: number }

export interface FuzzReport {
  /** Per hook, how often: kept, and each kind of ejection. */
  readonly tally: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** What should not have come out, with hook and seed. */
  readonly wrong: readonly string[]
}

lockdownRealm()
parentPort?.on('message', (request: FuzzRequest) => { parentPort?.postMessage(fuzz(request)) })

function fuzz({ compiled, asked, seeds }: FuzzRequest): FuzzReport {
  const loaded = loadPolicy(compiled)
  if (!loaded.ok) throw new Error(loaded.message)
  const tally: Record<string, Record<string, number>> = {}
  const wrong: string[] = []
  for (const { hook, args, answer } of asked) {
    const counts = tally[hook] ??= {}
    for (let seed = 1; seed <= seeds; seed++) {
      const { ejection, decided } = ask(loaded.policy, hook, args, answer, seed)
      const kind = ejection?.kind ?? 'kept'
      counts[kind] = (counts[kind] ?? 0) + 1
      const told = [...unusable(hook, args, decided), ...(ejection ? incomplete(ejection, hook) : [])]
      if (ejection && !isDeepStrictEqual(decided, answer)) told.push('the base did not decide')
      wrong.push(...told.map(text => `${hook}, seed ${seed}: ${text} ${JSON.stringify(ejection)}`))
    }
  }
  return { tally, wrong: [...wrong, ...spoiltRealm()] }
}

/** Asked once under guard, over a base that answers as the kernel did; arguments are fresh each time, so that damage would show. */
function ask({ definition, fuel, locate, explain }: LoadedPolicy, hook: HookName, args: readonly unknown[], answer: unknown, seed: number): { readonly ejection: Ejection | undefined; readonly decided: unknown } {
  const runtime = new PolicyRuntime(0, { definition, params: { seed }, fuel, locate, explain }, HOST, 1, [])
  runtime.attach(0)
  const given = structuredClone(args)
  const stacked = runtime.over({ [hook]: () => structuredClone(answer) } as unknown as Decisions)
  const decided = (stacked[hook] as (...given: readonly unknown[]) => unknown)(...given)
  if (!isDeepStrictEqual(given, args)) throw new Error(`${hook}, seed ${seed}: the engine's own arguments were changed`)
  return { ejection: runtime.ejection, decided }
}

const HOST: PolicyHost = {
  now: () => 5e9, sysctl: name => (name === 'vm.swappiness' ? 60 : undefined), refuseSysctl: () => undefined, writeSysctl: () => { throw new Error('a hook wrote a sysctl') },
  vmstat: name => (name === 'nr_free_pages' ? 7 : undefined), count: () => true, gauge: () => true, log: (_, message) => { if (typeof message !== 'string') throw new Error('a log line that is no text') },
  machine: () => undefined, writeMemcg: () => { throw new Error('a hook wrote to a memory cgroup') }, reclaimFolios: () => { throw new Error('a hook reclaimed') },
  ejected: () => undefined, onCall: () => undefined,
}

/** Plain data, inside the documented range, the same at every look. */
function unusable(hook: HookName, args: readonly unknown[], decided: unknown): readonly string[] {
  if (!isPlain(decided)) return ['what was decided is no plain data']
  const checked: unknown = checkedAnswer(hook, decided as never, args)
  if (isInvalid(checked)) return [`what was decided is out of range: ${JSON.stringify(decided)}`]
  return isDeepStrictEqual(checked, decided) ? [] : ['what was decided reads otherwise the second time']
}

function isPlain(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' || typeof value === 'string'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false
  return Reflect.ownKeys(value).every(key => {
    const own = Object.getOwnPropertyDescriptor(value, key)
    return typeof key === 'string' && own !== undefined && 'value' in own && isPlain(own.value)
  })
}

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

function incomplete(ejection: Ejection, hook: HookName): readonly string[] {
  const told: string[] = []
  const { kind, line, message, value, allowed, dump } = ejection
  if (ejection.hook !== hook || ejection.call !== 1 || ejection.t !== 5e9) told.push('hook, call or time is not that of the call')
  if (!['error', 'fuel', 'invalid-answer'].includes(kind)) told.push('an unknown kind')
  if (line === undefined || !Number.isInteger(line) || line < 1) told.push('no line')
  if (kind === 'invalid-answer' && (!value || !allowed)) told.push('no value, or nothing that is allowed')
  for (const [text, most] of [[message, 401], [value ?? '', 401], [allowed ?? '', 800], [dump, 501]] as const) {
    if (typeof text !== 'string' || text.length > most * 10 || UNPRINTABLE.test(text)) told.push('a text that is too long, or steers a terminal')
  }
  if (!isDeepStrictEqual(structuredClone(ejection), ejection)) told.push('it can\'t be sent')
  return told
}

function spoiltRealm(): readonly string[] {
  const same = [3, 1, 2].sort().map(x => x * 2).join() + JSON.stringify({ a: Math.min(1, 2) }) + Object.keys({}).length
  return same === '2,4,6{"a":1}0' && ({} as { polluted?: unknown }).polluted === undefined ? [] : ['the realm is not what it was']
}
