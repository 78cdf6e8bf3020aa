/** Opening, saving, forking, renaming and removing policy files, and what happens when one changes outside the lab. */
import type { FileContent, PolicyInfo } from '../../preload/contract'
import { createDebounce } from '../app/debounce'
import { description, policyNamed, wordsOf } from '../app/description'
import { inBackground, lab, onLab } from '../app/lab-client'
import { notify, offerUndo } from '../app/notices'
import { flag, setSetting, setting } from '../app/settings'
import { messages } from '../i18n'
import { startComparison } from '../results/experiment-store'
import { replacePolicy, setup, togglePolicy } from '../scenario/setup-store'
import { activate, changeDocument, documentWithKey, dropDocument, isDirty, putDocument } from './documents'
import { freeNameAmong, withName } from './policy-name'

export const RERUN_SETTING = 'editor.rerun'
const draftSoon = createDebounce(700, 'draft')
const checkSoon = createDebounce(350, 'check')

export function openPolicy(name: string): void {
  const policy = policyNamed(name)
  if (!policy) return
  const key = keyOf(policy)
  if (documentWithKey(key)) return activate(key)
  inBackground(async () => {
    const content = await lab.read(policy.file)
    if (!content.ok) return notify(wordsOf(content.problems), 'bad')
    show(key, policy.origin === 'example' ? 'example' : 'policy', content.value, name)
  })
}

export function openKernel(name: string): void {
  const kernel = description().kernels.find((known) => known.name === name)
  if (!kernel) return
  putDocument({ key: `kernel:${name}`, kind: 'kernel', file: `${name}.ts`, title: name, text: kernel.source, saved: kernel.source, version: '', saving: false })
}

export function editPolicy(key: string, text: string): void {
  const document = documentWithKey(key)
  if (!document || document.text === text) return
  changeDocument(key, { text })
  draftSoon.call(() => inBackground(() => lab.saveDraft(document.file, text)))
  checkSoon.call(() => inBackground(() => checkDocument(key)))
}

/** Saves, checks, hot-loads, and runs again if the person wants that. */
export function savePolicy(key: string): void {
  inBackground(async () => {
    const document = documentWithKey(key)
    if (!document || document.kind !== 'policy' || document.saving) return
    draftSoon.cancel()
    checkSoon.cancel()
    changeDocument(key, { saving: true })
    const text = document.text
    const answer = await lab.save(document.file, text, document.version).finally(() => changeDocument(key, { saving: false }))
    if (!answer.ok) return conflict(key, wordsOf(answer.problems))
    changeDocument(key, { saved: text, version: answer.value.version, draft: undefined, outside: undefined })
    await checkDocument(key)
    afterSave(key)
  })
}

async function checkDocument(key: string): Promise<void> {
  const document = documentWithKey(key)
  if (!document || document.kind === 'scenario' || document.kind === 'kernel') return
  const check = await lab.check(document.file, document.text)
  if (documentWithKey(key)?.text === document.text) changeDocument(key, { check })
}

/** Makes a new file in the workspace and takes it into the comparison. `over` is the policy whose place it takes. */
export async function createPolicy(name: string, text: string, origin: string | undefined, over?: string): Promise<void> {
  const file = fileOfPolicy(name)
  const answer = await lab.save(file, text, '')
  if (!answer.ok) return notify(wordsOf(answer.problems), 'bad')
  if (origin !== undefined) setSetting(originSetting(file), origin)
  if (over !== undefined && setup.get().policies.includes(over)) replacePolicy(over, name)
  else togglePolicy(name, true)
  show(`policy:${file}`, 'policy', answer.value, name)
}

export async function renamePolicy(policy: PolicyInfo, name: string): Promise<void> {
  const key = keyOf(policy)
  const content = await lab.read(policy.file)
  if (!content.ok) return notify(wordsOf(content.problems), 'bad')
  const text = withName(documentWithKey(key)?.text ?? content.value.text, name)
  const saved = await lab.save(fileOfPolicy(name), text, '')
  if (!saved.ok) return notify(wordsOf(saved.problems), 'bad')
  const origin = setting(originSetting(policy.file))
  if (origin) setSetting(originSetting(fileOfPolicy(name)), origin)
  replacePolicy(policy.name, name)
  dropDocument(key)
  await lab.remove(policy.file)
  show(`policy:${fileOfPolicy(name)}`, 'policy', saved.value, name)
}

export async function removePolicy(policy: PolicyInfo): Promise<void> {
  const kept = await lab.read(policy.file)
  const at = setup.get().policies.indexOf(policy.name)
  const answer = await lab.remove(policy.file)
  if (!answer.ok) return notify(wordsOf(answer.problems), 'bad')
  togglePolicy(policy.name, false)
  dropDocument(keyOf(policy))
  if (kept.ok) offerUndo(messages().fileRemoved(policy.file), () => inBackground(() => bringBack(policy, kept.value.text, at)))
}

/** The file as it was saved last, in its place in the comparison. */
async function bringBack(policy: PolicyInfo, text: string, at: number): Promise<void> {
  const answer = await lab.save(policy.file, text, '')
  if (!answer.ok) return notify(wordsOf(answer.problems), 'bad')
  if (at >= 0) setup.update((now) => (now.policies.includes(policy.name) ? now : { ...now, policies: now.policies.toSpliced(at, 0, policy.name) }))
}

/** The edit from outside wins; what was typed here goes to the draft first, so that it can be had back. */
export function takeOutside(key: string): void {
  const document = documentWithKey(key)
  if (!document?.outside) return
  const { text, version, removed } = document.outside
  if (removed) return dropDocument(key)
  changeDocument(key, { text, saved: text, version, outside: undefined })
  inBackground(() => checkDocument(key))
}

/** What was typed here stays; the next save writes over the edit from outside, knowingly. */
export function keepMine(key: string): void {
  const document = documentWithKey(key)
  if (!document?.outside) return
  changeDocument(key, { saved: document.outside.text, version: document.outside.version, outside: undefined })
}

export function takeDraft(key: string): void {
  const document = documentWithKey(key)
  if (document?.draft === undefined) return
  changeDocument(key, { draft: undefined })
  editPolicy(key, document.draft)
}

export function dropDraft(key: string): void {
  const document = documentWithKey(key)
  if (document?.draft === undefined) return
  changeDocument(key, { draft: undefined })
  inBackground(() => lab.saveDraft(document.file, document.saved))
}

/** What was typed last goes to the draft when the window is closed or hidden, not only when typing rests. */
export function keepDrafts(): void {
  window.addEventListener('pagehide', () => draftSoon.flush())
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') draftSoon.flush() })
}

export function watchFiles(): () => void {
  return onLab('file', ({ file, change, version }) => {
    const key = `policy:${file}`
    const document = documentWithKey(key)
    if (!document || document.saving || document.version === version) return
    if (change === 'removed') changeDocument(key, { outside: { text: '', version: '', removed: true } })
    else inBackground(() => noticeOutside(key))
  })
}

/** Where the workspace keeps a policy of this name. */
function fileOfPolicy(name: string): string {
  return `policies/${name}.ts`
}

/** `policy:<name>` or `kernel:<name>`. */
export function originOf(file: string): string | undefined {
  return setting(originSetting(file))
}

/** `scan-half`, `scan-half-2`, `scan-half-3` … whichever is free. */
export function freeName(wanted: string): string {
  return freeNameAmong(wanted, description().policies.map((policy) => policy.name))
}

function show(key: string, kind: 'policy' | 'example', content: FileContent, policy: string): void {
  const { file, text, version } = content
  const draft = kind === 'policy' && content.draft !== undefined && content.draft !== text ? content.draft : undefined
  putDocument({ key, kind, file, title: baseOf(file), text, saved: text, version, draft, saving: false, policy })
  inBackground(() => checkDocument(key))
}

function afterSave(key: string): void {
  const document = documentWithKey(key)
  if (!document?.check?.ok) return
  const name = document.check.name
  if (name !== undefined && document.policy !== undefined && name !== document.policy) replacePolicy(document.policy, name)
  changeDocument(key, { policy: name ?? document.policy })
  // Ejected over and over: the person runs it, or says go on.
  if (description().policies.find((policy) => policy.file === document.file)?.held?.why === 'ejections') return
  if (flag(RERUN_SETTING, true) && name !== undefined && setup.get().policies.includes(name)) startComparison()
}

/** A refused save: usually because the file has changed since. The text here stays as it is. */
async function conflict(key: string, message: string): Promise<void> {
  const document = documentWithKey(key)
  if (!document) return
  const there = await lab.read(document.file)
  if (there.ok && there.value.version !== document.version) {
    changeDocument(key, { outside: { text: there.value.text, version: there.value.version, removed: false } })
  } else {
    notify(message, 'bad')
  }
}

async function noticeOutside(key: string): Promise<void> {
  const before = documentWithKey(key)
  if (!before) return
  const there = await lab.read(before.file)
  const now = documentWithKey(key)
  if (!there.ok || !now || now.saving || now.version === there.value.version) return
  const { text, version } = there.value
  if (isDirty(now) && now.text !== text) return changeDocument(key, { outside: { text, version, removed: false } })
  changeDocument(key, { text, saved: text, version, outside: undefined })
  notify(messages().reloadedFromDisk(now.file))
  await checkDocument(key)
}

function baseOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1)
}

function keyOf(policy: PolicyInfo): string {
  return `policy:${policy.file}`
}

function originSetting(file: string): string {
  return `origin:${file}`
}
