/**
 * Whole eviction: folios that a policy proposes are checked, isolated and reclaimed in place of those at the lists' tails. The kernel's lists serve what is left of the pass when fewer are
 * proposed than asked for, and the whole pass when none of the proposed could be freed, so that reclaim gets on whatever a policy proposes.
 * Source: no kernel's; after cache_ext's evict_folios and its fallback.
 */
import { LRU_ACTIVE_ANON, LRU_ACTIVE_FILE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE } from 'reclaim-lab'
import type { Folio } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import type { FolioList } from './isolate'
import { takeFolioList, returnFolioList } from './isolate'
import type { Lruvec } from './lruvec'
import { folioLruvec, lruvecDelFolio } from './lruvec'
import type { Mm } from './mm'
import { PG_ACTIVE, PG_DEAD, PG_ISOLATED, PG_LRU, PG_MAPPED, PG_REF_MAX, PG_REF_ONE, PG_UNEVICTABLE, folioNrPages, folioRefs, isFileFolio } from './page'
import type { ScanControl } from './scan-control'
import { SWAP_CLUSTER_MAX } from './scan-control'
import { lruAddDrain } from './swap-lru'
import { countScan } from './shrink-isolated'

/** One type's share of the pass. */
interface Share {
  readonly type: 'anon' | 'file'
  readonly lists: readonly [number, number]
  readonly quota: number
  left: number
  reclaimed: number
  /** The policy has no more to propose. */
  dry: boolean
}

/** Serves the quotas `nr` of a pass as far as the policy proposes, and leaves in them what the kernel's lists shall do. Pages reclaimed. */
export function* evictProposed(mm: Mm, lruvec: Lruvec, sc: ScanControl, nr: Float64Array, finishQuota: boolean): Episode<number> {
  const shares = [share('anon', [LRU_INACTIVE_ANON, LRU_ACTIVE_ANON], nr), share('file', [LRU_INACTIVE_FILE, LRU_ACTIVE_FILE], nr)]
  let reclaimed = 0
  while (shares.some(open)) {
    for (const one of shares) if (open(one)) reclaimed += yield* evictBatch(mm, lruvec, sc, one)
    // Nothing to be had: not even a point at which others could run, so that a policy which proposes nothing changes nothing.
    if (shares.every(({ dry, quota }) => dry || quota === 0)) break
    if (mm.clock.now >= mm.clock.limit) yield RUN
    if (reclaimed < sc.nrToReclaim || finishQuota) continue
    nr.fill(0)
    return reclaimed
  }
  for (const { lists, quota, left, reclaimed: freed } of shares) {
    if (left === quota) continue
    // Nothing proposed came free: the kernel's lists do their whole share as well.
    if (freed > 0) for (const lru of lists) nr[lru] = Math.floor((nr[lru] * left) / quota)
  }
  return reclaimed
}

function share(type: 'anon' | 'file', lists: readonly [number, number], nr: Float64Array): Share {
  const quota = nr[lists[0]] + nr[lists[1]]
  return { type, lists, quota, left: quota, reclaimed: 0, dry: false }
}

function open({ left, dry }: Share): boolean {
  return left > 0 && !dry
}

/** Up to 32 proposals. */
function* evictBatch(mm: Mm, lruvec: Lruvec, sc: ScanControl, one: Share): Episode<number> {
  const nr = Math.min(one.left, SWAP_CLUSTER_MAX)
  const proposals = mm.decide.evictFolios({ node: lruvec.node.id, memcg: lruvec.memcg, type: one.type, nr, priority: sc.priority, reclaimer: sc.by })
  if (proposals.length < nr) one.dry = true
  if (proposals.length === 0) return 0
  lruAddDrain(mm)
  const list = takeFolioList()
  for (const folio of proposals) isolateProposed(mm, lruvec, one.type === 'file', folio, sc, list)
  one.left -= list.taken
  if (list.nr === 0) {
    one.dry = true
    returnFolioList(list)
    return 0
  }
  countScan(mm, sc, lruvec, one.type === 'file', list.taken)
  const reclaimed = yield* reclaimProposed(mm, lruvec, one.type === 'file', list, sc)
  one.reclaimed += reclaimed
  return reclaimed
}

/** Reclaims isolated folios without asking for their references. Gives `list` back. */
export function* reclaimProposed(mm: Mm, lruvec: Lruvec, file: boolean, list: FolioList, sc: ScanControl): Episode<number> {
  sc.proposed = true
  const reclaimed = yield* mm.procedures.shrinkIsolated(mm, lruvec, file, list, sc)
  sc.proposed = false
  return reclaimed
}

/** Takes one proposed folio off its list, if it is what was asked for and nobody else holds it. */
export function isolateProposed(mm: Mm, lruvec: Lruvec, file: boolean, folio: Folio, sc: ScanControl, into: FolioList): void {
  const pfn = mm.folioWatch?.frameOf(folio) ?? -1
  if (pfn < 0) return
  const f = mm.frames
  const flags = f.flags[pfn]
  if ((flags & (PG_LRU | PG_UNEVICTABLE | PG_DEAD)) !== PG_LRU || isFileFolio(flags) !== file || folioRefs(flags) >= PG_REF_MAX) return
  if (folioLruvec(mm, pfn) !== lruvec || mm.zoneOf(pfn).idx > sc.reclaimIdx || (!sc.mayUnmap && (flags & PG_MAPPED) !== 0)) return
  mm.clock.now += mm.cost.scanPage
  lruvecDelFolio(mm, lruvec, pfn)
  f.flags[pfn] = ((f.flags[pfn] & ~PG_ACTIVE) | PG_ISOLATED) + PG_REF_ONE
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('isolated', { list: 'proposed', by: sc.by, priority: sc.priority, others: into.nr })
  into.taken += folioNrPages(flags)
  into.push(pfn)
}
