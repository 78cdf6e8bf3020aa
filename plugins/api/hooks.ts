/**
 * Every decision a kernel takes, as one table of hooks. All are optional in a policy: an absent hook, or an answer
 * of `undefined`, means the decision of whatever lies below (another policy of the stack, at last the base kernel).
 * That decision can be asked for inside a hook: `k.base.<hook>(args)`.
 *
 * Decision hooks have no side effects on the kernel: costs, failures, boost and all other kernel state live in the
 * engine. Answers are checked; an answer outside the documented range ejects the policy and the base goes on.
 */
import type { LruSizes, Reclaimer, ZoneIndex, ZoneMarks, ZoneView, FolioReferences } from './types'

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
  /** Mapped pages, anonymous and file. */
  readonly rss: number
  readonly swapents: number
  readonly pagetablePages: number
  /** -1000 (never) to 1000. */
  readonly oomScoreAdj: number
  /** RAM + swap, pages; where a memory cgroup is full, its memory.max and what it may swap. */
  readonly totalpages: number
}

/** What the engine asks. `K` is the context a hook gets as its last argument. */
export interface Hooks<K> {
  /**
   * The automatic vm.min_free_kbytes. When: boot, memory hotplug. Binds: the value in kB, 128 or more (the kernel's own stays within 262144).
   * Kernel: mm/page_alloc.c:calculate_min_free_kbytes.
   */
  minFreeKbytes(args: MinFreeKbytesArgs, k: K): number
  /**
   * Every zone's marks. When: boot, and each write to vm.min_free_kbytes, vm.watermark_scale_factor or vm.extra_free_kbytes; never
   * because managed pages changed. Binds: one `ZoneMarks` per zone of `args.zones`, same order, integers, min <= low <= high <= promo.
   * Kernel: mm/page_alloc.c:__setup_per_zone_wmarks.
   */
  zoneWatermarks(args: ZoneWatermarksArgs, k: K): readonly ZoneMarks[]
  /**
   * The `protection` rows of /proc/zoneinfo: `answer[zone][highestZoneidx]`, pages >= 0. When: boot and writes to vm.lowmem_reserve_ratio.
   * Kernel: mm/page_alloc.c:setup_per_zone_lowmem_reserve.
   */
  lowmemReserve(args: LowmemReserveArgs, k: K): readonly (readonly number[])[]
  /**
   * How far a zone's marks are raised for a while. When: an allocation took its block from a pageblock of another migrate type and split it, unless
   * vm.watermark_boost_factor is 0 or the zone is smaller than four pageblocks. Binds: the zone's `watermark_boost`, 0..managed pages; kswapd takes it back at the end of
   * its next run. Kernel: mm/page_alloc.c:boost_watermark.
   */
  watermarkBoost(args: WatermarkBoostArgs, k: K): number
  /**
   * Wake a sleeping kswapd? When: an allocation failed the LOW test in all eligible zones, or the zone it was served from had its boost raised; once a node of the
   * zonelist, and only if its kswapd sleeps. Binds: true wakes it.
   * Kernel: mm/vmscan.c:wakeup_kswapd.
   */
  kswapdWake(args: KswapdWakeArgs, k: K): boolean
  /**
   * Is the node balanced? When: at the top of every pass of kswapd, before its nap and before it goes to sleep. Binds: true lets it stop.
   * Kernel: mm/vmscan.c:pgdat_balanced.
   */
  kswapdBalanced(args: KswapdBalancedArgs, k: K): boolean
  /**
   * Pages kswapd tries to reclaim in one pass over the node. When: each pass. Binds: 1..2^31; lists are left early, in proportion, once so many are freed, and the
   * priority stays if at least so many were scanned. Kernel: mm/vmscan.c:kswapd_shrink_node.
   */
  kswapdTarget(args: KswapdTargetArgs, k: K): number
  /**
   * Pages a direct reclaimer tries to reclaim before it tries its allocation again. When: once each direct reclaim; not for node reclaim. Binds: 1..2^31; passes of
   * falling priority go on until so many are freed or the last one is through. Kernel: mm/vmscan.c:try_to_free_pages (SWAP_CLUSTER_MAX).
   */
  directReclaimTarget(args: DirectReclaimTargetArgs, k: K): number
  /**
   * After direct reclaim and a failed allocation: try again (true) or go on to the OOM killer (false)? The engine itself gives up after 1000
   * rounds without progress. Kernel: mm/page_alloc.c:should_reclaim_retry.
   */
  reclaimRetry(args: ReclaimRetryArgs, k: K): boolean
  /**
   * How to divide the scan between anon and file. When: each lruvec of each pass, before any list is scanned. Binds: see `ScanBalance`. Kernel: mm/vmscan.c:get_scan_count.
   */
  scanBalance(args: ScanBalanceArgs, k: K): ScanBalance
  /**
   * Is an inactive list too short against its type's active list (both in pages)? When: at the start of each pass for both types, and for anon after each lruvec and
   * before each pass of kswapd. Binds: true lets pages of the active list be deactivated. Kernel: mm/vmscan.c:inactive_is_low.
   */
  inactiveIsLow(inactive: number, active: number, k: K): boolean
  /**
   * The verdict on an inactive folio. When: reclaim has isolated it and it is not under writeback. `young`: PTEs found young (their bits are now clear); `facts`:
   * `FOLIO_*` bits. Called per folio, so take and return integers only. Binds: a `FOLIOREF_*` value; RECLAIM_CLEAN frees it only if it is clean.
   * Kernel: mm/vmscan.c:folio_check_references.
   */
  folioReferences(young: number, facts: number, k: K): FolioReferences
  /**
   * Keep an active folio active (true), or deactivate it? When: it is at the tail of an active list that is being shortened. Same arguments as `folioReferences`.
   * Binds: true sends it back to the head of its list. Kernel: mm/vmscan.c:shrink_active_list.
   */
  keepActive(young: number, facts: number, k: K): boolean
  /**
   * Put a refaulting folio straight on the active list? When: a page is read back whose eviction left a shadow. `distance`: evictions and activations since its own
   * eviction; `size`: pages it has to compete with; `facts`: `FOLIO_*` bits. Binds: true activates it, and counts as workingset_activate.
   * Kernel: mm/workingset.c:workingset_refault.
   */
  refaultActivate(distance: number, size: number, facts: number, k: K): boolean
  /**
   * A task's badness, in pages. When: nothing could be reclaimed and a victim is chosen; every living task that is no kernel thread is asked about. Binds: any finite
   * number; the highest is killed, of equals the later task. Number.MIN_SAFE_INTEGER is "never". Kernel: mm/oom_kill.c:oom_badness.
   */
  oomBadness(args: OomBadnessArgs, k: K): number
}

export type HookName = keyof Hooks<unknown>

/** Every hook, at run time. Exhaustive by type. */
export const HOOKS: Readonly<Record<HookName, 1>> = {
  minFreeKbytes: 1, zoneWatermarks: 1, lowmemReserve: 1, watermarkBoost: 1,
  kswapdWake: 1, kswapdBalanced: 1, kswapdTarget: 1, directReclaimTarget: 1, reclaimRetry: 1,
  scanBalance: 1, inactiveIsLow: 1, folioReferences: 1, keepActive: 1, refaultActivate: 1, oomBadness: 1,
}
