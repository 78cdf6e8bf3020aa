/**
 * kswapd: one a node. Sleeps until an allocation failed at LOW, then reclaims until the node is balanced.
 * Source: mm/vmscan.c:kswapd, kswapd_try_to_sleep, prepare_kswapd_sleep, balance_pgdat, kswapd_shrink_node (v6.1). A flat state machine; each balance_pgdat is one episode.
 */
import { LRU_ACTIVE_ANON, LRU_INACTIVE_ANON } from 'reclaim-lab'
import type { ZoneIndex } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { resetIsolationSuitable } from './compaction-hints'
import { snapshotRefaults } from './direct-reclaim'
import { softLimitReclaim } from './memcg-soft-limit'
import { GFP_KERNEL } from './gfp'
import { wakeupKcompactd } from './kcompactd-wake'
import { lruGenAgeNode } from './lru-gen-aging'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import { PAGEBLOCK_ORDER } from './mmzone'
import { canAgeAnonPages, inactiveIsLow } from './scan-count'
import { DEF_PRIORITY, MAX_RECLAIM_RETRIES, ScanControl, SWAP_CLUSTER_MAX } from './scan-control'
import type { Task } from './task'
import { WaitQueue, pinHooks, unpinHooks } from './task'
import { allowDirectReclaim } from './throttle'
import { shrinkActiveList, shrinkNode } from './vmscan'
import { zoneViews } from './watermark'
import { setPressureThreshold } from './zone-stat'

/** Where kswapd is in kswapd_try_to_sleep. */
const START = 0
const NAPPING = 1
const ASLEEP = 2
const BALANCING = 3

export class Kswapd {
  readonly wait = new WaitQueue()
  readonly task: Task
  #state = ASLEEP
  #allocOrder = 0
  #reclaimOrder = 0
  #highestZoneidx = 3
  readonly #mm: Mm
  readonly #node: Pgdat

  constructor(mm: Mm, node: Pgdat, task: Task) {
    this.#mm = mm
    this.#node = node
    this.task = task
    task.memalloc = true
  }

  get awake(): boolean {
    return this.#state !== ASLEEP
  }

  /** Goes on after it was scheduled: sleeps, or returns the next balance_pgdat to run. */
  advance(): Episode<void> | undefined {
    if (this.#state === START) return this.#trySleep()
    if (this.#state === NAPPING) return this.#afterNap()
    return this.#start()
  }

  /** kswapd_try_to_sleep: a nap of HZ/10 first, if the node is balanced. */
  #trySleep(): Episode<void> | undefined {
    if (this.#prepareSleep()) {
      if (this.#mm.traits.kcompactd) {
        // Where pages could not be had before they may be now; and what was reclaimed for a large order wants compacting.
        resetIsolationSuitable(this.#mm, this.#node)
        wakeupKcompactd(this.#mm, this.#node, this.#allocOrder, this.#highestZoneidx)
      }
      this.#state = NAPPING
      this.#mm.sched.sleep('kswapd_try_to_sleep', this.#mm.sched.ticks(Math.floor(this.#mm.hz / 10)), this.wait, false, true)
      return undefined
    }
    this.#mm.vm.kswapd_high_wmark_hit_quickly++
    return this.#start()
  }

  #afterNap(): Episode<void> | undefined {
    if (!this.task.timedOut) {
      // Woken early: put back what was asked, so that it isn't lost.
      if (this.#node.kswapdHighestZoneidx < 0) this.#node.kswapdHighestZoneidx = this.#highestZoneidx
      this.#node.kswapdOrder = Math.max(this.#node.kswapdOrder, this.#reclaimOrder)
      this.#mm.vm.kswapd_low_wmark_hit_quickly++
      return this.#start()
    }
    if (!this.#prepareSleep()) {
      this.#mm.vm.kswapd_high_wmark_hit_quickly++
      return this.#start()
    }
    this.#state = ASLEEP
    if (!this.#mm.traits.kcompactd) resetIsolationSuitable(this.#mm, this.#node)
    this.#mm.trace.kswapdSleep(this.#node)
    setPressureThreshold(this.#mm, this.#node.populated(), false)
    this.#mm.sched.sleep('kswapd', Infinity, this.wait, false, true)
    return undefined
  }

  /** prepare_kswapd_sleep: balanced, or hopeless. Lets throttled reclaimers go. */
  #prepareSleep(): boolean {
    const { throttles, sched, procedures } = this.#mm
    sched.wakeAll(throttles[this.#node.id].pfmemalloc)
    const { id: node, kswapdFailures: failures } = this.#node
    const balanced = procedures.pgdatBalanced(this.#mm, this.#node, this.#reclaimOrder, this.#highestZoneidx)
    const order = this.#reclaimOrder
    if (!this.#mm.decide.kswapdSleep({ node, order, highestZoneidx: this.#highestZoneidx as ZoneIndex, failures, balanced, napped: this.#state === NAPPING })) return false
    if (failures >= MAX_RECLAIM_RETRIES) return true
    this.#node.flagDirty = false
    this.#node.flagWriteback = false
    for (const lruvec of this.#mm.lruvecsOf(this.#node)) if (lruvec.memcg === 0) lruvec.congested = false
    return true
  }

  #start(): Episode<void> {
    const node = this.#node
    if (this.#state === ASLEEP) setPressureThreshold(this.#mm, node.populated(), true)
    this.#state = BALANCING
    this.#allocOrder = node.kswapdOrder
    if (node.kswapdHighestZoneidx >= 0) this.#highestZoneidx = node.kswapdHighestZoneidx
    node.kswapdOrder = 0
    node.kswapdHighestZoneidx = -1
    this.#mm.trace.kswapdWake(node, this.#allocOrder)
    return this.#run()
  }

  *#run(): Episode<void> {
    this.#mm.psi.enter(this.task)
    const pinned = pinHooks(this.task, this.#mm.policyEpoch)
    this.#reclaimOrder = yield* this.#mm.procedures.balancePgdat(this.#mm, this.#node, this.#allocOrder, this.#highestZoneidx)
    unpinHooks(this.task, pinned)
    this.#mm.psi.leave(this.task)
    // A pass that gave up on the order goes to sleep with order 0; new requests were noted in the node meanwhile.
    if (this.#reclaimOrder >= this.#allocOrder) {
      this.#allocOrder = this.#node.kswapdOrder
      this.#reclaimOrder = this.#allocOrder
      if (this.#node.kswapdHighestZoneidx >= 0) this.#highestZoneidx = this.#node.kswapdHighestZoneidx
    }
    this.#state = START
  }
}

/** Passes of one run that may reclaim nothing before the engine presses harder, whatever a policy answers. The kernel makes 12 at most. */
const MAX_FRUITLESS_PASSES = 16

/** balance_pgdat: passes of falling priority until some zone is above its high mark. Returns the order it reached. */
export function* balancePgdat(mm: Mm, node: Pgdat, orderIn: number, highestZoneidx: number): Episode<number> {
  const sc = new ScanControl('kswapd')
  sc.gfp = GFP_KERNEL
  sc.order = orderIn
  mm.vm.pageoutrun++
  mm.clock.now += mm.cost.kswapdPassOverhead
  const boosts = node.zones.map((zone) => (zone !== undefined && zone.idx <= highestZoneidx ? zone.boost : 0))
  const boosted = boosts.reduce((sum, boost) => sum + boost, 0)
  let nrBoostReclaim = boosted
  let done = false
  let fruitless = 0
  setReclaimActive(node, highestZoneidx, true)
  sc.priority = DEF_PRIORITY
  do {
    const reclaimedBefore = sc.nrReclaimed
    sc.reclaimIdx = highestZoneidx
    const balanced = mm.procedures.pgdatBalanced(mm, node, sc.order, highestZoneidx)
    if (!balanced && nrBoostReclaim > 0) {
      // Out of balance: the boost is ignored, so that the marks are reached first.
      nrBoostReclaim = 0
      sc.priority = DEF_PRIORITY
      continue
    }
    if (nrBoostReclaim === 0 && balanced) {
      done = true
      break
    }
    const scannedEnough = yield* balancePass(mm, node, sc, nrBoostReclaim > 0)
    mm.watch?.reclaimed('kswapd')
    if (mm.clock.now >= mm.clock.limit) yield RUN
    const forBoost = nrBoostReclaim > 0
    const reclaimed = sc.nrReclaimed - reclaimedBefore
    nrBoostReclaim -= Math.min(nrBoostReclaim, reclaimed)
    if (nrBoostReclaim > 0 && reclaimed === 0) break
    const next = mm.decide.kswapdPriority({ node: node.id, priority: sc.priority, reclaimed, scannedEnough, forBoost })
    if (reclaimed === 0) fruitless++
    sc.priority = fruitless > MAX_FRUITLESS_PASSES ? Math.min(next, sc.priority - 1) : next
  } while (sc.priority >= 1)
  if (!done && sc.nrReclaimed === 0) node.kswapdFailures++
  setReclaimActive(node, highestZoneidx, false)
  if (boosted > 0) {
    payBoost(node, boosts)
    // There is likely space now to mend what the split of foreign pageblocks did.
    wakeupKcompactd(mm, node, PAGEBLOCK_ORDER, highestZoneidx)
  }
  snapshotRefaults(mm, mm.lruvecOf(0, node))
  return sc.order
}

/** One pass: neither writing nor swapping for a boost's sake. true: enough was scanned at this priority. */
function* balancePass(mm: Mm, node: Pgdat, sc: ScanControl, forBoost: boolean): Episode<boolean> {
  sc.mayWritepage = mm.sysctl.num('vm.laptop_mode') === 0 && !forBoost
  sc.maySwap = !forBoost
  yield* ageNode(mm, node, sc)
  if (sc.priority < DEF_PRIORITY - 2) sc.mayWritepage = true
  sc.nrScanned = 0
  if (mm.memcgs.legacy) sc.nrReclaimed += (yield* softLimitReclaim(mm, node, sc)).reclaimed
  const scannedEnough = yield* kswapdShrinkNode(mm, node, sc)
  const waiters = mm.throttles[node.id].pfmemalloc
  if (waiters.tasks.length > 0 && allowDirectReclaim(mm, node)) mm.sched.wakeAll(waiters)
  return scannedEnough
}

function setReclaimActive(node: Pgdat, highestZoneidx: number, active: boolean): void {
  for (const zone of node.populated()) if (zone.idx <= highestZoneidx) zone.reclaimActive = active
}

function payBoost(node: Pgdat, boosts: readonly number[]): void {
  for (const zone of node.populated()) zone.boost -= Math.min(zone.boost, boosts[zone.idx])
}

/** kswapd_age_node: keeps the inactive anon list long enough. */
function* ageNode(mm: Mm, node: Pgdat, sc: ScanControl): Episode<void> {
  if (mm.lruGen.core) return yield* lruGenAgeNode(mm, node, sc)
  if (!canAgeAnonPages(mm) || !inactiveIsLow(mm, mm.lruvecOf(0, node), LRU_INACTIVE_ANON)) return
  for (const lruvec of mm.lruvecsOf(node)) yield* shrinkActiveList(mm, lruvec, LRU_ACTIVE_ANON, SWAP_CLUSTER_MAX, sc)
}

/** kswapd_shrink_node: one pass with the sum of high marks as target. true: enough was scanned, don't press harder. */
function* kswapdShrinkNode(mm: Mm, node: Pgdat, sc: ScanControl): Episode<boolean> {
  const idx = sc.reclaimIdx as ZoneIndex
  sc.nrToReclaim = mm.decide.kswapdTarget({ node: node.id, order: sc.order, priority: sc.priority, highestZoneidx: idx, zones: zoneViews(node, sc.order, idx) })
  const target = sc.nrToReclaim
  yield* shrinkNode(mm, node, sc)
  // Twice the order's size reclaimed: leave the rest to compaction.
  if (sc.order > 0 && sc.nrReclaimed >= 2 << sc.order) sc.order = 0
  return sc.nrScanned >= target
}
