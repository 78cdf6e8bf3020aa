/**
 * Writes to a group's files, by a task of the workload or a policy's controller: one entry for both. What a write sets holds at once; the reclaim that it causes belongs to the writer.
 * Source: mm/memcontrol.c:memory_min_write, memory_low_write, memory_high_write, memory_max_write, memory_reclaim, swap_max_write, swap_high_write, mem_cgroup_write, mem_cgroup_resize_max,
 * mem_cgroup_css_offline (v6.1). Values are pages, the limits' "max" is PAGE_COUNTER_MAX. Results are the kernel's: 0, or a negative errno.
 */
import type { Episode } from '../core/clock'
import type { MemcgKnob } from '../sim/scenario'
import { tryToFreeMemcgPages } from './direct-reclaim'
import { GFP_KERNEL } from './gfp'
import type { Memcg } from './memcg'
import { memcgMemoryEvent } from './memcg'
import { memcgOutOfMemory } from './memcg-charge'
import { drainAllStock, reparentObjects } from './memcg-stock'
import type { Mm } from './mm'
import { pageCounterSetLow, pageCounterSetMin } from './page-counter'
import { MAX_RECLAIM_RETRIES } from './scan-control'
import { lruAddDrainAll } from './swap-lru'

export const EINTR = -4
export const EAGAIN = -11
export const EBUSY = -16
export const EINVAL = -22

/** Knobs of a v2 group, and those of v1. memory.reclaim and memory.swappiness take no "max". */
export const V2_KNOBS: readonly MemcgKnob[] = ['memory.min', 'memory.low', 'memory.high', 'memory.max', 'memory.reclaim', 'memory.swap.high', 'memory.swap.max', 'memory.oom.group']
export const V1_KNOBS: readonly MemcgKnob[] = ['memory.limit_in_bytes', 'memory.soft_limit_in_bytes', 'memory.swappiness']

/** Why a write makes no sense here, or undefined. */
export function refuseMemcgWrite(mm: Mm, path: string, knob: MemcgKnob, value: number): string | undefined {
  const memcg = mm.memcgs.find(path)
  if (memcg === undefined || memcg.id === 0) return `there is no memory cgroup ${path}`
  if (!memcg.online) return `${path} was removed`
  if (!(mm.memcgs.legacy ? V1_KNOBS : V2_KNOBS).includes(knob)) return `${knob} belongs to the other version of cgroups`
  if (!Number.isInteger(value) || value < 0) return `${value} is no whole number of pages`
  if (knob === 'memory.swappiness' && value > 200) return `${value} is more than 200`
  return undefined
}

/** Sets the knob now; what the writer has left to do comes back as an episode, whose result is the write's. The write must not be refused by `refuseMemcgWrite`. */
export function writeMemcgKnob(mm: Mm, path: string, knob: MemcgKnob, value: number): Episode<number> {
  const memcg = mm.memcgs.find(path) ?? mm.memcgs.root
  switch (knob) {
    case 'memory.min':
      pageCounterSetMin(memcg.memory, value)
      return nothing()
    case 'memory.low':
      pageCounterSetLow(memcg.memory, value)
      return nothing()
    case 'memory.high':
      memcg.memory.high = value
      return enforceHigh(mm, memcg, value)
    case 'memory.max':
      memcg.memory.max = value
      return enforceMax(mm, memcg, value)
    case 'memory.reclaim':
      return memoryReclaim(mm, memcg, value)
    case 'memory.swap.high':
      memcg.swap.high = value
      return nothing()
    case 'memory.swap.max':
      memcg.swap.max = value
      return nothing()
    case 'memory.oom.group':
      memcg.oomGroup = value !== 0
      return nothing()
    case 'memory.limit_in_bytes':
      return resizeMax(mm, memcg, value)
    case 'memory.soft_limit_in_bytes':
      memcg.softLimit = value
      return nothing()
    case 'memory.swappiness':
      memcg.swappiness = value
      return nothing()
  }
}

/** The whole write: refused, or done, and noted in the log. What a process of the workload does; a controller that is no task takes `writeMemcgKnob` and leaves the episode to one. */
export function* writeMemcg(mm: Mm, path: string, knob: MemcgKnob, value: number): Episode<number> {
  const refused = refuseMemcgWrite(mm, path, knob, value)
  if (refused !== undefined) {
    mm.trace.memcgWrite(path, knob, value, { refused })
    return EINVAL
  }
  const start = mm.clock.now
  const result = yield* writeMemcgKnob(mm, path, knob, value)
  mm.trace.memcgWrite(path, knob, value, { result }, start)
  return result
}

function* nothing(): Episode<number> {
  return 0
}

/** memory_high_write: down to the limit, as far as it goes. */
function* enforceHigh(mm: Mm, memcg: Memcg, high: number): Episode<number> {
  let retries = MAX_RECLAIM_RETRIES
  let drained = false
  while (memcg.memory.usage > high && !mm.current.killed) {
    if (!drained) {
      drainAllStock(mm, memcg)
      drained = true
      continue
    }
    const reclaimed = yield* tryToFreeMemcgPages(mm, memcg, memcg.memory.usage - high, GFP_KERNEL, true, false)
    if (reclaimed === 0 && retries-- === 0) break
  }
  return 0
}

/** memory_max_write: down to the limit, by killing if reclaim can't. */
function* enforceMax(mm: Mm, memcg: Memcg, max: number): Episode<number> {
  let reclaims = MAX_RECLAIM_RETRIES
  let drained = false
  while (memcg.memory.usage > max && !mm.current.killed) {
    if (!drained) {
      drainAllStock(mm, memcg)
      drained = true
      continue
    }
    if (reclaims > 0) {
      if ((yield* tryToFreeMemcgPages(mm, memcg, memcg.memory.usage - max, GFP_KERNEL, true, false)) === 0) reclaims--
      continue
    }
    memcgMemoryEvent(mm.memcgs, memcg, 'oom')
    if (!(yield* memcgOutOfMemory(mm, memcg, GFP_KERNEL))) break
  }
  return 0
}

/** memory_reclaim: so many pages, or -EAGAIN after 16 tries that gave nothing. */
function* memoryReclaim(mm: Mm, memcg: Memcg, pages: number): Episode<number> {
  let retries = MAX_RECLAIM_RETRIES
  let reclaimed = 0
  while (reclaimed < pages) {
    if (mm.current.killed) return EINTR
    // The last try: pages that wait in batches may be what is left.
    if (retries === 0) lruAddDrainAll(mm)
    const now = yield* tryToFreeMemcgPages(mm, memcg, pages - reclaimed, GFP_KERNEL, true, true)
    if (now === 0 && retries-- === 0) return EAGAIN
    reclaimed += now
  }
  return 0
}

/** mem_cgroup_resize_max (v1): the limit is only set once usage is below it; nobody is killed for it. */
function* resizeMax(mm: Mm, memcg: Memcg, max: number): Episode<number> {
  let drained = false
  for (;;) {
    if (mm.current.killed) return EINTR
    if (memcg.memory.usage <= max) {
      memcg.memory.max = max
      return 0
    }
    if (!drained) {
      drainAllStock(mm, memcg)
      drained = true
    } else if ((yield* tryToFreeMemcgPages(mm, memcg, 1, GFP_KERNEL, true, false)) === 0) return EBUSY
  }
}

/** rmdir of a group without tasks and without groups below: its protection ends, its pages stay charged to it until they are reclaimed, its kernel objects go to its parent. */
export function removeMemcg(mm: Mm, path: string): number {
  const memcg = mm.memcgs.find(path)
  if (memcg === undefined || memcg.id === 0 || !memcg.online) return EINVAL
  if (memcg.children.some((child) => child.online) || mm.tasks.some((task) => task.memcg === memcg.id && !task.exited)) return EBUSY
  pageCounterSetMin(memcg.memory, 0)
  pageCounterSetLow(memcg.memory, 0)
  reparentObjects(memcg)
  drainAllStock(mm, memcg)
  memcg.online = false
  for (const tree of mm.memcgs.softLimits.trees) tree.remove(memcg)
  return 0
}
