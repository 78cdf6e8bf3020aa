/** A sweep's answer: a curve a metric with its intervals, the best points marked; over two and more axes a table. */
import type { ReactNode } from 'react'
import { CartesianGrid, ComposedChart, ErrorBar, Line, XAxis, YAxis } from 'recharts'
import type { Curve, SweepStatus } from '../../preload/contract'
import { told, useDescription } from '../app/description'
import { useStore } from '../app/store'
import { machineStroke } from '../charts/colours'
import { useWidth } from '../charts/use-size'
import { useMessages, useText } from '../i18n'
import { Button } from '../ui/controls'
import { compact, number } from '../ui/format'
import { Problems } from '../ui/problems'
import { Section } from '../ui/section'
import { QueueState } from './queue-state'
import { cancelSweep, closeSweep, copySweep, sweepView } from './sweep-store'

export function SweepResults(): ReactNode {
  const m = useMessages()
  const say = useText()
  const { status, refused } = useStore(sweepView)
  if (!status && refused.length === 0) return null
  return (
    <Section id="sweep" title={m.sweep}>
      <Problems problems={refused} title={m.refused} />
      {status && (
        <>
          <p className="results-about" data-testid="sweep-about">
            <b>{say(status.title)}</b> <span className="muted">{m.sweepProgress(status.ended, status.runs)}{status.state === 'cancelled' ? ` · ${m.experimentStates.cancelled}` : ''}</span>
            {status.lost > 0 && <span className="bad"> {m.sweepLost(status.lost)} {told(status.error ?? '')}</span>}
            {status.ejected > 0 && <span className="bad"> {m.sweepEjected(status.ejected)}</span>}
          </p>
          {status.elsewhere && <p className="muted small">{m.sweepElsewhere}</p>}
          {status.queue && <QueueState queue={status.queue} running={status.state === 'running'} />}
          <div className="row">
            {status.state === 'running' && <Button onClick={cancelSweep}>{status.queue ? m.takeOffQueue : status.elsewhere ? m.stopWatching : m.cancel}</Button>}
            <Button tone="quiet" onClick={() => copySweep(status.id)}>{m.copyCsv}</Button>
            <Button tone="quiet" onClick={closeSweep}>{m.closeSweep}</Button>
          </div>
          {status.axes.length === 1 && <div className="sweep-curves">{metricsOf(status).map((metric) => <CurveFigure key={metric} metric={metric} status={status} />)}</div>}
          <SweepTable status={status} />
        </>
      )}
    </Section>
  )
}

function metricsOf({ curves }: SweepStatus): readonly string[] {
  return [...new Set(curves.filter(({ points }) => points.length > 0).map(({ metric }) => metric))]
}

const HEIGHT = 150

function CurveFigure({ metric, status }: { readonly metric: string; readonly status: SweepStatus }): ReactNode {
  const [box, width] = useWidth<HTMLElement>()
  const say = useText()
  const info = useDescription().metrics.find(({ id }) => id === metric)
  const [axis] = status.axes
  const curves = status.curves.filter((curve) => curve.metric === metric && curve.points.length > 0)
  const rows = status.points.map(([x], point) => Object.fromEntries([['x', x], ...curves.flatMap((curve) => cells(curve, point))]))
  const title = info ? say(info.label) : metric
  const units = useMessages().units
  const unit = units[info?.unit ?? ''] ?? info?.unit ?? ''
  return (
    <figure ref={box} className="chart" aria-label={`${title} (${unit})`} data-curve={metric}>
      <figcaption><b>{title}</b> <span className="unit">{unit}</span></figcaption>
      <ComposedChart width={width} height={HEIGHT} data={rows} margin={{ top: 8, right: 16, bottom: 0, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--grid)" vertical={false} />
        <XAxis dataKey="x" type="number" domain={['dataMin', 'dataMax']} ticks={[...axis.values]} tickFormatter={compact} height={20} tickMargin={2} tickSize={3} stroke="var(--axis)" tick={{ fill: 'var(--muted)', fontSize: 10.5 }} interval="preserveStartEnd" />
        <YAxis width={62} domain={['auto', 'auto']} tickFormatter={compact} tickMargin={3} tickSize={3} stroke="var(--axis)" tick={{ fill: 'var(--muted)', fontSize: 10.5 }} />
        {curves.map(({ machine }) => {
          const stroke = machineStroke(machine, machine, false)
          return (
            <Line key={machine} dataKey={`m${machine}`} stroke={stroke.colour} strokeWidth={stroke.width} strokeDasharray={stroke.dash} dot={{ r: 2 }} activeDot={false} isAnimationActive={false} connectNulls>
              <ErrorBar dataKey={`e${machine}`} width={4} strokeWidth={1} stroke={stroke.colour} direction="y" isAnimationActive={false} />
            </Line>
          )
        })}
      </ComposedChart>
    </figure>
  )
}

function cells({ machine, points }: Curve, point: number): readonly (readonly [string, number])[] {
  const at = points.find((one) => one.point === point)
  if (at === undefined) return []
  const half = at.interval === undefined ? 0 : (at.interval[1] - at.interval[0]) / 2
  return [[`m${machine}`, at.estimate.mean], [`e${machine}`, half]]
}

/** A line a point and machine, a column a metric. */
function SweepTable({ status }: { readonly status: SweepStatus }): ReactNode {
  const m = useMessages()
  const say = useText()
  const { metrics: known } = useDescription()
  const metrics = metricsOf(status)
  return (
    <div className="table-scroll">
      <table className="sweep-table">
        <thead>
          <tr>
            {status.axes.map(({ name }) => <th key={name} scope="col"><code>{name}</code></th>)}
            {status.machines.length > 1 && <th scope="col">{m.machine}</th>}
            {metrics.map((id) => { const info = known.find((one) => one.id === id); return <th key={id} scope="col" className="num">{info ? say(info.label) : id} <span className="unit">{m.units[info?.unit ?? ''] ?? info?.unit}</span></th> })}
          </tr>
        </thead>
        <tbody>
          {status.points.flatMap((values, point) => status.machines.map((machine, index) => (
            <tr key={`${point}.${index}`}>
              {values.map((value, axis) => <td key={status.axes[axis]?.name} className="num">{value}</td>)}
              {status.machines.length > 1 && <td>{machine.label}</td>}
              {metrics.map((id) => <td key={id} className="num">{cellText(status.curves.find((curve) => curve.metric === id && curve.machine === index), point, m.bestPoint, m.asGoodPoint)}</td>)}
            </tr>
          )))}
        </tbody>
      </table>
    </div>
  )
}

function cellText(curve: Curve | undefined, point: number, best: string, asGood: string): ReactNode {
  const at = curve?.points.find((one) => one.point === point)
  if (curve === undefined || at === undefined) return '–'
  const half = at.interval === undefined ? 0 : (at.interval[1] - at.interval[0]) / 2
  const text = `${number(at.estimate.mean)}${half > 0 ? ` ± ${number(half)}` : ''}`
  if (curve.best?.point === point) return <b title={best}>{text} ★</b>
  return curve.best?.asGood.includes(point) === true ? <span title={asGood}>{text} ☆</span> : text
}
