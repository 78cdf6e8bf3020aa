/**
 * Zones, nodes and their per-cpu free lists (include/linux/mmzone.h, v6.1). Zones are numbered densely over the machine (`id`); `idx` is the kernel's zone index.
 */
import { createLists } from './list'
import type { Lists } from './list'
import { GFP_THISNODE, MIGRATE_PCPTYPES, NR_MIGRATETYPES, gfpZone } from './gfp'
import type { Mm } from './mm'
import { ZoneCompaction } from './compaction-state'
import { NodeStat } from './vmstat'

export const ZONE_NAMES = ['DMA', 'DMA32', 'Normal', 'Movable'] as const
export const ZONE_SUFFIX = ['dma', 'dma32', 'normal', 'movable'] as const
export const MAX_NR_ZONES = 4
export const WMARK_MIN = 0
export const WMARK_LOW = 1
export const WMARK_HIGH = 2
export const WMARK_PROMO = 3

export const MAX_ORDER = 11
export const PAGEBLOCK_ORDER = 9
export const PAGEBLOCK_PAGES = 1 << PAGEBLOCK_ORDER
export const PAGE_ALLOC_COSTLY_ORDER = 3
/** Orders 0..3 of three migrate types, and one list for huge pages. */
/** Orders 0 to 3, and huge pages. */
export const PCP_ORDERS = 0b10_0000_1111
export const NR_PCP_LISTS = MIGRATE_PCPTYPES * (PAGE_ALLOC_COSTLY_ORDER + 1) + 1

/** One CPU's free lists of one zone (struct per_cpu_pages). */
export class PerCpuPages {
  count = 0
  high = 0
  batch = 1
  freeFactor = 0
  /** Does each free in a row double what is given back at once? */
  doubles = true
  /** Seconds until the vmstat worker drains it, where its zone is another node's; 0: nothing to wait for. Set anew by use. */
  expire = 0
  used = false
  readonly lists: Lists = createLists(NR_PCP_LISTS)
}

/** Whose LRU lists there are, and the flags that reclaim sets on them: nodes, or zones (trait lruLists). */
export interface LruOwner {
  /** Its number among the owners; of a zone whose node is the owner, the node's. */
  readonly lruIndex: number
  /** PGDAT_DIRTY, PGDAT_WRITEBACK; ZONE_DIRTY, ZONE_WRITEBACK. */
  flagDirty: boolean
  flagWriteback: boolean
}

/** What a zone counts by itself where reclaim goes by zones. The first five have the zone's name behind them in /proc/vmstat; the others are lines of the zone in /proc/zoneinfo. */
export class ZoneEvents {
  pgrefill = 0
  pgsteal_kswapd = 0
  pgsteal_direct = 0
  pgscan_kswapd = 0
  pgscan_direct = 0
  nr_vmscan_write = 0
  nr_vmscan_immediate_reclaim = 0
  nr_dirtied = 0
  nr_written = 0
  workingset_refault = 0
  workingset_activate = 0
}

export class Zone implements LruOwner {
  /** watermark_boost was raised by an allocation that may wake kswapd. */
  boostedFlag = false
  /** ZONE_RECLAIM_ACTIVE: kswapd is at work, so per-cpu lists are kept short. */
  reclaimActive = false
  free = 0
  /** What CPUs have added to `free` or taken and not told yet, by CPU and in sum; beyond the threshold they tell. 0: at once. */
  readonly cpuDiff: Int32Array
  drift = 0
  statThreshold = 0
  /** percpu_drift_mark: below it kswapd looks at the exact count; 0: the difference can't matter. */
  driftMark = 0
  managed = 0
  boost = 0
  /** Pages of HIGHATOMIC pageblocks, free or not. */
  nrReservedHighatomic = 0
  /** Some pageblock has been HIGHATOMIC, or RESERVE; free pageblocks may lie beside each other unmerged since. */
  hadHighatomic = false
  readonly mark = new Float64Array(4)
  readonly lowmemReserve = new Float64Array(MAX_NR_ZONES)
  readonly freeLists: Lists = createLists(MAX_ORDER * NR_MIGRATETYPES)
  readonly nrFree = new Int32Array(MAX_ORDER)
  /** Pages on this zone's LRU lists, by list. */
  readonly nrLru = new Float64Array(5)
  nrWritePending = 0
  /** NR_FILE_MAPPED, NR_FILE_DIRTY, and NR_FILE_PAGES but for the swap cache, which has no place by zone: page cache and tmpfs. What zone reclaim goes by. */
  nrMapped = 0
  nrFileDirty = 0
  nrCached = 0
  /** Reclaimable slab that was there at the start. */
  slabAtStart = 0
  /** ZONE_RECLAIM_LOCKED: somebody is in zone_reclaim here. */
  reclaimLocked = false
  /** vm.min_unmapped_ratio, vm.min_slab_ratio in pages. */
  minUnmappedPages = 0
  minSlabPages = 0
  lruIndex = 0
  // With lists of its own (trait lruLists): flags of reclaim, pages that reclaimers hold, pages scanned since one was freed here (NR_PAGES_SCANNED), events.
  flagDirty = false
  flagWriteback = false
  flagCongested = false
  readonly nrIsolated = new Float64Array(2)
  pagesScanned = 0
  readonly events = new ZoneEvents()
  /** NR_ALLOC_BATCH: pages that it may still give before the others have their turn; ZONE_FAIR_DEPLETED. */
  allocBatch = 0
  fairDepleted = false
  /** MIGRATE_RESERVE pageblocks. */
  nrMigrateReserveBlock = 0
  /** Orders that per-cpu lists hold, as bits. */
  pcpOrders = PCP_ORDERS
  /** Order > 0: every smaller order's free pages are taken off and the mark is halved (before 4.4), instead of one block being enough. */
  halvingTest = false
  readonly compaction = new ZoneCompaction()
  readonly pcp: readonly PerCpuPages[]
  pgalloc = 0
  /** Allocations from here that preferred this node, or another one (numa_hit, numa_miss); that preferred this zone and went elsewhere (numa_foreign); by CPUs of other nodes (numa_other). */
  numaHit = 0
  numaMiss = 0
  numaForeign = 0
  numaOther = 0
  pgskip = 0

  readonly id: number
  readonly node: number
  readonly idx: number
  readonly name: string
  readonly startPfn: number
  /** The first frame that is managed; those below are in use for good. */
  readonly managedPfn: number
  readonly endPfn: number
  readonly present: number
  readonly spanned: number

  constructor(spec: { id: number; node: number; idx: number; startPfn: number; reserved: number; managed: number; present: number; spanned: number; cpus: number }) {
    this.id = spec.id
    this.node = spec.node
    this.idx = spec.idx
    this.name = ZONE_NAMES[spec.idx]
    this.startPfn = spec.startPfn
    this.managedPfn = spec.startPfn + spec.reserved
    this.endPfn = this.managedPfn + spec.managed
    this.managed = spec.managed
    this.present = spec.present
    this.spanned = spec.spanned
    this.cpuDiff = new Int32Array(spec.cpus)
    this.pcp = Array.from({ length: spec.cpus }, () => new PerCpuPages())
  }

  /** NR_FREE_PAGES (zone_page_state): what marks are compared with. */
  get seenFree(): number {
    return this.free - this.drift
  }

  /** The same, or the exact count where the difference could matter (zone_watermark_ok_safe). */
  get safeFree(): number {
    return this.driftMark > 0 && this.seenFree < this.driftMark ? this.free : this.seenFree
  }
}

/** A node (struct pglist_data): its zones, kswapd's mailbox. */
export class Pgdat implements LruOwner {
  readonly stat = new NodeStat()
  /** By zone index; undefined where the machine has none. */
  readonly zones: (Zone | undefined)[] = new Array<Zone | undefined>(MAX_NR_ZONES).fill(undefined)
  /** Zones a request walks, best first, by highest zone index. */
  readonly zonelists: Zone[][] = []
  /** The same for __GFP_THISNODE: no other node's zones (ZONELIST_NOFALLBACK). */
  readonly zonelistsNofallback: Zone[][] = []
  /** Distance to each node. */
  readonly distances: number[] = []
  kswapdOrder = 0
  /** -1: nobody asked. */
  kswapdHighestZoneidx = -1
  kswapdFailures = 0
  /** Pages of anonymous memory mapped by PMDs (NR_ANON_THPS). */
  anonThps = 0
  totalreservePages = 0
  /** kcompactd's mailbox: the largest order asked for since it last worked (0: nobody asked), and the lowest "highest zone" of those who asked. */
  kcompactdMaxOrder = 0
  kcompactdHighestZoneidx = MAX_NR_ZONES - 1
  /** PGDAT_DIRTY, PGDAT_WRITEBACK. */
  flagDirty = false
  flagWriteback = false
  /** PGDAT_RECLAIM_LOCKED: somebody is in node_reclaim here. */
  reclaimLocked = false
  /** vm.min_unmapped_ratio, vm.min_slab_ratio in pages. */
  minUnmappedPages = 0
  minSlabPages = 0
  readonly id: number
  constructor(id: number) {
    this.id = id
  }

  get lruIndex(): number {
    return this.id
  }

  populated(): Zone[] {
    return this.zones.filter((z): z is Zone => z !== undefined && z.managed > 0)
  }
}

const NO_ZONES: readonly Zone[] = []

/** node_zonelist: zones a request may use, best first: the local node's from the highest down, then the other nodes' unless __GFP_THISNODE. */
export function zonelist(mm: Mm, gfp: number): readonly Zone[] {
  const node = mm.nodes[mm.nodeOfCpu(mm.cpu)]
  return ((gfp & GFP_THISNODE) === 0 ? node.zonelists : node.zonelistsNofallback)[gfpZone(gfp)] ?? NO_ZONES
}
