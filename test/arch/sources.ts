/** The project's own files and what each imports, read with TypeScript's parser. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const ROOMS = ['main', 'preload', 'renderer', 'plugins', 'test'] as const

export interface Import {
  /** As written. */
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

export interface Source { readonly path: string; readonly text: string; readonly imports: readonly Import[] }

/** Every file of the five rooms and at the top, `/` in paths. Binary and generated files are left out. */
export function projectFiles(): readonly string[] {
  const top = readdirSync(ROOT).filter((name) => statSync(join(ROOT, name)).isFile() && name !== 'package-lock.json' && !name.startsWith('.'))
  return [...ROOMS.flatMap((room) => below(room)), ...top]
}

export function typescriptSources(): readonly Source[] {
  return projectFiles().filter((path) => /\.(ts|tsx)$/.test(path) && path.includes('/')).map(readSource)
}

/** What a relative import means: a project file, with its extension. Undefined when there is none. */
export function resolveImport(from: string, specifier: string): string | undefined {
  const base = posix.join(dirname(from), specifier.replace(/\?.*$/, ''))
  return [base, `${base}.ts`, `${base}.tsx`, `${base}.mts`, `${base}/index.ts`].find((path) => existsSync(join(ROOT, path)) && statSync(join(ROOT, path)).isFile())
}

function below(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return below(path)
    return /\.(ts|tsx|mts|mjs|js|css|html|json|md)$/.test(entry.name) ? [path] : []
  })
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  return { path, text, imports: importsOf(path, text) }
}

export function importsOf(path: string, text: string): readonly Import[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS)
  const found: Import[] = []
  const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) found.push({ specifier: specifier.text, typeOnly, line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1 })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
    else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly)
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true)
    else if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(node.expression) && node.expression.text === 'require'))) add(node, node.arguments[0], false)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}
