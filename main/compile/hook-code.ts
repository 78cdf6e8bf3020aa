/**
 * Where a plugin file has its hooks, from its syntax tree: the object that `definePolicy` or `defineKernel` is given, its `hooks`, and the code that a name in there stands for - written in place,
 * a function of the file, or something imported. Nothing is run, and names are followed as the language does, as far as a file's own top level and its imports go.
 */
import ts from 'typescript'
import { API_MODULE } from './guest-globals'

/** The object a definition is made of: the first argument of the API's `definePolicy` or `defineKernel`, under whatever name it was imported. */
export function definitionOf(file: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  const makers = new Set(importsOf(file).filter(({ from, name }) => from === API_MODULE && (name === 'definePolicy' || name === 'defineKernel')).map(({ local }) => local))
  let found: ts.ObjectLiteralExpression | undefined
  const visit = (node: ts.Node): void => {
    if (found) return
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && makers.has(node.expression.text)) {
      const given = node.arguments.length > 0 ? valueOf(node.arguments[0], file) : undefined
      if (given && ts.isObjectLiteralExpression(given)) { found = given; return }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** The object under a name of another, followed to where it is written. */
export function objectNamed(definition: ts.ObjectLiteralExpression, name: string): ts.ObjectLiteralExpression | undefined {
  const member = definition.properties.find((one) => nameOf(one) === name)
  const value = member && (ts.isPropertyAssignment(member) ? valueOf(member.initializer, member.getSourceFile()) : ts.isShorthandPropertyAssignment(member) ? valueOf(member.name, member.getSourceFile()) : undefined)
  return value && ts.isObjectLiteralExpression(value) ? value : undefined
}

export function nameOf(member: ts.ObjectLiteralElementLike): string | undefined {
  return member.name && (ts.isIdentifier(member.name) || ts.isStringLiteral(member.name)) ? member.name.text : undefined
}

/** What a name among the hooks stands for: code of this file, or a hook of another one. */
export type HookCode =
  | { readonly kind: 'function' | 'inline'; readonly node: ts.Node }
  /** `from`: the module as it is imported; `name`: what it is called there, `default.hooks.scanBalance` for a hook of a whole kernel. */
  | { readonly kind: 'imported'; readonly from: string; readonly name: string }

/** The last one that says something about this name wins, as in the language. */
export function hookCode(hooks: ts.ObjectLiteralExpression, hook: string): HookCode | undefined {
  for (const member of hooks.properties.toReversed()) {
    const found = ts.isSpreadAssignment(member) ? spreadCode(member.expression, hook) : nameOf(member) === hook ? memberCode(member) : undefined
    if (found) return found
  }
  return undefined
}

function memberCode(member: ts.ObjectLiteralElementLike): HookCode | undefined {
  const file = member.getSourceFile()
  if (ts.isShorthandPropertyAssignment(member)) return named(member.name.text, file) ?? { kind: 'inline', node: member }
  if (!ts.isPropertyAssignment(member)) return { kind: 'inline', node: member }
  const value = unwrapped(member.initializer)
  if (ts.isIdentifier(value)) return named(value.text, file) ?? { kind: 'inline', node: member }
  return importedPath(value, file) ?? { kind: 'inline', node: member }
}

function spreadCode(expression: ts.Expression, hook: string): HookCode | undefined {
  const file = expression.getSourceFile()
  const value = valueOf(expression, file)
  if (value && ts.isObjectLiteralExpression(value)) return hookCode(value, hook)
  const path = importedPath(unwrapped(expression), file)
  return path?.kind === 'imported' ? { ...path, name: `${path.name}.${hook}` } : undefined
}

/** A name of the file's top level. */
function named(name: string, file: ts.SourceFile): HookCode | undefined {
  const declared = declarationOf(name, file)
  if (declared) return { kind: 'function', node: declared }
  const imported = importsOf(file).find(({ local }) => local === name)
  return imported && { kind: 'imported', from: imported.from, name: imported.name }
}

/** `kernel.hooks.scanBalance`, where `kernel` is imported. */
function importedPath(expression: ts.Expression, file: ts.SourceFile): HookCode | undefined {
  const names: string[] = []
  let at = expression
  for (; ts.isPropertyAccessExpression(at); at = unwrapped(at.expression)) names.unshift(at.name.text)
  const root = ts.isIdentifier(at) ? at.text : undefined
  const imported = root === undefined ? undefined : importsOf(file).find(({ local }) => local === root)
  return imported && { kind: 'imported', from: imported.from, name: [imported.name, ...names].join('.') }
}

interface Imported { readonly from: string; readonly name: string; readonly local: string }

function importsOf(file: ts.SourceFile): readonly Imported[] {
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
    const from = ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : ''
    const bindings = importClause?.namedBindings
    const whole = importClause?.name ? [{ from, name: 'default', local: importClause.name.text }] : []
    const some = bindings && ts.isNamedImports(bindings) ? bindings.elements.map((one) => ({ from, name: (one.propertyName ?? one.name).text, local: one.name.text })) : []
    return [...whole, ...some]
  })
}

/** The statement of the file's top level that declares a name; types too. */
export function declarationOf(name: string, file: ts.SourceFile): ts.Statement | undefined {
  return file.statements.find((one) => {
    if (ts.isVariableStatement(one)) return one.declarationList.declarations.some((declared) => ts.isIdentifier(declared.name) && declared.name.text === name)
    return (ts.isFunctionDeclaration(one) || ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one) || ts.isClassDeclaration(one) || ts.isEnumDeclaration(one)) && one.name?.text === name
  })
}

/** The name in a declaration of the top level; the declaration where it has none. */
export function declaredName(node: ts.Node): ts.Node {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations[0].name
  return ts.isFunctionDeclaration(node) && node.name ? node.name : node
}

/** A value where it is written: through parentheses, `as`, `satisfies` and constants of the top level. */
function valueOf(expression: ts.Expression, file: ts.SourceFile, steps = 0): ts.Expression | undefined {
  const bare = unwrapped(expression)
  if (!ts.isIdentifier(bare) || steps > 8) return bare
  const statement = declarationOf(bare.text, file)
  const initializer = statement && ts.isVariableStatement(statement) ? statement.declarationList.declarations.find((one) => one.name.getText(file) === bare.text)?.initializer : undefined
  return initializer && valueOf(initializer, file, steps + 1)
}

function unwrapped(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression) || ts.isNonNullExpression(expression) ? unwrapped(expression.expression) : expression
}

/** The code with its comment, and below it what it uses of the file's top level, in the file's order. Written in place: moved to the left edge. */
export function textWithHelpers(node: ts.Node): string {
  const file = node.getSourceFile()
  const helpers = new Set<ts.Statement>()
  const visit = (one: ts.Node): void => {
    const used = ts.isIdentifier(one) && !isMemberName(one) ? declarationOf(one.text, file) : undefined
    if (used && used !== node && !contains(used, node) && !helpers.has(used)) {
      helpers.add(used)
      visit(used)
    }
    ts.forEachChild(one, visit)
  }
  visit(node)
  return [node, ...[...helpers].sort((a, b) => a.pos - b.pos)].map((one) => fullText(one, file)).join('\n\n') + '\n'
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node
  return (ts.isPropertyAccessExpression(parent) && parent.name === node) || ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === node) || (ts.isBindingElement(parent) && parent.propertyName === node)
}

function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.pos <= inner.pos && inner.end <= outer.end
}

/** With the comment that stands directly above. */
function fullText(node: ts.Node, file: ts.SourceFile): string {
  const start = node.getStart(file)
  const above = ts.getLeadingCommentRanges(file.text, node.pos)?.at(-1)
  const from = above && /^[^\S\n]*\n?[^\S\n]*$/.test(file.text.slice(above.end, start)) ? above.pos : start
  const indent = file.getLineAndCharacterOfPosition(from).character
  return file.text.slice(from, node.end).split('\n').map((line, i) => (i === 0 ? line : line.replace(new RegExp(`^ {0,${indent}}`), ''))).join('\n')
}
