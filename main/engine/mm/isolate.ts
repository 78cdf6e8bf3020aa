/**
 * Taking folios off an LRU list and putting them back. Source: mm/vmscan.c:isolate_lru_folios, move_folios_to_lru, too_many_isolated (v6.1).
 * Isolated folios hold a reference and are on no list; their order is kept in a scratch array.
 */
import { GFP_FS, GFP_IO } from './gfp'
import { listAdd, listDel } from './list'
import type { Lruvec } from './lruvec'
import { updateLruSize } from './lru-size'
import { LRU_NAMES, ageNonresident, lruvecAddFolio } from './lruvec'
import type { Mm } from './mm'
import { MAX_NR_ZONES, PAGEBLOCK_ORDER } from './mmzone'
import type { Pgdat } from './mmzone'
import { PG_ACTIVE, PG_DEAD, PG_ISOLATED, PG_LRU, PG_MAPPED, PG_REF_ONE, folioNrPages } from './page'
import type { ScanControl } from './scan-control'
import { folioPut } from './swap-lru'

/** Isolated folios of one batch, in the order in which they were taken (tail of the list first). */
export class FolioList {
  nr = 0
  /** Pages of them, and pages looked at. */
  taken = 0
  scanned = 0
  pfns = new Uint32Array(32)
  push(pfn: number): void {
    if (this.nr === this.pfns.length) {
      const wider = new Uint32Array(this.nr * 2)
      wider.set(this.pfns)
      this.pfns = wider
    }
    this.pfns[this.nr++] = pfn
  }

  /** Makes room for frames `first` to `first` + `count` - 1 behind position `at`. */
  insert(at: number, first: number, count: number): void {
    const rest = this.pfns.slice(at + 1, this.nr)
    this.nr = at + 1
    for (let i = 0; i < count; i++) this.push(first + i)
    for (const pfn of rest) this.push(pfn)
  }
}

/** Lists wait here between batches: episodes interleave, so one static list would not do. */
const spare: FolioList[] = []

export function takeFolioList(): FolioList {
  const list = spare.pop() ?? new FolioList()
  list.nr = 0
  list.taken = 0
  return list
}

export function returnFolioList(list: FolioList): void {
  spare.push(list)
}

const skippedByZone = new Float64Array(MAX_NR_ZONES)

/**
 * isolate_lru_folios: from the tail, up to `nrToScan` eligible folios. Folios of zones above `reclaimIdx` don't count against the quota; they go back to the
 * list's head together, in their order.
 */
export function isolateLruFolios(mm: Mm, lruvec: Lruvec, lru: number, nrToScan: number, sc: ScanControl, into: FolioList): void {
  const f = mm.frames
  const tails = lruvec.lists.tail
  const wholeNode = sc.reclaimIdx >= mm.highestZone
  let scan = 0
  let total = 0
  let skippedFirst = 0
  let skippedLast = 0
  into.nr = 0
  into.taken = 0
  while (scan < nrToScan && tails[lru] !== 0) {
    const pfn = tails[lru] - 1
    const pages = folioNrPages(f.flags[pfn])
    total += pages
    const zone = mm.zones[mm.blockZone[pfn >>> PAGEBLOCK_ORDER] - 1]
    listDel(f, lruvec.lists, lru, pfn)
    if (!wholeNode && zone.idx > sc.reclaimIdx) {
      // A private chain, later spliced before the head: newest skipped first, as list_move does.
      f.next[pfn] = skippedFirst
      if (skippedFirst !== 0) f.prev[skippedFirst - 1] = pfn + 1
      else skippedLast = pfn + 1
      skippedFirst = pfn + 1
      skippedByZone[zone.idx] += pages
      if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('skipped', { zone: zone.name, list: LRU_NAMES[lru] })
      continue
    }
    scan += pages
    if (!sc.mayUnmap && (f.flags[pfn] & PG_MAPPED) !== 0) {
      listAdd(f, lruvec.lists, lru, pfn)
      continue
    }
    f.flags[pfn] = (f.flags[pfn] & ~PG_LRU | PG_ISOLATED) + PG_REF_ONE
    updateLruSize(lruvec, zone, lru, -pages)
    into.taken += pages
    if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('isolated', { list: LRU_NAMES[lru], by: sc.by, priority: sc.priority, others: into.nr })
    mm.watch?.isolated(pfn, LRU_NAMES[lru])
    into.push(pfn)
  }
  if (skippedFirst !== 0) spliceSkipped(mm, lruvec, lru, skippedFirst, skippedLast)
  into.scanned = total
  mm.clock.now += total * mm.cost.scanPage
}

function spliceSkipped(mm: Mm, lruvec: Lruvec, lru: number, first: number, last: number): void {
  const f = mm.frames
  const head = lruvec.lists.head[lru]
  f.prev[first - 1] = 0
  f.next[last - 1] = head
  if (head !== 0) f.prev[head - 1] = last
  else lruvec.lists.tail[lru] = last
  lruvec.lists.head[lru] = first
  for (const zone of lruvec.node.populated()) zone.pgskip += skippedByZone[zone.idx]
  skippedByZone.fill(0)
}

/** move_folios_to_lru for one folio: back to the head of the list its flags name now. Active ones advance the clock. Returns the pages that went back (0: it has died). */
export function putbackFolio(mm: Mm, lruvec: Lruvec, pfn: number): number {
  const flags = (mm.frames.flags[pfn] &= ~PG_ISOLATED)
  const alive = (flags & PG_DEAD) === 0
  if (alive) {
    lruvecAddFolio(mm, lruvec, pfn)
    if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('putback', { list: mm.pageTrace.list(pfn) })
    // A generation has taken the mark off.
    if ((flags & PG_ACTIVE) !== 0 && !lruvec.gen.enabled) ageNonresident(lruvec, folioNrPages(flags))
  }
  folioPut(mm, pfn)
  return alive ? folioNrPages(flags) : 0
}

/** writeback_throttling_sane: everywhere but in a group of v1, whose writers are held back by nothing but its reclaim. */
export function writebackThrottlingSane(mm: Mm, sc: ScanControl): boolean {
  return sc.targetMemcg === undefined || !mm.memcgs.legacy
}

/** too_many_isolated: direct reclaimers wait while others hold too much of the list off it. */
export function tooManyIsolated(node: Pgdat, file: boolean, sc: ScanControl): boolean {
  if (sc.isKswapd) return false
  const stat = node.stat
  const isolated = file ? stat.nr_isolated_file : stat.nr_isolated_anon
  const inactive = file ? stat.nr_inactive_file : stat.nr_inactive_anon
  const full = (sc.gfp & (GFP_IO | GFP_FS)) === (GFP_IO | GFP_FS)
  return isolated > (full ? Math.floor(inactive / 8) : inactive)
}
