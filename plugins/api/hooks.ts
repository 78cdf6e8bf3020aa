/**
 * Every decision a kernel takes, as one table of hooks. All are optional in a policy: an absent hook, or an answer
 * of `undefined`, means the decision of whatever lies below (another policy of the stack, at last the base kernel).
 * That decision can be asked for inside a hook: `k.base.<hook>(args)`.
 *
 * Decision hooks have no side effects on the kernel: costs, failures, boost and all other kernel state live in the
 * engine. Answers are checked; an answer outside the documented range ejects the policy and the base goes on.
 */
import type {
  AllowDirectReclaimArgs, CompactionSuitableArgs, DirectReclaimStartArgs, DirectReclaimTargetArgs, DirtyPauseArgs, InactiveInZoneArgs, KcompactdWakeArgs, KswapdBalancedArgs, KswapdPriorityArgs, KswapdSleepArgs, KswapdTargetArgs, KswapdWakeArgs, LowmemReserveArgs,
  MemcgProtectionArgs, MinFreeKbytesArgs, OomBadnessArgs, ReadaheadWindow, ReadaheadWindowArgs, ReclaimContinueArgs, ReclaimRetryArgs, ReclaimThrottleArgs, ScanBalance, ScanBalanceArgs, SlabScan,
  SlabScanArgs, SwapDeviceArgs, WatermarkBoostArgs, WritebackStartArgs, ZoneWatermarksArgs,
} from './hook-args'
import type { EvictFoliosArgs, Folio } from './folios'
import type { AddFolio, CompactResult, FolioReferences, ZoneMarks } from './types'

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
   * The `protection` rows of /proc/zoneinfo. When: boot and writes to vm.lowmem_reserve_ratio. Binds: `answer[zone][highestZoneidx]`, pages >= 0.
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
   * May kswapd sleep? When: before its nap of a tenth of a second, and after an undisturbed nap before it sleeps until it is woken. Binds: true lets it; false sends it into
   * another run at once. Kernel: mm/vmscan.c:prepare_kswapd_sleep.
   */
  kswapdSleep(args: KswapdSleepArgs, k: K): boolean
  /**
   * Pages kswapd tries to reclaim in one pass over the node. When: each pass. Binds: 1..2^31; lists are left early, in proportion, once so many are freed, and the
   * priority stays if at least so many were scanned. Kernel: mm/vmscan.c:kswapd_shrink_node.
   */
  kswapdTarget(args: KswapdTargetArgs, k: K): number
  /**
   * How hard the next pass of this run presses. When: after each pass of kswapd. Binds: the next pass's priority, 1 (hard) to 12 (gentle), or 0 to end the run. Passes that
   * reclaim nothing don't go on for ever: after 16 of them in a run the engine presses harder itself. Kernel: mm/vmscan.c:balance_pgdat.
   */
  kswapdPriority(args: KswapdPriorityArgs, k: K): number
  /**
   * Reclaim in the allocating task (true), or wait a tick and try the allocation again (false)? When: before each direct reclaim. Binds: a wait counts as a round without
   * progress; after 8 in a row of one request the engine reclaims. Kernel: mm/page_alloc.c:__alloc_pages_slowpath.
   */
  directReclaimStart(args: DirectReclaimStartArgs, k: K): boolean
  /**
   * Pages a direct reclaimer tries to reclaim before it tries its allocation again. When: once each direct reclaim; not for node reclaim. Binds: 1..2^31; passes of
   * falling priority go on until so many are freed or the last one is through. Kernel: mm/vmscan.c:try_to_free_pages (SWAP_CLUSTER_MAX).
   */
  directReclaimTarget(args: DirectReclaimTargetArgs, k: K): number
  /**
   * Let a task begin direct reclaim (true), or make it wait for kswapd (false)? When: as it begins, each time kswapd or another waiter wakes it, and by kswapd after each pass.
   * Binds: false puts it to sleep and wakes kswapd; nobody waits longer than 10 s for an answer of a policy. Kernel: mm/vmscan.c:allow_direct_reclaim.
   */
  allowDirectReclaim(args: AllowDirectReclaimArgs, k: K): boolean
  /**
   * Go on to the next, harder priority (true), or stop here (false)? When: after each pass of a direct reclaimer, or of a memory cgroup's reclaim, over its zones. Binds: true goes
   * on, at most until priority 0 is through. Kernel: mm/vmscan.c:do_try_to_free_pages.
   */
  reclaimContinue(args: ReclaimContinueArgs, k: K): boolean
  /**
   * How long a reclaimer sleeps when it should wait for somebody. When: at each of the four reasons. Binds: ticks, 0..10 seconds' worth; 0 does not sleep; it wakes earlier when the
   * reason has passed. Kernel: mm/vmscan.c:reclaim_throttle.
   */
  reclaimThrottle(args: ReclaimThrottleArgs, k: K): number
  /**
   * Reclaim once more (true), or go on to the OOM killer (false)? When: after direct reclaim and another failed try of the allocation. Binds: the engine itself gives up after 1000
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
   * The same where LRU lists are by zone (android-3.18), which asks this instead. When: before an active list is scanned, after each lruvec and before each pass of kswapd; and whether file
   * pages alone are to be scanned. Binds: true lets pages of the active list be deactivated. Kernel: mm/vmscan.c:inactive_anon_is_low, inactive_file_is_low.
   */
  inactiveIsLowInZone(args: InactiveInZoneArgs, k: K): boolean
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
   * Write a dirty file page from reclaim (true), or leave it to the flusher and spare it (false)? When: reclaim met one on an inactive list, unmapped and unreferenced. `bits`: `DIRTY_*`.
   * Called per folio. Binds: true writes it where the request may (GFP_FS, laptop_mode). Kernel: mm/vmscan.c:shrink_folio_list.
   */
  pageoutDirty(bits: number, k: K): boolean
  /**
   * May this page go to swap? When: an anonymous page is about to get a slot. Called per folio; `facts`: `FOLIO_*` bits. Binds: false keeps it, on the active list.
   * Kernel: mm/vmscan.c:shrink_folio_list, mm/swap_state.c:add_to_swap (always).
   */
  swapAdmit(facts: number, k: K): boolean
  /**
   * Which swap area gives the next slots? When: a CPU's cache of 64 slots is empty, or each slot where caches are out of use. Binds: an index into `args.areas`, or -1 for none (the
   * pages stay). Kernel: mm/swapfile.c:get_swap_pages.
   */
  swapDevice(args: SwapDeviceArgs, k: K): number
  /**
   * How many objects of a slab cache a pass scans. When: each shrinker of each pass of reclaim that has any. Binds: whole numbers >= 0, `total` at most twice `freeable`.
   * Kernel: mm/vmscan.c:do_shrink_slab.
   */
  slabScan(args: SlabScanArgs, k: K): SlabScan
  /**
   * How much of a memory cgroup's memory is spared. When: each group of each pass but the one that must give, once for memory.min and once for memory.low. Binds: pages; with more than it
   * uses, `min` spares it wholly, `low` until nothing else is left. Kernel: mm/memcontrol.c:effective_protection.
   */
  memcgProtection(args: MemcgProtectionArgs, k: K): number
  /**
   * Put a refaulting folio straight on the active list? When: a page is read back whose eviction left a shadow. `distance`: evictions and activations since its own
   * eviction; `size`: pages it has to compete with; `facts`: `FOLIO_*` bits. Binds: true activates it, and counts as workingset_activate.
   * Kernel: mm/workingset.c:workingset_refault.
   */
  refaultActivate(distance: number, size: number, facts: number, k: K): boolean
  /**
   * Where does a page go that has just come in? When: it is put into the per-cpu batch for the lists. Called per folio. `where`: what the kernel does (`ADD_INACTIVE`, or `ADD_ACTIVE` after a
   * refault); `facts`: `FOLIO_*` bits; `task`: who brought it in, see `k.taskName`. Binds: `ADD_TAIL` makes it the next to go. Kernel: mm/swap.c:folio_add_lru.
   */
  admitFolio(where: AddFolio, facts: number, task: number, k: K): AddFolio
  /**
   * How far to read ahead. When: a page of a file is missing, or the marker of the last window is met, and the file was not opened for random access. Binds: `size` 1..8192 pages,
   * `async` 0..size. Kernel: mm/readahead.c:ondemand_readahead.
   */
  readaheadWindow(args: ReadaheadWindowArgs, k: K): ReadaheadWindow
  /**
   * Start (or go on) writing dirty files in the background? When: the flusher is awake and something is dirty, once a chunk. Binds: true writes the oldest file's next chunk. At the limit it
   * writes whatever is answered. Kernel: fs/fs-writeback.c:wb_over_bg_thresh, wb_check_old_data_flush, wb_check_start_all.
   */
  writebackStart(args: WritebackStartArgs, k: K): boolean
  /**
   * How long a writer pauses. When: it has dirtied its share and more is dirty than the free-run point. Binds: ns, 0..200,000,000, rounded up to ticks; 0 lets it go on,
   * and what it owes is added to the next pause. At the limit (`position` 0) it is asked again after each pause. Kernel: mm/page-writeback.c:balance_dirty_pages.
   */
  dirtyPause(args: DirtyPauseArgs, k: K): number
  /**
   * Whole eviction: which pages to take, of your own choice. When: a pass would scan `nr` pages of this lruvec and type; again until the pass has had enough. Binds: up to `nr` handles; each is
   * checked (still there, of this lruvec and type, not in use elsewhere) and reclaimed without asking for references; after fewer than `nr` the kernel's own lists serve the rest of the pass, and
   * they do all of it where nothing proposed could be freed. Two owners of whole eviction in one scope are refused. Not asked while lru_gen.enabled holds. Kernel: mm/vmscan.c:shrink_lruvec (as cache_ext's evict_folios).
   */
  evictFolios(args: EvictFoliosArgs, k: K): readonly Folio[]
  /**
   * Is a zone worth compacting for an order? When: before compaction, when reclaim for an order asks whether to leave the rest to it, and before kcompactd is woken. Binds: `COMPACT_*`: SKIPPED reclaims
   * instead, CONTINUE compacts, SUCCESS does neither. Kernel: mm/compaction.c:compaction_suitable.
   */
  compactionSuitable(args: CompactionSuitableArgs, k: K): CompactResult
  /**
   * Wake a sleeping kcompactd? When: kswapd takes its nap, a request may not compact itself, or a boosted run of kswapd ends. Binds: true wakes it. Kernel: mm/compaction.c:wakeup_kcompactd.
   */
  kcompactdWake(args: KcompactdWakeArgs, k: K): boolean
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
  kswapdWake: 1, kswapdBalanced: 1, kswapdSleep: 1, kswapdTarget: 1, kswapdPriority: 1,
  directReclaimStart: 1, directReclaimTarget: 1, allowDirectReclaim: 1, reclaimContinue: 1, reclaimThrottle: 1, reclaimRetry: 1,
  scanBalance: 1, inactiveIsLow: 1, inactiveIsLowInZone: 1, folioReferences: 1, keepActive: 1, pageoutDirty: 1, swapAdmit: 1, swapDevice: 1, slabScan: 1, memcgProtection: 1,
  refaultActivate: 1, admitFolio: 1, readaheadWindow: 1, writebackStart: 1, dirtyPause: 1, evictFolios: 1, compactionSuitable: 1, kcompactdWake: 1, oomBadness: 1,
}
