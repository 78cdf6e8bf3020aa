/**
 * Android's 3.18: v3.18 with `extra_free_kbytes` and the low-memory killer: every decision its memory reclaim takes, as hooks. Fork this file to change one. LRU lists, reclaim's loops and
 * kswapd's judgement are by zone; the loops are the engine's (main/engine/mm/zone-*.ts), chosen by the traits.
 * Follows mm/page_alloc.c, mm/vmscan.c, mm/workingset.c, mm/oom_kill.c, read in v3.18.63, and the same files of msm-3.18.71 for what Android adds; each hook names its function.
 * There is no watermark boost, no watermark_scale_factor, no kcompactd, no OOM reaper, no HIGHATOMIC, no PSI, no generations, and of memory cgroups only v1.
 * Simplifications: no highmem, so no 32-bit phones; the block layer is that of 6.1 but for its congestion (shares of the disk's tags); readahead allocates page by page, as
 * later kernels do; a task's capabilities are unknown, so root's 3 % off its badness are not taken; vmpressure and what vendors tune by it are left out.
 */
import {
  COMPACT_CONTINUE, COMPACT_SKIPPED, COMPACT_SUCCESS, defineKernel, DIRTY_KSWAPD, DIRTY_NODE, FOLIO_EXEC, FOLIO_FILE, FOLIO_REFERENCED, FOLIO_SWAPBACKED, FOLIOREF_ACTIVATE, FOLIOREF_KEEP, FOLIOREF_RECLAIM,
  FOLIOREF_RECLAIM_CLEAN,
} from 'reclaim-lab'
import type {
  AllowDirectReclaimArgs, CompactResult, CompactionSuitableArgs, DirtyPauseArgs, FolioReferences, InactiveInZoneArgs, KernelContext, KswapdBalancedArgs, KswapdPriorityArgs, KswapdTargetArgs, KswapdWakeArgs,
  LowmemReserveArgs, MinFreeKbytesArgs, OomBadnessArgs, ReadaheadWindow, ReadaheadWindowArgs, ReclaimContinueArgs, ReclaimRetryArgs, ReclaimThrottleArgs, ScanBalance, ScanBalanceArgs, SlabScan, SlabScanArgs,
  WatermarkBoostArgs, WritebackStartArgs, ZoneMarks, ZoneView, ZoneWatermarksArgs,
} from 'reclaim-lab'

const INT_MAX = 2_147_483_647
const SWAP_CLUSTER_MAX = 32
const DEFAULT_SEEKS = 2
/** A writer's longest pause, ns (mm/page-writeback.c:MAX_PAUSE). */
const MAX_PAUSE = 200_000_000
const MIN_FREE_KB_FLOOR = 128
const MIN_FREE_KB_CEILING = 65_536
/** 1 GiB in pages of 4 KiB, as a shift. */
const GIB_SHIFT_DIVISOR = 262_144
/** The most a share may be. */
const MOST_SHARE = 2_147_483_648

export default defineKernel({
  api: 1,
  name: 'android-3.18',
  describe: 'Linux 3.18 as Android had it: LRU lists and reclaim by zone, LOW = MIN + MIN / 4, HIGH = MIN + MIN / 2, extra_free_kbytes, new anonymous pages begin active, flushers called after 48 scanned pages, the low-memory killer.',
  scope: 'full',
  traits: {
    release: '3.18.71', procFiles: 'linux-3.18', folioBatch: 14, pcpBatchCap: 128, stalls: 'congestion', proportionalStop: 'once', oomReaperDelayS: undefined, emptyZoneOffers: 'nothing', nodeReclaimNeeds: 'either', thisNodeTry: 'reclaim',
    lruLists: 'zone', fairZones: true, newAnon: 'active', refaults: 'file', dirtyFolios: 'keep', highOrderTest: 'halve', reserves: 'migrate-reserve', perCpuLists: 'six-batches', kcompactd: false,
    slabShare: 'scanned', writesMarkAccessed: true, swapBypass: false, victimReserves: 'all', cgroups: 'v1',
  },
  sysctls: {
    'vm.min_free_kbytes': { default: 0, min: 0, max: INT_MAX, unit: 'kB', about: 'Free memory the MIN marks add up to. Computed at boot as 4 * sqrt(lowmem in kB), within 128..65536, unless a value is written.' },
    'vm.extra_free_kbytes': { default: 0, min: 0, max: INT_MAX, unit: 'kB', about: 'Extra free memory between MIN and LOW, so that kswapd starts earlier while direct reclaim starts where it did.' },
    'vm.lowmem_reserve_ratio': { default: [256, 256, 32, 0], min: 0, max: INT_MAX, unit: 'ratio', about: 'Per zone: one page of it in this many pages of the zones above is kept from requests that could use those. 0 counts as 1.' },
    'vm.percpu_pagelist_fraction': { default: 0, min: 0, max: INT_MAX, unit: 'ratio', about: 'Longest per-cpu free list as 1/n of a zone. 0: six batches.' },
    'vm.zone_reclaim_mode': { default: 0, min: 0, max: 7, unit: 'bits', about: 'What is done to free a zone\'s own pages before an allocation goes to another one: 1 reclaim clean unmapped page cache, 2 also write, 4 also unmap. 0: nothing.' },
    'vm.min_unmapped_ratio': { default: 1, min: 0, max: 100, unit: '%', about: 'A zone with no more page cache to reclaim than this share of its pages, and no more slab than min_slab_ratio, is not reclaimed by zone_reclaim_mode.' },
    'vm.min_slab_ratio': { default: 5, min: 0, max: 100, unit: '%', about: 'The share of a zone in reclaimable slab pages above which zone_reclaim_mode reclaims it, however little page cache it has.' },
    'vm.swappiness': { default: 60, min: 0, max: 100, unit: 'ratio', about: 'Cost of file IO against swap IO: anon is scanned with weight swappiness, file with 200 - swappiness. 100, the most there is, holds both for equal.' },
    'vm.vfs_cache_pressure': { default: 100, min: 0, max: INT_MAX, unit: '%', about: 'How readily dentries and inodes are given back against page cache: their number counts this many percent. 0: never, memory may run out over them; above 100: sooner than the kernel thinks fair.' },
    'vm.page-cluster': { default: 3, min: 0, max: 10, unit: 'log2', about: 'Swap-in reads up to 2^n pages around the wanted one. 0 reads one.' },
    'vm.dirty_ratio': { default: 20, min: 0, max: 100, unit: '%', about: 'Share of dirtyable memory (free above the reserves plus file pages) at which writers are stopped.' },
    'vm.dirty_background_ratio': { default: 10, min: 0, max: 100, unit: '%', about: 'Share of dirtyable memory at which the flusher starts to write.' },
    'vm.dirty_bytes': { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', about: 'Like dirty_ratio as an amount; 0 means the ratio holds.' },
    'vm.dirty_background_bytes': { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', about: 'Like dirty_background_ratio as an amount; 0 means the ratio holds.' },
    'vm.dirty_expire_centisecs': { default: 3000, min: 0, max: INT_MAX, unit: '10 ms', about: 'Dirty data older than this is written at the flusher\'s next round.' },
    'vm.dirty_writeback_centisecs': { default: 500, min: 0, max: INT_MAX, unit: '10 ms', about: 'How often the flusher looks for old dirty data. 0: never.' },
    'vm.extfrag_threshold': { default: 500, min: 0, max: 1000, unit: '1/1000', about: 'A zone is compacted for a block of more than 8 pages only if its fragmentation index is above this; below, lack of memory is held for the trouble and it is reclaimed.' },
    'vm.compact_memory': { default: 0, min: 0, max: 1, unit: 'flag', about: 'A write compacts all zones from end to end. Given with a scenario\'s sysctls: that was done just before the start, so that compaction begins with its skip hints.' },
    'vm.nr_hugepages': { default: 0, min: 0, max: 1_073_741_823, unit: 'huge pages of 2 MiB', about: 'Size of the hugetlbfs pool. A write makes the pool grow until an allocation fails, or gives pages back. Given with a scenario\'s sysctls: what the pool takes of free memory before the start.' },
    'vm.laptop_mode': { default: 0, min: 0, max: INT_MAX, unit: 'flag', about: 'When set, reclaim does not write until it is under pressure.' },
    'lowmemorykiller.enable_lmk': { default: 0, min: 0, max: 1, unit: 'flag', about: 'Android\'s low-memory killer (module parameter). Off until a scenario turns it on: a device sets its limits at boot, and the driver\'s own would kill in most of these scenarios before reclaim has begun.' },
    'lowmemorykiller.minfree': { default: [1536, 2048, 4096, 16_384], min: 0, max: INT_MAX, unit: 'pages', about: 'Below so many free pages, with page cache below it too, tasks with at least the oom_score_adj in the same place of lowmemorykiller.adj are killed, the highest first.' },
    'lowmemorykiller.adj': { default: [0, 1, 6, 12], min: -1000, max: 1000, unit: 'oom_score_adj', about: 'The lowest oom_score_adj that may be killed, for each limit of lowmemorykiller.minfree.' },
    'vm.oom_kill_allocating_task': { default: 0, min: 0, max: 1, unit: 'flag', about: 'Kill the task that ran out of memory instead of the one with the most points.' },
    'vm.panic_on_oom': { default: 0, min: 0, max: 2, unit: 'flag', about: 'Stop the kernel instead of killing a task: 1 when the whole machine is out of memory, 2 always.' },
    'vm.oom_dump_tasks': { default: 1, min: 0, max: INT_MAX, unit: 'flag', about: 'List all tasks with their memory when the OOM killer runs.' },
    'kernel.hung_task_timeout_secs': { default: 120, min: 0, max: 9_223_372, unit: 's', about: 'A task in uninterruptible sleep for this long without a switch is reported as hung. 0: nobody looks.' },
    'kernel.hung_task_check_count': { default: 4_194_304, min: 0, max: INT_MAX, unit: 'tasks', about: 'Tasks looked at in one check, at most.' },
    'kernel.hung_task_warnings': { default: 10, min: -1, max: INT_MAX, unit: 'count', about: 'Reports left; each takes one away. -1: no limit.' },
    'kernel.hung_task_panic': { default: 0, min: 0, max: 1, unit: 'flag', about: 'Stop the kernel when a hung task is found.' },
  },
  hooks: {
    minFreeKbytes, zoneWatermarks, lowmemReserve, watermarkBoost,
    kswapdWake, kswapdBalanced, kswapdSleep: ({ balanced }) => balanced, kswapdTarget, kswapdPriority,
    directReclaimStart: () => true, directReclaimTarget: () => SWAP_CLUSTER_MAX, allowDirectReclaim, reclaimContinue, reclaimThrottle, reclaimRetry,
    scanBalance, inactiveIsLow, inactiveIsLowInZone, folioReferences, keepActive, pageoutDirty, swapAdmit: () => true, swapDevice: () => 0, slabScan, memcgProtection: () => 0,
    refaultActivate, admitFolio: (where) => where, readaheadWindow, writebackStart, dirtyPause, compactionSuitable, kcompactdWake: () => false, oomBadness,
  },
})

/** mm/page_alloc.c:init_per_zone_wmark_min. What a person wrote stays unless the computed value is larger. */
function minFreeKbytes({ lowmemKb, userKb }: MinFreeKbytesArgs, k: KernelContext): number {
  const computed = k.math.intSqrt(lowmemKb * 16)
  if (computed <= userKb) return userKb
  return Math.min(Math.max(computed, MIN_FREE_KB_FLOOR), MIN_FREE_KB_CEILING)
}

/** mm/page_alloc.c:__setup_per_zone_wmarks. `extra_free_kbytes` is shared out by all zones' pages, MIN by lowmem's. */
function zoneWatermarks(args: ZoneWatermarksArgs, k: KernelContext): readonly ZoneMarks[] {
  const { mulDiv } = k.math
  const pagesMin = Math.floor(args.minFreeKb / 4)
  const pagesExtra = Math.floor(args.extraFreeKb / 4)
  const lowmemPages = args.zones.reduce((sum, zone) => sum + zone.managed, 0)
  return args.zones.map(({ managed }) => {
    const min = mulDiv(pagesMin, managed, lowmemPages)
    const raised = min + (pagesExtra === 0 ? 0 : mulDiv(pagesExtra, managed, args.vmTotalPages))
    const high = raised + Math.floor(min / 2)
    return { min, low: raised + Math.floor(min / 4), high, promo: high }
  })
}

/** mm/page_alloc.c:setup_per_zone_lowmem_reserve. A ratio below 1 counts as 1; an empty zone has a reserve like any other. */
function lowmemReserve({ managed, ratio }: LowmemReserveArgs): readonly (readonly number[])[] {
  return managed.map((_, zone) => {
    let above = 0
    return managed.map((pages, highest) => {
      if (highest <= zone) return 0
      above += pages
      return Math.floor(above / Math.max(1, ratio[zone]))
    })
  })
}

/** There is none. */
function watermarkBoost({ boost }: WatermarkBoostArgs): number {
  return boost
}

/** mm/vmscan.c:zone_balanced: HIGH, without any reserve. */
function zoneBalanced(zone: ZoneView): boolean {
  return zone.free > zone.high && zone.hasBlock
}

/** mm/vmscan.c:wakeup_kswapd, asked for each zone of the zonelist. */
function kswapdWake({ zones }: KswapdWakeArgs): boolean {
  return !zones.every(zoneBalanced)
}

/** mm/vmscan.c:pgdat_balanced. Every zone must be, or have nothing left to give; for a large order a quarter of the pages must lie in such zones. */
function kswapdBalanced({ order, zones }: KswapdBalancedArgs): boolean {
  const well = (zone: ZoneView): boolean => zone.allUnreclaimable === true || zoneBalanced(zone)
  if (order === 0) return zones.every(well)
  const pages = (some: readonly ZoneView[]): number => some.reduce((sum, zone) => sum + zone.managed, 0)
  return pages(zones.filter(well)) >= Math.floor(pages(zones) / 4)
}

/** mm/vmscan.c:kswapd_shrink_zone: asked for each zone by itself. */
function kswapdTarget({ zones }: KswapdTargetArgs): number {
  return zones.reduce((sum, zone) => sum + Math.max(zone.high, SWAP_CLUSTER_MAX), 0)
}

/** mm/vmscan.c:balance_pgdat. Harder when nothing came of it, or too little was scanned in every zone. */
function kswapdPriority({ priority, reclaimed, scannedEnough }: KswapdPriorityArgs): number {
  return reclaimed === 0 || !scannedEnough ? priority - 1 : priority
}

/** mm/vmscan.c:pfmemalloc_watermark_ok. More than half of MIN is free, so reclaimers may eat reserves. */
function allowDirectReclaim({ free, min }: AllowDirectReclaimArgs): boolean {
  return min === 0 || free > Math.floor(min / 2)
}

/** mm/vmscan.c:do_try_to_free_pages. */
function reclaimContinue({ reclaimed, target }: ReclaimContinueArgs): boolean {
  return reclaimed < target
}

/** mm/backing-dev.c:congestion_wait, wait_iff_congested. At most a tenth of a second, a fiftieth before an allocation is tried again; a disk that is no longer congested ends either. */
function reclaimThrottle({ reason, hz }: ReclaimThrottleArgs): number {
  return Math.max(1, Math.floor(hz / (reason === 'VMSCAN_THROTTLE_NOPROGRESS' ? 50 : 10)))
}

/** mm/page_alloc.c:__alloc_pages_slowpath. Any progress at all is reason to try again; none is one to kill. */
function reclaimRetry({ didSomeProgress }: ReclaimRetryArgs): boolean {
  return didSomeProgress
}

/** mm/vmscan.c:get_scan_count, the branches in their order. */
function scanBalance(a: ScanBalanceArgs): ScanBalance {
  if (!a.maySwap || a.freeSwap <= 0) return { mode: 'file', anon: 0, file: 0 }
  if (a.memcgReclaim && a.swappiness === 0) return { mode: 'file', anon: 0, file: 0 }
  if (a.priority === 0 && a.swappiness > 0) return { mode: 'equal', anon: 0, file: 0 }
  if (a.fileIsTiny) return { mode: 'anon', anon: 0, file: 0 }
  // No more active file pages than inactive ones: they are enough.
  if (a.cacheTrimMode) return { mode: 'file', anon: 0, file: 0 }
  const { scannedAnon, rotatedAnon, scannedFile, rotatedFile } = a.rotation ?? { scannedAnon: 0, rotatedAnon: 0, scannedFile: 0, rotatedFile: 0 }
  // The fewer of the pages looked at were in use, the more of that type is scanned.
  const anon = Math.floor((a.swappiness * (scannedAnon + 1)) / (rotatedAnon + 1))
  const file = Math.floor(((200 - a.swappiness) * (scannedFile + 1)) / (rotatedFile + 1))
  return { mode: 'fract', anon: Math.min(anon, MOST_SHARE), file: Math.min(Math.max(file, anon === 0 ? 1 : 0), MOST_SHARE) }
}

/** mm/vmscan.c:inactive_anon_is_low, with the ratio that the zone's size gave it at boot; inactive_file_is_low: the inactive list should be the longer one. */
function inactiveIsLowInZone({ file, inactive, active, managed }: InactiveInZoneArgs, k: KernelContext): boolean {
  if (file) return active > inactive
  const gib = Math.floor(managed / GIB_SHIFT_DIVISOR)
  return inactive * (gib > 0 ? k.math.intSqrt(10 * gib) : 1) < active
}

/** Not asked by this kernel, which asks by zone; the rule for anonymous pages, with the ratio by the lists' size. */
function inactiveIsLow(inactive: number, active: number, k: KernelContext): boolean {
  const gib = Math.floor((inactive + active) / GIB_SHIFT_DIVISOR)
  return inactive * (gib > 0 ? k.math.intSqrt(10 * gib) : 1) < active
}

/** mm/vmscan.c:page_check_references. An anonymous page in use is active at once. */
function folioReferences(young: number, facts: number): FolioReferences {
  const referenced = (facts & FOLIO_REFERENCED) !== 0
  if (young > 0) {
    if ((facts & FOLIO_SWAPBACKED) !== 0 || referenced || young > 1) return FOLIOREF_ACTIVATE
    return (facts & FOLIO_EXEC) !== 0 ? FOLIOREF_ACTIVATE : FOLIOREF_KEEP
  }
  return referenced && (facts & FOLIO_FILE) !== 0 ? FOLIOREF_RECLAIM_CLEAN : FOLIOREF_RECLAIM
}

/** mm/vmscan.c:shrink_active_list. Only referenced code stays. */
function keepActive(young: number, facts: number): boolean {
  return young > 0 && (facts & FOLIO_EXEC) !== 0 && (facts & FOLIO_FILE) !== 0
}

/** mm/vmscan.c:shrink_page_list. Only kswapd, and only in a zone where a whole batch was dirty and nobody was writing it. */
function pageoutDirty(bits: number): boolean {
  return (bits & DIRTY_KSWAPD) !== 0 && (bits & DIRTY_NODE) !== 0
}

/**
 * mm/vmscan.c:shrink_slab_node. As large a part of the cache as was scanned of the lists. Work put off counts whole, but may empty the cache only if the pass itself asks for a quarter.
 */
function slabScan({ freeable, deferred, seeks, share }: SlabScanArgs, k: KernelContext): SlabScan {
  const { scanned, lruPages } = share ?? { scanned: 0, lruPages: 0 }
  const delta = k.math.mulDiv(Math.floor((4 * (scanned || SWAP_CLUSTER_MAX)) / (seeks || DEFAULT_SEEKS)), freeable, lruPages + 1)
  const total = deferred + delta
  return { delta, total: Math.min(delta < Math.floor(freeable / 4) ? Math.min(total, Math.floor(freeable / 2)) : total, 2 * freeable) }
}

/** mm/workingset.c:workingset_refault. `size` is the zone's active file pages. */
function refaultActivate(distance: number, size: number): boolean {
  return distance <= size
}

/** mm/readahead.c:get_init_ra_size. */
function initRaSize(req: number, max: number): number {
  let size = 1
  while (size < req) size *= 2
  return size <= max / 32 ? size * 4 : size <= max / 4 ? size * 2 : max
}

/** mm/readahead.c:get_next_ra_size. */
function nextRaSize(size: number, max: number): number {
  return size < max / 16 ? 4 * size : size <= max / 2 ? 2 * size : max
}

/** mm/readahead.c:ondemand_readahead. */
function readaheadWindow({ pattern, index, req, start, previous, max }: ReadaheadWindowArgs): ReadaheadWindow {
  if (pattern === 'random') return { size: req, async: 0 }
  const size = pattern === 'initial' ? initRaSize(req, max) : pattern === 'context' ? Math.min(previous + req, max) : nextRaSize(previous, max)
  const async = pattern === 'context' ? 1 : pattern === 'initial' && size > req ? size - req : size
  if (index !== start || size !== async) return { size, async }
  // The window would hit its own marker at once: read the next one with it.
  const add = nextRaSize(size, max)
  return size + add <= max ? { size: size + add, async: add } : { size: max, async: max >> 1 }
}

/** fs/fs-writeback.c: over the background limit, old, or asked for. */
function writebackStart({ dirty, background, oldestNs, expireNs, asked }: WritebackStartArgs): boolean {
  return dirty > background || oldestNs > expireNs || asked
}

/** mm/page-writeback.c:balance_dirty_pages. Long enough to keep the task's share of what the disks write. */
function dirtyPause({ dirtied, position, bandwidth, tickNs }: DirtyPauseArgs): number {
  if (position <= 0) return MAX_PAUSE
  return Math.min(MAX_PAUSE, Math.max((dirtied * 1e9) / (bandwidth * position), tickNs))
}

/** mm/compaction.c:compaction_suitable. Not where a block is there, where there is no room, or where memory lacks rather than whole pieces of it. */
function compactionSuitable({ available, room, index, threshold }: CompactionSuitableArgs): CompactResult {
  if (available) return COMPACT_SUCCESS
  return !room || (index >= 0 && index <= threshold) ? COMPACT_SKIPPED : COMPACT_CONTINUE
}

/** mm/oom_kill.c:oom_badness: at least 1 for whoever may be killed. */
function oomBadness(a: OomBadnessArgs): number {
  if (a.oomScoreAdj === -1000) return Number.MIN_SAFE_INTEGER
  return Math.max(1, a.rss + a.swapents + a.pagetablePages + a.oomScoreAdj * Math.floor(a.totalpages / 1000))
}
