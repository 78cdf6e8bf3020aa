/** Waking kcompactd: only if some zone of its node is worth compacting (mm/compaction.c:wakeup_kcompactd, kcompactd_node_suitable, v6.1). */
import type { ZoneIndex } from 'reclaim-lab'
import { COMPACT_CONTINUE } from './compaction-state'
import { compactionSuitable } from './compaction-suitable'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'

/** wakeup_kcompactd: notes the order, and wakes it if some zone is worth compacting. */
export function wakeupKcompactd(mm: Mm, node: Pgdat, order: number, highestZoneidx: number): void {
  if (order === 0) return
  if (node.kcompactdMaxOrder < order) node.kcompactdMaxOrder = order
  if (node.kcompactdHighestZoneidx > highestZoneidx) node.kcompactdHighestZoneidx = highestZoneidx
  const kcompactd = mm.kcompactds[node.id]
  if (kcompactd === undefined || kcompactd.wait.tasks.length === 0) return
  const suitable = node.populated().some((zone) => zone.idx <= node.kcompactdHighestZoneidx
    && compactionSuitable(mm, zone, node.kcompactdMaxOrder, 0, node.kcompactdHighestZoneidx) === COMPACT_CONTINUE)
  if (!mm.decide.kcompactdWake({ node: node.id, order: node.kcompactdMaxOrder, highestZoneidx: node.kcompactdHighestZoneidx as ZoneIndex, suitable })) return
  mm.trace.wakeupKcompactd(node, order, highestZoneidx)
  mm.sched.wakeAll(kcompactd.wait)
}
