/** Puts a snippet into the editor: at the cursor if it may stand there, else at the end of the hooks; with the comma and the imports it needs. */
import type { editor } from 'monaco-editor/editor'
import type { InsertPlace, Snippet } from '../../preload/contract'
import { lab } from '../app/lab-client'

/** Monaco's own contribution; its types aren't published. */
interface SnippetController { insert(template: string): void }

export async function insertSnippet(view: editor.IStandaloneCodeEditor, snippet: Snippet): Promise<'inserted' | 'there' | 'nowhere'> {
  const model = view.getModel()
  const cursor = view.getPosition()
  if (!model || !cursor) return 'nowhere'
  const text = model.getValue()
  const here = await lab.insertPlace(text, model.getOffsetAt(cursor))
  const atCursor = here?.place === snippet.place && /^\s*$/.test(model.getLineContent(cursor.lineNumber))
  const place = atCursor ? here : await lab.insertPlace(text, -1)
  if (!place || place.place !== snippet.place || model.getValue() !== text) return 'nowhere'
  if (snippet.names.some((name) => place.present.includes(name))) return 'there'
  view.pushUndoStop()
  view.setPosition({ lineNumber: place.at.line, column: place.at.column })
  view.executeEdits('snippet', neededEdits(place, snippet))
  const template = atCursor ? snippet.insert : onOwnLine(model, view, place, snippet.insert)
  ;(view.getContribution('snippetController2') as unknown as SnippetController | null)?.insert(template)
  view.focus()
  return 'inserted'
}

/** The comma that is missing before it, and names that the file doesn't import yet. */
export function neededEdits({ comma, imports, at }: InsertPlace, { imports: wanted = [] }: Snippet): editor.IIdentifiedSingleEditOperation[] {
  const lacking = wanted.filter((name) => !imports?.names.includes(name))
  const edit = (line: number, column: number, text: string): editor.IIdentifiedSingleEditOperation => ({ range: { startLineNumber: line, startColumn: column, endLineNumber: line, endColumn: column }, text, forceMoveMarkers: at.line === line && at.column === column })
  return [
    ...(comma ? [edit(comma.line, comma.column, ',')] : []),
    ...(lacking.length === 0 ? [] : imports ? [edit(imports.end.line, imports.end.column, `, ${lacking.join(', ')}`)] : [edit(1, 1, `import { ${lacking.join(', ')} } from 'reclaim-lab'\n`)]),
  ]
}

/** Below what stands before it, one step further in than a line that only opens the object. */
function onOwnLine(model: editor.ITextModel, view: editor.IStandaloneCodeEditor, place: InsertPlace, template: string): string {
  const { lineNumber, column } = view.getPosition() ?? { lineNumber: place.at.line, column: place.at.column }
  const line = model.getLineContent(lineNumber)
  const opens = /\{\s*$/.test(line.slice(0, column - 1))
  const inner = opens ? template.split('\n').map((one) => `\t${one}`).join('\n') : template
  return `\n${inner}${/^\s*\}/.test(line.slice(column - 1)) ? '\n' : ''}`
}
