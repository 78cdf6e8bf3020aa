/** What the active document is compared with: nothing, the base kernel, what it was forked from, its saved state, an edit from outside. */
import { useEffect, useState } from 'react'
import type { ReactNode } from 'react'
import { useDescription } from '../app/description'
import { useGuide } from '../app/guide'
import { inBackground } from '../app/lab-client'
import { createStore, useStore } from '../app/store'
import { when } from '../history/entry-text'
import { useMessages } from '../i18n'
import { setup } from '../scenario/setup-store'
import { Button } from '../ui/controls'
import type { Against } from './code-view'
import { isDirty } from './documents'
import type { OpenDocument } from './documents'
import { sourceOf } from './file-questions'
import { originOf } from './files'
import { placesIn } from './hook-places'
import { restoreVersion, useVersions, useVersionText } from './versions'

/** `version:<id>`: an earlier text. `hook:<name>`: one decision of the base kernel. */
export type DiffMode = 'off' | 'base' | 'origin' | 'saved' | 'outside' | 'draft' | 'good' | `version:${string}` | `hook:${string}`

/** Per document. */
const modes = createStore<Readonly<Record<string, DiffMode>>>({})

export function setDiff(key: string, mode: DiffMode): void {
  modes.update((now) => ({ ...now, [key]: mode }))
}

export function DiffPicker({ document }: { readonly document: OpenDocument }): ReactNode {
  const m = useMessages()
  const mode = useMode(document)
  const { base } = useStore(setup)
  const versions = useVersions(document)
  const { policies } = useDescription()
  const scenario = document.kind === 'scenario'
  if (document.kind === 'kernel' || (scenario && versions.length === 0)) return null
  const origin = scenario ? undefined : originOf(document.file)
  const version = versionOf(mode)
  const good = policies.find((policy) => policy.file === document.file)?.standIn
  return (
    <>
      <label className="inline">{m.diffWith}{' '}
      <select value={mode} onChange={(event) => setDiff(document.key, event.target.value as DiffMode)} data-testid="diff">
        <option value="off">{m.diffOff}</option>
        {!scenario && <option value="base">{m.diffBase(base)}</option>}
        {origin && <option value="origin">{m.diffOrigin(origin.replace(/^\w+:/, ''))}</option>}
        {isDirty(document) && <option value="saved">{m.diffSaved}</option>}
        {document.outside && <option value="outside">{m.diffOutside}</option>}
        {good && <option value="good">{m.inUse.diffGood}</option>}
        {document.draft !== undefined && <option value="draft">{m.diffDraft}</option>}
        {hookOf(mode) !== undefined && <option value={mode}>{m.guide.diffHook(hookOf(mode) as string, base)}</option>}
        {versions.length > 0 && (
          <optgroup label={m.history.versionsOf}>
            {versions.map(({ id, atMs, why }) => <option key={id} value={`version:${id}`}>{when(atMs)}, {m.history.whys[why]}</option>)}
          </optgroup>
        )}
      </select>
    </label>
    {version !== undefined && <Button onClick={() => { restoreVersion(document.key, version); setDiff(document.key, 'off') }} data-testid="restore-version">{m.history.restoreText}</Button>}
    </>
  )
}

/** The hook that is compared, if one is. */
function hookOf(mode: DiffMode): string | undefined {
  return mode.startsWith('hook:') ? mode.slice('hook:'.length) : undefined
}

export function useComparedHook(document: OpenDocument): string | undefined {
  return hookOf(useMode(document))
}

function versionOf(mode: DiffMode): string | undefined {
  return mode.startsWith('version:') ? mode.slice('version:'.length) : undefined
}

/** The other side, once it is known. */
export function useAgainst(document: OpenDocument): Against | undefined {
  const mode = useMode(document)
  const { kernels, policies } = useDescription()
  const good = policies.find((policy) => policy.file === document.file)?.standIn
  const { base } = useStore(setup)
  const origin = originOf(document.file)
  const [forked, setForked] = useState<{ readonly of: string; readonly text: string }>()
  useEffect(() => {
    if (mode !== 'origin' || origin === undefined) return
    const [kind, name] = origin.split(':') as ['policy' | 'kernel', string]
    inBackground(async () => {
      const text = await sourceOf({ kind, name })
      if (text !== undefined) setForked({ of: origin, text })
    })
  }, [mode, origin])
  const version = versionOf(mode)
  const earlier = useVersionText(document.file, version)
  const ofHook = useHookAgainst(document, hookOf(mode), base)
  if (hookOf(mode) !== undefined) return ofHook
  if (version !== undefined) return earlier === undefined ? undefined : { name: `version-${version}-${document.file}`, text: earlier }
  const kernel = kernels.find((known) => known.name === base)
  if (mode === 'base') return kernel && { name: `base-${base}`, text: kernel.source }
  if (mode === 'origin') return forked && forked.of === origin ? { name: `origin-${origin?.replace(':', '-')}`, text: forked.text } : undefined
  if (mode === 'good') return good && { name: `good-${document.file}`, text: good.text }
  if (mode === 'saved') return { name: `saved-${document.file}`, text: document.saved }
  if (mode === 'outside' && document.outside) return { name: `outside-${document.file}`, text: document.outside.text }
  if (mode === 'draft' && document.draft !== undefined) return { name: `draft-${document.file}`, text: document.draft }
  return undefined
}

/** The base's code of one decision, and the document's own. */
function useHookAgainst(document: OpenDocument, hook: string | undefined, base: string): Against | undefined {
  const m = useMessages()
  const guide = useGuide()
  const [mine, setMine] = useState<{ readonly of: string; readonly text: string }>()
  const of = `${hook} ${document.text}`
  useEffect(() => {
    if (hook === undefined) return
    inBackground(async () => {
      const place = (await placesIn(document.text)).find((one) => one.hook === hook && one.use === 'declared')
      setMine({ of, text: place?.text ?? '' })
    })
  }, [hook, of, document.text])
  if (hook === undefined || mine?.of !== of) return undefined
  const source = guide?.hooks.find((one) => one.name === hook)?.sources.find((one) => one.kernel === base)
  return { name: `${base}-${hook}`, text: source === undefined || source.kind === 'none' ? m.guide.none(base) : source.text, pair: { title: m.guide.source(base, hook), mineTitle: m.guide.source(document.title, hook), mine: mine.text } }
}

/** A mode whose other side is gone is off. */
function useMode(document: OpenDocument): DiffMode {
  const mode = useStore(modes)[document.key] ?? 'off'
  if (mode === 'outside' && !document.outside) return 'off'
  if (mode === 'draft' && document.draft === undefined) return 'off'
  if (mode === 'saved' && !isDirty(document)) return 'off'
  return mode
}
