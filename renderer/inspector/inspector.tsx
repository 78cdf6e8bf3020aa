/** Why did this happen: one event with its task, order, gfp, the zones that were tried and by how much each missed, and the call path in the kernel's names. */
import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { RunDetail, RunEvent } from '../../preload/contract'
import { lab } from '../app/lab-client'
import { useStore } from '../app/store'
import { useAnswer } from '../app/use-answer'
import { bringIntoView, picked } from '../charts/view-store'
import type { PickedEvent } from '../charts/view-store'
import { useMessages, useText } from '../i18n'
import { experiment } from '../results/experiment-store'
import { useRunDetail, useRunEvents } from '../results/run-details'
import { travelTo } from '../results/travel-store'
import { Button, Segmented } from '../ui/controls'
import { duration, integer, number, pagesAsBytes } from '../ui/format'
import { Terms } from '../ui/term'
import { GfpView } from './gfp-view'
import { PageLife } from './page-life'
import { ProcView } from './proc-view'
import { SnapshotTable } from './snapshot-table'

type EventCause = NonNullable<RunEvent['cause']>

export function Inspector(): ReactNode {
  const now = useStore(picked)
  return now ? <EventView now={now} /> : null
}

type View = 'why' | 'gfp' | 'proc' | 'page'

function EventView({ now }: { readonly now: PickedEvent }): ReactNode {
  const m = useMessages()
  const label = useStore(experiment).status?.machines[now.machine]?.label ?? ''
  const { event } = now
  const [chosen, setView] = useState<View>('why')
  const views: readonly View[] = event.cause ? ['why', 'gfp', 'proc', 'page'] : ['why', 'proc', 'page']
  const view = views.includes(chosen) ? chosen : 'why'
  useStepKeys(now)
  return (
    <section className="inspector" aria-label={m.inspector} data-testid="inspector">
      <header className="inspector-head">
        <span className="machine-dot" style={{ background: `var(--machine-${now.machine % 6})` }} aria-hidden="true" />
        <b>{label}</b>
        <code>{event.kind}</code>
        <span className="num">{m.at(exactTime(event.t))}</span>
        {event.duration > 0 && <span className="num">{m.lasted(duration(event.duration))}</span>}
        <span className="grow" />
        <Button tone="quiet" title={m.travel.hereHint} onClick={() => travelTo({ a: { run: now.run, query: { to: 'time', t: event.t } } })}>{m.travel.here}</Button>
        <Step now={now} />
        <Button tone="quiet" className="icon" aria-label={m.close} onClick={() => picked.set(undefined)}>✕</Button>
      </header>
      <div className="inspector-body">
        <What now={now} />
        <Segmented label={m.inspector} value={view} options={views.map((name) => ({ value: name, label: m.inspectorViews[name] }))} onChange={(name: View) => setView(name)} />
        {view === 'why' && <WhyView now={now} />}
        {view === 'gfp' && event.cause && <GfpView mask={event.cause.gfp} />}
        {view === 'proc' && <ProcView run={now.run} t={event.t} />}
        {view === 'page' && <PageLife run={now.run} t={event.t} />}
      </div>
    </section>
  )
}

/** The lab's own sentence about the event; until it is there, what this kind of event is. */
function What({ now }: { readonly now: PickedEvent }): ReactNode {
  const m = useMessages()
  const say = useText()
  const told = useAnswer(`${now.run} ${now.index}`, () => lab.explainEvent(now.event))
  return <p className="what"><Terms text={told ? say(told) : m.eventKinds[now.event.kind]} /></p>
}

function WhyView({ now }: { readonly now: PickedEvent }): ReactNode {
  const m = useMessages()
  const { event } = now
  return (
    <>
      <div className="why">
        <Facts event={event} />
        {event.cause && <Why cause={event.cause} />}
      </div>
      {event.log && <section className="kernel-log"><h4>{m.kernelLog}</h4><pre tabIndex={0}>{event.log.join('\n')}</pre></section>}
      {!event.cause && !event.log && <p className="muted">{m.noCause}</p>}
      {event.kind === 'snap' && <Snap now={now} />}
    </>
  )
}

function Facts({ event }: { readonly event: RunEvent }): ReactNode {
  const m = useMessages()
  const facts = Object.entries(event.args)
  return (
    <dl className="facts">
      {event.task !== '' && <><dt>{m.task}</dt><dd><code>{event.task}</code></dd></>}
      {event.cause && <><dt><Terms text="order" /></dt><dd>{event.cause.order} <span className="muted">({m.pagesOf(2 ** event.cause.order)})</span></dd><dt><Terms text="gfp" /></dt><dd><code>{event.cause.gfp}</code></dd></>}
      {facts.filter(([name]) => !(event.cause && (name === 'order' || name === 'gfp'))).map(([name, value]) => (
        <FactPair key={name} name={name} value={value} />
      ))}
    </dl>
  )
}

function FactPair({ name, value }: { readonly name: string; readonly value: number | string }): ReactNode {
  return <><dt><code>{name}</code></dt><dd>{typeof value === 'number' ? number(value) : value}</dd></>
}

function Why({ cause }: { readonly cause: EventCause }): ReactNode {
  const m = useMessages()
  return (
    <>
      {cause.zones.length > 0 && (
        <table>
          <caption>{m.zonesTried}</caption>
          <thead><tr><th>{m.zone}</th><th className="num"><Terms text={m.free} /></th><th className="num">{m.mark}</th><th className="num"><Terms text={m.reserve} /></th><th>{m.outcome}</th></tr></thead>
          <tbody>
            {cause.zones.map((zone) => (
              <tr key={`${zone.node} ${zone.zone}`}>
                <th scope="row">{m.nodeZone(zone.node, zone.zone)}</th>
                <td className="num">{integer(zone.free)}</td><td className="num">{integer(zone.mark)}</td><td className="num">{integer(zone.reserve)}</td>
                <td className={zone.short > 0 ? 'short' : 'passed'} title={pagesAsBytes(Math.abs(zone.short))}>{zone.short > 0 ? m.missedBy(integer(zone.short)) : m.passed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {cause.path.length > 0 && (
        <div className="call-path">
          <h3>{m.callPath}</h3>
          <ol>{cause.path.map((name, index) => <li key={index} style={{ paddingLeft: `${Math.min(index, 10) * 10}px` }}><code>{name}</code></li>)}</ol>
        </div>
      )}
    </>
  )
}

function Snap({ now }: { readonly now: PickedEvent }): ReactNode {
  const loaded = useRunDetail(now.run)
  const detail: RunDetail | undefined = loaded?.state === 'ready' ? loaded.value : undefined
  const snapshot = detail?.snapshots.find((other) => other.t === now.event.t)
  return snapshot ? <SnapshotTable snapshot={snapshot} /> : null
}

function Step({ now }: { readonly now: PickedEvent }): ReactNode {
  const m = useMessages()
  const events = useEvents(now.run)
  return (
    <>
      <Button tone="quiet" className="icon" aria-label={m.previousEvent} title={`${m.previousEvent} (,)`} disabled={now.index <= 0} onClick={() => stepTo(now, events, -1)}>‹</Button>
      <Button tone="quiet" className="icon" aria-label={m.nextEvent} title={`${m.nextEvent} (.)`} disabled={now.index >= events.length - 1} onClick={() => stepTo(now, events, 1)}>›</Button>
    </>
  )
}

function useStepKeys(now: PickedEvent): void {
  const events = useEvents(now.run)
  useEffect(() => {
    const listen = (key: KeyboardEvent): void => {
      if (key.ctrlKey || key.metaKey || key.altKey || (key.target as HTMLElement).closest('input:not([type="radio"]), textarea, select, .monaco-editor, dialog')) return
      if (key.key === '.') stepTo(now, events, 1)
      else if (key.key === ',') stepTo(now, events, -1)
      else if (key.key === 'Escape') picked.set(undefined)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [now, events])
}

function stepTo(now: PickedEvent, events: readonly RunEvent[], by: number): void {
  const index = now.index + by
  const event = events[index]
  if (!event) return
  picked.set({ ...now, index, event })
  bringIntoView(event.t)
}

const NO_EVENTS: readonly RunEvent[] = []

function useEvents(run: string): readonly RunEvent[] {
  const loaded = useRunEvents(run)
  return loaded?.state === 'ready' ? loaded.value : NO_EVENTS
}

function exactTime(ns: number): string {
  return `${(ns / 1e6).toLocaleString('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 3 })} ms`
}
