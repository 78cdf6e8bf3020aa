/**
 * memory.high: whoever allocates beyond it reclaims inside the group, and if that is not enough sleeps, the longer the further the group is over.
 * Source: mm/memcontrol.c:reclaim_high, calculate_overage, calculate_high_delay, mem_cgroup_handle_over_high (v6.1). Runs when the task is about to return to user space.
 */
import type { Episode } from '../core/clock'
import { BLOCK } from '../core/clock'
import { tryToFreeMemcgPages } from './direct-reclaim'
import { GFP_KERNEL } from './gfp'
import type { Memcg } from './memcg'
import { memcgMemoryEvent } from './memcg'
import { MEMCG_CHARGE_BATCH } from './memcg-stock'
import type { Mm } from './mm'
import type { PageCounter } from './page-counter'
import { MAX_RECLAIM_RETRIES, SWAP_CLUSTER_MAX } from './scan-control'

/** MEMCG_MAX_HIGH_DELAY_JIFFIES, in seconds. */
const MAX_HIGH_DELAY_S = 2
const MEMCG_DELAY_PRECISION_SHIFT = 20n
const MEMCG_DELAY_SCALING_SHIFT = 14n

/** calculate_overage: how far over, in 2^-20 of the limit (u64). */
function calculateOverage({ usage, high }: Pick<PageCounter, 'usage' | 'high'>): bigint {
  if (usage <= high) return 0n
  return (BigInt(usage - high) << MEMCG_DELAY_PRECISION_SHIFT) / BigInt(Math.max(high, 1))
}

/** calculate_high_delay: ticks to sleep for `pages` charged. In u64, which a limit of a few pages overflows as it does in the kernel. */
export function calculateHighDelay(counter: Pick<PageCounter, 'usage' | 'high'>, pages: number, hz: number): number {
  return highDelay(calculateOverage(counter), pages, hz)
}

function highDelay(overage: bigint, pages: number, hz: number): number {
  const penalty = BigInt.asUintN(64, overage * overage * BigInt(hz)) >> MEMCG_DELAY_PRECISION_SHIFT >> MEMCG_DELAY_SCALING_SHIFT
  return Number(BigInt.asUintN(64, penalty * BigInt(pages)) / BigInt(MEMCG_CHARGE_BATCH))
}

/** mem_find_max_overage, swap_find_max_overage: the worst level below the root. */
function maxOverage(mm: Mm, memcg: Memcg, of: 'memory' | 'swap'): bigint {
  let most = 0n
  for (let group: Memcg | undefined = memcg; group !== undefined && group.id !== 0; group = group.parent) {
    const overage = calculateOverage(group[of])
    if (overage > 0n && of === 'swap') memcgMemoryEvent(mm.memcgs, group, 'swap_high')
    if (overage > most) most = overage
  }
  return most
}

/** reclaim_high: at every level that is over. Pages reclaimed. */
function* reclaimHigh(mm: Mm, memcg: Memcg, pages: number): Episode<number> {
  let reclaimed = 0
  for (let group: Memcg | undefined = memcg; group !== undefined && group.id !== 0; group = group.parent) {
    if (group.memory.usage <= group.memory.high) continue
    memcgMemoryEvent(mm.memcgs, group, 'high')
    mm.psi.enter(mm.current)
    reclaimed += yield* tryToFreeMemcgPages(mm, group, pages, GFP_KERNEL, true, false)
    mm.psi.leave(mm.current)
  }
  return reclaimed
}

/** mem_cgroup_handle_over_high, for the current task. */
export function* handleOverHigh(mm: Mm): Episode<void> {
  const task = mm.current
  const pages = task.memcgNrPagesOverHigh
  task.memcgNrPagesOverHigh = 0
  const memcg = mm.memcgs.groups[task.memcg]
  let retries = MAX_RECLAIM_RETRIES
  for (let wanted = pages; ; wanted = SWAP_CLUSTER_MAX) {
    const reclaimed = yield* reclaimHigh(mm, memcg, wanted)
    const delay = Math.min(highDelay(maxOverage(mm, memcg, 'memory'), pages, mm.hz) + highDelay(maxOverage(mm, memcg, 'swap'), pages, mm.hz), MAX_HIGH_DELAY_S * mm.hz)
    // A hundredth of a second is not worth a sleep.
    if (delay <= Math.floor(mm.hz / 100)) return
    if (reclaimed > 0 || retries-- > 0) continue
    yield* sleepForHigh(mm, memcg, delay)
    return
  }
}

/** schedule_timeout_killable. */
function* sleepForHigh(mm: Mm, memcg: Memcg, ticks: number): Episode<void> {
  const task = mm.current
  const start = mm.clock.now
  mm.psi.enter(task)
  mm.sched.sleep('mem_cgroup_handle_over_high', mm.sched.ticks(ticks), undefined, false, true)
  yield BLOCK
  mm.psi.leave(task)
  memcg.stat.high_throttled++
  memcg.stat.high_throttled_ns += mm.clock.now - start
  mm.trace.memcgThrottled(memcg, start)
}
