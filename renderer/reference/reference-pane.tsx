/** The reference of the policy API below the code: searched by any word, opened at what a lens, the palette or a link asks for. Its texts are the API's own comments. */
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { ApiGuide } from '../../preload/contract'
import { useGuide } from '../app/guide'
import { goToPane } from '../app/panes'
import { useStore } from '../app/store'
import { language, useMessages } from '../i18n'
import { HookEntry, TypeEntry } from './reference-entry'
import { hideReference, reference } from './reference-store'
import { entriesOf, matching } from './search'
import type { ReferenceEntry } from './search'

export function ReferencePane(): ReactNode {
  const m = useMessages()
  const guide = useGuide()
  const [find, setFind] = useState('')
  const box = useRef<HTMLElement>(null)
  const close = (): void => { hideReference(); goToPane('editor') }
  const escape = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  }
  return (
    <section ref={box} className="reference" aria-label={m.guide.reference} data-testid="reference" onKeyDown={escape}>
      <div className="reference-bar">
        <h2>{m.guide.reference}</h2>
        <input type="search" className="find" aria-label={m.guide.find} placeholder={m.guide.find} value={find} spellCheck={false} onChange={(event) => setFind(event.target.value)} />
        <span className="grow" />
        <button type="button" className="button quiet icon" aria-label={m.close} onClick={close}>✕</button>
      </div>
      {m.guide.language !== '' && <p className="muted small reference-note">{m.guide.language}</p>}
      {guide && <Entries guide={guide} find={find} onAsked={() => setFind('')} box={box} />}
    </section>
  )
}

function Entries({ guide, find, onAsked, box }: { readonly guide: ApiGuide; readonly find: string; onAsked(): void; readonly box: { readonly current: HTMLElement | null } }): ReactNode {
  const m = useMessages()
  const speaking = useStore(language)
  const asked = useDeferredValue(find)
  const all = useMemo(() => entriesOf(guide, m.guide, speaking), [guide, m, speaking])
  const shown = useMemo(() => matching(all, asked), [all, asked])
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  useWanted(all, box, (id) => { onAsked(); setOpen((now) => new Set([...now, id])) })
  const toggle = (id: string, on: boolean): void => setOpen((now) => { const next = new Set(now); if (on) next.add(id); else next.delete(id); return next })
  // What a search leaves over is open when it is little.
  const few = asked.trim() !== '' && shown.length <= 3
  return (
    <div className="reference-list">
      <p className="muted small found" role="status">{asked.trim() === '' ? '' : m.guide.found(shown.length)}</p>
      {shown.length === 0 && <p className="muted pad">{m.guide.nothing}</p>}
      {shown.map((entry, i) => (
        <div key={entry.id}>
          {entry.section !== shown[i - 1]?.section && <h3>{entry.section}</h3>}
          <Entry entry={entry} open={few || open.has(entry.id)} onToggle={(on) => toggle(entry.id, on)} />
        </div>
      ))}
    </div>
  )
}

function Entry({ entry, open, onToggle }: { readonly entry: ReferenceEntry; readonly open: boolean; onToggle(on: boolean): void }): ReactNode {
  return (
    <details className="reference-entry" id={`reference-${entry.id}`} open={open} onToggle={(event) => { if (event.currentTarget.open !== open) onToggle(event.currentTarget.open) }}>
      <summary><code>{entry.name}</code> <span className="muted">{entry.about}</span></summary>
      {open && (entry.hook ? <HookEntry hook={entry.hook} /> : <TypeEntry entry={entry} />)}
    </details>
  )
}

/** Shows the entry that was asked for last, once, and puts the keyboard there; without a name into the search. */
function useWanted(all: readonly ReferenceEntry[], box: { readonly current: HTMLElement | null }, show: (id: string) => void): void {
  const { wanted } = useStore(reference)
  const [target, setTarget] = useState<string>()
  const done = useRef(0)
  useEffect(() => {
    if (!wanted || wanted.asked === done.current) return
    done.current = wanted.asked
    reference.set({})
    const entry = all.find((one) => one.name === wanted.name) ?? all.find((one) => one.names.has(wanted.name))
    if (!entry) { box.current?.querySelector<HTMLElement>('input')?.focus(); return }
    show(entry.id)
    setTarget(entry.id)
  }, [wanted, all, box, show])
  useEffect(() => {
    if (target === undefined) return
    const summary = document.getElementById(`reference-${target}`)?.querySelector('summary')
    summary?.scrollIntoView({ block: 'start' })
    summary?.focus({ preventScroll: true })
    setTarget(undefined)
  }, [target])
}
