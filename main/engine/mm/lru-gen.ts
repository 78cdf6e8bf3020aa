/**
 * The multi-generational LRU's state and list operations: generations of pages by age, tiers within a generation by accesses through file descriptors.
 * Source: include/linux/mmzone.h:struct lru_gen_struct, include/linux/mm_inline.h:lru_gen_add_folio, lru_gen_del_folio, lru_gen_update_size, folio_lru_refs;
 * mm/vmscan.c:folio_update_gen, folio_inc_gen; mm/swap.c:folio_inc_refs (v6.1 with the fix of 6.1.69, CONFIG_LRU_GEN_STATS off).
 * A frame's generation and its counted references live in the column `lruGen`, which stays untouched while the classic lists are in use.
 */
import { LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import { createLists, listAdd, listAddTail, listDel } from './list'
import type { Lists } from './list'
import { LRU_ACTIVE, updateLruSize } from './lru-size'
import type { Lruvec } from './lruvec'
import { memcgNrSwapPages } from './memcg-stock'
import type { Mm } from './mm'
import { MAX_NR_ZONES } from './mmzone'
import { PG_ACTIVE, PG_DIRTY, PG_LRU, PG_RECLAIM, PG_REFERENCED, PG_SWAPBACKED, PG_SWAPCACHE, PG_UNEVICTABLE, PG_WORKINGSET, PG_WRITEBACK, folioNrPages } from './page'
import { WaitQueue } from './task'

export const MIN_NR_GENS = 2
export const MAX_NR_GENS = 4
export const MAX_NR_TIERS = 4
/** Folios isolated at a time, and free swap slots below which anon is left alone. */
export const MIN_LRU_BATCH = 64
export const MAX_LRU_BATCH = 64 * MIN_LRU_BATCH
export const LRU_GEN_ANON = 0
export const LRU_GEN_FILE = 1
export const ANON_AND_FILE = 2

/** Bits of /sys/kernel/mm/lru_gen/enabled. */
export const LRU_GEN_CORE = 1
export const LRU_GEN_MM_WALK = 2
export const LRU_GEN_NONLEAF_YOUNG = 4

/**
 * The frame column: generation + 1 while on a list, references counted beyond PG_workingset's, and the generation on whose list the folio is linked (the aging
 * promotes folios without moving them; a kernel's list_del needs not know the list).
 */
const GEN_MASK = 7
const REFS_SHIFT = 3
/** Two bits (LRU_REFS_WIDTH), and so the largest count. */
const REFS_MAX = 3
/** Accesses beyond the first that can be told apart. */
export const LRU_REFS_LIMIT = REFS_MAX + 1
const REFS_MASK = REFS_MAX << REFS_SHIFT
const LINKED_SHIFT = 5

/** Which parts of the mechanism are on, machine-wide. All but core, mmWalk, nonleafYoung and minTtl can't be switched in a kernel; they are here to see what each part does. */
export class LruGenCaps {
  core = false
  /** Generations have been in use: pages may be isolated that no counter knows of. */
  everOn = false
  mmWalk = true
  nonleafYoung = true
  /** Promote the neighbours of a page found young at eviction. */
  lookAround = true
  /** Protect pages that were read several times, by their tier's refaults. */
  tiers = true
  /** Choose between anon and file by their refaults; else the older type first and then by swappiness alone. */
  typeControl = true
  /** As of 6.1.69 ("fix underprotected page cache"): pages join further from the tail, and those read five times are always protected. */
  protect = true
  /** Walk only page tables that held enough young entries the last time, or at eviction. */
  bloom = true
  /** A generation younger than this is not evicted: rather kill somebody. ns; 0 = off. */
  minTtl = 0
}

/** Generations of one lruvec (struct lru_gen_struct and struct lru_gen_mm_state). */
export class LruGen {
  enabled = false
  maxSeq = MIN_NR_GENS + 1
  /** Oldest generation of anon and of file. */
  readonly minSeq = new Float64Array(ANON_AND_FILE)
  /** Birth of each generation, ns. */
  readonly timestamps = new Float64Array(MAX_NR_GENS)
  /** By genList(). */
  readonly lists: Lists = createLists(MAX_NR_GENS * ANON_AND_FILE * MAX_NR_ZONES)
  readonly nrPages = new Float64Array(MAX_NR_GENS * ANON_AND_FILE * MAX_NR_ZONES)
  /** The controller's counts, by type and tier: moving averages, and those of the generation being evicted. */
  readonly avgRefaulted = new Float64Array(ANON_AND_FILE * MAX_NR_TIERS)
  readonly avgTotal = new Float64Array(ANON_AND_FILE * MAX_NR_TIERS)
  readonly refaulted = new Float64Array(ANON_AND_FILE * MAX_NR_TIERS)
  readonly evicted = new Float64Array(ANON_AND_FILE * MAX_NR_TIERS)
  /** The first tier is never protected. */
  readonly protected = new Float64Array(ANON_AND_FILE * MAX_NR_TIERS)

  /** Page tables were last walked for this generation. */
  walkedSeq = MIN_NR_GENS
  nrWalkers = 0
  /** Next address space of the walk under way, as a task id; those from `firstNew` on have not been walked yet. */
  nextMm = 0
  firstNew = 0
  readonly wait = new WaitQueue()
  /** Two filters that take turns; made when first needed. */
  readonly filters: (Uint8Array | undefined)[] = [undefined, undefined]
}

/** get_swappiness: 0 while the swap that the group may use is all but used up. */
export function lruGenSwappiness(mm: Mm, lruvec: Lruvec): number {
  const memcg = mm.memcgs.groups[lruvec.memcg]
  return memcgNrSwapPages(mm, memcg) < MIN_LRU_BATCH ? 0 : (memcg.swappiness ?? mm.sysctl.num('vm.swappiness'))
}

export function getNrGens(gen: LruGen, type: number): number {
  return gen.maxSeq - gen.minSeq[type] + 1
}

/** Index of a list and of its count. */
export function genList(gen: number, type: number, zone: number): number {
  return (gen * ANON_AND_FILE + type) * MAX_NR_ZONES + zone
}

export function lruGenFromSeq(seq: number): number {
  return seq % MAX_NR_GENS
}

/** The two youngest generations count as active in vmstat. */
function lruGenIsActive(lrugen: LruGen, gen: number): boolean {
  return gen === lrugen.maxSeq % MAX_NR_GENS || gen === (lrugen.maxSeq - 1) % MAX_NR_GENS
}

/** The generation a folio is in, or -1. */
export function folioLruGen(mm: Mm, pfn: number): number {
  return (mm.frames.lruGen[pfn] & GEN_MASK) - 1
}

function linkedGen(mm: Mm, pfn: number): number {
  return mm.frames.lruGen[pfn] >>> LINKED_SHIFT
}

/** The list that a folio is linked in. */
export function lruGenLinkedList(mm: Mm, pfn: number): number {
  return genList(linkedGen(mm, pfn), folioType(mm.frames.flags[pfn]), mm.zoneOf(pfn).idx)
}

/** list_move, list_move_tail: to the list of the folio's own generation. */
export function moveToOwnGen(mm: Mm, lruvec: Lruvec, pfn: number, tail: boolean): void {
  const f = mm.frames
  const { lists } = lruvec.gen
  const type = folioType(f.flags[pfn])
  const zone = mm.zoneOf(pfn).idx
  const gen = folioLruGen(mm, pfn)
  listDel(f, lists, genList(linkedGen(mm, pfn), type, zone), pfn)
  f.lruGen[pfn] = (f.lruGen[pfn] & (GEN_MASK | REFS_MASK)) | (gen << LINKED_SHIFT)
  if (tail) listAddTail(f, lists, genList(gen, type, zone), pfn)
  else listAdd(f, lists, genList(gen, type, zone), pfn)
}

export function folioType(flags: number): number {
  return (flags & PG_SWAPBACKED) !== 0 ? LRU_GEN_ANON : LRU_GEN_FILE
}

/** Accesses through file descriptors beyond the first, 0..4. The counted ones mean something only beside PG_workingset. */
export function folioLruRefs(mm: Mm, pfn: number): number {
  return (mm.frames.flags[pfn] & PG_WORKINGSET) !== 0 ? countedRefs(mm.frames.lruGen[pfn]) + 1 : 0
}

function countedRefs(column: number): number {
  return (column & REFS_MASK) >>> REFS_SHIFT
}

const TIERS = [0, 1, 2, 2, 3]

/** lru_tier_from_refs: order_base_2(refs + 1). */
export function lruTierFromRefs(refs: number): number {
  return TIERS[refs]
}

/** folio_inc_refs: PG_referenced, then PG_workingset, then the counter. */
export function folioIncRefs(mm: Mm, pfn: number): void {
  const f = mm.frames
  const flags = f.flags[pfn]
  if ((flags & PG_UNEVICTABLE) !== 0) return
  if ((flags & PG_REFERENCED) === 0) f.flags[pfn] = flags | PG_REFERENCED
  else if ((flags & PG_WORKINGSET) === 0) folioSetWorkingset(mm, pfn)
  else if (countedRefs(f.lruGen[pfn]) < REFS_MAX) f.lruGen[pfn] += 1 << REFS_SHIFT
}

/** Sets PG_workingset with no references counted beyond it, or as many as can be. */
export function folioSetWorkingset(mm: Mm, pfn: number, counted: 'none' | 'all' = 'none'): void {
  const f = mm.frames
  f.flags[pfn] |= PG_WORKINGSET
  f.lruGen[pfn] = (f.lruGen[pfn] & ~REFS_MASK) | (counted === 'all' ? REFS_MASK : 0)
}

/** Forgets all accesses; what `set` names is set instead. */
export function clearLruRefs(mm: Mm, pfn: number, set = 0): void {
  const f = mm.frames
  f.flags[pfn] = (f.flags[pfn] & ~(PG_REFERENCED | PG_WORKINGSET)) | set
  f.lruGen[pfn] &= ~REFS_MASK
}

/** lru_gen_add_folio. false: it is unevictable. */
export function lruGenAddFolio(mm: Mm, lruvec: Lruvec, pfn: number, reclaiming: boolean): boolean {
  const f = mm.frames
  const flags = f.flags[pfn]
  if ((flags & PG_UNEVICTABLE) !== 0) return false
  const lrugen = lruvec.gen
  const type = folioType(flags)
  const gen = lruGenFromSeq(seqToJoin(mm.lruGen, lrugen, type, flags, reclaiming))
  f.lruGen[pfn] = (f.lruGen[pfn] & REFS_MASK) | (gen << LINKED_SHIFT) | (gen + 1)
  f.flags[pfn] = (flags & ~PG_ACTIVE) | PG_LRU
  const zone = mm.zoneOf(pfn)
  const list = genList(gen, type, zone.idx)
  const pages = folioNrPages(flags)
  lrugen.nrPages[list] += pages
  updateLruSize(lruvec, zone, lruOf(lrugen, type, gen), pages)
  if (reclaiming) listAddTail(f, lrugen.lists, list, pfn)
  else listAdd(f, lrugen.lists, list, pfn)
  return true
}

/** Hot; not evictable yet (anon without a slot, or a write pending); the rest, which 6.1.69 put further from the tail unless it shall go first. */
function seqToJoin({ protect }: LruGenCaps, { maxSeq, minSeq }: LruGen, type: number, flags: number, reclaiming: boolean): number {
  if ((flags & PG_ACTIVE) !== 0) return maxSeq
  const pending = (type === LRU_GEN_ANON && (flags & PG_SWAPCACHE) === 0) || ((flags & PG_RECLAIM) !== 0 && (flags & (PG_DIRTY | PG_WRITEBACK)) !== 0)
  if (pending) return protect ? maxSeq - 1 : minSeq[type] + 1
  return !protect || reclaiming || minSeq[type] + MIN_NR_GENS >= maxSeq ? minSeq[type] : minSeq[type] + 1
}

/** lru_gen_del_folio; PG_lru is cleared too. Taken for other ends than reclaim, a folio of an active generation keeps PG_active. false: it is in none. */
export function lruGenDelFolio(mm: Mm, lruvec: Lruvec, pfn: number, reclaiming: boolean): boolean {
  const f = mm.frames
  const gen = (f.lruGen[pfn] & GEN_MASK) - 1
  if (gen < 0) return false
  const lrugen = lruvec.gen
  const type = folioType(f.flags[pfn])
  const pages = folioNrPages(f.flags[pfn])
  const zone = mm.zoneOf(pfn)
  const active = lruGenIsActive(lrugen, gen)
  listDel(f, lrugen.lists, genList(linkedGen(mm, pfn), type, zone.idx), pfn)
  lrugen.nrPages[genList(gen, type, zone.idx)] -= pages
  updateLruSize(lruvec, zone, lruOf(lrugen, type, gen), -pages)
  f.lruGen[pfn] &= REFS_MASK
  f.flags[pfn] = (f.flags[pfn] & ~PG_LRU) | (!reclaiming && active ? PG_ACTIVE : 0)
  return true
}

/** The classic list as which a generation is counted. */
export function lruOf(lrugen: LruGen, type: number, gen: number): number {
  return (type === LRU_GEN_FILE ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON) + (lruGenIsActive(lrugen, gen) ? LRU_ACTIVE : 0)
}

/** lru_gen_update_size of a folio that changes generations. */
function updateGenSize(mm: Mm, lruvec: Lruvec, pfn: number, from: number, to: number): void {
  const { gen: lrugen } = lruvec
  const type = folioType(mm.frames.flags[pfn])
  const pages = folioNrPages(mm.frames.flags[pfn])
  const zone = mm.zoneOf(pfn)
  lrugen.nrPages[genList(from, type, zone.idx)] -= pages
  lrugen.nrPages[genList(to, type, zone.idx)] += pages
  const was = lruOf(lrugen, type, from)
  const is = lruOf(lrugen, type, to)
  if (was === is) return
  updateLruSize(lruvec, zone, was, -pages)
  updateLruSize(lruvec, zone, is, pages)
}

/**
 * folio_update_gen: found young by the aging, so it belongs to the youngest generation. It stays on its old list, to be sorted when the eviction meets it there.
 * An isolated one only gets PG_referenced, for shrink_folio_list.
 */
export function folioUpdateGen(mm: Mm, lruvec: Lruvec, pfn: number, gen: number): void {
  const f = mm.frames
  const old = (f.lruGen[pfn] & GEN_MASK) - 1
  if (old < 0) {
    f.flags[pfn] |= PG_REFERENCED
    return
  }
  f.flags[pfn] &= ~(PG_REFERENCED | PG_WORKINGSET)
  f.lruGen[pfn] = (f.lruGen[pfn] & ~(GEN_MASK | REFS_MASK)) | (gen + 1)
  if (old === gen) return
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('promoted', { generation: lruvec.gen.maxSeq })
  updateGenSize(mm, lruvec, pfn, old, gen)
}

/** folio_inc_gen: from the oldest generation to the next, unless the aging has promoted it. Returns its generation. */
export function folioIncGen(mm: Mm, lruvec: Lruvec, pfn: number, reclaiming: boolean): number {
  const f = mm.frames
  const old = lruGenFromSeq(lruvec.gen.minSeq[folioType(f.flags[pfn])])
  const gen = (f.lruGen[pfn] & GEN_MASK) - 1
  if (gen !== old) return gen
  const next = (old + 1) % MAX_NR_GENS
  f.flags[pfn] = (f.flags[pfn] & ~(PG_REFERENCED | PG_WORKINGSET)) | (reclaiming ? PG_RECLAIM : 0)
  f.lruGen[pfn] = (f.lruGen[pfn] & ~(GEN_MASK | REFS_MASK)) | (next + 1)
  updateGenSize(mm, lruvec, pfn, old, next)
  return next
}

/** Words for a followed page: how old its generation is. */
export function genName(lrugen: LruGen, flags: number, gen: number): string {
  const age = (lrugen.maxSeq - gen) % MAX_NR_GENS
  return `${folioType(flags) === LRU_GEN_FILE ? 'file' : 'anon'} generation ${lrugen.maxSeq - age}${age === 0 ? ' (youngest)' : ''}`
}
