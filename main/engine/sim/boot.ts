/**
 * Boots a machine from a scenario: frames, zones with their free blocks as given, marks, devices, swap, what memory already holds.
 * Source: mm/page_alloc.c:free_area_init, build_all_zonelists, init_per_zone_wmark_min (v6.1), in outline.
 * Simplifications: a zone is one contiguous range of its managed pages; memory in use at the start is kernel memory that is never given back.
 */
import type { KernelDefinition, KernelTraits } from 'reclaim-lab'
import { assert } from '../core/assert'
import type { Clock } from '../core/clock'
import { LatencyHistogram } from '../core/histogram'
import type { EventQueue } from '../core/event-queue'
import type { BlockLayer } from '../device/block-layer'
import { COST_PROFILES } from '../device/cost-profile'
import { hintsOfFullCompaction } from '../mm/compaction-hints'
import { MIGRATE_MOVABLE, MIGRATE_PCPTYPES } from '../mm/gfp'
import { FileMapping } from '../mm/file'
import { fillHugePool } from '../mm/hugetlb'
import { LowMemoryKiller } from '../mm/lowmemorykiller'
import { Lruvec, linkLruvecs } from '../mm/lruvec'
import type { Memcgs } from '../mm/memcg'
import { createMemcgs } from '../mm/memcg'
import { setupZoneMigrateReserve } from '../mm/migrate-reserve'
import { Mm } from '../mm/mm'
import { MAX_NR_ZONES, PAGEBLOCK_ORDER, Pgdat, WMARK_HIGH, ZONE_NAMES, Zone } from '../mm/mmzone'
import { setupNodeReclaim } from '../mm/node-reclaim'
import { ownSlab } from '../mm/zone-reclaim'
import { createFrames } from '../mm/page'
import { bindProcedures } from '../mm/procedures'
import type { Psi } from '../mm/psi'
import { createSlabCaches } from '../mm/slab'
import { SwapArea, createSwapState } from '../mm/swap'
import { CpuBatches } from '../mm/swap-lru'
import type { SysctlTable } from '../mm/sysctl'
import { NodeThrottle } from '../mm/throttle'
import { VmEvents } from '../mm/vmstat'
import { calculateMinFreeKbytes, marksChanged, setMarks, setupPerZoneLowmemReserve, setupPerZoneWmarks } from '../mm/watermark'
import { Writeback } from '../mm/writeback'
import { setStatThreshold } from '../mm/zone-stat'
import { ZramDevice } from '../mm/zram'
import type { Decisions } from '../policy/decisions'
import { dirtyLimitAtStart } from '../mm/dirty-limits'
import { layoutFreeBlocks, takeUsedFrames } from './layout'
import { mountFileSystems } from './mount'
import type { Scheduler } from './sched'
import { zoneCounters } from './zone-counters'
import type { Machine, Scenario, ZoneSpec } from './scenario'
import { zoneFrames } from './zone-frames'

const BLOCK_PAGES = 1024
/** Largest machine: frame numbers have 28 bits in a PTE. */
const MAX_PAGES = 1 << 28

export interface BootParts {
  readonly scenario: Scenario
  readonly kernel: KernelDefinition
  readonly decide: Decisions
  readonly sysctl: SysctlTable
  readonly clock: Clock
  readonly events: EventQueue
  readonly sched: Scheduler
  readonly io: BlockLayer
  readonly psi: Psi
  readonly seed: number
  /** A policy computes the marks: it wins over marks that the scenario pins. */
  readonly marksByPolicy: boolean
}

/** The machine as it is before the workload's first instruction. */
export function boot(parts: BootParts): Mm {
  const { scenario, kernel } = parts
  const { machine } = scenario
  const { zones, nodes, pages } = buildZones(machine)
  assert(pages <= MAX_PAGES, 'a machine has at most 2^28 pages (1 TiB)')
  const cost = COST_PROFILES[machine.profile]
  assert(cost !== undefined, `the schema only lets known cost profiles through: ${machine.profile}`)
  const swapAreas = buildSwap(machine, parts.io)
  const memcgs = createMemcgs(scenario, nodes.length, machine.cpus)
  setZoneTraits(zones, kernel.traits)
  const mm = new Mm({
    frames: createFrames(pages), zones, nodes, blockZone: new Uint8Array(pages >>> PAGEBLOCK_ORDER), blockType: new Uint8Array(pages >>> PAGEBLOCK_ORDER).fill(MIGRATE_MOVABLE),
    clock: parts.clock, vm: new VmEvents(), sysctl: parts.sysctl, traits: kernel.traits, procedures: bindProcedures(kernel.traits), decide: parts.decide, cost, sched: parts.sched, io: parts.io,
    memcgs, memcgOf: memcgs.inUse ? new Uint16Array(pages) : undefined,
    lruvecs: buildLruvecs(memcgs, nodes, zones, kernel.traits), batches: Array.from({ length: machine.cpus }, () => new CpuBatches(kernel.traits.folioBatch)),
    swap: createSwapState(swapAreas, machine.cpus, memcgs.inUse), slabs: createSlabCaches(machine.cpus), psi: parts.psi, writeback: new Writeback(machine.disks.length, machine.hz), throttles: nodes.map(() => new NodeThrottle()),
    allocLatency: new LatencyHistogram(), cpus: machine.cpus, hz: machine.hz,
  })
  linkLruvecs(mm.lruvecs, memcgs)
  if (memcgs.inUse) mm.kernelBlocks.add({ order: 0, pfns: () => memcgs.charging.keys() })
  for (const zone of zones) for (let block = zone.startPfn >>> PAGEBLOCK_ORDER; block << PAGEBLOCK_ORDER < zone.endPfn; block++) mm.blockZone[block] = zone.id + 1
  buildZonelists(nodes, machine)
  setupMarks(mm, machine, parts.marksByPolicy)
  machine.zones.forEach((spec, i) => layoutFreeBlocks(mm, zones[i], spec))
  if (kernel.traits.reserves === 'migrate-reserve') for (const zone of zones) setupZoneMigrateReserve(mm, zone, true)
  if (mm.sysctl.has('lowmemorykiller.enable_lmk')) mm.shrinkers.push(new LowMemoryKiller(nodes.length))
  addFiles(mm, scenario)
  mountFileSystems(mm, scenario)
  attachZram(mm, machine, parts.seed)
  mm.thpEnabled = machine.thp
  mm.tlbFlushNs = (machine.tlbFlushUs ?? 0) * 1000
  return mm
}

/** What memory holds already: per-cpu lists and LRU pages. After kswapd and the first task exist. */
export function fillMemory(mm: Mm, scenario: Scenario): void {
  scenario.machine.zones.forEach((spec, i) => {
    const zone = mm.zones[i]
    const { stat } = mm.nodes[zone.node]
    const before = stat.nr_file_pages
    takeUsedFrames(mm, zone, spec)
    zone.nrCached += stat.nr_file_pages - before
  })
  const kernel = scenario.machine.kernelMemory
  if (kernel !== undefined) {
    const stat = mm.nodes[0].stat
    stat.nr_slab_reclaimable = kernel.slabReclaimable
    stat.nr_slab_unreclaimable = kernel.slabUnreclaimable
    stat.nr_page_table_pages = kernel.pageTables
    stat.nr_kernel_stack = kernel.kernelStack * 4 // printed in kB
    // Nobody knows which frames: into zones as /proc/zoneinfo tells it.
    if (mm.traits.lruLists === 'zone') for (const [i, { stat: counts }] of zoneCounters(mm).entries()) mm.zones[i].slabAtStart = counts['nr_slab_reclaimable'] - ownSlab(mm, mm.zones[i])
  }
  if (mm.sysctl.num('vm.nr_hugepages') > 0) fillHugePool(mm, mm.sysctl.num('vm.nr_hugepages'))
  if (mm.sysctl.num('vm.compact_memory') === 1) hintsOfFullCompaction(mm)
  const early = scenario.machine.zones.reduce((sum, zone) => sum + (zone.managedAtWmarkSetup ?? zone.managed), 0)
  mm.writeback.dirtyLimit = dirtyLimitAtStart(mm, early)
}

function buildZones(machine: Machine): { zones: Zone[]; nodes: Pgdat[]; pages: number } {
  const nodes: Pgdat[] = []
  const zones: Zone[] = []
  let pfn = 0
  for (const spec of machine.zones) {
    while (nodes.length <= spec.node) nodes.push(new Pgdat(nodes.length))
    const { offset, reserved } = zoneFrames(spec)
    const zone = new Zone({
      id: zones.length, node: spec.node, idx: ZONE_NAMES.indexOf(spec.name), startPfn: pfn + offset, reserved, managed: spec.managed, present: spec.present ?? spec.managed, spanned: spec.spanned ?? spec.present ?? spec.managed,
      cpus: machine.cpus,
    })
    zones.push(zone)
    nodes[spec.node].zones[zone.idx] = zone
    pfn += Math.ceil((offset + reserved + spec.managed) / BLOCK_PAGES) * BLOCK_PAGES
  }
  return { zones, nodes, pages: pfn }
}

function setZoneTraits(zones: readonly Zone[], traits: KernelTraits): void {
  for (const zone of zones) {
    zone.lruIndex = traits.lruLists === 'zone' ? zone.id : zone.node
    zone.halvingTest = traits.highOrderTest === 'halve'
    if (traits.perCpuLists === 'six-batches') zone.pcpOrders = 1
  }
}

function buildLruvecs(memcgs: Memcgs, nodes: readonly Pgdat[], zones: readonly Zone[], traits: KernelTraits): Lruvec[] {
  if (traits.lruLists === 'zone') return memcgs.groups.flatMap(({ id }) => zones.map((zone) => new Lruvec(id * zones.length + zone.id, id, nodes[zone.node], zone)))
  return memcgs.groups.flatMap(({ id }) => nodes.map((node) => new Lruvec(id * nodes.length + node.id, id, node)))
}

function buildZonelists(nodes: readonly Pgdat[], machine: Machine): void {
  for (const node of nodes) {
    const byDistance = [...nodes].sort((a, b) => distance(machine, node.id, a.id) - distance(machine, node.id, b.id) || a.id - b.id)
    for (const other of nodes) node.distances[other.id] = distance(machine, node.id, other.id)
    for (let idx = 0; idx < MAX_NR_ZONES; idx++) {
      node.zonelists[idx] = byDistance.flatMap((other) => other.populated().filter((zone) => zone.idx <= idx).reverse())
      node.zonelistsNofallback[idx] = node.zonelists[idx].filter((zone) => zone.node === node.id)
    }
  }
}

function distance(machine: Machine, from: number, to: number): number {
  return machine.distances?.[from]?.[to] ?? (from === to ? 10 : 20)
}

function buildSwap(machine: Machine, io: BlockLayer): SwapArea[] {
  let base = 0
  return machine.swap.map((spec, id) => {
    const disk = spec.kind === 'disk' ? io.diskIndex(spec.disk) : -1
    const area = new SwapArea({ id, base, pages: spec.pages, priority: spec.priority, disk, cpus: machine.cpus, rotational: disk >= 0 && machine.disks[disk].rotational === 1 })
    base += spec.pages
    return area
  })
}

/** Compressed length of ordinary anonymous pages, bytes: about 2.7 to 1 in the mean. */
const USUAL_COMPRESSED: readonly [number, number] = [800, 2200]

function attachZram(mm: Mm, machine: Machine, seed: number): void {
  for (const area of mm.swap.areas) {
    const spec = machine.swap[area.id]
    if (spec.kind !== 'zram') continue
    const compressed = spec.compressed ?? [{ share: 1, bytes: spec.compressedBytes ?? USUAL_COMPRESSED }]
    area.zram = new ZramDevice(mm, { pages: area.pages, seed, compressed, memLimit: spec.memLimitPages ?? 0 })
  }
}

/** Marks as early boot computed them, then reserves; a zone that brings its own marks keeps them until a sysctl is written. */
function setupMarks(mm: Mm, machine: Machine, byPolicy: boolean): void {
  const early = (zone: Zone): number => machine.zones[zone.id].managedAtWmarkSetup ?? zone.managed
  mm.vmTotalPages = mm.totalRamPages
  const automatic = mm.sysctl.num('vm.min_free_kbytes') === 0
  if (automatic) mm.sysctl.preset('vm.min_free_kbytes', calculateMinFreeKbytes(mm, -1, early))
  setupPerZoneWmarks(mm, early)
  if (automatic && machine.thp !== 'never') raiseForHugePages(mm, early)
  for (const zone of mm.zones) setStatThreshold(zone, machine.cpus, early(zone))
  machine.zones.forEach((spec: ZoneSpec, i) => {
    if (spec.marks === undefined || byPolicy) return
    setMarks(mm.zones[i], spec.marks)
    // Per-cpu lists may grow as far as LOW; the kernel that printed these marks had them go by these.
    marksChanged(mm, mm.zones[i])
  })
  setupPerZoneLowmemReserve(mm)
  setupNodeReclaim(mm, early)
}

/**
 * mm/khugepaged.c:set_recommended_min_free_kbytes: with huge pages on, enough is kept free for two blocks and one fallback of every migrate type in each zone, at most 5 % of
 * memory. Runs early too, before an initrd's memory is freed. A value that a scenario gives is the one that was found afterwards and stays.
 */
function raiseForHugePages(mm: Mm, managedOf: (zone: Zone) => number): void {
  const zones = mm.zones.filter((zone) => zone.idx <= 2)
  const available = zones.reduce((sum, zone) => sum + Math.max(0, managedOf(zone) - zone.mark[WMARK_HIGH]), 0)
  const wanted = (1 << PAGEBLOCK_ORDER) * zones.length * (2 + MIGRATE_PCPTYPES * MIGRATE_PCPTYPES)
  const kb = Math.min(wanted, Math.floor(available / 20)) * 4
  if (kb <= mm.sysctl.num('vm.min_free_kbytes')) return
  mm.sysctl.preset('vm.min_free_kbytes', kb)
  setupPerZoneWmarks(mm, managedOf)
}

function addFiles(mm: Mm, scenario: Scenario): void {
  const sectors = new Map<string, number>()
  for (const spec of scenario.files) {
    if (spec.tmpfs === 1 || spec.disk === undefined) {
      mm.files.push(new FileMapping({ id: mm.files.length, path: spec.path, pages: spec.pages, disk: -1, sector: 0, tmpfs: true }))
      continue
    }
    const sector = sectors.get(spec.disk) ?? 0
    sectors.set(spec.disk, sector + spec.pages)
    mm.files.push(new FileMapping({ id: mm.files.length, path: spec.path, pages: spec.pages, disk: mm.io.diskIndex(spec.disk), sector, preallocated: spec.preallocated === 1 }))
  }
}
