/**
 * Slab shrinkers: after each pass over the LRU lists, every cache that can give objects back is asked for a share of them.
 * Source: mm/vmscan.c:do_shrink_slab, shrink_slab, drop_slab; include/linux/shrinker.h (v6.1). Simplifications: objects are freed at once, not after an RCU grace period, so their
 * pages always count for the one who shrinks; no shrinker_rwsem.
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { GFP_KERNEL } from './gfp'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import type { ScanControl } from './scan-control'

/** Objects of one call of a shrinker that names no batch of its own. */
const SHRINK_BATCH = 128
/** What it costs to make an object again, in units of disk seeks, unless a shrinker knows better. */
export const DEFAULT_SEEKS = 2
/** `scan` answers this when it can do nothing in this context. */
export const SHRINK_STOP = -1

export interface SlabShare {
  readonly scanned: number
  readonly lruPages: number
}

/** One call of a shrinker (struct shrink_control). */
export interface ShrinkControl {
  readonly gfp: number
  readonly node: Pgdat
  /** current_is_kswapd(). */
  readonly isKswapd: boolean
  readonly priority: number
  /** Pages scanned of the lists, and pages on them, where that is what a cache's share goes by (trait slabShare). */
  readonly share?: SlabShare | undefined
  /** Objects to look at now. */
  nrToScan: number
  /** Pages that came free so far (reclaim_state); slab pages are added by do_shrink_slab. */
  reclaimed: number
}

export interface Shrinker {
  readonly name: string
  /** 0: objects that cost no IO to make; else DEFAULT_SEEKS or more. */
  readonly seeks: number
  /** Objects a call; 0 = SHRINK_BATCH. */
  readonly batch: number
  /** Work put off, by node: objects. */
  readonly nrDeferred: Float64Array
  /** count_objects: how many could be freed; the cache may scale the number to ask for more or less pressure. */
  count(mm: Mm, node: Pgdat): number
  /** scan_objects: looks at `nrToScan` objects; answers how many left the list, or SHRINK_STOP. */
  scan(mm: Mm, control: ShrinkControl): number
  /** What the shrinker does after `scan` that takes time: a wait. */
  after?(mm: Mm): Episode<void>
}

/** do_shrink_slab: whole batches, or everything when that is what is left to ask for; the rest is put off. Returns how many objects left their list. */
function* doShrinkSlab(mm: Mm, shrinker: Shrinker, control: ShrinkControl): Episode<number> {
  const node = control.node.id
  const freeable = shrinker.count(mm, control.node)
  if (freeable === 0) return 0
  const deferred = shrinker.nrDeferred[node]
  shrinker.nrDeferred[node] = 0
  const { share } = control
  const amount = mm.decide.slabScan({ node, shrinker: shrinker.name, freeable, deferred, seeks: shrinker.seeks, priority: control.priority, ...(share === undefined ? {} : { share }) })
  const batch = shrinker.batch > 0 ? shrinker.batch : SHRINK_BATCH
  let total = amount.total
  let scanned = 0
  let freed = 0
  while (total >= batch || total >= freeable) {
    const nr = Math.min(batch, total)
    control.nrToScan = nr
    const before = slabReclaimable(mm)
    const ret = shrinker.scan(mm, control)
    if (shrinker.after !== undefined) yield* shrinker.after(mm)
    if (ret === SHRINK_STOP) break
    control.reclaimed += before - slabReclaimable(mm)
    freed += ret
    // What was asked for, found or not.
    mm.vm.slabs_scanned += nr
    total -= nr
    scanned += nr
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  // Others may have put work off meanwhile.
  shrinker.nrDeferred[node] += share === undefined ? Math.min(Math.max(deferred + amount.delta - scanned, 0), 2 * freeable) : total
  return freed
}

function slabReclaimable(mm: Mm): number {
  let pages = 0
  for (const node of mm.nodes) pages += node.stat.nr_slab_reclaimable
  return pages
}

/** shrink_slab for one node: every shrinker in the order of registration. Pages that came free count as reclaimed. Returns how many objects left their lists. */
export function* shrinkSlab(mm: Mm, node: Pgdat, sc: ScanControl, share?: SlabShare): Episode<number> {
  const control: ShrinkControl = { gfp: sc.gfp, node, isKswapd: sc.isKswapd, priority: sc.priority, share, nrToScan: 0, reclaimed: 0 }
  let freed = 0
  for (const shrinker of mm.shrinkers) freed += yield* doShrinkSlab(mm, shrinker, control)
  sc.nrReclaimed += control.reclaimed
  return freed
}

/** drop_slab: shrinks all there is, round after round, until a round brings less than a bar that doubles each time. */
export function* dropSlab(mm: Mm): Episode<void> {
  for (const node of mm.nodes) {
    let bar = 2
    let freed: number
    do {
      if (mm.current.killed) return
      freed = 0
      const control: ShrinkControl = { gfp: GFP_KERNEL, node, isKswapd: false, priority: 0, nrToScan: 0, reclaimed: 0 }
      for (const shrinker of mm.shrinkers) freed += yield* doShrinkSlab(mm, shrinker, control)
      bar *= 2
    } while (freed >= bar / 2)
  }
}
