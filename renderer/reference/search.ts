/** The reference as a list of entries, and which of them fit what somebody types. */
import type { ApiGuide, ApiItem, ApiType, HookGuide } from '../../preload/contract'
import type { GuideMessages } from '../i18n/guide-en'
import type { Language } from '../i18n/language'

export interface ReferenceEntry {
  readonly id: string
  readonly name: string
  readonly section: string
  readonly about: string
  readonly hook?: HookGuide
  readonly type?: ApiType
  /** Names of its members, by which it is found too. */
  readonly names: ReadonlySet<string>
  /** Everything it says, in small letters. */
  readonly text: string
}

export function entriesOf({ hooks, sections, constants }: ApiGuide, m: GuideMessages, speaking: Language): readonly ReferenceEntry[] {
  const types = sections.filter(({ types: [first] }) => first?.name !== 'Hooks' && first?.name !== 'Notifications')
  return [
    ...hooks.map((hook) => hookEntry(hook, hook.kind === 'hook' ? m.hooks : m.notifications, speaking)),
    ...types.flatMap(({ title, types: some }) => some.map((type) => typeEntry(type, title))),
    typeEntry({ name: m.constants, doc: '', items: constants.map((one) => ({ ...one, signature: `${one.name} = ${one.signature}` })) }, m.constants),
  ]
}

function hookEntry(hook: HookGuide, section: string, speaking: Language): ReferenceEntry {
  const { name, signature, decides, when, binds, kernel, args, answer } = hook
  const items = [...args, ...answer.fields]
  return { id: name, name, section, about: decides[speaking] || decides.en, hook, names: new Set(), text: lower([signature, decides.en, decides.zh, when, binds, ...kernel, answer.doc, ...words(items)]) }
}

function typeEntry(type: ApiType, section: string): ReferenceEntry {
  return { id: type.name, name: type.name, section, about: type.doc, type, names: new Set(type.items.map(({ name }) => name)), text: lower([section, type.name, type.doc, ...words(type.items)]) }
}

const words = (items: readonly ApiItem[]): readonly string[] => items.flatMap(({ signature, doc }) => [signature, doc])
const lower = (texts: readonly string[]): string => texts.join('\n').toLowerCase()

/** Every word must be there. */
export function matching(entries: readonly ReferenceEntry[], asked: string): readonly ReferenceEntry[] {
  const wanted = asked.toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (wanted.length === 0) return entries
  return entries.filter(({ text }) => wanted.every((word) => text.includes(word)))
}
