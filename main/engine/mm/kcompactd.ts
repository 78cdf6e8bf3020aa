/**
 * kcompactd: one a node. Compacts when kswapd is done with a large order, when a boost was worked off, for requests that may not do it themselves, and, if it may, unasked.
 * Source: mm/compaction.c:kcompactd, kcompactd_do_work, should_proactive_compact_node (v6.1). A flat state machine; each piece of work is one episode.
 */
import type { Episode } from '../core/clock'
import { compactZone, daemonControl, proactiveCompactNode } from './compaction'
import {
  COMPACT_COMPLETE, COMPACT_CONTINUE, COMPACT_PARTIAL_SKIPPED, COMPACT_SUCCESS, compactionDeferReset, compactionDeferred, deferCompaction,
} from './compaction-state'
import { compactionSuitable, fragmentationScoreNode, fragmentationScoreWmark } from './compaction-suitable'
import type { Mm } from './mm'
import { MAX_NR_ZONES } from './mmzone'
import type { Pgdat } from './mmzone'
import { drainZoneOnAllCpus } from './pcp'
import type { Task } from './task'
import { WaitQueue } from './task'

const MS = 1e6
/** HPAGE_FRAG_CHECK_INTERVAL_MSEC. */
const FRAG_CHECK_INTERVAL = 500 * MS
/** Without progress it looks again only after 2^6 intervals. */
const BACKOFF = 64

export class Kcompactd {
  readonly wait = new WaitQueue()
  readonly task: Task
  /** vm.compaction_proactiveness was written: look at once. */
  proactiveTrigger = false
  #timeout = FRAG_CHECK_INTERVAL
  #started = false
  readonly #mm: Mm
  readonly #node: Pgdat

  constructor(mm: Mm, node: Pgdat, task: Task) {
    this.#mm = mm
    this.#node = node
    this.task = task
  }

  /** Goes on after it was scheduled: what it was asked for, else a look at how fragmented the node is; then sleeps. */
  advance(): Episode<void> | undefined {
    if (this.#node.kcompactdMaxOrder > 0 && !this.proactiveTrigger) {
      this.#timeout = FRAG_CHECK_INTERVAL
      return this.#work()
    }
    if (this.#started && (this.task.timedOut || this.proactiveTrigger)) {
      this.proactiveTrigger = false
      this.task.timedOut = false
      this.#timeout = FRAG_CHECK_INTERVAL
      if (this.#wantsProactive()) return this.#proactive()
    }
    this.#started = true
    const until = this.#mm.sysctl.num('vm.compaction_proactiveness') === 0 ? Infinity : this.#mm.clock.now + this.#timeout
    this.#mm.sched.sleep('kcompactd', until, this.wait, false, true)
    return undefined
  }

  /** should_proactive_compact_node. */
  #wantsProactive(): boolean {
    const proactiveness = this.#mm.sysctl.num('vm.compaction_proactiveness')
    if (proactiveness === 0 || this.#mm.kswapds[this.#node.id].task.runnable) return false
    return fragmentationScoreNode(this.#node) > fragmentationScoreWmark(proactiveness, false)
  }

  *#proactive(): Episode<void> {
    const before = fragmentationScoreNode(this.#node)
    yield* proactiveCompactNode(this.#mm, this.#node)
    if (fragmentationScoreNode(this.#node) >= before) this.#timeout = FRAG_CHECK_INTERVAL * BACKOFF
  }

  *#work(): Episode<void> {
    this.#mm.psi.enter(this.task)
    yield* this.#doWork()
    this.#mm.psi.leave(this.task)
  }

  /** kcompactd_do_work. */
  *#doWork(): Episode<void> {
    const mm = this.#mm
    const node = this.#node
    const order = node.kcompactdMaxOrder
    const highest = node.kcompactdHighestZoneidx
    mm.trace.kcompactdWake(node, order, highest)
    mm.vm.compact_daemon_wake++
    for (const zone of node.populated()) {
      if (zone.idx > highest || compactionDeferred(zone.compaction, order) || compactionSuitable(mm, zone, order, 0, zone.idx) !== COMPACT_CONTINUE) continue
      const cc = daemonControl(zone, order, 'sync-light', highest)
      const status = yield* compactZone(mm, cc)
      if (status === COMPACT_SUCCESS) compactionDeferReset(zone.compaction, order, false)
      else if (status === COMPACT_PARTIAL_SKIPPED || status === COMPACT_COMPLETE) {
        drainZoneOnAllCpus(mm, zone)
        deferCompaction(zone.compaction, order)
      }
      mm.vm.compact_daemon_migrate_scanned += cc.totalMigrateScanned
      mm.vm.compact_daemon_free_scanned += cc.totalFreeScanned
    }
    if (node.kcompactdMaxOrder <= order) node.kcompactdMaxOrder = 0
    if (node.kcompactdHighestZoneidx >= highest) node.kcompactdHighestZoneidx = MAX_NR_ZONES - 1
  }
}

/** A write to vm.compaction_proactiveness: every kcompactd looks at once. */
export function triggerProactive(mm: Mm): void {
  if (mm.sysctl.num('vm.compaction_proactiveness') === 0) return
  for (const kcompactd of mm.kcompactds) {
    if (kcompactd === undefined || kcompactd.proactiveTrigger) continue
    kcompactd.proactiveTrigger = true
    mm.sched.wakeAll(kcompactd.wait)
  }
}
