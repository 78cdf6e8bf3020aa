/** What Monaco offers on hooks: lenses above them, go to definition into the base kernel, completion by snippets. Where a hook is, the lab tells, which parses. */
import type { languages } from 'monaco-editor/editor'
import type { HookPlace, InsertPlace, Snippet } from '../../preload/contract'
import { description } from '../app/description'
import { guideNow, hookNamed, loadGuide } from '../app/guide'
import { lab } from '../app/lab-client'
import { language, messages } from '../i18n'
import { showReference } from '../reference/reference-store'
import { setup } from '../scenario/setup-store'
import { documents } from './documents'
import { compareHook, openSource, sourceIn } from './hook-actions'
import { placesIn } from './hook-places'
import { neededEdits } from './insert-snippet'
import { monaco } from './monaco'

const OPEN = 'lab.openSource'
const COMPARE = 'lab.compareHook'
const REFERENCE = 'lab.showReference'

export function helpWithHooks(): void {
  monaco.editor.registerCommand(OPEN, (_accessor, hook: string, kernel?: string) => openSource(hook, kernel))
  monaco.editor.registerCommand(COMPARE, (_accessor, hook: string) => compareHook(hook))
  monaco.editor.registerCommand(REFERENCE, (_accessor, name: string) => showReference(name))
  const changed = new monaco.Emitter<languages.CodeLensProvider>()
  const lenses: languages.CodeLensProvider = { onDidChange: changed.event, provideCodeLenses }
  monaco.languages.registerCodeLensProvider('typescript', lenses)
  let base = setup.get().base
  setup.subscribe(() => { if (setup.get().base !== base) { base = setup.get().base; changed.fire(lenses) } })
  language.subscribe(() => changed.fire(lenses))
  monaco.languages.registerDefinitionProvider('typescript', { provideDefinition })
  monaco.languages.registerCompletionItemProvider('typescript', { provideCompletionItems })
  monaco.editor.registerEditorOpener({ openCodeEditor: (_source, resource, at) => openElsewhere(resource, at) })
}

/** A lab that can't be reached is said by the window itself; there is only no help meanwhile. */
async function unlessLost<T>(work: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work()
  } catch {
    return otherwise
  }
}

type Model = Parameters<languages.CodeLensProvider['provideCodeLenses']>[0]

const isPolicy = (model: Model): boolean => model.uri.path.startsWith('/policy/')
const kernelOf = (model: Model): string | undefined => /^\/kernel\/(.+)\.ts$/.exec(model.uri.path)?.[1]

async function provideCodeLenses(model: Model): Promise<languages.CodeLensList> {
  if (!isPolicy(model) && kernelOf(model) === undefined) return { lenses: [] }
  const places = await unlessLost(async () => { await loadGuide(); return placesIn(model.getValue()) }, [])
  const declared = places.filter((place) => place.use === 'declared')
  // Where many stand on one line, as a kernel lists those it writes in place, lenses would be a page of words.
  const alone = declared.filter((place) => declared.filter((other) => other.line === place.line).length === 1)
  return { lenses: alone.flatMap((place) => commandsFor(place, kernelOf(model)).map((command, i) => ({ range: rangeOf(place), id: `${place.hook} ${i}`, command }))) }
}

function commandsFor({ hook }: HookPlace, kernel: string | undefined): readonly languages.Command[] {
  const m = messages().guide
  const guide = hookNamed(hook)
  const toReference = { id: REFERENCE, title: m.showReference, arguments: [hook] }
  if (guide?.kind !== 'hook') return [toReference]
  if (kernel !== undefined) {
    const others = guide.sources.filter((one) => one.kernel !== kernel && one.kind !== 'none').map((one) => ({ id: OPEN, title: one.kernel, arguments: [hook, one.kernel] }))
    return [...(kernel === setup.get().base && someMine() ? [{ id: COMPARE, title: m.compare, arguments: [hook] }] : []), ...others, toReference]
  }
  const { base } = setup.get()
  const source = sourceIn(hook, base)
  if (!source) return [{ id: REFERENCE, title: m.none(base), arguments: [hook] }, toReference]
  return [{ id: OPEN, title: m.source(source.in, hook), tooltip: m.lensTitle, arguments: [hook] }, { id: COMPARE, title: m.compareBase, arguments: [hook] }, toReference]
}

function someMine(): boolean {
  return documents.get().open.some(({ kind }) => kind === 'policy' || kind === 'example')
}

async function provideDefinition(model: Model, position: { readonly lineNumber: number; readonly column: number }): Promise<languages.Location | undefined> {
  if (!isPolicy(model)) return undefined
  const places = await unlessLost(async () => { await loadGuide(); return placesIn(model.getValue()) }, [])
  const place = places.find((one) => one.line === position.lineNumber && position.column >= one.column && position.column <= one.endColumn)
  const source = place && sourceIn(place.hook, setup.get().base)
  if (!source) return undefined
  const uri = monaco.Uri.parse(`file:///kernel/${source.in}.ts`)
  // The target has to be there for the link to be drawn; it goes again with the next change of tabs.
  const text = description().kernels.find((one) => one.name === source.in)?.source
  if (text !== undefined && !monaco.editor.getModel(uri)) monaco.editor.createModel(text, 'typescript', uri)
  return { uri, range: { startLineNumber: source.line, startColumn: source.column, endLineNumber: source.line, endColumn: source.column + place.hook.length } }
}

/** Another file than the one on screen: a kernel's, or the API's declarations, of which the reference tells more. */
function openElsewhere(resource: { readonly path: string }, at: { readonly startLineNumber?: number; readonly startColumn?: number; readonly lineNumber?: number; readonly column?: number } | undefined): boolean {
  const line = at?.startLineNumber ?? at?.lineNumber ?? 1
  const column = at?.startColumn ?? at?.column ?? 1
  const kernel = /^\/kernel\/(.+)\.ts$/.exec(resource.path)?.[1]
  if (kernel !== undefined) {
    const hook = guideNow()?.hooks.find((one) => one.sources.some((source) => source.kind !== 'none' && source.in === kernel && source.line === line && source.column === column))
    if (hook) openSource(hook.name, kernel)
    return hook !== undefined
  }
  if (!resource.path.endsWith('/reclaim-lab/index.d.ts')) return false
  const word = monaco.editor.getModel(monaco.Uri.file(resource.path))?.getWordAtPosition({ lineNumber: line, column })?.word
  if (word === undefined) return false
  const { base } = setup.get()
  if (sourceIn(word, base)) openSource(word)
  else showReference(word)
  return true
}

async function provideCompletionItems(model: Model, position: { readonly lineNumber: number; readonly column: number }): Promise<languages.CompletionList> {
  const typed = model.getWordUntilPosition(position)
  if (!isPolicy(model)) return { suggestions: [] }
  const { place, snippets } = await unlessLost(async () => ({ place: await lab.insertPlace(model.getValue(), model.getOffsetAt(position as never)), snippets: (await loadGuide()).snippets }), { place: null, snippets: [] })
  if (!place) return { suggestions: [] }
  const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: typed.startColumn, endColumn: position.column }
  const fitting = snippets.filter((one) => one.place === place.place && !one.names.some((name) => place.present.includes(name)))
  return { suggestions: fitting.map((one, i) => suggestionOf(one, i, place, range)) }
}

function suggestionOf(one: Snippet, index: number, place: InsertPlace, range: languages.CompletionItem['range']): languages.CompletionItem {
  const m = messages().guide
  const about = one.about[language.get()] || one.about.en
  const guide = one.place === 'hooks' ? hookNamed(one.label) : undefined
  return {
    label: { label: one.label, description: m.snippet }, filterText: one.label, sortText: `!${String(index).padStart(3, '0')}`, range,
    kind: monaco.languages.CompletionItemKind.Snippet, insertText: one.insert, insertTextRules: monaco.languages.CompletionItemInsertTextRule.InsertAsSnippet,
    detail: about, documentation: { value: [guide?.when && `**${m.when}** ${guide.when}`, guide?.binds && `**${m.binds}** ${guide.binds}`, `\`\`\`ts\n${one.insert.replace(/\$\{\d+:([^}]*)\}/g, '$1').replaceAll('$0', '').replaceAll('\t', '  ')}\n\`\`\``].filter(Boolean).join('\n\n') },
    additionalTextEdits: neededEdits(place, one).map(({ range: at, text }) => ({ range: at, text: text ?? '' })),
  }
}

function rangeOf({ line, column, endColumn }: HookPlace): { startLineNumber: number; startColumn: number; endLineNumber: number; endColumn: number } {
  return { startLineNumber: line, startColumn: column, endLineNumber: line, endColumn }
}
