/** One Monaco model per open document, in step with it both ways, with the lab's own problems and ejections as markers. */
import type { editor } from 'monaco-editor/editor'
import type { Ejection, Problem } from '../../preload/contract'
import { told } from '../app/description'
import type { OpenDocument } from './documents'
import { monaco, SCENARIO_URI } from './monaco'

export function modelOf(document: OpenDocument): editor.ITextModel {
  const uri = uriOf(document)
  const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(document.text, document.kind === 'scenario' ? 'json' : 'typescript', uri)
  syncText(model, document.text)
  return model
}

/** A read-only text to compare with. */
export function comparisonModel(name: string, text: string, isJson: boolean): editor.ITextModel {
  const uri = monaco.Uri.parse(`file:///compare/${name}.${isJson ? 'json' : 'ts'}.txt`)
  const model = monaco.editor.getModel(uri) ?? monaco.editor.createModel(text, isJson ? 'json' : 'typescript', uri)
  if (model.getValue() !== text) model.setValue(text)
  return model
}

/** Models of documents that are no longer open go. */
export function dropModels(open: readonly OpenDocument[]): void {
  const wanted = new Set(open.map((document) => uriOf(document).toString()))
  for (const model of monaco.editor.getModels()) {
    const uri = model.uri.toString()
    if (/^file:\/\/\/(policy|kernel|scenario)\//.test(uri) && !wanted.has(uri)) model.dispose()
  }
}

export function markProblems(model: editor.ITextModel, problems: readonly Problem[]): void {
  monaco.editor.setModelMarkers(model, 'lab', problems.map((problem) => marker(model, problem.line ?? 1, problem.column, told(problem.message), monaco.MarkerSeverity.Error)))
}

export function markEjections(model: editor.ITextModel, ejections: readonly Ejection[], say: (ejection: Ejection) => string): void {
  monaco.editor.setModelMarkers(model, 'run', ejections.map((ejection) => marker(model, ejection.line ?? 1, ejection.column, say(ejection), monaco.MarkerSeverity.Error)))
}

function uriOf(document: OpenDocument): monaco.Uri {
  if (document.kind === 'scenario') return monaco.Uri.parse(SCENARIO_URI)
  return monaco.Uri.parse(`file:///${document.kind === 'kernel' ? 'kernel' : 'policy'}/${document.file}`)
}

/** Text set from elsewhere (reload, draft) arrives as an edit, so that undo still works. */
function syncText(model: editor.ITextModel, text: string): void {
  if (model.getValue() === text) return
  model.pushStackElement()
  model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null)
  model.pushStackElement()
}

function marker(model: editor.ITextModel, line: number, column: number | undefined, message: string, severity: number): editor.IMarkerData {
  const startLineNumber = Math.min(Math.max(1, line), model.getLineCount())
  const end = model.getLineMaxColumn(startLineNumber)
  const startColumn = Math.min(column ?? Math.max(1, model.getLineFirstNonWhitespaceColumn(startLineNumber)), end)
  return { severity, message, source: 'reclaim-lab', startLineNumber, startColumn, endLineNumber: startLineNumber, endColumn: Math.max(startColumn + 1, end) }
}
