/** Where free blocks lie at the start: as many as told, no two that could merge, and none in a pageblock that another type claimed. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, NR_MIGRATETYPES } from '../../../main/engine/mm/gfp'
import type { Mm } from '../../../main/engine/mm/mm'
import { MAX_ORDER, PAGEBLOCK_ORDER } from '../../../main/engine/mm/mmzone'
import { boot } from '../support/run'
import { map, scenario, touch } from '../support/tiny'

/** The measured guest of 256 MiB. */
const DMA32 = [2, 2, 1, 2, 0, 3, 10, 11, 6, 4, 37]
const DMA = [0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 3]

function booted(dma: readonly number[], dma32: readonly number[]): Mm {
  const pages = (counts: readonly number[]): number => counts.reduce((sum, count, order) => sum + (count << order), 0)
  return boot(scenario({
    machine: { zones: [{ node: 0, name: 'DMA', managed: 3840, free: pages(dma), freeByOrder: dma }, { node: 0, name: 'DMA32', managed: 51_809, free: pages(dma32), freeByOrder: dma32 }] },
    processes: [[map('a', 1), touch('a', 'w', 1)]],
  })).mm
}

function blocksOf(mm: Mm, zone: number, type: number): number[] {
  return Array.from({ length: MAX_ORDER }, (_, order) => {
    let n = 0
    for (let link = mm.zones[zone].freeLists.head[order * NR_MIGRATETYPES + type]; link !== 0; link = mm.frames.next[link - 1]) n++
    return n
  })
}

test('of the claimed pageblocks one free block an order is left; DMA\'s first pageblock is the kernel\'s', () => {
  const mm = booted(DMA, DMA32)
  expect(blocksOf(mm, 0, MIGRATE_UNMOVABLE)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0])
  expect(blocksOf(mm, 0, MIGRATE_MOVABLE)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3])
  expect(blocksOf(mm, 1, MIGRATE_UNMOVABLE)).toEqual([2, 2, 1, 2, 0, 0, 0, 0, 1, 0, 0])
  expect(blocksOf(mm, 1, MIGRATE_RECLAIMABLE)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0])
  expect(blocksOf(mm, 1, MIGRATE_MOVABLE)).toEqual([0, 0, 0, 0, 0, 2, 9, 10, 5, 4, 37])
})

test('a free block is on the lists of its pageblock\'s type', () => {
  fc.assert(fc.property(fc.tuple(...[3, 3, 3, 3, 3, 6, 10, 11, 6, 4, 37].map((max) => fc.integer({ min: 0, max }))), (dma32) => {
    const mm = booted(DMA, dma32)
    for (const type of [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE]) {
      for (let order = 0; order < MAX_ORDER; order++) {
        for (let link = mm.zones[1].freeLists.head[order * NR_MIGRATETYPES + type]; link !== 0; link = mm.frames.next[link - 1]) expect(mm.blockType[(link - 1) >>> PAGEBLOCK_ORDER]).toBe(type)
      }
    }
  }), { numRuns: 30, seed: 1 })
})

test('frames of firmware and the kernel image lie below the managed ones; the first MiB with its hole only in ZONE_DMA of x86', () => {
  const { zones } = boot(scenario({
    machine: { zones: [{ node: 0, name: 'DMA', managed: 3840, present: 3998, spanned: 4095 }, { node: 0, name: 'DMA32', managed: 51_809, present: 61_402, spanned: 61_402 }, { node: 0, name: 'Normal', managed: 5000, spanned: 9000 }] },
    processes: [[map('a', 1), touch('a', 'w', 1)]],
  })).mm
  // As /proc/zoneinfo and the compaction tracepoints of the measured guest have them: 0x1 to 0x1000, 0x1000 to 0xffda.
  expect(zones.map(({ startPfn, managedPfn, endPfn }) => [startPfn, managedPfn, endPfn])).toEqual([[1, 256, 4096], [4096, 13_689, 65_498], [65_536, 65_536, 70_536]])
})

test('per-cpu lists of a started machine: half of them, at most a batch, are not for programs, and programs\' come in pairs', () => {
  const counts = (pcp: number): number[] => {
    const { mm } = boot(scenario({ machine: { zones: [{ node: 0, name: 'DMA32', managed: 51_809, free: 40_000, pcp }] }, processes: [[map('a', 1), touch('a', 'w', 1)]] }))
    const { lists } = mm.zones[0].pcp[0]
    return [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE].map((type) => {
      let n = 0
      for (let link = lists.head[type]; link !== 0; link = mm.frames.next[link - 1]) n++
      return n
    })
  }
  expect([43, 64, 10, 1].map(counts)).toEqual([[8, 28, 7], [8, 48, 8], [3, 4, 3], [1, 0, 0]])
})
