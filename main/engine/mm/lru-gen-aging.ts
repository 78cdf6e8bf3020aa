/**
 * The aging of the multi-generational LRU: when a new generation is due, the page tables are walked for young pages and the youngest generation starts.
 * Source: mm/vmscan.c:should_run_aging, try_to_inc_max_seq, inc_max_seq, inc_min_seq, try_to_inc_min_seq, age_lruvec, lru_gen_age_node (v6.1).
 */
import { LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { BLOCK, RUN } from '../core/clock'
import { ANON_AND_FILE, LRU_GEN_ANON, LRU_GEN_FILE, MAX_LRU_BATCH, MAX_NR_GENS, MIN_NR_GENS, folioIncGen, genList, getNrGens, lruGenFromSeq, lruGenSwappiness, moveToOwnGen } from './lru-gen'
import type { LruGen } from './lru-gen'
import { resetCtrlPos } from './lru-gen-control'
import { walkMms } from './lru-gen-walk'
import { calculateProtection, memcgBelowMin } from './memcg-protection'
import type { Lruvec } from './lruvec'
import { LRU_ACTIVE, updateLruSize } from './lru-size'
import type { Mm } from './mm'
import type { Pgdat } from './mmzone'
import { MAX_NR_ZONES } from './mmzone'
import { outOfMemory } from './oom-kill'
import { DEF_PRIORITY } from './scan-control'
import type { ScanControl } from './scan-control'

/** What should_run_aging finds: is a new generation due, and how many pages the lruvec holds. */
export function shouldRunAging(lrugen: LruGen, canSwap: boolean): { due: boolean; total: number } {
  const { maxSeq, minSeq } = lrugen
  let young = 0
  let old = 0
  let total = 0
  for (let type = canSwap ? LRU_GEN_ANON : LRU_GEN_FILE; type < ANON_AND_FILE; type++) {
    for (let seq = minSeq[type]; seq <= maxSeq; seq++) {
      const size = genSize(lrugen, lruGenFromSeq(seq), type)
      total += size
      if (seq === maxSeq) young += size
      else if (seq + MIN_NR_GENS === maxSeq) old += size
    }
  }
  const oldest = minSeq[canSwap ? LRU_GEN_ANON : LRU_GEN_FILE] + MIN_NR_GENS
  // One generation more than the least is ideal; then the youngest should hold no more than half, the oldest no less than a quarter.
  const due = oldest > maxSeq || (oldest === maxSeq && (young * MIN_NR_GENS > total || old * (MIN_NR_GENS + 2) < total))
  return { due, total }
}

/** Pages of one generation and type. */
export function genSize(lrugen: LruGen, gen: number, type: number): number {
  let size = 0
  for (let zone = 0; zone < MAX_NR_ZONES; zone++) size += lrugen.nrPages[genList(gen, type, zone)]
  return size
}

/** try_to_inc_max_seq: walks, or waits for those who do. true: there is a younger generation than `maxSeq` now. */
export function* tryToIncMaxSeq(mm: Mm, lruvec: Lruvec, maxSeq: number, sc: ScanControl, canSwap: boolean): Episode<boolean> {
  const { gen: lrugen } = lruvec
  let last = false
  if (maxSeq > lrugen.walkedSeq) {
    if (mm.lruGen.mmWalk) sc.mmWalk = true
    if (mm.lruGen.mmWalk) last = yield* walkMms(mm, lruvec, maxSeq, canSwap)
    else if (lrugen.nrWalkers === 0) {
      lrugen.walkedSeq++
      last = true
    }
  }
  if (!last) {
    while (sc.priority <= DEF_PRIORITY - 2 && maxSeq >= lrugen.maxSeq && !mm.current.killed) {
      mm.sched.sleep('lru_gen walkers', Infinity, lrugen.wait, false, true)
      yield BLOCK
    }
    return maxSeq < lrugen.maxSeq
  }
  yield* incMaxSeq(mm, lruvec, canSwap)
  mm.sched.wakeAll(lrugen.wait)
  return true
}

/** inc_max_seq: makes room for a generation, and counts the one that is no longer among the two youngest as inactive. */
function* incMaxSeq(mm: Mm, lruvec: Lruvec, canSwap: boolean): Episode<void> {
  const { gen: lrugen } = lruvec
  for (let type = ANON_AND_FILE - 1; type >= 0; type--) {
    if (getNrGens(lrugen, type) !== MAX_NR_GENS) continue
    while (!incMinSeq(mm, lruvec, type, canSwap)) if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  const prev = lruGenFromSeq(lrugen.maxSeq - 1)
  const next = lruGenFromSeq(lrugen.maxSeq + 1)
  for (const zone of lruvec.node.populated()) {
    for (let type = 0; type < ANON_AND_FILE; type++) {
      const delta = lrugen.nrPages[genList(prev, type, zone.idx)] - lrugen.nrPages[genList(next, type, zone.idx)]
      const lru = type === LRU_GEN_FILE ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON
      updateLruSize(lruvec, zone, lru, delta)
      updateLruSize(lruvec, zone, lru + LRU_ACTIVE, -delta)
    }
  }
  lrugen.timestamps[next] = mm.clock.now
  lrugen.maxSeq++
}

/** inc_min_seq: the oldest generation is folded into the next, at most 4096 pages at a time. false: some are left. */
function incMinSeq(mm: Mm, lruvec: Lruvec, type: number, canSwap: boolean): boolean {
  const { gen: lrugen } = lruvec
  let remaining = MAX_LRU_BATCH
  if (type === LRU_GEN_FILE || canSwap) {
    const old = lruGenFromSeq(lrugen.minSeq[type])
    for (let zone = 0; zone < MAX_NR_ZONES; zone++) {
      for (let tail = lrugen.lists.tail[genList(old, type, zone)]; tail !== 0; tail = lrugen.lists.tail[genList(old, type, zone)]) {
        mm.clock.now += mm.cost.scanPage
        folioIncGen(mm, lruvec, tail - 1, false)
        moveToOwnGen(mm, lruvec, tail - 1, true)
        if (--remaining === 0) return false
      }
    }
  }
  resetCtrlPos(lrugen, type)
  lrugen.minSeq[type]++
  return true
}

/** try_to_inc_min_seq: empty oldest generations are given up. File never falls behind anon where both can go. true: one was. */
export function tryToIncMinSeq(lrugen: LruGen, canSwap: boolean): boolean {
  const least = [lrugen.minSeq[LRU_GEN_ANON], lrugen.minSeq[LRU_GEN_FILE]]
  const first = canSwap ? LRU_GEN_ANON : LRU_GEN_FILE
  for (let type = first; type < ANON_AND_FILE; type++) {
    while (least[type] + MIN_NR_GENS <= lrugen.maxSeq && isEmpty(lrugen, lruGenFromSeq(least[type]), type)) least[type]++
  }
  if (canSwap) {
    least[LRU_GEN_ANON] = Math.min(least[LRU_GEN_ANON], least[LRU_GEN_FILE])
    least[LRU_GEN_FILE] = Math.max(least[LRU_GEN_ANON], lrugen.minSeq[LRU_GEN_FILE])
  }
  let success = false
  for (let type = first; type < ANON_AND_FILE; type++) {
    if (least[type] === lrugen.minSeq[type]) continue
    resetCtrlPos(lrugen, type)
    lrugen.minSeq[type] = least[type]
    success = true
  }
  return success
}

function isEmpty(lrugen: LruGen, gen: number, type: number): boolean {
  for (let zone = 0; zone < MAX_NR_ZONES; zone++) if (lrugen.lists.head[genList(gen, type, zone)] !== 0) return false
  return true
}

/** lru_gen_age_node: kswapd's step before it evicts. Skipped in its first pass, and after an eviction that found enough without aging. */
export function* lruGenAgeNode(mm: Mm, node: Pgdat, sc: ScanControl): Episode<void> {
  const { minTtl } = mm.lruGen
  sc.lastReclaimed = sc.nrReclaimed
  if (!sc.memcgsNeedAging) {
    sc.memcgsNeedAging = true
    return
  }
  let success = false
  for (const lruvec of mm.lruvecsOf(node)) if (yield* ageLruvec(mm, lruvec, sc, minTtl)) success = true
  // Every generation is younger than the working set that shall be kept: better one task less than all of them thrashing.
  if (!success && minTtl > 0 && sc.order === 0 && !mm.oom.locked) outOfMemory(mm, sc.gfp, 0)
}

/** age_lruvec. false: what it holds is too young to go, or too little, or protected by memory.min. */
function* ageLruvec(mm: Mm, lruvec: Lruvec, sc: ScanControl, minTtl: number): Episode<boolean> {
  const { gen: lrugen } = lruvec
  const memcg = mm.memcgs.groups[lruvec.memcg]
  calculateProtection(mm, mm.memcgs.root, memcg)
  if (memcgBelowMin(memcg)) return false
  const canSwap = lruGenSwappiness(mm, lruvec) > 0
  const { maxSeq } = lrugen
  const { due, total } = shouldRunAging(lrugen, canSwap)
  if (minTtl > 0) {
    const birth = lrugen.timestamps[lruGenFromSeq(lrugen.minSeq[LRU_GEN_FILE])]
    if (mm.clock.now < birth + minTtl) return false
    if (Math.floor(total / (1 << sc.priority)) === 0 && sc.priority !== DEF_PRIORITY) return false
  }
  if (due) yield* tryToIncMaxSeq(mm, lruvec, maxSeq, sc, canSwap)
  return true
}
