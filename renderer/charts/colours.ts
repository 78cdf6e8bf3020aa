/** Which colour and dash a line gets. Dashes differ too, so that colour is never the only sign. */
export const GUTTER = 62
export const RIGHT = 12

const DASHES = [undefined, '7 3', '2 3', '9 3 2 3', '4 2', '1 4'] as const

export interface Stroke { readonly colour: string; readonly dash: string | undefined; readonly width: number }

/** One machine a chart: hue tells the series. */
export function seriesStroke(index: number, isMark: boolean): Stroke {
  if (isMark) return { colour: `var(--mark-${index % 4})`, dash: DASHES[(index % 3) + 1], width: 1.2 }
  return { colour: `var(--series-${index % 8})`, dash: undefined, width: 1.6 }
}

/** All machines in one chart: hue tells the machine, dash the series. */
export function machineStroke(machine: number, index: number, isMark: boolean): Stroke {
  return { colour: `var(--machine-${machine % 6})`, dash: DASHES[index % DASHES.length], width: isMark ? 1 : 1.6 }
}
