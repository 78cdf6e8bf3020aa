/**
 * The feedback loop over refaults that chooses what the multi-generational LRU evicts: anon or file, and up to which tier.
 * Source: mm/vmscan.c:read_ctrl_pos, reset_ctrl_pos, positive_ctrl_err, get_tier_idx, get_type_to_scan; mm/workingset.c:lru_gen_eviction, lru_gen_refault (v6.1).
 */
import { SHADOW_CLOCK, SHADOW_WORKINGSET } from './file'
import { ANON_AND_FILE, LRU_GEN_ANON, LRU_GEN_FILE, LRU_REFS_LIMIT, MAX_NR_TIERS, MIN_LRU_BATCH, folioLruRefs, folioSetWorkingset, folioType, lruTierFromRefs } from './lru-gen'
import type { LruGen, LruGenCaps } from './lru-gen'
import { folioLruvec } from './lruvec'
import type { Mm } from './mm'
import { PG_WORKINGSET } from './page'

/** Bits of a shadow below the generation: references beyond the first two accesses (LRU_REFS_WIDTH). */
const TOKEN_REFS = 4

/** Refaults of a tier (the set point's or the process variable's) against what was evicted or protected of it. */
export interface CtrlPos {
  readonly refaulted: number
  readonly total: number
  readonly gain: number
}

export function readCtrlPos(lrugen: LruGen, type: number, tier: number, gain: number): CtrlPos {
  const i = type * MAX_NR_TIERS + tier
  return { refaulted: lrugen.avgRefaulted[i] + lrugen.refaulted[i], total: lrugen.avgTotal[i] + lrugen.evicted[i] + lrugen.protected[i], gain }
}

/** The oldest generation of a type is gone: its counts go into the averages by half, and the next one starts from nothing. */
export function resetCtrlPos(lrugen: LruGen, type: number): void {
  for (let i = type * MAX_NR_TIERS; i < (type + 1) * MAX_NR_TIERS; i++) {
    lrugen.avgRefaulted[i] = Math.floor((lrugen.avgRefaulted[i] + lrugen.refaulted[i]) / 2)
    lrugen.avgTotal[i] = Math.floor((lrugen.avgTotal[i] + lrugen.evicted[i] + lrugen.protected[i]) / 2)
    lrugen.refaulted[i] = 0
    lrugen.evicted[i] = 0
    lrugen.protected[i] = 0
  }
}

/** positive_ctrl_err: the process variable refaults little, or no more than the set point by their gains. */
export function positiveCtrlErr(sp: CtrlPos, pv: CtrlPos): boolean {
  return pv.refaulted < MIN_LRU_BATCH || pv.refaulted * (sp.total + MIN_LRU_BATCH) * sp.gain <= (sp.refaulted + 1) * pv.total * pv.gain
}

/** get_tier_idx: the last tier that may be evicted. A tier is worth protecting when it refaults twice as much as the first. */
export function getTierIdx(lrugen: LruGen, caps: LruGenCaps, type: number): number {
  return caps.tiers ? lastTier(lrugen, readCtrlPos(lrugen, type, 0, 1), type, 2) : MAX_NR_TIERS - 1
}

/** get_type_to_scan: file if its first tier refaults less than anon's, weighted by swappiness; and the last tier of the chosen type to evict. */
export function getTypeToScan(lrugen: LruGen, caps: LruGenCaps, swappiness: number): { type: number; tier: number } {
  const gain = [swappiness, 200 - swappiness]
  const file = positiveCtrlErr(readCtrlPos(lrugen, LRU_GEN_ANON, 0, gain[LRU_GEN_ANON]), readCtrlPos(lrugen, LRU_GEN_FILE, 0, gain[LRU_GEN_FILE]))
  const type = file ? LRU_GEN_FILE : LRU_GEN_ANON
  const other = ANON_AND_FILE - 1 - type
  if (!caps.tiers) return { type, tier: MAX_NR_TIERS - 1 }
  return { type, tier: lastTier(lrugen, readCtrlPos(lrugen, other, 0, gain[other]), type, gain[type]) }
}

function lastTier(lrugen: LruGen, sp: CtrlPos, type: number, gain: number): number {
  let tier = 1
  while (tier < MAX_NR_TIERS && positiveCtrlErr(sp, readCtrlPos(lrugen, type, tier, gain))) tier++
  return tier - 1
}

/** lru_gen_eviction: the shadow names the generation that was being evicted and how often the page had been read. */
export function lruGenEviction(mm: Mm, pfn: number): number {
  const lrugen = folioLruvec(mm, pfn).gen
  const type = folioType(mm.frames.flags[pfn])
  const refs = folioLruRefs(mm, pfn)
  lrugen.evicted[type * MAX_NR_TIERS + lruTierFromRefs(refs)]++
  const token = tokenSeq(lrugen.minSeq[type]) * TOKEN_REFS + Math.max(refs - 1, 0)
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('shadow', { generation: lrugen.minSeq[type], refs })
  return (1 << 31) | (refs > 0 ? SHADOW_WORKINGSET : 0) | token
}

/** lru_gen_refault: only what the generation still being evicted lost is held against it, and only where the page is the same group's (`owner`) again. */
export function lruGenRefault(mm: Mm, pfn: number, shadow: number, owner = 0): void {
  const lruvec = folioLruvec(mm, pfn)
  if (lruvec.memcg !== owner) return
  const { gen: lrugen } = lruvec
  const { stat } = lruvec.node
  const type = folioType(mm.frames.flags[pfn])
  const token = shadow & SHADOW_CLOCK
  const recent = Math.floor(token / TOKEN_REFS) === tokenSeq(lrugen.minSeq[type])
  mm.watch?.refaulted(pfn)
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('refault', { recent: recent ? 1 : 0 })
  if (!recent) return
  const refs = (token % TOKEN_REFS) + ((shadow & SHADOW_WORKINGSET) !== 0 ? 1 : 0)
  lrugen.refaulted[type * MAX_NR_TIERS + lruTierFromRefs(refs)]++
  if (type === LRU_GEN_FILE) stat.workingset_refault_file++
  else stat.workingset_refault_anon++
  const group = owner === 0 ? undefined : mm.memcgs.groups[owner].stat
  if (group !== undefined) group[type === LRU_GEN_FILE ? 'workingset_refault_file' : 'workingset_refault_anon']++
  // Hotter pages pushed it out of the page tables' reach, or it was read more often than can be counted.
  const { protect } = mm.lruGen
  if (!mm.current.inLruFault && refs < LRU_REFS_LIMIT - (protect ? 1 : 0)) return
  if (protect) folioSetWorkingset(mm, pfn, 'all')
  else if ((mm.frames.flags[pfn] & PG_WORKINGSET) === 0) folioSetWorkingset(mm, pfn)
  if (type === LRU_GEN_FILE) stat.workingset_restore_file++
  else stat.workingset_restore_anon++
  if (group !== undefined) group[type === LRU_GEN_FILE ? 'workingset_restore_file' : 'workingset_restore_anon']++
}

function tokenSeq(seq: number): number {
  return seq % ((SHADOW_CLOCK + 1) / TOKEN_REFS)
}
