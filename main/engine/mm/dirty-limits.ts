/**
 * How much of memory may be dirty. Source: mm/page-writeback.c:global_dirtyable_memory, domain_dirty_limits, node_dirty_ok, writeback_set_ratelimit, page_writeback_init (v6.1).
 */
import { LRU_ACTIVE_FILE, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { WMARK_HIGH } from './mmzone'

export interface DirtyLimits {
  readonly thresh: number
  readonly background: number
}

/** Pages that could be dirty at all: free ones above the reserves, and the file LRU. */
export function globalDirtyableMemory(mm: Mm): number {
  let free = 0
  for (const zone of mm.zones) free += zone.free
  let file = 0
  for (const node of mm.nodes) file += node.stat.nr_inactive_file + node.stat.nr_active_file
  return free - Math.min(free, mm.totalreservePages) + file + 1
}

export function domainDirtyLimits(mm: Mm): DirtyLimits {
  const available = globalDirtyableMemory(mm)
  const bytes = mm.sysctl.num('vm.dirty_bytes')
  const bgBytes = mm.sysctl.num('vm.dirty_background_bytes')
  const thresh = bytes > 0 ? Math.ceil(bytes / 4096) : Math.floor((Math.floor((mm.sysctl.num('vm.dirty_ratio') * 4096) / 100) * available) / 4096)
  const bg = bgBytes > 0 ? Math.ceil(bgBytes / 4096) : Math.floor((Math.floor((mm.sysctl.num('vm.dirty_background_ratio') * 4096) / 100) * available) / 4096)
  return { thresh, background: bg >= thresh ? Math.floor(thresh / 2) : bg }
}

/**
 * The machine's hard limit when the workload starts. It was set when the kernel started, while nearly all memory was free, and comes down only while writers are held back; a dirty_ratio or
 * dirty_bytes other than the kernel's own was written later and set it anew. `early`: pages the zones managed then.
 */
export function dirtyLimitAtStart(mm: Mm, early: number): number {
  const { thresh } = domainDirtyLimits(mm)
  const untouched = mm.sysctl.isDefault('vm.dirty_bytes') && mm.sysctl.isDefault('vm.dirty_ratio')
  return untouched ? Math.max(thresh, Math.floor((early * mm.sysctl.num('vm.dirty_ratio')) / 100)) : thresh
}

/** writeback_set_ratelimit, after vm.dirty_ratio or vm.dirty_bytes got another value. */
export function writebackSetRatelimit(mm: Mm): void {
  mm.writeback.dirtyLimit = domainDirtyLimits(mm).thresh
}

/** domain_dirty_limits of a memory cgroup: the same shares of what it can have; limits in bytes become shares of the machine's dirtyable memory, at most all. */
export function limitsOfMemcg(mm: Mm, available: number, globalAvailable: number): DirtyLimits {
  const thresh = Math.floor((perPage(mm, 'vm.dirty_bytes', 'vm.dirty_ratio', globalAvailable) * available) / 4096)
  const bg = Math.floor((perPage(mm, 'vm.dirty_background_bytes', 'vm.dirty_background_ratio', globalAvailable) * available) / 4096)
  return { thresh, background: bg >= thresh ? Math.floor(thresh / 2) : bg }
}

function perPage(mm: Mm, bytesName: string, ratioName: string, globalAvailable: number): number {
  const bytes = mm.sysctl.num(bytesName)
  return bytes > 0 ? Math.min(Math.ceil(bytes / globalAvailable), 4096) : Math.floor((mm.sysctl.num(ratioName) * 4096) / 100)
}

/** zone_dirty_ok, where lists are by zone. */
export function zoneDirtyOk(mm: Mm, zone: Zone): boolean {
  let reserve = zone.mark[WMARK_HIGH]
  let most = 0
  for (const pages of zone.lowmemReserve) most = Math.max(most, pages)
  reserve = Math.min(zone.managed, reserve + most)
  const dirtyable = zone.free - Math.min(zone.free, reserve) + zone.nrLru[LRU_INACTIVE_FILE] + zone.nrLru[LRU_ACTIVE_FILE]
  const bytes = mm.sysctl.num('vm.dirty_bytes')
  const limit = bytes > 0 ? Math.ceil(bytes / 4096) : Math.floor((mm.sysctl.num('vm.dirty_ratio') * dirtyable) / 100)
  return zone.nrWritePending <= limit
}

/** node_dirty_ok: may a page that will be written come from this node? */
export function nodeDirtyOk(mm: Mm, node: Pgdat): boolean {
  let free = 0
  for (const zone of node.populated()) free += zone.free
  const dirtyable = free - Math.min(free, node.totalreservePages) + node.stat.nr_inactive_file + node.stat.nr_active_file
  const bytes = mm.sysctl.num('vm.dirty_bytes')
  const limit = bytes > 0 ? Math.ceil(bytes / 4096) : Math.floor((mm.sysctl.num('vm.dirty_ratio') * dirtyable) / 100)
  return node.stat.nr_dirty + node.stat.nr_writeback <= limit
}
