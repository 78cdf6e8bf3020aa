/**
 * A memory cgroup's own limits of dirty pages: what its writers may leave unwritten of the memory it can have, so that its limit is not met with dirty pages alone (v2 only).
 * Source: mm/memcontrol.c:mem_cgroup_wb_stats; mm/page-writeback.c:mdtc_calc_avail, domain_dirty_limits (v6.1).
 * Simplification: a file is written on account of the group that dirtied it first, until it is clean; the kernel moves a file to the group that dirties most of it.
 */
import { LRU_ACTIVE_FILE, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { DirtyLimits } from './dirty-limits'
import { globalDirtyableMemory, limitsOfMemcg } from './dirty-limits'
import type { Memcg } from './memcg'
import { memcgStat } from './memcg'
import type { Mm } from './mm'
import { PAGE_COUNTER_MAX } from './page-counter'

export interface MemcgDirtyDomain extends DirtyLimits {
  readonly memcg: Memcg
  /** Dirty pages of the group and below, and those under writeback if they were asked for. */
  readonly dirty: number
}

/** The domain of a file's group; undefined for the root's and in v1, where only the machine's limits hold. `globalDirty`: the machine's, counted the same way. */
export function memcgDirtyDomain(mm: Mm, memcgId: number, withWriteback: boolean, globalDirty: number): MemcgDirtyDomain | undefined {
  if (memcgId === 0 || mm.memcgs.legacy) return undefined
  const memcg = mm.memcgs.groups[memcgId]
  const dirty = memcgStat(mm.memcgs, memcg, 'file_dirty') + (withWriteback ? memcgStat(mm.memcgs, memcg, 'file_writeback') : 0)
  const filePages = memcg.lruvecs.reduce((sum, { treeSize }) => sum + treeSize[LRU_INACTIVE_FILE] + treeSize[LRU_ACTIVE_FILE], 0)
  const globalAvailable = globalDirtyableMemory(mm)
  const globalClean = globalAvailable - Math.min(globalAvailable, globalDirty)
  const otherClean = globalClean - Math.min(globalClean, filePages - Math.min(filePages, dirty))
  const available = filePages + Math.min(headroom(memcg), otherClean)
  return { memcg, dirty, ...limitsOfMemcg(mm, available, globalAvailable) }
}

/** What the group could still get below its own and its ancestors' limits. */
function headroom(memcg: Memcg): number {
  let room = PAGE_COUNTER_MAX
  for (let group = memcg; group.parent !== undefined; group = group.parent) {
    const ceiling = Math.min(group.memory.max, group.memory.high)
    room = Math.min(room, ceiling - Math.min(ceiling, group.memory.usage))
  }
  return room
}
