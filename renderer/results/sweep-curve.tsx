/** The response curve of one metric. A point is opened by a click, or by arrows and Enter: its runs as a comparison. */
import { useState } from 'react'
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react'
import { CartesianGrid, ComposedChart, ErrorBar, Line, XAxis, YAxis } from 'recharts'
import type { Curve, SweepStatus } from '../../preload/contract'
import { useDescription } from '../app/description'
import { machineStroke } from '../charts/colours'
import { useWidth } from '../charts/use-size'
import { useMessages, useText } from '../i18n'
import { axisNumber, compact, number } from '../ui/format'
import { openPoint, whereOf } from './sweep-store'

const HEIGHT = 150
const LEFT = 62
const RIGHT = 16

export function CurveFigure({ metric, status }: { readonly metric: string; readonly status: SweepStatus }): ReactNode {
  const m = useMessages()
  const [box, width] = useWidth<HTMLElement>()
  const [chosen, setChosen] = useState<number>()
  const say = useText()
  const info = useDescription().metrics.find(({ id }) => id === metric)
  const [axis] = status.axes
  const curves = status.curves.filter((curve) => curve.metric === metric && curve.points.length > 0)
  const title = info ? say(info.label) : metric
  const unit = m.units[info?.unit ?? ''] ?? info?.unit ?? ''
  const xOf = placing(status, width)
  const nearest = (event: PointerEvent): number => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left
    return status.points.reduce((best, _, point) => (Math.abs(xOf(point) - x) < Math.abs(xOf(best) - x) ? point : best), 0)
  }
  const keys = (event: KeyboardEvent): void => {
    const next = stepped(event.key, chosen, status)
    if (next !== undefined) setChosen(next)
    else if (event.key === 'Enter' && chosen !== undefined) openPoint(chosen)
    else return
    event.preventDefault()
  }
  return (
    <figure ref={box} className="chart" aria-label={`${title} (${unit})`} data-curve={metric}>
      <figcaption><b>{title}</b> <span className="unit">{unit}</span> <span className="grow" /><span className="small num" role="status">{chosen !== undefined && valuesAt(curves, chosen, status)}</span></figcaption>
      <div
        className="curve" role="group" tabIndex={0} aria-label={m.point.curve(title)} title={m.point.hint} onKeyDown={keys} onBlur={() => setChosen(undefined)}
        onPointerMove={(event) => setChosen(nearest(event))} onPointerLeave={() => setChosen(undefined)} onClick={() => { if (chosen !== undefined) openPoint(chosen) }} onPointerDown={(event) => setChosen(nearest(event))}
      >
        <CurvePlot curves={curves} status={status} values={axis.values} width={width} />
        {chosen !== undefined && <div className="curve-point" style={{ left: xOf(chosen), height: HEIGHT - 20 }} aria-hidden="true" />}
      </div>
    </figure>
  )
}

function CurvePlot({ curves, status, values, width }: { readonly curves: readonly Curve[]; readonly status: SweepStatus; readonly values: readonly number[]; readonly width: number }): ReactNode {
  const rows = status.points.map(([x], point) => Object.fromEntries([['x', x], ...curves.flatMap((curve) => cells(curve, point))]))
  const ends = curves.flatMap(({ points }) => points.flatMap(({ estimate, interval }) => [estimate.mean, ...(interval ?? [])]))
  const [least, most] = [Math.min(...ends), Math.max(...ends)]
  return (
    <ComposedChart width={width} height={HEIGHT} data={rows} margin={{ top: 8, right: RIGHT, bottom: 0, left: 0 }} accessibilityLayer={false}>
      <CartesianGrid stroke="var(--grid)" vertical={false} />
      <XAxis dataKey="x" type="number" domain={['dataMin', 'dataMax']} ticks={[...values]} tickFormatter={compact} height={20} tickMargin={2} tickSize={3} stroke="var(--axis)" tick={{ fill: 'var(--muted)', fontSize: 10.5 }} interval="preserveStartEnd" />
      <YAxis width={LEFT} domain={[least === most && least >= 0 ? 0 : 'auto', 'auto']} tickFormatter={axisNumber(least, most)} tickMargin={3} tickSize={3} stroke="var(--axis)" tick={{ fill: 'var(--muted)', fontSize: 10.5 }} />
      {curves.map(({ machine }) => {
        const stroke = machineStroke(machine, machine, false)
        return (
          <Line key={machine} dataKey={`m${machine}`} stroke={stroke.colour} strokeWidth={stroke.width} strokeDasharray={stroke.dash} dot={{ r: 2 }} activeDot={false} isAnimationActive={false} connectNulls>
            <ErrorBar dataKey={`e${machine}`} width={4} strokeWidth={1} stroke={stroke.colour} direction="y" isAnimationActive={false} />
          </Line>
        )
      })}
    </ComposedChart>
  )
}

/** Where a point stands in the plot, px. */
function placing({ points }: SweepStatus, width: number): (point: number) => number {
  const xs = points.map(([x = 0]) => x)
  const [least, most] = [Math.min(...xs), Math.max(...xs)]
  return (point) => LEFT + (most > least ? ((xs[point] ?? least) - least) / (most - least) : 0.5) * Math.max(1, width - LEFT - RIGHT)
}

/** Points by their value, whatever order they were given in. */
function stepped(key: string, from: number | undefined, { points }: SweepStatus): number | undefined {
  const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0
  if (by === 0) return undefined
  const order = points.map((_, point) => point).sort((a, b) => (points[a]?.[0] ?? 0) - (points[b]?.[0] ?? 0))
  const at = from === undefined ? (by > 0 ? -1 : order.length) : order.indexOf(from)
  return order[Math.min(order.length - 1, Math.max(0, at + by))]
}

function valuesAt(curves: readonly Curve[], point: number, status: SweepStatus): string {
  const values = curves.flatMap(({ points }) => points.filter((one) => one.point === point).map(({ estimate }) => number(estimate.mean)))
  return `${whereOf(status, point)}: ${values.join(' · ')}`
}

function cells({ machine, points }: Curve, point: number): readonly (readonly [string, number])[] {
  const at = points.find((one) => one.point === point)
  if (at === undefined) return []
  const half = at.interval === undefined ? 0 : (at.interval[1] - at.interval[0]) / 2
  return [[`m${machine}`, at.estimate.mean], [`e${machine}`, half]]
}
