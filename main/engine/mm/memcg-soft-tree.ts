/**
 * Which groups of a v1 hierarchy are over their soft limit, by node, and by how much when that was last looked at: after every 1024 charges and uncharges on a CPU.
 * Source: mm/memcontrol.c:memcg_check_events, mem_cgroup_event_ratelimit, mem_cgroup_update_tree, __mem_cgroup_insert_exceeded, __mem_cgroup_largest_soft_limit_node (v6.1).
 */
import type { Memcg } from './memcg'
import type { Mm } from './mm'

const THRESHOLDS_EVENTS_TARGET = 128
const SOFTLIMIT_EVENTS_TARGET = 1024

/** A group's events on one CPU, and at which count each is looked at next. */
interface EventCount {
  events: number
  thresholds: number
  softLimit: number
}

interface Exceeded {
  readonly memcg: Memcg
  /** The excess when it was put in. */
  readonly excess: number
}

/** One node's tree (struct mem_cgroup_tree_per_node): sorted by excess, among equals the later one further up. */
export class SoftLimitTree {
  readonly #sorted: Exceeded[] = []

  has(memcg: Memcg): boolean {
    return this.#sorted.some((each) => each.memcg === memcg)
  }

  insert(memcg: Memcg, excess: number): void {
    if (excess === 0 || this.has(memcg)) return
    const at = this.#sorted.findIndex((each) => excess < each.excess)
    this.#sorted.splice(at < 0 ? this.#sorted.length : at, 0, { memcg, excess })
  }

  remove(memcg: Memcg): void {
    const at = this.#sorted.findIndex((each) => each.memcg === memcg)
    if (at >= 0) this.#sorted.splice(at, 1)
  }

  get empty(): boolean {
    return this.#sorted.length === 0
  }

  /** Takes out the group with the largest excess; those that are no longer over their limit are dropped on the way. */
  takeLargest(): Memcg | undefined {
    for (;;) {
      const largest = this.#sorted.pop()
      if (largest === undefined || (softLimitExcess(largest.memcg) > 0 && largest.memcg.online)) return largest?.memcg
    }
  }
}

/** What the soft limits of a machine keep. */
export class SoftLimits {
  readonly trees: readonly SoftLimitTree[]
  readonly #counts: readonly (readonly EventCount[])[]
  constructor(nodes: number, groups: number, cpus: number) {
    this.trees = Array.from({ length: nodes }, () => new SoftLimitTree())
    this.#counts = Array.from({ length: groups }, () => Array.from({ length: cpus }, () => ({ events: 0, thresholds: 0, softLimit: 0 })))
  }

  /** mem_cgroup_event_ratelimit, both targets: is it time to look at the soft limit? */
  due(memcg: number, cpu: number): boolean {
    const count = this.#counts[memcg][cpu]
    count.events++
    if (count.thresholds >= count.events) return false
    count.thresholds = count.events + THRESHOLDS_EVENTS_TARGET
    if (count.softLimit >= count.events) return false
    count.softLimit = count.events + SOFTLIMIT_EVENTS_TARGET
    return true
  }
}

export function softLimitExcess(memcg: Memcg): number {
  return Math.max(0, memcg.memory.usage - memcg.softLimit)
}

/** memcg_check_events: a page of the group was charged or given back. */
export function noteSoftLimitEvents(mm: Mm, memcg: Memcg, node: number): void {
  if (!mm.memcgs.softLimits.due(memcg.id, mm.cpu)) return
  const tree = mm.memcgs.softLimits.trees[node]
  for (let group: Memcg | undefined = memcg; group !== undefined; group = group.parent) {
    const excess = softLimitExcess(group)
    if (excess === 0 && !tree.has(group)) continue
    tree.remove(group)
    tree.insert(group, excess)
  }
}
