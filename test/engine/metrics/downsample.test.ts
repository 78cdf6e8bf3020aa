import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CHARTS, isRateSeries } from '../../../main/engine/metrics/charts'
import { perSecond, sliceSeries } from '../../../main/engine/metrics/downsample'
import { series } from './recordings'

test('a single spike among 100,000 samples stays', () => {
  const values = Array.from({ length: 100_000 }, () => 5)
  values[77_777] = 900
  values[12_345] = -3
  const column = sliceSeries(series('nr_free_pages', values), ['nr_free_pages'], 0, Infinity, 500).columns['nr_free_pages']
  expect(column.length).toBeLessThanOrEqual(500)
  expect(Math.max(...column)).toBe(900)
  expect(Math.min(...column)).toBe(-3)
})

test('smallest and largest of any window survive, points stay under the limit, times rise', () => {
  const input = fc.tuple(fc.array(fc.integer(), { minLength: 1, maxLength: 400 }), fc.integer({ min: 2, max: 60 }), fc.nat(400), fc.nat(400))
  fc.assert(fc.property(input, ([values, maxPoints, a, b]) => {
    const [t0, t1] = [Math.min(a, b) * 1e8, Math.max(a, b) * 1e8]
    const full = sliceSeries(series('x', values), ['x'], t0, t1, 1_000_000)
    const thin = sliceSeries(series('x', values), ['x'], t0, t1, maxPoints)
    expect(thin.times.length).toBeLessThanOrEqual(Math.max(2, maxPoints))
    expect(thin.columns['x'].length).toBe(thin.times.length)
    expect(Math.min(...thin.columns['x'])).toBe(Math.min(...full.columns['x']))
    expect(Math.max(...thin.columns['x'])).toBe(Math.max(...full.columns['x']))
    expect([...thin.times]).toEqual([...thin.times].sort((x, y) => x - y))
  }))
})

test('within a bucket the order of dip and peak is kept', () => {
  const dipFirst = sliceSeries(series('x', [5, 1, 9, 5, 5, 5, 5, 5]), ['x'], 0, 1e9, 4).columns['x']
  const peakFirst = sliceSeries(series('x', [5, 9, 1, 5, 5, 5, 5, 5]), ['x'], 0, 1e9, 4).columns['x']
  expect([...dipFirst].slice(0, 2)).toEqual([1, 9])
  expect([...peakFirst].slice(0, 2)).toEqual([9, 1])
})

test('a window takes one sample beyond each edge, so that lines reach it', () => {
  const slice = sliceSeries(series('x', [0, 1, 2, 3, 4, 5]), ['x'], 2e8, 3e8, 100)
  expect([...slice.columns['x']]).toEqual([1, 2, 3, 4])
})

test('an empty or reversed window, an unknown id and an empty run give nothing', () => {
  expect(sliceSeries(series('x', [1, 2]), ['x'], 5, 4, 10).times.length).toBe(0)
  expect(sliceSeries(series('x', [1, 2]), ['y'], 0, 1e9, 10).columns).toEqual({})
  expect(sliceSeries(series('x', []), ['x'], 0, 1e9, 10).columns['x'].length).toBe(0)
})

test('counters that charts show per second come as rates, before thinning', () => {
  const slice = sliceSeries(series('pgscan_kswapd', [0, 10, 10, 60]), ['pgscan_kswapd'], 0, 1e9, 100)
  expect([...slice.columns['pgscan_kswapd']]).toEqual([0, 100, 0, 500])
  expect([...perSecond(Float64Array.of(0, 0), Float64Array.of(0, 5))]).toEqual([0, 0])
})

test('which series are rates is what the charts say, placeholders included', () => {
  expect(isRateSeries('disk.vda.read_pages')).toBe(true)
  expect(isRateSeries('disk.vda.inflight')).toBe(false)
  expect(isRateSeries('zone.0.DMA32.free')).toBe(false)
  expect(isRateSeries('pgscan_kswapd')).toBe(true)
  expect(isRateSeries('xpgscan_kswapd')).toBe(false)
})

test('per-zone charts name the zone; no series is a rate in one chart and a value in another', () => {
  for (const chart of CHARTS) {
    for (const line of chart.lines) {
      expect(line.series.includes('{zone}'), line.series).toBe(chart.perZone)
      expect(isRateSeries(line.series.replace('{disk}', 'vda')), line.series).toBe(line.rate)
    }
  }
})
