/**
 * What decision hooks are told and what those answer that is more than a number or a flag.
 */
import type { LruSizes, Reclaimer, ZoneIndex, ZoneView } from './types'

export interface MinFreeKbytesArgs {
  /** Sum over zones up to NORMAL of managed minus high mark, in kB. */
  readonly lowmemKb: number
  /** The value a person wrote to vm.min_free_kbytes, or -1. */
  readonly userKb: number
}

export interface ZoneWatermarksArgs {
  /** Every populated zone of the machine, by node, then zone index. */
  readonly zones: readonly { readonly node: number; readonly zone: ZoneIndex; readonly name: string; readonly managed: number }[]
  /** vm.min_free_kbytes in kB. */
  readonly minFreeKb: number
  /** vm.watermark_scale_factor, in 1/10000 of a zone. */
  readonly scaleFactor: number
  /** vm.extra_free_kbytes (Android), in kB; 0 elsewhere. */
  readonly extraFreeKb: number
  /** All zones' managed pages (less their high marks) when the zonelists were built. */
  readonly vmTotalPages: number
}

export interface LowmemReserveArgs {
  /** Managed pages of the node's zones by zone index; 0 for an absent zone. */
  readonly managed: readonly number[]
  /** vm.lowmem_reserve_ratio by zone index. */
  readonly ratio: readonly number[]
}

export interface WatermarkBoostArgs {
  readonly managed: number
  /** The stored HIGH mark, without boost. */
  readonly high: number
  /** The boost so far. */
  readonly boost: number
  /** vm.watermark_boost_factor, in 1/10000 of the high mark. */
  readonly factor: number
  readonly pageblockPages: number
}

export interface KswapdWakeArgs {
  readonly node: number
  /** Of the request; 0 for a boost. */
  readonly order: number
  /** Highest zone the request may use. */
  readonly highestZoneidx: ZoneIndex
  /** kswapd runs in a row that reclaimed nothing; 16 = hopeless. */
  readonly failures: number
  /** The node's zones up to `highestZoneidx`, lowest first. */
  readonly zones: readonly ZoneView[]
}

export interface KswapdBalancedArgs {
  readonly node: number
  /** Largest order, and highest zone, that somebody woke kswapd for; falls back to 0 once enough was reclaimed for the order. */
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  /** As in `KswapdWakeArgs`. */
  readonly zones: readonly ZoneView[]
}

export interface KswapdTargetArgs {
  readonly node: number
  /** As in `KswapdBalancedArgs`. */
  readonly order: number
  /** 12 (gentle) to 1. */
  readonly priority: number
  readonly highestZoneidx: ZoneIndex
  /** As in `KswapdWakeArgs`. */
  readonly zones: readonly ZoneView[]
}

export interface DirectReclaimTargetArgs {
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  /** `current` is a kernel thread. */
  readonly kthread: boolean
}

export interface ReclaimRetryArgs {
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  /** Rounds in a row without progress, this one included. */
  readonly noProgressLoops: number
  readonly didSomeProgress: boolean
  /** Per eligible zone: what a request could hope for if all reclaimable pages were freed. */
  readonly zones: readonly (ZoneView & { readonly reclaimable: number })[]
}

export interface ScanBalanceArgs extends LruSizes {
  readonly reclaimer: Reclaimer
  /** The memory cgroup whose lists these are, by number; 0 is the root. */
  readonly memcg: number
  /** It is reclaimed for the limit of a memory cgroup, itself or one above it, and not because the machine lacks memory. */
  readonly memcgReclaim: boolean
  /** 12 (gentle) to 0 (everything). */
  readonly priority: number
  /** vm.swappiness, or the group's own in v1; 0..200. */
  readonly swappiness: number
  /** May this pass swap at all (`sc->may_swap`)? Not if it runs only for a boost. */
  readonly maySwap: boolean
  /** Free swap slots that the group may use. */
  readonly freeSwap: number
  /** Pages paid to reclaim anon and file lately (mm/swap.c: lru_note_cost); halved as they grow. */
  readonly anonCost: number
  readonly fileCost: number
  /** Page cache almost gone: file + free <= sum of high marks, while anon has inactive pages. */
  readonly fileIsTiny: boolean
  /** Plenty of inactive file pages that nobody asks back. */
  readonly cacheTrimMode: boolean
  /** Where LRU lists are by zone (android-3.18), which has this instead of costs: pages isolated lately of each type, and how many of them were found in use; halved as they grow. */
  readonly rotation?: ScanRotation
}

export interface ScanRotation {
  readonly scannedAnon: number
  readonly rotatedAnon: number
  readonly scannedFile: number
  readonly rotatedFile: number
}

export interface InactiveInZoneArgs {
  readonly node: number
  readonly zone: ZoneIndex
  /** File lists, or anon ones? */
  readonly file: boolean
  readonly inactive: number
  readonly active: number
  /** All the zone's pages. */
  readonly managed: number
}

/**
 * How much of each list to scan. A list's share at this priority is `size >> priority`. `equal` scans that of every list, `anon` and `file` only that of their type;
 * `fract` scans anon / (anon + file) of it of the anon lists and file / (anon + file) of the file lists.
 */
export interface ScanBalance {
  readonly mode: 'equal' | 'fract' | 'anon' | 'file'
  /** Used by `fract`. Integers >= 0, at most 2^31; both 0 is refused. */
  readonly anon: number
  readonly file: number
}

export interface OomBadnessArgs {
  /** Its name. */
  readonly task: string
  /** How long it has been running, ns. */
  readonly ageNs: number
  /** Mapped pages, anonymous and file. */
  readonly rss: number
  readonly swapents: number
  readonly pagetablePages: number
  /** -1000 (never) to 1000. */
  readonly oomScoreAdj: number
  /** RAM + swap, pages; where a memory cgroup is full, its memory.max and what it may swap. */
  readonly totalpages: number
}

export interface KswapdSleepArgs {
  readonly node: number
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  /** kswapd runs in a row that reclaimed nothing. */
  readonly failures: number
  /** What `kswapdBalanced` answers now. */
  readonly balanced: boolean
  /** false: before its nap of a tenth of a second; true: after it, before it sleeps until it is woken. */
  readonly napped: boolean
}

export interface KswapdPriorityArgs {
  readonly node: number
  /** Of the pass that has just ended, 12 (gentle) to 1. */
  readonly priority: number
  /** Pages that pass reclaimed. */
  readonly reclaimed: number
  /** It scanned at least its target. */
  readonly scannedEnough: boolean
  /** It ran for a watermark boost alone. */
  readonly forBoost: boolean
}

export interface DirectReclaimStartArgs {
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  /** Rounds in a row without progress of this request so far. */
  readonly noProgressLoops: number
  /** Is the near node's kswapd awake? */
  readonly kswapdAwake: boolean
  /** The zones the request may use, nearest and highest first. */
  readonly zones: readonly ZoneView[]
}

export interface AllowDirectReclaimArgs {
  readonly node: number
  readonly failures: number
  /** Free pages of the zones up to NORMAL that have something to reclaim. */
  readonly free: number
  /** Sum of the MIN marks of those zones. */
  readonly min: number
}

export interface ReclaimContinueArgs {
  readonly order: number
  /** The memory cgroup whose limit causes this reclaim; 0: the machine lacks memory. */
  readonly memcg: number
  /** Of the pass over the zones that has just ended. */
  readonly priority: number
  readonly target: number
  readonly reclaimed: number
  /** Pages scanned in that pass. */
  readonly scanned: number
}

export type ThrottleReason = 'VMSCAN_THROTTLE_WRITEBACK' | 'VMSCAN_THROTTLE_ISOLATED' | 'VMSCAN_THROTTLE_NOPROGRESS' | 'VMSCAN_THROTTLE_CONGESTED'

export interface ReclaimThrottleArgs {
  readonly node: number
  readonly reason: ThrottleReason
  readonly kswapd: boolean
  readonly failures: number
  /** Pages of the node that reclaim could take, and pages that wait for a write. */
  readonly reclaimable: number
  readonly writePending: number
  /** Ticks a second. */
  readonly hz: number
}

export interface CompactionSuitableArgs {
  readonly node: number
  readonly zone: ZoneIndex
  /** 1 or more. */
  readonly order: number
  /** Such a block can be had already. */
  readonly available: boolean
  /** Enough is free to move pages into: the mark and twice the block. */
  readonly room: boolean
  /** fragmentation_index, per mille: towards 0 memory is what lacks, towards 1000 it lies in small pieces; -1 or -1000: not asked for, or a block is there. Only for orders above 3. */
  readonly index: number
  /** vm.extfrag_threshold. */
  readonly threshold: number
}

export interface KcompactdWakeArgs {
  readonly node: number
  /** The largest that somebody wants. */
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  /** Some zone is worth compacting, by `compactionSuitable`. */
  readonly suitable: boolean
}

export interface WritebackStartArgs {
  /** Dirty pages, and pages being written. */
  readonly dirty: number
  readonly writeback: number
  /** Where writers are stopped, and where the kernel starts to write; pages. */
  readonly thresh: number
  readonly background: number
  /** The flusher's own disk: its dirty pages, and its part of `background` by what it has written of late. */
  readonly diskDirty: number
  readonly diskBackground: number
  /** How long ago the oldest dirty file was dirtied, and vm.dirty_expire_centisecs; ns. */
  readonly oldestNs: number
  readonly expireNs: number
  /** Reclaim met nothing but dirty pages and asked for them to be written. */
  readonly asked: boolean
}

export interface DirtyPauseArgs {
  /** Pages the task has dirtied since its last pause. */
  readonly dirtied: number
  readonly dirty: number
  /** Dirty pages below which nobody is held back, and the limit. */
  readonly freerun: number
  readonly limit: number
  /** 1 at the set point between them, 0 at the limit, more where the machine or the disk has room; at most 16. */
  readonly position: number
  /** What the disk has written lately, and what a writer of average share may dirty of it; pages a second. */
  readonly bandwidth: number
  readonly ratelimit: number
  /** Time since the task's last pause ended (less than nothing: it slept longer than it had to); ns. */
  readonly sinceNs: number
  /** A shorter pause is not worth it, a longer one might let the disk go idle; ns. */
  readonly minNs: number
  readonly maxNs: number
  /** One tick, ns. */
  readonly tickNs: number
}

export interface SwapDeviceArgs {
  /** Slots wanted. */
  readonly want: number
  /** The areas with free slots in the order in which the kernel would ask them: by priority, equal ones in turn. */
  readonly areas: readonly { readonly kind: 'disk' | 'zram'; readonly priority: number; readonly pages: number; readonly used: number }[]
}

export interface SlabScanArgs {
  readonly node: number
  /** The cache: `dentry`, `inode_cache`, … */
  readonly shrinker: string
  /** Objects that could be freed, as the cache counts them. */
  readonly freeable: number
  /** Objects that earlier passes put off. */
  readonly deferred: number
  /** What an object costs to make again, in seeks; 0: no IO. */
  readonly seeks: number
  readonly priority: number
  /** Pages scanned in this pass, those mapped or in the swap cache twice, and pages on the LRU lists: what a cache's share goes by in kernels before 4.12 (android-3.18). */
  readonly share?: { readonly scanned: number; readonly lruPages: number }
}

/** `delta`: this pass's own share, of which what is not scanned is put off; `total`: objects to scan now. */
export interface SlabScan {
  readonly delta: number
  readonly total: number
}

export interface MemcgProtectionArgs {
  /** The group by number. */
  readonly memcg: number
  readonly kind: 'min' | 'low'
  readonly usage: number
  readonly parentUsage: number
  /** memory.min or memory.low of the group, pages. */
  readonly setting: number
  readonly parentEffective: number
  /** Sum over the siblings, this group included, of min(usage, setting). */
  readonly siblingsProtected: number
  /** memory_recursiveprot. */
  readonly recursive: boolean
  /** Right below the group that must give: its setting holds as it is. */
  readonly topLevel: boolean
}

export interface ReadaheadWindowArgs {
  /**
   * What the access looks like: `initial` the start of a stream, `sequential` its next window, `marker` a marker page that fits no known window, `context` cached pages before the
   * miss look like a stream, `random` none of these.
   */
  readonly pattern: 'initial' | 'sequential' | 'marker' | 'context' | 'random'
  /** The missing (or marked) page, and how many were asked for. */
  readonly index: number
  readonly req: number
  /** First page of the window to come. */
  readonly start: number
  /** Pages of the window before (`sequential`), from `index` to `start` and asked for (`marker`), or cached before the miss (`context`); else 0. */
  readonly previous: number
  /** The disk's read_ahead_kb in pages. */
  readonly max: number
}

/** `size` pages are read from `start` on; the page `async` before the window's end starts the next window when it is read. */
export interface ReadaheadWindow {
  readonly size: number
  readonly async: number
}
