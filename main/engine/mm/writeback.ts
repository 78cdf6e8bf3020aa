/**
 * The way of dirty pages to disk: the flusher, throttling of writers, and what happens when a write ends.
 * Source: mm/page-writeback.c:balance_dirty_pages, folio_end_writeback; fs/fs-writeback.c:wb_workfn (v6.1).
 * Simplifications: one flusher for all disks; the writer's rate follows the global position (no per-device share, no smoothing of the estimate beyond the kernel's average).
 */
import type { Episode } from '../core/clock'
import { BLOCK, RUN } from '../core/clock'
import { WRITE } from './io'
import { clearDirtyForIo } from './dirty'
import type { DirtyLimits } from './dirty-limits'
import { domainDirtyLimits } from './dirty-limits'
import type { FileMapping } from './file'
import { memcgDirtyDomain } from './memcg-dirty'
import type { Mm } from './mm'
import { PG_DIRTY, PG_RECLAIM, PG_SWAPBACKED, PG_WRITEBACK } from './page'
import { folioMkclean } from './rmap'
import { mempoolFree } from './slab'
import { folioRotateReclaimable } from './swap-lru'
import type { Task } from './task'
import { WaitQueue } from './task'

const MS = 1e6
/** Pages the flusher writes of one file before it looks round, at the initial bandwidth estimate. */
const MIN_CHUNK = 1024
/** 100 MiB/s, before anything was measured. */
const INIT_BW = 25600

export class Writeback {
  /** Smoothed pages/s to disk. */
  avgBandwidth = INIT_BW
  /** The slowly following hard limit (domain dirty_limit). */
  dirtyLimit = 0
  /** Reclaim asked for everything to be written (wb start_all, one bit). */
  startAll = false
  /** How much of it. */
  startPages = 0
  readonly wait = new WaitQueue()
  #stampTime = 0
  #stampWritten = 0

  /** __wb_update_bandwidth: at most every 200 ms. */
  update(now: number, written: number): void {
    const elapsed = now - this.#stampTime
    if (elapsed < 200 * MS) return
    const pages = written - this.#stampWritten
    const period = 4.096e9
    const rate = (pages * 1e9) / elapsed
    const weight = Math.min(1, elapsed / period)
    if (pages > 0) this.avgBandwidth = rate * weight + this.avgBandwidth * (1 - weight)
    this.#stampTime = now
    this.#stampWritten = written
  }
}

/** folio_start_writeback. */
export function startPageWriteback(mm: Mm, pfn: number): void {
  const zone = mm.zoneOf(pfn)
  mm.frames.flags[pfn] |= PG_WRITEBACK
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('write_submit', { to: mm.frames.flags[pfn] & PG_SWAPBACKED ? 'swap' : 'file', reclaim: mm.frames.flags[pfn] & PG_RECLAIM ? 1 : 0 })
  mm.nodes[zone.node].stat.nr_writeback++
  zone.nrWritePending++
  if (mm.memcgOf !== undefined) mm.memcgs.groups[mm.memcgOf[pfn]].stat.file_writeback++
}

/** Queues one page; sleeps while the device has no tag. */
export function* submitPageWrite(mm: Mm, disk: number, sector: number, pfn: number): Episode<void> {
  const task = mm.current
  while (!mm.io.submit(mm.io.plugOf(task.id), disk, WRITE, sector, 1, pfn, mm.clock.now)) yield* waitForTag(mm, disk)
}

/** blk_mq_get_tag: send what is plugged and sleep until requests end. */
export function* waitForTag(mm: Mm, disk: number): Episode<void> {
  const task = mm.current
  const plug = mm.io.plugOf(task.id)
  if (plug >= 0) mm.io.flush(plug, mm.clock.now)
  mm.io.sleepOnTag(disk, task.id)
  mm.sched.sleep('blk_mq_get_tag', Infinity, undefined, true)
  yield BLOCK
}

/** folio_end_writeback, from the device's interrupt. */
export function endPageWriteback(mm: Mm, pfn: number): void {
  mm.clock.now += mm.cost.endWritebackPage
  const f = mm.frames
  const zone = mm.zoneOf(pfn)
  const node = mm.nodes[zone.node]
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('write_done', { pages: mm.io.endingPages, reclaim: f.flags[pfn] & PG_RECLAIM ? 1 : 0 }, 'interrupt')
  if ((f.flags[pfn] & PG_SWAPBACKED) !== 0) mempoolFree(mm, mm.slabs.swapBio)
  node.stat.nr_writeback--
  node.stat.nr_written++
  if (mm.memcgOf !== undefined) mm.memcgs.groups[mm.memcgOf[pfn]].stat.file_writeback--
  zone.nrWritePending--
  if ((f.flags[pfn] & PG_RECLAIM) !== 0) {
    f.flags[pfn] &= ~PG_RECLAIM
    folioRotateReclaimable(mm, pfn)
  }
  f.flags[pfn] &= ~PG_WRITEBACK
  mm.procedures.acctWriteback(mm, node)
  mm.wakePage(pfn)
}

/** wakeup_flusher_threads: reclaim met a batch of nothing but dirty pages; or, in 3.18, asks for so many pages to be written. */
export function wakeupFlusherThreads(mm: Mm, pages = Infinity): void {
  mm.writeback.startPages += pages
  mm.writeback.startAll = true
  mm.sched.wakeAll(mm.writeback.wait)
}

function totals(mm: Mm): { dirty: number; writeback: number; written: number } {
  let dirty = 0
  let writeback = 0
  let written = 0
  for (const node of mm.nodes) {
    dirty += node.stat.nr_dirty
    writeback += node.stat.nr_writeback
    written += node.stat.nr_written
  }
  return { dirty, writeback, written }
}

/** Must this task be held back before it dirties more? Cheap; asked after every page written. */
export function mustBalanceDirty(task: Task): boolean {
  return task.nrDirtied >= task.nrDirtiedPause
}

/**
 * balance_dirty_pages: below the free-run point nothing; above it, pauses that keep the writer near the disk's pace. `wbMemcg`: the group on whose account the file is written; where it
 * has limits of its own, the stricter ones hold.
 */
export function* balanceDirtyPages(mm: Mm, wbMemcg = 0): Episode<void> {
  const task = mm.current
  for (;;) {
    const { dirty: nrDirty, writeback: nrWriteback, written } = totals(mm)
    const limits = domainDirtyLimits(mm)
    const dirty = nrDirty + nrWriteback
    if (nrDirty > limits.background) mm.sched.wakeAll(mm.writeback.wait)
    const freerun = freerunCeiling(limits)
    const own = memcgDirtyDomain(mm, wbMemcg, true, dirty)
    const ownFreerun = own === undefined ? 0 : freerunCeiling(own)
    if (dirty <= freerun && (own === undefined || own.dirty <= ownFreerun)) {
      task.nrDirtied = 0
      task.nrDirtiedPause = Math.min(pollInterval(limits, dirty), own === undefined ? Infinity : pollInterval(own, own.dirty))
      return
    }
    if (own !== undefined) mm.sched.wakeAll(mm.writeback.wait)
    mm.writeback.update(mm.clock.now, written)
    let position = posRatio(freerun, updateDirtyLimit(mm.writeback, limits.thresh, dirty), dirty)
    if (own !== undefined) position = Math.min(position, posRatio(ownFreerun, updateDirtyLimit(own.memcg, own.thresh, own.dirty), own.dirty))
    const { avgBandwidth: bandwidth } = mm.writeback
    const pause = mm.decide.dirtyPause({ dirtied: task.nrDirtied, dirty, freerun, limit: limits.thresh, position, bandwidth, tickNs: 1e9 / mm.hz })
    task.nrDirtied = 0
    task.nrDirtiedPause = Math.max(1, Math.min(32, Math.floor(Math.min(limits.thresh, own?.thresh ?? Infinity) / 32)))
    if (pause === 0) return
    mm.sched.sleep('balance_dirty_pages', mm.clock.now + pause, undefined, true, true)
    yield BLOCK
    if (position > 0 || task.killed) return
  }
}

/** dirty_freerun_ceiling. */
function freerunCeiling({ thresh, background }: DirtyLimits): number {
  return Math.floor((thresh + background) / 2)
}

/** dirty_poll_interval: pages to dirty before looking again. */
function pollInterval({ thresh }: DirtyLimits, dirty: number): number {
  return 1 << Math.floor((31 - Math.clz32(Math.max(1, thresh - dirty))) / 2)
}

/** update_dirty_limit, of the machine or a group: jumps up, creeps down, never below what is dirty. */
function updateDirtyLimit(wb: { dirtyLimit: number }, thresh: number, dirty: number): number {
  if (wb.dirtyLimit < thresh) wb.dirtyLimit = thresh
  else wb.dirtyLimit -= (wb.dirtyLimit - Math.max(thresh, dirty)) / 32
  return Math.max(thresh, wb.dirtyLimit)
}

/** wb_position_ratio's global cubic: 1 at the set point, 0 at the limit, at most 2. */
function posRatio(freerun: number, limit: number, dirty: number): number {
  if (dirty >= limit) return 0
  const setpoint = (freerun + limit) / 2
  const x = (setpoint - dirty) / (limit - setpoint + 1)
  return Math.max(0, Math.min(2, 1 + x * x * x))
}

/** The flusher thread: woken by writers over the background limit, by reclaim, and by its own timer for old data. */
export class Flusher {
  readonly task: Task
  readonly #mm: Mm
  /** The last pass found nothing to write: what is dirty is under writeback already. Like wb_writeback, wait for the timer or a call. */
  #stalled = false
  constructor(mm: Mm, task: Task) {
    this.#mm = mm
    this.task = task
  }

  advance(): Episode<void> | undefined {
    const file = this.#stalled ? undefined : this.#next()
    this.#stalled = false
    if (file !== undefined) return this.#write(file)
    const mm = this.#mm
    mm.writeback.startAll = false
    mm.writeback.startPages = 0
    const interval = mm.sysctl.num('vm.dirty_writeback_centisecs') * 10 * MS
    mm.sched.sleep('wb_workfn', interval > 0 ? mm.clock.now + interval : Infinity, mm.writeback.wait, false, true)
    return undefined
  }

  /** The dirty file to write next, if there is reason to write: background limit, age, or reclaim's call. Oldest first. */
  #next(): FileMapping | undefined {
    const mm = this.#mm
    let oldest: FileMapping | undefined
    for (const file of mm.files) if (file !== undefined && file.nrDirty > 0 && (oldest === undefined || file.dirtiedWhen < oldest.dirtiedWhen)) oldest = file
    if (oldest === undefined) return undefined
    const { dirty, writeback } = totals(mm)
    const limits = domainDirtyLimits(mm)
    const expireNs = mm.sysctl.num('vm.dirty_expire_centisecs') * 10 * MS
    const start = mm.decide.writebackStart({ dirty, writeback, ...limits, oldestNs: mm.clock.now - oldest.dirtiedWhen, expireNs, asked: mm.writeback.startAll })
    return start || dirty >= limits.thresh ? oldest : this.#nextOfMemcgs()
  }

  /** wb_over_bg_thresh of the groups: the oldest file of one that is over its own background limit. */
  #nextOfMemcgs(): FileMapping | undefined {
    const mm = this.#mm
    if (!mm.memcgs.inUse) return undefined
    const { dirty } = totals(mm)
    let oldest: FileMapping | undefined
    for (const file of mm.files) {
      if (file === undefined || file.nrDirty === 0 || (oldest !== undefined && oldest.dirtiedWhen <= file.dirtiedWhen)) continue
      const own = memcgDirtyDomain(mm, file.wbMemcg, false, dirty)
      if (own !== undefined && own.dirty > own.background) oldest = file
    }
    return oldest
  }

  *#write(file: FileMapping): Episode<void> {
    const mm = this.#mm
    const plug = mm.io.plug(this.task.id)
    const chunk = Math.max(MIN_CHUNK, Math.floor((Math.min(mm.writeback.avgBandwidth / 2, mm.writeback.dirtyLimit / 8) + 1024) / 1024) * 1024)
    const written = yield* writeFileRange(mm, file, chunk)
    this.#stalled = written === 0
    mm.writeback.startPages = Math.max(0, mm.writeback.startPages - written)
    if (mm.writeback.startPages === 0) mm.writeback.startAll = false
    mm.io.unplug(plug, mm.clock.now)
    mm.writeback.update(mm.clock.now, totals(mm).written)
    file.dirtiedWhen = file.nrDirty > 0 ? mm.clock.now : 0
  }
}

/** write_cache_pages from where the last pass ended, wrapping once: up to `budget` dirty pages in file order. */
function* writeFileRange(mm: Mm, file: FileMapping, budget: number): Episode<number> {
  const f = mm.frames
  let written = 0
  let index = file.writebackIndex
  for (let seen = 0; seen < file.pages && written < budget && file.nrDirty > 0; seen++) {
    if (index >= file.pages) index = 0
    const slot = file.slots[index]
    if (slot > 0 && (f.flags[slot - 1] & (PG_DIRTY | PG_WRITEBACK)) === PG_DIRTY) {
      const pfn = slot - 1
      if (!startDirtyWrite(mm, file, index, pfn)) yield* submitPageWrite(mm, file.disk, file.sector + index, pfn)
      written++
    }
    index++
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  file.writebackIndex = index
  return written
}

/** Starts the write of one dirty page; false: the device has no tag, and submitPageWrite must queue it. */
export function startDirtyWrite(mm: Mm, file: FileMapping, index: number, pfn: number): boolean {
  clearDirtyForIo(mm, pfn)
  folioMkclean(mm, pfn)
  startPageWriteback(mm, pfn)
  mm.vm.pgpgout += 4
  mm.clock.now += mm.cost.ioSubmit
  return mm.io.submit(mm.io.plugOf(mm.current.id), file.disk, WRITE, file.sector + index, 1, pfn, mm.clock.now)
}

/** fsync: every dirty page of the file is written, and all writes are waited for. tmpfs has nothing to do (noop_fsync). */
export function* fsyncFile(mm: Mm, file: FileMapping): Episode<void> {
  if (file.tmpfs) return
  yield* writeAndWait(mm, file)
  // Pages that were under writeback when they were dirtied again are written only now.
  if (file.nrDirty > 0) yield* writeAndWait(mm, file)
}

function* writeAndWait(mm: Mm, file: FileMapping): Episode<void> {
  const plug = mm.io.plug(mm.current.id)
  yield* writeFileRange(mm, file, Infinity)
  mm.io.unplug(plug, mm.clock.now)
  for (let index = 0; index < file.pages; index++) {
    const pfn = file.slots[index] - 1
    while (pfn >= 0 && file.slots[index] === pfn + 1 && (mm.frames.flags[pfn] & PG_WRITEBACK) !== 0) yield* waitOnPageWriteback(mm, pfn)
  }
}

/** folio_wait_writeback, one sleep of it: whoever waits looks again. */
export function* waitOnPageWriteback(mm: Mm, pfn: number): Episode<void> {
  mm.sched.sleep('wait_on_page_writeback', Infinity, mm.pageWaiters(pfn), true)
  yield BLOCK
}

