/** One Recharts plot: lines over shared time, no animation, no dots. Pointer, crosshair and zoom are the overlay's. */
import { memo, useMemo } from 'react'
import type { ReactNode } from 'react'
import { Area, CartesianGrid, ComposedChart, Line, XAxis, YAxis } from 'recharts'
import type { ChartStyle, SeriesSlice } from '../../preload/contract'
import { compact, duration } from '../ui/format'
import { GUTTER, RIGHT } from './colours'
import type { Stroke } from './colours'
import { timeTicks } from './scale'

export interface PlotLine { readonly key: string; readonly slice: SeriesSlice; readonly series: string; readonly style: ChartStyle; readonly stroke: Stroke }

interface PlotProps {
  readonly lines: readonly PlotLine[]
  readonly t0: number
  readonly t1: number
  readonly top: number
  readonly unit: string
  readonly width: number
  readonly height: number
}

type Row = Record<string, number | null>

export const Plot = memo(function Plot({ lines, t0, t1, top, unit, width, height }: PlotProps): ReactNode {
  const rows = useMemo(() => rowsOf(lines), [lines])
  const several = new Set(lines.map((line) => line.slice)).size > 1
  const ticks = timeTicks(t0, t1, Math.max(3, Math.floor((width - GUTTER) / 90)))
  return (
    <ComposedChart width={width} height={height} data={rows} margin={{ top: 6, right: RIGHT, bottom: 0, left: 0 }} accessibilityLayer={false}>
      <CartesianGrid stroke="var(--grid)" vertical={false} />
      <XAxis
        dataKey="t" type="number" domain={[t0, t1]} allowDataOverflow ticks={ticks} tickFormatter={duration} height={20} tickMargin={2} tickSize={3}
        stroke="var(--axis)" tick={{ fill: 'var(--muted)', fontSize: 10.5 }} interval="preserveStartEnd"
      />
      <YAxis
        width={GUTTER} domain={[0, top]} allowDataOverflow ticks={[0, top / 2, top]} tickFormatter={unit === 'ns' || unit === 'ns/s' ? duration : compact} tickMargin={3} tickSize={3}
        stroke="var(--axis)" tick={{ fill: 'var(--muted)', fontSize: 10.5 }}
      />
      {lines.map((line) => (line.style === 'area' || line.style === 'stack' ? areaOf(line, several) : lineOf(line, several)))}
    </ComposedChart>
  )
})

function lineOf({ key, style, stroke }: PlotLine, connect: boolean): ReactNode {
  return (
    <Line
      key={key} dataKey={key} type={style === 'mark' ? 'stepAfter' : 'linear'} stroke={stroke.colour} strokeWidth={stroke.width} strokeDasharray={stroke.dash}
      dot={false} activeDot={false} isAnimationActive={false} connectNulls={connect}
    />
  )
}

function areaOf({ key, style, stroke }: PlotLine, connect: boolean): ReactNode {
  return (
    <Area
      key={key} dataKey={key} type="linear" stroke={stroke.colour} strokeWidth={stroke.width} strokeDasharray={stroke.dash} fill={stroke.colour} fillOpacity={style === 'stack' ? 0.5 : 0.12} stackId={style === 'stack' ? 'stack' : undefined}
      dot={false} activeDot={false} isAnimationActive={false} connectNulls={connect}
    />
  )
}

/** Rows of one slice are its samples; of several, the union of their times in order. */
function rowsOf(lines: readonly PlotLine[]): Row[] {
  const slices = [...new Set(lines.map((line) => line.slice))]
  const rows = slices.flatMap((slice) => sliceRows(slice, lines.filter((line) => line.slice === slice)))
  return slices.length > 1 ? rows.sort((a, b) => (a.t as number) - (b.t as number)) : rows
}

function sliceRows(slice: SeriesSlice, lines: readonly PlotLine[]): Row[] {
  return Array.from(slice.times, (t, index) => {
    const row: Row = { t }
    for (const line of lines) {
      const value = slice.columns[line.series]?.[index]
      row[line.key] = value !== undefined && Number.isFinite(value) ? value : null
    }
    return row
  })
}
