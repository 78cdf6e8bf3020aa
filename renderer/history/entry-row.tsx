/** One line of the history: what it is, its machines to choose from, how it ended, what can be done with it. */
import type { ReactNode } from 'react'
import type { HistoryEntry } from '../../preload/contract'
import { inBackground } from '../app/lab-client'
import { useStore } from '../app/store'
import { messages, useMessages } from '../i18n'
import { queueRef } from '../scenario/queue-form'
import { ask } from '../ui/confirm'
import { Menu } from '../ui/menu'
import type { MenuItem } from '../ui/menu'
import { bytes, entryName, when } from './entry-text'
import { changeEntry, choose, historyView, openEntry, removeEntry, restoreEntry, resumeEntry, resumeQueued } from './history-store'

export function EntryRow({ entry }: { readonly entry: HistoryEntry }): ReactNode {
  const m = useMessages().history
  const name = entryName(entry)
  return (
    <tr data-testid="history-entry">
      <td>
        <button type="button" className="button quiet icon" aria-pressed={entry.pinned} aria-label={entry.pinned ? m.unpin(name) : m.pin(name)} title={entry.pinned ? m.unpin(name) : m.pin(name)} onClick={() => changeEntry(entry.id, { pinned: !entry.pinned })}>
          {entry.pinned ? '★' : '☆'}
        </button>
      </td>
      <td className="history-name">
        <button type="button" className="link" onClick={() => openEntry(entry.id)}>{name}</button>
        <div className="muted">{when(entry.createdMs)} · {m.kinds[entry.kind]} · {m.seeds(entry.seeds)} <Origin entry={entry} /></div>
        {entry.tags.length > 0 && <div className="row">{entry.tags.map((tag) => <span key={tag} className="badge">{tag}</span>)}</div>}
        {entry.note !== '' && <div className="history-note">{entry.note}</div>}
      </td>
      <td>{entry.kind === 'comparison' ? <Machines entry={entry} name={name} /> : entry.machines.map(({ label }) => label).join(', ')}</td>
      <td>{m.states[entry.state]}{entry.ended < entry.runs && <div className="muted num">{m.endedOf(entry.ended, entry.runs)}</div>}{entry.ejected > 0 && <div className="bad">⏏ {entry.ejected}</div>}</td>
      <td className="num nowrap">{entry.bytes > 0 ? bytes(entry.bytes) : ''}</td>
      <td><Menu label={m.actions(name)} items={actionsOf(entry)} /></td>
    </tr>
  )
}

function Origin({ entry }: { readonly entry: HistoryEntry }): ReactNode {
  const m = useMessages().history
  return (
    <>
      {entry.origin === 'cli' && <span className="badge">{m.fromTerminal}</span>}
      {entry.origin === 'queue' && <span className="badge">{m.fromQueue}</span>}
      {entry.origin === 'found' && <span className="badge" title={m.foundWhy}>{m.found}</span>}
      {entry.otherEngine && <span className="badge bad" title={m.otherEngineWhy}>{m.otherEngine(entry.engine)}</span>}
    </>
  )
}

function Machines({ entry, name }: { readonly entry: HistoryEntry; readonly name: string }): ReactNode {
  const m = useMessages().history
  const { chosen } = useStore(historyView)
  return (
    <div className="history-machines">
      {entry.machines.map(({ label }, i) => {
        const ref = `${entry.id}.${i}`
        const at = chosen.indexOf(ref)
        return (
          <label key={ref} className="toggle">
            <input type="checkbox" aria-label={m.choose(`${label}, ${name}`)} checked={at >= 0} onChange={(event) => choose(ref, event.target.checked)} />
            <span>{label}{at === 0 && <span className="badge">{m.base}</span>}</span>
          </label>
        )
      })}
    </div>
  )
}

function actionsOf(entry: HistoryEntry): readonly MenuItem[] {
  const m = messages().history
  if (entry.removedMs !== undefined) return [{ label: m.restore, run: () => restoreEntry(entry.id) }]
  const incomplete = entry.state !== 'running' && entry.ended - entry.lost < entry.runs && !entry.otherEngine
  return [
    { label: m.open, run: () => openEntry(entry.id) },
    ...(incomplete ? [{ label: m.goOn, run: () => resumeEntry(entry.id) }] : []),
    ...(incomplete && entry.kind === 'sweep' && queueRef().url !== '' ? [{ label: m.goOnQueued, run: () => resumeQueued(entry.id) }] : []),
    { label: m.rename, run: () => askFor(entry, m.rename, m.nameLabel, entry.name ?? '', 120, (name) => ({ name })) },
    { label: m.editTags, run: () => askFor(entry, m.editTags, m.tagsLabel, entry.tags.join(', '), 400, (text) => ({ tags: text.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '') })) },
    { label: m.editNote, run: () => askFor(entry, m.editNote, m.noteLabel, entry.note, 10_000, (note) => ({ note })) },
    ...(entry.state === 'running' ? [] : [{ label: m.remove, danger: true, run: () => removeEntry(entry) }]),
  ]
}

function askFor(entry: HistoryEntry, title: string, label: string, initial: string, most: number, change: (text: string) => Parameters<typeof changeEntry>[1]): void {
  const m = messages().history
  inBackground(async () => {
    const text = await ask({ title: title.replace('…', ''), text: entryName(entry), action: m.save, input: { label, initial, check: (value) => (value.length > most ? m.tooLong(most) : undefined) } })
    if (text !== undefined) changeEntry(entry.id, change(text))
  })
}
