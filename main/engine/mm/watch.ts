/**
 * What a run tells whoever watches it, at the moment at which it happens: every decision, every event, and what reclaim does with pages. Reached as `mm.watch`, undefined unless somebody
 * watches. A watcher only reads; nothing it is told may be changed or kept, but copied. A watched run is the same run.
 */
import type { HookName } from 'reclaim-lab'
import type { RunEvent } from '../sim/recording'
import type { Lruvec } from './lruvec'
import type { Mm } from './mm'
import { PG_SHMEM, isAnonFolio } from './page'
import type { ScanControl } from './scan-control'
import type { Task } from './task'

export interface Watch {
  /** A decision was taken: what was asked, and what counts. */
  called(hook: HookName, args: readonly unknown[], answer: unknown): void
  /** An event was logged. */
  logged(event: RunEvent): void
  /** The current task is about to serve its next touch by more than a hit in its page table. */
  touching(task: Task): void
  /** get_scan_count has set how much of each list is scanned. */
  scanCounts(lruvec: Lruvec, sc: ScanControl, nr: Float64Array): void
  /** Reclaim took a folio off its list. */
  isolated(pfn: number, list: string): void
  /** Reclaim frees this frame. */
  evicted(pfn: number): void
  /** A page is back whose eviction left a shadow. */
  refaulted(pfn: number): void
  /** A folio was put on an LRU list or into a generation. */
  listed(pfn: number): void
  /** A reclaimer has gone once over a node: a pass of kswapd, or a whole direct reclaim. */
  reclaimed(by: 'kswapd' | 'direct'): void
}

/** The page in a frame, as people name it: `app:heap:1234`, `file:/data/x:77`. */
export function nameOfPage(mm: Mm, pfn: number): string {
  const f = mm.frames
  const [flags, index] = [f.flags[pfn], f.index[pfn]]
  if (!isAnonFolio(flags) || (flags & PG_SHMEM) !== 0) return `file:${mm.files[f.mapping[pfn]]?.path ?? '?'}:${index}`
  const area = mm.areas[f.mapping[pfn]]
  if (area === undefined) return `?:?:${index}`
  for (const [region, one] of area.task.areas) if (one === area) return `${area.task.name}:${region}:${index}`
  return `${area.task.name}:?:${index}`
}
