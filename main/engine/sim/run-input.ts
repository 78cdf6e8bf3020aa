/** What a run is made of, and the face the simulation shows to whoever drives it. */
import type { AnyPolicyDefinition, HookName, KernelDefinition, NotificationName } from 'reclaim-lab'
import type { PolicyScope } from '../policy/scope'
import type { Mm } from '../mm/mm'
import type { Task } from '../mm/task'
import type { Watch } from '../mm/watch'
import type { Ejection, Recording, Series } from './recording'
import type { FollowSpec } from './page-life'
import type { Scenario } from './scenario'

/** A policy as evaluated in its compartment, with checked parameter values and its fuel meter. */
export interface PolicyInstance {
  readonly definition: AnyPolicyDefinition
  readonly params: Readonly<Record<string, number | boolean | string>>
  /** Where it decides; everywhere if absent. */
  readonly scope?: PolicyScope
  /** When it is attached and detached, ns since the workload started. From boot on, to the end, if absent. */
  readonly fromNs?: number
  readonly untilNs?: number
  /** Fuel left; the compiled policy counts it down. Absent for trusted policies. */
  readonly fuel?: FuelMeter
  /** Finds the line of the policy's source in an error it threw; without one, where the meter stopped it or where its last answer came from. Host code; the policy never sees it. */
  locate?(error: unknown): { readonly line: number; readonly column: number } | undefined
  /** What an error thrown by the policy says, read without running any of its code (no getters, no conversions). */
  explain?(error: unknown): string
}

/** Set before every call, read after it. Below 0 means the policy used it up, whatever it caught. */
export interface FuelMeter {
  set(units: number): void
  left(): number
  /** Spends one unit for work done outside the policy's code; throws, as the policy's own code would, when there is none. Absent where nothing is metered. */
  take?(): void
  /** What ran out, in plain words, while `left()` is below 0: loop turns, or calls nested too deep. */
  why?(): string | undefined
}

/** An ejection that happened by force outside (stall, memory) in an earlier attempt of this run, to be repeated at the same call. */
export interface ScriptedEjection {
  readonly policy: number
  readonly call: number
  readonly kind: Ejection['kind']
  readonly message: string
  /** Where the policy was when it was stopped, where known. */
  readonly line?: number
}

export interface RunInput {
  readonly scenario: Scenario
  readonly kernel: KernelDefinition
  /** Bottom first: the base of each is the one before it. */
  readonly policies: readonly PolicyInstance[]
  readonly seed: number
  readonly scriptedEjections?: readonly ScriptedEjection[]
  /** Told before every call into a policy, so that a killer outside knows where it was. */
  onPolicyCall?(policy: number, call: number, hook: HookName | NotificationName | 'controller' | 'init' | 'exit'): void
  /**
   * Times (ns since the workload started) at which the whole state of the machine is wanted; see `Recording.states`. Looking changes nothing: the digest is the same
   * with and without. Each is the state at that time if the machine idles then, else at the next turn of the loop; a time after the end gives the state at the end.
   */
  readonly snapshotsAt?: readonly number[]
  /** Follow one page; see `Recording.pageLife`. Following changes nothing: the digest is the same with and without. */
  readonly follow?: FollowSpec
  /** Watches decisions, events and reclaim as they happen; for the engine's own rooms (diverge, travel). Watching changes nothing: the digest is the same with and without. */
  watch?(run: WatchedRun): Watch
  /** Log limit; default 20,000. */
  readonly maxEvents?: number
}

/** A run as its watcher sees it. */
export interface WatchedRun {
  /** Undefined until the machine has booted. */
  mm(): Mm | undefined
  /** Touches of the whole workload so far. */
  work(): number
  /** Touches of a task of the workload so far; undefined for kernel threads. */
  touchIndex(task: Task): number | undefined
  ended(): boolean
}

export interface Progress {
  /** ns since the workload started. */
  readonly now: number
  /** 0..1, by time or by touches, whichever is further. */
  readonly fraction: number
  readonly touches: number
  /** The search for a page to follow has found one: the rest of the run adds nothing to it. */
  readonly found?: true
}

/** Rows of what a run has sampled, as its recording will have them. */
export interface Samples {
  readonly series: Series
  readonly policySeries: Series
}

/** One simulation, stepped from outside so that cancel and heartbeat fit between steps. */
export interface Simulation {
  /** Works for about `budget` charge points (some ms of CPU at 10,000); false when the run has ended. */
  step(budget: number): boolean
  progress(): Progress
  /** Copies of the samples there are, from row `from` on, every `step`-th, at most `most`. Looking changes nothing: the digest is the same with and without. */
  samples(from: number, step: number, most: number): Samples
  /** Ends early; `finish` then gives what there is, marked `cancelled`. */
  cancel(): void
  finish(): Recording
}
