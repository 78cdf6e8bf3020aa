/**
 * Refault detection: an evicted page leaves a shadow with the lruvec's clock; when it comes back, the clock tells how many evictions and activations it missed by, and pages that
 * would have stayed with a little more room go straight to the active list.
 * Source: mm/workingset.c:workingset_eviction, workingset_refault, workingset_age_nonresident (v6.1). Simplifications: shadows keep a 30-bit clock; one memcg.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import { folioFacts } from './folio-facts'
import { SHADOW_CLOCK, SHADOW_WORKINGSET } from './file'
import { lruGenEviction, lruGenRefault } from './lru-gen-control'
import type { Lruvec } from './lruvec'
import { folioLruvec } from './lruvec'
import type { Mm } from './mm'
import { PG_ACTIVE, PG_WORKINGSET, isFileFolio } from './page'
import { lruNoteCostFolio } from './swap-lru'

/** The shadow an evicted page leaves: a negative number. */
export function workingsetEviction(mm: Mm, pfn: number): number {
  if (mm.lruGen.core) return lruGenEviction(mm, pfn)
  const lruvec = folioLruvec(mm, pfn)
  const clock = lruvec.nonresidentAge % (SHADOW_CLOCK + 1)
  lruvec.nonresidentAge++
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('shadow', { clock, workingset: mm.frames.flags[pfn] & PG_WORKINGSET ? 1 : 0 })
  return (1 << 31) | ((mm.frames.flags[pfn] & PG_WORKINGSET) !== 0 ? SHADOW_WORKINGSET : 0) | clock
}

/** A page whose slot held `shadow` is back in memory. */
export function workingsetRefault(mm: Mm, pfn: number, shadow: number): void {
  if (mm.lruGen.core) return lruGenRefault(mm, pfn, shadow)
  const flags = mm.frames.flags[pfn]
  const file = isFileFolio(flags)
  const lruvec = folioLruvec(mm, pfn)
  const stat = lruvec.node.stat
  if (file) stat.workingset_refault_file++
  else stat.workingset_refault_anon++
  const distance = (lruvec.nonresidentAge - (shadow & SHADOW_CLOCK) + (SHADOW_CLOCK + 1)) % (SHADOW_CLOCK + 1)
  const size = workingsetSize(mm, lruvec, file)
  const activate = mm.decide.refaultActivate(distance, size, folioFacts(flags, 0))
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('refault', { distance, size, activate: activate ? 1 : 0, workingset: shadow & SHADOW_WORKINGSET ? 1 : 0 })
  if (!activate) return
  mm.frames.flags[pfn] |= PG_ACTIVE
  lruvec.nonresidentAge++
  lruvec.workingsetActivate[file ? 1 : 0]++
  if (file) stat.workingset_activate_file++
  else stat.workingset_activate_anon++
  if ((shadow & SHADOW_WORKINGSET) === 0) return
  mm.frames.flags[pfn] |= PG_WORKINGSET
  lruNoteCostFolio(mm, pfn)
  if (file) stat.workingset_restore_file++
  else stat.workingset_restore_anon++
}

/** Pages a refaulting page competes with. */
function workingsetSize(mm: Mm, lruvec: Lruvec, file: boolean): number {
  let size = lruvec.size[LRU_ACTIVE_FILE]
  if (!file) size += lruvec.size[LRU_INACTIVE_FILE]
  if (mm.swap.nrSwapPages > 0) {
    size += lruvec.size[LRU_ACTIVE_ANON]
    if (file) size += lruvec.size[LRU_INACTIVE_ANON]
  }
  return size
}
