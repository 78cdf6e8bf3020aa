/**
 * The soft limit of v1: when the machine itself lacks memory, the group furthest over its soft limit gives first.
 * Source: mm/memcontrol.c:mem_cgroup_soft_limit_reclaim, mem_cgroup_soft_reclaim; mm/vmscan.c:mem_cgroup_shrink_node (v6.1). Order 0 only, by kswapd before each pass and by direct
 * reclaim before each node.
 */
import type { Episode } from '../core/clock'
import { GFP_HIGHUSER_MOVABLE, GFP_RECLAIM_MASK } from './gfp'
import type { Memcg } from './memcg'
import { memcgIterShared } from './memcg'
import { softLimitExcess } from './memcg-soft-tree'
import type { Mm } from './mm'
import type { LruOwner, Pgdat } from './mmzone'
import { MAX_NR_ZONES } from './mmzone'
import { ScanControl, SWAP_CLUSTER_MAX } from './scan-control'

const MEM_CGROUP_MAX_RECLAIM_LOOPS = 100
const MEM_CGROUP_MAX_SOFT_LIMIT_RECLAIM_LOOPS = 2

interface SoftReclaim {
  reclaimed: number
  scanned: number
}

/** mem_cgroup_soft_limit_reclaim for one node; `sc` is the reclaim it belongs to. */
export function* softLimitReclaim(mm: Mm, node: Pgdat, sc: ScanControl, owner: LruOwner = node): Episode<SoftReclaim> {
  const sum: SoftReclaim = { reclaimed: 0, scanned: 0 }
  const tree = mm.memcgs.softLimits.trees[node.id]
  if (sc.order > 0 || tree.empty) return sum
  let next: Memcg | undefined
  let loop = 0
  do {
    const memcg: Memcg | undefined = next ?? tree.takeLargest()
    if (memcg === undefined) break
    const before = sum.reclaimed
    yield* softReclaim(mm, memcg, node, owner, sc, sum)
    // Nothing to be had from this one: the next. The order matters: it is taken out before this one is put back.
    next = sum.reclaimed === before ? tree.takeLargest() : undefined
    tree.insert(memcg, softLimitExcess(memcg))
    loop++
    if (sum.reclaimed === 0 && (next === undefined || loop > MEM_CGROUP_MAX_SOFT_LIMIT_RECLAIM_LOOPS)) break
  } while (sum.reclaimed === 0)
  return sum
}

/** mem_cgroup_soft_reclaim: round the tree of a group until a quarter of its excess is gone, or it is below its limit. */
function* softReclaim(mm: Mm, root: Memcg, node: Pgdat, owner: LruOwner, outer: ScanControl, sum: SoftReclaim): Episode<void> {
  const excess = softLimitExcess(root)
  const cookie = { generation: 0 }
  let victim: Memcg | undefined
  let total = 0
  let loop = 0
  for (;;) {
    victim = memcgIterShared(mm.memcgs, root, node.id, victim, cookie)
    if (victim === undefined) {
      loop++
      if (loop >= 2 && (total === 0 || total >= Math.floor(excess / 4) || loop > MEM_CGROUP_MAX_RECLAIM_LOOPS)) return
      continue
    }
    const sc = shrinkControl(mm, victim, outer)
    yield* mm.procedures.shrinkLruvec(mm, mm.lruvecOf(victim.id, owner), sc)
    total += sc.nrReclaimed
    sum.reclaimed += sc.nrReclaimed
    sum.scanned += sc.nrScanned
    if (softLimitExcess(root) === 0) return
  }
}

/** mem_cgroup_shrink_node: at priority 0, or what can be scanned would be too little to help; active lists are left alone, since nothing prepares the scan. */
function shrinkControl(mm: Mm, victim: Memcg, outer: ScanControl): ScanControl {
  const sc = new ScanControl(outer.by)
  sc.targetMemcg = victim
  sc.nrToReclaim = SWAP_CLUSTER_MAX
  sc.priority = 0
  sc.mayWritepage = mm.sysctl.num('vm.laptop_mode') === 0
  sc.reclaimIdx = MAX_NR_ZONES - 1
  sc.gfp = (outer.gfp & GFP_RECLAIM_MASK) | (GFP_HIGHUSER_MOVABLE & ~GFP_RECLAIM_MASK)
  return sc
}
