/** What is open in the editor, as plain state: texts, versions, drafts, edits from outside, the last check. Nothing a person typed is dropped here without their word. */
import type { CheckResult } from '../../preload/contract'
import { createStore } from '../app/store'

export type DocumentKind = 'policy' | 'example' | 'kernel' | 'scenario'

/** The file changed on disk while it was being edited here. */
export interface OutsideEdit { readonly text: string; readonly version: string; readonly removed: boolean }

export interface OpenDocument {
  /** `policy:name.ts`, `kernel:linux-6.1`, `scenario`. */
  readonly key: string
  readonly kind: DocumentKind
  readonly file: string
  readonly title: string
  readonly text: string
  /** As it is on disk; equal to `text` when there is nothing to save. */
  readonly saved: string
  readonly version: string
  /** Found when the file was opened and not yet taken or dropped. */
  readonly draft?: string
  readonly outside?: OutsideEdit
  readonly saving: boolean
  readonly check?: CheckResult
  /** The policy's own name at its last good check; a changed name follows into the comparison. */
  readonly policy?: string
}

export interface Documents { readonly open: readonly OpenDocument[]; readonly active?: string }

export const documents = createStore<Documents>({ open: [] })

export function documentWithKey(key: string | undefined): OpenDocument | undefined {
  return documents.get().open.find((document) => document.key === key)
}

export function activeDocument(): OpenDocument | undefined {
  return documentWithKey(documents.get().active)
}

export function isReadOnly(document: OpenDocument): boolean {
  return document.kind === 'kernel' || document.kind === 'example'
}

export function isDirty(document: OpenDocument): boolean {
  return document.text !== document.saved
}

/** The editor's text of a policy file, where it differs from the file. */
export function unsavedText(file: string): string | undefined {
  const document = documentWithKey(`policy:${file}`)
  return document && isDirty(document) ? document.text : undefined
}

export function activate(key: string): void {
  documents.update((now) => ({ ...now, active: key }))
}

/** Opens or replaces, and shows it. */
export function putDocument(document: OpenDocument): void {
  documents.update((now) => {
    const there = now.open.some((other) => other.key === document.key)
    const open = there ? now.open.map((other) => (other.key === document.key ? document : other)) : [...now.open, document]
    return { open, active: document.key }
  })
}

export function changeDocument(key: string, change: Partial<OpenDocument>): void {
  documents.update((now) => ({ ...now, open: now.open.map((document) => (document.key === key ? { ...document, ...change } : document)) }))
}

export function dropDocument(key: string): void {
  documents.update((now) => {
    const at = now.open.findIndex((document) => document.key === key)
    const open = now.open.filter((document) => document.key !== key)
    const neighbour = open[Math.min(at, open.length - 1)]?.key
    return { open, active: now.active === key ? neighbour : now.active }
  })
}
