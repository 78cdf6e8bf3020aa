/** What the history keeps and answers; plain data that crosses to its thread and back. */
import type { Ejection, HistoryChange, HistoryEntry, HistoryQuery, HistoryReport, HistorySpace, MachineInfo, Text } from '../../../preload/contract'
import type { Recording } from '../../engine'

export type { HistoryChange, HistoryEntry, HistoryQuery, HistoryReport, HistorySpace }

/** Which run of an entry. Comparisons have one point, 0. */
export interface Place { readonly point: number; readonly machine: number; readonly seed: number }

/** An entry as it begins: a comparison or a sweep of which no run has ended. */
export interface NewEntry {
  readonly id: string
  readonly kind: HistoryEntry['kind']
  readonly origin: HistoryEntry['origin']
  readonly title: Text
  readonly scenario: string
  /** The base's. */
  readonly kernel: string
  readonly engine: string
  /** Version of the lab. */
  readonly lab: string
  readonly machines: readonly MachineInfo[]
  readonly seeds: number
  readonly runs: number
  /** All that makes its runs (scenarios, policies with source and parameters); what `spec` gives back. Plain data. */
  readonly spec: unknown
  /** Further words to find it by: files, sysctls. */
  readonly words?: readonly string[]
}

/** What a run came to, without its recording. */
export interface RunOutcome {
  /** `done`: to its own end, which may be `stuck` or `panic`. */
  readonly state: 'done' | 'cancelled' | 'failed'
  readonly engine: string
  readonly digest?: string
  readonly end?: string
  readonly diagnosis?: string
  readonly error?: string
  readonly ejections: readonly Ejection[]
  readonly metrics: Readonly<Record<string, number>>
}

export interface NewRun extends Place, RunOutcome {
  /** Its content address: the same job has the same key, everywhere. */
  readonly key: string
}

export interface StoredRun extends NewRun {
  /** A recording of it is kept. */
  readonly recorded: boolean
}

/** A finished run found by its key. */
export interface KnownRun extends RunOutcome {
  readonly key: string
  readonly entry: string
  readonly place: Place
  readonly recorded: boolean
}

/** Two runs of one key that came to different ends: a bug of the lab, or a machine that computes wrongly. */
export interface DigestConflict { readonly key: string; readonly digests: readonly [string, string]; readonly entries: readonly [string, string] }

/** A run of which two digests are known: `why` takes the place of its numbers. */
export interface DoubtedRun { readonly key: string; readonly digests: readonly [string, string]; readonly why: string }

/** Why a recording can't be had: never made, let go for space, or damaged and set aside. */
export type RecordingAnswer =
  | { readonly ok: true; readonly recording: Recording }
  | { readonly ok: false; readonly why: 'none' | 'let-go' | 'damaged' | 'too-new'; readonly message: string }

/** Who works with the history: a process, told from a later one of the same number by when it began. */
export interface Owner { readonly pid: number; readonly began: string; readonly host: string }

export interface HistoryPage { readonly entries: readonly HistoryEntry[]; /** How many fit the query. */ readonly total: number }

export interface EntryWithRuns { readonly entry: HistoryEntry; readonly spec: unknown; readonly runs: readonly StoredRun[] }

/** What a lab that ended without closing had open. */
export interface Unclean { readonly interrupted: readonly HistoryEntry[]; readonly shown: readonly string[] }
