/** Rewrites a policy's imports and exports into plain script, in place: `import { a as b } from 'reclaim-lab'` reads from `$fuelApi`, `export default X` sets `$fuelPolicy`. */
import ts from 'typescript'
import type { Edits } from './edits'
import { hasModifier, isTypeOnly, modifiersOf } from './syntax'

/** Returns false when the node is done with and its children need no visit. */
export function rewriteModuleSyntax(node: ts.Node, file: ts.SourceFile, edits: Edits): boolean {
  if (ts.isImportDeclaration(node)) { rewriteImport(node, file, edits); return false }
  if (ts.isExportAssignment(node)) { rewriteDefault(node, file, edits); return true }
  if (ts.isExportDeclaration(node)) { edits.blank(node.getStart(file), node.end); edits.overwrite(node.getStart(file), ';'); return false }
  if (ts.isStatement(node) && hasModifier(node, ts.SyntaxKind.ExportKeyword)) blankModifiers(node, file, edits)
  return true
}

/** `export` and `default` may stand on several lines, so they are blanked and the assignment inserted. */
function rewriteDefault(node: ts.ExportAssignment, file: ts.SourceFile, edits: Edits): void {
  const value = node.expression.getStart(file)
  edits.blank(node.getStart(file), value)
  edits.open(value, '$fuelPolicy=')
}

function blankModifiers(node: ts.Node, file: ts.SourceFile, edits: Edits): void {
  for (const modifier of modifiersOf(node)) if (modifier.kind === ts.SyntaxKind.ExportKeyword) edits.blank(modifier.getStart(file), modifier.end)
}

function rewriteImport(node: ts.ImportDeclaration, file: ts.SourceFile, edits: Edits): void {
  const start = node.getStart(file)
  const bindings = node.importClause?.namedBindings
  edits.blank(start, node.end)
  edits.overwrite(start, ';')
  if (!bindings || isTypeOnly(node)) return
  const text = ts.isNamespaceImport(bindings) ? `const ${bindings.name.text}=$fuelApi;` : namedImport(bindings)
  edits.open(start, text)
}

function namedImport(bindings: ts.NamedImports): string {
  const values = bindings.elements.filter(element => !element.isTypeOnly)
  if (values.length === 0) return ''
  return `const{${values.map(element => (element.propertyName ? `${element.propertyName.text}:${element.name.text}` : element.name.text)).join(',')}}=$fuelApi;`
}
