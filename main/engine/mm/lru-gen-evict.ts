/**
 * The eviction of the multi-generational LRU: from the oldest generation of anon or file, 64 folios at a time, sorting out what turned out hotter.
 * Source: mm/vmscan.c:lru_gen_shrink_lruvec, get_nr_to_scan, should_abort_scan, evict_folios, isolate_folios, scan_folios, sort_folio, isolate_folio (v6.1).
 * As there, what was met under writeback or dirty is not counted for throttling, flushers are not woken, and isolated folios are in no counter.
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { GFP_IO } from './gfp'
import { FolioList, putbackFolio } from './isolate'
import { listAdd, listDel } from './list'
import {
  ANON_AND_FILE, LRU_GEN_ANON, LRU_GEN_FILE, LRU_REFS_LIMIT, MAX_LRU_BATCH, MAX_NR_TIERS, MIN_LRU_BATCH, MIN_NR_GENS, clearLruRefs, folioIncGen, folioLruGen, folioLruRefs,
  genList, getNrGens, lruGenDelFolio, lruGenFromSeq, lruGenSwappiness, lruTierFromRefs, moveToOwnGen,
} from './lru-gen'
import { shouldRunAging, tryToIncMaxSeq, tryToIncMinSeq } from './lru-gen-aging'
import { getTierIdx, getTypeToScan } from './lru-gen-control'
import type { Lruvec } from './lruvec'
import { countActivation } from './lruvec'
import type { MemcgStat } from './memcg'
import { memcgBelowLow, memcgBelowMin } from './memcg-protection'
import type { Mm } from './mm'
import { WMARK_HIGH, WMARK_LOW } from './mmzone'
import { PG_ACTIVE, PG_DIRTY, PG_ISOLATED, PG_LOCKED, PG_MAPPED, PG_RECLAIM, PG_REFERENCED, PG_REF_ONE, PG_SWAPCACHE, PG_WORKINGSET, PG_WRITEBACK, folioNrPages, isAnonFolio } from './page'
import type { ScanControl } from './scan-control'
import { DEF_PRIORITY } from './scan-control'
import { ReclaimStat, shrinkFolioList } from './shrink-list'
import { lruAddDrain } from './swap-lru'
import { wmarkPages } from './watermark'

/** lru_gen_shrink_lruvec. */
export function* lruGenShrinkLruvec(mm: Mm, lruvec: Lruvec, sc: ScanControl): Episode<void> {
  const { maxSeq } = lruvec.gen
  const before = sc.nrReclaimed
  const eviction = new Eviction(mm, lruvec, sc)
  let scanned = 0
  lruAddDrain(mm)
  const plug = mm.io.plug(mm.current.id)
  for (;;) {
    const swappiness = lruGenSwappiness(mm, lruvec)
    eviction.swappiness = sc.maySwap ? swappiness : sc.cgroupReclaim ? 0 : Math.min(1, swappiness)
    const nrToScan = yield* eviction.getNrToScan()
    const delta = nrToScan > 0 ? yield* eviction.evictFolios() : 0
    if (delta === 0) break
    scanned += delta
    if (scanned >= nrToScan || eviction.shouldAbortScan(maxSeq)) {
      // Enough came without a new generation: kswapd may skip its next look.
      if (sc.nrReclaimed - before >= MIN_LRU_BATCH && !eviction.needAging) sc.memcgsNeedAging = false
      break
    }
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  mm.io.unplug(plug, mm.clock.now)
  if (!sc.isKswapd) sc.mmWalk = false
}

class Eviction {
  swappiness = 0
  needAging = false
  #swapped = false
  readonly #mm: Mm
  readonly #lruvec: Lruvec
  readonly #sc: ScanControl

  constructor(mm: Mm, lruvec: Lruvec, sc: ScanControl) {
    this.#mm = mm
    this.#lruvec = lruvec
    this.#sc = sc
  }

  /** get_nr_to_scan: kswapd leaves the aging to its own step; others age first, unless this is their first pass. */
  *getNrToScan(): Episode<number> {
    const { gen: lrugen } = this.#lruvec
    const memcg = this.#mm.memcgs.groups[this.#lruvec.memcg]
    if (memcgBelowMin(memcg) || (memcgBelowLow(memcg) && !this.#sc.memcgLowReclaim)) return 0
    const canSwap = this.swappiness > 0
    const { maxSeq } = lrugen
    const evictable = lrugen.minSeq[canSwap ? LRU_GEN_ANON : LRU_GEN_FILE] + MIN_NR_GENS <= maxSeq
    const { due, total } = shouldRunAging(lrugen, canSwap)
    const nrToScan = Math.floor(total / (1 << this.#sc.priority))
    this.needAging = due
    if (!due) return nrToScan
    if (this.#sc.priority !== DEF_PRIORITY) {
      if (this.#sc.isKswapd) return 0
      if (yield* tryToIncMaxSeq(this.#mm, this.#lruvec, maxSeq, this.#sc, canSwap)) return nrToScan
    }
    return evictable ? nrToScan : 0
  }

  /** should_abort_scan: at a low priority, once the zones are safe; a direct reclaimer also when it swapped enough or the lists aged under it. */
  shouldAbortScan(seq: number): boolean {
    const mm = this.#mm
    const sc = this.#sc
    if (sc.isKswapd) {
      if (sc.nrReclaimed - sc.lastReclaimed < sc.nrToReclaim) return false
    } else {
      if (this.#lruvec.gen.maxSeq - seq > 1 || (sc.nrReclaimed >= sc.nrToReclaim && this.#swapped)) return true
      if (mm.current.killed) {
        sc.nrReclaimed += MIN_LRU_BATCH
        return true
      }
      if (sc.cgroupReclaim) return false
    }
    if (sc.priority > DEF_PRIORITY - 2) return false
    for (const zone of this.#lruvec.node.populated()) {
      if (zone.idx <= sc.reclaimIdx && wmarkPages(zone, sc.isKswapd ? WMARK_HIGH : WMARK_LOW) > zone.seenFree) return false
    }
    sc.nrReclaimed += MIN_LRU_BATCH
    return true
  }

  /** evict_folios: one batch. Returns the folios looked at; 0: there is nothing to evict. */
  *evictFolios(): Episode<number> {
    const mm = this.#mm
    const { gen: lrugen } = this.#lruvec
    const canSwap = this.swappiness > 0
    const list = new FolioList()
    const { type, scanned: looked } = this.#isolateFolios(list)
    let scanned = looked + (tryToIncMinSeq(lrugen, canSwap) ? 1 : 0)
    if (getNrGens(lrugen, canSwap ? LRU_GEN_ANON : LRU_GEN_FILE) === MIN_NR_GENS) scanned = 0
    if (list.nr === 0) return scanned
    for (let retry = false; list.nr > 0; retry = true) {
      const stat = new ReclaimStat()
      yield* shrinkFolioList(mm, this.#lruvec, list, this.#sc, stat)
      this.#sc.nrReclaimed += stat.nrReclaimed
      this.#countSteal(type, stat.nrReclaimed)
      this.#putBack(list, retry)
    }
    if (type === LRU_GEN_ANON) this.#swapped = true
    return scanned
  }

  /** What wasn't freed goes back, rejected folios to the youngest generation. Clean idle ones, which may have missed their rotation, stay in `list` for one more try. */
  #putBack(list: FolioList, retried: boolean): void {
    const mm = this.#mm
    let clean = 0
    for (let i = 0; i < list.nr; i++) {
      const pfn = list.pfns[i]
      const flags = mm.frames.flags[pfn]
      if ((flags & PG_RECLAIM) !== 0 && (flags & (PG_DIRTY | PG_WRITEBACK)) !== 0) {
        if ((flags & PG_WORKINGSET) !== 0) mm.frames.flags[pfn] |= PG_REFERENCED
      } else if (retried || (flags & (PG_ACTIVE | PG_REFERENCED | PG_MAPPED | PG_LOCKED | PG_DIRTY | PG_WRITEBACK)) !== 0) {
        clearLruRefs(mm, pfn, PG_ACTIVE)
      } else {
        list.pfns[clean++] = pfn
        this.#sc.nrScanned -= folioNrPages(flags)
        continue
      }
      putbackFolio(mm, this.#lruvec, pfn)
    }
    list.nr = clean
  }

  /** isolate_folios: the obvious type first, else the controller's; the other one when that gives nothing. */
  #isolateFolios(list: FolioList): { type: number; scanned: number } {
    const { gen: lrugen } = this.#lruvec
    const caps = this.#mm.lruGen
    const { swappiness } = this
    let tier = -1
    let type = LRU_GEN_FILE
    if (swappiness === 0) type = LRU_GEN_FILE
    else if (lrugen.minSeq[LRU_GEN_ANON] < lrugen.minSeq[LRU_GEN_FILE]) type = LRU_GEN_ANON
    else if (swappiness === 1) type = LRU_GEN_FILE
    else if (swappiness === 200) type = LRU_GEN_ANON
    else if (!caps.typeControl) type = swappiness > 100 ? LRU_GEN_ANON : LRU_GEN_FILE
    else ({ type, tier } = getTypeToScan(lrugen, caps, swappiness))
    let scanned = 0
    for (let i = swappiness > 0 ? 0 : 1; i < ANON_AND_FILE; i++) {
      if (tier < 0) tier = getTierIdx(lrugen, caps, type)
      scanned = this.#scanFolios(type, tier, list)
      if (scanned > 0) break
      type = ANON_AND_FILE - 1 - type
      tier = -1
    }
    return { type, scanned }
  }

  /** scan_folios: the oldest generation from its tail, zone by zone from the highest. Returns folios looked at, 0 if that led nowhere. */
  #scanFolios(type: number, tier: number, list: FolioList): number {
    const { gen: lrugen } = this.#lruvec
    const { frames } = this.#mm
    if (getNrGens(lrugen, type) === MIN_NR_GENS) return 0
    const gen = lruGenFromSeq(lrugen.minSeq[type])
    let remaining = MAX_LRU_BATCH
    let scanned = 0
    let sorted = 0
    let isolated = 0
    for (let idx = this.#sc.reclaimIdx; idx >= 0; idx--) {
      const at = genList(gen, type, idx)
      const moved: number[] = []
      let skipped = 0
      while (lrugen.lists.tail[at] !== 0) {
        const pfn = lrugen.lists.tail[at] - 1
        const pages = folioNrPages(frames.flags[pfn])
        scanned += pages
        if (this.#sortFolio(pfn, type, tier)) sorted += pages
        else if (this.#isolateFolio(pfn)) {
          list.push(pfn)
          isolated += pages
        } else {
          listDel(frames, lrugen.lists, at, pfn)
          moved.push(pfn)
          skipped += pages
        }
        if (--remaining === 0 || Math.max(isolated, skipped) >= MIN_LRU_BATCH) break
      }
      for (const pfn of moved) listAdd(frames, lrugen.lists, at, pfn)
      const zone = this.#lruvec.node.zones[idx]
      if (zone !== undefined) zone.pgskip += skipped
      if (remaining === 0 || isolated >= MIN_LRU_BATCH) break
    }
    this.#countScan(type, isolated, sorted)
    this.#mm.clock.now += scanned * (this.#mm.cost.scanPage + this.#mm.cost.sortPage)
    return isolated > 0 || remaining === 0 ? scanned : 0
  }

  /** sort_folio: promoted by the aging, protected by its tier, or waiting for writeback. true: it was moved to where it belongs. */
  #sortFolio(pfn: number, type: number, tierIdx: number): boolean {
    const mm = this.#mm
    const lruvec = this.#lruvec
    const { gen: lrugen } = lruvec
    const flags = mm.frames.flags[pfn]
    if (folioLruGen(mm, pfn) !== lruGenFromSeq(lrugen.minSeq[type])) {
      moveToOwnGen(mm, lruvec, pfn, false)
      return true
    }
    const refs = folioLruRefs(mm, pfn)
    const tier = lruTierFromRefs(refs)
    if (tier > tierIdx || (mm.lruGen.protect && refs === LRU_REFS_LIMIT)) {
      folioIncGen(mm, lruvec, pfn, false)
      moveToOwnGen(mm, lruvec, pfn, true)
      const pages = folioNrPages(flags)
      lrugen.protected[type * MAX_NR_TIERS + tier] += pages
      countActivation(mm, lruvec, type, pages)
      if (type === LRU_GEN_FILE) lruvec.node.stat.workingset_activate_file += pages
      else lruvec.node.stat.workingset_activate_anon += pages
      if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('protected', { tier, limit: tierIdx })
      return true
    }
    if ((flags & (PG_LOCKED | PG_WRITEBACK)) === 0 && !(type === LRU_GEN_FILE && (flags & PG_DIRTY) !== 0)) return false
    folioIncGen(mm, lruvec, pfn, true)
    moveToOwnGen(mm, lruvec, pfn, false)
    return true
  }

  /** isolate_folio. false: this reclaimer may not unmap or write it. */
  #isolateFolio(pfn: number): boolean {
    const mm = this.#mm
    const sc = this.#sc
    const f = mm.frames
    const flags = f.flags[pfn]
    if (!sc.mayUnmap && (flags & PG_MAPPED) !== 0) return false
    const needsWrite = (flags & PG_DIRTY) !== 0 || (isAnonFolio(flags) && (flags & PG_SWAPCACHE) === 0)
    if (needsWrite && !(sc.mayWritepage && (sc.gfp & GFP_IO) !== 0)) return false
    if ((flags & PG_REFERENCED) === 0) clearLruRefs(mm, pfn)
    lruGenDelFolio(mm, this.#lruvec, pfn, true)
    f.flags[pfn] = ((f.flags[pfn] & ~(PG_RECLAIM | PG_REFERENCED)) | PG_ISOLATED) + PG_REF_ONE
    mm.watch?.isolated(pfn, 'oldest generation')
    if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('isolated', { list: 'oldest generation', by: sc.by, priority: sc.priority, others: 0 })
    return true
  }

  #countScan(type: number, isolated: number, sorted: number): void {
    const { vm } = this.#mm
    if (!this.#sc.cgroupReclaim) {
      if (this.#sc.isKswapd) vm.pgscan_kswapd += isolated
      else vm.pgscan_direct += isolated
    }
    const stat = this.#groupStat()
    if (stat !== undefined) {
      stat[this.#sc.isKswapd ? 'pgscan_kswapd' : 'pgscan_direct'] += isolated
      stat.pgrefill += sorted
    }
    if (type === LRU_GEN_FILE) vm.pgscan_file += isolated
    else vm.pgscan_anon += isolated
    vm.pgrefill += sorted
  }

  #groupStat(): MemcgStat | undefined {
    return this.#lruvec.memcg === 0 ? undefined : this.#mm.memcgs.groups[this.#lruvec.memcg].stat
  }

  #countSteal(type: number, pages: number): void {
    const { vm } = this.#mm
    if (!this.#sc.cgroupReclaim) {
      if (this.#sc.isKswapd) vm.pgsteal_kswapd += pages
      else vm.pgsteal_direct += pages
    }
    const stat = this.#groupStat()
    if (stat !== undefined) stat[this.#sc.isKswapd ? 'pgsteal_kswapd' : 'pgsteal_direct'] += pages
    if (type === LRU_GEN_FILE) vm.pgsteal_file += pages
    else vm.pgsteal_anon += pages
  }
}
