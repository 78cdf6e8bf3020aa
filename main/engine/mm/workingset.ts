/**
 * Refault detection: an evicted page leaves a shadow with the lruvec's clock; when it comes back, the clock tells how many evictions and activations it missed by, and pages that
 * would have stayed with a little more room go straight to the active list.
 * Source: mm/workingset.c:workingset_eviction, workingset_refault, workingset_age_nonresident (v6.1). Simplification: shadows keep a 30-bit clock, and beside it, where there are groups, the one whose reclaim evicted the page.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import { folioFacts } from './folio-facts'
import { SHADOW_CLOCK, SHADOW_WORKINGSET } from './file'
import { zoneEviction, zoneRefault } from './zone-workingset'
import { lruGenEviction, lruGenRefault } from './lru-gen-control'
import type { Lruvec } from './lruvec'
import { ageNonresident, countActivation, folioLruvec } from './lruvec'
import { memcgNrSwapPages, memcgOfFrame } from './memcg-stock'
import type { Mm } from './mm'
import { PG_ACTIVE, PG_WORKINGSET, isFileFolio } from './page'
import { lruNoteCostFolio } from './swap-lru'

/** The shadow an evicted page leaves: a negative number. `target`: the group for whose sake it goes (0: the machine's), whose clock it is. */
export function workingsetEviction(mm: Mm, pfn: number, target = 0): number {
  if (mm.lruGen.core) return lruGenEviction(mm, pfn)
  if (mm.traits.refaults === 'file') return zoneEviction(mm, pfn)
  const lruvec = mm.lruvecOf(target, mm.zoneOf(pfn))
  const clock = lruvec.nonresidentAge % (SHADOW_CLOCK + 1)
  ageNonresident(lruvec)
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('shadow', { clock, workingset: mm.frames.flags[pfn] & PG_WORKINGSET ? 1 : 0 })
  return (1 << 31) | ((mm.frames.flags[pfn] & PG_WORKINGSET) !== 0 ? SHADOW_WORKINGSET : 0) | clock
}

/** A page whose slot held `shadow` is back in memory. It is judged where it was evicted (`target`), and counts for the group it belongs to now. */
export function workingsetRefault(mm: Mm, pfn: number, shadow: number, target = 0): void {
  if (mm.lruGen.core) return lruGenRefault(mm, pfn, shadow, target)
  if (mm.traits.refaults === 'file') return zoneRefault(mm, pfn, shadow)
  if (!mm.memcgs.groups[target].online) return
  const flags = mm.frames.flags[pfn]
  const file = isFileFolio(flags)
  const lruvec = folioLruvec(mm, pfn)
  const evicted = mm.lruvecOf(target, lruvec.owner)
  const stat = lruvec.node.stat
  const group = memcgOfFrame(mm, pfn)
  if (group.id !== 0) group.stat[file ? 'workingset_refault_file' : 'workingset_refault_anon']++
  if (file) stat.workingset_refault_file++
  else stat.workingset_refault_anon++
  const distance = (evicted.nonresidentAge - (shadow & SHADOW_CLOCK) + (SHADOW_CLOCK + 1)) % (SHADOW_CLOCK + 1)
  const size = workingsetSize(evicted, file, memcgNrSwapPages(mm, group) > 0)
  if (mm.scopedHooks) mm.hookLruvec = lruvec
  mm.folioWatch?.refaulted(pfn, distance, folioFacts(flags, 0))
  const activate = mm.decide.refaultActivate(distance, size, folioFacts(flags, 0))
  mm.watch?.refaulted(pfn)
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('refault', { distance, size, activate: activate ? 1 : 0, workingset: shadow & SHADOW_WORKINGSET ? 1 : 0 })
  if (!activate) return
  mm.frames.flags[pfn] |= PG_ACTIVE
  ageNonresident(lruvec)
  countActivation(mm, lruvec, file ? 1 : 0)
  if (file) stat.workingset_activate_file++
  else stat.workingset_activate_anon++
  if ((shadow & SHADOW_WORKINGSET) === 0) return
  mm.frames.flags[pfn] |= PG_WORKINGSET
  lruNoteCostFolio(mm, pfn)
  if (group.id !== 0) group.stat[file ? 'workingset_restore_file' : 'workingset_restore_anon']++
  if (file) stat.workingset_restore_file++
  else stat.workingset_restore_anon++
}

/** Pages a refaulting page competes with: those of the whole tree that lost it. */
function workingsetSize({ treeSize }: Lruvec, file: boolean, canSwap: boolean): number {
  let size = treeSize[LRU_ACTIVE_FILE]
  if (!file) size += treeSize[LRU_INACTIVE_FILE]
  if (canSwap) {
    size += treeSize[LRU_ACTIVE_ANON]
    if (file) size += treeSize[LRU_INACTIVE_ANON]
  }
  return size
}
