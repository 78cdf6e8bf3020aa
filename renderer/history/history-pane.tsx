/** The history: search, a table of what was run, machines to choose for a comparison, room. */
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import type { HistoryEntry } from '../../preload/contract'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import { Button, Empty, Toggle } from '../ui/controls'
import { Problems } from '../ui/problems'
import { EntryRow } from './entry-row'
import { entryName } from './entry-text'
import { compareChosen, forgetRemoved, historyOverview, historyView, refresh, restoreEntry, search, showMore } from './history-store'
import { HistorySpace } from './history-space'
import { inBackground } from '../app/lab-client'

export function HistoryPane(): ReactNode {
  const m = useMessages().history
  const { entries, total, loaded, problems, query } = useStore(historyView)
  useEffect(() => inBackground(refresh), [])
  const filtered = (query.text ?? '') !== '' || query.pinned === true || query.removed === true || (query.tags ?? []).length > 0 || query.kind !== undefined
  return (
    <div className="results-scroll history" data-testid="history">
      <Filters />
      <Chosen />
      <Undo />
      <Problems problems={problems} title={m.failed} />
      {loaded && entries.length === 0 && <Empty title={filtered ? m.noneFits : m.empty}>{!filtered && <p>{m.emptyHint}</p>}</Empty>}
      {entries.length > 0 && <Entries entries={entries} />}
      {total > entries.length && <Button onClick={showMore}>{m.more(total - entries.length)}</Button>}
      <HistorySpace />
    </div>
  )
}

function Filters(): ReactNode {
  const m = useMessages().history
  const { query } = useStore(historyView)
  const tags = useStore(historyOverview)?.tags ?? []
  return (
    <div className="table-bar history-filters" role="search">
      <input type="search" aria-label={m.search} placeholder={m.searchHint} value={query.text ?? ''} onChange={(event) => search({ text: event.target.value })} />
      <select aria-label={m.kind} value={query.kind ?? ''} onChange={(event) => search({ kind: event.target.value === '' ? undefined : event.target.value as HistoryEntry['kind'] })}>
        <option value="">{m.anyKind}</option>
        <option value="comparison">{m.kinds.comparison}</option>
        <option value="sweep">{m.kinds.sweep}</option>
      </select>
      {tags.length > 0 && (
        <select aria-label={m.tag} value={query.tags?.[0] ?? ''} onChange={(event) => search({ tags: event.target.value === '' ? [] : [event.target.value] })}>
          <option value="">{m.anyTag}</option>
          {tags.map((tag) => <option key={tag}>{tag}</option>)}
        </select>
      )}
      <Toggle on={query.pinned === true} label={m.onlyPinned} onChange={(pinned) => search({ pinned })} />
      <Toggle on={query.removed === true} label={m.showRemoved} onChange={(removed) => search({ removed })} />
      <Button tone="quiet" onClick={() => inBackground(refresh)}>{m.refresh}</Button>
    </div>
  )
}

function Chosen(): ReactNode {
  const m = useMessages().history
  const { chosen } = useStore(historyView)
  return (
    <div className="table-bar">
      <Button tone={chosen.length >= 2 ? 'primary' : 'plain'} disabled={chosen.length < 2} onClick={compareChosen} data-testid="history-compare">{m.compare(chosen.length)}</Button>
      <span className="muted">{m.compareHint}</span>
    </div>
  )
}

function Undo(): ReactNode {
  const { history: m, dismiss } = useMessages()
  const { removed } = useStore(historyView)
  if (!removed) return null
  return (
    <div className="banner warn" role="status">
      <span>{m.removed(entryName(removed))}</span>
      <span className="row"><Button className="tiny" onClick={() => restoreEntry(removed.id)}>{m.undo}</Button><Button className="tiny" tone="quiet" onClick={forgetRemoved}>{dismiss}</Button></span>
    </div>
  )
}

function Entries({ entries }: { readonly entries: readonly HistoryEntry[] }): ReactNode {
  const m = useMessages().history
  return (
    <div className="table-scroll">
      <table className="history-table">
        <thead><tr><th aria-label={m.onlyPinned} /><th>{m.name}</th><th>{m.machines}</th><th>{m.state}</th><th className="num">{m.size}</th><th aria-label={m.actions('')} /></tr></thead>
        <tbody>{entries.map((entry) => <EntryRow key={entry.id} entry={entry} />)}</tbody>
      </table>
    </div>
  )
}
