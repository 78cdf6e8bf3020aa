/** The saved choice, else the browser's first language. */
import type { Language } from './language'

export function chooseLanguage(saved: string | undefined, browser: string): Language {
  if (saved === 'en' || saved === 'zh') return saved
  return browser.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}
