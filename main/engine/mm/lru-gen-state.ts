/**
 * Switching between the classic lists and the generations, while the machine runs. Source: mm/vmscan.c:lru_gen_change_state, fill_evictable, drain_evictable, store_enabled, store_min_ttl (v6.1).
 * Simplification: all folios are moved at once; a kernel lets go of the lock every 4096.
 */
import { LRU_UNEVICTABLE } from 'reclaim-lab'
import { LRU_GEN_CORE, LRU_GEN_MM_WALK, LRU_GEN_NONLEAF_YOUNG, lruGenDelFolio } from './lru-gen'
import type { Lruvec } from './lruvec'
import { lruvecAddFolio, lruvecDelFolio } from './lruvec'
import type { Mm } from './mm'

/** These sysctls' names begin so; the lab's own switches begin with `lru_gen.lab.`. */
export const LRU_GEN_PREFIX = 'lru_gen.'

/** Takes the switches as the sysctls have them. Kernels without them have no generations. */
export function applyLruGen(mm: Mm): void {
  if (!mm.sysctl.has('lru_gen.enabled')) return
  const caps = mm.sysctl.num('lru_gen.enabled')
  mm.lruGen.mmWalk = (caps & LRU_GEN_MM_WALK) !== 0
  mm.lruGen.nonleafYoung = (caps & LRU_GEN_NONLEAF_YOUNG) !== 0
  mm.lruGen.minTtl = mm.sysctl.num('lru_gen.min_ttl_ms') * 1e6
  mm.lruGen.lookAround = mm.sysctl.num('lru_gen.lab.look_around') !== 0
  mm.lruGen.tiers = mm.sysctl.num('lru_gen.lab.tiers') !== 0
  mm.lruGen.typeControl = mm.sysctl.num('lru_gen.lab.type_control') !== 0
  mm.lruGen.protect = mm.sysctl.num('lru_gen.lab.protect_page_cache') !== 0
  mm.lruGen.bloom = mm.sysctl.num('lru_gen.lab.bloom_filter') !== 0
  const core = (caps & LRU_GEN_CORE) !== 0
  if (core === mm.lruGen.core) return
  mm.lruGen.core = core
  mm.lruGen.everOn = true
  for (const lruvec of mm.lruvecs) changeState(mm, lruvec, core)
}

/** lru_gen_change_state of one lruvec. */
function changeState(mm: Mm, lruvec: Lruvec, enabled: boolean): void {
  lruvec.gen.enabled = enabled
  if (enabled) {
    for (let lru = 0; lru < LRU_UNEVICTABLE; lru++) {
      for (let tail = lruvec.lists.tail[lru]; tail !== 0; tail = lruvec.lists.tail[lru]) {
        lruvecDelFolio(mm, lruvec, tail - 1)
        lruvecAddFolio(mm, lruvec, tail - 1)
        mm.clock.now += mm.cost.lruAddPage
      }
    }
    return
  }
  const { tail } = lruvec.gen.lists
  for (let list = 0; list < tail.length; list++) {
    while (tail[list] !== 0) {
      const pfn = tail[list] - 1
      lruGenDelFolio(mm, lruvec, pfn, false)
      lruvecAddFolio(mm, lruvec, pfn)
      mm.clock.now += mm.cost.lruAddPage
    }
  }
}
