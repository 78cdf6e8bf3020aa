/**
 * The names of /proc/vmstat and /proc/zoneinfo in the order in which linux-6.1 and linux-5.15 print them (mm/vmstat.c:vmstat_text), for an x86-64 machine with NUMA, swap, THP, KSM, zswap
 * and compaction compiled in, and without ZONE_DEVICE, CMA and balloon. What the simulator doesn't model is printed as 0, as a kernel prints what never happened. 3.18's are in names-3.18.ts.
 */
export const ZONE_ITEMS = [
  'nr_free_pages', 'nr_zone_inactive_anon', 'nr_zone_active_anon', 'nr_zone_inactive_file', 'nr_zone_active_file', 'nr_zone_unevictable', 'nr_zone_write_pending', 'nr_mlock', 'nr_bounce',
  'nr_zspages', 'nr_free_cma',
] as const

export const NUMA_ITEMS = ['numa_hit', 'numa_miss', 'numa_foreign', 'numa_interleave', 'numa_local', 'numa_other'] as const

const NODE_ITEMS = [
  'nr_inactive_anon', 'nr_active_anon', 'nr_inactive_file', 'nr_active_file', 'nr_unevictable', 'nr_slab_reclaimable', 'nr_slab_unreclaimable', 'nr_isolated_anon', 'nr_isolated_file',
  'workingset_nodes', 'workingset_refault_anon', 'workingset_refault_file', 'workingset_activate_anon', 'workingset_activate_file', 'workingset_restore_anon', 'workingset_restore_file',
  'workingset_nodereclaim', 'nr_anon_pages', 'nr_mapped', 'nr_file_pages', 'nr_dirty', 'nr_writeback', 'nr_writeback_temp', 'nr_shmem', 'nr_shmem_hugepages', 'nr_shmem_pmdmapped',
  'nr_file_hugepages', 'nr_file_pmdmapped', 'nr_anon_transparent_hugepages', 'nr_vmscan_write', 'nr_vmscan_immediate_reclaim', 'nr_dirtied', 'nr_written', 'nr_throttled_written',
  'nr_kernel_misc_reclaimable', 'nr_foll_pin_acquired', 'nr_foll_pin_released', 'nr_kernel_stack', 'nr_page_table_pages', 'nr_sec_page_table_pages', 'nr_swapcached', 'pgpromote_success',
] as const

export const ZONE_SUFFIXES = ['dma', 'dma32', 'normal', 'movable'] as const
export const forZones = (family: string): readonly string[] => ZONE_SUFFIXES.map((zone) => `${family}_${zone}`)

const EVENTS = [
  'nr_dirty_threshold', 'nr_dirty_background_threshold', 'pgpgin', 'pgpgout', 'pswpin', 'pswpout', ...forZones('pgalloc'), ...forZones('allocstall'), ...forZones('pgskip'),
  'pgfree', 'pgactivate', 'pgdeactivate', 'pglazyfree', 'pgfault', 'pgmajfault', 'pglazyfreed', 'pgrefill', 'pgreuse', 'pgsteal_kswapd', 'pgsteal_direct', 'pgdemote_kswapd', 'pgdemote_direct',
  'pgscan_kswapd', 'pgscan_direct', 'pgscan_direct_throttle', 'pgscan_anon', 'pgscan_file', 'pgsteal_anon', 'pgsteal_file', 'zone_reclaim_failed', 'pginodesteal', 'slabs_scanned',
  'kswapd_inodesteal', 'kswapd_low_wmark_hit_quickly', 'kswapd_high_wmark_hit_quickly', 'pageoutrun', 'pgrotated', 'drop_pagecache', 'drop_slab', 'oom_kill', 'numa_pte_updates',
  'numa_huge_pte_updates', 'numa_hint_faults', 'numa_hint_faults_local', 'numa_pages_migrated', 'pgmigrate_success', 'pgmigrate_fail', 'thp_migration_success', 'thp_migration_fail',
  'thp_migration_split', 'compact_migrate_scanned', 'compact_free_scanned', 'compact_isolated', 'compact_stall', 'compact_fail', 'compact_success', 'compact_daemon_wake',
  'compact_daemon_migrate_scanned', 'compact_daemon_free_scanned', 'htlb_buddy_alloc_success', 'htlb_buddy_alloc_fail', 'unevictable_pgs_culled', 'unevictable_pgs_scanned',
  'unevictable_pgs_rescued', 'unevictable_pgs_mlocked', 'unevictable_pgs_munlocked', 'unevictable_pgs_cleared', 'unevictable_pgs_stranded', 'thp_fault_alloc', 'thp_fault_fallback',
  'thp_fault_fallback_charge', 'thp_collapse_alloc', 'thp_collapse_alloc_failed', 'thp_file_alloc', 'thp_file_fallback', 'thp_file_fallback_charge', 'thp_file_mapped', 'thp_split_page',
  'thp_split_page_failed', 'thp_deferred_split_page', 'thp_split_pmd', 'thp_scan_exceed_none_pte', 'thp_scan_exceed_swap_pte', 'thp_scan_exceed_share_pte', 'thp_split_pud',
  'thp_zero_page_alloc', 'thp_zero_page_alloc_failed', 'thp_swpout', 'thp_swpout_fallback', 'swap_ra', 'swap_ra_hit', 'ksm_swpin_copy', 'cow_ksm', 'zswpin', 'zswpout',
  'direct_map_level2_splits', 'direct_map_level3_splits',
]

/** What came after 5.15. */
const SINCE_5_15: ReadonlySet<string> = new Set([
  'nr_throttled_written', 'nr_sec_page_table_pages', 'pgpromote_success', 'thp_scan_exceed_none_pte', 'thp_scan_exceed_swap_pte', 'thp_scan_exceed_share_pte', 'ksm_swpin_copy', 'cow_ksm', 'zswpin', 'zswpout',
])
const in515 = (name: string): boolean => !SINCE_5_15.has(name)

/** By layout: the node's own items, and every line of /proc/vmstat but the last, which is always "nr_unstable 0". */
export const NODE_LAYOUT_NAMES = {
  'linux-6.1': { node: NODE_ITEMS, vmstat: [...ZONE_ITEMS, ...NUMA_ITEMS, ...NODE_ITEMS, ...EVENTS] },
  'linux-5.15': { node: NODE_ITEMS.filter(in515), vmstat: [...ZONE_ITEMS, ...NUMA_ITEMS, ...NODE_ITEMS, ...EVENTS].filter(in515) },
} as const
