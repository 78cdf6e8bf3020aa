/**
 * One policy in one run: calls its hooks under guard, checks the answers, counts them, and ejects it at the first fault, after which the decisions below it stand.
 * Ejection depends only on the run (error, fuel, invalid answer, or scripted), so it repeats exactly.
 */
import type { HookName, NotificationName, ParamSpecs, PolicyContext, SetupContext } from 'reclaim-lab'
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import type { Mm } from '../mm/mm'
import type { MemcgKnob } from '../sim/scenario'
import type { Ejection, HookStats } from '../sim/recording'
import type { PolicyInstance, ScriptedEjection } from '../sim/run-input'
import { AssertionError } from '../core/assert'
import { FOLIO_HOOKS, arityOf, asking, exactly, isFolioHook } from './arity'
import type { FolioHook } from './arity'
import { checkedAnswer, isInvalid, sameAnswer, show } from './answers'
import type { Decisions } from './decisions'
import { describeArgs, mergeArgs, plainCopy } from './args'
import { createContext } from './context'
import { FolioLists } from './folio-lists'
import { PolicyMisuse } from './misuse'
import { printable } from './printable'
import type { PolicyScope } from './scope'
import { folioInScope, inScope } from './scope'

/** Loop turns and function entries a call may spend. */
const FUEL_COARSE = 2_000_000
const FUEL_FOLIO = 50_000
const FUEL_SETUP = 10_000_000

const MAX_TEXT = 400

export type Place = HookName | NotificationName | 'controller' | 'init' | 'exit'

/** A call into the policy. */
interface Call {
  readonly place: Place
  readonly args: readonly unknown[]
  /** 1-based number; 0 before the first. */
  readonly number: number
}

type Decider = (...args: readonly unknown[]) => unknown

const NO_CALL: Call = { place: 'init', args: [], number: 0 }

/** What the policy layer needs from the machine around it. */
export interface PolicyHost {
  now(): number
  /** Undefined before boot. */
  machine(): Mm | undefined
  sysctl(name: string): number | undefined
  refuseSysctl(name: string, value: number): string | undefined
  writeSysctl(name: string, value: number): void
  /** By the policy's own thread where it takes reclaim. */
  writeMemcg(policy: number, path: string, knob: MemcgKnob, value: number): void
  reclaimFolios(policy: number, folios: readonly number[]): void
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
  /** Swaps of hooks at which it was attached and detached; see `Mm.policyEpoch`. */
  #from = Infinity
  #until = Infinity
  /** Everywhere, from boot to the end: nothing needs to be looked up. */
  readonly #always: boolean
  readonly #lists: FolioLists
  readonly #counts = new Map<Place, Counts>()
  #calls = 0
  #state: unknown = undefined
  /** Fault raised in a context function; the policy can't hide it by catching. */
  #misuse: PolicyMisuse | undefined = undefined
  #below: Decisions | undefined = undefined
  /** The call that goes on now; one of a hook may stand inside one of the controller, whose sysctl write asked for it. */
  #call: Call = NO_CALL
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
    this.#always = instance.scope === undefined && (instance.fromNs ?? 0) === 0 && instance.untilNs === undefined
    this.#lists = new FolioLists({ machine: () => host.machine(), fail: (message, value, allowed) => this.#fail(message, value, allowed), enter: () => this.#enter() })
    this.#context = createContext({
      index, seed, host, params: instance.params, name: instance.definition.name,
      state: () => this.#state,
      base: (hook, overrides) => this.#callBase(hook, overrides),
      fail: (message, value, allowed) => this.#fail(message, value, allowed),
      inController: () => this.#call.place === 'controller',
      enter: () => this.#enter(),
    })
  }

  get name(): string {
    return this.#instance.definition.name
  }

  get overrides(): readonly HookName[] {
    return Object.keys(this.#instance.definition.hooks ?? {}).filter((name): name is HookName => Object.hasOwn(HOOKS, name))
  }

  get notifications(): readonly NotificationName[] {
    return Object.keys(this.#instance.definition.hooks ?? {}).filter((name): name is NotificationName => Object.hasOwn(NOTIFICATIONS, name))
  }

  /** Does it hold handles of folios? */
  get followsFolios(): boolean {
    return this.#lists.used || this.notifications.length > 0 || this.overrides.includes('evictFolios')
  }

  get scope(): PolicyScope | undefined {
    return this.#instance.scope
  }

  get fromNs(): number {
    return this.#instance.fromNs ?? 0
  }

  get untilNs(): number {
    return this.#instance.untilNs ?? Infinity
  }

  get attached(): boolean {
    return this.ejection === undefined && this.#from < Infinity && this.#until === Infinity
  }

  /** Its hooks are asked from this swap on. */
  attach(epoch: number): void {
    this.#from = epoch
  }

  /** The last moment of a policy that is replaced before the run ends. Episodes under way still ask it. */
  detach(epoch: number): void {
    this.#until = epoch
    const exit = this.#instance.definition.exit
    if (exit !== undefined && this.ejection === undefined) this.#guard('exit', this.#countsOf('exit'), [], FUEL_SETUP, () => exit(this.#context, { kind: 'detached', reason: 'its time was over' }))
  }

  get controllerPeriodMs(): number | undefined {
    return this.#instance.definition.controller?.periodMs
  }

  /** Runs `init`. */
  start(): void {
    const init = this.#instance.definition.init
    const setup: SetupContext = Object.freeze({ list: Object.freeze(() => this.#lists.list()), folioStore: Object.freeze((kind: unknown, initial: unknown) => this.#lists.store(kind, initial)) })
    if (init !== undefined) this.#guard('init', this.#countsOf('init'), [], FUEL_SETUP, () => (this.#state = init(this.#instance.params as never, setup)))
  }

  /** The run is over. */
  end(): void {
    const exit = this.#instance.definition.exit
    if (exit !== undefined && this.attached) this.#guard('exit', this.#countsOf('exit'), [], FUEL_SETUP, () => exit(this.#context, { kind: 'end', reason: 'the run ended' }))
  }

  runController(): void {
    const controller = this.#instance.definition.controller
    if (controller !== undefined && this.attached) this.#guard('controller', this.#countsOf('controller'), [], FUEL_COARSE, () => controller.run(this.#context as never))
  }

  /** The decisions with this policy's hooks in front of `below`. */
  over(below: Decisions): Decisions {
    this.#below = below
    const stacked = { ...below } as Record<HookName, unknown>
    for (const hook of this.overrides) stacked[hook] = this.#decider(hook, below[hook] as Decider)
    return stacked as Decisions
  }

  /** Tells the policy of a folio; undefined if it doesn't want to know. `pfn` is its frame. */
  notifier(name: NotificationName): ((pfn: number, ...args: number[]) => void) | undefined {
    const run = this.#instance.definition.hooks?.[name] as ((...args: unknown[]) => unknown) | undefined
    if (run === undefined) return undefined
    const { scope } = this.#instance
    const counts = this.#countsOf(name)
    return (pfn, ...args) => {
      const mm = this.#host.machine()
      if (!this.attached || mm?.folioWatch === undefined || (scope !== undefined && !folioInScope(mm, scope, pfn))) return
      const folio = mm.folioWatch.handleOf(pfn)
      this.#guard(name, counts, args, FUEL_FOLIO, () => void run(folio, ...args, this.#context))
    }
  }

  /** The folio is in another frame. */
  move(from: number, to: number): void {
    this.#lists.moved(from, to)
  }

  /** The folio's lists and stores forget it. */
  forget(pfn: number): void {
    this.#lists.removed(pfn)
  }

  stats(): HookStats[] {
    return [...this.#counts].filter(([, c]) => c.called > 0).map(([hook, c]) => ({ policy: this.name, hook, called: c.called, overrode: c.overrode, agreed: c.agreed, fuel: c.fuel }))
  }

  /** The hook in front of `below`. What doesn't change from call to call is looked up once: hooks may be asked for every folio. */
  #decider(hook: HookName, below: Decider): Decider {
    const hooks = this.#instance.definition.hooks
    const ask = asking(hooks?.[hook] as Decider, hooks, arityOf(hook), this.#context)
    const counts = this.#countsOf(hook)
    if (isFolioHook(hook)) return this.#folioDecider(hook, ask, counts, exactly(below, arityOf(hook)))
    return (arg) => {
      const args = [arg]
      if (this.ejection !== undefined || (!this.#always && !this.#asked(hook, args))) return below(arg)
      const checked = this.#guard(hook, counts, args, FUEL_COARSE, () => checkedAnswer(hook, ask(plainCopy(arg)), args))
      return this.#settle(counts, checked, below(arg))
    }
  }

  /** Numbers in, a number or a truth out: nothing is allocated but the call itself. A policy's decider is never asked inside its own answer, so one list of arguments does. */
  #folioDecider(hook: FolioHook, ask: Decider, counts: Counts, below: Decider): Decider {
    const arity = FOLIO_HOOKS[hook]
    const args: unknown[] = new Array<unknown>(arity).fill(0)
    const answer = (): unknown => checkedAnswer(hook, ask(args[0], args[1], args[2]), args)
    return (a, b, c) => {
      args[0] = a
      if (arity > 1) args[1] = b
      if (arity > 2) args[2] = c
      if (this.ejection !== undefined || (!this.#always && !this.#asked(hook, args))) return below(a, b, c)
      return this.#settle(counts, this.#guard(hook, counts, args, FUEL_FOLIO, answer), below(a, b, c))
    }
  }

  /** What binds, of a policy's answer and the one below it. */
  #settle(counts: Counts, checked: unknown, below: unknown): unknown {
    if (this.ejection !== undefined) return below
    if (checked === undefined || sameAnswer(checked, below)) counts.agreed++
    else counts.overrode++
    return checked === undefined ? below : checked
  }

  /** Is it attached, as of the episode's start, and is this its business? */
  #asked(hook: HookName, args: readonly unknown[]): boolean {
    const mm = this.#host.machine()
    const epoch = mm === undefined ? 0 : (mm.current?.policyEpoch ?? 0) || mm.policyEpoch
    if (epoch < this.#from || epoch >= this.#until) return false
    const { scope } = this.#instance
    return scope === undefined || inScope(mm, scope, hook, args)
  }

  /** Calls into the policy; any fault ejects it. Undefined then. */
  #guard(place: Place, counts: Counts, args: readonly unknown[], budget: number, body: () => unknown): unknown {
    const call: Call = { place, args, number: ++this.#calls }
    counts.called++
    const scripted = this.#scripted.length === 0 ? undefined : this.#scripted.find((s) => s.call === call.number)
    if (scripted !== undefined) return this.#eject(scripted.kind, call, scripted.message, undefined)
    const outer = this.#call
    const { fuel } = this.#instance
    // A call inside a call lives on what the outer one has left: else each sysctl write of a controller would fill it up again.
    const given = outer.number > 0 ? Math.max(0, fuel?.left() ?? budget) : budget
    this.#call = call
    this.#host.onCall(this.index, call.number, place)
    if (outer.number === 0) fuel?.set(budget)
    let result: unknown
    let failed: { readonly error: unknown } | undefined
    try {
      result = body()
    } catch (error) {
      failed = { error }
    }
    const left = fuel?.left() ?? given
    counts.fuel += given - Math.max(0, left)
    this.#call = outer
    if (outer.number > 0) this.#host.onCall(this.index, outer.number, outer.place)
    return this.#verdict(call, left, result, failed)
  }

  #verdict(call: Call, left: number, result: unknown, failed: { readonly error: unknown } | undefined): unknown {
    // The engine's own fault, met in the work it did for the policy: that is nobody's ejection.
    if (failed?.error instanceof AssertionError) throw failed.error
    const misuse = this.#misuse
    this.#misuse = undefined
    // Ejected by a call inside this one.
    if (this.ejection !== undefined) return undefined
    if (left < 0) return this.#eject('fuel', call, `${call.place} ${this.#instance.fuel?.why?.() ?? 'used up its fuel: too many loop turns and function calls for one answer'}`, failed?.error)
    if (misuse !== undefined) return this.#eject('invalid-answer', call, misuse.message, misuse.error, misuse.value, misuse.allowed)
    if (failed) return this.#eject('error', call, this.#instance.explain?.(failed.error) ?? errorText(failed.error), failed.error)
    if (!isInvalid(result)) return result
    return this.#eject('invalid-answer', call, `${call.place} answered ${result.value}; allowed: ${result.allowed}`, undefined, result.value, result.allowed)
  }

  #eject(kind: Ejection['kind'], { place, args, number }: Call, message: string, error: unknown, value?: string, allowed?: string): undefined {
    // Without an error: where it was stopped by force earlier, or where its answer came from.
    const scripted = this.#scripted.find((s) => s.call === number)
    const where = scripted === undefined ? this.#instance.locate?.(error) : scripted.line === undefined ? undefined : { line: scripted.line, column: 1 }
    this.ejection = {
      policy: this.name, kind, hook: place, call: number, t: this.#host.now(), message: printable(message, MAX_TEXT),
      ...(where ? { line: where.line, column: where.column } : {}), ...(value !== undefined ? { value: printable(value, MAX_TEXT) } : {}), ...(allowed !== undefined ? { allowed } : {}),
      dump: describeArgs(args),
    }
    this.#host.ejected(this.ejection)
    return undefined
  }

  /** At the door of every function of `k`: work of the host's is paid for too, and none is done for a policy that is out. */
  #enter(): void {
    if (this.ejection !== undefined) throw this.#fault(new PolicyMisuse('the policy has been ejected', 'a call', 'none'))
    this.#instance.fuel?.take?.()
  }

  /** `k.base.<hook>(args)`: the decision below, for the hook's own arguments with any given ones over them. */
  #callBase(hook: HookName, given: readonly unknown[]): unknown {
    this.#enter()
    const below = this.#below
    if (below === undefined) throw this.#fault(new PolicyMisuse(`k.base.${hook} can't be used before the machine exists`, 'init', 'inside hooks'))
    const args = mergeArgs(hook, this.#call.place === hook ? this.#call.args : [], given)
    if (args instanceof PolicyMisuse) throw this.#fault(args)
    try {
      const answer = (below[hook] as (...args: readonly unknown[]) => unknown)(...args)
      return plainCopy(answer)
    } catch (error) {
      if (given.length === 0 || !(error instanceof AssertionError)) throw error
      throw this.#fault(new PolicyMisuse(`k.base.${hook}: ${error.message}`, 'its arguments', 'arguments that the kernel can decide on'))
    }
  }

  #fail(message: string, value: string, allowed: string): never {
    throw this.#fault(new PolicyMisuse(message, value, allowed))
  }

  #fault(fault: PolicyMisuse): Error {
    this.#misuse = fault
    return fault.error
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
