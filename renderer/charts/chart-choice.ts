/** Which charts stand first, which series have one of their own, and which zones are shown: the person's choice, kept in the settings. Pinned charts come first, in the order in which they were pinned. */
import type { RunChart, Text } from '../../preload/contract'
import { setSetting, useSetting } from '../app/settings'

const PINNED = 'charts.pinned'
const SERIES = 'charts.pinnedSeries'
const HIDDEN = 'charts.hiddenZones'

const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter((word) => word !== '')

export function usePinned(): readonly string[] {
  return words(useSetting(PINNED))
}

export function pin(pinned: readonly string[], chart: string, on: boolean): void {
  const rest = pinned.filter((id) => id !== chart)
  setSetting(PINNED, (on ? [...rest, chart] : rest).join(' '))
}

export function usePinnedSeries(): readonly string[] {
  // Names of tasks, which series carry, may have spaces.
  return (useSetting(SERIES) ?? '').split('\n').filter((series) => series !== '')
}

/** A series is pinned wherever it is drawn: on all machines, in every comparison that has it. */
export function pinSeries(pinned: readonly string[], series: string, on: boolean): void {
  const rest = pinned.filter((id) => id !== series)
  setSetting(SERIES, (on ? [...rest, series] : rest).join('\n'))
}

const OF_PINNED = 'pinned '

export function isOfPinned(chart: RunChart): boolean {
  return chart.id.startsWith(OF_PINNED)
}

/** The pinned series from whichever chart has them, in a chart a unit; each says which chart it is from. */
export function chartsOfPinned(charts: readonly RunChart[], pinned: readonly string[], title: Text): readonly RunChart[] {
  const found = pinned.flatMap((series) => {
    const chart = charts.find(({ lines }) => lines.some((line) => line.series === series))
    const line = chart?.lines.find((one) => one.series === series)
    return chart && line ? [{ unit: chart.unit, line: { series, style: line.style === 'mark' ? 'mark' as const : 'line' as const, label: { en: `${chart.title.en}: ${line.label.en}`, zh: `${chart.title.zh}：${line.label.zh}` } } }] : []
  })
  return [...new Set(found.map(({ unit }) => unit))].map((unit) => ({ id: `${OF_PINNED}${unit}`, title, unit, lines: found.filter((one) => one.unit === unit).map(({ line }) => line) }))
}

export function useHiddenZones(): readonly string[] {
  return words(useSetting(HIDDEN))
}

export function hideZone(hidden: readonly string[], zone: string, on: boolean): void {
  const rest = hidden.filter((one) => one !== zone)
  setSetting(HIDDEN, (on ? [...rest, zone] : rest).join(' '))
}

/** `0.DMA32`, of a chart that stands for one zone. */
export function zoneOf(chart: RunChart): string | undefined {
  return /\.(\d+\.\w+)$/.exec(chart.id)?.[1]
}

export function arranged(charts: readonly RunChart[], pinned: readonly string[], hidden: readonly string[]): readonly RunChart[] {
  const shown = charts.filter((chart) => !hidden.includes(zoneOf(chart) ?? ''))
  const first = pinned.flatMap((id) => shown.find((chart) => chart.id === id) ?? [])
  return [...first, ...shown.filter((chart) => !first.includes(chart))]
}
