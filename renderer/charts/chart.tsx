/** One chart of the comparison: a plot per machine side by side, or one plot with all of them. The legend shows the values under the crosshair. */
import { memo, useMemo, useRef } from 'react'
import type { ReactNode } from 'react'
import type { LiveRun, RunChart as Chart, SeriesSlice } from '../../preload/contract'
import { useStore } from '../app/store'
import { language, useMessages, useText } from '../i18n'
import { saveOut, savePng } from '../results/out'
import { Segmented } from '../ui/controls'
import { duration, number } from '../ui/format'
import { Menu } from '../ui/menu'
import { Terms } from '../ui/term'
import { isOfPinned, pin, pinSeries, usePinned, usePinnedSeries } from './chart-choice'
import { machineStroke, seriesStroke } from './colours'
import type { Stroke } from './colours'
import { Ahead } from './live'
import { Overlay } from './overlay'
import { Plot } from './plot'
import type { PlotLine } from './plot'
import { niceCeiling } from './scale'
import { allZero, largest, largestSum, smallest, useSeries, valueAt } from './series'
import { useOnScreen, useWidth } from './use-size'
import { crosshair, nearMarks, setNearMarks, zoom } from './view-store'
import type { Layout, TimeWindow } from './view-store'

/** A machine of the comparison with the run that is shown for it. */
export interface ChartMachine { readonly index: number; readonly label: string; readonly run: string | undefined; readonly version: string; /** It goes on: how far what is drawn of it reaches. */ readonly live?: LiveRun }

interface ChartProps {
  readonly chart: Chart
  readonly machines: readonly ChartMachine[]
  readonly layout: Layout
  readonly window: TimeWindow
}

const HEIGHT = 132

export function ChartFigure(props: ChartProps): ReactNode {
  const [box, onScreen] = useOnScreen<HTMLElement>(HEIGHT * 2)
  const say = useText()
  const title = say(props.chart.title)
  const m = useMessages()
  return (
    <figure ref={box} className="chart" aria-label={`${title} (${m.units[props.chart.unit] ?? props.chart.unit})`} data-chart={props.chart.id}>
      {onScreen ? <ChartBody {...props} /> : <><Caption chart={props.chart} /><div style={{ height: HEIGHT + 20 }} /></>}
    </figure>
  )
}

function ChartBody({ chart, machines, layout, window }: ChartProps): ReactNode {
  const ids = useMemo(() => chart.lines.map((line) => line.series), [chart])
  const slices = useMachineSlices(machines, ids, window)
  const lines = useMemo(() => speaking(chart, slices), [chart, slices])
  const chosen = useStore(nearMarks)[chart.id]
  const near = chosen ?? comesNearMarks(chart, slices)
  const nothing = useNothing(chart, machines, slices, ids)
  const m = useMessages()
  if (nothing) return <Caption chart={chart} out={<span className="muted small">{m.nothingHappened}</span>} />
  const shared = { chart: lines, machines, slices, window, top: topOf(chart, slices, near) }
  return (
    <>
      <Caption chart={chart} near={near} out={<ChartOut chart={chart} machines={machines} layout={layout} window={window} />} />
      {layout === 'overlay' ? <Panel {...shared} /> : (
        <div className="chart-columns" style={{ gridTemplateColumns: `repeat(${machines.length}, minmax(0, 1fr))` }}>
          {machines.map((machine, column) => <Panel key={machine.index} {...shared} column={column} />)}
        </div>
      )}
    </>
  )
}

/** A chart in which nothing happened in the whole of all runs takes a line, not a plot; while one zooms into it that stays as it was. */
function useNothing(chart: Chart, machines: readonly ChartMachine[], slices: Slices, ids: readonly string[]): boolean {
  const whole = useStore(zoom) === undefined
  const known = useRef<{ readonly of: string; readonly nothing: boolean }>(undefined)
  const of = machines.map(({ run, version }) => `${run ?? ''} ${version}`).join('\n')
  const ended = machines.every(({ run, live }) => run !== undefined && live === undefined)
  if (whole || known.current?.of !== of) known.current = { of, nothing: whole && ended && !isOfPinned(chart) && allZero(slices, ids) }
  return known.current.nothing
}

function Caption({ chart, near, out }: { readonly chart: Chart; readonly near?: boolean; readonly out?: ReactNode }): ReactNode {
  const m = useMessages()
  const say = useText()
  const hasMarks = chart.lines.some((line) => line.style === 'mark')
  return (
    <figcaption>
      <span className="chart-title"><Terms text={say(chart.title)} /></span> <span className="unit">{chart.unit === 'ns' ? m.time : m.units[chart.unit] ?? chart.unit}</span>
      {hasMarks && near !== undefined && (
        <Segmented
          label={m.scale} value={near ? 'near' : 'full'} onChange={(value) => setNearMarks(chart.id, value === 'near')}
          options={[{ value: 'near', label: m.nearMarks, title: m.nearMarksHint }, { value: 'full', label: m.fullScale }]}
        />
      )}
      <span className="grow" />
      {!isOfPinned(chart) && <PinButton chart={chart} title={say(chart.title)} />}
      {out}
    </figcaption>
  )
}

function PinButton({ chart, title }: { readonly chart: Chart; readonly title: string }): ReactNode {
  const m = useMessages()
  const pinned = usePinned()
  const on = pinned.includes(chart.id)
  const label = on ? m.pinned.unpin(title) : m.pinned.pin(title)
  return <button type="button" className="button quiet icon tiny" aria-pressed={on} aria-label={label} title={label} onClick={() => pin(pinned, chart.id, !on)}>{on ? '★' : '☆'}</button>
}

/** The chart as a picture, with what is in view of it; its series, to be pinned one by one. */
function ChartOut({ chart, machines, layout, window: { t0, t1 } }: ChartProps): ReactNode {
  const m = useMessages()
  const say = useText()
  const pinned = usePinnedSeries()
  const runs = machines.flatMap(({ run, live }) => (run === undefined || live !== undefined ? [] : [run]))
  const request = (): Parameters<typeof savePng>[0] => ({
    kind: 'chart', chart: chart.id, runs, t0: Math.max(0, Math.round(t0)), t1: Math.round(t1), language: language.get(), theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light', layout,
  })
  const pictures = [{ label: m.out.svg, run: () => saveOut(request()) }, { label: m.out.png, run: () => savePng(request()) }]
  const series = chart.lines.map((line) => {
    const on = !pinned.includes(line.series)
    return { label: (on ? m.pinned.pinSeries : m.pinned.unpinSeries)(say(line.label)), run: () => pinSeries(pinned, line.series, on) }
  })
  return <Menu label={m.out.chart(say(chart.title))} items={isOfPinned(chart) ? series : [...pictures, ...series]} />
}

interface PanelProps {
  readonly chart: Chart
  readonly machines: readonly ChartMachine[]
  readonly slices: Slices
  readonly window: TimeWindow
  readonly top: number
  /** Which machine alone; absent: all in one plot. */
  readonly column?: number
}

type Slices = readonly (SeriesSlice | undefined)[]

const Panel = memo(function Panel({ chart, machines, slices, window, top, column }: PanelProps): ReactNode {
  const [box, width] = useWidth<HTMLDivElement>()
  const m = useMessages()
  const lines = useMemo(() => plotLines(chart, machines, slices, column), [chart, machines, slices, column])
  const shown = useMemo(() => machines.filter((_, at) => column === undefined || at === column), [machines, column])
  const drawn = useMemo(() => slices.filter((_, at) => column === undefined || at === column), [slices, column])
  const waiting = lines.length > 0 ? undefined : shown.some((machine) => machine.run !== undefined) ? m.seriesLoading : m.seriesNone
  return (
    <div className="chart-panel">
      <Legend chart={chart} machines={machines} slices={slices} column={column} />
      <div ref={box} className="plot" style={{ height: HEIGHT }}>
        {waiting !== undefined && <p className="plot-waiting muted small">{waiting}</p>}
        {width > 0 && <Plot lines={lines} t0={window.t0} t1={window.t1} top={top} unit={chart.unit} width={width} height={HEIGHT} />}
        {width > 0 && <Ahead machines={shown} slices={drawn} window={window} width={width} height={HEIGHT - 20} />}
        {width > 0 && <Overlay t0={window.t0} t1={window.t1} width={width} height={HEIGHT - 20} />}
      </div>
    </div>
  )
})

type LegendProps = Pick<PanelProps, 'chart' | 'machines' | 'slices' | 'column'>

function Legend({ chart, machines, slices, column }: LegendProps): ReactNode {
  const say = useText()
  const t = useStore(crosshair)
  const overlay = column === undefined
  return (
    <div className="legends">
      {machines.map((machine, at) => (overlay || at === column) && (
        <ul key={machine.index} className="legend">
          {overlay && <li className="legend-machine" style={{ color: `var(--machine-${machine.index % 6})` }}>{machine.label}</li>}
          {chart.lines.map((line, index) => {
            const slice = slices[at]
            const value = slice && t !== undefined && !(machine.live !== undefined && t > (slice.times.at(-1) ?? 0)) ? valueAt(slice, line.series, t) : undefined
            return (
              <li key={line.series}>
                <Swatch stroke={strokeOf(machine, index, line.style === 'mark', overlay)} />
                {say(line.label)}{value !== undefined && <b>{chart.unit === 'ns' || chart.unit === 'ns/s' ? duration(value) : number(Math.round(value * 10) / 10)}</b>}
              </li>
            )
          })}
        </ul>
      ))}
    </div>
  )
}

function strokeOf(machine: ChartMachine, index: number, isMark: boolean, overlay: boolean): Stroke {
  return overlay ? machineStroke(machine.index, index, isMark) : seriesStroke(index, isMark)
}

function Swatch({ stroke }: { readonly stroke: Stroke }): ReactNode {
  return <svg className="swatch" width="18" height="8" aria-hidden="true"><line x1="0" x2="18" y1="4" y2="4" stroke={stroke.colour} strokeWidth={stroke.width + 0.6} strokeDasharray={stroke.dash} /></svg>
}

export const MAX_MACHINES = 8

/** One slot per possible machine, so that the number of hooks never changes. */
function useMachineSlices(machines: readonly ChartMachine[], ids: readonly string[], window: TimeWindow): Slices {
  const a = useSlot(machines[0], ids, window)
  const b = useSlot(machines[1], ids, window)
  const c = useSlot(machines[2], ids, window)
  const d = useSlot(machines[3], ids, window)
  const e = useSlot(machines[4], ids, window)
  const f = useSlot(machines[5], ids, window)
  const g = useSlot(machines[6], ids, window)
  const h = useSlot(machines[7], ids, window)
  return useMemo(() => [a, b, c, d, e, f, g, h].slice(0, machines.length), [a, b, c, d, e, f, g, h, machines.length])
}

function useSlot(machine: ChartMachine | undefined, ids: readonly string[], window: TimeWindow): SeriesSlice | undefined {
  return useSeries(machine?.run, ids, window.t0, window.t1, machine?.version ?? '')
}

function plotLines(chart: Chart, machines: readonly ChartMachine[], slices: Slices, column: number | undefined): readonly PlotLine[] {
  const overlay = column === undefined
  return machines.flatMap((machine, at) => {
    const slice = slices[at]
    if (!slice || !(overlay || at === column)) return []
    return chart.lines.flatMap((line, index) => {
      if (!slice.columns[line.series]) return []
      const style = overlay && (line.style === 'area' || line.style === 'stack') ? 'line' as const : line.style
      return [{ key: `m${machine.index}s${index}`, slice, series: line.series, style, stroke: strokeOf(machine, index, line.style === 'mark', overlay) }]
    })
  })
}

function topOf(chart: Chart, slices: Slices, near: boolean): number {
  const ids = chart.lines.filter((line) => !near || line.style === 'mark').map((line) => line.series)
  const stacked = chart.lines.some((line) => line.style === 'stack')
  const most = Math.max(...slices.map((slice) => (stacked ? largestSum(slice, ids) : largest(slice, ids))), 0)
  return niceCeiling(near ? most * 2 : most)
}

/** Beside marks, a line that is 0 everywhere (no boost) says nothing and only crowds them. */
function speaking(chart: Chart, slices: Slices): Chart {
  if (!chart.lines.some((line) => line.style === 'mark')) return chart
  return { ...chart, lines: chart.lines.filter((line) => line.style !== 'line' || slices.some((slice) => largest(slice, [line.series]) > 0)) }
}

/** Free memory starts far above the marks and comes down to them: then the interesting part is near the marks. */
function comesNearMarks(chart: Chart, slices: Slices): boolean {
  const marks = chart.lines.filter((line) => line.style === 'mark').map((line) => line.series)
  const areas = chart.lines.filter((line) => line.style === 'area').map((line) => line.series)
  const highest = Math.max(...slices.map((slice) => largest(slice, marks)), 0)
  if (highest === 0 || Math.max(...slices.map((slice) => largest(slice, areas))) < highest * 5) return false
  return slices.some((slice) => slice && areas.some((id) => smallest(slice, id) < highest * 1.5))
}
