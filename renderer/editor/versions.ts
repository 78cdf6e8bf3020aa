/** Earlier texts of the active file: listed, compared with, and put back without losing what is there. */
import { useEffect } from 'react'
import type { FileVersion } from '../../preload/contract'
import { inBackground, lab } from '../app/lab-client'
import { wordsOf } from '../app/description'
import { notify } from '../app/notices'
import { createResource } from '../app/resource'
import { createStore, useStore } from '../app/store'
import { messages } from '../i18n'
import { editScenario } from '../scenario/scenario-document'
import { changeDocument, documentWithKey, isDirty } from './documents'
import type { OpenDocument } from './documents'
import { editPolicy } from './files'

const lists = createStore<Readonly<Record<string, readonly FileVersion[]>>>({})
/** By `file id`; neither has a space. */
const texts = createResource((key) => lab.fileVersion(...key.split(' ') as [string, string]), 40)

/** Of a file of the workspace, newest first; asked again when it was saved or changed. */
export function useVersions({ file, kind, version }: OpenDocument): readonly FileVersion[] {
  const own = kind === 'policy' || kind === 'scenario'
  useEffect(() => { if (own) inBackground(() => loadVersions(file)) }, [own, file, version])
  return useStore(lists)[file] ?? NONE
}

export async function loadVersions(file: string): Promise<void> {
  const answer = await lab.fileVersions(file)
  if (answer.ok) lists.update((now) => ({ ...now, [file]: answer.value }))
}

export function useVersionText(file: string, id: string | undefined): string | undefined {
  const loaded = texts.use(id === undefined ? undefined : `${file} ${id}`)
  return loaded?.state === 'ready' ? loaded.value : undefined
}

/** Into the editor, unsaved; unsaved text that it takes the place of is kept first. */
export function restoreVersion(key: string, id: string): void {
  inBackground(async () => {
    const document = documentWithKey(key)
    if (!document) return
    const earlier = await lab.fileVersion(document.file, id)
    if (!earlier.ok) return notify(wordsOf(earlier.problems), 'bad')
    if (document.kind === 'scenario' || isDirty(document)) {
      const kept = await lab.keepVersion(document.file, document.text)
      if (!kept.ok) return notify(wordsOf(kept.problems), 'bad')
    }
    if (document.kind === 'scenario') {
      changeDocument(key, { text: earlier.value, saved: earlier.value })
      editScenario(earlier.value)
    } else editPolicy(key, earlier.value)
    await loadVersions(document.file)
    notify(messages().history.restored, 'good')
  })
}

const NONE: readonly FileVersion[] = []
