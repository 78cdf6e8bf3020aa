/** Tabs of the open documents. */
import type { KeyboardEvent, ReactNode } from 'react'
import { useStore } from '../app/store'
import { inBackground } from '../app/lab-client'
import { useSetting } from '../app/settings'
import { useMessages } from '../i18n'
import { ask } from '../ui/confirm'
import { REFERENCE_SETTING, toggleReference } from '../reference/reference-store'
import { Button } from '../ui/controls'
import { activate, documents, dropDocument, isDirty } from './documents'
import type { OpenDocument } from './documents'
import { askNew } from './file-questions'

export function EditorTabs(): ReactNode {
  const m = useMessages()
  const { open, active } = useStore(documents)
  const move = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const at = open.findIndex((document) => document.key === active)
    const next = by === 0 ? undefined : open[(at + by + open.length) % open.length]
    if (!next) return
    activate(next.key)
    requestAnimationFrame(() => window.document.getElementById(`tab-${next.key}`)?.focus())
  }
  return (
    <div className="tabs">
      <div role="tablist" aria-label={m.openFiles} className="tablist" onKeyDown={move}>
        {open.map((document) => <Tab key={document.key} document={document} active={document.key === active} />)}
      </div>
      {open.filter((document) => document.key === active).map((document) => <CloseButton key={document.key} document={document} />)}
      <ReferenceButton />
      <Button tone="quiet" className="icon" aria-label={m.newPolicy} title={m.newPolicy} onClick={askNew}>＋</Button>
    </div>
  )
}

function ReferenceButton(): ReactNode {
  const m = useMessages()
  const on = useSetting(REFERENCE_SETTING) === 'on'
  return <Button tone="quiet" className="tiny" aria-pressed={on} aria-label={m.guide.reference} title={m.guide.toggleHint} onClick={toggleReference} data-testid="reference-toggle">{m.guide.toggle}</Button>
}

function Tab({ document, active }: { readonly document: OpenDocument; readonly active: boolean }): ReactNode {
  const m = useMessages()
  const dirty = isDirty(document)
  return (
    <span role="presentation" className={active ? 'tab on' : 'tab'}>
      <button id={`tab-${document.key}`} type="button" role="tab" aria-selected={active} tabIndex={active ? 0 : -1} title={m.documentKinds[document.kind]} onClick={() => activate(document.key)}>
        {document.title}{dirty && <span className="dirty" title={m.unsaved} aria-label={m.unsaved}> ●</span>}
      </button>
    </span>
  )
}

/** Closes the active document. A list of tabs may hold nothing but tabs, so it stands beside it. */
function CloseButton({ document }: { readonly document: OpenDocument }): ReactNode {
  const m = useMessages()
  return <button type="button" className="tab-close" title={m.closeFile(document.title)} aria-label={m.closeFile(document.title)} onClick={() => close(document)}>✕</button>

  function close(closing: OpenDocument): void {
    inBackground(async () => {
      // The draft keeps the text; still, nobody should close unsaved work without a word.
      if (isDirty(closing) && await ask({ title: m.closeUnsaved(closing.title), text: m.closeUnsavedText, action: m.closeAnyway }) === undefined) return
      dropDocument(closing.key)
    })
  }
}
