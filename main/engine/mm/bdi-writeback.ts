/**
 * What a disk's writeback knows of itself: its dirty pages and pages under writeback, its share of what all disks write, how fast it writes, and at what rate each of its writers may
 * dirty pages.
 * Source: include/linux/backing-dev-defs.h:struct bdi_writeback; mm/page-writeback.c:wb_update_write_bandwidth, wb_update_dirty_ratelimit, wb_bandwidth_estimate_start,
 * wb_inode_writeback_end, __wb_writeout_add; lib/flex_proportions.c (v6.1).
 * Simplifications: counters are exact (the kernel's are batched per CPU); min_ratio 0 and max_ratio 100 for every disk.
 */
import { roundupPowOfTwo } from '../core/maths'

/** 100 MiB/s, before anything was measured; pages/s. */
const INIT_BW = 25600
/** VM_COMPLETIONS_PERIOD_LEN, s: after so long old completions count half. */
const COMPLETIONS_PERIOD_S = 3
/** A ratio of 1 in fixed point. */
export const RATIO_ONE = 1 << 10

/** Completed writes of all disks, older ones for less (struct fprop_global). */
export class Completions {
  events = 1
  #period = 0
  /** Tick at which the present period ends; 0: nothing was written yet. */
  #end = 0

  /** Number of the period; the sums of all disks are halved at its turns. */
  periodAt(tick: number, hz: number): number {
    if (this.#end === 0) return 0
    while (tick >= this.#end && this.events > 1) {
      this.events >>= 1
      this.#period++
      this.#end += COMPLETIONS_PERIOD_S * hz
    }
    if (tick >= this.#end) this.#end = 0
    return this.#period
  }

  add(tick: number, hz: number): void {
    this.periodAt(tick, hz)
    if (this.#end === 0) this.#end = tick + COMPLETIONS_PERIOD_S * hz
    this.events++
  }
}

export class BdiWriteback {
  /** WB_RECLAIMABLE, WB_WRITEBACK, WB_DIRTIED, WB_WRITTEN: pages. */
  reclaimable = 0
  writeback = 0
  dirtied = 0
  written = 0
  /** Pages/s: over some seconds, and smoothed once more. */
  writeBandwidth = INIT_BW
  avgWriteBandwidth = INIT_BW
  /** Pages/s a writer of average share may dirty, and the rate at which dirtied and written would be equal. */
  dirtyRatelimit = INIT_BW
  balancedDirtyRatelimit = INIT_BW
  /** Both this disk and the machine are over their limits: writers ask more often. */
  dirtyExceeded = false
  /** When the first page became dirty after all were clean, ns. */
  dirtySince = 0
  /** Reclaim asked for dirty pages to be written (wb start_all, one bit), and for how many: Infinity but in 3.18. */
  startAll = false
  startPages = 0
  /** Tick of the last estimate. */
  bwTimeStamp = 0
  #dirtiedStamp = 0
  #writtenStamp = 0
  #completions = 0
  #completionsPeriod = 0
  /** Tick at which the estimate after the last end of writing is due (bw_dwork); Infinity: none. */
  #delayed = Infinity
  readonly #hz: number

  constructor(hz: number) {
    this.#hz = hz
  }

  /** BANDWIDTH_INTERVAL, ticks. */
  get interval(): number {
    return Math.max(1, Math.floor(this.#hz / 5))
  }

  /** __wb_writeout_add, at the end of a page's write. */
  writeout(all: Completions, tick: number): void {
    this.#reflectPeriod(all, tick)
    this.written++
    this.#completions++
    all.add(tick, this.#hz)
    if (--this.writeback === 0) this.#delayed = Math.min(this.#delayed, tick + this.interval)
  }

  /** __wb_calc_thresh: this disk's part of `thresh` pages. */
  threshOf(all: Completions, thresh: number, tick: number): number {
    this.#reflectPeriod(all, tick)
    return Math.floor((thresh * this.#completions) / Math.max(all.events, this.#completions))
  }

  #reflectPeriod(all: Completions, tick: number): void {
    const period = all.periodAt(tick, this.#hz)
    const passed = Math.min(30, period - this.#completionsPeriod)
    this.#completionsPeriod = period
    if (passed > 0) this.#completions >>= passed
  }

  /** do_writepages begins: after a second without writes the estimate starts anew. */
  estimateStart(tick: number): void {
    this.#runDelayed(tick)
    if (tick - this.bwTimeStamp > this.#hz && this.writeback === 0) this.#stamp(tick)
  }

  /** do_writepages ends: an estimate once in a while. */
  estimateAfterChunk(tick: number): void {
    this.#runDelayed(tick)
    if (tick > this.bwTimeStamp + this.interval) this.updateBandwidth(tick)
  }

  #runDelayed(tick: number): void {
    if (tick < this.#delayed) return
    this.updateBandwidth(this.#delayed)
    this.#delayed = Infinity
  }

  /** __wb_update_bandwidth; with `limits` also the rate limit of writers. */
  updateBandwidth(tick: number, limits?: RatelimitInput): void {
    const elapsed = Math.max(1, tick - this.bwTimeStamp)
    if (limits !== undefined) this.#updateDirtyRatelimit(limits, elapsed)
    this.#updateWriteBandwidth(elapsed)
    this.#stamp(tick)
  }

  #stamp(tick: number): void {
    this.bwTimeStamp = tick
    this.#dirtiedStamp = this.dirtied
    this.#writtenStamp = this.written
  }

  #updateWriteBandwidth(elapsed: number): void {
    const period = roundupPowOfTwo(3 * this.#hz)
    const pagesHz = (this.written - this.#writtenStamp) * this.#hz
    const old = this.writeBandwidth
    let avg = this.avgWriteBandwidth
    if (elapsed > period) {
      this.writeBandwidth = Math.floor(pagesHz / elapsed)
      this.avgWriteBandwidth = Math.max(1, this.writeBandwidth)
      return
    }
    const bw = Math.floor((pagesHz + old * (period - elapsed)) / period)
    if (avg > old && old >= bw) avg -= (avg - old) >> 3
    if (avg < old && old <= bw) avg += (old - avg) >> 3
    this.writeBandwidth = bw
    this.avgWriteBandwidth = Math.max(1, avg)
  }

  /** wb_update_dirty_ratelimit: towards the balanced rate, but only where the rate of the past interval and the last balanced rate agree on the direction. */
  #updateDirtyRatelimit({ dirty, setpoint, posRatio }: RatelimitInput, elapsed: number): void {
    const rate = this.dirtyRatelimit
    const dirtyRate = Math.floor(((this.dirtied - this.#dirtiedStamp) * this.#hz) / elapsed)
    // One more, so that it can rise from next to nothing.
    const task = Math.floor((rate * posRatio) / RATIO_ONE) + 1
    const balanced = Math.min(this.avgWriteBandwidth, Math.floor((task * this.avgWriteBandwidth) / (dirtyRate | 1)))
    const up = Math.min(this.balancedDirtyRatelimit, balanced, task)
    const down = Math.max(this.balancedDirtyRatelimit, balanced, task)
    const gap = dirty < setpoint ? Math.max(0, up - rate) : Math.max(0, rate - down)
    // Slower the nearer: the balanced rate itself goes up and down.
    const shift = Math.floor(rate / (2 * gap + 1))
    const step = shift < 31 ? Math.ceil((gap >> shift) / 8) : 0
    this.dirtyRatelimit = Math.max(1, rate < balanced ? rate + step : rate - step)
    this.balancedDirtyRatelimit = balanced
  }
}

/** Dirty pages of the machine against their setpoint, and the position ratio that came of it, in 1/1024. */
export interface RatelimitInput {
  readonly dirty: number
  readonly setpoint: number
  readonly posRatio: number
}
