/** Marks, reserves and boost of the `marks` kernels against numbers printed by real machines and computed from the kernel's sources. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { KernelContext, KernelDefinition, ZoneIndex } from 'reclaim-lab'
import { intSqrt, mulDiv } from '../../main/engine/core/maths'
import android from '../../plugins/kernels/android-3.18'
import linux515 from '../../plugins/kernels/linux-5.15'

const k: KernelContext = { math: { intSqrt, mulDiv } }
const NAMES = ['DMA', 'DMA32', 'Normal', 'Movable']

interface Knobs { readonly minFreeKb: number; readonly scaleFactor?: number; readonly extraFreeKb?: number }

/** [min, low, high] per zone. */
function marks(kernel: Pick<KernelDefinition, 'hooks'>, managed: readonly number[], knobs: Knobs): readonly (readonly number[])[] {
  const { zoneWatermarks } = kernel.hooks
  if (!zoneWatermarks) throw new Error('the kernel computes no marks')
  const zones = managed.map((pages, zone) => ({ node: 0, zone: zone as ZoneIndex, name: NAMES[zone], managed: pages }))
  const vmTotalPages = managed.reduce((sum, pages) => sum + pages, 0)
  const answer = zoneWatermarks({ zones, minFreeKb: knobs.minFreeKb, scaleFactor: knobs.scaleFactor ?? 10, extraFreeKb: knobs.extraFreeKb ?? 0, vmTotalPages }, k)
  for (const { high, promo } of answer) expect(promo).toBeGreaterThanOrEqual(high)
  return answer.map(({ min, low, high }) => [min, low, high])
}

const SEED_000 = [3840, 758592, 243597]

test('seed 000: nine raised marks, 5.15', () => {
  expect(marks(linux515, SEED_000, { minFreeKb: 3_000_000 })).toEqual([[2862, 3577, 4292], [565534, 706917, 848300], [181602, 227002, 272402]])
})

test('seed 000: the 3.18 formula differs by one page in every HIGH', () => {
  expect(marks(android, SEED_000, { minFreeKb: 3_000_000 })).toEqual([[2862, 3577, 4293], [565534, 706917, 848301], [181602, 227002, 272403]])
})

test('seed 000: the nine boot marks and min_free_kbytes come from what DMA32 managed then', () => {
  for (const dma32 of [752_563, 752_813]) {
    const managed = [3840, dma32, 243597]
    expect(marks(linux515, managed, { minFreeKb: 8000 })).toEqual([[7, 10, 13], [1505, 2257, 3009], [487, 730, 973]])
    expect(linux515.hooks.minFreeKbytes({ lowmemKb: 4 * (3840 + dma32 + 243597), userKb: -1 }, k)).toBe(8000)
  }
  // What the listing prints as managed gives other marks: memory was freed into DMA32 after they had been computed.
  expect(marks(linux515, SEED_000, { minFreeKb: 8000 }).map(([min]) => min)).toEqual([7, 1508, 484])
  expect(linux515.hooks.minFreeKbytes({ lowmemKb: 4 * 1_006_029, userKb: -1 }, k)).toBe(8024)
})

test('seed 003: all nine marks by the 3.18 formula; the later one misses two HIGHs by a page', () => {
  // The article prints no sizes; these are ones that give its three MINs.
  const managed = [3977, 444_808, 48_551_215]
  const printed = [[63, 78, 94], [7139, 8923, 10708], [779229, 974036, 1168843]]
  expect(marks(android, managed, { minFreeKb: 3_145_728 })).toEqual(printed)
  expect(marks(linux515, managed, { minFreeKb: 3_145_728 }).map(([, , high]) => high)).toEqual([93, 10707, 1168843])
  expect(printed.reduce((sum, [min]) => sum + min, 0)).toBe(786_431)
})

test('Android: extra_free_kbytes lifts LOW and HIGH and leaves MIN', () => {
  const knobs = { minFreeKb: 5792, extraFreeKb: 24_300 }
  expect(marks(android, [200_000, 260_000], knobs)).toEqual([[629, 3427, 3584], [818, 4455, 4660]])
  expect(marks(android, [200_000, 260_000], { ...knobs, extraFreeKb: 0 })).toEqual([[629, 786, 943], [818, 1022, 1227]])
})

test('seed 000: protection rows', () => {
  const args = { managed: [...SEED_000, 0], ratio: [256, 256, 32, 0] }
  for (const kernel of [linux515, android]) {
    expect(kernel.hooks.lowmemReserve(args).slice(0, 3)).toEqual([[0, 2963, 3914, 3914], [0, 0, 951, 951], [0, 0, 0, 0]])
  }
})

test('a ratio of 0 reserves nothing in 5.15 and counts as 1 in 3.18; an empty zone reserves nothing in 5.15', () => {
  const off = { managed: [3840, 1000, 500, 0], ratio: [0, 256, 32, 0] }
  expect(linux515.hooks.lowmemReserve(off)[0]).toEqual([0, 0, 0, 0])
  expect(android.hooks.lowmemReserve(off)[0]).toEqual([0, 1000, 1500, 1500])
  const empty = { managed: [0, 1000, 512, 0], ratio: [256, 256, 32, 0] }
  expect(linux515.hooks.lowmemReserve(empty)).toEqual([[0, 0, 0, 0], [0, 0, 2, 2], [0, 0, 0, 0], [0, 0, 0, 0]])
  expect(android.hooks.lowmemReserve(empty)[0]).toEqual([0, 3, 5, 5])
})

test('automatic min_free_kbytes by memory size, and its limits', () => {
  const table = [[1, 4096], [2, 5792], [4, 8192], [8, 11_585], [16, 16_384], [64, 32_768], [256, 65_536]]
  for (const [gib, kb] of table) {
    expect(linux515.hooks.minFreeKbytes({ lowmemKb: gib * 1_048_576, userKb: -1 }, k)).toBe(kb)
    expect(android.hooks.minFreeKbytes({ lowmemKb: gib * 1_048_576, userKb: -1 }, k)).toBe(kb)
  }
  const huge = { lowmemKb: 8192 * 1_048_576, userKb: -1 }
  expect(linux515.hooks.minFreeKbytes(huge, k)).toBe(262_144)
  expect(android.hooks.minFreeKbytes(huge, k)).toBe(65_536)
  expect(linux515.hooks.minFreeKbytes({ lowmemKb: 100, userKb: -1 }, k)).toBe(128)
})

test('a written min_free_kbytes stays unless the computed one is larger', () => {
  expect(linux515.hooks.minFreeKbytes({ lowmemKb: 4_194_304, userKb: 20_000 }, k)).toBe(20_000)
  expect(linux515.hooks.minFreeKbytes({ lowmemKb: 4_194_304, userKb: 5000 }, k)).toBe(8192)
  expect(android.hooks.minFreeKbytes({ lowmemKb: 4_194_304, userKb: 20_000 }, k)).toBe(20_000)
})

test('boost: one pageblock a time, caps of seed 000 at 150 % of HIGH', () => {
  const boost = (managed: number, high: number, from: number, factor = 15_000) =>
    linux515.hooks.watermarkBoost({ managed, high, boost: from, factor, pageblockPages: 512 }, k)
  const cap = (managed: number, high: number) => {
    let reached = 0
    for (let turn = 0; turn < 100; turn++) reached = boost(managed, high, reached)
    return reached
  }
  expect([cap(758_592, 3009), cap(243_597, 973), cap(3840, 13)]).toEqual([4513, 1459, 512])
  expect(boost(758_592, 3009, 0)).toBe(512)
  expect(boost(758_592, 3009, 0, 0)).toBe(0)
  expect(boost(2047, 3009, 0)).toBe(0)
  expect(boost(758_592, 0, 100)).toBe(100)
})

// ---- measured: a 6.1 kernel's own table, 8 machines -------------------------------------------------------------------

interface Row { readonly variant: string; readonly label: string; readonly [column: string]: string }

function measured(): Map<string, Row[]> {
  const [head, ...lines] = readFileSync(new URL('../parity/watermarks.csv', import.meta.url), 'utf8').trim().split('\n')
  const columns = head.split(',')
  const groups = new Map<string, Row[]>()
  for (const line of lines) {
    const cells = [...line.matchAll(/"([^"]*)"|([^,]+)/g)].map(([, quoted, plain]) => quoted ?? plain)
    const row = Object.fromEntries(columns.map((column, i) => [column, cells[i]])) as unknown as Row
    const key = `${row.variant} ${row.label}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return groups
}

test('every explicit write of the measured table is exact; boot rows are at most 17 pages off', () => {
  let exact = 0
  let boot = 0
  for (const [key, rows] of measured()) {
    const managed = rows.map(row => Number(row.managed))
    const computed = marks(linux515, managed, { minFreeKb: Number(rows[0].min_free_kbytes), scaleFactor: Number(rows[0].watermark_scale_factor) })
    const printed = rows.map(row => [Number(row.min), Number(row.low), Number(row.high)])
    if (rows[0].label !== 'boot_defaults') {
      expect(computed, key).toEqual(printed)
      exact += rows.length
      continue
    }
    boot += rows.length
    computed.flat().forEach((value, i) => expect(Math.abs(value - printed.flat()[i]), key).toBeLessThanOrEqual(17))
  }
  expect([exact, boot]).toEqual([408, 16])
})

test('every protection row of the measured table is exact', () => {
  let rowsSeen = 0
  for (const [key, rows] of measured()) {
    const zones = NAMES.map(name => Number(rows.find(row => row.zone === name)?.managed ?? 0))
    const ratio = rows[0].lowmem_reserve_ratio.split(' ').map(Number)
    const computed = linux515.hooks.lowmemReserve({ managed: zones, ratio })
    for (const row of rows) {
      expect(computed[NAMES.indexOf(row.zone)], `${key} ${row.zone}`).toEqual(row.protection.split(' ').map(Number).slice(0, 4))
      rowsSeen++
    }
  }
  expect(rowsSeen).toBe(424)
})
