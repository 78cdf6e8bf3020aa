/**
 * Folios as policies hold them: handles, what may be asked about them, a policy's own lists, and the notifications of their lives. All of it costs virtual time nothing, except looking for references.
 * A folio is a page of 4 KiB (or a huge page, until it is split) that is on the LRU lists, or on its way there. One that compaction moves keeps its place on lists and its numbers under another handle.
 */
import type { Reclaimer } from './types'

/** A handle: a whole number above 0. It stops naming anything when its page is gone; what is asked of it then answers -1, 0 or false. */
export type Folio = number

/** Why a folio was removed: its owner let go of it, or reclaim evicted it. */
export const REMOVED_FREED = 0
export const REMOVED_EVICTED = 1
export type FolioRemoved = 0 | 1

/**
 * What `FolioList.scan`'s visitor answers: leave it, take it off the list and into the result, move it to the head, stop here - or take it into the result and move it to the head, which suits
 * eviction: a folio that goes leaves the list by itself, one that has to stay waits for its next turn.
 */
export const SCAN_KEEP = 0
export const SCAN_TAKE = 1
export const SCAN_ROTATE = 2
export const SCAN_STOP = 3
export const SCAN_EVICT = 4
export type ScanVerdict = 0 | 1 | 2 | 3 | 4

export interface EvictFoliosArgs {
  readonly node: number
  /** The memory cgroup by number; 0 is the root. */
  readonly memcg: number
  readonly type: 'anon' | 'file'
  /** How many to propose, 1..32. */
  readonly nr: number
  /** 12 (gentle) to 0. */
  readonly priority: number
  readonly reclaimer: Reclaimer
}

/** One of a policy's own lists, at most 16 a policy. A folio is on one of them at most; when it is removed it leaves by itself. */
export interface FolioList {
  readonly length: number
  /** Puts it at the head or tail, taking it off the policy's list that it was on. false: it is gone. */
  addHead(folio: Folio): boolean
  addTail(folio: Folio): boolean
  /** false: it was not on this list. */
  delete(folio: Folio): boolean
  has(folio: Folio): boolean
  /** The folio at an end, or next to another towards the tail (`next`) or the head (`prev`); 0 = none. */
  head(): Folio
  tail(): Folio
  next(folio: Folio): Folio
  prev(folio: Folio): Folio
  /** Visits up to `max` folios from the tail on, once each; answers those that were taken. It ends when `take` of them are (all, if left out). */
  scan(max: number, visit: (folio: Folio) => ScanVerdict, take?: number): Folio[]
  /** The `nr` best to evict of groups of `group` folios, counted from the tail: of each group the one with the lowest score is taken into the result; all go to the head. */
  sample(nr: number, group: number, score: (folio: Folio) => number): Folio[]
}

/** One number for each folio; forgets it when the folio is removed. */
export interface FolioStore {
  get(folio: Folio): number
  /** Wraps like an element of the typed array it is. */
  set(folio: Folio, value: number): void
}

/** What may be asked about a folio. */
export interface Folios {
  /** `FOLIO_*` bits, or -1. */
  facts(folio: Folio): number
  /** 1, or 512 for a huge page. */
  pages(folio: Folio): number
  /** On the active list? */
  isActive(folio: Folio): boolean
  /** Reads and writes through system calls since it was last asked (or since it came in), at most 255. Touches of mapped memory are not among them. */
  accesses(folio: Folio): number
  /** Looks into the page tables: how many entries were young; they are cleared. Takes the time it takes reclaim. */
  young(folio: Folio): number
  /** Which page of which file or area it is, as one number; the same when it comes back. -1: gone. */
  key(folio: Folio): number
  /** Pages on the LRU lists of the machine now. */
  count(): number
}

/** What a policy is told of folios. Answers are ignored; nothing is asked of a touch that hits. `task`: see `k.taskName`. */
export interface Notifications<K> {
  /** It came in, and waits for its place on a list. Kernel: mm/swap.c:folio_add_lru. */
  folioAdded(folio: Folio, facts: number, task: number, k: K): void
  /** Reclaim's scan found that it was used: `young` PTEs (now cleared), and `accesses` by system calls since the last such look. Kernel: mm/vmscan.c:folio_check_references, shrink_active_list. */
  folioAccessed(folio: Folio, young: number, accesses: number, k: K): void
  /** It went to the active list. Kernel: mm/swap.c:folio_activate, mm/vmscan.c:shrink_folio_list. */
  folioActivated(folio: Folio, k: K): void
  /** It left the active list for the inactive one. Kernel: mm/vmscan.c:shrink_active_list, mm/swap.c:deactivate_file_folio. */
  folioDeactivated(folio: Folio, k: K): void
  /** It is about to be freed, `why`: `REMOVED_*`. The last moment its handle means anything. Kernel: mm/vmscan.c:__remove_mapping, mm/filemap.c:__filemap_remove_folio. */
  folioRemoved(folio: Folio, why: FolioRemoved, k: K): void
  /** It was evicted `distance` evictions and activations ago and is back; `folioAdded` follows. Kernel: mm/workingset.c:workingset_refault. */
  folioRefaulted(folio: Folio, distance: number, facts: number, k: K): void
}

export type NotificationName = keyof Notifications<unknown>

/** Every notification, at run time. Exhaustive by type. */
export const NOTIFICATIONS: Readonly<Record<NotificationName, 1>> = { folioAdded: 1, folioAccessed: 1, folioActivated: 1, folioDeactivated: 1, folioRemoved: 1, folioRefaulted: 1 }
