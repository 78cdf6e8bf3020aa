/**
 * Writers are held back: below the free-run point not at all, above it by pauses that bring the rate at which they dirty pages down to what the disk writes, and so that dirty pages stay
 * near a set point.
 * Source: mm/page-writeback.c:balance_dirty_pages_ratelimited_flags, balance_dirty_pages, wb_position_ratio, pos_ratio_polynom, wb_max_pause, wb_min_pause, dirty_poll_interval,
 * update_dirty_limit (v6.1).
 * Simplifications: a memory cgroup with limits of its own has no disk share of its own, only the global part of the position ratio over its pages; no per-CPU limit of pages dirtied between
 * two looks (ratelimit_pages); no strictlimit devices.
 */
import { BLOCK } from '../core/clock'
import type { Episode } from '../core/clock'
import { ilog2, roundupPowOfTwo } from '../core/maths'
import type { BdiWriteback } from './bdi-writeback'
import { RATIO_ONE } from './bdi-writeback'
import type { DirtyLimits } from './dirty-limits'
import { domainDirtyLimits } from './dirty-limits'
import type { FileMapping } from './file'
import type { MemcgDirtyDomain } from './memcg-dirty'
import { memcgDirtyDomain } from './memcg-dirty'
import type { Mm } from './mm'
import type { Task } from './task'
import { pending } from './writeback'

/** DIRTY_POLL_THRESH: 128 kB. */
const DIRTY_POLL_THRESH = 32
/** What a writer may dirty between two looks where limits are exceeded: 32 kB. */
const RATELIMIT_EXCEEDED = 8

/** Must this task be held back before it dirties more? Cheap; asked after every page written. */
export function mustBalanceDirty(mm: Mm, task: Task, file: FileMapping): boolean {
  if (task.nrDirtied < RATELIMIT_EXCEEDED && task.nrDirtied < task.nrDirtiedPause) return false
  return task.nrDirtied >= task.nrDirtiedPause || (!file.tmpfs && mm.writeback.wbs[file.disk].dirtyExceeded)
}

/** balance_dirty_pages, after `task.nrDirtied` pages of this file. */
export function* balanceDirtyPages(mm: Mm, file: FileMapping): Episode<void> {
  if (file.tmpfs) return
  const task = mm.current
  const wb = mm.writeback.wbs[file.disk]
  const pagesDirtied = task.nrDirtied
  for (;;) {
    const now = mm.ticks
    const throttle = throttleControl(mm, file, wb, now)
    if (throttle.nrDirty > throttle.limits.background) mm.sched.wakeAll(mm.writeback.wait)
    if (runsFree(throttle)) {
      const { limits, dirty, own } = throttle
      task.dirtyPausedWhen = now
      task.nrDirtied = 0
      task.nrDirtiedPause = Math.min(pollInterval(limits.thresh, dirty), own === undefined ? Infinity : pollInterval(own.thresh, own.dirty))
      return
    }
    mm.sched.wakeAll(mm.writeback.wait)
    const position = settlePosition(mm, throttle, now)
    const pause = choosePause(mm, throttle, position, pagesDirtied, now)
    if (pause.ticks === 0) {
      carry(mm, task, pause, pagesDirtied, now)
      return
    }
    mm.sched.sleep('balance_dirty_pages', mm.sched.ticks(pause.ticks), undefined, true, true)
    yield BLOCK
    task.dirtyPausedWhen = pause.from + pause.ticks
    task.nrDirtied = 0
    task.nrDirtiedPause = pause.nrDirtiedPause
    if (pause.rate > 0 || throttle.wbDirty <= wbStatError(mm) || task.killed) return
  }
}

/** What one look finds (struct dirty_throttle_control). */
interface ThrottleControl {
  readonly wb: BdiWriteback
  readonly limits: DirtyLimits
  /** Pages dirty, and those under writeback with them. */
  readonly nrDirty: number
  readonly dirty: number
  /** The disk's own: its part of the threshold, and its dirty pages with those under writeback. */
  readonly wbThresh: number
  readonly wbDirty: number
  readonly own: MemcgDirtyDomain | undefined
}

function throttleControl(mm: Mm, file: FileMapping, wb: BdiWriteback, now: number): ThrottleControl {
  const { dirty: nrDirty, writeback } = pending(mm)
  const limits = domainDirtyLimits(mm)
  const dirty = nrDirty + writeback
  return {
    wb, limits, nrDirty, dirty, wbThresh: wb.threshOf(mm.writeback.completions, limits.thresh, now), wbDirty: wb.reclaimable + wb.writeback, own: memcgDirtyDomain(mm, file.wbMemcg, true, dirty),
  }
}

function runsFree({ limits, dirty, own }: ThrottleControl): boolean {
  return dirty <= freerunCeiling(limits) && (own === undefined || own.dirty <= freerunCeiling(own))
}

/** dirty_freerun_ceiling. */
function freerunCeiling({ thresh, background }: DirtyLimits): number {
  return Math.floor((thresh + background) / 2)
}

/** dirty_poll_interval: pages to dirty before looking again. */
function pollInterval(thresh: number, dirty: number): number {
  return thresh > dirty ? 1 << (ilog2(thresh - dirty) >> 1) : 1
}

/** wb_stat_error: how far a disk's counters may be off. */
function wbStatError({ cpus }: Mm): number {
  return 8 * (1 + ilog2(cpus)) * cpus
}

/** The position ratio, in 1/1024: 0 = stop. Brings the estimates up to date where they are old. */
function settlePosition(mm: Mm, throttle: ThrottleControl, now: number): number {
  const { wb, limits, dirty, own } = throttle
  const limit = Math.max(limits.thresh, mm.writeback.dirtyLimit)
  const setpoint = Math.floor((freerunCeiling(limits) + limit) / 2)
  const posRatio = wbPositionRatio(throttle, limit, setpoint)
  wb.dirtyExceeded = throttle.wbDirty > throttle.wbThresh && dirty > limits.thresh
  let position = posRatio
  if (own !== undefined) {
    const ownLimit = Math.max(own.thresh, own.memcg.dirtyLimit)
    position = Math.min(position, own.dirty >= ownLimit ? 0 : posRatioPolynom(Math.floor((freerunCeiling(own) + ownLimit) / 2), own.dirty, ownLimit))
  }
  if (now > wb.bwTimeStamp + wb.interval) {
    if (now >= mm.writeback.dirtyLimitTstamp + wb.interval) {
      updateDirtyLimit(mm.writeback, limits.thresh, dirty)
      if (own !== undefined) updateDirtyLimit(own.memcg, own.thresh, own.dirty)
      mm.writeback.dirtyLimitTstamp = now
    }
    wb.updateBandwidth(now, { dirty, setpoint, posRatio })
  }
  return position
}

/** update_dirty_limit, of the machine or a group: jumps up, creeps down, never below what is dirty. */
function updateDirtyLimit(domain: { dirtyLimit: number }, thresh: number, dirty: number): void {
  const { dirtyLimit } = domain
  if (dirtyLimit < thresh) domain.dirtyLimit = thresh
  else domain.dirtyLimit = dirtyLimit - (Math.max(0, dirtyLimit - Math.max(thresh, dirty)) >> 5)
}

/** pos_ratio_polynom: 1 at the set point, 0 at the limit, at most 2; in 1/1024. */
export function posRatioPolynom(setpoint: number, dirty: number, limit: number): number {
  const x = Math.trunc(((setpoint - dirty) * RATIO_ONE) / ((limit - setpoint) | 1))
  const squared = Math.floor((x * x) / RATIO_ONE)
  return Math.max(0, Math.min(2 * RATIO_ONE, Math.floor((squared * x) / RATIO_ONE) + RATIO_ONE))
}

/** wb_position_ratio: the global ratio, tilted by how the disk's dirty pages stand to the disk's own set point, and raised where so few are left that the disk might go idle. */
function wbPositionRatio({ wb, limits: { thresh }, dirty, wbThresh, wbDirty }: ThrottleControl, limit: number, setpoint: number): number {
  if (dirty >= limit) return 0
  const global = posRatioPolynom(setpoint, dirty, limit)
  // A disk that was idle has hardly a share yet: it gets a part of what room there is.
  const share = Math.max(Math.min(wbThresh, thresh), Math.floor((limit - dirty) / 8))
  const x = Math.floor((share * 65536) / (thresh | 1))
  const wbSetpoint = Math.floor((setpoint * x) / 65536)
  const span = Math.floor(((thresh - share + 8 * wb.avgWriteBandwidth) * x) / 65536)
  const intercept = wbSetpoint + span
  const tilted = wbDirty < intercept - Math.floor(span / 4) ? Math.floor((global * (intercept - wbDirty)) / (span | 1)) : Math.floor(global / 4)
  const reserve = Math.floor(share / 2)
  if (wbDirty >= reserve) return tilted
  return wbDirty > Math.floor(reserve / 8) ? Math.floor((tilted * reserve) / wbDirty) : tilted * 8
}

interface Pause {
  /** Tick from which it counts, and how many; 0: too short to bother. */
  readonly from: number
  readonly ticks: number
  /** What was dirtied is worth so many, and how many of them are left since the last pause; less than 0: the task was slower than it might. */
  readonly period: number
  readonly owed: number
  /** Pages to dirty before the next look. */
  readonly nrDirtiedPause: number
  /** Pages/s the task may dirty; 0: none. */
  readonly rate: number
}

/** How long to sleep for what was dirtied. */
function choosePause(mm: Mm, { wb, wbDirty, limits, dirty }: ThrottleControl, position: number, dirtied: number, now: number): Pause {
  const task = mm.current
  const tickNs = 1e9 / mm.hz
  const rate = Math.floor((wb.dirtyRatelimit * position) / RATIO_ONE)
  const max = maxPause(mm.hz, wb, wbDirty)
  const { min, pages: nrDirtiedPause } = minPause(mm.hz, wb, max, rate)
  const since = task.dirtyPausedWhen > 0 ? now - task.dirtyPausedWhen : 0
  const answer = mm.decide.dirtyPause({
    dirtied, dirty, freerun: freerunCeiling(limits), limit: Math.max(limits.thresh, mm.writeback.dirtyLimit), position: position / RATIO_ONE, bandwidth: wb.avgWriteBandwidth, ratelimit: wb.dirtyRatelimit,
    sinceNs: since * tickNs, minNs: min * tickNs, maxNs: max * tickNs, tickNs,
  })
  // Stopped at the limit it sleeps, whatever is answered.
  const ticks = Math.max(rate === 0 ? 1 : 0, Math.ceil(answer / tickNs))
  const period = rate === 0 ? max : Math.floor((mm.hz * dirtied) / rate)
  // The rate dropped for a moment: part of what is cut off counts as slept.
  const cut = rate === 0 ? 0 : Math.max(0, period - since - max)
  return { from: now + Math.min(cut, max), ticks, period, owed: period - since, nrDirtiedPause, rate }
}

/** No sleep: the task owes it, unless it has not dirtied anything for a second. */
function carry(mm: Mm, task: Task, { period, owed }: Pause, pagesDirtied: number, now: number): void {
  if (owed < -mm.hz) task.dirtyPausedWhen = now
  else if (period > 0) task.dirtyPausedWhen += period
  else {
    if (task.nrDirtiedPause <= pagesDirtied) task.nrDirtiedPause += pagesDirtied
    return
  }
  task.nrDirtied = 0
}

/** wb_max_pause, ticks: with few pages on the way the disk would go idle in a long sleep. */
function maxPause(hz: number, wb: BdiWriteback, wbDirty: number): number {
  const most = Math.max(1, Math.floor(hz / 5))
  return Math.min(most, 1 + Math.floor(wbDirty / (1 + Math.floor(wb.avgWriteBandwidth / roundupPowOfTwo(1 + Math.floor(hz / 8))))))
}

/** wb_min_pause: the shortest sleep worth it, and the pages to dirty until the next look so that it is about twice as long. */
function minPause(hz: number, wb: BdiWriteback, max: number, rate: number): { readonly min: number; readonly pages: number } {
  const pow = roundupPowOfTwo(hz)
  const shared = Math.max(0, ilog2(wb.avgWriteBandwidth) - ilog2(wb.dirtyRatelimit))
  let t = Math.min(Math.max(1, Math.floor(hz / 100)) + Math.floor((shared * 10 * hz) / 1024), 1 + Math.floor(max / 2))
  let pages = Math.floor((wb.dirtyRatelimit * t) / pow)
  if (pages < DIRTY_POLL_THRESH) {
    t = max
    pages = Math.floor((wb.dirtyRatelimit * t) / pow)
    if (pages > DIRTY_POLL_THRESH) {
      pages = DIRTY_POLL_THRESH
      t = Math.floor((hz * DIRTY_POLL_THRESH) / wb.dirtyRatelimit)
    }
  }
  if (Math.floor((hz * pages) / (rate + 1)) > max) {
    t = max
    pages = Math.floor((rate * t) / pow)
  }
  return { min: pages >= DIRTY_POLL_THRESH ? 1 + Math.floor(t / 2) : t, pages }
}
