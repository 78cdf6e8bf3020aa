/** A sweep's answer: a curve a metric with its intervals, the best points marked; over two and more axes a table. */
import type { ReactNode } from 'react'
import type { Curve, SweepStatus } from '../../preload/contract'
import { told, useDescription } from '../app/description'
import { useStore } from '../app/store'
import { machineStroke } from '../charts/colours'
import { useMessages, useText } from '../i18n'
import { Button } from '../ui/controls'
import { number } from '../ui/format'
import { Problems } from '../ui/problems'
import { Section } from '../ui/section'
import { QueueState } from './queue-state'
import { CurveFigure } from './sweep-curve'
import { cancelSweep, closeSweep, copySweep, openPoint, sweepView, whereOf } from './sweep-store'

export function SweepResults(): ReactNode {
  const m = useMessages()
  const say = useText()
  const { status, refused, opened } = useStore(sweepView)
  if (!status && refused.length === 0) return null
  return (
    <Section id="sweep" title={m.sweep}>
      <Problems problems={refused} title={m.sweepRefused} />
      {status && (
        <>
          <p className="results-about" data-testid="sweep-about">
            <b>{say(status.title)}</b> <span className="muted">{m.sweepProgress(status.ended, status.runs)}{status.state === 'cancelled' ? ` · ${m.experimentStates.cancelled}` : ''}</span>
            {status.lost > 0 && <span className="bad"> {m.sweepLost(status.lost)} {told(status.error ?? '')}</span>}
            {status.ejected > 0 && <span className="bad"> {m.sweepEjected(status.ejected)}</span>}
          </p>
          {status.elsewhere && <p className="muted small">{m.sweepElsewhere}</p>}
          {status.recordings && (status.recordings.kept > 0 || status.recordings.refused > 0) && (
            <p className="muted small" data-testid="sweep-kept">{m.keeping.kept(status.recordings.kept)}{status.recordings.refused > 0 && <span className="bad"> {m.keeping.refused(status.recordings.refused, status.recordings.why ?? '')}</span>}</p>
          )}
          {status.queue && <QueueState queue={status.queue} running={status.state === 'running'} />}
          <div className="row">
            {status.state === 'running' && <Button onClick={cancelSweep}>{status.queue ? m.takeOffQueue : status.elsewhere ? m.stopWatching : m.cancel}</Button>}
            <Button tone="quiet" onClick={() => copySweep(status.id)}>{m.copyCsv}</Button>
            <Button tone="quiet" onClick={closeSweep}>{m.closeSweep}</Button>
          </div>
          {status.axes.length === 1 && <Legend status={status} />}
          {status.axes.length === 1 && <div className="sweep-curves">{metricsOf(status).map((metric) => <CurveFigure key={metric} metric={metric} status={status} />)}</div>}
          <SweepTable status={status} />
          <p className="muted small">★ {m.bestPoint} · ☆ {m.asGoodPoint}</p>
          <p className="small" role="status" data-testid="point-opened">{opened && m.point.opened(whereOf(status, opened.point), opened.runs, opened.kept)}</p>
        </>
      )}
    </Section>
  )
}

/** Which line is whose, and what runs along the axis of every curve. */
function Legend({ status }: { readonly status: SweepStatus }): ReactNode {
  const m = useMessages()
  return (
    <p className="sweep-legend" data-testid="sweep-legend">
      {status.machines.length > 1 && status.machines.map((machine, index) => {
        const stroke = machineStroke(index, index, false)
        return <span key={index}><svg width="22" height="6" aria-hidden="true"><line x1="0" x2="22" y1="3" y2="3" stroke={stroke.colour} strokeWidth={stroke.width} strokeDasharray={stroke.dash} /></svg> {machine.label}</span>
      })}
      <span className="muted">{m.alongAxis} <code>{status.axes[0]?.name}</code></span>
    </p>
  )
}

function metricsOf({ curves }: SweepStatus): readonly string[] {
  return [...new Set(curves.filter(({ points }) => points.length > 0).map(({ metric }) => metric))]
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
              {values.map((value, axis) => (
                <td key={status.axes[axis]?.name} className="num">
                  {axis === 0 ? <button type="button" className="link" aria-label={m.point.open(whereOf(status, point))} title={m.point.open(whereOf(status, point))} onClick={() => openPoint(point)}>{value}</button> : value}
                </td>
              ))}
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
