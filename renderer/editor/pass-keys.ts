/** Monaco has keys of its own (Ctrl+K begins many of them) and would swallow the window's. Those that give a command of the window, as the person has them, go there instead. */
import type { editor } from 'monaco-editor/editor'
import { commandFor } from '../app/keys'

export function passKeys(view: editor.ICodeEditor): void {
  view.onKeyDown((event) => {
    const pressed = event.browserEvent
    // A bare letter or sign is text.
    if (!(pressed.ctrlKey || pressed.metaKey || pressed.altKey) || commandFor(pressed, 'anywhere') === undefined) return
    event.preventDefault()
    event.stopPropagation()
    window.dispatchEvent(new KeyboardEvent('keydown', pressed))
  })
}
