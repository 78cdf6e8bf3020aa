/** Travel through runs: scrub, step, run until; the machine at that instant, and a second one beside it at the same time or at the same touch of the same task. */
import { useState } from 'react'
import type { ReactNode } from 'react'
import type { ExperimentStatus, Look, Result, TravelQuery, TravelView } from '../../preload/contract'
import { inBackground, lab } from '../app/lab-client'
import { useStore } from '../app/store'
import { fullRange, seedShown } from '../charts/view-store'
import { useMessages, useText } from '../i18n'
import { Button, Field, Segmented } from '../ui/controls'
import { duration, integer } from '../ui/format'
import { Problems } from '../ui/problems'
import { Section } from '../ui/section'
import { MachineLook } from './machine-look'

type Answer = Result<TravelView>
interface Shown { readonly a?: Answer; readonly b?: Answer }

const STEPS = ['event', 'kswapd', 'direct'] as const

export function Travel({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const seed = useStore(seedShown)
  const runs = status.runs.filter((run) => run.state === 'done' && run.seed === seed)
  if (runs.length === 0) return null
  return <Section id="travel" title={m.travel.title}><Traveller key={`${status.id} ${seed}`} runs={runs.map((run) => ({ run: run.run, label: status.machines[run.machine]?.label ?? '' }))} /></Section>
}

interface Machine { readonly run: string; readonly label: string }

function Traveller({ runs }: { readonly runs: readonly Machine[] }): ReactNode {
  const m = useMessages()
  const { t1 } = useStore(fullRange)
  const [a, setA] = useState(runs[0])
  const [b, setB] = useState<Machine>()
  const [align, setAlign] = useState<'time' | 'touch'>('touch')
  const [shown, setShown] = useState<Shown>({})
  const [until, setUntil] = useState('zone.0.Normal.free < zone.0.Normal.low')
  const [busy, setBusy] = useState(false)
  const look = shown.a?.ok === true ? shown.a.value.look : undefined
  const go = (query: TravelQuery): void => inBackground(async () => {
    setBusy(true)
    try {
      const first = await lab.travel(a.run, query)
      const beside = first.ok && first.value.look !== undefined && b !== undefined ? besideOf(first.value.look, align) : undefined
      setShown({ a: first, ...(beside === undefined || b === undefined ? {} : { b: await lab.travel(b.run, beside) }) })
    } finally {
      setBusy(false)
    }
  })
  const from = look?.n ?? 0
  const step = (kind: (typeof STEPS)[number], by: 1 | -1): void => go({ to: 'step', kind, by, from })
  const onKey = (key: string, shift: boolean): void => {
    if (key === 'ArrowRight' || key === 'ArrowLeft') step(shift ? 'kswapd' : 'event', key === 'ArrowRight' ? 1 : -1)
  }
  return (
    <div className="travel" data-testid="travel" data-busy={busy}>
      <div className="row">
        <Field label={m.diverge.first}><select value={a.run} onChange={(event) => { setA(runs.find(({ run }) => run === event.target.value) ?? a); setShown({}) }}>{runs.map(({ run, label }) => <option key={run} value={run}>{label}</option>)}</select></Field>
        <Field label={m.travel.beside}><select value={b?.run ?? ''} onChange={(event) => { setB(runs.find(({ run }) => run === event.target.value)); setShown({}) }}><option value="">{m.none}</option>{runs.map(({ run, label }) => <option key={run} value={run}>{label}</option>)}</select></Field>
        {b && <Segmented label={m.travel.align} value={align} options={[{ value: 'touch', label: m.travel.sameTouch }, { value: 'time', label: m.travel.sameTime }]} onChange={(value: 'time' | 'touch') => setAlign(value)} />}
      </div>
      <div className="row" role="toolbar" aria-label={m.travel.title} tabIndex={0} onKeyDown={(event) => { if ((event.target as HTMLElement).tagName !== 'INPUT') onKey(event.key, event.shiftKey) }}>
        <input type="range" className="grow" aria-label={m.travel.time} min={0} max={t1} step={t1 / 400} value={Math.min(look?.t ?? 0, t1)} onChange={(event) => go({ to: 'time', t: Math.round(Number(event.target.value)) })} />
        <span className="num" data-testid="travel-time">{look === undefined ? '' : duration(look.t)}</span>
        {STEPS.map((kind) => (
          <span key={kind} className="steps">
            <Button aria-label={m.travel.back(m.travel.steps[kind])} title={m.travel.back(m.travel.steps[kind])} disabled={busy} onClick={() => step(kind, -1)}>‹</Button>
            {m.travel.steps[kind]}
            <Button aria-label={m.travel.on(m.travel.steps[kind])} title={m.travel.on(m.travel.steps[kind])} disabled={busy} onClick={() => step(kind, 1)}>›</Button>
          </span>
        ))}
      </div>
      <form className="row" onSubmit={(event) => { event.preventDefault(); go({ to: 'until', until, by: 1, from }) }}>
        <Field label={m.travel.until} hint={m.travel.untilHint}><input className="wide" value={until} spellCheck={false} onChange={(event) => setUntil(event.target.value)} /></Field>
        <Button type="submit" disabled={busy}>{m.travel.run}</Button>
        <Button disabled={busy || look === undefined} onClick={() => go({ to: 'until', until, by: -1, from })}>{m.travel.runBack}</Button>
      </form>
      {busy && <p className="muted" role="status">{m.travel.going}</p>}
      <div className="lives">
        {shown.a && <Arrived label={a.label} answer={shown.a} />}
        {b && shown.b && <Arrived label={b.label} answer={shown.b} />}
      </div>
    </div>
  )
}

/** The same instant on the other machine: its time, or the touch of the first task that has touched anything. */
function besideOf({ t, tasks }: Look, align: 'time' | 'touch'): TravelQuery {
  const task = tasks.find((one) => one.state === 'running' && one.touch !== undefined) ?? tasks.find((one) => (one.touch ?? 0) > 0)
  return align === 'time' || task?.touch === undefined ? { to: 'time', t } : { to: 'touch', task: task.name, touch: task.touch }
}

function Arrived({ label, answer }: { readonly label: string; readonly answer: Answer }): ReactNode {
  const m = useMessages()
  const say = useText()
  if (!answer.ok) return <Problems problems={answer.problems} />
  const { look, text } = answer.value
  if (look === undefined) return <p className="muted" role="status">{m.travel.nothing}</p>
  return (
    <section aria-label={label} data-testid="travel-look">
      <h3>{label} · {duration(look.t)} · {m.travel.moment(integer(look.n))}</h3>
      {text && <p className="what">{say(text)}</p>}
      <MachineLook look={look} />
    </section>
  )
}
