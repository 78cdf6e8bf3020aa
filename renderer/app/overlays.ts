/** What lies over the window: the palette, the sheet of keys with its help, the articles' claims, or the tour. One at a time. */
import { createStore } from './store'

export const overlays = createStore<'palette' | 'help' | 'claims' | 'tour' | undefined>(undefined)
