/** Monaco in the window's colours, light and dark by the system. */
import type { editor } from 'monaco-editor/editor'

interface Themed { readonly editor: { defineTheme: typeof editor.defineTheme; setTheme: typeof editor.setTheme } }

const dark = window.matchMedia('(prefers-color-scheme: dark)')

export function defineThemes(monaco: Themed): void {
  monaco.editor.defineTheme('lab-light', {
    base: 'vs', inherit: true, rules: [{ token: 'comment', foreground: '56646f' }],
    colors: { 'editor.background': '#ffffff', 'editorLineNumber.foreground': '#6b7682', 'editorGutter.background': '#ffffff', 'editor.lineHighlightBackground': '#f3f6f9' },
  })
  monaco.editor.defineTheme('lab-dark', {
    base: 'vs-dark', inherit: true, rules: [{ token: 'comment', foreground: '8fa08a' }],
    colors: { 'editor.background': '#171b21', 'editorLineNumber.foreground': '#8a94a0', 'editorGutter.background': '#171b21', 'editor.lineHighlightBackground': '#1f252d' },
  })
}

export function followTheme(monaco: Themed): void {
  const apply = (): void => monaco.editor.setTheme(dark.matches ? 'lab-dark' : 'lab-light')
  dark.addEventListener('change', apply)
  apply()
}
