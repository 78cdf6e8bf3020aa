/** The `?` sheet: every key, which can be changed here; the tour; and what the kernel's words mean. */
import { useState } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import { useMessages, useText } from '../i18n'
import { Button } from '../ui/controls'
import { Dialog } from '../ui/dialog'
import { showReference } from '../reference/reference-store'
import { useDescription } from './description'
import { COMMAND_IDS, FIXED_KEYS, FIXED_PLACES, bindKeys, isRebound, keyLabel, keyName, placeOf, takenBy, useKeysOf } from './keys'
import type { CommandId, FixedKeyId, FixedPlace, Place } from './keys'
import { overlays } from './overlays'

export function ShortcutSheet({ onClose }: { onClose(): void }): ReactNode {
  const m = useMessages()
  return (
    <Dialog title={m.shortcuts} wide onClose={onClose} footer={<><Button onClick={() => { for (const id of COMMAND_IDS) bindKeys(id, undefined) }}>{m.keys.resetAll}</Button><span className="grow" /><Button onClick={() => overlays.set('claims')}>{m.claims.title}</Button><Button onClick={() => { onClose(); showReference() }}>{m.commands.reference}</Button><Button tone="primary" onClick={() => overlays.set('tour')}>{m.commands.tour}</Button></>}>
      <div className="sheet">
        <p className="muted small">{m.keys.hint}</p>
        {(['anywhere', 'charts'] as const).map((place) => <Commands key={place} place={place} />)}
        {FIXED_PLACES.map((place) => <FixedKeys key={place} place={place} />)}
        <Terms />
      </div>
    </Dialog>
  )
}

function Commands({ place }: { readonly place: Place }): ReactNode {
  const m = useMessages()
  return (
    <section>
      <h3>{m.keys.places[place]}</h3>
      <dl>{COMMAND_IDS.filter((id) => placeOf(id) === place).map((id) => <CommandRow key={id} id={id} />)}</dl>
    </section>
  )
}

/** Those that can't be changed. */
function FixedKeys({ place }: { readonly place: FixedPlace }): ReactNode {
  const m = useMessages()
  return (
    <section>
      <h3>{m.keys.fixedPlaces[place]}</h3>
      <dl>{(Object.entries(FIXED_KEYS[place]) as [FixedKeyId, readonly string[]][]).map(([id, keys]) => <div key={id}><dt><KeyNames keys={keys} /></dt><dd>{m.keys.fixed[id]}</dd></div>)}</dl>
    </section>
  )
}

function KeyNames({ keys }: { readonly keys: readonly string[] }): ReactNode {
  return keys.map((key, index) => <span key={key}>{index > 0 && ' / '}<kbd>{keyLabel(key)}</kbd></span>)
}

function CommandRow({ id }: { readonly id: CommandId }): ReactNode {
  const m = useMessages()
  const keys = useKeysOf(id)
  const [asking, setAsking] = useState(false)
  const [refused, setRefused] = useState<string>()
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Tab') return
    event.preventDefault()
    event.stopPropagation()
    if (event.key === 'Escape') return setAsking(false)
    if (event.key === 'Backspace' || event.key === 'Delete') { bindKeys(id, []); return setAsking(false) }
    const name = keyName(event.nativeEvent)
    if (name === undefined) return
    const other = takenBy(name, id)
    if (other !== undefined) return setRefused(m.keys.taken(name, m.commands[other]))
    bindKeys(id, [name])
    setRefused(undefined)
    setAsking(false)
  }
  const shown = keys.length === 0 ? m.keys.none : <KeyNames keys={keys} />
  return (
    <div>
      <dt>
        <button type="button" className="button quiet key-button" aria-label={`${asking ? m.keys.press : keys.length === 0 ? m.keys.none : keys.map(keyLabel).join(' / ')} – ${m.keys.change(m.commands[id])}`} onClick={() => { setAsking(true); setRefused(undefined) }} onBlur={() => setAsking(false)} onKeyDown={asking ? press : undefined}>
          {asking ? <span className="warn">{m.keys.press}</span> : shown}
        </button>
        {isRebound(id) && <Button tone="quiet" className="icon tiny" aria-label={m.keys.reset(m.commands[id])} title={m.keys.reset(m.commands[id])} onClick={() => bindKeys(id, undefined)}>↺</Button>}
      </dt>
      <dd>{m.commands[id]}{refused && <span className="bad small" role="alert"> {refused}</span>}</dd>
    </div>
  )
}

/** The glossary: the words that are explained wherever they stand, here all together. */
function Terms(): ReactNode {
  const m = useMessages()
  const say = useText()
  const { terms } = useDescription()
  const [find, setFind] = useState('')
  const shown = terms.filter(({ term, about }) => `${term} ${say(about)}`.toLowerCase().includes(find.trim().toLowerCase()))
  return (
    <section>
      <h3>{m.keys.words}</h3>
      <input type="search" className="find" placeholder={m.keys.findWord} aria-label={m.keys.findWord} value={find} onChange={(event) => setFind(event.target.value)} />
      <dl>{shown.map(({ term, about }) => <div key={term}><dt>{term}</dt><dd>{say(about)}</dd></div>)}</dl>
    </section>
  )
}
