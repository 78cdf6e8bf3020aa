/**
 * The two things a plugin file can be: a policy (`definePolicy`) or a kernel (`defineKernel`). Both are identity functions that give types.
 */
import type { ControllerContext, ExitInfo, PolicyContext, SetupContext } from './context'
import type { Notifications } from './folios'
import type { HookName, Hooks } from './hooks'
import type { ParamSpecs, ParamValues } from './params'

/** Runs every `periodMs` of virtual time (1..3,600,000), like a daemon that watches counters and writes sysctls. */
export interface Controller<S, P extends ParamSpecs> {
  readonly periodMs: number
  run(k: ControllerContext<S, P>): void
}

/** A policy's hooks: each may be absent, and may answer `undefined`; both mean the base's decision. */
export type PolicyHooks<H> = { readonly [N in keyof H]?: H[N] extends (...args: infer A) => infer R ? (...args: A) => R | undefined : never }

export interface PolicyDefinition<S = undefined, P extends ParamSpecs = ParamSpecs> {
  /** Version of this API. */
  readonly api: 1
  /** Lower-case words joined by `-`, at most 40 characters; how runs and the CLI name the policy. */
  readonly name: string
  /** One or two plain sentences: the idea, when it helps, when it hurts. */
  readonly describe?: string
  readonly params?: P
  /** Makes the policy's state once per run, before boot. Must not depend on anything but `params`. Lists and stores are made here, by `k`. */
  init?(params: ParamValues<P>, k: SetupContext): S
  exit?(k: PolicyContext<S, P>, info: ExitInfo): void
  readonly hooks?: PolicyHooks<Hooks<PolicyContext<S, P>>> & Partial<Notifications<PolicyContext<S, P>>>
  readonly controller?: Controller<S, P>
}

/** Declares a policy. Only `api` and `name` are mandatory. */
export function definePolicy<S = undefined, const P extends ParamSpecs = Record<never, never>>(
  definition: PolicyDefinition<S, P>,
): PolicyDefinition<S, P> {
  return definition
}

/** A sysctl the kernel has. Writes outside min..max are refused with the range named. */
export interface SysctlSpec {
  readonly default: number | readonly number[]
  readonly min: number
  readonly max: number
  /** `kB`, `1/10000`, `%`, `ratio`, `flag`, … */
  readonly unit: string
  readonly about: string
}

/** What differs between kernels besides decisions: sizes, and in time which of the engine's procedures it follows. */
export interface KernelTraits {
  /** Pages a per-cpu LRU batch holds: 15 in 5.15 and 6.1, 14 in 3.18. */
  readonly folioBatch: number
  /** Cap of a per-cpu refill, pages, before it is quartered (mm/page_alloc.c:zone_batchsize). */
  readonly pcpBatchCap: number
}

export interface KernelDefinition {
  readonly api: 1
  /** `linux-6.1`, `linux-5.15`, `android-3.18`. */
  readonly name: string
  readonly describe: string
  /** What of this kernel is in: `full` runs, `marks` only computes watermarks and reserves. */
  readonly scope: 'full' | 'marks'
  readonly traits: KernelTraits
  readonly sysctls: Readonly<Record<string, SysctlSpec>>
  /** All hooks for `full`; the watermark hooks for `marks`. */
  readonly hooks: Partial<Hooks<KernelContext>>
}

/** Kernel hooks are pure functions of their arguments and exact mathematics. */
export interface KernelContext {
  readonly math: { intSqrt(x: number): number; mulDiv(a: number, b: number, c: number): number }
}

/** Declares a kernel. A kernel is also a valid policy: run over another base it takes every decision it has. */
export function defineKernel<const D extends KernelDefinition>(definition: D): D {
  return definition
}

export type AnyPolicyDefinition = PolicyDefinition<unknown, ParamSpecs>
export type { HookName, Hooks }
