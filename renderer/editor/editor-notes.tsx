/** Notes above the code that ask for a decision: a draft was found, the file changed outside, the file can't be edited. */
import type { ReactNode } from 'react'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { useStore } from '../app/store'
import { setup } from '../scenario/setup-store'
import { setDiff, useComparedHook } from './diff-picker'
import type { OpenDocument } from './documents'
import { InUseNotes } from './in-use-notes'
import { dropDraft, keepMine, takeDraft, takeOutside } from './files'

export function EditorNotes({ document }: { readonly document: OpenDocument }): ReactNode {
  const m = useMessages()
  const { key } = document
  const hook = useComparedHook(document)
  const { base } = useStore(setup)
  return (
    <>
      {document.outside && (
        <div className="note warn" role="alert">
          <span>{document.outside.removed ? m.outsideRemoved(document.file) : m.outsideChanged(document.file)}</span>
          <span className="row">
            {!document.outside.removed && <Button className="tiny" onClick={() => setDiff(key, 'outside')}>{m.showDiff}</Button>}
            <Button className="tiny" onClick={() => keepMine(key)}>{m.keepMine}</Button>
            <Button className="tiny" onClick={() => takeOutside(key)}>{document.outside.removed ? m.closeIt : m.reload}</Button>
          </span>
        </div>
      )}
      {document.kind === 'policy' && <InUseNotes document={document} />}
      {document.draft !== undefined && (
        <div className="note" role="status">
          <span>{m.draftFound}</span>
          <span className="row">
            <Button className="tiny" onClick={() => setDiff(key, 'draft')}>{m.showDiff}</Button>
            <Button className="tiny" onClick={() => dropDraft(key)}>{m.dropDraft}</Button>
            <Button className="tiny" tone="primary" onClick={() => takeDraft(key)}>{m.takeDraft}</Button>
          </span>
        </div>
      )}
      {hook !== undefined && <div className="note quiet-note" role="status"><span>{m.guide.comparing(hook, base)}</span><Button className="tiny" onClick={() => setDiff(key, 'off')}>{m.guide.backToFile}</Button></div>}
      {document.kind === 'example' && <div className="note quiet-note"><span>{m.exampleReadOnly}</span></div>}
      {document.kind === 'kernel' && <div className="note quiet-note"><span>{m.kernelReadOnly}</span></div>}
    </>
  )
}
