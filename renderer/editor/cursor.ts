/** The editor that is on screen, for commands that ask where its cursor is or put something there. */
import type { editor } from 'monaco-editor/editor'

interface Shown { readonly view: editor.IStandaloneCodeEditor; readonly key: string }

let shown: Shown | undefined

export function setShown(view: editor.IStandaloneCodeEditor, key: string): void {
  shown = { view, key }
}

export function forgetShown(view: editor.IStandaloneCodeEditor): void {
  if (shown?.view === view) shown = undefined
}

export function shownEditor(): Shown | undefined {
  return shown
}
