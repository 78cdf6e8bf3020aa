/** From a hook to what there is about it: the base kernel's code, a comparison of both, the reference, an example; and its snippet into the policy. */
import type { HookSource, PolicyInfo } from '../../preload/contract'
import { guideNow, hookNamed, loadGuide } from '../app/guide'
import { inBackground, lab } from '../app/lab-client'
import { notify } from '../app/notices'
import { showPane } from '../app/panes'
import { messages } from '../i18n'
import { setup } from '../scenario/setup-store'
import { shownEditor } from './cursor'
import { setDiff } from './diff-picker'
import { activate, activeDocument, documents, documentWithKey } from './documents'
import type { OpenDocument } from './documents'
import { openKernel, openPolicy } from './files'
import { hookAt, placesIn } from './hook-places'
import { revealIn, revealLine } from './reveal'

type Place = Exclude<HookSource, { readonly kind: 'none' }>

/** Where a kernel has a hook's code; undefined where it has none, or before the guide is there. */
export function sourceIn(hook: string, kernel: string): Place | undefined {
  const source = hookNamed(hook)?.sources.find((one) => one.kernel === kernel)
  return source && source.kind !== 'none' ? source : undefined
}

/** Opens the kernel's file, read-only, at the hook's code. Without a kernel: the base of the setup. */
export function openSource(hook: string, kernel = setup.get().base): void {
  inBackground(async () => {
    await loadGuide()
    const source = sourceIn(hook, kernel)
    if (!source) return notify(messages().guide.none(kernel))
    showPane('editor')
    openKernel(source.in)
    revealIn(`kernel:${source.in}`, source.line, source.column)
  })
}

/** The base's code beside that of a policy: the one on screen, or the last one that was, if it has the hook. */
export function compareHook(hook: string): void {
  inBackground(async () => {
    await loadGuide()
    const { base } = setup.get()
    if (!sourceIn(hook, base)) return notify(messages().guide.none(base))
    const mine = await policyWith(hook)
    if (!mine) return notify(messages().guide.noneDeclared(hook))
    showPane('editor')
    activate(mine.key)
    setDiff(mine.key, `hook:${hook}`)
  })
}

async function policyWith(hook: string): Promise<OpenDocument | undefined> {
  const { open } = documents.get()
  const policies = open.filter(({ kind }) => kind === 'policy' || kind === 'example').sort((a, b) => recent(b.key) - recent(a.key))
  for (const one of policies) if ((await placesIn(one.text)).some((place) => place.hook === hook && place.use === 'declared')) return one
  return undefined
}

/** When each document was last on screen. */
const turns = new Map<string, number>()
let turn = 0
const recent = (key: string): number => turns.get(key) ?? 0
documents.subscribe(() => {
  const { active } = documents.get()
  if (active !== undefined && (turn === 0 || recent(active) !== turn)) turns.set(active, ++turn)
})

/** What the commands of the palette do: with the hook under the cursor of the editor. */
export function withHookAtCursor(act: (hook: string) => void): void {
  inBackground(async () => {
    const shown = shownEditor()
    const at = shown?.view.getPosition()
    const document = shown && documentWithKey(shown.key)
    const place = at && document && document.key === activeDocument()?.key ? hookAt(await placesIn(document.text), at.lineNumber, at.column) : undefined
    if (place) act(place.hook)
    else notify(messages().guide.noHookHere)
  })
}

/** Opens an example where it has the hook. */
export function openExample(policy: PolicyInfo, hook: string): void {
  openPolicy(policy.name)
  inBackground(async () => {
    const content = await lab.read(policy.file)
    const place = content.ok ? (await placesIn(content.value.text)).find((one) => one.hook === hook && one.use === 'declared') : undefined
    if (place) revealLine(policy.name, place.line, place.column)
  })
}

/** A hook's snippet at the cursor where it may stand there, else after the last of the policy's hooks. */
export function insertHook(hook: string): void {
  inBackground(async () => {
    const snippet = guideNow()?.snippets.find((one) => one.label === hook)
    const shown = shownEditor()
    const document = shown && documentWithKey(shown.key)
    if (!snippet || !shown || document?.kind !== 'policy') return notify(messages().guide.notInserted(hook))
    const { insertSnippet } = await import('./insert-snippet')
    if (await insertSnippet(shown.view, snippet) === 'there') notify(messages().guide.alreadyThere(hook))
  })
}
