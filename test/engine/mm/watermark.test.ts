/** Marks, the watermark test, gfp to alloc flags, pcp sizes, boost: exact numbers of kernel formulas. */
import { describe, expect, test } from 'vitest'
import {
  ALLOC_CPUSET, ALLOC_HARDER, ALLOC_HIGH, ALLOC_KSWAPD, ALLOC_NOFRAGMENT, ALLOC_NO_WATERMARKS, ALLOC_OOM, ALLOC_WMARK_LOW, ALLOC_WMARK_MIN, GFP_ATOMIC, GFP_HIGHUSER_MOVABLE, GFP_KERNEL, GFP_MEMALLOC,
  GFP_NOFS, GFP_NOIO, GFP_NOMEMALLOC, GFP_NOWAIT, GFP_DMA, GFP_DMA32, GFP_RECLAIMABLE, gfpMigratetype, gfpName, gfpPfmemallocFlags, gfpToAllocFlags, gfpZone,
} from '../../../main/engine/mm/gfp'
import type { Mm } from '../../../main/engine/mm/mm'
import { fastAllocFlags } from '../../../main/engine/mm/page-alloc'
import { zoneBatchsize, zoneHighsize } from '../../../main/engine/mm/pcp'
import { reducedMark, zoneWatermarkFast, zoneWatermarkOk, zoneWatermarkOkWith } from '../../../main/engine/mm/watermark'
import { idleMm } from '../support/idle'
import { MIB } from '../support/tiny'

const mm = idleMm({ pages: 4 * MIB })
const zone = mm.zones[0]
const ORDINARY = { memalloc: false, oomVictim: false, realtime: false }

/** Smallest number of free pages with which the test passes. */
function threshold(order: number, mark: number, flags: number, idx = 2): number {
  for (let free = 0; free < 5000; free++) if (zoneWatermarkOkWith(zone, order, mark, idx, flags, free)) return free
  return Infinity
}

test('order 0 passes with strictly more than the reduced mark and the reserve', () => {
  const table: readonly (readonly [number, number])[] = [
    [0, 1001], [ALLOC_HIGH, 501], [ALLOC_HARDER, 751], [ALLOC_HIGH | ALLOC_HARDER, 376], [ALLOC_OOM, 501], [ALLOC_HIGH | ALLOC_OOM, 251], [ALLOC_HIGH | ALLOC_HARDER | ALLOC_OOM, 251],
  ]
  for (const [flags, least] of table) expect(threshold(0, 1000, flags), flags.toString(16)).toBe(least)
  zone.lowmemReserve[3] = 77
  expect(threshold(0, 1000, 0, 3)).toBe(1078)
  // The reserve is not reduced with the mark.
  expect(threshold(0, 1000, ALLOC_HIGH, 3)).toBe(578)
  zone.lowmemReserve[3] = 0
})

test('marks are reduced by integer halves and quarters, one after the other', () => {
  expect([1000, 7, 3, 1].map((mark) => reducedMark(mark, ALLOC_HIGH))).toEqual([500, 4, 2, 1])
  expect([1000, 7, 3, 1].map((mark) => reducedMark(mark, ALLOC_HARDER))).toEqual([750, 6, 3, 1])
  expect([1000, 7, 3, 1].map((mark) => reducedMark(mark, ALLOC_HIGH | ALLOC_HARDER))).toEqual([375, 3, 2, 1])
})

test('larger orders: the other pages of the block do not count, and a block must exist', () => {
  expect(threshold(3, 1000, 0)).toBe(1008)
  const small = idleMm({ zones: [{ node: 0, name: 'Normal', managed: 1024, free: 300, freeByOrder: [300, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }] })
  expect(zoneWatermarkOk(small.zones[0], 0, 100, 2, 0)).toBe(true)
  expect(zoneWatermarkOk(small.zones[0], 1, 100, 2, 0)).toBe(false)
})

test('reserved HIGHATOMIC pages are out of reach for ordinary requests', () => {
  zone.nrReservedHighatomic = 100
  expect([threshold(0, 1000, 0), threshold(0, 1000, ALLOC_HARDER), threshold(0, 1000, ALLOC_OOM)]).toEqual([1101, 751, 501])
  zone.nrReservedHighatomic = 0
})

test('an atomic request that only fails because of the boost passes at MIN', () => {
  const boosted = idleMm({ pages: 4 * MIB })
  const z = boosted.zones[0]
  z.boost = 5000
  const mark = z.mark[0] + z.boost
  expect(zoneWatermarkFast(z, 0, mark, 2, ALLOC_WMARK_MIN, GFP_KERNEL)).toBe(false)
  expect(zoneWatermarkFast(z, 0, mark, 2, ALLOC_WMARK_MIN | ALLOC_HIGH | ALLOC_HARDER, GFP_ATOMIC)).toBe(true)
  expect(zoneWatermarkFast(z, 0, mark, 2, ALLOC_WMARK_LOW | ALLOC_HIGH | ALLOC_HARDER, GFP_ATOMIC)).toBe(false)
})

describe('gfp', () => {
  test('slow-path flags', () => {
    const flags = (gfp: number, task = ORDINARY): number => gfpToAllocFlags(gfp, task)
    expect(flags(GFP_KERNEL)).toBe(ALLOC_WMARK_MIN | ALLOC_CPUSET | ALLOC_KSWAPD)
    expect(flags(GFP_HIGHUSER_MOVABLE)).toBe(ALLOC_WMARK_MIN | ALLOC_CPUSET | ALLOC_KSWAPD)
    expect(flags(GFP_ATOMIC)).toBe(ALLOC_WMARK_MIN | ALLOC_HIGH | ALLOC_HARDER | ALLOC_KSWAPD)
    expect(flags(GFP_ATOMIC | GFP_NOMEMALLOC)).toBe(ALLOC_WMARK_MIN | ALLOC_HIGH | ALLOC_KSWAPD)
    expect(flags(GFP_NOWAIT)).toBe(ALLOC_WMARK_MIN | ALLOC_CPUSET | ALLOC_KSWAPD)
    expect(flags(0)).toBe(ALLOC_WMARK_MIN | ALLOC_CPUSET)
    expect(flags(GFP_KERNEL, { ...ORDINARY, realtime: true }) & ALLOC_HARDER).toBe(ALLOC_HARDER)
  })

  test('reserves', () => {
    expect(gfpPfmemallocFlags(GFP_KERNEL, ORDINARY)).toBe(0)
    expect(gfpPfmemallocFlags(GFP_KERNEL, { ...ORDINARY, memalloc: true })).toBe(ALLOC_NO_WATERMARKS)
    expect(gfpPfmemallocFlags(GFP_KERNEL | GFP_MEMALLOC, ORDINARY)).toBe(ALLOC_NO_WATERMARKS)
    expect(gfpPfmemallocFlags(GFP_KERNEL, { ...ORDINARY, oomVictim: true })).toBe(ALLOC_OOM)
    expect(gfpPfmemallocFlags(GFP_KERNEL | GFP_NOMEMALLOC, { memalloc: true, oomVictim: true, realtime: false })).toBe(0)
  })

  test('zones, migrate types, names', () => {
    expect([GFP_DMA, GFP_DMA32, GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_KERNEL | GFP_RECLAIMABLE].map(gfpZone)).toEqual([0, 1, 2, 3, 2])
    expect([GFP_KERNEL, GFP_HIGHUSER_MOVABLE, GFP_KERNEL | GFP_RECLAIMABLE].map(gfpMigratetype)).toEqual([0, 1, 2])
    expect([GFP_KERNEL, GFP_NOFS, GFP_NOIO, GFP_ATOMIC, GFP_NOWAIT, GFP_HIGHUSER_MOVABLE].map(gfpName)).toEqual(['GFP_KERNEL', 'GFP_NOFS', 'GFP_NOIO', 'GFP_ATOMIC', 'GFP_NOWAIT', 'GFP_HIGHUSER_MOVABLE'])
  })

  test('the fast path tests LOW and avoids fragmentation where the preferred zone is Normal', () => {
    const nofragment = (over: Mm): number => fastAllocFlags(over, GFP_HIGHUSER_MOVABLE)
    expect(nofragment(mm)).toBe(ALLOC_WMARK_LOW | ALLOC_KSWAPD | ALLOC_NOFRAGMENT)
    expect(nofragment(idleMm({ zones: [{ node: 0, name: 'DMA32', managed: 1024 }] }))).toBe(ALLOC_WMARK_LOW | ALLOC_KSWAPD)
    expect(fastAllocFlags(mm, 0) & ALLOC_KSWAPD).toBe(0)
  })
})

test('per-cpu batches and lengths', () => {
  expect([243_597, 758_592, 3840, 51_809, 116_225, 1000].map((managed) => zoneBatchsize(managed, 256))).toEqual([63, 63, 1, 15, 31, 1])
  expect(zoneBatchsize(243_597, 128)).toBe(31)
  const low = mm.zones[0].mark[1]
  expect(zoneHighsize(mm.zones[0], 1, 1, 0)).toBe(Math.max(low, 4))
  expect(zoneHighsize(mm.zones[0], 63, 4, 0)).toBe(252)
  expect(zoneHighsize(mm.zones[0], 1, 2, 8)).toBe(64)
})

test('boost: one pageblock a time, at most 150 % of HIGH, never on tiny zones', () => {
  const boost = (managed: number, high: number, from: number, factor = 15_000): number => mm.decide.watermarkBoost({ managed, high, boost: from, factor, pageblockPages: 512 })
  const run = (managed: number, high: number): number[] => {
    const seen = [0]
    for (let i = 0; i < 12; i++) seen.push(boost(managed, high, seen[i]))
    return seen
  }
  expect(run(752_700, 3009).slice(0, 4)).toEqual([0, 512, 1024, 1536])
  expect(run(752_700, 3009).at(-1)).toBe(4513)
  expect(run(243_597, 973).at(-1)).toBe(1459)
  expect(run(3840, 13).at(-1)).toBe(512)
  expect(boost(2047, 100, 0)).toBe(0)
  expect(boost(752_700, 3009, 0, 0)).toBe(0)
})

test('min_free_kbytes by memory size', () => {
  const kb = (gib: number): number => mm.decide.minFreeKbytes({ lowmemKb: gib * 2 ** 20, userKb: -1 })
  expect([1, 2, 4, 8, 16, 64, 256].map(kb)).toEqual([4096, 5792, 8192, 11_585, 16_384, 32_768, 65_536])
  expect(mm.decide.minFreeKbytes({ lowmemKb: 100, userKb: -1 })).toBe(128)
  expect(mm.decide.minFreeKbytes({ lowmemKb: 2 ** 50, userKb: -1 })).toBe(262_144)
  expect(mm.decide.minFreeKbytes({ lowmemKb: 2 ** 20, userKb: 5000 })).toBe(5000)
})
