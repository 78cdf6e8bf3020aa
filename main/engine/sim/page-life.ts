/** The life of one page as a followed run records it: what is followed, and each thing that happened to it. Plain data. */

/** A page by its place: memory of a process by region and page number, or a file by path and page number. */
export type PagePlace =
  | { readonly kind: 'anon'; readonly process: string; readonly region: string; readonly index: number }
  | { readonly kind: 'file'; readonly path: string; readonly index: number }

export interface FollowSpec {
  /** The page, or the first one that reclaim frees from `from` on (a search: it only finds the place; follow that place in a second run to see its whole life). */
  readonly page: PagePlace | { readonly kind: 'next-evicted'; readonly of?: 'anon' | 'file' | 'tmpfs' }
  /** Events before this are not kept; ns since the workload started. Defaults to 0. */
  readonly from?: number
  readonly until?: number
  /** Events kept; default 2000. The rest is counted. */
  readonly max?: number
}

export type PageEventKind =
  | 'allocated' | 'zero_page' | 'mapped' | 'write_fault' | 'zapped' | 'freed'
  | 'batch_add' | 'lru_add' | 'accessed' | 'activated' | 'deactivated' | 'promoted' | 'protected'
  | 'isolated' | 'skipped' | 'references' | 'fate' | 'putback'
  | 'swap_slot' | 'swap_cache_add' | 'swap_cache_del' | 'swap_cache_hit' | 'slot_freed' | 'unmapped'
  | 'cache_add' | 'cache_del' | 'shadow' | 'refault' | 'read_submit' | 'read_done'
  | 'compact_isolated' | 'migrated'
  | 'dirtied' | 'write_submit' | 'write_done' | 'rotate_batch' | 'rotate_missed' | 'rotated'

export interface PageEvent {
  /** ns since the workload started. */
  readonly t: number
  readonly kind: PageEventKind
  /** The task that did it; `interrupt` for ends of IO. */
  readonly task: string
  /** Numbers and words by kind; main/lab/follow puts them into sentences. */
  readonly args: Readonly<Record<string, number | string>>
}

export interface PageLife {
  /** The page followed, or found by the search; absent when the search found none. */
  readonly page?: PagePlace
  readonly events: readonly PageEvent[]
  /** Events beyond the bound. */
  readonly dropped: number
}
