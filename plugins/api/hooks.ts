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
  readonly high: number
  readonly boost: number
  /** vm.watermark_boost_factor, in 1/10000 of the high mark. */
  readonly factor: number
  readonly pageblockPages: number
}

export interface KswapdWakeArgs {
  readonly node: number
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  /** kswapd runs in a row that reclaimed nothing; 16 = hopeless. */
  readonly failures: number
  /** The node's zones up to `highestZoneidx`, lowest first. */
  readonly zones: readonly ZoneView[]
}

export interface KswapdBalancedArgs {
  readonly node: number
  readonly order: number
  readonly highestZoneidx: ZoneIndex
  readonly zones: readonly ZoneView[]
}

export interface KswapdTargetArgs {
  readonly node: number
  readonly order: number
  readonly priority: number
  readonly highestZoneidx: ZoneIndex
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
  readonly memcg: number
  /** 12 (gentle) to 0 (everything). */
  readonly priority: number
  readonly swappiness: number
  /** May this pass swap at all (`sc->may_swap`), and is there a free slot? */
  readonly maySwap: boolean
  readonly freeSwap: number
  /** Pages paid to reclaim anon and file lately (mm/swap.c: lru_note_cost); halved as they grow. */
  readonly anonCost: number
  readonly fileCost: number
  /** Page cache almost gone: file + free <= sum of high marks, while anon has inactive pages. */
  readonly fileIsTiny: boolean
  /** Plenty of inactive file pages that nobody asks back. */
  readonly cacheTrimMode: boolean
}

/** How much of each type to scan: `size >> priority`, times the type's fraction over `denominator`. */
export interface ScanBalance {
  readonly mode: 'equal' | 'fract' | 'anon' | 'file'
  /** Used by `fract`. Integers >= 0, at most 2^31; both 0 is refused. */
  readonly anon: number
  readonly file: number
}

export interface OomBadnessArgs {
  readonly task: string
  readonly rss: number
  readonly swapents: number
  readonly pagetablePages: number
  /** -1000 (never) to 1000. */
  readonly oomScoreAdj: number
  /** RAM + swap, pages. */
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
   * New `watermark_boost` of a zone, pages (0..managed), after a fallback split a foreign pageblock. Kernel: mm/page_alloc.c:boost_watermark.
   */
  watermarkBoost(args: WatermarkBoostArgs, k: K): number
  /**
   * Wake a sleeping kswapd? When: an allocation failed the LOW test in all eligible zones (or a boost was set). Binds: true wakes it.
   * Kernel: mm/vmscan.c:wakeup_kswapd.
   */
  kswapdWake(args: KswapdWakeArgs, k: K): boolean
  /**
   * Is the node balanced? When: before kswapd sleeps and at the top of every pass. Binds: true lets kswapd stop.
   * Kernel: mm/vmscan.c:pgdat_balanced.
   */
  kswapdBalanced(args: KswapdBalancedArgs, k: K): boolean
  /**
   * Pages kswapd tries to reclaim in one pass over the node, 1..2^31. Kernel: mm/vmscan.c:kswapd_shrink_node.
   */
  kswapdTarget(args: KswapdTargetArgs, k: K): number
  /** Pages a direct reclaimer tries to reclaim, 1..2^31. Kernel: mm/vmscan.c:try_to_free_pages (SWAP_CLUSTER_MAX). */
  directReclaimTarget(args: DirectReclaimTargetArgs, k: K): number
  /**
   * After direct reclaim and a failed allocation: try again (true) or go on to the OOM killer (false)? The engine itself gives up after 1000
   * rounds without progress. Kernel: mm/page_alloc.c:should_reclaim_retry.
   */
  reclaimRetry(args: ReclaimRetryArgs, k: K): boolean
  /** How to divide the scan between anon and file. When: each lruvec of each pass. Kernel: mm/vmscan.c:get_scan_count. */
  scanBalance(args: ScanBalanceArgs, k: K): ScanBalance
  /** Is an inactive list too short against its active list (pages)? true lets pages be deactivated. Kernel: mm/vmscan.c:inactive_is_low. */
  inactiveIsLow(inactive: number, active: number, k: K): boolean
  /**
   * The verdict on an inactive folio. `young`: PTEs found young (their bits are now clear); `facts`: `FOLIO_*` bits. Called per folio, so take
   * and return integers only. Binds: a `FOLIOREF_*` value. Kernel: mm/vmscan.c:folio_check_references.
   */
  folioReferences(young: number, facts: number, k: K): FolioReferences
  /** Keep an active folio active (true) or deactivate it? Same arguments. Kernel: mm/vmscan.c:shrink_active_list. */
  keepActive(young: number, facts: number, k: K): boolean
  /**
   * Put a refaulting folio straight on the active list? `distance`: evictions and activations since its own eviction; `size`: pages it would have to
   * compete with; `facts`: `FOLIO_*` bits. Kernel: mm/workingset.c:workingset_refault.
   */
  refaultActivate(distance: number, size: number, facts: number, k: K): boolean
  /** A task's badness; the highest is killed. -Infinity or NaN is refused; return Number.MIN_SAFE_INTEGER for "never". Kernel: mm/oom_kill.c:oom_badness. */
  oomBadness(args: OomBadnessArgs, k: K): number
}

export type HookName = keyof Hooks<unknown>

/** Every hook, at run time. Exhaustive by type. */
export const HOOKS: Readonly<Record<HookName, 1>> = {
  minFreeKbytes: 1, zoneWatermarks: 1, lowmemReserve: 1, watermarkBoost: 1,
  kswapdWake: 1, kswapdBalanced: 1, kswapdTarget: 1, directReclaimTarget: 1, reclaimRetry: 1,
  scanBalance: 1, inactiveIsLow: 1, folioReferences: 1, keepActive: 1, refaultActivate: 1, oomBadness: 1,
}
