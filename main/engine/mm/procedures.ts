/**
 * Where kernels differ in whole loops and waits, not only in decisions: a variant of each, chosen by the kernel's traits once per run. Callers go through `mm.procedures`.
 */
import type { KernelTraits } from 'reclaim-lab'
import type { Episode } from '../core/clock'
import { doTryToFreePages, nodeReclaim } from './direct-reclaim'
import { gfpToAllocFlags } from './gfp'
import type { AllocatingTask } from './gfp'
import type { FolioList } from './isolate'
import { balancePgdat } from './kswapd'
import { pgdatBalanced, wakeAllKswapdsByNode } from './kswapd-wake'
import type { Lruvec } from './lruvec'
import type { Mm } from './mm'
import type { Pgdat, Zone } from './mmzone'
import { nodeReclaimWanted } from './node-reclaim'
import type { ScanControl } from './scan-control'
import { shrinkIsolated } from './shrink-isolated'
import { slowpath } from './slowpath'
import { CONGESTION_STALLS } from './stall-congestion'
import { TIMEOUT_STALLS } from './stall-timeouts'
import { THROTTLE_STALLS } from './throttle'
import { shrinkLruvec } from './vmscan'
import { allocPageFair, allocPageFairReclaiming, walkUnfair } from './zone-alloc'
import { pgdatBalancedByZone, wakeAllKswapdsByZone } from './zone-balance'
import { doTryToFreePagesByZone } from './zone-direct-reclaim'
import { balancePgdatByZone } from './zone-kswapd'
import { zoneReclaim, zoneReclaimWanted } from './zone-reclaim'
import { zoneAllocFlags, zoneSlowpath } from './zone-slowpath'
import { shrinkIsolatedOfZone, shrinkZoneLruvec } from './zone-vmscan'

/** How reclaimers wait (trait `stalls`). */
export interface Stalls {
  /** Others hold too many pages off the lists. */
  stallIsolated(mm: Mm, node: Pgdat): Episode<void>
  /** kswapd met pages that it has marked before and that are still being written. */
  stallWriteback(mm: Mm, node: Pgdat): Episode<void>
  /** A direct reclaimer, where all that is dirty is on its way already. */
  stallCongested(mm: Mm, node: Pgdat): Episode<void>
  /** Reclaim of a v1 memory cgroup took nothing but dirty pages. */
  stallLegacyMemcg(mm: Mm, node: Pgdat): Episode<void>
  /** A direct reclaimer has been over the zones once. */
  stallAfterPass(mm: Mm, node: Pgdat, sc: ScanControl): Episode<void>
  /** Direct reclaim freed nothing, and the allocation will be tried again. */
  stallBeforeRetry(mm: Mm, gfp: number, order: number, allocFlags: number): Episode<void>
  /** A page finished writeback. */
  acctWriteback(mm: Mm, node: Pgdat): void
}

/** Loops that go by nodes, or by zones (trait lruLists). */
interface Loops {
  slowpath(mm: Mm, gfp: number, order: number): Episode<number>
  /** What a request may do to the marks; asked here for those that can't sleep. */
  gfpToAllocFlags(gfp: number, task: AllocatingTask): number
  wakeAllKswapds(mm: Mm, gfp: number, order: number): void
  pgdatBalanced(mm: Mm, node: Pgdat, order: number, highestZoneidx: number): boolean
  balancePgdat(mm: Mm, node: Pgdat, order: number, highestZoneidx: number): Episode<number>
  doTryToFreePages(mm: Mm, sc: ScanControl): Episode<number>
  /** Would reclaim for the sake of a zone that failed its mark (vm.zone_reclaim_mode) do anything? Then it, of the zone's node or of itself. */
  nodeReclaimWanted(mm: Mm, local: Zone, zone: Zone, gfp: number): boolean
  nodeReclaim(mm: Mm, zone: Zone, gfp: number, order: number, allocFlags: number): Episode<boolean>
  shrinkLruvec(mm: Mm, lruvec: Lruvec, sc: ScanControl): Episode<void>
  /** Isolated folios: shrunk, the rest put back. */
  shrinkIsolated(mm: Mm, lruvec: Lruvec, file: boolean, list: FolioList, sc: ScanControl): Episode<number>
}

/** Where a node's zones take turns (trait fairZones). */
interface FairZones {
  allocPageFair(mm: Mm, gfp: number, order: number): number
  allocPageFairReclaiming(mm: Mm, gfp: number, order: number): Episode<number>
  walkUnfair(mm: Mm, gfp: number, order: number, allocFlags: number, spreadDirty: boolean): number
}

export interface Procedures extends Stalls, Loops, FairZones {}

const STALLS: Readonly<Record<KernelTraits['stalls'], Stalls>> = { 'reclaim-throttle': THROTTLE_STALLS, timeout: TIMEOUT_STALLS, congestion: CONGESTION_STALLS }

const BY_NODE: Loops = { slowpath, gfpToAllocFlags, wakeAllKswapds: wakeAllKswapdsByNode, pgdatBalanced, balancePgdat, doTryToFreePages, nodeReclaimWanted, nodeReclaim, shrinkLruvec, shrinkIsolated }

const BY_ZONE: Loops = {
  slowpath: zoneSlowpath, gfpToAllocFlags: zoneAllocFlags, wakeAllKswapds: wakeAllKswapdsByZone, pgdatBalanced: pgdatBalancedByZone, balancePgdat: balancePgdatByZone,
  doTryToFreePages: doTryToFreePagesByZone, nodeReclaimWanted: zoneReclaimWanted, nodeReclaim: zoneReclaim, shrinkLruvec: shrinkZoneLruvec, shrinkIsolated: shrinkIsolatedOfZone,
}

export function bindProcedures(traits: KernelTraits): Procedures {
  return { ...STALLS[traits.stalls], ...(traits.lruLists === 'zone' ? BY_ZONE : BY_NODE), allocPageFair, allocPageFairReclaiming, walkUnfair }
}
