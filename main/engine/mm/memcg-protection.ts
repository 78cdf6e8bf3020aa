/**
 * How much of a group's memory reclaim must leave alone: memory.min and memory.low, shared out down the tree.
 * Source: mm/memcontrol.c:effective_protection, mem_cgroup_calculate_protection; include/linux/memcontrol.h:mem_cgroup_below_min, mem_cgroup_below_low, mem_cgroup_protection;
 * mm/vmscan.c:get_scan_count (v6.1). As in 6.1.20 the target of a reclaim keeps the effective values of whoever looked last: a group under its own memory.max may still be spared by them.
 */
import { mulDiv } from '../core/maths'
import type { Memcg, Memcgs } from './memcg'
import type { Mm } from './mm'
import type { ScanControl } from './scan-control'
import { SWAP_CLUSTER_MAX } from './scan-control'

/** mem_cgroup_calculate_protection, in a walk from `root` down. The share is the kernel's (or the policy's) decision. */
export function calculateProtection(mm: Mm, root: Memcg, memcg: Memcg): void {
  const counter = memcg.memory
  const { parent } = memcg
  if (memcg === root || parent === undefined || counter.usage === 0) return
  const above = parent.memory
  const common = { memcg: memcg.id, usage: counter.usage, parentUsage: above.usage, recursive: mm.memcgs.recursiveProt, topLevel: parent === root }
  counter.emin = mm.decide.memcgProtection({ ...common, kind: 'min', setting: counter.min, parentEffective: above.emin, siblingsProtected: above.childrenMinUsage })
  counter.elow = mm.decide.memcgProtection({ ...common, kind: 'low', setting: counter.low, parentEffective: above.elow, siblingsProtected: above.childrenLowUsage })
}

/** Hard protection covers all it uses. Never the root. */
export function memcgBelowMin(memcg: Memcg): boolean {
  return memcg.id !== 0 && memcg.memory.emin >= memcg.memory.usage
}

export function memcgBelowLow(memcg: Memcg): boolean {
  return memcg.id !== 0 && memcg.memory.elow >= memcg.memory.usage
}

/** Pages of a list of `size` that count for the scan: those beyond the protected share, at least 32. The target of a reclaim has no protection against it. */
export function unprotectedSize(memcgs: Memcgs, memcgId: number, size: number, sc: ScanControl): number {
  if (memcgId === 0 || sc.targetMemcg?.id === memcgId) return size
  const { usage, emin, elow } = memcgs.groups[memcgId].memory
  if (emin === 0 && elow === 0) return size
  let protection = emin
  if (!sc.memcgLowReclaim && elow > emin) {
    protection = elow
    sc.memcgLowSkipped = true
  }
  return Math.max(size - mulDiv(size, protection, Math.max(usage, protection) + 1), SWAP_CLUSTER_MAX)
}
