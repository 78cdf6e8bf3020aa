/**
 * The allocator's fast path: zonelist, marks, per-cpu lists or buddy, and the way back for freed pages.
 * Source: mm/page_alloc.c:__alloc_pages, get_page_from_freelist, rmqueue, free_unref_page (v6.1). The slow path is slowpath.ts.
 * Simplifications: no cpusets. What needs an episode (node reclaim) is only done by the slow path's tries.
 */
import { ZONE_DMA32, ZONE_NORMAL } from 'reclaim-lab'
import { assert } from '../core/assert'
import { reserveHighatomicPageblock, rmqueue as rmqueueBuddy } from './buddy'
import {
  ALLOC_HARDER, ALLOC_KSWAPD, ALLOC_NO_WATERMARKS, ALLOC_NOFRAGMENT, ALLOC_WMARK_LOW, ALLOC_WMARK_MASK, GFP_KSWAPD_RECLAIM, GFP_WRITE,
  MIGRATE_HIGHATOMIC, gfpMigratetype, gfpZone,
} from './gfp'
import type { AllocatingTask } from './gfp'
import { unchargeFrame } from './memcg-stock'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { zonelist } from './mmzone'
import { PG_KERNEL, PG_ORDER_MASK, PG_ORDER_SHIFT } from './page'
import { freeUnrefPage, pcpAllowedOrder, rmqueuePcplist } from './pcp'
import { wakeAllKswapds, wakeupKswapd } from './kswapd-wake'
import { wmarkPages, zoneWatermarkFast } from './watermark'
import { nodeDirtyOk } from './dirty-limits'
import { modFreePages } from './zone-stat'

/** Whose privileges an interrupt has. */
const NO_TASK: AllocatingTask = { memalloc: false, oomVictim: false, realtime: false }

/** alloc_flags_nofragment: the fast path's extra flags. */
export function fastAllocFlags(mm: Mm, gfp: number, zones = zonelist(mm, gfp)): number {
  const flags = ALLOC_WMARK_LOW | ((gfp & GFP_KSWAPD_RECLAIM) !== 0 ? ALLOC_KSWAPD : 0)
  const preferred = zones[0]
  if (preferred === undefined || preferred.idx !== ZONE_NORMAL) return flags
  const dma32 = mm.nodes[preferred.node].zones[ZONE_DMA32]
  return mm.nodes.length > 1 && (dma32 === undefined || dma32.managed === 0) ? flags : flags | ALLOC_NOFRAGMENT
}

/**
 * One try at the LOW mark, as every allocation begins. Returns a frame prepared for its owner, or -1: the slow path must be entered - also where a near node should be
 * reclaimed before pages are taken from further away, which only an episode can do (the slow path then begins with this try).
 * This is the path that a page costs when there is memory.
 */
export function allocPageFast(mm: Mm, gfp: number, order: number): number {
  if (mm.fairZones) return mm.procedures.allocPageFair(mm, gfp, order)
  const zones = zonelist(mm, gfp)
  return walkZones(mm, zones, gfp, order, fastAllocFlags(mm, gfp, zones), (gfp & GFP_WRITE) !== 0, true)
}

/** get_page_from_freelist: the first zone of the list that passes its mark and has a block; without node reclaim. `spreadDirty`: skip nodes over their dirty limit. */
export function getPageFromFreelist(mm: Mm, gfp: number, order: number, allocFlags: number, spreadDirty = false): number {
  if (mm.fairZones) return mm.procedures.walkUnfair(mm, gfp, order, allocFlags, spreadDirty)
  return walkZones(mm, zonelist(mm, gfp), gfp, order, allocFlags, spreadDirty, false)
}

/** `stopForNodeReclaim`: answer -1 rather than go on past a zone that node reclaim would work on. */
function walkZones(mm: Mm, zones: readonly Zone[], gfp: number, order: number, allocFlagsIn: number, spreadDirty: boolean, stopForNodeReclaim: boolean): number {
  const idx = gfpZone(gfp)
  const type = gfpMigratetype(gfp)
  let allocFlags = allocFlagsIn
  for (;;) {
    for (let i = 0; i < zones.length; i++) {
      const zone = zones[i]
      if (spreadDirty && !nodeDirtyOk(mm, mm.nodes[zone.node])) continue
      if ((allocFlags & ALLOC_NOFRAGMENT) !== 0 && zone.node !== zones[0].node) break
      if (!passes(zone, order, idx, allocFlags, gfp)) {
        if (stopForNodeReclaim && mm.nodeReclaimMode !== 0 && mm.procedures.nodeReclaimWanted(mm, zones[0], zone, gfp)) return -1
        continue
      }
      const pfn = rmqueue(mm, zones[0], zone, order, type, allocFlags)
      if (pfn >= 0) return pfn
    }
    if ((allocFlags & ALLOC_NOFRAGMENT) === 0) return -1
    allocFlags &= ~ALLOC_NOFRAGMENT
  }
}

/** Does a zone pass the mark that `allocFlags` name? */
export function passes(zone: Zone, order: number, idx: number, allocFlags: number, gfp: number): boolean {
  if ((allocFlags & ALLOC_NO_WATERMARKS) !== 0) return true
  return zoneWatermarkFast(zone, order, wmarkPages(zone, allocFlags & ALLOC_WMARK_MASK), idx, allocFlags, gfp)
}

/** rmqueue: a block of this zone, from per-cpu lists or buddy, or -1. */
export function rmqueue(mm: Mm, preferred: Zone, zone: Zone, order: number, type: number, allocFlags: number): number {
  let pfn = pcpAllowedOrder(zone, order) ? rmqueuePcplist(mm, zone, order, type, allocFlags) : -1
  const pcp = pfn >= 0
  if (pfn < 0) pfn = rmqueueFromBuddy(mm, zone, order, type, allocFlags)
  if (pfn >= 0) {
    mm.clock.now += mm.cost.allocPcp
    if (mm.pageTrace !== undefined) mm.pageTrace.allocated(pfn, zone, pcp, allocFlags)
    zone.pgalloc += 1 << order
    if (zone.node === preferred.node) zone.numaHit++
    else countNumaMiss(preferred, zone)
    if (mm.nodes.length > 1 && zone.node !== mm.nodeOfCpu(mm.cpu)) zone.numaOther++
    if (order > 0 && (allocFlags & ALLOC_HARDER) !== 0 && mm.traits.reserves === 'highatomic') reserveHighatomicPageblock(mm, zone, pfn)
  }
  if (zone.boostedFlag) {
    zone.boostedFlag = false
    wakeupKswapd(mm, zone, 0, 0, zone.idx)
  }
  return pfn
}

/** zone_statistics. */
function countNumaMiss(preferred: Zone, zone: Zone): void {
  zone.numaMiss++
  preferred.numaForeign++
}

/** rmqueue_buddy. An OOM victim passes the mark on a HIGHATOMIC block's account but may not take it (only __GFP_ATOMIC and real-time requests may). */
function rmqueueFromBuddy(mm: Mm, zone: Zone, order: number, type: number, allocFlags: number): number {
  if (order > 0 && (allocFlags & ALLOC_HARDER) !== 0 && mm.traits.reserves === 'highatomic') {
    const reserved = rmqueueBuddy(mm, zone, order, MIGRATE_HIGHATOMIC, allocFlags)
    if (reserved >= 0) return told(mm, zone, order, reserved)
  }
  return told(mm, zone, order, rmqueueBuddy(mm, zone, order, type, allocFlags))
}

function told(mm: Mm, zone: Zone, order: number, pfn: number): number {
  if (pfn >= 0) modFreePages(zone, mm.cpu, -(1 << order))
  return pfn
}

/** A request that can't sleep, such as an interrupt's: LOW; kswapd is woken; MIN with the request's privileges; then it fails. `mm.current` counts for nothing but its name. */
export function allocPagesAtomic(mm: Mm, gfp: number, order: number): number {
  const pfn = allocPageFast(mm, gfp, order)
  if (pfn >= 0) return pfn
  mm.clock.now += mm.cost.slowpathOverhead
  if ((gfp & GFP_KSWAPD_RECLAIM) !== 0) wakeAllKswapds(mm, gfp, order)
  return getPageFromFreelist(mm, gfp, order, mm.procedures.gfpToAllocFlags(gfp, NO_TASK))
}

/** Hands a block to its owner: flags, order, no links. */
export function preparePage(mm: Mm, pfn: number, order: number, flags: number): void {
  const f = mm.frames
  f.flags[pfn] = flags | (order << PG_ORDER_SHIFT)
  f.mapping[pfn] = 0
  f.index[pfn] = 0
  f.swap[pfn] = 0
}

/** Hands a block of whole frames to the kernel itself: each frame is marked, so that each has an owner. */
export function prepareKernelBlock(mm: Mm, pfn: number, order: number): void {
  preparePage(mm, pfn, order, PG_KERNEL)
  for (let tail = pfn + 1; tail < pfn + (1 << order); tail++) mm.frames.flags[tail] = PG_KERNEL
}

/** __free_pages of such a block. */
export function freeKernelBlock(mm: Mm, pfn: number, order: number): void {
  assert((mm.frames.flags[pfn] & PG_KERNEL) !== 0, 'only kernel pages are freed here')
  for (let tail = pfn + 1; tail < pfn + (1 << order); tail++) mm.frames.flags[tail] = 0
  mm.clock.now += mm.cost.freePage
  freeUnrefPage(mm, mm.zoneOf(pfn), pfn, order)
}

/** An allocated page turned out not to be needed: back before it has an owner. */
export function giveBack(mm: Mm, pfn: number, order = 0): void {
  mm.frames.flags[pfn] = 0
  if (mm.memcgOf !== undefined && mm.memcgOf[pfn] !== 0) unchargeFrame(mm, pfn, 1 << order)
  freeUnrefPage(mm, mm.zoneOf(pfn), pfn, order)
}

/** Gives a single page back. It must be off every list and without owner. */
export function freeFrame(mm: Mm, pfn: number): void {
  const zone = mm.zoneOf(pfn)
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.freed(zone)
  if (mm.folioWatch !== undefined) mm.folioWatch.removed(pfn)
  mm.frames.mapping[pfn] = 0
  mm.frames.swap[pfn] = 0
  if (mm.memcgOf !== undefined && mm.memcgOf[pfn] !== 0) unchargeFrame(mm, pfn)
  mm.clock.now += mm.cost.freePage
  freeUnrefPage(mm, zone, pfn, 0)
}

/** Gives a folio back, whatever its order; its head must be off every list and without owner. */
export function freeFolio(mm: Mm, pfn: number): void {
  const order = (mm.frames.flags[pfn] & PG_ORDER_MASK) >>> PG_ORDER_SHIFT
  if (order === 0) return freeFrame(mm, pfn)
  if (mm.folioWatch !== undefined) mm.folioWatch.removed(pfn)
  for (let tail = pfn + 1; tail < pfn + (1 << order); tail++) mm.frames.flags[tail] = 0
  mm.frames.mapping[pfn] = 0
  if (mm.memcgOf !== undefined && mm.memcgOf[pfn] !== 0) unchargeFrame(mm, pfn, 1 << order)
  mm.clock.now += mm.cost.freePage
  freeUnrefPage(mm, mm.zoneOf(pfn), pfn, order)
}

/** Gives kernel memory back. */
export function freeKernelPage(mm: Mm, pfn: number): void {
  assert((mm.frames.flags[pfn] & PG_KERNEL) !== 0, 'only kernel pages are freed here')
  freeFrame(mm, pfn)
}
