/** Short messages that a person may want to read but that stop nothing. */
import { createStore } from './store'

export interface Notice { readonly id: number; readonly tone: 'info' | 'good' | 'bad'; readonly text: string }

export const notices = createStore<readonly Notice[]>([])
let nextId = 1

export function notify(text: string, tone: Notice['tone'] = 'info'): void {
  const notice = { id: nextId++, tone, text }
  notices.update((now) => [...now.slice(-3), notice])
  // Bad news stays until it is dismissed.
  if (tone !== 'bad') setTimeout(() => dismiss(notice.id), 6000)
}

export function dismiss(id: number): void {
  notices.update((now) => now.filter((notice) => notice.id !== id))
}
