/** The Monaco editor itself, plain or as a diff, on whichever document is active. */
import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import type { editor } from 'monaco-editor/editor'
import type { Ejection, Problem } from '../../preload/contract'
import { told } from '../app/description'
import { busy } from '../app/idle'
import { useMessages } from '../i18n'
import { isReadOnly } from './documents'
import type { OpenDocument } from './documents'
import { forgetShown, setShown } from './cursor'
import { helpWithHooks } from './hook-help'
import { comparisonModel, dropModels, markEjections, markProblems, modelOf } from './models'
import { monaco } from './monaco'
import { PairView } from './pair-view'
import { passKeys } from './pass-keys'

helpWithHooks()

export interface Revealed { readonly line: number; readonly column: number; readonly asked: number }

/** `pair`: one decision of both, to be read beside each other, instead of a difference of the whole. */
export interface Against { readonly name: string; readonly text: string; readonly pair?: { readonly title: string; readonly mineTitle: string; readonly mine: string } }

interface CodeViewProps {
  readonly document: OpenDocument
  readonly open: readonly OpenDocument[]
  /** The other side of a diff. */
  readonly against?: Against
  readonly problems: readonly Problem[]
  readonly ejections: readonly Ejection[]
  readonly reveal?: Revealed
  onEdit(text: string): void
  /** The line that was asked for has been shown. */
  onRevealed(): void
}

const OPTIONS: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true, minimap: { enabled: false }, fontSize: 12.5, lineHeight: 19, scrollBeyondLastLine: false, tabSize: 2, padding: { top: 8, bottom: 8 },
  renderLineHighlight: 'line', smoothScrolling: false, fixedOverflowWidgets: true, wordWrap: 'on', wrappingIndent: 'indent', bracketPairColorization: { enabled: false },
  fontFamily: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace', unicodeHighlight: { nonBasicASCII: false },
  gotoLocation: { multipleDefinitions: 'goto' }, codeLensFontSize: 11,
}

export default function CodeView(props: CodeViewProps): ReactNode {
  const { against } = props
  if (!against) return <PlainView {...props} />
  const { name, text, pair } = against
  if (!pair) return <DiffView {...props} against={against} />
  return <PairView options={OPTIONS} left={{ title: pair.title, name, text }} right={{ title: pair.mineTitle, name: `mine-${name}`, text: pair.mine }} />
}

function PlainView(props: CodeViewProps): ReactNode {
  const m = useMessages()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<editor.IStandaloneCodeEditor>(undefined)
  const handlers = useLatest(props)
  useEffect(() => {
    const ready = busy('editor')
    const created = monaco.editor.create(host.current as HTMLElement, { ...OPTIONS, model: null })
    view.current = created
    passKeys(created)
    const listening = created.onDidChangeModelContent(() => handlers.current.onEdit(created.getValue()))
    ready()
    return () => { ready(); listening.dispose(); forgetShown(created); created.dispose(); view.current = undefined }
  }, [handlers])
  useModel(view, props, m.editorLabel(props.document.title))
  useProblems(props)
  useReveal(view, props.reveal, handlers)
  return <div ref={host} className="code" data-testid="editor" />
}

function DiffView(props: CodeViewProps & { readonly against: Against }): ReactNode {
  const host = useRef<HTMLDivElement>(null)
  const handlers = useLatest(props)
  const { document, against } = props
  const key = document.key
  useEffect(() => {
    const ready = busy('editor')
    const width = (host.current as HTMLElement).clientWidth
    const created = monaco.editor.createDiffEditor(host.current as HTMLElement, {
      ...OPTIONS, readOnly: isReadOnly(handlers.current.document), originalEditable: false, renderSideBySide: width >= 760, useInlineViewWhenSpaceIsLimited: true, wordWrap: 'off', hideUnchangedRegions: { enabled: true },
    })
    created.setModel({ original: comparisonModel(against.name, against.text, document.kind === 'scenario'), modified: modelOf(handlers.current.document) })
    const modified = created.getModifiedEditor()
    passKeys(modified)
    const listening = modified.onDidChangeModelContent(() => handlers.current.onEdit(modified.getValue()))
    const compared = created.onDidUpdateDiff(ready)
    return () => { ready(); compared.dispose(); listening.dispose(); created.dispose() }
    // The document's text follows through its model.
  }, [handlers, key, document.kind, against.name, against.text])
  useProblems(props)
  return <div ref={host} className="code" data-testid="diff-editor" />
}

function useModel(view: { readonly current: editor.IStandaloneCodeEditor | undefined }, { document, open }: CodeViewProps, label: string): void {
  const m = useMessages()
  const scroll = useRef(new Map<string, editor.ICodeEditorViewState | null>())
  const shown = useRef<string>(undefined)
  useEffect(() => {
    const now = view.current
    if (!now) return
    const model = modelOf(document)
    if (now.getModel() !== model) {
      if (shown.current !== undefined) scroll.current.set(shown.current, now.saveViewState())
      now.setModel(model)
      now.restoreViewState(scroll.current.get(document.key) ?? null)
      shown.current = document.key
    }
    setShown(now, document.key)
    dropModels(open)
  }, [view, document, open])
  useEffect(() => {
    const readOnly = isReadOnly(document)
    view.current?.updateOptions({ readOnly, ariaLabel: label, readOnlyMessage: { value: m.readOnlyHint }, renderValidationDecorations: readOnly ? 'off' : 'on' })
  }, [view, document, label, m])
}

function useProblems({ document, problems, ejections }: CodeViewProps): void {
  const m = useMessages()
  useEffect(() => {
    const model = modelOf(document)
    markProblems(model, problems)
    markEjections(model, ejections, (ejection) => m.ejectedAt(ejection.kind, ejection.hook, told(ejection.message)))
    return () => { if (!model.isDisposed()) { markProblems(model, []); markEjections(model, [], () => '') } }
    // Markers stand at lines of the text they were made for; a new check replaces them.
  }, [document.key, problems, ejections, m])
}

function useReveal(view: { readonly current: editor.IStandaloneCodeEditor | undefined }, reveal: Revealed | undefined, handlers: { readonly current: CodeViewProps }): void {
  useEffect(() => {
    if (!reveal || !view.current) return
    view.current.revealLineInCenter(reveal.line)
    view.current.setPosition({ lineNumber: reveal.line, column: reveal.column })
    view.current.focus()
    handlers.current.onRevealed()
  }, [view, reveal, handlers])
}

function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value)
  useEffect(() => { latest.current = value })
  return latest
}
