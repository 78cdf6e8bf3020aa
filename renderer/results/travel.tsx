/** Travel through runs: scrub, step, run until; the machine at that instant, and a second one beside it at the same time or at the same touch of the same task. */
import { useEffect, useId, useRef, useState } from 'react'
import type { ReactNode } from 'react'
import type { ExperimentStatus, Look, TravelCheck } from '../../preload/contract'
import { useStore } from '../app/store'
import { fullRange, seedShown } from '../charts/view-store'
import { useMessages, useText } from '../i18n'
import { Button, Field, Segmented } from '../ui/controls'
import { instant, integer } from '../ui/format'
import { Section } from '../ui/section'
import { MachineLook } from './machine-look'
import { visit } from './travel-store'
import { Unanswered, UnderWay } from './under-way'
import { placeOf, useTravel, type Align, type Answer } from './use-travel'

const STEPS = ['event', 'kswapd', 'direct'] as const

export function Travel({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const seed = useStore(seedShown)
  const runs = status.runs.filter((run) => run.state === 'done')
  if (runs.length === 0) return null
  const seeds = new Set(runs.map((run) => run.seed)).size
  const label = (machine: number, own: number): string => (seeds > 1 ? m.diverge.runName(status.machines[machine]?.label ?? '', own) : (status.machines[machine]?.label ?? ''))
  const ordered = [...runs.filter((run) => run.seed === seed), ...runs.filter((run) => run.seed !== seed)]
  return <Section id="travel" title={m.travel.title}><Traveller key={`${status.id} ${seed}`} runs={ordered.map((run) => ({ run: run.run, label: label(run.machine, run.seed) }))} /></Section>
}

interface Machine { readonly run: string; readonly label: string }

function Traveller({ runs }: { readonly runs: readonly Machine[] }): ReactNode {
  const m = useMessages()
  const { t1 } = useStore(fullRange)
  const [a, setA] = useState(runs[0])
  const [b, setB] = useState<Machine>()
  const [align, setAlign] = useState<Align>('touch')
  const [until, setUntil] = useState('event mm_vmscan_kswapd_wake')
  const [thumb, setThumb] = useState<number>()
  const travel = useTravel()
  const { shown, busy, look, checks, go } = travel
  const here = { a: a.run, align, ...(b === undefined ? {} : { b: b.run }) }
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => { if (!busy) setThumb(undefined) }, [busy])
  const wish = useStore(visit)
  useEffect(() => {
    const [one, other] = [runs.find(({ run }) => run === wish?.a.run), runs.find(({ run }) => run === wish?.b?.run)]
    if (wish === undefined || one === undefined) return
    visit.set(undefined)
    travel.forget()
    setA(one)
    setB(other)
    go(() => ({ a: wish.a.query, ...(wish.b === undefined ? {} : { b: wish.b.query }) }), { a: one.run, align, ...(other === undefined ? {} : { b: other.run }) })
    box.current?.scrollIntoView({ block: 'start' })
  }, [wish])

  const step = (kind: (typeof STEPS)[number], by: 1 | -1): void => go((now) => ({ a: { to: 'step', kind, by, from: placeOf(now).from } }), here)
  const run = (by: 1 | -1): void => go((now) => ({ a: { to: 'until', until, by, ...placeOf(now) } }), here)
  const scrub = (t: number): void => {
    setThumb(t)
    go(() => ({ a: { to: 'time', t: Math.round(t) } }), here, true)
  }
  const second = (one: Machine | undefined, how: Align): void => {
    setB(one)
    setAlign(how)
    travel.beside({ a: a.run, align: how, ...(one === undefined ? {} : { b: one.run }) })
  }
  const onKey = (key: string, shift: boolean): void => {
    if (key === 'ArrowRight' || key === 'ArrowLeft') step(shift ? 'kswapd' : 'event', key === 'ArrowRight' ? 1 : -1)
  }
  const warnings = [a, b].flatMap((one) => { const check = one === undefined ? undefined : checks[one.run]; return check === undefined ? [] : [check] })
  // What was chosen keeps the name it had then, perhaps in the other language.
  const labelOf = ({ run, label }: Machine): string => runs.find((one) => one.run === run)?.label ?? label
  return (
    <div className="travel" data-testid="travel" data-busy={busy} ref={box}>
      <div className="row fields">
        <Field label={m.diverge.first}><select value={a.run} onChange={(event) => { setA(runs.find(({ run: id }) => id === event.target.value) ?? a); travel.forget() }}>{runs.map(({ run: id, label }) => <option key={id} value={id}>{label}</option>)}</select></Field>
        <Field label={m.travel.beside}><select value={b?.run ?? ''} onChange={(event) => second(runs.find(({ run: id }) => id === event.target.value), align)}><option value="">{m.none}</option>{runs.map(({ run: id, label }) => <option key={id} value={id}>{label}</option>)}</select></Field>
        {b && <Segmented label={m.travel.align} value={align} options={[{ value: 'touch', label: m.travel.sameTouch }, { value: 'time', label: m.travel.sameTime }]} onChange={(value: Align) => second(b, value)} />}
      </div>
      <div className="row" role="toolbar" aria-label={m.travel.title} tabIndex={0} onKeyDown={(event) => { if ((event.target as HTMLElement).tagName !== 'INPUT') onKey(event.key, event.shiftKey) }}>
        <input type="range" aria-label={m.travel.time} min={0} max={t1} step={t1 / 400} value={Math.min(thumb ?? look?.t ?? 0, t1)} onChange={(event) => scrub(Number(event.target.value))} />
        <span className="num time" data-testid="travel-time">{look === undefined ? '' : instant(look.t)}</span>
        {STEPS.map((kind) => (
          <span key={kind} className="steps">
            <Button aria-label={m.travel.back(m.travel.steps[kind])} title={m.travel.back(m.travel.steps[kind])} onClick={() => step(kind, -1)}>‹</Button>
            {m.travel.steps[kind]}
            <Button aria-label={m.travel.on(m.travel.steps[kind])} title={m.travel.on(m.travel.steps[kind])} onClick={() => step(kind, 1)}>›</Button>
          </span>
        ))}
      </div>
      <Until until={until} setUntil={setUntil} look={look} onRun={run} />
      {busy && <UnderWay kind="travel" runs={[a.run, ...(b === undefined ? [] : [b.run])]} text={m.travel.going} onCancel={travel.stop} />}
      {warnings.map((check) => <Check key={check.run} check={check} label={runs.find(({ run: id }) => id === check.run)?.label ?? ''} />)}
      {shown.refused && <Unanswered problems={shown.refused} />}
      {shown.nothing && <p className="muted" role="status">{m.travel.nothing}</p>}
      <div className="lives">
        {shown.a && <Arrived label={labelOf(a)} answer={shown.a} other={shown.b} />}
        {b && shown.b && <Arrived label={labelOf(b)} answer={shown.b} other={shown.a} />}
      </div>
    </div>
  )
}

function Until({ until, setUntil, look, onRun }: { readonly until: string; setUntil(text: string): void; readonly look: Look | undefined; onRun(by: 1 | -1): void }): ReactNode {
  const m = useMessages()
  const list = useId()
  return (
    <form className="row" onSubmit={(event) => { event.preventDefault(); onRun(1) }}>
      <Field label={m.travel.until} hint={m.travel.untilHint}><input className="wide" list={list} value={until} spellCheck={false} onChange={(event) => setUntil(event.target.value)} /></Field>
      <datalist id={list}>{examples(look, Object.keys(m.eventKinds)).map((one) => <option key={one} value={one} />)}</datalist>
      <Button type="submit">{m.travel.run}</Button>
      <Button disabled={look === undefined} onClick={() => onRun(-1)}>{m.travel.runBack}</Button>
    </form>
  )
}

/** Conditions to start from; of the zones that this machine has, once they are known. */
function examples(look: Look | undefined, kinds: readonly string[]): readonly string[] {
  const zones = (look?.state.zones ?? []).flatMap(({ node, zone }) => ['min', 'low', 'high'].map((mark) => `zone.${node}.${zone}.free < zone.${node}.${zone}.${mark}`))
  return [...zones, 'hook scanBalance priority < 12', 'hook kswapdBalanced answer = true', 'hook oomBadness', 'kswapd', 'direct', 'pswpout > 0', 'nr_dirty > nr_dirty_threshold', ...kinds.map((kind) => `event ${kind}`)]
}

function Check({ check, label }: { readonly check: TravelCheck; readonly label: string }): ReactNode {
  const say = useText()
  return <p className={check.same ? 'muted small' : 'bad'} role={check.same ? undefined : 'alert'} data-testid="travel-check">{check.same ? '✓' : '≠'} {label}: {say(check.text)}</p>
}

function Arrived({ label, answer, other }: { readonly label: string; readonly answer: Answer; readonly other: Answer | undefined }): ReactNode {
  const m = useMessages()
  const say = useText()
  if (!answer.ok) return <Unanswered problems={answer.problems} />
  const { look, text } = answer.value
  if (look === undefined) return <p className="muted" role="status">{m.travel.nothing}</p>
  return (
    <section aria-label={label} data-testid="travel-look">
      <h3>{label} · {instant(look.t)} · {m.travel.moment(integer(look.n))}</h3>
      {text && <p className="what">{say(text)}</p>}
      <MachineLook look={look} other={other?.ok === true ? other.value.look : undefined} />
    </section>
  )
}
