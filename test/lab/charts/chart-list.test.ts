/** Which charts there are and which lines they have, from what runs recorded. */
import { expect, test } from 'vitest'
import { CHARTS } from '../../../main/engine/metrics/charts'
import { chartsFor } from '../../../main/lab/charts/chart-list'

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
