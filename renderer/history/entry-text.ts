/** An entry in words, in the window's language. */
import type { HistoryEntry } from '../../preload/contract'
import { language } from '../i18n'

export function entryName({ name, title }: HistoryEntry): string {
  return name ?? (title[language.get()] || title.en)
}

export function when(ms: number): string {
  return new Intl.DateTimeFormat(language.get() === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(ms)
}

export function bytes(size: number): string {
  const steps = [[2 ** 30, 'GiB'], [2 ** 20, 'MiB'], [2 ** 10, 'KiB']] as const
  const step = steps.find(([unit]) => size >= unit)
  if (step === undefined) return `${size} B`
  const value = size / step[0]
  return `${value.toLocaleString(language.get() === 'zh' ? 'zh-CN' : 'en-US', { maximumFractionDigits: value < 10 ? 1 : 0 })} ${step[1]}`
}
