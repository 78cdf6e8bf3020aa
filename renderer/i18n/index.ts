/** Which language the window speaks, its messages, and numbers as that language writes them. */
import type { Text } from '../../preload/contract'
import { useStore } from '../app/store'
import { en } from './en'
import type { Messages } from './en'
import { language } from './language'
import type { Language } from './language'
import { zh } from './zh'

export { chooseLanguage } from './choose'
export { language }
export type { Language, Messages }

export const LANGUAGES: readonly { readonly id: Language; readonly label: string; readonly tag: string }[] = [
  { id: 'en', label: 'English', tag: 'en' },
  { id: 'zh', label: '简体中文', tag: 'zh-CN' },
]

const catalogues: Readonly<Record<Language, Messages>> = { en, zh }

export function setLanguage(next: Language): void {
  language.set(next)
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en'
}

export function messages(): Messages {
  return catalogues[language.get()]
}

export function useMessages(): Messages {
  return catalogues[useStore(language)]
}

export function useText(): (text: Text) => string {
  const now = useStore(language)
  return (text) => text[now] || text.en
}
