/**
 * The allocator's fast path: zonelist, marks, per-cpu lists or buddy, and the way back for freed pages.
 * Source: mm/page_alloc.c:__alloc_pages, get_page_from_freelist, rmqueue, free_unref_page (v6.1). The slow path is slowpath.ts.
 * Simplifications: no cpusets; node reclaim comes with the slow path.
 */
import { assert } from '../core/assert'
import { rmqueue as rmqueueBuddy } from './buddy'
import {
  ALLOC_HARDER, ALLOC_KSWAPD, ALLOC_NO_WATERMARKS, ALLOC_NOFRAGMENT, ALLOC_OOM, ALLOC_WMARK_LOW, ALLOC_WMARK_MASK, GFP_KSWAPD_RECLAIM, GFP_WRITE,
  MIGRATE_HIGHATOMIC, gfpMigratetype, gfpZone,
} from './gfp'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { PAGEBLOCK_ORDER } from './mmzone'
import { PG_KERNEL, PG_ORDER_SHIFT } from './page'
import { freeUnrefPage, pcpAllowedOrder, rmqueuePcplist } from './pcp'
import { wakeupKswapd } from './kswapd-wake'
import { wmarkPages, zoneWatermarkFast } from './watermark'
import { nodeDirtyOk } from './dirty-limits'

const ZONE_NORMAL = 2
const NO_ZONES: readonly Zone[] = []

/** Zones a request may use, best first: the local node's from the highest down, then the other nodes'. */
export function zonelist(mm: Mm, gfp: number): readonly Zone[] {
  return mm.nodes[mm.nodeOfCpu(mm.cpu)].zonelists[gfpZone(gfp)] ?? NO_ZONES
}

/** alloc_flags_nofragment: the fast path's extra flags. */
export function fastAllocFlags(mm: Mm, gfp: number): number {
  const flags = ALLOC_WMARK_LOW | ((gfp & GFP_KSWAPD_RECLAIM) !== 0 ? ALLOC_KSWAPD : 0)
  const preferred = zonelist(mm, gfp)[0]
  if (preferred === undefined || preferred.idx !== ZONE_NORMAL) return flags
  const dma32 = mm.nodes[preferred.node].zones[1]
  return mm.nodes.length > 1 && (dma32 === undefined || dma32.managed === 0) ? flags : flags | ALLOC_NOFRAGMENT
}

/**
 * One try at the LOW mark, as every allocation begins. Returns a frame prepared for its owner, or -1: the slow path must be entered.
 * This is the path that a page costs when there is memory.
 */
export function allocPageFast(mm: Mm, gfp: number, order: number): number {
  return getPageFromFreelist(mm, gfp, order, fastAllocFlags(mm, gfp), (gfp & GFP_WRITE) !== 0)
}

/** get_page_from_freelist: the first zone of the list that passes its mark and has a block. `spreadDirty`: skip nodes over their dirty limit. */
export function getPageFromFreelist(mm: Mm, gfp: number, order: number, allocFlagsIn: number, spreadDirty = false): number {
  const zones = zonelist(mm, gfp)
  const idx = gfpZone(gfp)
  const type = gfpMigratetype(gfp)
  let allocFlags = allocFlagsIn
  for (;;) {
    for (let i = 0; i < zones.length; i++) {
      const zone = zones[i]
      if (spreadDirty && !nodeDirtyOk(mm, mm.nodes[zone.node])) continue
      if ((allocFlags & ALLOC_NOFRAGMENT) !== 0 && zone.node !== zones[0].node) break
      if ((allocFlags & ALLOC_NO_WATERMARKS) === 0) {
        const mark = wmarkPages(zone, allocFlags & ALLOC_WMARK_MASK)
        if (!zoneWatermarkFast(zone, order, mark, idx, allocFlags, gfp)) continue
      }
      const pfn = rmqueue(mm, zone, order, type, allocFlags)
      if (pfn >= 0) return pfn
    }
    if ((allocFlags & ALLOC_NOFRAGMENT) === 0) return -1
    allocFlags &= ~ALLOC_NOFRAGMENT
  }
}

function rmqueue(mm: Mm, zone: Zone, order: number, type: number, allocFlags: number): number {
  let pfn = pcpAllowedOrder(order) ? rmqueuePcplist(mm, zone, order, type, allocFlags) : -1
  if (pfn < 0) pfn = rmqueueFromBuddy(mm, zone, order, type, allocFlags)
  if (pfn >= 0) {
    mm.clock.now += mm.cost.allocPcp
    zone.pgalloc += 1 << order
    if (order > 0 && (allocFlags & ALLOC_HARDER) !== 0) reserveHighatomicPageblock(mm, zone, pfn)
  }
  if (zone.boostedFlag) {
    zone.boostedFlag = false
    wakeupKswapd(mm, zone, 0, 0, zone.idx)
  }
  return pfn
}

function rmqueueFromBuddy(mm: Mm, zone: Zone, order: number, type: number, allocFlags: number): number {
  if (order > 0 && (allocFlags & (ALLOC_HARDER | ALLOC_OOM)) !== 0) {
    const reserved = rmqueueBuddy(mm, zone, order, MIGRATE_HIGHATOMIC, allocFlags)
    if (reserved >= 0) return reserved
  }
  return rmqueueBuddy(mm, zone, order, type, allocFlags)
}

/** reserve_highatomic_pageblock: at most 1 % of the zone and a pageblock. */
function reserveHighatomicPageblock(mm: Mm, zone: Zone, pfn: number): void {
  const block = pfn >>> PAGEBLOCK_ORDER
  const most = Math.floor(zone.managed / 100) + (1 << PAGEBLOCK_ORDER)
  if (zone.nrReservedHighatomic >= most || mm.blockType[block] === MIGRATE_HIGHATOMIC) return
  zone.nrReservedHighatomic += 1 << PAGEBLOCK_ORDER
  mm.blockType[block] = MIGRATE_HIGHATOMIC
  mm.reserveFreeBlocks(zone, block << PAGEBLOCK_ORDER)
}

/** Hands a block to its owner: flags, order, no links. */
export function preparePage(mm: Mm, pfn: number, order: number, flags: number): void {
  const f = mm.frames
  f.flags[pfn] = flags | (order << PG_ORDER_SHIFT)
  f.mapping[pfn] = 0
  f.index[pfn] = 0
  f.swap[pfn] = 0
}

/** Gives a single page back. It must be off every list and without owner. */
export function freeFrame(mm: Mm, pfn: number): void {
  const zone = mm.zoneOf(pfn)
  mm.frames.mapping[pfn] = 0
  mm.frames.swap[pfn] = 0
  mm.clock.now += mm.cost.freePage
  freeUnrefPage(mm, zone, pfn, 0)
}

/** Gives kernel memory back. */
export function freeKernelPage(mm: Mm, pfn: number): void {
  assert((mm.frames.flags[pfn] & PG_KERNEL) !== 0, 'only kernel pages are freed here')
  freeFrame(mm, pfn)
}
