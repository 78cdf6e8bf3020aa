/**
 * Linux 5.15 (read in v5.15.24), the last kernels before reclaim_throttle and the multi-generational LRU: every decision its memory reclaim takes, as hooks. Fork this file to change one.
 * Follows mm/page_alloc.c, mm/vmscan.c, mm/workingset.c, mm/oom_kill.c; each hook names its function. The loops around the decisions are the engine's (main/engine/mm), in the variants
 * that the traits name. What it shares with 6.1 word for word is written out again, so that this file can be forked and diffed by itself: the decisions are the same but for the sysctls'
 * ranges; what differs are waits (fixed times), the rest of a scan after its target is met (one cut), the OOM reaper (comes at once) and node reclaim's second look.
 * Simplifications: no highmem (x86-64 has none), no transparent huge pages' floor on min_free_kbytes; a write to a page that was only read back from swap does not copy it
 * (5.8 to 5.17 did); an inode with page cache is no candidate of the inode shrinker (before 5.16 it was).
 */
import {
  COMPACT_CONTINUE, COMPACT_SKIPPED, COMPACT_SUCCESS, defineKernel, DIRTY_KSWAPD, DIRTY_NODE, DIRTY_SEEN, FOLIO_EXEC, FOLIO_FILE, FOLIO_REFERENCED, FOLIOREF_ACTIVATE, FOLIOREF_KEEP, FOLIOREF_RECLAIM, FOLIOREF_RECLAIM_CLEAN,
} from 'reclaim-lab'
import type {
  AllowDirectReclaimArgs, CompactResult, CompactionSuitableArgs, DirtyPauseArgs, FolioReferences, KernelContext, KswapdBalancedArgs, KswapdPriorityArgs, KswapdSleepArgs, KswapdTargetArgs, KswapdWakeArgs, LowmemReserveArgs,
  MemcgProtectionArgs, MinFreeKbytesArgs, OomBadnessArgs, ReadaheadWindow, ReadaheadWindowArgs, ReclaimContinueArgs, ReclaimRetryArgs, ReclaimThrottleArgs, ScanBalance, ScanBalanceArgs, SlabScan,
  SlabScanArgs, WatermarkBoostArgs, WritebackStartArgs, ZoneMarks, ZoneView, ZoneWatermarksArgs,
} from 'reclaim-lab'

const INT_MAX = 2_147_483_647
const SWAP_CLUSTER_MAX = 32
const MAX_RECLAIM_RETRIES = 16
const MIN_FREE_KB_FLOOR = 128
const MIN_FREE_KB_CEILING = 262_144
/** 1 GiB in pages of 4 KiB, as a shift. */
const GIB_SHIFT_DIVISOR = 262_144
const DEF_PRIORITY = 12
/** A writer's longest pause, ns (mm/page-writeback.c:MAX_PAUSE). */
const MAX_PAUSE = 200_000_000

export default defineKernel({
  api: 1,
  name: 'linux-5.15',
  describe: 'Linux 5.15: as 6.1 with the classic LRU, but reclaimers wait fixed times, and once its target is met a scan looks no more whether it could stop.',
  scope: 'full',
  traits: {
    release: '5.15.24', procFiles: 'linux-5.15', folioBatch: 15, pcpBatchCap: 256, stalls: 'timeout', proportionalStop: 'once', oomReaperDelayS: 0, emptyZoneOffers: 'nothing', nodeReclaimNeeds: 'page-cache', thisNodeTry: 'reclaim',
    lruLists: 'node', fairZones: false, newAnon: 'inactive', refaults: 'anon-and-file', dirtyFolios: 'activate', highOrderTest: 'block', reserves: 'highatomic', perCpuLists: 'low-mark', kcompactd: true,
    slabShare: 'priority', writesMarkAccessed: false, swapBypass: true, victimReserves: 'half', cgroups: 'v1-and-v2',
  },
  sysctls: {
    'vm.min_free_kbytes': { default: 0, min: 0, max: INT_MAX, unit: 'kB', about: 'Free memory the MIN marks add up to. Computed at boot as 4 * sqrt(lowmem in kB), within 128..262144, unless a value is written.' },
    'vm.watermark_scale_factor': { default: 10, min: 1, max: 1000, unit: '1/10000', about: 'Distance from MIN to LOW and from LOW to HIGH, as a share of the zone, where that is more than MIN / 4.' },
    'vm.watermark_boost_factor': { default: 15_000, min: 0, max: INT_MAX, unit: '1/10000', about: 'How far a split of a foreign pageblock may raise the marks, as a share of HIGH. 0 turns boosting off.' },
    'vm.lowmem_reserve_ratio': { default: [256, 256, 32, 0], min: 0, max: INT_MAX, unit: 'ratio', about: 'Per zone: one page of it in this many pages of the zones above is kept from requests that could use those. 0 turns it off.' },
    'vm.percpu_pagelist_high_fraction': { default: 0, min: 0, max: INT_MAX, unit: 'ratio', about: 'Longest per-cpu free list as 1/n of a zone, shared by its CPUs. 0: as long as the LOW mark.' },
    'vm.zone_reclaim_mode': { default: 0, min: 0, max: 7, unit: 'bits', about: 'What a node may do to free its own pages before an allocation goes to another node: 1 reclaim clean unmapped page cache, 2 also write, 4 also unmap. 0: nothing.' },
    'vm.min_unmapped_ratio': { default: 1, min: 0, max: 100, unit: '%', about: 'A node with no more page cache to reclaim than this share of its pages, and no more slab than min_slab_ratio, is not reclaimed by zone_reclaim_mode.' },
    'vm.min_slab_ratio': { default: 5, min: 0, max: 100, unit: '%', about: 'The share of a node in reclaimable slab pages above which zone_reclaim_mode reclaims it, however little page cache it has.' },
    'vm.swappiness': { default: 60, min: 0, max: 200, unit: 'ratio', about: 'Cost of file IO against swap IO: anon is scanned with weight swappiness, file with 200 - swappiness. 100 holds both for equal.' },
    'vm.vfs_cache_pressure': { default: 100, min: 0, max: INT_MAX, unit: '%', about: 'How readily dentries and inodes are given back against page cache: their number counts this many percent. 0: never, memory may run out over them; above 100: sooner than the kernel thinks fair.' },
    'vm.page-cluster': { default: 3, min: 0, max: 10, unit: 'log2', about: 'Swap-in reads up to 2^n pages around the wanted one. 0 reads one.' },
    'vm.dirty_ratio': { default: 20, min: 0, max: 100, unit: '%', about: 'Share of dirtyable memory (free above the reserves plus file pages) at which writers are stopped.' },
    'vm.dirty_background_ratio': { default: 10, min: 0, max: 100, unit: '%', about: 'Share of dirtyable memory at which the flusher starts to write.' },
    'vm.dirty_bytes': { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', about: 'Like dirty_ratio as an amount; 0 means the ratio holds.' },
    'vm.dirty_background_bytes': { default: 0, min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', about: 'Like dirty_background_ratio as an amount; 0 means the ratio holds.' },
    'vm.dirty_expire_centisecs': { default: 3000, min: 0, max: INT_MAX, unit: '10 ms', about: 'Dirty data older than this is written at the flusher\'s next round.' },
    'vm.dirty_writeback_centisecs': { default: 500, min: 0, max: INT_MAX, unit: '10 ms', about: 'How often the flusher looks for old dirty data. 0: never.' },
    'vm.extfrag_threshold': { default: 500, min: 0, max: 1000, unit: '1/1000', about: 'A zone is compacted for a block of more than 8 pages only if its fragmentation index is above this; below, lack of memory is held for the trouble and it is reclaimed.' },
    'vm.compaction_proactiveness': { default: 0, min: 0, max: 100, unit: '%', about: 'How eagerly kcompactd compacts without being asked: it starts when the share of free memory in pieces smaller than a huge page exceeds 110 - this, and goes on down to 100 - this (never below 5). 0: never. The kernel\'s own default is 20; here it is 0 unless a scenario says so, as on the measured machines.' },
    'vm.compact_memory': { default: 0, min: 0, max: 1, unit: 'flag', about: 'A write compacts all zones from end to end. Given with a scenario\'s sysctls: that was done just before the start, so that compaction begins with its skip hints.' },
    'vm.nr_hugepages': { default: 0, min: 0, max: 1_073_741_823, unit: 'huge pages of 2 MiB', about: 'Size of the hugetlbfs pool. A write makes the pool grow until an allocation fails, or gives pages back. Given with a scenario\'s sysctls: what the pool takes of free memory before the start.' },
    'vm.laptop_mode': { default: 0, min: 0, max: INT_MAX, unit: 'flag', about: 'When set, reclaim does not write until it is under pressure.' },
    'vm.oom_kill_allocating_task': { default: 0, min: 0, max: 1, unit: 'flag', about: 'Kill the task that ran out of memory instead of the one with the most points.' },
    'vm.panic_on_oom': { default: 0, min: 0, max: 2, unit: 'flag', about: 'Stop the kernel instead of killing a task: 1 when the whole machine is out of memory, 2 always.' },
    'vm.oom_dump_tasks': { default: 1, min: 0, max: INT_MAX, unit: 'flag', about: 'List all tasks with their memory when the OOM killer runs.' },
    'kernel.hung_task_timeout_secs': { default: 120, min: 0, max: 9_223_372, unit: 's', about: 'A task in uninterruptible sleep for this long without a switch is reported as hung. 0: nobody looks.' },
    'kernel.hung_task_check_interval_secs': { default: 0, min: 0, max: 9_223_372, unit: 's', about: 'How often khungtaskd looks; 0: every hung_task_timeout_secs.' },
    'kernel.hung_task_check_count': { default: 4_194_304, min: 0, max: INT_MAX, unit: 'tasks', about: 'Tasks looked at in one check, at most.' },
    'kernel.hung_task_warnings': { default: 10, min: -1, max: INT_MAX, unit: 'count', about: 'Reports left; each takes one away. -1: no limit.' },
    'kernel.hung_task_panic': { default: 0, min: 0, max: 1, unit: 'flag', about: 'Stop the kernel when a hung task is found.' },
  },
  hooks: {
    minFreeKbytes, zoneWatermarks, lowmemReserve, watermarkBoost,
    kswapdWake, kswapdBalanced, kswapdSleep, kswapdTarget, kswapdPriority,
    directReclaimStart: () => true, directReclaimTarget: () => SWAP_CLUSTER_MAX, allowDirectReclaim, reclaimContinue, reclaimThrottle, reclaimRetry,
    scanBalance, inactiveIsLow, folioReferences, keepActive, pageoutDirty, swapAdmit: () => true, swapDevice: () => 0, slabScan, memcgProtection,
    refaultActivate, admitFolio: (where) => where, readaheadWindow, writebackStart, dirtyPause, compactionSuitable, kcompactdWake: ({ suitable }) => suitable, oomBadness,
  },
})

/** mm/page_alloc.c:calculate_min_free_kbytes. What a person wrote stays unless the computed value is larger. */
function minFreeKbytes({ lowmemKb, userKb }: MinFreeKbytesArgs, k: KernelContext): number {
  const computed = k.math.intSqrt(lowmemKb * 16)
  if (computed <= userKb) return userKb
  return Math.min(Math.max(computed, MIN_FREE_KB_FLOOR), MIN_FREE_KB_CEILING)
}

/** mm/page_alloc.c:__setup_per_zone_wmarks. */
function zoneWatermarks(args: ZoneWatermarksArgs, k: KernelContext): readonly ZoneMarks[] {
  const { mulDiv } = k.math
  const pagesMin = Math.floor(args.minFreeKb / 4)
  const lowmemPages = args.zones.reduce((sum, zone) => sum + zone.managed, 0)
  return args.zones.map(({ managed }) => {
    const min = mulDiv(pagesMin, managed, lowmemPages)
    const step = Math.max(Math.floor(min / 4), mulDiv(managed, args.scaleFactor, 10_000))
    const high = min + 2 * step
    // There is no PROMO mark before 5.18.
    return { min, low: min + step, high, promo: high }
  })
}

/** mm/page_alloc.c:setup_per_zone_lowmem_reserve. An empty zone, and a ratio of 0, reserve nothing. */
function lowmemReserve({ managed, ratio }: LowmemReserveArgs): readonly (readonly number[])[] {
  return managed.map((own, zone) => {
    let above = 0
    return managed.map((pages, highest) => {
      if (highest <= zone) return 0
      above += pages
      return own > 0 && ratio[zone] > 0 ? Math.floor(above / ratio[zone]) : 0
    })
  })
}

/** mm/page_alloc.c:boost_watermark. One pageblock a time, up to a share of HIGH; never on a zone of less than four pageblocks. */
function watermarkBoost({ managed, high, boost, factor, pageblockPages }: WatermarkBoostArgs, k: KernelContext): number {
  if (factor === 0 || pageblockPages * 4 > managed) return boost
  const share = k.math.mulDiv(high, factor, 10_000)
  if (share === 0) return boost
  return Math.min(boost + pageblockPages, Math.max(pageblockPages, share))
}

/** The test at HIGH, boost and reserve included (mm/page_alloc.c:__zone_watermark_ok). */
function aboveHigh(zone: ZoneView): boolean {
  return zone.free > zone.high + zone.boost + zone.reserve && zone.hasBlock
}

/** mm/vmscan.c:wakeup_kswapd. Not when hopeless, nor when the node is balanced and no boost is owed. */
function kswapdWake({ failures, zones }: KswapdWakeArgs): boolean {
  if (failures >= MAX_RECLAIM_RETRIES) return false
  return !zones.some(aboveHigh) || zones.some((zone) => zone.boost > 0)
}

/** mm/vmscan.c:pgdat_balanced. One zone is enough; a node without zones is balanced. */
function kswapdBalanced({ zones }: KswapdBalancedArgs): boolean {
  return zones.length === 0 || zones.some(aboveHigh)
}

/** mm/vmscan.c:prepare_kswapd_sleep. Balanced, or hopeless. */
function kswapdSleep({ failures, balanced }: KswapdSleepArgs): boolean {
  return failures >= MAX_RECLAIM_RETRIES || balanced
}

/** mm/vmscan.c:kswapd_shrink_node. */
function kswapdTarget({ zones }: KswapdTargetArgs): number {
  return Math.max(1, zones.reduce((sum, zone) => sum + Math.max(zone.high + zone.boost, SWAP_CLUSTER_MAX), 0))
}

/** mm/vmscan.c:balance_pgdat. Harder when nothing came of it, or too little was scanned; for a boost alone never harder than 10. */
function kswapdPriority({ priority, reclaimed, scannedEnough, forBoost }: KswapdPriorityArgs): number {
  const raise = !scannedEnough && !(forBoost && priority === DEF_PRIORITY - 2)
  return reclaimed === 0 || raise ? priority - 1 : priority
}

/** mm/vmscan.c:allow_direct_reclaim. More than half of MIN is free, so reclaimers may eat reserves; or kswapd is of no help. */
function allowDirectReclaim({ failures, free, min }: AllowDirectReclaimArgs): boolean {
  return failures >= MAX_RECLAIM_RETRIES || min === 0 || free > Math.floor(min / 2)
}

/** mm/vmscan.c:do_try_to_free_pages. */
function reclaimContinue({ reclaimed, target }: ReclaimContinueArgs): boolean {
  return reclaimed < target
}

/**
 * mm/backing-dev.c:congestion_wait: a tenth of a second for writeback, for isolated pages, and before an allocation is tried again where more than half of what could be reclaimed waits for a
 * write (mm/page_alloc.c:should_reclaim_retry). wait_iff_congested finds no disk that calls itself congested.
 */
function reclaimThrottle({ reason, reclaimable, writePending, hz }: ReclaimThrottleArgs): number {
  if (reason === 'VMSCAN_THROTTLE_CONGESTED') return 0
  if (reason === 'VMSCAN_THROTTLE_NOPROGRESS' && 2 * writePending <= reclaimable) return 0
  return Math.floor(hz / 10)
}

/** mm/page_alloc.c:should_reclaim_retry. Worth it if some zone could pass MIN with everything reclaimable freed, for at most 16 fruitless rounds. */
function reclaimRetry({ noProgressLoops, zones }: ReclaimRetryArgs): boolean {
  if (noProgressLoops > MAX_RECLAIM_RETRIES) return false
  return zones.some((zone) => zone.hasBlock && zone.free + zone.reclaimable > zone.min + zone.boost + zone.reserve)
}

/** mm/vmscan.c:get_scan_count, the branches in their order. */
function scanBalance(a: ScanBalanceArgs): ScanBalance {
  if (!a.maySwap || a.freeSwap <= 0) return { mode: 'file', anon: 0, file: 0 }
  // The machine swaps even at swappiness 0, a memory cgroup does not.
  if (a.memcgReclaim && a.swappiness === 0) return { mode: 'file', anon: 0, file: 0 }
  if (a.priority === 0 && a.swappiness > 0) return { mode: 'equal', anon: 0, file: 0 }
  if (a.fileIsTiny) return { mode: 'anon', anon: 0, file: 0 }
  if (a.cacheTrimMode) return { mode: 'file', anon: 0, file: 0 }
  // Each side's cost counts double against it, so that neither share more than doubles.
  const sum = a.anonCost + a.fileCost
  const anonCost = sum + a.anonCost
  const fileCost = sum + a.fileCost
  const total = anonCost + fileCost
  return {
    mode: 'fract',
    anon: Math.floor((a.swappiness * (total + 1)) / (anonCost + 1)),
    file: Math.floor(((200 - a.swappiness) * (total + 1)) / (fileCost + 1)),
  }
}

/** mm/vmscan.c:inactive_is_low. The larger the lists, the smaller the inactive share may be: 1 at less than 1 GiB, 3 at 1 GiB, 10 at 10 GiB. */
function inactiveIsLow(inactive: number, active: number, k: KernelContext): boolean {
  const gib = Math.floor((inactive + active) / GIB_SHIFT_DIVISOR)
  const ratio = gib > 0 ? k.math.intSqrt(10 * gib) : 1
  return inactive * ratio < active
}

/** mm/vmscan.c:page_check_references. */
function folioReferences(young: number, facts: number): FolioReferences {
  const referenced = (facts & FOLIO_REFERENCED) !== 0
  if (young > 0) {
    if (referenced || young > 1) return FOLIOREF_ACTIVATE
    return (facts & FOLIO_EXEC) !== 0 && (facts & FOLIO_FILE) !== 0 ? FOLIOREF_ACTIVATE : FOLIOREF_KEEP
  }
  return referenced && (facts & FOLIO_FILE) !== 0 ? FOLIOREF_RECLAIM_CLEAN : FOLIOREF_RECLAIM
}

/** mm/vmscan.c:shrink_active_list. Only referenced code stays. */
function keepActive(young: number, facts: number): boolean {
  return young > 0 && (facts & FOLIO_EXEC) !== 0 && (facts & FOLIO_FILE) !== 0
}

/** mm/vmscan.c:shrink_page_list. Only kswapd, and only where the flusher has had its chance and doesn't keep up. */
function pageoutDirty(bits: number): boolean {
  return bits === (DIRTY_KSWAPD | DIRTY_SEEN | DIRTY_NODE)
}

/** mm/vmscan.c:do_shrink_slab. Without seeks: half of them each time, whatever the priority. */
function slabScan({ freeable, deferred, seeks, priority }: SlabScanArgs): SlabScan {
  const scale = 1 << priority
  const delta = seeks > 0 ? Math.floor((Math.floor(freeable / scale) * 4) / seeks) : Math.floor(freeable / 2)
  return { delta, total: Math.min(Math.floor(deferred / scale) + delta, 2 * freeable) }
}

/** mm/memcontrol.c:effective_protection. */
function memcgProtection(a: MemcgProtectionArgs, k: KernelContext): number {
  if (a.topLevel) return a.setting
  const claimed = Math.min(a.usage, a.setting)
  // More is claimed and used than the parent affords: shares by what is used of each claim.
  if (a.siblingsProtected > a.parentEffective) return k.math.mulDiv(claimed, a.parentEffective, a.siblingsProtected)
  if (!a.recursive) return claimed
  // What nobody claims of the parent's protection is spread over the children's unprotected memory.
  if (a.parentEffective > a.siblingsProtected && a.parentUsage > a.siblingsProtected && a.usage > claimed) {
    return claimed + k.math.mulDiv(a.parentEffective - a.siblingsProtected, a.usage - claimed, a.parentUsage - a.siblingsProtected)
  }
  return claimed
}

/** mm/workingset.c:workingset_refault. */
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

/** mm/oom_kill.c:oom_badness. */
function oomBadness(a: OomBadnessArgs): number {
  if (a.oomScoreAdj === -1000) return Number.MIN_SAFE_INTEGER
  return a.rss + a.swapents + a.pagetablePages + a.oomScoreAdj * Math.floor(a.totalpages / 1000)
}
