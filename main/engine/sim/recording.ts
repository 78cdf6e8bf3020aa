/**
 * What a run leaves behind: sampled series, a bounded event log, totals, and a digest over all of it. Everything on screen and in the CLI is a function of recordings.
 */
import type { HookName, KernelTraits, NotificationName, ZoneMarks } from 'reclaim-lab'
import type { Series } from '../core/columns'
import type { LatencyStats } from '../core/histogram'
import type { Pressure } from '../mm/psi'
import type { PageblockMap } from './pageblocks'
import type { PageLife } from './page-life'

export type { LatencyStats, Series }

/** Kernel events by tracepoint name, plus the lab's own `policy_*`. */
export type EventKind =
  | 'mm_vmscan_kswapd_wake' | 'mm_vmscan_kswapd_sleep' | 'mm_vmscan_wakeup_kswapd'
  | 'mm_vmscan_direct_reclaim_begin' | 'mm_vmscan_direct_reclaim_end' | 'mm_vmscan_throttled'
  | 'mm_page_alloc_failed' | 'mark_victim' | 'sysctl_write' | 'watermark_boost' | 'snap'
  | 'task_start' | 'task_exit' | 'policy_ejected' | 'policy_log' | 'policy_attached' | 'policy_detached' | 'node_reclaim'
  | 'oom_reap' | 'lowmemory_kill' | 'sched_process_hang' | 'disk_stall' | 'panic'
  | 'mm_vmscan_memcg_reclaim_end' | 'memcg_throttled' | 'memcg_write'
  | 'mm_compaction_begin' | 'mm_compaction_end' | 'mm_compaction_wakeup_kcompactd' | 'mm_compaction_kcompactd_wake'

/** How far one zone was from letting an allocation through; pages. `short` > 0: the test failed by that much. */
export interface ZoneMiss {
  readonly node: number
  readonly zone: string
  readonly free: number
  readonly mark: number
  readonly reserve: number
  readonly short: number
  /** No free block is as large as the request, however many pages are free. */
  readonly noBlock?: boolean
}

/** Why something happened: who asked for what, which zones were tried, and the call path in the kernel's names. */
export interface EventCause {
  readonly task: string
  readonly order: number
  readonly gfp: string
  readonly path: readonly string[]
  readonly zones: readonly ZoneMiss[]
}

export interface RunEvent {
  /** ns since the workload started. */
  readonly t: number
  readonly kind: EventKind
  /** Length for events that have one (direct reclaim, throttle), else 0; ns. */
  readonly duration: number
  readonly task: string
  /** Kind-specific numbers and words: order, nr_reclaimed, node, reason, … */
  readonly args: Readonly<Record<string, number | string>>
  readonly cause?: EventCause
  /** What the kernel printed, line by line, of an OOM kill or a hung task. No part of the digest. */
  readonly log?: readonly string[]
}

/** Where the time of a slow allocation went: CPU in reclaim, reclaim's throttles, waiting for IO, compaction, locks, the OOM killer, the CPU itself, and the rest. */
export type StallPart = 'scan' | 'throttle' | 'io' | 'compaction' | 'lock' | 'oom' | 'runnable' | 'other'

export interface SlowAlloc {
  /** When it began, ns since the workload started. */
  readonly t: number
  readonly duration: number
  readonly task: string
  readonly order: number
  readonly gfp: string
  /** ns; they add up to `duration`. */
  readonly parts: Readonly<Record<StallPart, number>>
  /** ns by the kernel function or reason it slept in. */
  readonly sleeps: Readonly<Record<string, number>>
}

/** Allocations that took at least `thresholdNs`. No part of the digest. */
export interface StallStats {
  readonly thresholdNs: number
  readonly count: number
  /** ns over all of them. */
  readonly totals: Readonly<Record<StallPart, number>>
  /** The worst of each 64th of the run's time, in the order in which they began. */
  readonly worst: readonly SlowAlloc[]
}

export interface PhaseStats {
  readonly phase: number
  readonly op: string
  readonly startNs: number
  readonly endNs: number
  readonly touches: number
  readonly minflt: number
  readonly majflt: number
  readonly errors: number
  readonly latency?: LatencyStats
  /** Of a `netrx` phase: buffers that were had, and those that were not. */
  readonly network?: { readonly received: number; readonly dropped: number }
}

export interface TaskStats {
  readonly name: string
  /** `exited`: its own end; `killed`: by the OOM killer; `running`: the run was cut first. */
  readonly end: 'exited' | 'killed' | 'running'
  readonly phases: readonly PhaseStats[]
}

export interface GaugeStats { readonly start: number; readonly end: number; readonly min: number; readonly max: number }

export interface HookStats {
  /** Which policy of the stack, by name. */
  readonly policy: string
  readonly hook: HookName | NotificationName | 'controller' | 'init' | 'exit'
  readonly called: number
  /** Answered something else than the base would have. */
  readonly overrode: number
  /** Answered what the base would have, or `undefined`. */
  readonly agreed: number
  /** Loop turns and function entries spent. */
  readonly fuel: number
}

export interface Ejection {
  readonly policy: string
  readonly kind: 'error' | 'fuel' | 'invalid-answer' | 'memory' | 'stall' | 'unregistered'
  readonly hook: HookName | NotificationName | 'controller' | 'init' | 'exit'
  /** Number of the call into this policy (1-based) at which it was ejected. */
  readonly call: number
  /** ns since the workload started. */
  readonly t: number
  readonly message: string
  /** 1-based position in the policy's source, where known. */
  readonly line?: number
  readonly column?: number
  /** The offending value and what was allowed, shortened. */
  readonly value?: string
  readonly allowed?: string
  /** Arguments of the call, shortened. */
  readonly dump?: string
}

export interface ZoneSnapshot {
  readonly node: number
  readonly zone: string
  readonly free: number
  readonly boost: number
  readonly min: number
  readonly low: number
  readonly high: number
  readonly spanned: number
  readonly present: number
  readonly managed: number
  readonly protection: readonly number[]
  readonly pcp: { readonly count: number; readonly high: number; readonly batch: number }
  readonly freeByOrder: readonly number[]
}

/** A memory cgroup: its files at some moment, pages and counts. Limits that are not set are absent. */
export interface MemcgState {
  readonly path: string
  readonly current: number
  /** The most it has been. */
  readonly peak: number
  readonly swap: number
  readonly limits: Readonly<Record<string, number>>
  /** memory.events and memory.swap.events, of the group and those below it. */
  readonly events: Readonly<Record<string, number>>
  /** memory.stat as far as it is modelled, of the group and those below it; and `high_throttled`, `high_throttled_ns`: sleeps for memory.high. */
  readonly stat: Readonly<Record<string, number>>
  readonly removed?: true
  /** Its files are those of cgroup v1. */
  readonly legacy?: true
}

/** A full look at the zones, at `snap` phases and at start and end. */
export interface Snapshot {
  readonly t: number
  readonly label: string
  readonly zones: readonly ZoneSnapshot[]
  readonly vmstat: Readonly<Record<string, number>>
  /** Memory cgroups besides the root; absent where there are none. */
  readonly memcgs?: readonly MemcgState[]
}

/** What /proc shows of one zone and a snapshot leaves out. */
export interface ZoneState extends ZoneSnapshot {
  readonly startPfn: number
  /** Pages on the zone's LRU lists: inactive anon, active anon, inactive file, active file, unevictable. */
  readonly lru: readonly number[]
  readonly writePending: number
  /** Free blocks by order, then migrate type: UNMOVABLE, MOVABLE, RECLAIMABLE, HIGHATOMIC. */
  readonly freeByType: readonly (readonly number[])[]
  /** Pageblocks by migrate type. */
  readonly blocksByType: readonly number[]
  /** Per-cpu lists by CPU. */
  readonly pagesets: readonly { readonly count: number; readonly high: number; readonly batch: number }[]
  /** numa_hit and its like, from the zone. */
  readonly numa: Readonly<Record<string, number>>
  /** Where LRU lists are by zone. */
  readonly counters?: ZoneCounters
}

/** What a kernel with LRU lists by zone counts by zone: lines of its /proc/zoneinfo. */
export interface ZoneCounters {
  /** Under the names of enum zone_stat_item. */
  readonly stat: Readonly<Record<string, number>>
  /** pgscan_kswapd and its like, without the zone's name. */
  readonly events: Readonly<Record<string, number>>
  /** Pages scanned since one was freed here. */
  readonly scanned: number
  readonly allUnreclaimable: boolean
  /** How many active anonymous pages to one inactive are enough. */
  readonly inactiveRatio: number
}

export interface NodeState {
  readonly node: number
  /** Gauges and counters under their /proc/vmstat names. */
  readonly stat: Readonly<Record<string, number>>
  /** kswapd has given the node up (kswapd_failures >= 16). */
  readonly unreclaimable: boolean
}

/** One generation of the multi-generational LRU. */
export interface GenerationState {
  readonly memcg: number
  readonly node: number
  readonly seq: number
  /** Since it was the youngest, ns. */
  readonly age: number
  /** Pages. */
  readonly anon: number
  readonly file: number
}

/** A task that sleeps, what it waits for, and who holds that. */
export interface WaitEdge {
  readonly task: string
  /** The kernel function or reason it sleeps in. */
  readonly reason: string
  /** ns since the workload started. */
  readonly sinceNs: number
  /** TASK_UNINTERRUPTIBLE: state D, seen by khungtaskd. */
  readonly uninterruptible: boolean
  readonly kind: 'lock' | 'io' | 'reclaim' | 'writeback' | 'oom' | 'timer' | 'other'
  readonly what: string
  readonly holders: readonly string[]
}

/** Everything the files of /proc show of a machine at one moment. */
export interface MachineState {
  /** ns since the workload started; at or just after the asked time. */
  readonly t: number
  /** Whose names and layout the files have. */
  readonly procFiles: KernelTraits['procFiles']
  readonly cpus: number
  readonly hz: number
  readonly zones: readonly ZoneState[]
  readonly nodes: readonly NodeState[]
  /** Oldest first, by lruvec. */
  readonly generations: readonly GenerationState[]
  /** By zone, as `zones`. */
  readonly pageblocks: readonly PageblockMap[]
  /** Huge pages: mapped by PMDs, in the hugetlb pool (2 MiB each), and what /proc/vmstat counts of them beside `vmstat`. */
  readonly huge: { readonly anonPages: number; readonly pool: number; readonly events: Readonly<Record<string, number>> }
  readonly vmstat: Readonly<Record<string, number>>
  readonly sysctls: Readonly<Record<string, number | readonly number[]>>
  readonly totalreservePages: number
  readonly swapTotal: number
  readonly swapFree: number
  /** In the order in which they were turned on; pages without the header. */
  readonly swapAreas: readonly { readonly device: string; readonly pages: number; readonly used: number; readonly priority: number }[]
  /** Pages of all anonymous mappings, touched or not. */
  readonly committed: number
  /** Cached blocks of file systems' own (nr_blockdev_pages); part of nr_file_pages. */
  readonly buffers: number
  /** /proc/pressure. */
  readonly pressure: { readonly memory: Pressure; readonly io: Pressure }
  /** Who waits for whom. */
  readonly waits: readonly WaitEdge[]
  readonly memcgs?: readonly MemcgState[]
}

/** A swap area at the end of a run; pages. */
export interface SwapAreaSummary {
  readonly kind: 'disk' | 'zram'
  readonly priority: number
  readonly pages: number
  /** Slots in use, those that idle in a CPU's cache included. */
  readonly used: number
  /** /sys/block/zram0/mm_stat, in pages but for `bytes`; and writes that found no room. */
  readonly zram?: {
    readonly stored: number
    readonly same: number
    readonly huge: number
    readonly bytes: number
    readonly pool: number
    readonly poolMax: number
    readonly failedWrites: number
  }
}

export interface RunSummary {
  /** From the workload's start to its end, ns. */
  readonly durationNs: number
  /** `done`: every process ended; `time`: durationMs reached; `cancelled`; `stuck`: nothing could advance; `panic`: the kernel stopped. See `diagnosis` for the last two. */
  readonly end: 'done' | 'time' | 'cancelled' | 'stuck' | 'panic'
  readonly diagnosis?: string
  /** /proc/vmstat counters: end minus start. */
  readonly delta: Readonly<Record<string, number>>
  readonly gauge: Readonly<Record<string, GaugeStats>>
  /** µs. */
  readonly psiMemory: { readonly some: number; readonly full: number }
  readonly kswapdCpuNs: number
  readonly tasks: readonly TaskStats[]
  /** Stall times of direct reclaim. */
  readonly directReclaim: { readonly count: number; readonly totalNs: number; readonly maxNs: number; readonly reclaimed: number }
  /** All page allocations by tasks. */
  readonly allocLatency: LatencyStats
  /** Where the time of slow allocations went. */
  readonly stalls: StallStats
  readonly marks: readonly ({ readonly node: number; readonly zone: string } & ZoneMarks)[]
  readonly io: Readonly<Record<string, { readonly readIos: number; readonly readPages: number; readonly writeIos: number; readonly writePages: number }>>
  /** Swap areas, in the scenario's order. */
  readonly swap?: readonly SwapAreaSummary[]
  /** Events beyond the log's bound. */
  readonly eventsDropped: number
  /** Memory cgroups besides the root at the end; absent where there are none. */
  readonly memcgs?: readonly MemcgState[]
}

export interface Recording {
  readonly engine: string
  readonly scenario: string
  readonly kernel: string
  readonly policies: readonly string[]
  readonly seed: number
  readonly digest: string
  readonly series: Series
  /** Counters and gauges that policies made, same times as `series`. */
  readonly policySeries: Series
  readonly events: readonly RunEvent[]
  readonly snapshots: readonly Snapshot[]
  readonly hooks: readonly HookStats[]
  readonly ejections: readonly Ejection[]
  readonly summary: RunSummary
  /** What `RunInput.snapshotsAt` asked for, in its order of time. No part of the digest. */
  readonly states?: readonly MachineState[]
  /** What happened to the page of `RunInput.follow`. No part of the digest. */
  readonly pageLife?: PageLife
}
