/** Builds `k`, what a policy's hooks are handed. Everything on it is frozen; faults in its use are remembered so that catching them doesn't help. */
import type { HookName, ParamSpecs, PolicyContext } from 'reclaim-lab'
import { HOOKS } from 'reclaim-lab'
import { exactExp, exactLog, exactPow, intSqrt, mulDiv } from '../core/maths'
import { draw, streamId } from '../core/rng'
import { show } from './answers'
import { controllerContext } from './controller-context'
import { createFolios } from './folio-context'
import type { PolicyHost } from './policy-runtime'
import { printable } from './printable'

const TWO_32 = 4294967296
const MAX_LOG = 500

export interface ContextParts {
  readonly index: number
  readonly name: string
  readonly seed: number
  readonly host: PolicyHost
  readonly params: Readonly<Record<string, number | boolean | string>>
  state(): unknown
  base(hook: HookName, given: readonly unknown[]): unknown
  /** Remembers the fault, and throws it. */
  fail(this: void, message: string, value: string, allowed: string): never
  inController(): boolean
  /** Called at the start of everything that works for the policy; throws when it may not go on. */
  enter(): void
}

export function createContext(parts: ContextParts): PolicyContext<unknown, ParamSpecs> {
  const { host, index, fail } = parts
  const context = {
    get now(): number {
      return host.now()
    },
    get state(): unknown {
      return parts.state()
    },
    params: Object.freeze({ ...parts.params }),
    base: baseOf(parts),
    rng: randomOf(parts, fail),
    math: mathOf(parts, fail),
    sysctl: (name: unknown): number => (typeof name === 'string' ? host.sysctl(name) : undefined) ?? fail(`k.sysctl: ${show(name)} is not a sysctl of this kernel`, show(name), 'a sysctl, e.g. vm.swappiness'),
    vmstat: (name: unknown): number => (typeof name === 'string' ? host.vmstat(name) : undefined) ?? fail(`k.vmstat: ${show(name)} is not a counter of /proc/vmstat`, show(name), 'a name as /proc/vmstat prints it'),
    count: (name: unknown, by: unknown = 1): void => {
      if (!isName(name) || !isFiniteNumber(by) || !host.count(index, name, by)) fail(`k.count(${show(name)}, ${show(by)})`, show(name), 'a short name, a finite number and sum, at most 32 names')
    },
    gauge: (name: unknown, value: unknown): void => {
      if (!isName(name) || !isFiniteNumber(value) || !host.gauge(index, name, value)) fail(`k.gauge(${show(name)}, ${show(value)})`, show(name), 'a short name, a finite number, at most 32 names')
    },
    log: (message: unknown): void => host.log(index, typeof message === 'string' ? printable(message, MAX_LOG) : show(message)),
    folios: closed(parts, createFolios(() => host.machine())),
    taskName: (task: unknown): string => (typeof task === 'number' ? (host.machine()?.tasks[task]?.name ?? '') : ''),
  }
  return closed(parts, Object.defineProperties(controllerContext({ index, host, fail, inController: () => parts.inController() }), Object.getOwnPropertyDescriptors(context))) as unknown as PolicyContext<unknown, ParamSpecs>
}

/** Frozen, getters and functions too; each function pays at the door. */
function closed<T extends object>(parts: ContextParts, object: T): T {
  const out: object = {}
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
    const { value, get } = descriptor as { readonly value?: unknown; readonly get?: () => unknown }
    if (get) Object.defineProperty(out, key, { get: Object.freeze(get), enumerable: true })
    else Object.defineProperty(out, key, { value: typeof value === 'function' ? paid(parts, value as Work) : value, enumerable: true })
  }
  return Object.freeze(out) as T
}

type Work = (...args: readonly unknown[]) => unknown

function paid(parts: ContextParts, work: Work): Work {
  return Object.freeze((...args: readonly unknown[]): unknown => {
    parts.enter()
    return work(...args)
  })
}

function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z][a-z0-9_]{0,39}$/.test(name)
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function baseOf(parts: ContextParts): Readonly<Record<string, unknown>> {
  const base: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const hook of Object.keys(HOOKS) as HookName[]) base[hook] = Object.freeze((...given: unknown[]): unknown => parts.base(hook, given))
  return Object.freeze(base)
}

function randomOf(parts: ContextParts, fail: (m: string, v: string, a: string) => never): unknown {
  const stream = streamId(`policy:${parts.name}`)
  let drawn = 0
  const word = (): number => draw(parts.seed, stream, drawn++)
  const below = (n: unknown): number => {
    if (typeof n !== 'number' || !Number.isInteger(n) || n < 1 || n > 2_147_483_648) return fail(`k.rng.below(${show(n)})`, show(n), 'a whole number from 1 to 2147483648')
    return Math.floor((word() / TWO_32) * n)
  }
  return closed(parts, { next: (): number => word() / TWO_32, below })
}

function mathOf(parts: ContextParts, fail: (m: string, v: string, a: string) => never): unknown {
  const number = (x: unknown, of: string): number => (typeof x === 'number' ? x : fail(`k.math.${of}(${show(x)})`, show(x), 'a number'))
  const integer = (x: unknown, of: string): number => (typeof x === 'number' && Number.isSafeInteger(x) && x >= 0 ? x : fail(`k.math.${of}(${show(x)})`, show(x), 'a whole number from 0 to 2^53'))
  return closed(parts, {
    pow: (x: unknown, y: unknown): number => exactPow(number(x, 'pow'), number(y, 'pow')),
    log: (x: unknown): number => exactLog(number(x, 'log')),
    exp: (x: unknown): number => exactExp(number(x, 'exp')),
    intSqrt: (x: unknown): number => intSqrt(integer(x, 'intSqrt')),
    mulDiv: (a: unknown, b: unknown, c: unknown): number => {
      const divisor = integer(c, 'mulDiv')
      if (divisor === 0) return fail('k.math.mulDiv divides by 0', '0', 'c > 0')
      const factors = [integer(a, 'mulDiv'), integer(b, 'mulDiv')] as const
      try {
        return mulDiv(...factors, divisor)
      } catch (error) {
        return fail(`k.math.mulDiv: ${error instanceof Error ? error.message : ''}`, `${factors.join(' * ')} / ${divisor}`, 'results below 2^53')
      }
    },
  })
}
