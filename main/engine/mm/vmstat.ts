/**
 * /proc/vmstat: event counters and node gauges under the kernel's own names (mm/vmstat.c:vmstat_text, v6.1). Counters are exact; the kernel's per-cpu batching is not modelled.
 */

/** Events since boot, machine-wide. Per-zone families (pgalloc_*, pgskip_*, allocstall_*) live in the zones. */
export class VmEvents {
  pgpgin = 0 // kB, as printed
  pgpgout = 0
  pswpin = 0
  pswpout = 0
  pgfree = 0
  pgactivate = 0
  pgdeactivate = 0
  pglazyfree = 0
  pgfault = 0
  pgmajfault = 0
  pgrefill = 0
  pgreuse = 0
  pgsteal_kswapd = 0
  pgsteal_direct = 0
  pgscan_kswapd = 0
  pgscan_direct = 0
  pgscan_direct_throttle = 0
  pgscan_anon = 0
  pgscan_file = 0
  pgsteal_anon = 0
  pgsteal_file = 0
  zone_reclaim_failed = 0
  pginodesteal = 0
  slabs_scanned = 0
  kswapd_inodesteal = 0
  kswapd_low_wmark_hit_quickly = 0
  kswapd_high_wmark_hit_quickly = 0
  pageoutrun = 0
  pgrotated = 0
  drop_pagecache = 0
  drop_slab = 0
  oom_kill = 0
  pgmigrate_success = 0
  pgmigrate_fail = 0
  compact_migrate_scanned = 0
  compact_free_scanned = 0
  compact_isolated = 0
  compact_stall = 0
  compact_fail = 0
  compact_success = 0
  compact_daemon_wake = 0
  compact_daemon_migrate_scanned = 0
  compact_daemon_free_scanned = 0
  htlb_buddy_alloc_success = 0
  htlb_buddy_alloc_fail = 0
  unevictable_pgs_culled = 0
  unevictable_pgs_rescued = 0
  thp_fault_alloc = 0
  thp_fault_fallback = 0
  swap_ra = 0
  swap_ra_hit = 0
}

/** What a node holds and has done; in pages. Gauges and the node's own event counters (enum node_stat_item). */
export class NodeStat {
  nr_inactive_anon = 0
  nr_active_anon = 0
  nr_inactive_file = 0
  nr_active_file = 0
  nr_unevictable = 0
  nr_slab_reclaimable = 0
  nr_slab_unreclaimable = 0
  nr_isolated_anon = 0
  nr_isolated_file = 0
  workingset_nodes = 0
  workingset_refault_anon = 0
  workingset_refault_file = 0
  workingset_activate_anon = 0
  workingset_activate_file = 0
  workingset_restore_anon = 0
  workingset_restore_file = 0
  workingset_nodereclaim = 0
  nr_anon_pages = 0
  nr_mapped = 0
  nr_file_pages = 0
  nr_dirty = 0
  nr_writeback = 0
  nr_shmem = 0
  nr_vmscan_write = 0
  nr_vmscan_immediate_reclaim = 0
  nr_dirtied = 0
  nr_written = 0
  nr_throttled_written = 0
  nr_kernel_stack = 0
  nr_page_table_pages = 0
  nr_swapcached = 0
  nr_zspages = 0
}

export type VmEventName = keyof VmEvents
export type NodeStatName = keyof NodeStat

export const VM_EVENT_NAMES = Object.keys(new VmEvents()) as readonly VmEventName[]
export const NODE_STAT_NAMES = Object.keys(new NodeStat()) as readonly NodeStatName[]

/** Node items that only grow; the rest are gauges. */
export const NODE_COUNTER_NAMES: ReadonlySet<NodeStatName> = new Set<NodeStatName>([
  'workingset_refault_anon', 'workingset_refault_file', 'workingset_activate_anon', 'workingset_activate_file', 'workingset_restore_anon', 'workingset_restore_file',
  'workingset_nodereclaim', 'nr_vmscan_write', 'nr_vmscan_immediate_reclaim', 'nr_dirtied', 'nr_written', 'nr_throttled_written',
])
