/**
 * The way of dirty pages to disk: the flusher, and what happens when a write begins and ends. How writers are held back is balance-dirty.ts.
 * Source: mm/page-writeback.c:folio_end_writeback; fs/fs-writeback.c:wb_workfn, wb_over_bg_thresh, writeback_chunk_size (v6.1). One flusher a disk that holds files.
 */
import type { Episode } from '../core/clock'
import { BLOCK, RUN } from '../core/clock'
import { WRITE } from './io'
import { BdiWriteback, Completions } from './bdi-writeback'
import { clearDirtyForIo } from './dirty'
import { domainDirtyLimits } from './dirty-limits'
import type { FileMapping } from './file'
import { memcgDirtyDomain } from './memcg-dirty'
import { IoEnds } from './io-end'
import type { IoEnd } from './io-end'
import type { Mm } from './mm'
import { PG_DIRTY, PG_RECLAIM, PG_SWAPBACKED, PG_WRITEBACK } from './page'
import { folioMkclean } from './rmap'
import { mempoolFree, slabFree } from './slab'
import { folioRotateReclaimable } from './swap-lru'
import type { Task } from './task'
import { WaitQueue } from './task'

const MS = 1e6
/** MIN_WRITEBACK_PAGES: 4 MB. */
const MIN_CHUNK = 1024

/** All disks together (struct wb_domain), and the flusher's orders. */
export class Writeback {
  /** By disk. */
  readonly wbs: readonly BdiWriteback[]
  readonly completions = new Completions()
  /** The slowly following hard limit (domain dirty_limit), and the tick at which it was last adjusted. */
  dirtyLimit = 0
  dirtyLimitTstamp = 0
  readonly ioEnds = new IoEnds()
  /** Where the flushers sleep. */
  readonly wait = new WaitQueue()

  constructor(disks: number, hz: number) {
    this.wbs = Array.from({ length: disks }, () => new BdiWriteback(hz))
  }
}

/** folio_start_writeback. */
export function startPageWriteback(mm: Mm, pfn: number): void {
  const zone = mm.zoneOf(pfn)
  mm.frames.flags[pfn] |= PG_WRITEBACK
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('write_submit', { to: mm.frames.flags[pfn] & PG_SWAPBACKED ? 'swap' : 'file', reclaim: mm.frames.flags[pfn] & PG_RECLAIM ? 1 : 0 })
  mm.nodes[zone.node].stat.nr_writeback++
  zone.nrWritePending++
  if ((mm.frames.flags[pfn] & PG_SWAPBACKED) === 0) wbOf(mm, pfn).writeback++
  if (mm.memcgOf !== undefined) mm.memcgs.groups[mm.memcgOf[pfn]].stat.file_writeback++
}

/** The disk that a page cache page of a disk's file is written to. Swap has none: nobody is held back for it. */
function wbOf(mm: Mm, pfn: number): BdiWriteback {
  return mm.writeback.wbs[mm.files[mm.frames.mapping[pfn]].disk]
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

/** end_io of a page's write, from the device's interrupt: writeback ends, of a whole stretch where blocks were written for the first time. */
export function endPageWriteback(mm: Mm, pfn: number): void {
  const stretch = mm.writeback.ioEnds.written(pfn)
  if (stretch === undefined) folioEndWriteback(mm, pfn)
  else for (const page of stretch) folioEndWriteback(mm, page)
}

/** folio_end_writeback. */
function folioEndWriteback(mm: Mm, pfn: number): void {
  mm.clock.now += mm.cost.endWritebackPage
  const f = mm.frames
  const zone = mm.zoneOf(pfn)
  const node = mm.nodes[zone.node]
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('write_done', { pages: mm.io.endingPages, reclaim: f.flags[pfn] & PG_RECLAIM ? 1 : 0 }, 'interrupt')
  if ((f.flags[pfn] & PG_SWAPBACKED) !== 0) {
    slabFree(mm, mm.slabs.swapDescriptor)
    mempoolFree(mm, mm.slabs.swapBio)
  } else wbOf(mm, pfn).writeout(mm.writeback.completions, mm.ticks)
  node.stat.nr_writeback--
  node.stat.nr_written++
  zone.events.nr_written++
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
  for (const wb of mm.writeback.wbs) {
    if (wb.reclaimable === 0) continue
    wb.startAll = true
    wb.startPages += pages
  }
  mm.sched.wakeAll(mm.writeback.wait)
}

/** A disk's flusher thread: woken by writers over the background limit, by reclaim, and by its own timer for old data. */
export class Flusher {
  readonly task: Task
  readonly #mm: Mm
  readonly #disk: number
  readonly #wb: BdiWriteback
  /** The last pass found nothing to write: what is dirty is under writeback already. Like wb_writeback, wait for the timer or a call. */
  #stalled = false
  constructor(mm: Mm, task: Task, disk: number) {
    this.#mm = mm
    this.#disk = disk
    this.#wb = mm.writeback.wbs[disk]
    this.task = task
  }

  advance(): Episode<void> | undefined {
    const mm = this.#mm
    const interval = mm.sysctl.num('vm.dirty_writeback_centisecs') * 10 * MS
    // wb_wakeup_delayed: its timer runs from the first page dirtied on a clean disk.
    const due = this.#wb.dirtySince + interval
    const early = this.task.timedOut && this.#wb.reclaimable > 0 && mm.clock.now < due
    this.task.timedOut = false
    const file = this.#stalled || early ? undefined : this.#next()
    this.#stalled = false
    if (file !== undefined) return this.#write(file)
    if (!early) this.#askedFor(Infinity)
    mm.sched.sleep('wb_workfn', interval === 0 ? Infinity : early ? due : mm.clock.now + interval, mm.writeback.wait, false, true)
    return undefined
  }

  /** The dirty file to write next, if there is reason to write: background limit, age, or reclaim's call. Oldest first. */
  #next(): FileMapping | undefined {
    const mm = this.#mm
    const oldest = this.#oldest(() => true)
    if (oldest === undefined) return undefined
    const { dirty, writeback } = pending(mm)
    const limits = domainDirtyLimits(mm)
    const wb = this.#wb
    const start = mm.decide.writebackStart({
      dirty, writeback, ...limits, diskDirty: wb.reclaimable, diskBackground: wb.threshOf(mm.writeback.completions, limits.background, mm.ticks),
      oldestNs: mm.clock.now - oldest.dirtiedWhen, expireNs: mm.sysctl.num('vm.dirty_expire_centisecs') * 10 * MS, asked: wb.startAll,
    })
    return start || dirty >= limits.thresh ? oldest : this.#nextOfMemcgs()
  }

  #oldest(wanted: (file: FileMapping) => boolean): FileMapping | undefined {
    let oldest: FileMapping | undefined
    for (const file of this.#mm.files) {
      if (file === undefined || file.disk !== this.#disk || file.nrDirty === 0 || (oldest !== undefined && file.dirtiedWhen >= oldest.dirtiedWhen)) continue
      if (wanted(file)) oldest = file
    }
    return oldest
  }

  /** wb_over_bg_thresh of the groups: the oldest file of one that is over its own background limit. */
  #nextOfMemcgs(): FileMapping | undefined {
    const mm = this.#mm
    if (!mm.memcgs.inUse) return undefined
    const { dirty } = pending(mm)
    return this.#oldest((file) => {
      const own = memcgDirtyDomain(mm, file.wbMemcg, false, dirty)
      return own !== undefined && own.dirty > own.background
    })
  }

  *#write(file: FileMapping): Episode<void> {
    const mm = this.#mm
    const plug = mm.io.plug(this.task.id)
    this.#wb.estimateStart(mm.ticks)
    const written = yield* writeFileRange(mm, file, writebackChunkSize(mm, this.#wb))
    this.#stalled = written === 0
    this.#askedFor(written)
    mm.io.unplug(plug, mm.clock.now)
    this.#wb.estimateAfterChunk(mm.ticks)
    file.dirtiedWhen = file.nrDirty > 0 ? mm.clock.now : 0
  }

  /** So much of what reclaim asked for is done. */
  #askedFor(pages: number): void {
    const wb = this.#wb
    wb.startPages = pages === Infinity ? 0 : Math.max(0, wb.startPages - pages)
    if (wb.startPages === 0) wb.startAll = false
  }
}

/** Dirty file pages, and pages under writeback, of all nodes. */
export function pending(mm: Mm): { readonly dirty: number; readonly writeback: number } {
  let dirty = 0
  let writeback = 0
  for (const { stat } of mm.nodes) {
    dirty += stat.nr_dirty
    writeback += stat.nr_writeback
  }
  return { dirty, writeback }
}

/** writeback_chunk_size: pages written of one file before the next one is looked at. */
function writebackChunkSize(mm: Mm, wb: BdiWriteback): number {
  const pages = Math.floor(Math.min(wb.avgWriteBandwidth / 2, mm.writeback.dirtyLimit / 8))
  return pages + MIN_CHUNK - ((pages + MIN_CHUNK) % MIN_CHUNK)
}

/** write_cache_pages from where the last pass ended, wrapping once: up to `budget` dirty pages in file order. */
function* writeFileRange(mm: Mm, file: FileMapping, budget: number): Episode<number> {
  const f = mm.frames
  let written = 0
  let index = file.writebackIndex
  let extent: IoEnd | undefined
  const { ioEnds } = mm.writeback
  for (let seen = 0; seen < file.pages && written < budget && file.nrDirty > 0; seen++) {
    if (index >= file.pages) index = 0
    const slot = file.slots[index]
    if (slot > 0 && (f.flags[slot - 1] & (PG_DIRTY | PG_WRITEBACK)) === PG_DIRTY) {
      const pfn = slot - 1
      const last = extent
      extent = ioEnds.join(file, index, pfn, last)
      if (last !== undefined && last !== extent) closeExtent(mm, last)
      if (!startDirtyWrite(mm, file, index, pfn)) yield* submitPageWrite(mm, file.disk, file.sector + index, pfn)
      written++
    }
    index++
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  file.writebackIndex = index
  if (extent !== undefined) closeExtent(mm, extent)
  return written
}

function closeExtent(mm: Mm, extent: IoEnd): void {
  for (const pfn of mm.writeback.ioEnds.close(extent)) folioEndWriteback(mm, pfn)
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

