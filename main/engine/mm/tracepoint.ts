/**
 * The event log: kernel tracepoints with their causes. Bounded; what doesn't fit is counted. Logging never changes what happens.
 */
import type { EventCause, EventKind, RunEvent } from '../sim/recording'
import { ALLOC_WMARK_LOW, ALLOC_WMARK_MASK, ALLOC_WMARK_MIN, GFP_DIRECT_RECLAIM, gfpName, gfpPfmemallocFlags, gfpToAllocFlags, gfpZone } from './gfp'
import type { CompactControl } from './compact-control'
import { COMPACT_RESULT_NAMES } from './compaction-state'
import type { Memcg } from './memcg'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { PAGE_ALLOC_COSTLY_ORDER, WMARK_HIGH, ZONE_NAMES } from './mmzone'
import { stamped } from './oom-report'
import { missAtMark } from './slowpath'
import type { Task } from './task'
import { wmarkPages } from './watermark'

const WAKE_PATH = ['__alloc_pages', '__alloc_pages_slowpath', 'wake_all_kswapds', 'wakeup_kswapd']
/** A request that can't sleep fails without reclaim. */
const ATOMIC_PATH = ['__alloc_pages', '__alloc_pages_slowpath', 'warn_alloc']
const RECLAIM_PATH = ['__alloc_pages', '__alloc_pages_slowpath', '__alloc_pages_direct_reclaim', 'try_to_free_pages']

/** Events that keep what the kernel printed: the first so many. */
const MAX_LOGS = 64

export class Tracepoints {
  readonly events: RunEvent[] = []
  dropped = 0
  directCount = 0
  directTotal = 0
  directMax = 0
  directReclaimed = 0
  readonly #mm: Mm
  readonly #max: number
  /** Lines of policies, bounded where they are made; they must not push the kernel's events out, or watching would change the digest. */
  #policyEvents = 0
  #logs = 0
  constructor(mm: Mm, max: number) {
    this.#mm = mm
    this.#max = max
  }

  log(kind: EventKind, args: Readonly<Record<string, number | string>>, extra: { t?: number; duration?: number; cause?: EventCause; task?: string; log?: readonly string[] } = {}): void {
    if (kind.startsWith('policy_')) this.#policyEvents++
    else if (this.#full()) {
      this.dropped++
      return
    }
    const t = (extra.t ?? this.#mm.clock.now) - this.#mm.startTime
    const event: RunEvent = { t, kind, duration: extra.duration ?? 0, task: extra.task ?? this.#mm.current.name, args, ...(extra.cause ? { cause: extra.cause } : {}), ...(extra.log !== undefined && this.#logs++ < MAX_LOGS ? { log: extra.log } : {}) }
    this.events.push(event)
    this.#mm.watch?.logged(event)
  }

  wakeupKswapd(node: Pgdat, zone: Zone, order: number, gfp: number): void {
    if (this.#full()) this.dropped++
    else this.log('mm_vmscan_wakeup_kswapd', { node: node.id, zone: zone.name, order, gfp: gfpName(gfp) }, { cause: gfp === 0 ? this.#boostCause(zone, order) : this.#cause(order, gfp, 'wake') })
  }

  kswapdWake(node: Pgdat, order: number): void {
    this.log('mm_vmscan_kswapd_wake', { node: node.id, order })
  }

  kswapdSleep(node: Pgdat): void {
    this.log('mm_vmscan_kswapd_sleep', { node: node.id })
  }

  /** Returns what directReclaimEnd needs. */
  directReclaimBegin(order: number, gfp: number): { start: number; cause: EventCause | undefined } {
    const cause = this.#full() ? undefined : this.#cause(order, gfp, 'reclaim')
    if (cause) this.log('mm_vmscan_direct_reclaim_begin', { order, gfp: gfpName(gfp) }, { cause })
    return { start: this.#mm.clock.now, cause }
  }

  directReclaimEnd(span: { start: number; cause: EventCause | undefined }, reclaimed: number): void {
    const duration = this.#mm.clock.now - span.start
    this.directCount++
    this.directTotal += duration
    this.directMax = Math.max(this.directMax, duration)
    this.directReclaimed += reclaimed
    this.#mm.watch?.reclaimed('direct')
    this.log('mm_vmscan_direct_reclaim_end', { nr_reclaimed: reclaimed }, { t: span.start, duration, ...(span.cause ? { cause: span.cause } : {}) })
  }

  /** Of a node, or of a zone alone. */
  nodeReclaimBegin(of: Pgdat | Zone, order: number, gfp: number, allocFlags: number): { start: number; args: Record<string, number | string>; cause: EventCause | undefined } {
    const byZone = 'idx' in of
    const args = { ...(byZone ? { node: of.node, zone: of.name } : { node: of.id }), order, gfp: gfpName(gfp) }
    if (this.#full()) return { start: this.#mm.clock.now, args, cause: undefined }
    const path = [...callers(this.#mm, gfp, order), '__alloc_pages', 'get_page_from_freelist', byZone ? 'zone_reclaim' : 'node_reclaim']
    const zones = missAtMark(this.#mm, gfp, order, allocFlags & ALLOC_WMARK_MASK, allocFlags)
    return { start: this.#mm.clock.now, args, cause: { task: this.#mm.current.name, order, gfp: gfpName(gfp), path, zones } }
  }

  nodeReclaimEnd(span: ReturnType<Tracepoints['nodeReclaimBegin']>, reclaimed: number): void {
    this.log('node_reclaim', { ...span.args, nr_reclaimed: reclaimed }, { t: span.start, duration: this.#mm.clock.now - span.start, ...(span.cause ? { cause: span.cause } : {}) })
  }

  /** Reclaim for a group's limit, or asked for by memory.reclaim: mm_vmscan_memcg_reclaim_begin and _end as one. */
  memcgReclaim(memcg: Memcg, start: number, wanted: number, reclaimed: number, proactive: boolean): void {
    const args = { memcg: memcg.path, nr_to_reclaim: wanted, nr_reclaimed: reclaimed, ...(proactive ? { proactive: 1 } : {}) }
    this.log('mm_vmscan_memcg_reclaim_end', args, { t: start, duration: this.#mm.clock.now - start })
  }

  /** A task slept for its group's memory.high. */
  memcgThrottled(memcg: Memcg, start: number): void {
    this.log('memcg_throttled', { memcg: memcg.path, usage: memcg.memory.usage, high: memcg.memory.high }, { t: start, duration: this.#mm.clock.now - start })
  }

  memcgWrite(path: string, knob: string, value: number, outcome: { readonly result: number } | { readonly refused: string }, start = this.#mm.clock.now): void {
    this.log('memcg_write', { memcg: path, knob, value, ...outcome }, { t: start, duration: this.#mm.clock.now - start })
  }

  /** mm_compaction_begin; what compactionEnd needs. */
  compactionBegin(cc: CompactControl): number {
    this.log('mm_compaction_begin', { ...compactionArgs(cc), order: cc.order, mode: cc.mode === 'async' ? 'async' : 'sync' })
    return this.#mm.clock.now
  }

  compactionEnd(start: number, cc: CompactControl, result: number): void {
    const args = { ...compactionArgs(cc), order: cc.order, mode: cc.mode === 'async' ? 'async' : 'sync', status: COMPACT_RESULT_NAMES[result], migrate_scanned: cc.totalMigrateScanned, free_scanned: cc.totalFreeScanned }
    this.log('mm_compaction_end', args, { t: start, duration: this.#mm.clock.now - start })
  }

  wakeupKcompactd(node: Pgdat, order: number, highestZoneidx: number): void {
    this.log('mm_compaction_wakeup_kcompactd', { node: node.id, order, classzone: ZONE_NAMES[highestZoneidx] })
  }

  kcompactdWake(node: Pgdat, order: number, highestZoneidx: number): void {
    this.log('mm_compaction_kcompactd_wake', { node: node.id, order, classzone: ZONE_NAMES[highestZoneidx] })
  }

  throttled(node: Pgdat, reason: string, start: number): void {
    this.log('mm_vmscan_throttled', { node: node.id, reason }, { t: start, duration: this.#mm.clock.now - start })
  }

  allocFailed(order: number, gfp: number): void {
    if (!this.#full()) this.log('mm_page_alloc_failed', { order, gfp: gfpName(gfp) }, { cause: this.#cause(order, gfp, 'failed') })
    else this.dropped++
  }

  watermarkBoost(zone: Zone, boost: number): void {
    if (boost !== zone.boost) this.log('watermark_boost', { node: zone.node, zone: zone.name, boost })
  }

  /** What came of the reaper's visit: `reaped`, or what it could not get. */
  oomReap(victim: Task, line: string, how: string): void {
    this.log('oom_reap', { victim: victim.name, how, anon_rss: victim.rssAnon, file_rss: victim.rssFile }, { log: stamped(this.#mm, [line]) })
  }

  /** sched_process_hang. `log` is empty once the warnings are used up: the tracepoint fires on. */
  processHang(task: Task, { seconds, since, chain }: { readonly seconds: number; readonly since: number; readonly chain: string }, log: readonly string[]): void {
    this.log('sched_process_hang', { pid: task.id, seconds, reason: task.waitReason, blocked_ms: Math.floor((this.#mm.clock.now - since) / 1e6), chain }, { task: task.name, ...(log.length > 0 ? { log } : {}) })
  }

  oomPanic(message: string, gfp: number, order: number, log: readonly string[]): void {
    this.log('panic', { message }, { cause: this.#cause(order, gfp, 'oom'), log })
  }

  /** `memcg`: it was that group's limit that was met, so no zone lacked anything. */
  markVictim(victim: Task, gfp: number, order: number, log: readonly string[], memcg?: Memcg): void {
    const args = { victim: victim.name, anon_rss: victim.rssAnon, file_rss: victim.rssFile, ...(victim.rssShmem > 0 ? { shmem_rss: victim.rssShmem } : {}), swapents: victim.swapents, pgtables: victim.pageTables, oom_score_adj: victim.oomScoreAdj }
    if (memcg === undefined) this.log('mark_victim', args, { cause: this.#cause(order, gfp, 'oom'), log })
    else this.log('mark_victim', { ...args, memcg: memcg.path, usage: memcg.memory.usage, max: memcg.memory.max }, { log })
  }

  /** lowmemory_kill: Android's killer took a task; nobody's request failed. Pages; `limit` is the one that both free memory and page cache are below. */
  lowmemoryKill(victim: Task, { size, cache, limit, free, adj }: { readonly size: number; readonly cache: number; readonly limit: number; readonly free: number; readonly adj: number }, log: readonly string[]): void {
    this.log('lowmemory_kill', { victim: victim.name, size, cache, limit, free, oom_score_adj: victim.oomScoreAdj, min_adj: adj }, { log })
  }

  sysctlWrite(name: string, value: string): void {
    this.log('sysctl_write', { name, value })
  }

  /** Nobody lacked a page: a foreign pageblock was split and the zone's marks were boosted. Its row tells how far the zone is from the boosted HIGH. */
  #boostCause(zone: Zone, order: number): EventCause {
    const [free, mark] = [zone.seenFree, wmarkPages(zone, WMARK_HIGH)]
    return { task: this.#mm.current.name, order, gfp: gfpName(0), path: ['get_page_from_freelist', 'rmqueue', 'wakeup_kswapd'], zones: [{ node: zone.node, zone: zone.name, free, mark, reserve: 0, short: mark - free + 1 }] }
  }

  /** Alloc flags of the test that failed. A task that reclaims has PF_MEMALLOC set, but the test it failed before had not; kswapd's is at LOW, where nobody has privileges. */
  #privileges(gfp: number, why: 'wake' | 'reclaim' | 'failed' | 'oom'): number {
    if (why === 'wake') return 0
    const { current } = this.#mm
    return gfpToAllocFlags(gfp, current) | (why === 'failed' ? gfpPfmemallocFlags(gfp, current) : 0)
  }

  #full(): boolean {
    return this.events.length - this.#policyEvents >= this.#max
  }

  #cause(order: number, gfp: number, why: 'wake' | 'reclaim' | 'failed' | 'oom'): EventCause {
    const mm = this.#mm
    const path = why === 'wake' ? WAKE_PATH : why === 'failed' && (gfp & GFP_DIRECT_RECLAIM) === 0 ? ATOMIC_PATH : why === 'reclaim' || why === 'failed' ? RECLAIM_PATH : ['__alloc_pages', '__alloc_pages_slowpath', '__alloc_pages_may_oom', 'out_of_memory']
    const mark = why === 'wake' ? ALLOC_WMARK_LOW : ALLOC_WMARK_MIN
    return { task: mm.current.name, order, gfp: gfpName(gfp), path: [...callers(mm, gfp, order), ...path], zones: missAtMark(mm, gfp, order, mark, this.#privileges(gfp, why)) }
  }
}

function compactionArgs({ zone, migratePfn, freePfn }: CompactControl): Record<string, number | string> {
  return { node: zone.node, zone: zone.name, migrate_pfn: migratePfn, free_pfn: freePfn }
}

/** Who calls the allocator with such a request, in kernel names. */
function callers(mm: Mm, gfp: number, order: number): string[] {
  if (mm.current.kthread) return [mm.current.name]
  if (order > PAGE_ALLOC_COSTLY_ORDER && mm.current.callPath.length === 0) return ['asm_exc_page_fault', 'handle_mm_fault', 'do_huge_pmd_anonymous_page', 'vma_alloc_folio']
  return mm.current.callPath.length > 0 ? [...mm.current.callPath] : gfpZone(gfp) === 3 ? ['asm_exc_page_fault', 'handle_mm_fault', 'do_anonymous_page', 'vma_alloc_folio'] : ['asm_exc_page_fault', 'handle_mm_fault', '__pte_alloc']
}
