/**
 * What one reclaim pass wants, may do, and has done (mm/vmscan.c:struct scan_control, v6.1).
 */
import type { Reclaimer } from 'reclaim-lab'
import type { Memcg } from './memcg'

export const DEF_PRIORITY = 12
export const SWAP_CLUSTER_MAX = 32
/** Rounds without progress after which a node, or a request, is given up. */
export const MAX_RECLAIM_RETRIES = 16

export class ScanControl {
  nrToReclaim = SWAP_CLUSTER_MAX
  order = 0
  priority = DEF_PRIORITY
  reclaimIdx = 3
  gfp = 0
  mayWritepage = true
  mayUnmap = true
  maySwap = true
  mayDeactivateAnon = false
  mayDeactivateFile = false
  forceDeactivate = false
  skippedDeactivate = false
  cacheTrimMode = false
  fileIsTiny = false
  compactionReady = false
  /** The group whose limit causes this reclaim, for that group and those below it; undefined: the machine lacks memory. */
  targetMemcg: Memcg | undefined = undefined
  /** Second pass: groups within memory.low are no longer spared. */
  memcgLowReclaim = false
  /** Some group was spared, or scanned less, for its memory.low. */
  memcgLowSkipped = false
  anonCost = 0
  fileCost = 0
  /** The folios at hand were proposed by a policy: what references they have is not asked. */
  proposed = false
  /** What had been reclaimed when the node was last aged, and whether the next aging step shall look (kswapd, MGLRU). */
  lastReclaimed = 0
  memcgsNeedAging = false
  /** This reclaimer keeps a page table walk's batch (reclaim_state.mm_walk, MGLRU). */
  mmWalk = false
  nrScanned = 0
  nrReclaimed = 0
  // What this shrink_node met.
  nrDirty = 0
  nrUnqueuedDirty = 0
  nrCongested = 0
  nrWriteback = 0
  nrImmediate = 0
  nrFileTaken = 0
  nrTaken = 0

  readonly by: Reclaimer
  constructor(by: Reclaimer) {
    this.by = by
    this.mmWalk = by === 'kswapd'
  }

  get isKswapd(): boolean {
    return this.by === 'kswapd'
  }

  /** cgroup_reclaim. */
  get cgroupReclaim(): boolean {
    return this.targetMemcg !== undefined
  }

  resetNode(): void {
    this.nrDirty = 0
    this.nrUnqueuedDirty = 0
    this.nrCongested = 0
    this.nrWriteback = 0
    this.nrImmediate = 0
    this.nrFileTaken = 0
    this.nrTaken = 0
  }
}
