/**
 * How the multi-generational LRU finds young pages: by walking page tables when it ages, and around a page found young at eviction.
 * Source: mm/vmscan.c:iterate_mm_list, should_skip_mm, walk_mm, walk_pte_range, lru_gen_look_around, the Bloom filters (v6.1).
 * Simplifications: entries above the page tables keep no accessed bit of their own (a table all of whose entries are old is passed over as if its had been old);
 * a walk is preempted between address spaces; no locks are contended; no VM_SEQ_READ or VM_RAND_READ mappings; hashes are over the table's place, not its address.
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { PTE_DIRTY, PTE_VALUE, PTE_YOUNG, PTRS_PER_PTE, tableOf } from './area'
import type { Area } from './area'
import { folioMarkDirty } from './dirty'
import { isHugeMapped } from './huge-page'
import { LRU_GEN_FILE, MIN_LRU_BATCH, folioLruGen, folioType, folioUpdateGen, lruGenFromSeq, lruGenSwappiness } from './lru-gen'
import type { LruGen } from './lru-gen'
import type { Lruvec } from './lruvec'
import { folioLruvec } from './lruvec'
import type { Mm } from './mm'
import { PG_DIRTY, PG_MAPPED, PG_ORDER_MASK, PG_REFERENCED, PG_SWAPCACHE, isAnonFolio } from './page'
import { folioReferenced, mappingsOf, testClearYoung } from './rmap'
import { folioActivate } from './swap-lru'
import type { Task } from './task'

const BLOOM_FILTER_SHIFT = 15
const BLOOM_BITS = 1 << BLOOM_FILTER_SHIFT
/** Page table entries per cache line: a table is worth walking with one young entry in each. */
const PTES_PER_LINE = 8
/** Promotions a direct reclaimer may leave to its activation batch. */
const PAGEVEC_SIZE = 15

/** The group's address spaces, in the order in which they came to be. */
function nextMm(mm: Mm, from: number, memcg: number): Task | undefined {
  for (let id = from; id < mm.tasks.length; id++) if (!mm.tasks[id].kthread && !mm.tasks[id].exited && mm.tasks[id].memcg === memcg) return mm.tasks[id]
  return undefined
}

/**
 * try_to_inc_max_seq's loop: walks what other walkers left of this generation's address spaces. true: the caller was the last, so it shall start the new generation.
 */
export function* walkMms(mm: Mm, lruvec: Lruvec, maxSeq: number, canSwap: boolean): Episode<boolean> {
  const { gen: lrugen } = lruvec
  let walking = false
  let force = false
  for (;;) {
    if (maxSeq <= lrugen.walkedSeq) {
      if (walking) lrugen.nrWalkers--
      return walking && lrugen.nrWalkers === 0
    }
    const first = lrugen.nrWalkers === 0
    if (first) lrugen.nextMm = 0
    let task: Task | undefined
    for (;;) {
      const candidate = nextMm(mm, lrugen.nextMm, lruvec.memcg)
      if (candidate === undefined) break
      lrugen.nextMm = candidate.id + 1
      // Those that came after the last walk are walked without a filter, and so are all behind them.
      if (candidate.id >= lrugen.firstNew) {
        lrugen.firstNew = lrugen.nextMm
        force = true
      }
      if (skipMm(lruvec, candidate, canSwap, force)) continue
      task = candidate
      break
    }
    if (nextMm(mm, lrugen.nextMm, lruvec.memcg) === undefined) lrugen.walkedSeq++
    if (task === undefined) {
      if (walking) lrugen.nrWalkers--
      return lrugen.nrWalkers === 0
    }
    if (!walking) lrugen.nrWalkers++
    walking = true
    if (first) lrugen.filters[(maxSeq + 1) & 1]?.fill(0)
    if (first) lrugen.filters[(maxSeq + 1) & 1] ??= new Uint8Array(BLOOM_BITS)
    walkMm(mm, lruvec, task, { maxSeq, canSwap, force })
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
}

/** should_skip_mm: not used since the last walk, or too small. */
function skipMm(lruvec: Lruvec, task: Task, canSwap: boolean, force: boolean): boolean {
  const bit = 1 << (lruvec.node.id % 32)
  const used = (task.lruGenBitmap & bit) !== 0
  if (!force && !used) return true
  task.lruGenBitmap &= ~bit
  return (canSwap ? task.rssAnon + task.rssShmem : 0) + task.rssFile < MIN_LRU_BATCH
}

interface Walk {
  readonly maxSeq: number
  readonly canSwap: boolean
  /** Walk every table, whatever the filter says. */
  readonly force: boolean
}

function walkMm(mm: Mm, lruvec: Lruvec, task: Task, walk: Walk): void {
  const { gen: lrugen } = lruvec
  for (const area of task.areas.values()) {
    if ((area.file === undefined || area.file.tmpfs) && !walk.canSwap) continue
    for (let table = 0; table < area.tables.length; table++) {
      if (area.tables[table] === 0) continue
      mm.clock.now += mm.cost.walkTable
      if (mm.lruGen.nonleafYoung && !anyYoung(area, table)) continue
      if (isHugeMapped(area, table * PTRS_PER_PTE)) {
        walkHugePage(mm, lruvec, area, table * PTRS_PER_PTE, walk)
        continue
      }
      if (!walk.force && mm.lruGen.bloom && !testBloom(lrugen, walk.maxSeq, area, table)) continue
      if (walkTable(mm, lruvec, area, table, walk)) updateBloom(lrugen, walk.maxSeq + 1, area, table)
    }
  }
}

function anyYoung(area: Area, table: number): boolean {
  const end = Math.min((table + 1) * PTRS_PER_PTE, area.pages)
  for (let i = table * PTRS_PER_PTE; i < end; i++) if (area.pte[i] < 0 && (area.pte[i] & PTE_YOUNG) !== 0) return true
  return false
}

/** walk_pmd_range_locked for one huge page: its accessed bit is that of all its entries. */
function walkHugePage(mm: Mm, lruvec: Lruvec, area: Area, first: number, { maxSeq }: Walk): void {
  const head = area.pte[first] & PTE_VALUE
  let young = 0
  for (let i = first; i < first + PTRS_PER_PTE; i++) young |= testClearYoung(mm, area, i)
  mm.clock.now += mm.cost.walkPte
  if (young !== 0 && folioLruvec(mm, head) === lruvec) folioUpdateGen(mm, lruvec, head, lruGenFromSeq(maxSeq))
}

/** walk_pte_range. true: young entries are dense enough to come again. */
function walkTable(mm: Mm, lruvec: Lruvec, area: Area, table: number, { maxSeq, canSwap }: Walk): boolean {
  const end = Math.min((table + 1) * PTRS_PER_PTE, area.pages)
  const gen = lruGenFromSeq(maxSeq)
  let young = 0
  for (let i = table * PTRS_PER_PTE; i < end; i++) {
    if (!isYoung(mm, lruvec, area, i, canSwap)) continue
    young++
    folioUpdateGen(mm, lruvec, takeYoung(mm, area, i), gen)
  }
  const total = end - table * PTRS_PER_PTE
  mm.clock.now += total * mm.cost.walkPte + young * mm.cost.walkYoungPte
  return young * PTES_PER_LINE >= total
}

/** A young entry of a page of this lruvec that may be aged. */
function isYoung(mm: Mm, lruvec: Lruvec, area: Area, index: number, canSwap: boolean): boolean {
  const pte = area.pte[index]
  if (pte >= 0 || (pte & PTE_YOUNG) === 0) return false
  const pfn = pte & PTE_VALUE
  return folioLruvec(mm, pfn) === lruvec && (canSwap || folioType(mm.frames.flags[pfn]) === LRU_GEN_FILE)
}

/** Clears the accessed bit; a dirty entry of a page that isn't marked dirty yet marks it. */
function takeYoung(mm: Mm, area: Area, index: number): number {
  const pte = area.pte[index]
  const pfn = pte & PTE_VALUE
  const flags = mm.frames.flags[pfn]
  testClearYoung(mm, area, index)
  if ((pte & PTE_DIRTY) !== 0 && (flags & PG_DIRTY) === 0) {
    if (!isAnonFolio(flags)) folioMarkDirty(mm, pfn)
    else if ((flags & PG_SWAPCACHE) !== 0) mm.frames.flags[pfn] |= PG_DIRTY
  }
  return pfn
}

/** folio_referenced with look-around, which a PMD has none of: how many mappings found it young. `walker`: see lruGenLookAround. */
export function lruGenReferenced(mm: Mm, pfn: number, walker: boolean): number {
  if (!mm.lruGen.lookAround || (mm.frames.flags[pfn] & PG_ORDER_MASK) !== 0) return folioReferenced(mm, pfn)
  const index = mm.frames.index[pfn]
  const lruvec = folioLruvec(mm, pfn)
  let young = 0
  if ((mm.frames.flags[pfn] & PG_MAPPED) !== 0) mm.clock.now += mm.cost.referencedPage
  for (const area of mappingsOf(mm, pfn)) {
    if ((area.pte[index] & PTE_YOUNG) === 0) continue
    young++
    lruGenLookAround(mm, lruvec, area, index, !walker || lruGenSwappiness(mm, lruvec) > 0, walker)
    // Where a walker may not age anon, its own bit is still to be cleared.
    testClearYoung(mm, area, index)
  }
  return young
}

/**
 * lru_gen_look_around: a page about to be evicted was found young through entry `index`; its neighbours in the same table, at most 64, are looked at too.
 * `walker`: the reclaimer keeps a walk's batch (kswapd does); others leave a few promotions to their activation batch.
 */
function lruGenLookAround(mm: Mm, lruvec: Lruvec, area: Area, index: number, canSwap: boolean, walker: boolean): void {
  const { gen: lrugen } = lruvec
  const [start, end] = aroundEntry(area, index)
  const promoted: number[] = []
  let young = 0
  for (let i = start; i < end; i++) {
    if (!isYoung(mm, lruvec, area, i, canSwap)) continue
    young++
    const pfn = takeYoung(mm, area, i)
    const gen = folioLruGen(mm, pfn)
    if (gen < 0) mm.frames.flags[pfn] |= PG_REFERENCED
    else if (gen !== lruGenFromSeq(lrugen.maxSeq)) promoted.push(pfn)
  }
  mm.clock.now += (end - start) * mm.cost.walkPte + young * mm.cost.walkYoungPte
  if (young * PTES_PER_LINE >= end - start) updateBloom(lrugen, lrugen.maxSeq, area, tableOf(index))
  const few = !walker && promoted.length < PAGEVEC_SIZE
  for (const pfn of promoted) {
    if (few) folioActivate(mm, pfn)
    else folioUpdateGen(mm, lruvec, pfn, lruGenFromSeq(lrugen.maxSeq))
  }
}

/** At most MIN_LRU_BATCH entries of the table, with the found one in their midst where there is room. */
function aroundEntry(area: Area, index: number): readonly [number, number] {
  const first = tableOf(index) * PTRS_PER_PTE
  const last = Math.min(first + PTRS_PER_PTE, area.pages)
  if (last - first <= MIN_LRU_BATCH) return [first, last]
  const half = MIN_LRU_BATCH / 2
  if (index - first < half) return [first, first + MIN_LRU_BATCH]
  if (last - index < half) return [last - MIN_LRU_BATCH, last]
  return [index - half, index + half]
}

// ---- Bloom filters: two bits a table; a filter that was never made lets everything through ---------------------------------

function bloomKey(area: Area, table: number): number {
  return Math.imul(Math.imul(area.id, 0x9e3779b1) + table, 0x61c88647) >>> 2
}

function testBloom(lrugen: LruGen, seq: number, area: Area, table: number): boolean {
  const filter = lrugen.filters[seq & 1]
  if (filter === undefined) return true
  const key = bloomKey(area, table)
  return filter[key & (BLOOM_BITS - 1)] !== 0 && filter[key >>> BLOOM_FILTER_SHIFT] !== 0
}

function updateBloom(lrugen: LruGen, seq: number, area: Area, table: number): void {
  const filter = lrugen.filters[seq & 1]
  if (filter === undefined) return
  const key = bloomKey(area, table)
  filter[key & (BLOOM_BITS - 1)] = 1
  filter[key >>> BLOOM_FILTER_SHIFT] = 1
}
