/** Keys of the whole window. Charts and editor have their own; the sheet lists all and changes them. */
import { useEffect } from 'react'
import { cancelComparison } from '../results/experiment-store'
import { COMMANDS } from './commands'
import { commandFor } from './keys'
import { overlays } from './overlays'

const DOUBLE_ESCAPE_MS = 500

export function useShortcuts(): void {
  useEffect(() => {
    let escapedAt = -Infinity
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        if (event.timeStamp - escapedAt < DOUBLE_ESCAPE_MS) cancelComparison()
        escapedAt = event.timeStamp
        return
      }
      const id = commandFor(event, 'anywhere')
      // A bare letter or sign is text where somebody types; so is everything while a dialog asks.
      const bare = !event.ctrlKey && !event.metaKey && !event.altKey && event.key.length === 1
      if (id === undefined || event.defaultPrevented || overlays.get() !== undefined || (bare && isTyping(event.target))) return
      event.preventDefault()
      COMMANDS[id]()
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .monaco-editor, dialog') !== null
}
