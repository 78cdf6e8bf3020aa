/**
 * Memory cgroups: the tree of groups, what each may use and has used, and the order in which reclaim walks them. Charging is memcg-stock.ts and memcg-charge.ts, memory.high
 * memcg-high.ts, protection memcg-protection.ts, the soft limit memcg-soft-limit.ts, writes to the files memcg-write.ts.
 * Source: mm/memcontrol.c, include/linux/memcontrol.h (v6.1). Simplifications: groups are made at boot, tasks don't move between them; statistics are exact (no per-cpu deltas, no
 * flushing); v1 has no memory+swap limit, no thresholds and no disabled OOM killer. With the root alone nothing is charged and no column exists.
 */
import type { MemcgSpec, Scenario } from '../sim/scenario'
import { assert } from '../core/assert'
import type { Lruvec } from './lruvec'
import { SoftLimits } from './memcg-soft-tree'
import { PAGE_COUNTER_MAX, PageCounter, pageCounterSetLow, pageCounterSetMin } from './page-counter'

/** memory.events and memory.swap.events. */
export class MemcgEvents {
  low = 0
  high = 0
  max = 0
  oom = 0
  oom_kill = 0
  oom_group_kill = 0
  swap_high = 0
  swap_max = 0
  swap_fail = 0
}

export type MemcgEvent = keyof MemcgEvents

/** Events and gauges of memory.stat that are counted as they happen, of this group alone; readers add up the groups below. The rest is read off LRU lists and frames. */
export class MemcgStat {
  pgfault = 0
  pgmajfault = 0
  pgscan_kswapd = 0
  pgscan_direct = 0
  pgsteal_kswapd = 0
  pgsteal_direct = 0
  pgrefill = 0
  pgactivate = 0
  pgdeactivate = 0
  workingset_refault_anon = 0
  workingset_refault_file = 0
  workingset_activate_anon = 0
  workingset_activate_file = 0
  workingset_restore_anon = 0
  workingset_restore_file = 0
  /** Gauges: pages of files, dirty and under writeback; pages under writeback to swap count in the second, as in NR_WRITEBACK. */
  file_dirty = 0
  file_writeback = 0
  /** Times a task was put to sleep for memory.high, and for how long; ns. Not the kernel's, but what its users want to know. */
  high_throttled = 0
  high_throttled_ns = 0
}

export type MemcgStatName = keyof MemcgStat
export const MEMCG_STAT_NAMES = Object.keys(new MemcgStat()) as readonly MemcgStatName[]

/** One node's shared position in the walk of a tree (struct mem_cgroup_reclaim_iter): number of the group visited last, -1 before the first. */
export interface ReclaimIter {
  position: number
  generation: number
}

export class Memcg {
  readonly children: Memcg[] = []
  /** Number of the last group below this one: the tree is numbered in the order of the walk, so it is the groups `id`..`last`. */
  last: number
  online = true
  readonly memory: PageCounter
  readonly swap: PageCounter
  softLimit = PAGE_COUNTER_MAX
  /** memory.swappiness of v1; undefined: vm.swappiness holds. */
  swappiness: number | undefined = undefined
  oomGroup = false
  /** Of the whole tree below; and of this group alone (memory.events.local). */
  readonly events = new MemcgEvents()
  readonly eventsLocal = new MemcgEvents()
  readonly stat = new MemcgStat()
  /** Pages charged for the kernel's sake, this group alone: page tables, and pages that hold its objects. */
  kmem = 0
  kmemObjectBytes = 0
  kmemObjectPages = 0
  /** The slowly following hard limit of its dirty pages (wb_domain.dirty_limit). */
  dirtyLimit = 0
  /** By node. */
  readonly iters: readonly ReclaimIter[]
  /** By node; filled in when the machine boots. */
  readonly lruvecs: Lruvec[] = []

  readonly id: number
  /** `a/b`; empty for the root. */
  readonly path: string
  readonly parent: Memcg | undefined
  constructor(id: number, path: string, parent: Memcg | undefined, nodes: number) {
    this.id = id
    this.last = id
    this.path = path
    this.parent = parent
    this.memory = new PageCounter(id, parent?.memory)
    this.swap = new PageCounter(id, parent?.swap)
    this.iters = Array.from({ length: nodes }, () => ({ position: -1, generation: 0 }))
  }
}

/** Pages that a CPU has charged in advance for one group (struct memcg_stock_pcp). */
export interface MemcgStock {
  cached: Memcg | undefined
  pages: number
}

/** The groups of one machine. */
export class Memcgs {
  /** In the order of the walk: a group before those below it, siblings in the order in which they were made. */
  readonly groups: readonly Memcg[]
  /** The hierarchy is v1's: soft limits and swappiness of groups; no protection, no memory.high, no limit of swap. */
  readonly legacy: boolean
  /** The mount option memory_recursiveprot. */
  readonly recursiveProt: boolean
  readonly stocks: readonly MemcgStock[]
  readonly softLimits: SoftLimits
  /** Frames whose task waits for their charge: allocated, nobody's yet. true: for the kernel's use. */
  readonly charging = new Map<number, boolean>()
  constructor(groups: readonly Memcg[], spec: { legacy: boolean; recursiveProt: boolean; cpus: number }) {
    this.groups = groups
    this.legacy = spec.legacy
    this.recursiveProt = spec.recursiveProt
    this.stocks = Array.from({ length: spec.cpus }, () => ({ cached: undefined, pages: 0 }))
    this.softLimits = new SoftLimits(groups[0].iters.length, spec.legacy ? groups.length : 0, spec.cpus)
  }

  get root(): Memcg {
    return this.groups[0]
  }

  /** Are there groups at all? */
  get inUse(): boolean {
    return this.groups.length > 1
  }

  find(path: string): Memcg | undefined {
    return this.groups.find((group) => group.path === path)
  }
}

/** The scenario's groups as a tree. */
export function createMemcgs(scenario: Pick<Scenario, 'memcgs' | 'cgroup'>, nodes: number, cpus: number): Memcgs {
  const specs = scenario.memcgs ?? []
  const order = ['', ...walkOrder(specs, '')]
  const groups: Memcg[] = []
  const byPath = new Map<string, Memcg>()
  order.forEach((path, id) => {
    const parent = id === 0 ? undefined : byPath.get(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
    assert(id === 0 || parent !== undefined, 'the schema checks that a group\'s parent exists')
    const group = new Memcg(id, path, parent, nodes)
    parent?.children.push(group)
    for (let up: Memcg | undefined = group; up !== undefined; up = up.parent) up.last = id
    groups.push(group)
    byPath.set(path, group)
  })
  const legacy = scenario.cgroup?.version === 1
  for (const spec of specs) configure(byPath, spec)
  return new Memcgs(groups, { legacy, recursiveProt: !legacy && scenario.cgroup?.recursiveProt !== 0, cpus })
}

function walkOrder(specs: readonly MemcgSpec[], below: string): string[] {
  const direct = specs.filter(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === below)
  return direct.flatMap(({ path }) => [path, ...walkOrder(specs, path)])
}

function configure(byPath: ReadonlyMap<string, Memcg>, spec: MemcgSpec): void {
  const group = byPath.get(spec.path)
  assert(group !== undefined, 'every group was made')
  group.memory.max = spec.max ?? PAGE_COUNTER_MAX
  group.memory.high = spec.high ?? PAGE_COUNTER_MAX
  group.swap.max = spec.swapMax ?? PAGE_COUNTER_MAX
  group.swap.high = spec.swapHigh ?? PAGE_COUNTER_MAX
  group.softLimit = spec.softLimit ?? PAGE_COUNTER_MAX
  group.oomGroup = spec.oomGroup === 1
  // A new group of v1 begins with its parent's.
  group.swappiness = spec.swappiness ?? group.parent?.swappiness
  pageCounterSetMin(group.memory, spec.min ?? 0)
  pageCounterSetLow(group.memory, spec.low ?? 0)
}

/** memcg_memory_event: counted for the group, and in v2 for those above it but the root. */
export function memcgMemoryEvent(memcgs: Memcgs, memcg: Memcg, event: MemcgEvent): void {
  memcg.eventsLocal[event]++
  let group: Memcg | undefined = memcg
  do {
    group.events[event]++
    group = memcgs.legacy ? undefined : group.parent
  } while (group !== undefined && group.id !== 0)
}

/** Is `memcg` in the tree of `root`? */
export function memcgIsDescendant(memcg: Memcg, root: Memcg): boolean {
  return memcg.id >= root.id && memcg.id <= root.last
}

/** The group itself, or the nearest above it that was not removed (mem_cgroup_id_get_online, and where a removed group's kernel objects go). */
export function memcgOnline(memcg: Memcg): Memcg {
  let group = memcg
  while (!group.online && group.parent !== undefined) group = group.parent
  return group
}

/** A counter of memory.stat: of the group and everything below it. */
export function memcgStat(memcgs: Memcgs, memcg: Memcg, name: MemcgStatName): number {
  let sum = 0
  for (let id = memcg.id; id <= memcg.last; id++) sum += memcgs.groups[id].stat[name]
  return sum
}

/** mem_cgroup_margin: what is left below memory.max. */
export function memcgMargin(memcg: Memcg): number {
  return Math.max(0, memcg.memory.max - memcg.memory.usage)
}

/**
 * mem_cgroup_iter with a reclaim cookie: the next group of `root`'s tree on a node, in a walk that all reclaimers of the tree share. Undefined when the walk is through,
 * or somebody else has finished it. `cookie.generation` belongs to the caller.
 */
export function memcgIterShared(memcgs: Memcgs, root: Memcg, node: number, prev: Memcg | undefined, cookie: { generation: number }): Memcg | undefined {
  const iter = root.iters[node]
  if (prev === undefined) cookie.generation = iter.generation
  else if (cookie.generation !== iter.generation) return undefined
  let next = iter.position < 0 ? root.id : iter.position + 1
  if (next > root.last) {
    if (prev !== undefined) {
      iter.position = -1
      iter.generation++
      return undefined
    }
    next = root.id
  }
  iter.position = next
  return memcgs.groups[next]
}
