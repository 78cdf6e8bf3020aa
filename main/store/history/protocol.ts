/** What the lab and the history's thread say to each other. A recording crosses in pieces, so that neither side stands still while a large one is copied. */
import type { HistoryCore } from './core'
import type { Place } from './history-types'

/** Calls that cross as they are. */
export const CALLS = [
  'begin', 'resume', 'addRuns', 'doubt', 'link', 'end', 'entry', 'find', 'list', 'known', 'change', 'remove', 'restore', 'state', 'setLimit', 'emptyRemoved', 'dismissReports', 'dismissUnclean', 'show', 'close',
] as const satisfies readonly (keyof HistoryCore)[]

export type CallName = typeof CALLS[number]

export type ToHistory =
  | { readonly type: 'call'; readonly request: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly type: 'piece'; readonly request: number; readonly piece: Piece }
  /** After its pieces. */
  | { readonly type: 'add-recording'; readonly request: number; readonly entry: string; readonly place: Place; readonly about: unknown }
  | { readonly type: 'recording'; readonly request: number; readonly entry: string; readonly place: Place }

export type FromHistory =
  | { readonly type: 'answer'; readonly request: number; readonly value: unknown }
  | { readonly type: 'failed'; readonly request: number; readonly message: string; /** The history can't be had at all. */ readonly unavailable: boolean }
  /** Of the recording that `request` asked for; its answer follows. */
  | { readonly type: 'piece'; readonly request: number; readonly piece: Piece }

/** `rest` comes first: the recording without what follows. */
export type Piece =
  | { readonly kind: 'rest'; readonly rest: object }
  | { readonly kind: 'columns'; readonly of: 'series' | 'policySeries'; readonly columns: readonly Float64Array[] }
  | { readonly kind: 'events'; readonly events: readonly unknown[] }
