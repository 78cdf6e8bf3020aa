/** What lies over the window: the palette, the sheet of keys with its help, or the tour. One at a time. */
import { createStore } from './store'

export const overlays = createStore<'palette' | 'help' | 'tour' | undefined>(undefined)
