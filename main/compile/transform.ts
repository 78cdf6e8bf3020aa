/**
 * A checked policy's TypeScript -> the script its compartment runs: types and comments blanked, imports and the default export rewritten, fuel compiled in. Line n
 * stays line n; a last comment line maps columns back. Comments go because the compartment refuses text that looks like `import(` wherever it stands.
 */
import ts from 'typescript'
import { eraseTypesOf, endExplicitly } from './erase-types'
import { Edits } from './edits'
import { closeFuel, openFuel } from './fuel'
import { COLUMN_MAP_MARK } from './guest-globals'
import { rewriteModuleSyntax } from './modules'

export interface TransformOptions {
  /** Off only in tests that compare. */
  readonly fuel: boolean
}

export function transform(file: ts.SourceFile, options: TransformOptions = { fuel: true }): string {
  const edits = new Edits(file.text)
  const pureMath = !declaresMath(file)
  const literals: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    if (isLiteralText(node)) literals.push(node)
    if (isNameImport(node)) escapeName(node, file, edits)
    if (!rewriteModuleSyntax(node, file, edits) || !eraseTypesOf(node, file, edits)) return
    if (options.fuel) openFuel(node, file, edits, pureMath)
    ts.forEachChild(node, visit)
    if (options.fuel) closeFuel(node, file, edits, pureMath)
    endExplicitly(node, file, edits)
  }
  blankComments(file, edits)
  ts.forEachChild(file, visit)
  defuseText(literals, file, edits)
  const { text, columns } = edits.apply()
  return `${text}\n${COLUMN_MAP_MARK}${JSON.stringify(columns)}`
}

function blankComments(file: ts.SourceFile, edits: Edits): void {
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return
    const children = node.getChildren(file)
    if (children.length > 0) { children.forEach(visit); return }
    const start = node.getStart(file)
    if (start > node.pos && file.text.slice(node.pos, start).trim() !== '') edits.blank(node.pos, start)
  }
  visit(file)
}

function isLiteralText(node: ts.Node): boolean {
  return ts.isStringLiteral(node) || ts.isRegularExpressionLiteral(node) || ts.isTemplateLiteralToken(node)
}

/** `{ import(x) {} }`: a name like any other, but the compartment takes it for the keyword. */
function isNameImport(node: ts.Node): node is ts.Identifier | ts.PrivateIdentifier {
  return (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) && node.text.replace(/^#/, '') === 'import'
}

function escapeName(node: ts.Identifier | ts.PrivateIdentifier, file: ts.SourceFile, edits: Edits): void {
  const at = node.getStart(file) + (ts.isPrivateIdentifier(node) ? 1 : 0)
  if (file.text.startsWith('import', at)) replaceByEscape(at, '\\u0069', false, edits)
}

function replaceByEscape(at: number, escape: string, afterBackslash: boolean, edits: Edits): void {
  if (!afterBackslash) edits.open(at, '\\')
  edits.overwrite(at, escape.slice(1, 2))
  edits.close(at + 1, escape.slice(2))
}

const ESCAPES: readonly (readonly [RegExp, number, string])[] = [
  [/<!--/g, 0, '\\x3c'],
  [/-->/g, 2, '\\x3e'],
  [/\bimport(?=\s*(?:\(|\/[/*]))/g, 0, '\\x69'],
]

/**
 * The compartment refuses text that some parser could take for an HTML comment or a dynamic import, without looking where it stands. In literals one character
 * is escaped; in code (`while (n --> 0)`) the operators are put apart.
 */
function defuseText(literals: readonly ts.Node[], file: ts.SourceFile, edits: Edits): void {
  const text = edits.current()
  const escaped = new Set<number>()
  for (const literal of literals) {
    const start = literal.getStart(file)
    for (const [pattern, offset, escape] of ESCAPES) {
      for (const match of text.slice(start, literal.end).matchAll(pattern)) {
        const at = start + match.index + offset
        const backslashes = /\\*$/.exec(text.slice(start, at))?.[0].length ?? 0
        replaceByEscape(at, escape, backslashes % 2 === 1, edits)
        escaped.add(start + match.index)
      }
    }
  }
  for (const match of text.matchAll(/<!--|-->/g)) {
    if (!escaped.has(match.index)) edits.close(match.index + (match[0] === '-->' ? 2 : 1), ' ')
  }
}

function declaresMath(file: ts.SourceFile): boolean {
  const visit = (node: ts.Node): boolean => {
    const name = (node as { readonly name?: ts.Node }).name
    if (name && ts.isIdentifier(name) && name.text === 'Math' && !ts.isPropertyAccessExpression(node) && !ts.isPropertyAssignment(node)) return true
    return ts.forEachChild(node, child => visit(child) || undefined) ?? false
  }
  return visit(file)
}
