/**
 * Node reclaim where LRU lists are by zone: a near zone that fails its mark gives up page cache and slab of its own before the walk goes on.
 * Source: mm/vmscan.c:zone_reclaim, __zone_reclaim, zone_unmapped_file_pages, zone_pagecache_reclaimable; mm/page_alloc.c:zone_allows_reclaim (v3.18).
 * Simplification: no zonelist cache, which would pass over a zone for a second after reclaim brought too little there; here it is asked each time.
 */
import { LRU_ACTIVE_FILE, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { GFP_DIRECT_RECLAIM } from './gfp'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { RECLAIM_DISTANCE, RECLAIM_UNMAP, RECLAIM_WRITE } from './node-reclaim'
import { reclaimNear } from './direct-reclaim'
import type { ScanControl } from './scan-control'
import { shrinkSlab } from './shrinker'
import { zoneReclaimablePages } from './zone-reclaimable'
import { zoneReclaimable } from './zone-scan-count'
import { shrinkZone } from './zone-vmscan'

/** Would zone_reclaim do anything for this request, whose zonelist begins with `local`? Without side effects, so that a fast path can ask. Nodes must be nearer here than later kernels ask for. */
export function zoneReclaimWanted(mm: Mm, local: Zone, zone: Zone, gfp: number): boolean {
  if (mm.nodeReclaimMode === 0 || mm.nodes[local.node].distances[zone.node] >= RECLAIM_DISTANCE) return false
  // Either limit exceeded is enough; slab, which takes longer to count, is looked at last.
  if (!hasPageCache(mm, zone) && !hasSlab(mm, zone)) return false
  if (!zoneReclaimable(mm, zone)) return false
  if ((gfp & GFP_DIRECT_RECLAIM) === 0 || mm.current.memalloc) return false
  // A zone of a node with CPUs of its own is left to them.
  if (mm.cpusOfNode(zone.node) > 0 && zone.node !== mm.nodeOfCpu(mm.cpu)) return false
  return !zone.reclaimLocked
}

/** zone_reclaim, of a zone where it is wanted. true: at least as many pages as asked for were freed. */
export function* zoneReclaim(mm: Mm, zone: Zone, gfp: number, order: number, allocFlags: number): Episode<boolean> {
  return yield* reclaimNear(mm, zone, gfp, order, allocFlags, (sc) => reclaimZone(mm, zone, sc, 1 << order))
}

/** __zone_reclaim: page cache, harder until the block is covered; then slab, until the zone has so many pages of it less. */
function* reclaimZone(mm: Mm, zone: Zone, sc: ScanControl, pages: number): Episode<void> {
  if (hasPageCache(mm, zone)) {
    do yield* shrinkZone(mm, zone, sc)
    while (sc.nrReclaimed < pages && --sc.priority >= 0)
  }
  if (hasSlab(mm, zone)) yield* shakeSlab(mm, zone, sc, pages)
}

/** Nobody knows in which zone a cache will free a page: all are shrunk, again and again, and what this zone has less by then counts. */
function* shakeSlab(mm: Mm, zone: Zone, sc: ScanControl, pages: number): Episode<void> {
  const before = zoneSlabReclaimable(mm, zone)
  const reclaimed = sc.nrReclaimed
  for (;;) {
    const freed = yield* shrinkSlab(mm, mm.nodes[zone.node], sc, { scanned: sc.nrScanned, lruPages: zoneReclaimablePages(mm, zone) })
    if (freed === 0 || zoneSlabReclaimable(mm, zone) + pages <= before) break
  }
  sc.nrReclaimed = reclaimed + Math.max(0, before - zoneSlabReclaimable(mm, zone))
}

function hasPageCache(mm: Mm, zone: Zone): boolean {
  return zonePagecacheReclaimable(mm, zone) > zone.minUnmappedPages
}

function hasSlab(mm: Mm, zone: Zone): boolean {
  return mm.nodes[zone.node].stat.nr_slab_reclaimable > zone.minSlabPages && zoneSlabReclaimable(mm, zone) > zone.minSlabPages
}

/** zone_pagecache_reclaimable: page cache that the mode allows to take. */
export function zonePagecacheReclaimable(mm: Mm, zone: Zone): number {
  const pages = (mm.nodeReclaimMode & RECLAIM_UNMAP) !== 0 ? zoneFilePages(mm, zone) : Math.max(0, zone.nrLru[LRU_INACTIVE_FILE] + zone.nrLru[LRU_ACTIVE_FILE] - zone.nrMapped)
  return Math.max(0, pages - ((mm.nodeReclaimMode & RECLAIM_WRITE) !== 0 ? 0 : zone.nrFileDirty))
}

/** NR_FILE_PAGES of a zone: the swap cache is looked through for pages that lie in it. */
export function zoneFilePages(mm: Mm, zone: Zone): number {
  let pages = zone.nrCached
  if (mm.nodes[zone.node].stat.nr_swapcached > 0) for (const cached of mm.swap.cache) if (cached > zone.startPfn && cached <= zone.endPfn) pages++
  return pages
}

/** NR_SLAB_RECLAIMABLE of a zone: its node's where that has no other zone; else the slabs are counted that lie in it. */
export function zoneSlabReclaimable(mm: Mm, zone: Zone): number {
  const node = mm.nodes[zone.node]
  if (node.populated().length === 1) return node.stat.nr_slab_reclaimable
  return zone.slabAtStart + ownSlab(mm, zone)
}

/** What of it belongs to the run's own caches. */
export function ownSlab(mm: Mm, zone: Zone): number {
  let pages = 0
  for (const { pfn, order } of reclaimableSlabs(mm)) if (pfn >= zone.startPfn && pfn < zone.endPfn) pages += 1 << order
  return pages
}

function* reclaimableSlabs(mm: Mm): Iterable<{ readonly pfn: number; readonly order: number }> {
  yield* mm.slabs.radixTreeNode.slabs
  yield* mm.slabs.bufferHead.slabs
  if (mm.vfs === undefined) return
  for (const cache of [mm.vfs.dentries, mm.vfs.inodes]) for (const slab of cache.slabs) if (slab !== undefined) yield slab
}
