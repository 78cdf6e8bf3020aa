/**
 * What a hook is handed besides its arguments: `k`. It lives as long as the run; nothing reached through it is live kernel state.
 */
import type { Folio, FolioList, FolioStore, Folios } from './folios'
import type { Hooks } from './hooks'
import type { ParamSpecs, ParamValues } from './params'
import type { ZoneView } from './types'

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

/** What `init` may make beside its state. */
export interface SetupContext {
  /** A list of this policy's own, at most 16. */
  list(): FolioList
  /** One number for each folio: `u8` 0..255, `i32` any whole number. At most 8. */
  folioStore(kind: 'u8' | 'i32', initial?: number): FolioStore
}

/** Pressure stall information: time in which some task, or all that could run, waited for memory, us since boot. */
export interface Psi {
  readonly someUs: number
  readonly fullUs: number
}

/** /proc/swaps, and for zram its mm_stat: pages stored, and pages of memory they take. */
export interface SwapView {
  readonly kind: 'disk' | 'zram'
  readonly priority: number
  readonly pages: number
  readonly used: number
  readonly stored: number
  readonly pool: number
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
  readonly folios: Folios
  /** The name (comm) of a task by the number that a hook was told; '' if there is none. */
  taskName(task: number): string
  /** Adds to a counter of this policy, charted under its name. At most 32 names a policy. */
  count(name: string, by?: number): void
  /** Sets a gauge of this policy, charted under its name. At most 32 names a policy. */
  gauge(name: string, value: number): void
  /** A line in the run's log, at the current virtual time. The first 1,000 are kept. */
  log(message: string): void
}

/** What a controller may do besides looking: it writes sysctls and files of memory cgroups as a daemon would. */
export interface ControllerContext<S = undefined, P extends ParamSpecs = ParamSpecs> extends PolicyContext<S, P> {
  /** Writes a sysctl now. Values outside the sysctl's range eject. */
  writeSysctl(name: string, value: number): void
  /** /proc/pressure/memory. */
  psi(): Psi
  /** /proc/zoneinfo: every populated zone. `reserve` and `hasBlock` are those of a request for one page of any zone. */
  zoneinfo(): readonly ZoneView[]
  /** /proc/swaps. */
  swaps(): readonly SwapView[]
  /** A number of a memory cgroup: `memory.current`, `memory.low`, …, or a counter of its memory.stat or memory.events by name. Unknown groups and names eject. */
  memcg(path: string, name: string): number
  /** Writes a file of a memory cgroup now, in pages. memory.reclaim, and limits below what is used, are served by a thread of the policy's own. What the kernel would refuse ejects. */
  writeMemcg(path: string, file: string, value: number): void
  /** Asks a thread of the policy's own to reclaim these folios, at most 4096 a call (as DAMON's pageout does). Those in use or gone are passed over. */
  reclaimFolios(folios: readonly Folio[]): void
}

/** How a policy left a run. */
export interface ExitInfo {
  /** The run is over, the policy was ejected, or it was detached. */
  readonly kind: 'end' | 'ejected' | 'detached'
  readonly reason: string
}
