/**
 * What a hook is handed besides its arguments: `k`. It lives as long as the run; nothing reached through it is live kernel state.
 */
import type { Hooks } from './hooks'
import type { ParamSpecs, ParamValues } from './params'

/** The decisions below this policy, callable any number of times. Arguments left out are the hook's own. */
export type BaseDecisions = {
  readonly [H in keyof Hooks<unknown>]: Parameters<Hooks<unknown>[H]> extends [...infer A, unknown]
    ? (...args: A) => ReturnType<Hooks<unknown>[H]>
    : never
}

/** A deterministic random stream of this policy: a function of the run's seed and the draw's number only. */
export interface PolicyRandom {
  /** Uniform in [0, 1). */
  next(): number
  /** Uniform integer in 0..n-1; n must be 1..2^31. */
  below(n: number): number
}

/** Exact mathematics: the same bits on every machine (Math.pow, Math.log and Math.exp are not). */
export interface ExactMath {
  pow(x: number, y: number): number
  log(x: number): number
  exp(x: number): number
  /** Floor of the square root of an integer (lib/math/int_sqrt.c). */
  intSqrt(x: number): number
  /** floor(a * b / c) without overflow; a, b >= 0, c > 0, integers below 2^53. */
  mulDiv(a: number, b: number, c: number): number
}

export interface PolicyContext<S = undefined, P extends ParamSpecs = ParamSpecs> {
  /** Virtual time since the workload started, nanoseconds. */
  readonly now: number
  readonly params: ParamValues<P>
  /** What `init` returned. */
  readonly state: S
  readonly base: BaseDecisions
  readonly rng: PolicyRandom
  readonly math: ExactMath
  /** Current value of a sysctl by its name, e.g. `vm.swappiness`. Unknown names eject. */
  sysctl(name: string): number
  /** Current value of a /proc/vmstat counter or gauge by its name. Unknown names eject. */
  vmstat(name: string): number
  /** Adds to a counter of this policy, charted under its name. At most 32 names a policy. */
  count(name: string, by?: number): void
  /** Sets a gauge of this policy, charted under its name. At most 32 names a policy. */
  gauge(name: string, value: number): void
  /** A line in the run's log, at the current virtual time. The first 1,000 are kept. */
  log(message: string): void
}

/** What a controller may do besides looking: it writes sysctls as a daemon would. */
export interface ControllerContext<S = undefined, P extends ParamSpecs = ParamSpecs> extends PolicyContext<S, P> {
  /** Writes a sysctl now. Values outside the sysctl's range eject. */
  writeSysctl(name: string, value: number): void
}

/** How a policy left a run. */
export interface ExitInfo {
  readonly kind: 'end' | 'ejected'
  readonly reason: string
}
