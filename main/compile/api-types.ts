/**
 * Rolls plugins/api/*.ts up to one declaration of the module `reclaim-lab`: what the editor completes from, the compiler checks against and `describe()` hands out.
 * Loads typescript (0.6 s once), so ask the compile service for it when you are in main.
 */
import ts from 'typescript'
import { API_MODULE } from './guest-globals'
import { listSources, readSource } from './sources'

let cache: string | undefined

export function rollApiTypes(): string {
  return cache ??= declareModule(apiFiles().map(path => bodyOf(path, readSource(path))))
}

function apiFiles(): readonly string[] {
  return listSources('plugins/api').filter(path => !path.endsWith('/index.ts'))
}

function declareModule(bodies: readonly string[]): string {
  const text = bodies.join('\n').split('\n').map(line => (line === '' ? '' : `  ${line}`)).join('\n')
  return `declare module '${API_MODULE}' {\n${text}\n}\n`
}

/** One file's declarations without its imports and re-exports, which the single module makes needless. */
function bodyOf(path: string, source: string): string {
  const { outputText, diagnostics } = ts.transpileDeclaration(source, { fileName: path, compilerOptions: { target: ts.ScriptTarget.ES2023, removeComments: false, isolatedDeclarations: true } })
  const problem = diagnostics?.[0]
  if (problem) throw new Error(`${path}: ${ts.flattenDiagnosticMessageText(problem.messageText, '\n')}`)
  const file = ts.createSourceFile(path, outputText, ts.ScriptTarget.ES2023, true)
  const kept = file.statements.filter(statement => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement))
  return kept.map(statement => withoutDeclare(statement.getFullText(file).replace(/^\n+/, ''))).join('\n')
}

/** `declare` is implied inside a declared module, and an error there. */
function withoutDeclare(text: string): string {
  return text.replace(/^(export )?declare /m, '$1')
}
