/**
 * The state of one machine's memory management, and the few look-ups everybody needs. Built by sim/boot.ts; the procedures live beside this file.
 */
import type { HookName, KernelTraits, NotificationName } from 'reclaim-lab'
import type { Clock } from '../core/clock'
import type { LatencyHistogram } from '../core/histogram'
import { LatencyWindow } from '../core/latency-window'
import type { BlockLayer } from '../device/block-layer'
import type { CostProfile } from '../device/cost-profile'
import type { Decisions } from '../policy/decisions'
import { assert } from '../core/assert'
import type { Area } from './area'
import type { CompactControl } from './compact-control'
import type { FileMapping, OpenFile } from './file'
import type { FolioWatch } from './folio-watch'
import { HugeEvents, HugePool } from './huge-events'
import type { Kcompactd } from './kcompactd'
import type { Kswapd } from './kswapd'
import { LruGenCaps } from './lru-gen'
import type { Lruvec } from './lruvec'
import type { Memcgs } from './memcg'
import type { LruOwner, Pgdat, Zone } from './mmzone'
import { PAGEBLOCK_ORDER } from './mmzone'
import { OomState } from './oom-victim'
import { PG_ACTIVE } from './page'
import type { Frames } from './page'
import type { PageTracer } from './page-trace'
import type { Procedures } from './procedures'
import type { Psi } from './psi'
import { ShadowNodes } from './shadow-nodes'
import { Congestion } from './stall-congestion'
import type { Shrinker } from './shrinker'
import type { SlabCaches } from './slab'
import type { Vfs } from './super'
import type { StallLog } from './stall'
import type { SwapState } from './swap'
import type { CpuBatches } from './swap-lru'
import type { SysctlTable } from './sysctl'
import type { Sched, Task } from './task'
import { WaitQueue } from './task'
import type { ThreadHost } from './thread-host'
import type { NodeThrottle } from './throttle'
import type { Tracepoints } from './tracepoint'
import type { VmEvents } from './vmstat'
import type { Watch } from './watch'
import type { Flusher, Writeback } from './writeback'

const NO_HOOKS: ReadonlySet<HookName | NotificationName> = new Set()

/** Somebody who holds blocks of kernel pages that are neither slab nor page tables. */
export interface KernelBlocks {
  readonly order: number
  pfns(): Iterable<number>
}

/** What boot must supply: the machine's own parts, as they are from then on. */
export type MmParts = Pick<Mm,
  'frames' | 'zones' | 'nodes' | 'blockZone' | 'blockType' | 'clock' | 'vm' | 'sysctl' | 'traits' | 'procedures' | 'decide' | 'cost' | 'sched'
  | 'io' | 'lruvecs' | 'batches' | 'swap' | 'slabs' | 'psi' | 'writeback' | 'throttles' | 'allocLatency' | 'cpus' | 'hz' | 'memcgs' | 'memcgOf'
>

export class Mm {
  readonly frames: Frames
  readonly zones: readonly Zone[]
  readonly nodes: readonly Pgdat[]
  /** Zone id + 1 of each pageblock. */
  readonly blockZone: Uint8Array
  /** Migrate type of each pageblock. */
  readonly blockType: Uint8Array
  /** 1 where compaction's scanners found nothing of use in a pageblock lately (PB_migrate_skip). */
  readonly blockSkip: Uint8Array
  readonly clock: Clock
  readonly vm: VmEvents
  readonly sysctl: SysctlTable
  readonly traits: KernelTraits
  /** The kernel's variants of loops and waits, bound once. */
  readonly procedures: Procedures
  readonly decide: Decisions
  readonly cost: CostProfile
  readonly sched: Sched
  readonly io: BlockLayer
  /** By memory cgroup, then owner: node, or zone. */
  readonly lruvecs: readonly Lruvec[]
  /** How many owners of lists there are. */
  readonly lruOwners: number
  /** Zones take turns in proportion to their size (trait fairZones). */
  readonly fairZones: boolean
  /** PG_active for kernels that begin with new anonymous pages on the active list. */
  readonly newAnonFlags: number
  readonly memcgs: Memcgs
  /** Number of the group that each frame is charged to; 0 = none, or the root. Undefined where there are no groups but the root. */
  readonly memcgOf: Uint16Array | undefined
  readonly batches: readonly CpuBatches[]
  readonly swap: SwapState
  readonly slabs: SlabCaches
  readonly psi: Psi
  readonly writeback: Writeback
  readonly throttles: readonly NodeThrottle[]
  readonly allocLatency: LatencyHistogram
  readonly cpus: number
  readonly hz: number

  /** The CPU that is executing, and the task on it. */
  cpu = 0
  current!: Task
  totalreservePages = 0
  vmTotalPages = 0
  totalRamPages = 0
  highestZone = 0
  /** When the workload started; event times count from here. */
  startTime = 0
  /** Direct reclaims by highest zone of the request. */
  readonly allocstall = new Float64Array(4)
  readonly areas: (Area | undefined)[] = [undefined]
  readonly files: FileMapping[] = []
  readonly tasks: Task[] = []
  readonly kswapds: Kswapd[] = []
  readonly kcompactds: Kcompactd[] = []
  readonly flushers: Flusher[] = []
  /** vm.zone_reclaim_mode, at hand for every failed watermark test. */
  nodeReclaimMode = 0
  readonly kernelBlocks = new Set<KernelBlocks>()
  readonly lruGen = new LruGenCaps()
  /** /sys/kernel/mm/transparent_hugepage/enabled. */
  thpEnabled: 'never' | 'madvise' | 'always' = 'never'
  readonly huge = new HugeEvents()
  readonly hugePool = new HugePool()
  /** Runs of compaction that are under way. */
  readonly compacting = new Set<CompactControl>()
  readonly oom = new OomState()
  readonly congestion = new Congestion()
  /** Zones have their free blocks: from then on pageblocks may be reserved. */
  zoneBlocksLaidOut = false
  trace!: Tracepoints
  /** Slow allocations and where their time went. */
  stalls!: StallLog
  /** Set by boot's owner: starts a kernel thread, asleep, and timers that call back in interrupt context. */
  threads!: ThreadHost
  /** Why the kernel stopped; the run ends. */
  panicked: string | undefined = undefined
  /** Set while one page is followed; see page-trace.ts. */
  pageTrace: PageTracer | undefined = undefined
  /** Set while somebody watches; see watch.ts. */
  watch: Watch | undefined = undefined
  /** Slow-path allocations since the last sample. */
  readonly latencyWindow = new LatencyWindow()
  /** Hooks, notifications included, that some policy of the run has: work that only they need is left out otherwise. */
  policyHooks: ReadonlySet<HookName | NotificationName> = NO_HOOKS
  /** Counts swaps of hooks (policies attached or detached), from 1 on. An episode of reclaim asks those that held at its start: see pinHooks. */
  policyEpoch = 1
  /** Some policy decides in a part of the machine only: hooks about a folio or a list need to say where. */
  scopedHooks = false
  /** The lists that such a hook is about. */
  hookLruvec: Lruvec | undefined = undefined
  /** Set where policies follow folios. */
  folioWatch: FolioWatch | undefined = undefined
  /** Do verdicts look at dirty page table entries? Only if some policy judges folios. */
  factsNeedPteDirty = false
  readonly shadowNodes: ShadowNodes
  /** Caches that give objects back under pressure, in the order of their registration (shrinker_list). */
  readonly shrinkers: Shrinker[]
  /** Mounted file systems and what is cached of their entries; undefined where the scenario names no trees. */
  vfs: Vfs | undefined = undefined
  /** Reclaim's clearing of an accessed bit is seen by the processor only after its TLB was flushed, every so many ns; 0: at once. */
  tlbFlushNs = 0
  readonly #pageWaiters = new Map<number, WaitQueue>()
  readonly #nodeOfCpu: readonly number[]
  /** What was cached at the start of a mounted file system's own blocks. */
  mountBlocks: FileMapping | undefined = undefined
  readonly #lruvecsByNode: (readonly Lruvec[])[]

  constructor(parts: MmParts) {
    this.frames = parts.frames
    this.zones = parts.zones
    this.nodes = parts.nodes
    this.blockZone = parts.blockZone
    this.blockType = parts.blockType
    this.blockSkip = new Uint8Array(parts.blockType.length)
    this.clock = parts.clock
    this.vm = parts.vm
    this.sysctl = parts.sysctl
    this.traits = parts.traits
    this.procedures = parts.procedures
    this.decide = parts.decide
    this.cost = parts.cost
    this.sched = parts.sched
    this.io = parts.io
    this.lruvecs = parts.lruvecs
    this.lruOwners = parts.traits.lruLists === 'zone' ? parts.zones.length : parts.nodes.length
    this.fairZones = parts.traits.fairZones
    this.newAnonFlags = parts.traits.newAnon === 'active' ? PG_ACTIVE : 0
    this.memcgs = parts.memcgs
    this.memcgOf = parts.memcgOf
    this.batches = parts.batches
    this.swap = parts.swap
    this.slabs = parts.slabs
    this.psi = parts.psi
    this.writeback = parts.writeback
    this.throttles = parts.throttles
    this.allocLatency = parts.allocLatency
    this.cpus = parts.cpus
    this.hz = parts.hz
    this.shadowNodes = new ShadowNodes(parts.nodes.length)
    this.shrinkers = [this.shadowNodes]
    this.#nodeOfCpu = Array.from({ length: parts.cpus }, (_, cpu) => cpu % parts.nodes.length)
    this.#lruvecsByNode = parts.nodes.map((node) => parts.lruvecs.filter((lruvec) => lruvec.node === node))
    this.totalRamPages = parts.zones.reduce((sum, zone) => sum + zone.managed, 0)
    this.highestZone = parts.zones.reduce((most, zone) => Math.max(most, zone.idx), 0)
  }

  zoneOf(pfn: number): Zone {
    return this.zones[this.blockZone[pfn >>> PAGEBLOCK_ORDER] - 1]
  }

  nodeOf(pfn: number): Pgdat {
    return this.nodes[this.zones[this.blockZone[pfn >>> PAGEBLOCK_ORDER] - 1].node]
  }

  /** All groups' lists on the node, in the order of mem_cgroup_iter; and of each group, by zone where lists are. */
  lruvecsOf(node: Pgdat): readonly Lruvec[] {
    return this.#lruvecsByNode[node.id]
  }

  /** mem_cgroup_lruvec. */
  lruvecOf(memcg: number, owner: LruOwner): Lruvec {
    return this.lruvecs[memcg * this.lruOwners + owner.lruIndex]
  }

  /** CPUs are dealt to nodes in turn. */
  nodeOfCpu(cpu: number): number {
    return this.#nodeOfCpu[cpu]
  }

  cpusOfNode(node: number): number {
    return Math.floor((this.cpus - 1 - node) / this.nodes.length) + 1
  }

  /** A CPU of the node, the same for the same `n`. A node without any gets one of all. */
  cpuOfNode(node: number, n: number): number {
    const cpus = this.cpusOfNode(node)
    return cpus === 0 ? n % this.cpus : node + this.nodes.length * (n % cpus)
  }

  pageWaiters(pfn: number): WaitQueue {
    let queue = this.#pageWaiters.get(pfn)
    if (queue === undefined) this.#pageWaiters.set(pfn, (queue = new WaitQueue(pfn)))
    return queue
  }

  /** Timer ticks since the machine started (jiffies). */
  get ticks(): number {
    return Math.floor((this.clock.now * this.hz) / 1e9)
  }

  /** Unlock or end of writeback: whoever waits for the page looks again. */
  wakePage(pfn: number): void {
    const queue = this.#pageWaiters.get(pfn)
    if (queue === undefined) return
    this.#pageWaiters.delete(pfn)
    this.sched.wakeAll(queue)
  }

  /** The open file through which an area was mapped. */
  openOf(area: Area): OpenFile {
    for (const open of area.task.files.values()) if (open.mapping === area.file) return open
    assert(false, 'a mapped file is open')
  }
}

