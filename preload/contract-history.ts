/** The part of the window's contract that is about what is kept: the history of comparisons and sweeps, and earlier texts of files. Types only. */
import type { Text } from '../main/engine/sim/contract-types'
import type { Result } from './contract'

/** A comparison or a sweep that was run, as lists show it. Times are ms since 1970. */
export interface HistoryEntry {
  readonly id: string
  readonly kind: 'comparison' | 'sweep'
  /** Who ran it. */
  readonly origin: 'window' | 'cli' | 'queue' | 'found'
  readonly title: Text
  /** What a person called it. */
  readonly name?: string
  readonly note: string
  readonly tags: readonly string[]
  /** Never removed to make room. */
  readonly pinned: boolean
  readonly scenario: string
  readonly kernel: string
  readonly engine: string
  /** Made by another engine than this lab's: can be looked at, but not run on, nor compared with runs of this one. */
  readonly otherEngine: boolean
  readonly machines: readonly { readonly label: string; readonly policy?: string }[]
  readonly seeds: number
  /** Runs that were planned, that ended, that came to no use, and that had a policy ejected. */
  readonly runs: number
  readonly ended: number
  readonly lost: number
  readonly ejected: number
  /** `interrupted`: its lab ended before it did. */
  readonly state: 'running' | 'done' | 'cancelled' | 'failed' | 'interrupted'
  readonly error?: string
  readonly createdMs: number
  readonly endedMs?: number
  readonly removedMs?: number
  /** Recordings that are kept, and their bytes; one that several entries share counts for each. */
  readonly recordings: number
  readonly bytes: number
}

export interface HistoryQuery {
  /** Words that must all occur: in name, title, note, tags, scenario, kernel, policies, labels, id. */
  readonly text?: string
  readonly tags?: readonly string[]
  readonly pinned?: boolean
  readonly kind?: HistoryEntry['kind']
  /** Those that were removed, in place of those that are there. */
  readonly removed?: boolean
  /** Newest first. */
  readonly offset?: number
  /** At most 1000; 100 when absent. */
  readonly limit?: number
}

/** What a person may change of an entry. */
export interface HistoryChange { readonly name?: string; readonly note?: string; readonly pinned?: boolean; readonly tags?: readonly string[] }

/** Something that was found damaged, or wrong, and what became of it. */
export interface HistoryReport {
  readonly id: number
  readonly atMs: number
  /** `database`: set aside, what could be read was taken over; `recording`: set aside; `digest`: one and the same run came to two different digests. */
  readonly kind: 'database' | 'recording' | 'digest'
  readonly what: string
  readonly why: string
  /** Where the damaged file is now. */
  readonly keptAs?: string
}

export interface HistorySpace {
  readonly entries: number
  readonly runs: number
  /** Files of recordings that are kept, of removed entries too. */
  readonly recordings: number
  readonly recordingBytes: number
  readonly pinnedBytes: number
  readonly removedBytes: number
  readonly databaseBytes: number
  /** Above it recordings are let go: those of removed entries first, then the oldest; pinned ones never. */
  readonly limitBytes: number
}

/** The history's state, told when it changes. */
export interface HistoryOverview {
  readonly space: HistorySpace
  readonly reports: readonly HistoryReport[]
  /** All tags in use. */
  readonly tags: readonly string[]
  /** What a lab that ended without closing was at: comparisons and sweeps it was running, or showing. */
  readonly unclean: readonly HistoryEntry[]
  /** Why nothing can be kept at present: the folder can't be written, a newer lab's history … */
  readonly unavailable?: string
}

export interface HistoryPage { readonly entries: readonly HistoryEntry[]; /** How many fit the query. */ readonly total: number }

/** What an entry was made of, for people: its machines, runs and policies' sources. */
export interface HistoryDetail {
  readonly entry: HistoryEntry
  readonly machines: readonly {
    readonly label: string
    readonly kernel: string
    readonly sysctls: Readonly<Record<string, number | readonly number[]>>
    readonly policies: readonly { readonly name: string; readonly file: string; readonly source?: string; readonly params: Readonly<Record<string, number | boolean | string>> }[]
  }[]
  readonly runs: readonly {
    readonly point: number
    readonly machine: number
    readonly seed: number
    readonly state: string
    readonly digest?: string
    readonly end?: string
    readonly recorded: boolean
    readonly ejections: number
  }[]
}

/** An entry that is open: its live comparison or sweep, which `experiment`, `run`, `series` … answer for. */
export interface OpenedEntry { readonly kind: HistoryEntry['kind']; readonly id: string }

/** An earlier text of a workspace file. */
export interface FileVersion {
  readonly id: string
  readonly atMs: number
  readonly bytes: number
  /** `saved` in the lab; `outside`: found in the file, written by something else; `kept`: unsaved text that was kept before another took its place. */
  readonly why: 'saved' | 'outside' | 'kept'
}

/** Part of `LabRequests`. */
export interface HistoryRequests {
  /** Comparisons and sweeps that are kept. */
  history(query: HistoryQuery): Promise<Result<HistoryPage>>
  historyOverview(): Promise<HistoryOverview>
  historyDetail(entry: string): Promise<Result<HistoryDetail>>
  /** Makes it live again as it was: its id is one for `experiment` or `sweepStatus`. */
  historyOpen(entry: string): Promise<Result<OpenedEntry>>
  /** Opens it and makes the runs that are missing. */
  historyResume(entry: string): Promise<Result<OpenedEntry>>
  /** Compares runs of any entries: `entry` (all its machines), `entry.machine` or `entry.machine.seed`; the first machine is the base. */
  historyCompare(runs: readonly string[]): Promise<Result<OpenedEntry>>
  historyChange(entry: string, change: HistoryChange): Promise<Result<HistoryEntry>>
  /** To `removed/`; `historyRestore` brings it back. */
  historyRemove(entry: string): Promise<Result<null>>
  historyRestore(entry: string): Promise<Result<null>>
  historyLimit(bytes: number): Promise<Result<HistorySpace>>
  /** Deletes removed entries for good. */
  historyEmpty(): Promise<Result<HistorySpace>>
  /** `reports` of damage that were seen, or the offer of what an `unclean` end left. */
  historyDismiss(what: string): Promise<Result<null>>
  /** Which entries the window shows, to offer them again after a crash. */
  historyShow(entries: readonly string[]): Promise<Result<null>>
  /** Earlier texts of a file, newest first. */
  fileVersions(file: string): Promise<Result<readonly FileVersion[]>>
  fileVersion(file: string, id: string): Promise<Result<string>>
  /** Keeps unsaved text before another takes its place. */
  keepVersion(file: string, text: string): Promise<Result<null>>
}
