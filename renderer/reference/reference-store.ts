/** Whether the reference is shown, and what of it somebody asked for. */
import { showPane } from '../app/panes'
import { setSetting, setting } from '../app/settings'
import { createStore } from '../app/store'

export interface ReferenceState {
  /** The entry that was asked for, each time anew. */
  readonly wanted?: { readonly name: string; readonly asked: number }
}

export const REFERENCE_SETTING = 'editor.reference'
export const reference = createStore<ReferenceState>({})
let asked = 0

/** Without a name: just the reference, with its search. */
export function showReference(name = ''): void {
  showPane('editor')
  setSetting(REFERENCE_SETTING, 'on')
  reference.set({ wanted: { name, asked: ++asked } })
}

export function hideReference(): void {
  setSetting(REFERENCE_SETTING, 'off')
}

export function toggleReference(): void {
  if (setting(REFERENCE_SETTING) === 'on') hideReference()
  else showReference()
}
