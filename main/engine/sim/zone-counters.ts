/**
 * What each zone holds and has done, where LRU lists are by zone and /proc/zoneinfo tells it of zones rather than of nodes (enum zone_stat_item, v3.18). What the engine counts by node is counted
 * here frame by frame, which a look can afford.
 * Simplifications: of what the kernel held before the run nobody knows the frames, so it is laid into zones from the highest down; the few pages that compaction holds, and
 * workingset_nodereclaim, are counted to the highest zone.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE } from 'reclaim-lab'
import { intSqrt } from '../core/maths'
import type { Mm } from '../mm/mm'
import type { Pgdat, Zone } from '../mm/mmzone'
import { PG_BUDDY, PG_DIRTY, PG_KERNEL, PG_MAPPED, PG_PCP, PG_SHMEM, PG_SWAPBACKED, PG_SWAPCACHE, PG_TAIL, PG_TARGET, PG_WRITEBACK, folioNrPages, isAnonFolio } from '../mm/page'
import { zoneReclaimable } from '../mm/zone-scan-count'
import { vfsPages } from './check-vfs'
import type { ZoneCounters } from './recording'

/** Kernel stacks of x86-64 in 3.18: 16 KiB. */
const STACK_KB = 16
/** 1 GiB in pages, as a shift. */
const GIB_SHIFT = 18

const ISOLATED = ['nr_isolated_anon', 'nr_isolated_file'] as const

/** Names as 3.18 prints them. */
type Counts = Record<string, number>

/** In the order of `mm.zones`. */
export function zoneCounters(mm: Mm): readonly ZoneCounters[] {
  const rooms = new Map<Zone, number>()
  const stats = mm.zones.map((zone) => countFrames(mm, zone, rooms))
  countKernelPages(mm, stats)
  for (const node of mm.nodes) spreadRest(node, stats, rooms)
  return mm.zones.map((zone, i) => ({
    stat: { ...ownCounts(zone), ...stats[i] }, events: { ...zone.events }, scanned: zone.pagesScanned, allUnreclaimable: !zoneReclaimable(mm, zone), inactiveRatio: inactiveRatio(zone.managed),
  }))
}

/** What the zone itself counts. */
function ownCounts({ free, allocBatch, nrLru, nrIsolated, pagesScanned, events }: Zone): Counts {
  const { nr_vmscan_write, nr_vmscan_immediate_reclaim, nr_dirtied, nr_written, workingset_refault, workingset_activate } = events
  return {
    nr_free_pages: free, nr_alloc_batch: Math.max(0, allocBatch), nr_inactive_anon: nrLru[LRU_INACTIVE_ANON], nr_active_anon: nrLru[LRU_ACTIVE_ANON], nr_inactive_file: nrLru[LRU_INACTIVE_FILE],
    nr_active_file: nrLru[LRU_ACTIVE_FILE], nr_unevictable: nrLru[LRU_UNEVICTABLE], nr_isolated_anon: nrIsolated[0], nr_isolated_file: nrIsolated[1], nr_pages_scanned: pagesScanned,
    nr_vmscan_write, nr_vmscan_immediate_reclaim, nr_dirtied, nr_written, workingset_refault, workingset_activate,
  }
}

/** mm/page_alloc.c:calculate_zone_inactive_ratio. */
function inactiveRatio(managed: number): number {
  const gib = managed >>> GIB_SHIFT
  return gib > 0 ? intSqrt(10 * gib) : 1
}

function countFrames(mm: Mm, zone: Zone, rooms: Map<Zone, number>): Counts {
  const f = mm.frames
  const counts: Counts = { nr_anon_pages: 0, nr_mapped: 0, nr_file_pages: 0, nr_dirty: 0, nr_writeback: 0, nr_shmem: 0, nr_anon_transparent_hugepages: 0 }
  let ownerless = 0
  for (let pfn = zone.managedPfn; pfn < zone.endPfn; pfn++) {
    const flags = f.flags[pfn]
    if (flags === 0) ownerless++
    else if ((flags & PG_BUDDY) !== 0) pfn += folioNrPages(flags) - 1
    else if ((flags & (PG_PCP | PG_KERNEL | PG_TARGET | PG_TAIL)) === 0) countFolio(mm, pfn, flags, counts)
  }
  rooms.set(zone, ownerless)
  return counts
}

function countFolio(mm: Mm, pfn: number, flags: number, counts: Counts): void {
  const f = mm.frames
  const anon = isAnonFolio(flags)
  const mapped = (flags & PG_MAPPED) !== 0
  if (mapped && anon) counts['nr_anon_pages'] += folioNrPages(flags)
  else if (mapped) counts['nr_mapped']++
  if (mapped && anon && folioNrPages(flags) > 1) counts['nr_anon_transparent_hugepages']++
  const cached = !anon && mm.files[f.mapping[pfn]]?.slots[f.index[pfn]] === pfn + 1
  if (cached || (flags & PG_SWAPCACHE) !== 0) counts['nr_file_pages']++
  if (cached && (flags & PG_SHMEM) !== 0) counts['nr_shmem']++
  if ((flags & (PG_SWAPBACKED | PG_DIRTY)) === PG_DIRTY) counts['nr_dirty']++
  if ((flags & PG_WRITEBACK) !== 0) counts['nr_writeback']++
}

/** Slab pages and page tables of the run itself. */
function countKernelPages(mm: Mm, stats: readonly Counts[]): void {
  for (const counts of stats) Object.assign(counts, { nr_slab_reclaimable: 0, nr_slab_unreclaimable: 0, nr_page_table_pages: 0, nr_kernel_stack: 0, workingset_nodereclaim: 0 })
  const add = (pfn: number, name: string): void => { stats[mm.zoneOf(pfn).id][name]++ }
  for (const area of mm.areas) for (const table of area?.tables ?? []) if (table !== 0) add(table - 1, 'nr_page_table_pages')
  for (const cache of Object.values(mm.slabs) as (typeof mm.slabs)[keyof typeof mm.slabs][]) {
    const name = cache.reclaimable ? 'nr_slab_reclaimable' : 'nr_slab_unreclaimable'
    for (const { pfn, order } of cache.slabs) for (let page = pfn; page < pfn + (1 << order); page++) add(page, name)
  }
  if (mm.vfs !== undefined) for (const { pfn } of vfsPages(mm.vfs)) add(pfn, 'nr_slab_reclaimable')
}

/** What the node's sums have beyond its zones': into them from the highest down, as far as there are pages that nobody owns; what is left over then, into the highest. */
function spreadRest(node: Pgdat, stats: readonly Counts[], rooms: Map<Zone, number>): void {
  const zones = node.populated().reverse()
  const spread = (name: string, total: number, pagesEach: number): void => {
    let rest = total - zones.reduce((sum, zone) => sum + (stats[zone.id][name] ?? 0), 0)
    for (const zone of zones) {
      const taken = Math.max(0, Math.min(rest, Math.floor((rooms.get(zone) ?? 0) / pagesEach)))
      stats[zone.id][name] += taken
      rooms.set(zone, (rooms.get(zone) ?? 0) - taken * pagesEach)
      rest -= taken
    }
    stats[zones[0].id][name] += rest
  }
  const { stat } = node
  spread('nr_slab_unreclaimable', stat.nr_slab_unreclaimable, 1)
  spread('nr_slab_reclaimable', stat.nr_slab_reclaimable, 1)
  spread('nr_page_table_pages', stat.nr_page_table_pages, 1)
  spread('nr_kernel_stack', Math.floor(stat.nr_kernel_stack / STACK_KB), STACK_KB / 4)
  stats[zones[0].id]['workingset_nodereclaim'] = stat.workingset_nodereclaim
  for (const [type, name] of ISOLATED.entries()) stats[zones[0].id][name] = zones[0].nrIsolated[type] + stat[name] - zones.reduce((sum, zone) => sum + zone.nrIsolated[type], 0)
}
