/** Follow one page, or two side by side: its life in the run, a row an event. The lab makes the run again for it, so it is asked only when wanted. */
import { useState } from 'react'
import type { ReactNode } from 'react'
import type { PageLifeView } from '../../preload/contract'
import { lab } from '../app/lab-client'
import { useAnswer } from '../app/use-answer'
import { useMessages, useText } from '../i18n'
import { Button, Field } from '../ui/controls'
import { integer } from '../ui/format'
import { Problems } from '../ui/problems'

interface Asked { readonly page: string; readonly from: number }

/** `t`: from when on the next evicted page is looked for; a page named by itself is told from its beginning. */
export function PageLife({ run, t }: { readonly run: string; readonly t: number }): ReactNode {
  const m = useMessages()
  const [page, setPage] = useState('next-evicted')
  const [beside, setBeside] = useState('')
  const [asked, setAsked] = useState<readonly Asked[]>([])
  const ask = (): void => setAsked([page, beside].map((text) => text.trim()).filter((text) => text !== '').map((text) => ({ page: text, from: text.startsWith('next-evicted') ? t : 0 })))
  return (
    <div className="page-life" data-testid="page-life">
      <form className="row" onSubmit={(event) => { event.preventDefault(); ask() }}>
        <Field label={m.pageToFollow} hint={m.pageToFollowHint}>
          <input value={page} spellCheck={false} onChange={(event) => setPage(event.target.value)} />
        </Field>
        <Field label={m.pageBeside} hint={m.pageBesideHint}>
          <input value={beside} spellCheck={false} onChange={(event) => setBeside(event.target.value)} />
        </Field>
        <Button type="submit" disabled={page.trim() === ''}>{m.followIt}</Button>
      </form>
      <div className="lives">
        {asked.map((one, index) => <div key={index}><Life run={run} asked={one} /></div>)}
      </div>
    </div>
  )
}

function Life({ run, asked }: { readonly run: string; readonly asked: Asked }): ReactNode {
  const m = useMessages()
  const answer = useAnswer(`${run} ${asked.page} ${asked.from}`, () => lab.followPage(run, asked))
  if (!answer) return <p className="muted" role="status">{m.following}</p>
  if (!answer.ok) return <Problems problems={answer.problems} />
  const { page, events } = answer.value
  if (page === undefined) return <p className="muted" role="status">{m.nothingEvicted}</p>
  return events.length === 0 ? <p className="muted" role="status">{m.neverInMemory(page)}</p> : <Events life={answer.value} page={page} />
}

function Events({ life, page }: { readonly life: PageLifeView; readonly page: string }): ReactNode {
  const m = useMessages()
  const say = useText()
  return (
    <>
      <table>
        <caption>{m.lifeOf(page)}</caption>
        <thead><tr><th className="num">ms</th><th>{m.task}</th><th>{m.whatHappened}</th></tr></thead>
        <tbody>
          {life.events.map((event, index) => (
            <tr key={index}><td className="num">{(event.t / 1e6).toFixed(3)}</td><td className="nowrap"><code>{event.task}</code></td><td>{say(event.text)}</td></tr>
          ))}
        </tbody>
      </table>
      {life.dropped > 0 && <p className="muted">{m.moreEvents(integer(life.dropped))}</p>}
    </>
  )
}
