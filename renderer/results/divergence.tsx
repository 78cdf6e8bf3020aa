/** Where two runs part: the first decision that differed, what each saw, and what came of it; on to the next. The lab makes both runs again, so it is asked only when wanted. */
import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import type { DifferenceLine, DifferenceView, DivergenceView, ExperimentStatus, SeenRow, TravelQuery } from '../../preload/contract'
import { metricInfo } from '../app/description'
import { lab } from '../app/lab-client'
import { useStore } from '../app/store'
import { useAnswer } from '../app/use-answer'
import { seedShown } from '../charts/view-store'
import { useMessages, useText } from '../i18n'
import { Button, Field } from '../ui/controls'
import { integer, number } from '../ui/format'
import { Section } from '../ui/section'
import { travelTo, type Visit } from './travel-store'
import { Unanswered, UnderWay } from './under-way'

const MOST_ROWS = 16

/** `attempt`: what was cancelled or failed may be asked again. */
interface Asked { readonly a: string; readonly b: string; readonly attempt: number }

export function Divergence({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const seed = useStore(seedShown)
  const [chosen, setChosen] = useState<{ readonly a?: string; readonly b?: string }>({})
  const [asked, setAsked] = useState<Asked>()
  const [index, setIndex] = useState(0)
  const [last, setLast] = useState(0)
  const move = (by: number): void => setIndex((now) => Math.max(0, Math.min(last, now + by)))
  const runs = status.runs.filter((run) => run.state === 'done')
  const own = runs.filter((run) => run.seed === seed)
  const a = chosen.a ?? own[0]?.run ?? runs[0]?.run
  const b = chosen.b ?? own[1]?.run ?? runs.find((run) => run.run !== a)?.run
  if (a === undefined || b === undefined) return null
  const name = (run: string): string => { const one = runs.find((other) => other.run === run); return one === undefined ? run : m.diverge.runName(status.machines[one.machine]?.label ?? '', one.seed) }
  const choice = (side: 'a' | 'b', value: string): ReactNode => (
    <Field label={side === 'a' ? m.diverge.first : m.diverge.second}>
      <select value={value} onChange={(event) => setChosen({ ...chosen, [side]: event.target.value })}>{runs.map((run) => <option key={run.run} value={run.run}>{name(run.run)}</option>)}</select>
    </Field>
  )
  return (
    <Section id="divergence" title={m.diverge.title}>
      <div onKeyDown={(event) => { const by = isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey ? undefined : { n: 1, p: -1 }[event.key.toLowerCase()]; if (by !== undefined) move(by) }}>
        <form className="row fields" data-testid="divergence" onSubmit={(event) => { event.preventDefault(); setIndex(0); setAsked({ a, b, attempt: (asked?.attempt ?? 0) + 1 }) }}>
          {choice('a', a)}{choice('b', b)}
          <Button type="submit" disabled={a === b}>{m.diverge.find}</Button>
        </form>
        {asked && <Found key={`${asked.a} ${asked.b} ${asked.attempt}`} asked={asked} index={index} setIndex={setIndex} setLast={setLast} />}
      </div>
    </Section>
  )
}

function isTyping(target: EventTarget): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
}

function Found({ asked, index, setIndex, setLast }: { readonly asked: Asked; readonly index: number; setIndex(index: number): void; setLast(last: number): void }): ReactNode {
  const m = useMessages()
  const say = useText()
  const answer = useAnswer(`${asked.a} ${asked.b}`, () => lab.divergence(asked.a, asked.b))
  const most = answer?.ok === true ? answer.value.differences.length - 1 : 0
  useEffect(() => setLast(Math.max(0, most)), [most])
  if (!answer) return <UnderWay kind="divergence" runs={[asked.a, asked.b]} text={m.diverge.searching} />
  if (!answer.ok) return <Unanswered problems={answer.problems} />
  const found = answer.value
  const last = found.differences.length - 1
  const to = setIndex
  return (
    <div className="divergence" tabIndex={0}>
      <p data-testid="divergence-summary">{say(found.summary)}</p>
      {last >= 0 && (
        <>
          <div className="row">
            <Button aria-label={m.diverge.previous} title={`${m.diverge.previous} (P)`} disabled={index === 0} onClick={() => to(index - 1)}>‹</Button>
            <span className="num" data-testid="divergence-place">{m.diverge.place(integer(index + 1), integer(last + 1), found.whole)}</span>
            <Button aria-label={m.diverge.next} title={`${m.diverge.next} (N)`} disabled={index === last} onClick={() => to(index + 1)}>›</Button>
            <Button onClick={() => travelTo(stopsAt(asked, found.differences[index]))}>{m.diverge.visit}</Button>
            <span className="muted">{say(found.differences[index].text)}</span>
          </div>
          <Explained asked={asked} index={index} found={found} />
        </>
      )}
    </div>
  )
}

function Explained({ asked, index, found }: { readonly asked: Asked; readonly index: number; readonly found: DivergenceView }): ReactNode {
  const m = useMessages()
  const [attempt, setAttempt] = useState(0)
  const answer = useAnswer(`${asked.a} ${asked.b} ${index} ${attempt}`, () => lab.difference(asked.a, asked.b, index))
  if (!answer) return <UnderWay kind="difference" runs={[asked.a, asked.b]} text={m.diverge.explaining} />
  return answer.ok ? <Difference view={answer.value} names={[found.a.label, found.b.label]} /> : <><Unanswered problems={answer.problems} /><Button onClick={() => setAttempt(attempt + 1)}>{m.diverge.explain}</Button></>
}

/** Both machines at the difference: where each decided; one that had nothing to decide stands at the same touch, or for a kernel thread at the same time. */
function stopsAt({ a, b }: Asked, { a: left, b: right, task, touch, shared }: DifferenceLine): Visit {
  const stop = (t: number | undefined, other: number | undefined): TravelQuery => (t !== undefined ? { to: 'time', t } : shared ? { to: 'time', t: other ?? 0 } : { to: 'touch', task, touch })
  return { a: { run: a, query: stop(left, right) }, b: { run: b, query: stop(right, left) } }
}

function Difference({ view, names }: { readonly view: DifferenceView; readonly names: readonly [string, string] }): ReactNode {
  const m = useMessages()
  const say = useText()
  const saw = [...view.answers, ...view.seen.filter((row) => row.differs), ...view.seen.filter((row) => !row.differs), ...view.zones]
  return (
    <div data-testid="difference">
      <p className="what">{say(view.text)}</p>
      <h3>{m.diverge.chain}</h3>
      <ol className="chain">{view.chain.map((link, i) => <li key={i}>{say(link.text)}</li>)}</ol>
      <div className="why">
        <table>
          <caption>{m.diverge.seen}</caption>
          <thead><tr><th /><th className="num">{names[0]}</th><th className="num">{names[1]}</th><th /></tr></thead>
          <tbody>{saw.map((row, i) => <Seen key={i} row={row} answer={i < view.answers.length} />)}</tbody>
        </table>
        <table>
          <caption>{m.diverge.counters}</caption>
          <thead><tr><th>{m.diverge.counter}</th><th>{m.task}</th><th className="num">{m.diverge.touch}</th><th className="num">{names[0]}</th><th className="num">{names[1]}</th></tr></thead>
          <tbody>{view.counters.slice(0, MOST_ROWS).map((one) => <tr key={one.name}><th scope="row"><code>{one.name}</code></th><td><code>{one.task}</code></td><td className="num">{integer(one.touch)}</td><td className="num">+{number(one.a.value)}</td><td className="num">+{number(one.b.value)}</td></tr>)}</tbody>
        </table>
        <Rest all={view.counters.length} />
        <table>
          <caption>{m.diverge.atTheEnd}</caption>
          <thead><tr><th>{m.metric}</th><th className="num">{names[0]}</th><th className="num">{names[1]}</th></tr></thead>
          <tbody>{view.metrics.slice(0, MOST_ROWS).map((one) => <tr key={one.id}><th scope="row"><MetricName id={one.id} /></th><td className="num">{number(one.a)}</td><td className="num">{number(one.b)}</td></tr>)}</tbody>
        </table>
        <Rest all={view.metrics.length} />
      </div>
    </div>
  )
}

function MetricName({ id }: { readonly id: string }): ReactNode {
  const m = useMessages()
  const say = useText()
  const metric = metricInfo(id)
  if (metric === undefined) return <code>{id}</code>
  return <>{say(metric.label)}<span className="unit">{metric.unit === 'count' ? '' : m.units[metric.unit] ?? metric.unit}</span></>
}

/** Of a table that was cut: how much is missing. */
function Rest({ all }: { readonly all: number }): ReactNode {
  const m = useMessages()
  return all > MOST_ROWS && <p className="muted small">{m.diverge.more(integer(all - MOST_ROWS))}</p>
}

function Seen({ row, answer }: { readonly row: SeenRow; readonly answer: boolean }): ReactNode {
  const m = useMessages()
  const say = useText()
  return (
    <tr className={row.differs ? 'differs' : ''}>
      <th scope="row">{answer && <b>{m.diverge.answer} </b>}<code>{row.name}</code></th>
      <td className="num">{row.a ?? '–'}</td><td className="num">{row.b ?? '–'}{row.differs && <span aria-label={m.diverge.differs}> ≠</span>}</td>
      <td className="muted small">{row.about && say(row.about)}</td>
    </tr>
  )
}
