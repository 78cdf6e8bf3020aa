/** The form of rules while it is open: what was typed, the code that the lab makes of it, what is wrong. What was typed for a new policy stays until it is made. */
import type { Problem, RuleField, RuleKind, RulesCode } from '../../preload/contract'
import { createDebounce } from '../app/debounce'
import { description, wordsOf } from '../app/description'
import { inBackground, lab } from '../app/lab-client'
import { notify } from '../app/notices'
import { showPane } from '../app/panes'
import { createStore } from '../app/store'
import { documentWithKey } from '../editor/documents'
import { createPolicy, editPolicy, freeName } from '../editor/files'
import { language, messages } from '../i18n'

export type Values = Readonly<Record<string, string | number>>
export interface TypedRule { readonly when: readonly Values[]; readonly then: Values }
export interface TypedRules { readonly name: string; readonly describe: string; readonly lookMs: string | number; readonly rules: readonly TypedRule[]; readonly watch: Values; readonly schemes: readonly Values[] }

export interface RulesForm {
  readonly rules: TypedRules
  /** The last code that could be made; older than `rules` while there are problems. */
  readonly code?: RulesCode
  readonly problems: readonly Problem[]
  /** The document whose rules these are; absent: a new policy. */
  readonly key?: string
  /** Its code was changed by hand since its rules made it. */
  readonly edited: boolean
}

export const rulesForm = createStore<RulesForm | undefined>(undefined)
const writeSoon = createDebounce(150, 'rules')
/** A new policy's rules, so that closing by accident loses nothing. */
let kept: TypedRules | undefined

/** A kind with its defaults. */
export function blankOf(tag: 'if' | 'do', { id, fields }: RuleKind): Values {
  return { [tag]: id, ...blankFields(fields) }
}

export function blankFields(fields: readonly RuleField[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, field.default]))
}

export function newRules(): void {
  const { rules: { conditions, actions, watch, lookMs } } = description()
  const first: TypedRule = { when: [blankOf('if', conditions[0])], then: blankOf('do', actions.find(({ id }) => id === 'swappiness') ?? actions[0]) }
  open({ rules: kept ?? { name: freeName('my-rules'), describe: '', lookMs: lookMs.default, rules: [first], watch: blankFields(watch), schemes: [] }, problems: [], edited: false })
}

/** Does this text hold rules that the form can open? The lab looks closer. */
export function mayHoldRules(text: string): boolean {
  return /\n\/\* rules [0-9a-z]{11}\r?\n/.test(text)
}

export function openRulesOf(key: string): void {
  const document = documentWithKey(key)
  if (!document) return
  inBackground(async () => {
    const found = await lab.readRules(document.text)
    if (!found.ok) return notify(wordsOf(found.problems), 'bad')
    const { format: _format, language: _language, ...rules } = found.value.rules
    open({ rules, problems: [], key, edited: found.value.edited })
  })
}

export function changeRules(change: (rules: TypedRules) => TypedRules): void {
  const now = rulesForm.get()
  if (!now) return
  const rules = change(now.rules)
  if (now.key === undefined) kept = rules
  rulesForm.set({ ...now, rules })
  writeSoon.call(() => inBackground(write))
}

export function closeRules(): void {
  writeSoon.cancel()
  rulesForm.set(undefined)
}

/** Makes the policy, or puts the new code in place of its document's; nothing that stood there is lost. */
export function takeRules(): void {
  const now = rulesForm.get()
  if (!now?.code || now.problems.length > 0) return
  const { key, code: { text, rules: { name } } } = now
  inBackground(async () => {
    showPane('editor')
    if (key === undefined) {
      await createPolicy(name, text, undefined)
      kept = undefined
      return closeRules()
    }
    const document = documentWithKey(key)
    if (!document) return
    const before = await lab.keepVersion(document.file, document.text)
    if (!before.ok) return notify(wordsOf(before.problems), 'bad')
    editPolicy(key, text)
    notify(messages().rules.replaced)
    closeRules()
  })
}

function open(form: RulesForm): void {
  rulesForm.set(form)
  inBackground(write)
}

async function write(): Promise<void> {
  const asked = rulesForm.get()
  if (!asked) return
  const answer = await lab.writeRules(language.get() === 'en' ? asked.rules : { ...asked.rules, language: language.get() })
  const now = rulesForm.get()
  if (now?.rules !== asked.rules) return
  rulesForm.set(answer.ok ? { ...now, code: answer.value, problems: [] } : { ...now, problems: answer.problems })
}
