/** What the lab says of a policy's file: an earlier text stands in for it, or its changes are not loaded for now. */
import type { ReactNode } from 'react'
import type { PolicyInfo } from '../../preload/contract'
import { useDescription, wordsOf } from '../app/description'
import { inBackground, lab } from '../app/lab-client'
import { notify } from '../app/notices'
import { when } from '../history/entry-text'
import { useMessages } from '../i18n'
import { Button } from '../ui/controls'
import { setDiff } from './diff-picker'
import { documentWithKey } from './documents'
import type { OpenDocument } from './documents'
import { editPolicy } from './files'

function useInUse(file: string): PolicyInfo | undefined {
  return useDescription().policies.find((policy) => policy.file === file)
}

export function InUseNotes({ document: { key, file } }: { readonly document: OpenDocument }): ReactNode {
  const m = useMessages()
  const { standIn, held } = useInUse(file) ?? {}
  const reload = (): void => inBackground(() => lab.reloadPolicy(file))
  return (
    <>
      {held && (
        <div className="note warn" role="alert" data-testid="held">
          <span>{held.why === 'changes' ? m.inUse.heldChanges(held.count, when(held.sinceMs)) : m.inUse.heldEjections(held.count)}</span>
          <span className="row"><Button className="tiny" onClick={reload}>{held.why === 'changes' ? m.inUse.loadNow : m.inUse.goOn}</Button></span>
        </div>
      )}
      {standIn && (
        <div className="note warn" role="status" data-testid="stand-in">
          <span>{standIn.why === 'errors' ? m.inUse.cantRun(when(standIn.atMs)) : m.inUse.wasEjected(when(standIn.atMs))}</span>
          <span className="row">
            <Button className="tiny" onClick={() => setDiff(key, 'good')}>{m.showDiff}</Button>
            <Button className="tiny" onClick={() => backTo(key, standIn.text)}>{m.inUse.backToGood}</Button>
            {standIn.why === 'ejected' && <Button className="tiny" onClick={reload}>{m.inUse.useAllTheSame}</Button>}
          </span>
        </div>
      )}
    </>
  )
}

/** Into the editor, unsaved; what stands there is kept among the versions first. */
function backTo(key: string, text: string): void {
  inBackground(async () => {
    const document = documentWithKey(key)
    if (!document) return
    const kept = await lab.keepVersion(document.file, document.text)
    if (!kept.ok) return notify(wordsOf(kept.problems), 'bad')
    setDiff(key, 'off')
    editPolicy(key, text)
  })
}
