/** The questions behind New, Fork, Rename and Remove. */
import type { PolicyInfo } from '../../preload/contract'
import { description, policyNamed, wordsOf } from '../app/description'
import { loadGuide } from '../app/guide'
import { inBackground, lab } from '../app/lab-client'
import { notify } from '../app/notices'
import { showPane } from '../app/panes'
import { messages } from '../i18n'
import { ask } from '../ui/confirm'
import { unsavedText } from './documents'
import { createPolicy, freeName, removePolicy, renamePolicy } from './files'
import { withName } from './policy-name'
import { revealLine } from './reveal'

export interface ForkOf { readonly kind: 'policy' | 'kernel'; readonly name: string }

export function askNew(): void {
  inBackground(async () => {
    const name = await askName(messages().newPolicy, messages().create, freeName('my-policy'))
    if (name === undefined) return
    showPane('editor')
    const text = withName((await loadGuide()).starter, name)
    await createPolicy(name, text, undefined)
    revealHooks(name, text)
  })
}

/** The cursor goes where a hook can be inserted. */
function revealHooks(name: string, text: string): void {
  const lines = text.split('\n')
  const line = lines.findIndex((one) => one.trim() === 'hooks: {') + 2
  if (line > 1) revealLine(name, line, (lines[line - 1] ?? '').length + 1)
}

export function askFork(of: ForkOf): void {
  inBackground(async () => {
    const name = await askName(messages().forkOf(of.name), messages().fork, freeName(of.kind === 'kernel' ? `my-${of.name}` : of.name))
    if (name === undefined) return
    const text = await sourceOf(of)
    if (text === undefined) return
    showPane('editor')
    await createPolicy(name, withName(text, name), `${of.kind}:${of.name}`, of.kind === 'policy' ? of.name : undefined)
  })
}

export function askRename(policy: PolicyInfo): void {
  inBackground(async () => {
    const name = await askName(messages().renameOf(policy.name), messages().rename, policy.name)
    if (name !== undefined && name !== policy.name) await renamePolicy(policy, name)
  })
}

export function askRemove(policy: PolicyInfo): void {
  inBackground(async () => {
    const m = messages()
    const answer = await ask({ title: m.removeOf(policy.name), text: m.removeText(policy.file), action: m.remove, danger: true })
    if (answer !== undefined) await removePolicy(policy)
  })
}

/** Text of what a policy was forked from, or of anything that may be forked. */
export async function sourceOf(of: ForkOf): Promise<string | undefined> {
  if (of.kind === 'kernel') return description().kernels.find((kernel) => kernel.name === of.name)?.source
  const policy = policyNamed(of.name)
  if (!policy) return undefined
  const edited = unsavedText(policy.file)
  if (edited !== undefined) return edited
  const content = await lab.read(policy.file)
  if (content.ok) return content.value.text
  notify(wordsOf(content.problems), 'bad')
  return undefined
}

function askName(title: string, action: string, initial: string): Promise<string | undefined> {
  const m = messages()
  return ask({
    title, text: '', action,
    input: {
      label: m.policyName, initial,
      check: (name) => {
        if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40) return m.nameRule
        return name !== initial && policyNamed(name) ? m.nameTaken(name) : undefined
      },
    },
  })
}
