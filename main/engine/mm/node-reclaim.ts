/**
 * Should a near node free some of its own page cache before an allocation takes a page from further away? vm.zone_reclaim_mode and its limits; the pass itself is in direct-reclaim.ts.
 * Source: mm/vmscan.c:node_reclaim, node_pagecache_reclaimable; mm/page_alloc.c:zone_allows_reclaim, setup_min_unmapped_ratio, setup_min_slab_ratio (v6.1).
 * Mode bits: 1 reclaim, 2 also write, 4 also unmap. Slab that the machine held at the start can't be shrunk, but counts against its limit. Where LRU lists are by zone: zone-reclaim.ts.
 */
import { GFP_DIRECT_RECLAIM } from './gfp'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'

export const RECLAIM_WRITE = 2
export const RECLAIM_UNMAP = 4
/** Nodes further away than this are never reclaimed for somebody else's sake. */
export const RECLAIM_DISTANCE = 30

export const NODE_RECLAIM_SYSCTLS: readonly string[] = ['vm.zone_reclaim_mode', 'vm.min_unmapped_ratio', 'vm.min_slab_ratio']

/** Reads the three sysctls; at boot and after a write. `managedOf` lets boot use the sizes known then. */
export function setupNodeReclaim(mm: Mm, managedOf: (zone: Zone) => number = (zone) => zone.managed): void {
  const value = (name: string): number => (mm.sysctl.has(name) ? mm.sysctl.num(name) : 0)
  mm.nodeReclaimMode = value('vm.zone_reclaim_mode')
  for (const node of mm.nodes) {
    node.minUnmappedPages = node.minSlabPages = 0
    for (const zone of node.populated()) {
      zone.minUnmappedPages = Math.floor((managedOf(zone) * value('vm.min_unmapped_ratio')) / 100)
      zone.minSlabPages = Math.floor((managedOf(zone) * value('vm.min_slab_ratio')) / 100)
      node.minUnmappedPages += zone.minUnmappedPages
      node.minSlabPages += zone.minSlabPages
    }
  }
}

/**
 * Would node_reclaim do anything for this request, whose zonelist begins with `local`? Everything that makes the kernel answer NODE_RECLAIM_NOSCAN or NODE_RECLAIM_FULL
 * is asked here, without side effects, so that a fast path can ask too.
 */
export function nodeReclaimWanted(mm: Mm, local: Zone, zone: Zone, gfp: number): boolean {
  if (mm.nodeReclaimMode === 0 || mm.nodes[local.node].distances[zone.node] > RECLAIM_DISTANCE) return false
  const node = mm.nodes[zone.node]
  if (!worthReclaiming(mm, node)) return false
  if ((gfp & GFP_DIRECT_RECLAIM) === 0 || mm.current.memalloc) return false
  // A node with CPUs of its own is left to them.
  if (mm.cpusOfNode(node.id) > 0 && node.id !== mm.nodeOfCpu(mm.cpu)) return false
  return !node.reclaimLocked
}

/** Either limit exceeded is enough. */
export function worthReclaiming(mm: Mm, node: Pgdat): boolean {
  return nodePagecacheReclaimable(mm, node) > node.minUnmappedPages || node.stat.nr_slab_reclaimable > node.minSlabPages
}

/** What __node_reclaim asks again under the lock: 5.15 shrinks slab only beside page cache. */
export function stillWorthReclaiming(mm: Mm, node: Pgdat): boolean {
  return mm.traits.nodeReclaimNeeds === 'either' ? worthReclaiming(mm, node) : nodePagecacheReclaimable(mm, node) > node.minUnmappedPages
}

/** node_pagecache_reclaimable: page cache that the mode allows to take. */
export function nodePagecacheReclaimable(mm: Mm, node: Pgdat): number {
  const { stat } = node
  const pages = (mm.nodeReclaimMode & RECLAIM_UNMAP) !== 0 ? stat.nr_file_pages : Math.max(0, stat.nr_inactive_file + stat.nr_active_file - stat.nr_mapped)
  const dirty = (mm.nodeReclaimMode & RECLAIM_WRITE) !== 0 ? 0 : stat.nr_dirty
  return Math.max(0, pages - dirty)
}
