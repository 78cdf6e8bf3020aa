/** What the charts are made of: where lanes have marks, round scales, values under the crosshair. */
import { expect, test } from 'vitest'
import type { RunEvent, SeriesSlice } from '../../preload/contract'
import { lanesFor, markAt, marksOf } from '../../renderer/charts/lanes'
import { niceCeiling, timeTicks } from '../../renderer/charts/scale'
import { allZero, largest, lastAtOrBefore, smallest, valueAt } from '../../renderer/charts/series'

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

test('direct reclaim covers its length from where it stands; lanes without events stay away unless they always stand', () => {
  const events = [event(50, 'mm_vmscan_direct_reclaim_begin', { duration: 7 }), event(90, 'mm_vmscan_direct_reclaim_end', { duration: 8 }), event(95, 'policy_ejected')]
  expect(marksOf('direct', events, 100)).toEqual([{ from: 50, to: 57, index: 0 }, { from: 90, to: 98, index: 1 }])
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

test('nothing happened only where every series of every run is there and 0', () => {
  const slice = (...values: number[]): SeriesSlice => ({ times: Float64Array.from(values, (_, i) => i), columns: { a: Float64Array.from(values), b: new Float64Array(values.length) } })
  expect(allZero([slice(0, 0), slice(0)], ['a', 'b'])).toBe(true)
  expect(allZero([slice(0, 0), slice(0, 1)], ['a', 'b'])).toBe(false)
  expect(allZero([slice(0, 1)], ['b'])).toBe(true)
  expect(allZero([slice(0), undefined], ['a'])).toBe(false)
})
