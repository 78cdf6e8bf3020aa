/** Keys of the whole window. Charts and editor have their own; the sheet lists all. */
import { useEffect } from 'react'
import { saveActive } from '../editor/editor-pane'
import { cancelComparison, startComparison } from '../results/experiment-store'
import { goToPane } from './panes'

const DOUBLE_ESCAPE_MS = 500

export function useShortcuts(showHelp: () => void): void {
  useEffect(() => {
    let escapedAt = -Infinity
    const listen = (event: KeyboardEvent): void => {
      const control = event.ctrlKey || event.metaKey
      if (control && event.key === 'Enter') return take(event, startComparison)
      if (control && event.key.toLowerCase() === 's') return take(event, saveActive)
      if (event.altKey && !control && /^Digit[123]$/.test(event.code)) return take(event, () => goToPane(PANES[Number(event.code.slice(5)) - 1] ?? 'results'))
      if (event.key === 'Escape') {
        if (event.timeStamp - escapedAt < DOUBLE_ESCAPE_MS) cancelComparison()
        escapedAt = event.timeStamp
      }
      if (event.key === '?' && !isTyping(event.target)) take(event, showHelp)
    }
    window.addEventListener('keydown', listen)
    return () => window.removeEventListener('keydown', listen)
  }, [showHelp])
}

const PANES = ['setup', 'editor', 'results'] as const

function take(event: KeyboardEvent, action: () => void): void {
  if (event.defaultPrevented) return
  event.preventDefault()
  action()
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .monaco-editor, dialog') !== null
}
