/** What the charts are made of: which lines there are, where lanes have marks, round scales, values under the crosshair. */
import { expect, test } from 'vitest'
import { CHARTS } from '../../main/engine/metrics/charts'
import type { RunEvent } from '../../preload/contract'
import { chartsFor } from '../../renderer/charts/chart-list'
import { lanesFor, markAt, marksOf } from '../../renderer/charts/lanes'
import { niceCeiling, timeTicks } from '../../renderer/charts/scale'
import { largest, lastAtOrBefore, smallest, valueAt } from '../../renderer/charts/series'

const managed = (_node: string, zone: string): number => ({ DMA: 3840, DMA32: 758_592, Normal: 243_597 })[zone] ?? 0

test('zone charts repeat for every zone that has memory, the largest first', () => {
  const ids = new Set(['DMA', 'Normal', 'DMA32', 'Movable'].flatMap((zone) => ['free', 'min', 'low', 'high'].map((what) => `zone.0.${zone}.${what}`)))
  const charts = chartsFor(CHARTS, ids, managed)
  expect(charts.map((chart) => chart.id)).toEqual(['zone-free.0.DMA32', 'zone-free.0.Normal', 'zone-free.0.DMA'])
  expect(charts[0]?.title).toEqual({ en: 'Free pages, node 0 DMA32', zh: '空闲页，节点 0 DMA32' })
  expect(charts[0]?.lines.map((line) => line.series)).toEqual(['free', 'min', 'low', 'high'].map((what) => `zone.0.DMA32.${what}`))
})

test('disks and policy counters fill their wildcards; a chart without series is left out', () => {
  const charts = chartsFor(CHARTS, new Set(['disk.sda.read_pages', 'disk.sda.write_pages', 'disk.sdb.read_pages', 'policy.my-policy.early']), managed)
  expect(charts.map((chart) => chart.id)).toEqual(['disk', 'policy'])
  expect(charts[0]?.lines.map((line) => line.label.en)).toEqual(['sda read', 'sdb read', 'sda written'])
  expect(charts[1]?.lines.map((line) => line.label.zh)).toEqual(['my-policy.early'])
})

const event = (t: number, kind: RunEvent['kind'], rest: Partial<RunEvent> = {}): RunEvent => ({ t, kind, duration: 0, task: '', args: {}, ...rest })

test('kswapd is awake from a wake to the next sleep of its node, and to the end if it never slept', () => {
  const events = [
    event(10, 'mm_vmscan_kswapd_wake', { args: { nid: 0 } }), event(15, 'mm_vmscan_kswapd_wake', { args: { nid: 1 } }), event(20, 'mm_vmscan_kswapd_sleep', { args: { nid: 0 } }),
    event(30, 'mm_vmscan_kswapd_wake', { args: { nid: 0 } }), event(35, 'mm_vmscan_kswapd_wake', { args: { nid: 0 } }),
  ]
  expect(marksOf('kswapd', events, 100)).toEqual([{ from: 10, to: 20, index: 0 }, { from: 15, to: 100, index: 1 }, { from: 30, to: 100, index: 3 }])
})

test('a stretch of kswapd stands for the allocation that asked for it', () => {
  const cause = { task: 'memhog', order: 0, gfp: 'GFP_KERNEL', path: [], zones: [] }
  const events = [event(9, 'mm_vmscan_wakeup_kswapd', { cause }), event(10, 'mm_vmscan_kswapd_wake'), event(12, 'mm_vmscan_wakeup_kswapd', { cause }), event(20, 'mm_vmscan_kswapd_sleep'), event(30, 'mm_vmscan_kswapd_wake')]
  expect(marksOf('kswapd', events, 40)).toEqual([{ from: 10, to: 20, index: 0 }, { from: 30, to: 40, index: 4 }])
})

test('direct reclaim covers its length from either end; lanes without events stay away unless they always stand', () => {
  const events = [event(50, 'mm_vmscan_direct_reclaim_begin', { duration: 7 }), event(90, 'mm_vmscan_direct_reclaim_end', { duration: 8 }), event(95, 'policy_ejected')]
  expect(marksOf('direct', events, 100)).toEqual([{ from: 50, to: 57, index: 0 }, { from: 82, to: 90, index: 1 }])
  expect(lanesFor([events, []])).toEqual(['kswapd', 'direct', 'oom', 'ejected'])
})

test('a click finds the shortest mark under it, else the nearest within reach', () => {
  const marks = [{ from: 0, to: 100, index: 0 }, { from: 40, to: 42, index: 1 }, { from: 150, to: 151, index: 2 }]
  expect(markAt(marks, 41, 5)?.index).toBe(1)
  expect(markAt(marks, 80, 5)?.index).toBe(0)
  expect(markAt(marks, 147, 5)?.index).toBe(2)
  expect(markAt(marks, 130, 5)).toBeUndefined()
})

test('scales end at round numbers and ticks stay inside', () => {
  expect([0, 0.7, 1, 3009, 758_226, 1e9].map(niceCeiling)).toEqual([1, 0.8, 1, 4000, 800_000, 1e9])
  expect(timeTicks(0, 12e9, 4)).toEqual([0, 5e9, 10e9])
  expect(timeTicks(1.5e9, 1.6e9, 3)).toEqual([1.5e9, 1.55e9, 1.6e9])
})

test('the crosshair shows the last sample at or before it, and nothing before the first', () => {
  const slice = { times: Float64Array.of(10, 20, 30), columns: { free: Float64Array.of(5, NaN, 7) } }
  expect([9, 10, 19.9, 30, 99].map((t) => lastAtOrBefore(slice.times, t))).toEqual([-1, 0, 0, 2, 2])
  expect([9, 15, 25, 31].map((t) => valueAt(slice, 'free', t))).toEqual([undefined, 5, undefined, 7])
  expect(valueAt(slice, 'absent', 15)).toBeUndefined()
  expect([largest(slice, ['free', 'absent']), smallest(slice, 'free')]).toEqual([7, 5])
})
