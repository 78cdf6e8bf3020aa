/** What the comparison of two runs finds, as plain data. `a` is the first run, `b` the second; sentences are the lab's to make. */
import type { HookName } from 'reclaim-lab'
import type { RunInput } from '../run-input'

/** Which of the two runs. */
export type Side = 'a' | 'b'

export interface PairInput {
  readonly a: RunInput
  readonly b: RunInput
}

/** A task's place in its own program. Kernel threads have none: theirs is the whole workload's. */
export interface Position {
  readonly task: string
  /** Touches behind it: the task's own, or the whole workload's where `shared`. */
  readonly touch: number
  readonly shared: boolean
}

/** A call on one side: its number in the run (from 1) and when it came. */
export interface CallPlace {
  readonly n: number
  readonly hook: HookName
  /** ns since the workload started; at boot 0 or less. */
  readonly t: number
}

/**
 * The first place at which the decisions of one task at one touch differ: another answer (`answer`), another hook asked (`hook`), or a decision that only one run had to take (`only`).
 */
export interface Difference {
  readonly kind: 'answer' | 'hook' | 'only'
  readonly at: Position
  /** Touches of the whole workload then, in the run that is less far. */
  readonly work: number
  /** Calls of the task at this touch before it, the same in both. */
  readonly before: number
  readonly a?: CallPlace
  readonly b?: CallPlace
}

/** A call that saw something else in the two runs and was answered alike. */
export interface SeenDifference {
  readonly at: Position
  readonly work: number
  readonly a: CallPlace
  readonly b: CallPlace
}

export interface HookCount {
  readonly hook: HookName
  /** Calls compared, with the same answer, and with another or in one run only. */
  readonly same: number
  readonly differing: number
}

export interface Differences {
  /** In the order in which they come: by touches of the workload, then by number of the call. */
  readonly differences: readonly Difference[]
  /** The first call that saw something else although both answered the same, where it comes before the first difference. */
  readonly seen?: SeenDifference
  /** Calls from the start on that were the same in both runs: asked by the same task at the same touch, and answered alike. */
  readonly alike: number
  /** Calls of each run that were looked at. */
  readonly calls: { readonly a: number; readonly b: number }
  /** Both runs were looked at to their ends; else there are more differences behind the last. */
  readonly whole: boolean
  /** By hook, over what was looked at. */
  readonly hooks: readonly HookCount[]
}

// ---- one difference, looked at closely ------------------------------------------------------------------------------

/** A call with what it saw; arguments and answer are plain copies. */
export interface CallDetail extends CallPlace {
  readonly task: string
  readonly args: readonly unknown[]
  readonly answer: unknown
}

/** The machine at the call, or where the call would have been. */
export interface Situation {
  readonly t: number
  readonly work: number
  /** Touches of the difference's task behind it. */
  readonly touch: number
  readonly zones: readonly { readonly node: number; readonly zone: string; readonly free: number; readonly min: number; readonly low: number; readonly high: number; readonly boost: number }[]
  readonly kswapdAwake: readonly boolean[]
}

export interface SideDetail {
  readonly call?: CallDetail
  /** Absent where the run ended before it came there. */
  readonly situation?: Situation
}

/** What reclaim did after the difference, by kind: set scan counts, took a folio off its list, freed one, met one again; or an event of the log. */
export type DeedKind = 'scan' | 'isolated' | 'evicted' | 'refault' | 'event'

export interface Deed {
  readonly t: number
  readonly task: string
  readonly work: number
  readonly args: Readonly<Record<string, number | string>>
}

/** The first deed of a kind, counted from the difference on, that isn't the same in both runs. Absent on a side that did no more of them. */
export interface DeedDifference {
  readonly kind: DeedKind
  /** Deeds of this kind since the difference that were the same. */
  readonly same: number
  readonly a?: Deed
  readonly b?: Deed
}

/** A page that only one run evicted, and when it was asked for again. */
export interface PageFate {
  readonly side: Side
  readonly page: string
  readonly evicted: Deed
  readonly back?: Deed
}

/** A counter of /proc/vmstat where it was first seen to differ, both tasks at the same touch. */
export interface PartedCounter {
  readonly name: string
  readonly at: Position
  readonly a: { readonly t: number; readonly value: number }
  readonly b: { readonly t: number; readonly value: number }
}

/** One difference, and what followed from it. */
export interface Explanation {
  readonly difference: Difference
  readonly a: SideDetail
  readonly b: SideDetail
  /** In the order in which they came. */
  readonly deeds: readonly DeedDifference[]
  readonly pages: readonly PageFate[]
  /** In the order in which they parted; counts are from the difference on. */
  readonly counters: readonly PartedCounter[]
}
