/** Short messages that a person may want to read but that stop nothing; one about something taken away offers it back. */
import { createStore } from './store'

export interface Notice { readonly id: number; readonly tone: 'info' | 'good' | 'bad'; readonly text: string; undo?(): void }

export const notices = createStore<readonly Notice[]>([])
let nextId = 1

const SHOWN_MS = 6000
/** Long enough to read what is gone, and to reach the button. */
const UNDO_MS = 15_000

export function notify(text: string, tone: Notice['tone'] = 'info'): void {
  show({ id: nextId++, tone, text }, SHOWN_MS)
}

/** Says what was taken away, with a button that brings it back. */
export function offerUndo(text: string, undo: () => void): void {
  show({ id: nextId++, tone: 'info', text, undo }, UNDO_MS)
}

export function dismiss(id: number): void {
  notices.update((now) => now.filter((notice) => notice.id !== id))
}

function show(notice: Notice, ms: number): void {
  notices.update((now) => [...now.slice(-3), notice])
  // Bad news stays until it is dismissed.
  if (notice.tone !== 'bad') setTimeout(() => dismiss(notice.id), ms)
}
