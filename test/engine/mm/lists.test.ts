/** Per-cpu free lists, LRU batches, accessed marks, refaults, swap slots: step by step on an idle machine. */
import { expect, test } from 'vitest'
import { OpenFile } from '../../../main/engine/mm/file'
import { filemapReadHit, filemapWriteHit } from '../../../main/engine/mm/filemap'
import { GFP_HIGHUSER_MOVABLE } from '../../../main/engine/mm/gfp'
import type { Mm } from '../../../main/engine/mm/mm'
import { allocPageFast, freeKernelPage, preparePage } from '../../../main/engine/mm/page-alloc'
import { filemapAddFolio } from '../../../main/engine/mm/page-cache'
import { PG_ACTIVE, PG_KERNEL, PG_REFERENCED, PG_UPTODATE, PG_WORKINGSET } from '../../../main/engine/mm/page'
import { getSwapSlot } from '../../../main/engine/mm/swap'
import { lruAddDrain } from '../../../main/engine/mm/swap-lru'
import { workingsetEviction, workingsetRefault } from '../../../main/engine/mm/workingset'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { fileOf, idleMm } from '../support/idle'
import { MIB } from '../support/tiny'

function alloc(mm: Mm): number {
  const pfn = allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0)
  if (pfn < 0) throw new Error('no page')
  preparePage(mm, pfn, 0, PG_KERNEL)
  return pfn
}

function cachePage(mm: Mm, index: number): number {
  const pfn = allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0)
  filemapAddFolio(mm, fileOf(mm), index, pfn, PG_UPTODATE, false)
  return pfn
}

test('a per-cpu list is refilled by a batch, in ascending order, and hands out the page freed last', () => {
  const mm = idleMm({ pages: 50 * 1024 })
  const [zone] = mm.zones
  const [pcp] = zone.pcp
  const free = zone.free
  expect(pcp.batch).toBe(15)
  const pages = Array.from({ length: 15 }, () => alloc(mm))
  expect([free - zone.free, pcp.count]).toEqual([15, 0])
  for (let i = 1; i < 15; i++) expect(pages[i]).toBe(pages[i - 1] + 1)
  alloc(mm)
  expect([free - zone.free, pcp.count]).toEqual([30, 14])
  freeKernelPage(mm, pages[3])
  freeKernelPage(mm, pages[9])
  expect(alloc(mm)).toBe(pages[9])
})

test('a full per-cpu list is cut by a batch that doubles with every cut, up to high less a batch; an allocation halves it', () => {
  const mm = idleMm({ pages: 51_809 })
  const [zone] = mm.zones
  const [pcp] = zone.pcp
  const pages = Array.from({ length: 600 }, () => alloc(mm))
  pcp.high = 100
  pcp.freeFactor = 0
  const cuts: number[] = []
  const give = (): void => {
    const before = zone.free
    freeKernelPage(mm, pages.pop() ?? -1)
    if (zone.free > before) cuts.push(zone.free - before)
  }
  while (cuts.length < 5) give()
  expect(cuts).toEqual([15, 30, 60, 85, 85])
  const factor = pcp.freeFactor
  alloc(mm)
  expect(pcp.freeFactor).toBe(factor >> 1)
  pcp.freeFactor = 0
  zone.reclaimActive = true
  cuts.length = 0
  while (cuts.length < 2) give()
  // While reclaim is active lists may hold four batches.
  expect(pcp.count).toBeLessThan(60)
})

test('new pages reach the list fifteen at a time, or at a drain', () => {
  const mm = idleMm({ pages: 8 * MIB })
  const [lruvec] = mm.lruvecs
  for (let i = 0; i < 14; i++) cachePage(mm, i)
  expect(lruvec.size[2]).toBe(0)
  cachePage(mm, 14)
  expect(lruvec.size[2]).toBe(15)
  cachePage(mm, 15)
  lruAddDrain(mm)
  expect(lruvec.size[2]).toBe(16)
})

test('reads: the first access marks, the second promotes, the same page again does not count, writes never do', () => {
  const mm = idleMm({ pages: 8 * MIB })
  const open = new OpenFile(fileOf(mm), 32)
  const pages = [0, 1, 2].map((index) => cachePage(mm, index))
  lruAddDrain(mm)
  const marks = (page: number): number => mm.frames.flags[pages[page]] & (PG_REFERENCED | PG_ACTIVE)
  const clock = (): number => mm.lruvecs[0].nonresidentAge
  filemapReadHit(mm, open, 0)
  expect(marks(0)).toBe(PG_REFERENCED)
  filemapReadHit(mm, open, 0)
  expect([marks(0), clock()]).toEqual([PG_REFERENCED, 0])
  filemapReadHit(mm, open, 1)
  filemapReadHit(mm, open, 0)
  expect([marks(0), clock(), mm.vm.pgactivate]).toEqual([0, 1, 0])
  lruAddDrain(mm)
  expect([marks(0), mm.vm.pgactivate]).toEqual([PG_ACTIVE, 1])
  for (let i = 0; i < 5; i++) filemapWriteHit(mm, fileOf(mm), 2)
  expect(marks(2)).toBe(0)
})

test('a page that still waits in the add batch is activated there and not counted', () => {
  const mm = idleMm({ pages: 8 * MIB })
  const open = new OpenFile(fileOf(mm), 32)
  const pfn = cachePage(mm, 0)
  cachePage(mm, 1)
  for (const page of [0, 1, 0]) filemapReadHit(mm, open, page)
  lruAddDrain(mm)
  expect([mm.frames.flags[pfn] & PG_ACTIVE, mm.vm.pgactivate, mm.lruvecs[0].size[3]]).toEqual([PG_ACTIVE, 0, 1])
})

test('refaults: active when the distance is at most the size it competes with; workingset pages restore and cost', () => {
  const mm = idleMm({ pages: 8 * MIB })
  const [lruvec] = mm.lruvecs
  const stat = mm.nodes[0].stat
  const refault = (away: number, workingset: boolean): number => {
    const pfn = cachePage(mm, refaulted++)
    if (workingset) mm.frames.flags[pfn] |= PG_WORKINGSET
    const shadow = workingsetEviction(mm, pfn)
    lruvec.nonresidentAge += away - 1
    mm.frames.flags[pfn] &= ~(PG_ACTIVE | PG_WORKINGSET)
    workingsetRefault(mm, pfn, shadow)
    return mm.frames.flags[pfn] & (PG_ACTIVE | PG_WORKINGSET)
  }
  let refaulted = 0
  lruvec.size[3] = 100
  expect([refault(101, false), refault(100, false), refault(1, true)]).toEqual([0, PG_ACTIVE, PG_ACTIVE | PG_WORKINGSET])
  expect([stat.workingset_refault_file, stat.workingset_activate_file, stat.workingset_restore_file]).toEqual([3, 2, 1])
  expect(lruvec.fileCost).toBe(1)
  // Anonymous memory counts as room only if it could be swapped.
  lruvec.size[0] = 500
  expect(refault(101, false)).toBe(0)
  mm.swap.nrSwapPages = 1
  expect(refault(101, false)).toBe(PG_ACTIVE)
})

test('swap slots: clusters of 512 by columns, whole ones first, then what is left from slot 1', () => {
  const first = (swapPages: number, n: number): number[] => {
    const mm = idleMm({ pages: 4 * MIB, swapPages })
    return Array.from({ length: n }, () => getSwapSlot(mm))
  }
  const small = first(2048, 2047)
  expect(small.slice(0, 3)).toEqual([512, 513, 514])
  // The last batch, 321 to 384, was given back but for one slot, and is come to again at the end.
  expect([small[511], small[512], small[1024], small[1536], small[1856], small[1857], small[2046]]).toEqual([1023, 1024, 1536, 1, 321, 385, 384])
  expect(new Set(small).size).toBe(2047)
  const large = first(64 * 512, 1600)
  expect([large[0], large[512], large[1024], large[1536]].map((slot) => slot / 512)).toEqual([32, 1, 33, 2])
})

test('what these tests do by hand leaves the machine consistent', () => {
  const mm = idleMm({ pages: 8 * MIB })
  checkMm(mm)
  const open = new OpenFile(fileOf(mm), 32)
  for (let i = 0; i < 40; i++) cachePage(mm, i)
  for (let i = 0; i < 80; i++) filemapReadHit(mm, open, i % 40)
  checkMm(mm)
})
