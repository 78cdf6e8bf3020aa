/**
 * The names of /proc/vmstat and /proc/zoneinfo in the order in which 3.18 prints them (mm/vmstat.c:vmstat_text), for an x86-64 machine with NUMA, THP and compaction compiled in, and without CMA,
 * balloon and debugging. What a zone has scanned and reclaimed carries its name; allocstall and refaults are one number each; there is no oom_kill.
 */
import { NUMA_ITEMS, forZones } from './names'

/** Lines of each zone of zoneinfo, and the first of vmstat. */
export const ZONE_ITEMS_3_18 = [
  'nr_free_pages', 'nr_alloc_batch', 'nr_inactive_anon', 'nr_active_anon', 'nr_inactive_file', 'nr_active_file', 'nr_unevictable', 'nr_mlock', 'nr_anon_pages', 'nr_mapped', 'nr_file_pages', 'nr_dirty',
  'nr_writeback', 'nr_slab_reclaimable', 'nr_slab_unreclaimable', 'nr_page_table_pages', 'nr_kernel_stack', 'nr_unstable', 'nr_bounce', 'nr_vmscan_write', 'nr_vmscan_immediate_reclaim',
  'nr_writeback_temp', 'nr_isolated_anon', 'nr_isolated_file', 'nr_shmem', 'nr_dirtied', 'nr_written', 'nr_pages_scanned', ...NUMA_ITEMS, 'workingset_refault', 'workingset_activate',
  'workingset_nodereclaim', 'nr_anon_transparent_hugepages', 'nr_free_cma',
] as const

/** Counted by zone, with its name behind. */
export const ZONE_EVENTS_3_18 = ['pgrefill', 'pgsteal_kswapd', 'pgsteal_direct', 'pgscan_kswapd', 'pgscan_direct'] as const

export const VMSTAT_ITEMS_3_18: readonly string[] = [
  ...ZONE_ITEMS_3_18, 'nr_dirty_threshold', 'nr_dirty_background_threshold', 'pgpgin', 'pgpgout', 'pswpin', 'pswpout', ...forZones('pgalloc'), 'pgfree', 'pgactivate', 'pgdeactivate', 'pgfault',
  'pgmajfault', ...ZONE_EVENTS_3_18.flatMap(forZones), 'pgscan_direct_throttle', 'zone_reclaim_failed', 'pginodesteal', 'slabs_scanned', 'kswapd_inodesteal', 'kswapd_low_wmark_hit_quickly',
  'kswapd_high_wmark_hit_quickly', 'pageoutrun', 'allocstall', 'pgrotated', 'drop_pagecache', 'drop_slab', 'numa_pte_updates', 'numa_huge_pte_updates', 'numa_hint_faults', 'numa_hint_faults_local',
  'numa_pages_migrated', 'pgmigrate_success', 'pgmigrate_fail', 'compact_migrate_scanned', 'compact_free_scanned', 'compact_isolated', 'compact_stall', 'compact_fail', 'compact_success',
  'htlb_buddy_alloc_success', 'htlb_buddy_alloc_fail', 'unevictable_pgs_culled', 'unevictable_pgs_scanned', 'unevictable_pgs_rescued', 'unevictable_pgs_mlocked', 'unevictable_pgs_munlocked',
  'unevictable_pgs_cleared', 'unevictable_pgs_stranded', 'thp_fault_alloc', 'thp_fault_fallback', 'thp_collapse_alloc', 'thp_collapse_alloc_failed', 'thp_split', 'thp_zero_page_alloc',
  'thp_zero_page_alloc_failed',
]
