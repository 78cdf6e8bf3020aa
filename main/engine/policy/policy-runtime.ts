/**
 * One policy in one run: calls its hooks under guard, checks the answers, counts them, and ejects it at the first fault, after which the decisions below it stand.
 * Ejection depends only on the run (error, fuel, invalid answer, or scripted), so it repeats exactly.
 */
import type { HookName, ParamSpecs, PolicyContext } from 'reclaim-lab'
import { HOOKS } from 'reclaim-lab'
import type { Ejection, HookStats } from '../sim/recording'
import type { PolicyInstance, ScriptedEjection } from '../sim/run-input'
import { checkAnswer, isInvalid, sameAnswer, show } from './answers'
import type { Decisions } from './decisions'
import { copyArgs, describeArgs } from './args'
import { createContext } from './context'
import { PolicyMisuse } from './misuse'

/** Loop turns and function entries a call may spend. */
const FUEL_COARSE = 2_000_000
const FUEL_FOLIO = 50_000
const FUEL_SETUP = 10_000_000
const FOLIO_HOOKS: ReadonlySet<string> = new Set(['folioReferences', 'keepActive', 'inactiveIsLow', 'refaultActivate'])

type Place = HookName | 'controller' | 'init' | 'exit'

/** What the policy layer needs from the machine around it. */
export interface PolicyHost {
  now(): number
  sysctl(name: string): number | undefined
  refuseSysctl(name: string, value: number): string | undefined
  writeSysctl(name: string, value: number): void
  vmstat(name: string): number | undefined
  count(policy: number, name: string, by: number): boolean
  gauge(policy: number, name: string, value: number): boolean
  log(policy: number, message: string): void
  ejected(ejection: Ejection): void
  onCall(policy: number, call: number, place: Place): void
}

class Counts {
  called = 0
  overrode = 0
  agreed = 0
  fuel = 0
}

export class PolicyRuntime {
  ejection: Ejection | undefined = undefined
  readonly #counts = new Map<Place, Counts>()
  #calls = 0
  #state: unknown = undefined
  /** Fault raised in a context function; the policy can't hide it by catching. */
  #misuse: PolicyMisuse | undefined = undefined
  #below: Decisions | undefined = undefined
  #args: readonly unknown[] = []
  #place: Place = 'init'
  readonly #context: PolicyContext<unknown, ParamSpecs>
  readonly index: number
  readonly #instance: PolicyInstance
  readonly #host: PolicyHost
  readonly #scripted: readonly ScriptedEjection[]

  constructor(index: number, instance: PolicyInstance, host: PolicyHost, seed: number, scripted: readonly ScriptedEjection[]) {
    this.index = index
    this.#instance = instance
    this.#host = host
    this.#scripted = scripted.filter((s) => s.policy === index)
    this.#context = createContext({
      index, seed, host, params: instance.params, name: instance.definition.name,
      state: () => this.#state,
      base: (hook, overrides) => this.#callBase(hook, overrides),
      misuse: (fault) => (this.#misuse = fault),
      inController: () => this.#place === 'controller',
    })
  }

  get name(): string {
    return this.#instance.definition.name
  }

  get overrides(): readonly HookName[] {
    return Object.keys(this.#instance.definition.hooks ?? {}).filter((name): name is HookName => Object.hasOwn(HOOKS, name))
  }

  get controllerPeriodMs(): number | undefined {
    return this.#instance.definition.controller?.periodMs
  }

  /** Runs `init`. */
  start(): void {
    const init = this.#instance.definition.init
    if (init !== undefined) this.#guard('init', [], FUEL_SETUP, () => (this.#state = init(this.#instance.params as never)))
  }

  /** The run is over. */
  end(): void {
    const exit = this.#instance.definition.exit
    if (exit !== undefined && this.ejection === undefined) this.#guard('exit', [], FUEL_SETUP, () => exit(this.#context as never, { kind: 'end', reason: 'the run ended' }))
  }

  runController(): void {
    const controller = this.#instance.definition.controller
    if (controller !== undefined && this.ejection === undefined) this.#guard('controller', [], FUEL_COARSE, () => controller.run(this.#context as never))
  }

  /** The decisions with this policy's hooks in front of `below`. */
  over(below: Decisions): Decisions {
    this.#below = below
    const stacked = { ...below } as Record<HookName, unknown>
    for (const hook of this.overrides) stacked[hook] = (...args: unknown[]): unknown => this.#decide(hook, args)
    return stacked as Decisions
  }

  stats(): HookStats[] {
    return [...this.#counts].map(([hook, c]) => ({ policy: this.name, hook, called: c.called, overrode: c.overrode, agreed: c.agreed, fuel: c.fuel }))
  }

  #decide(hook: HookName, args: readonly unknown[]): unknown {
    const below = this.#below?.[hook] as (...args: readonly unknown[]) => unknown
    if (this.ejection !== undefined) return below(...args)
    const run = this.#instance.definition.hooks?.[hook] as (...args: unknown[]) => unknown
    const given = FOLIO_HOOKS.has(hook) ? args : copyArgs(args)
    const checked = this.#guard(hook, args, FOLIO_HOOKS.has(hook) ? FUEL_FOLIO : FUEL_COARSE, () => {
      const answer = run.call(this.#instance.definition.hooks, ...given, this.#context)
      return answer === undefined ? undefined : checkAnswer(hook, answer, args)
    })
    const base = below(...args)
    if (this.ejection !== undefined) return base
    const counts = this.#countsOf(hook)
    if (checked === undefined || sameAnswer(checked, base)) counts.agreed++
    else counts.overrode++
    return checked === undefined ? base : checked
  }

  /** Calls into the policy; any fault ejects it. Undefined then. */
  #guard(place: Place, args: readonly unknown[], fuel: number, body: () => unknown): unknown {
    const call = ++this.#calls
    const counts = this.#countsOf(place)
    counts.called++
    const scripted = this.#scripted.find((s) => s.call === call)
    if (scripted !== undefined) return this.#eject(scripted.kind, place, args, scripted.message, undefined)
    const outer = { place: this.#place, args: this.#args }
    this.#place = place
    this.#args = args
    this.#host.onCall(this.index, call, place)
    this.#instance.fuel?.set(fuel)
    let result: unknown
    try {
      result = body()
    } catch (error) {
      const left = this.#instance.fuel?.left() ?? 0
      counts.fuel += fuel - Math.max(0, left)
      if (left < 0) return this.#ejectFuel(place, args, fuel, error)
      if (this.#misuse !== undefined) return this.#ejectMisuse(place, args, error)
      return this.#eject('error', place, args, this.#instance.explain?.(error) ?? errorText(error), error)
    } finally {
      this.#place = outer.place
      this.#args = outer.args
    }
    const left = this.#instance.fuel?.left() ?? fuel
    counts.fuel += fuel - Math.max(0, left)
    if (left < 0) return this.#ejectFuel(place, args, fuel, undefined)
    if (this.#misuse !== undefined) return this.#ejectMisuse(place, args, undefined)
    if (!isInvalid(result)) return result
    return this.#eject('invalid-answer', place, args, `${place} answered ${result.value}; allowed: ${result.allowed}`, undefined, result.value, result.allowed)
  }

  #ejectFuel(place: Place, args: readonly unknown[], fuel: number, error: unknown): undefined {
    const why = this.#instance.fuel?.why?.() ?? `used more than ${fuel} loop turns and function calls in one call`
    return this.#eject('fuel', place, args, `${place} ${why}`, error)
  }

  #ejectMisuse(place: Place, args: readonly unknown[], error: unknown): undefined {
    const fault = this.#misuse
    this.#misuse = undefined
    return this.#eject('invalid-answer', place, args, fault?.message ?? '', error ?? fault, fault?.value, fault?.allowed)
  }

  #eject(kind: Ejection['kind'], place: Place, args: readonly unknown[], message: string, error: unknown, value?: string, allowed?: string): undefined {
    // Without an error: where it was stopped by force earlier, or where its answer came from.
    const scripted = this.#scripted.find((s) => s.call === this.#calls)
    const where = scripted === undefined ? this.#instance.locate?.(error) : scripted.line === undefined ? undefined : { line: scripted.line, column: 1 }
    this.ejection = {
      policy: this.name, kind, hook: place, call: this.#calls, t: this.#host.now(), message,
      ...(where ? { line: where.line, column: where.column } : {}), ...(value !== undefined ? { value } : {}), ...(allowed !== undefined ? { allowed } : {}),
      dump: describeArgs(args),
    }
    this.#host.ejected(this.ejection)
    return undefined
  }

  /** `k.base.<hook>(args)`: the decision below, for the hook's own arguments with any given ones over them. */
  #callBase(hook: HookName, given: readonly unknown[]): unknown {
    const below = this.#below
    if (below === undefined) throw this.#fault(new PolicyMisuse(`k.base.${hook} can't be used before the machine exists`, 'init', 'inside hooks'))
    const own = this.#place === hook ? this.#args : []
    const args = mergeArgs(hook, own, given)
    if (args instanceof PolicyMisuse) throw this.#fault(args)
    return (below[hook] as (...args: readonly unknown[]) => unknown)(...args)
  }

  #fault(fault: PolicyMisuse): PolicyMisuse {
    this.#misuse = fault
    return fault
  }

  #countsOf(place: Place): Counts {
    let counts = this.#counts.get(place)
    if (counts === undefined) this.#counts.set(place, (counts = new Counts()))
    return counts
  }
}

function errorText(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    try {
      const { name, message } = error as { name?: unknown; message?: unknown }
      return `${typeof name === 'string' ? name : 'Error'}: ${typeof message === 'string' ? message : show(message)}`.slice(0, 300)
    } catch {
      return 'threw an object that throws when it is looked at'
    }
  }
  return `threw ${show(error)}`
}

/** The hook's own arguments, with given numbers, strings, flags and lists of the same kind over them. */
function mergeArgs(hook: HookName, own: readonly unknown[], given: readonly unknown[]): readonly unknown[] | PolicyMisuse {
  if (given.length === 0) return own.length > 0 ? own : new PolicyMisuse(`k.base.${hook}() needs arguments outside its own hook`, 'none', 'the arguments of the hook')
  const merged: unknown[] = own.length > 0 ? [...own] : [...given]
  for (let i = 0; i < given.length; i++) {
    const value = copyArgs([given[i]])[0]
    const before = merged[i]
    if (own.length === 0) merged[i] = value
    else if (typeof before !== typeof value) return new PolicyMisuse(`k.base.${hook}: argument ${i + 1} is ${show(value)}`, show(value), typeof before)
    else if (typeof before === 'object' && before !== null && !Array.isArray(before)) merged[i] = { ...before, ...(value as object) }
    else merged[i] = value
  }
  const bad = findBadNumber(merged)
  return bad === undefined ? merged : new PolicyMisuse(`k.base.${hook}: ${bad}`, bad, 'finite numbers')
}

function findBadNumber(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${value} is not a finite number`
  if (typeof value !== 'object' || value === null) return undefined
  for (const item of Object.values(value)) {
    const bad = findBadNumber(item)
    if (bad !== undefined) return bad
  }
  return undefined
}
