/** The contract's types of looking closely at runs: where two part, and a run at any instant. Types only, shown through contract.ts. */
import type { Look, Text } from '../main/engine/sim/contract-types'

import type { Result } from './contract'

export type { Look }

/** A place where the decisions of two runs differ. Runs are compared by task and touch index, not by time. */
export interface DifferenceLine {
  /** `answer`: another answer; `hook`: another question; `only`: one run had nothing to decide there. */
  readonly kind: 'answer' | 'hook' | 'only'
  readonly hook: string
  readonly task: string
  /** Touches of the task behind it, or of the whole workload for a kernel thread. */
  readonly touch: number
  readonly shared: boolean
  /** ns since the workload started; absent on a side without the call. */
  readonly a?: number
  readonly b?: number
  readonly text: Text
}

/** Where two runs part. `a` and `b` are the runs as asked for. */
export interface DivergenceView {
  readonly a: { readonly run: string; readonly label: string; readonly seed: number }
  readonly b: { readonly run: string; readonly label: string; readonly seed: number }
  readonly summary: Text
  /** What the two were given that differs: kernel, policies, seed, sysctls, hardware, workload. Empty: they are the same run. */
  readonly unlike: readonly Text[]
  /** In their order. */
  readonly differences: readonly DifferenceLine[]
  /** Both runs were compared to their ends; else there are more behind the last. */
  readonly whole: boolean
  /** Calls from the start on that were the same in both. */
  readonly alike: number
  readonly hooks: readonly { readonly hook: string; readonly same: number; readonly differing: number }[]
}

/** One thing that a call saw or answered, on both sides; numbers and words as the hook has them. */
export interface SeenRow { readonly name: string; readonly about?: Text; readonly a?: string; readonly b?: string; readonly differs: boolean }

/** A link of the chain from the difference to what came of it. */
export interface ChainLink { readonly kind: 'scan' | 'isolated' | 'evicted' | 'refault' | 'event' | 'page' | 'counter' | 'metric'; readonly text: Text; readonly a?: number; readonly b?: number }

/** One difference, explained. */
export interface DifferenceView {
  readonly index: number
  readonly text: Text
  /** What each was told at the call, then the answers. */
  readonly seen: readonly SeenRow[]
  readonly answers: readonly SeenRow[]
  /** Zones at the call, or where it would have been. */
  readonly zones: readonly SeenRow[]
  readonly chain: readonly ChainLink[]
  /** Counters in the order in which they parted, each where it was first seen to differ with the same task at the same touch. Counts are from the difference on. */
  readonly counters: readonly { readonly name: string; readonly task: string; readonly touch: number; readonly a: { readonly t: number; readonly value: number }; readonly b: { readonly t: number; readonly value: number } }[]
  /** Of the whole runs, those that differ; ids of the metric catalogue. */
  readonly metrics: readonly { readonly id: string; readonly a: number; readonly b: number }[]
}

// ---- travelling through a run ---------------------------------------------------------------------------------------

/** A question for which runs are made again, while it is under way; `cancel(id)` ends it, and its answer is then a problem at the path `cancelled`. */
export interface Remaking {
  readonly id: string
  readonly kind: 'travel' | 'divergence' | 'difference'
  readonly runs: readonly string[]
  readonly fraction: number
  readonly over: boolean
}

/** The run that is travelled was made again to its end: is it the one that was recorded? */
export interface TravelCheck { readonly run: string; readonly same: boolean; readonly text: Text }

/**
 * Where to: a time (ns), a touch of a task, the next (1) or previous (-1) of something from moment `from` on, or until a condition holds. `from` is n + 0.5 for an instant between moments n and n + 1,
 * of which there can be many: `turn` tells which.
 */
export type TravelQuery =
  | { readonly to: 'time'; readonly t: number }
  | { readonly to: 'touch'; readonly task: string; readonly touch: number }
  | { readonly to: 'step'; readonly kind: 'event' | 'kswapd' | 'direct'; readonly by: 1 | -1; readonly from: number }
  /** `event mm_vmscan_kswapd_wake`, `zone.0.Normal.free < zone.0.Normal.low`, `hook scanBalance priority < 12`. */
  | { readonly to: 'until'; readonly until: string; readonly by: 1 | -1; readonly from: number; readonly turn?: number }

/** Absent `look`: there is no such instant. `remade`: how often the run had to be made from its seed for it. `check`: once it is known. */
export interface TravelView { readonly look?: Look; readonly text?: Text; readonly remade: number; readonly check?: TravelCheck }

// ---- runs that go on ------------------------------------------------------------------------------------------------

/** What there is of a run's samples while it goes on and somebody looks: up to this time (ns since the workload started), of so many series. */
export interface LiveRun { readonly toNs: number; readonly series: number }

export interface LiveRequests {
  /**
   * These runs are on screen: while they go on, what they sample is sent a few times a second. `charts` and `series` answer for them then, and `RunStatus.live` says how far. Holds for ten seconds;
   * whoever goes on looking asks again. A run is the same whether anybody looks or not.
   */
  watchRuns(runs: readonly string[]): Promise<Result<null>>
}
