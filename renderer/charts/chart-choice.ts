/** Which charts stand first and which zones are shown: the person's choice, kept in the settings. Pinned charts come first, in the order in which they were pinned. */
import type { RunChart } from '../../preload/contract'
import { setSetting, useSetting } from '../app/settings'

const PINNED = 'charts.pinned'
const HIDDEN = 'charts.hiddenZones'

const words = (text: string | undefined): readonly string[] => (text ?? '').split(' ').filter((word) => word !== '')

export function usePinned(): readonly string[] {
  return words(useSetting(PINNED))
}

export function pin(pinned: readonly string[], chart: string, on: boolean): void {
  const rest = pinned.filter((id) => id !== chart)
  setSetting(PINNED, (on ? [...rest, chart] : rest).join(' '))
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
