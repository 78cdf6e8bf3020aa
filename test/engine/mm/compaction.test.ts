/** Compaction on machines whose free memory lies in single pages: what moves, what stays, when it is tried at all. */
import { expect, test } from 'vitest'
import { PTE_VALUE } from '../../../main/engine/mm/area'
import type { Area } from '../../../main/engine/mm/area'
import { compactNodes, compactZone, daemonControl, tryToCompactPages } from '../../../main/engine/mm/compaction'
import { hintsOfFullCompaction, resetIsolationSuitable } from '../../../main/engine/mm/compaction-hints'
import {
  COMPACT_CONTINUE, COMPACT_DEFERRED, COMPACT_PARTIAL_SKIPPED, COMPACT_PRIO_ASYNC, COMPACT_PRIO_SYNC_LIGHT, COMPACT_SKIPPED, COMPACT_SUCCESS, ZoneCompaction, compactionDeferReset, compactionDeferred,
  compactionRestarting, deferCompaction,
} from '../../../main/engine/mm/compaction-state'
import { compactionSuitable, fragmentationScoreWmark, fragmentationScoreZone } from '../../../main/engine/mm/compaction-suitable'
import { filemapRead } from '../../../main/engine/mm/filemap'
import { OpenFile } from '../../../main/engine/mm/file'
import { GFP_COMP, GFP_HIGHUSER_MOVABLE, GFP_KERNEL } from '../../../main/engine/mm/gfp'
import { handleFault, zapRange } from '../../../main/engine/mm/memory'
import type { Mm } from '../../../main/engine/mm/mm'
import { PG_DIRTY, PG_LOCKED, PG_LRU, PG_SWAPCACHE, PG_UPTODATE } from '../../../main/engine/mm/page'
import { allocPageFast, prepareKernelBlock } from '../../../main/engine/mm/page-alloc'
import { drainAllPages } from '../../../main/engine/mm/pcp'
import { addToSwap } from '../../../main/engine/mm/swap'
import { lruAddDrainAll } from '../../../main/engine/mm/swap-lru'
import { checkMm } from '../../../main/engine/sim/check-mm'
import { finish, idleMm, newArea } from '../support/idle'

const PAGES = 4096
const HUGE = 9

/** An area in which every second page was given back; nothing waits in per-cpu lists or batches. */
function inPieces(mm: Mm, pages: number): Area {
  const area = newArea(mm, pages)
  mm.current.areas.set(`heap${area.id}`, area)
  for (let index = 0; index < pages; index++) finish(mm, handleFault(mm, area, index, true))
  lruAddDrainAll(mm)
  for (let index = 0; index < pages; index += 2) finish(mm, zapRange(mm, area, index, index + 1))
  drainAllPages(mm)
  expect(mm.current.killed).toBe(false)
  return area
}

const frameOf = (area: Area, index: number): number => area.pte[index] & PTE_VALUE
const freeInHuge = (mm: Mm): number => mm.zones[0].nrFree.reduce((sum, blocks, order) => sum + (order >= HUGE ? blocks << order : 0), 0)

/** Every page of the area is where its entry says, and its frame says the same. */
function expectWhole(mm: Mm, area: Area): void {
  for (let index = 0; index < area.pages; index++) {
    if (area.pte[index] >= 0) continue
    const pfn = frameOf(area, index)
    expect([mm.frames.mapping[pfn], mm.frames.index[pfn]]).toEqual([area.id, index])
  }
}

test('all of memory compacted: single free pages become blocks, every page keeps its place in its address space', () => {
  const mm = idleMm({ pages: PAGES })
  const area = inPieces(mm, 3000)
  const entries = [...area.pte]
  const free = mm.zones[0].free
  expect(freeInHuge(mm)).toBe(512)
  finish(mm, compactNodes(mm))
  drainAllPages(mm)
  expect(mm.zones[0].free).toBe(free)
  expect(freeInHuge(mm)).toBe(1536)
  expect(mm.vm.pgmigrate_success).toBeGreaterThan(500)
  // The one for which there was no room left when the scanners met.
  expect(mm.vm.pgmigrate_fail).toBe(1)
  expectWhole(mm, area)
  // Accessed, dirty and write bits moved along; frames did change.
  expect([...area.pte].map((pte) => pte & ~PTE_VALUE)).toEqual(entries.map((pte) => pte & ~PTE_VALUE))
  expect([...area.pte].filter((pte, i) => pte !== entries[i]).length).toBe(mm.vm.pgmigrate_success)
  checkMm(mm)
})

test('pages of files and of the swap cache move with their slots, dirty ones stay dirty', () => {
  const mm = idleMm({ pages: PAGES, swapPages: 4096 })
  const area = inPieces(mm, 2000)
  const open = new OpenFile(mm.files[0], 32)
  for (let index = 0; index < 300; index += 1) {
    const episode = filemapRead(mm, open, index)
    while (episode.next().done !== true) for (let pfn = 0; pfn < PAGES; pfn++) if ((mm.frames.flags[pfn] & PG_LOCKED) !== 0) mm.frames.flags[pfn] = mm.frames.flags[pfn] & ~PG_LOCKED | PG_UPTODATE
  }
  lruAddDrainAll(mm)
  const swapped = [1, 3, 5, 7].map((index) => frameOf(area, index))
  for (const pfn of swapped) expect(addToSwap(mm, pfn)).toBe(true)
  const slots = swapped.map((pfn) => mm.frames.swap[pfn])
  finish(mm, compactNodes(mm))
  expect([1, 3, 5, 7].map((index) => mm.frames.swap[frameOf(area, index)])).toEqual(slots)
  slots.forEach((slot, i) => expect(mm.swap.cache[slot - 1]).toBe(frameOf(area, 2 * i + 1) + 1))
  for (const index of [1, 3, 5, 7]) expect(mm.frames.flags[frameOf(area, index)] & (PG_SWAPCACHE | PG_DIRTY)).toBe(PG_SWAPCACHE | PG_DIRTY)
  for (let index = 0; index < 300; index++) expect(mm.frames.index[mm.files[0].slots[index] - 1]).toBe(index)
  expectWhole(mm, area)
})

test('the kernel\'s own pages and pages somebody holds stay where they are', () => {
  const mm = idleMm({ pages: PAGES })
  const area = inPieces(mm, 3000)
  const kernel = Array.from({ length: 40 }, () => allocPageFast(mm, GFP_KERNEL, 0))
  for (const pfn of kernel) prepareKernelBlock(mm, pfn, 0)
  const held = frameOf(area, 101)
  mm.frames.flags[held] += 1 << 28
  finish(mm, compactNodes(mm))
  for (const pfn of kernel) expect(mm.frames.flags[pfn] & (1 << 13)).not.toBe(0)
  expect(frameOf(area, 101)).toBe(held)
  expect(mm.frames.flags[held] & PG_LRU).toBe(PG_LRU)
})

test('a request of order 9 is satisfied by compaction, from the block its own moves set free', () => {
  const mm = idleMm({ pages: PAGES })
  const area = inPieces(mm, 3400)
  while (allocPageFast(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE) >= 0) { /* what was never split goes first */ }
  const { result, pfn } = finish(mm, tryToCompactPages(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE, 0, COMPACT_PRIO_SYNC_LIGHT))
  expect(result).toBe(COMPACT_SUCCESS)
  expect(pfn % 512).toBe(0)
  expect(mm.current.capture).toBeUndefined()
  expect([...area.pte].every((pte) => pte >= 0 || (pte & PTE_VALUE) < pfn || (pte & PTE_VALUE) >= pfn + 512)).toBe(true)
  expectWhole(mm, area)
})

test('in a hurry a block is given up at its first page that can\'t move', () => {
  const mm = idleMm({ pages: PAGES })
  const area = inPieces(mm, 3400)
  while (allocPageFast(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE) >= 0) { /* as above */ }
  const blocked = new Set<number>()
  for (let index = 1; index < area.pages; index += 2) {
    const pfn = frameOf(area, index)
    if (blocked.has(pfn >>> HUGE)) continue
    blocked.add(pfn >>> HUGE)
    mm.frames.flags[pfn] += 1 << 28
  }
  const { result, pfn } = finish(mm, tryToCompactPages(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE, 0, COMPACT_PRIO_ASYNC))
  expect([result, pfn]).toEqual([COMPACT_PARTIAL_SKIPPED, -1])
  expect(mm.vm.pgmigrate_success).toBe(0)
  expect(mm.zones[0].compaction.blockskipFlush).toBe(true)
})

test('suitable: not when a block is there, nor without room to move, nor when memory is short rather than in pieces', () => {
  const mm = idleMm({ pages: PAGES })
  const [zone] = mm.zones
  expect(compactionSuitable(mm, zone, HUGE, 0, 2)).toBe(COMPACT_SUCCESS)
  inPieces(mm, 3400)
  while (allocPageFast(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE) >= 0) { /* as above */ }
  expect(compactionSuitable(mm, zone, HUGE, 0, 2)).toBe(COMPACT_CONTINUE)
  mm.sysctl.preset('vm.extfrag_threshold', 1000)
  expect(compactionSuitable(mm, zone, HUGE, 0, 2)).toBe(COMPACT_SKIPPED)
  while (allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 2) >= 0) { /* nor blocks of order 2 */ }
  expect(compactionSuitable(mm, zone, 2, 0, 2), 'small orders do not ask').toBe(COMPACT_CONTINUE)
  mm.sysctl.preset('vm.extfrag_threshold', 500)
  while (zone.free > 1024 + zone.mark[1]) allocPageFast(mm, GFP_HIGHUSER_MOVABLE, 0)
  expect(compactionSuitable(mm, zone, HUGE, 0, 2)).toBe(COMPACT_SKIPPED)
  expect(compactionSuitable(mm, zone, -1, 0, 2), 'all of the zone: always').toBe(COMPACT_CONTINUE)
})

test('deferral: after n failures 2^n - 1 attempts are passed over, at most 63; success ends it', () => {
  const state = new ZoneCompaction()
  expect(compactionDeferred(state, HUGE)).toBe(false)
  for (let failures = 1; failures <= 8; failures++) {
    deferCompaction(state, HUGE)
    let passed = 0
    while (compactionDeferred(state, HUGE)) passed++
    expect(passed).toBe(2 ** Math.min(failures, 6) - 1)
    expect(compactionRestarting(state, HUGE)).toBe(failures >= 6)
  }
  expect(state.orderFailed).toBe(0)
  compactionDeferReset(state, 4, false)
  expect([compactionDeferred(state, 4), state.deferShift]).toEqual([false, 6])
  compactionDeferReset(state, HUGE, true)
  expect([state.deferShift, state.considered, state.orderFailed]).toEqual([0, 0, HUGE + 1])
})

test('proactive compaction starts above 90 and stops at 80 with the kernel\'s default of 20', () => {
  expect([20, 100, 1].map((p) => [fragmentationScoreWmark(p, true), fragmentationScoreWmark(p, false)])).toEqual([[80, 90], [5, 15], [99, 100]])
  const mm = idleMm({ pages: PAGES })
  expect(fragmentationScoreZone(mm.zones[0])).toBe(0)
  inPieces(mm, 3400)
  const { free } = mm.zones[0]
  expect(fragmentationScoreZone(mm.zones[0])).toBe(Math.floor((free - freeInHuge(mm)) * 100 / free))
})

test('skip hints: blocks that gave nothing are passed over until kswapd sleeps after the scanners have met', () => {
  const mm = idleMm({ pages: PAGES })
  hintsOfFullCompaction(mm)
  expect([...mm.blockSkip]).toEqual(new Array(PAGES / 512).fill(1))
  inPieces(mm, 3400)
  while (allocPageFast(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE) >= 0) { /* as above */ }
  const again = (): number => finish(mm, tryToCompactPages(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE, 0, COMPACT_PRIO_SYNC_LIGHT)).result
  expect(again()).toBe(COMPACT_PARTIAL_SKIPPED)
  expect(mm.vm.pgmigrate_success).toBe(0)
  expect(again()).toBe(COMPACT_DEFERRED)
  resetIsolationSuitable(mm, mm.nodes[0])
  expect(mm.blockSkip.some((skip) => skip === 0)).toBe(true)
  expect(mm.zones[0].compaction.blockskipFlush).toBe(false)
})

test('the next run goes on one block behind the last one that was gone through: the kernel rounds up twice', () => {
  const mm = idleMm({ pages: PAGES })
  inPieces(mm, 3400)
  while (allocPageFast(mm, GFP_HIGHUSER_MOVABLE | GFP_COMP, HUGE) >= 0) { /* as above */ }
  const [zone] = mm.zones
  const cc = daemonControl(zone, HUGE, 'sync-light', 2)
  expect(finish(mm, compactZone(mm, cc))).toBe(COMPACT_SUCCESS)
  const [async, sync] = zone.compaction.cachedMigratePfn
  expect(async).toBe(sync)
  expect(async % 512).toBe(0)
  expect(mm.compacting.size).toBe(0)
})
