/**
 * Constructs that a policy can't use, found in the syntax tree and said in plain words: what would make a run depend on a clock or chance, reach outside, wait, or
 * make code at run time. They stop a policy from running; names that don't exist in the compartment are found by the checker (diagnostics.ts).
 */
import ts from 'typescript'
import { API_MODULE, MISSING_HINTS, RESERVED_PREFIX } from './guest-globals'
import { hasModifier, isFunctionNode, isThisParameter, isTypeOnly, modifiersOf } from './syntax'

export interface Finding { readonly at: ts.Node; readonly message: string }

const NEEDS_CODE = 'needs code made for it, and policies only have their types erased'

export function findBans(file: ts.SourceFile): readonly Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    const message = banOf(node)
    if (message) findings.push({ at: node, message })
    if (!isTypeOnly(node) && !(ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node))) ts.forEachChild(node, visit)
    else if (ts.isImportDeclaration(node)) ts.forEachChild(node, visit)
  }
  ts.forEachChild(file, visit)
  if (findings.length === 0) findings.push(...missingDefault(file))
  return findings
}

function missingDefault(file: ts.SourceFile): readonly Finding[] {
  return file.statements.some(ts.isExportAssignment) ? [] : [{ at: file, message: 'a policy file needs `export default definePolicy({ api: 1, name: \'...\', hooks: { ... } })`' }]
}

function banOf(node: ts.Node): string | undefined {
  return waiting(node) ?? modules(node) ?? reserved(node) ?? unerasable(node) ?? chance(node) ?? oddities(node)
}

function waiting(node: ts.Node): string | undefined {
  if (isFunctionNode(node) && hasModifier(node, ts.SyntaxKind.AsyncKeyword)) return '`async` can\'t be used: hooks answer at once'
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier)) return '`await` can\'t be used: hooks answer at once'
  if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.Using) === ts.NodeFlags.Using) return '`using` can\'t be used: there is nothing to dispose of in a policy'
  return undefined
}

function modules(node: ts.Node): string | undefined {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return `dynamic \`import()\` can't be used: the only import is \`${API_MODULE}\``
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return '`import.meta` can\'t be used: a policy has no place in the file system'
  if (ts.isImportDeclaration(node)) return importBan(node)
  if (ts.isImportEqualsDeclaration(node)) return `\`import =\` can't be used: write \`import { ... } from '${API_MODULE}'\``
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return 'nothing can be re-exported: a policy is one file'
  if (ts.isExportDeclaration(node) && !node.isTypeOnly && exportsDefault(node)) return 'write `export default definePolicy({ ... })` itself, not `export { x as default }`'
  if (ts.isExportAssignment(node) && node.isExportEquals) return 'write `export default definePolicy({ ... })`'
  if (hasModifier(node, ts.SyntaxKind.DefaultKeyword)) return 'the default export must be `definePolicy({ ... })` or `defineKernel({ ... })`'
  return undefined
}

function importBan(node: ts.ImportDeclaration): string | undefined {
  const from = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : node.moduleSpecifier.getText()
  if (from !== API_MODULE) return `\`${from}\` can't be imported: the only import is \`${API_MODULE}\``
  if (node.importClause?.name) return `\`${API_MODULE}\` has no default export: write \`import { definePolicy } from '${API_MODULE}'\``
  return node.attributes ? 'import attributes can\'t be used' : undefined
}

function exportsDefault(node: ts.ExportDeclaration): boolean {
  return node.exportClause !== undefined && ts.isNamedExports(node.exportClause) && node.exportClause.elements.some(element => element.name.text === 'default')
}

function reserved(node: ts.Node): string | undefined {
  const isName = ts.isIdentifier(node) || ts.isPrivateIdentifier(node)
  return isName && node.text.replace(/^#/, '').startsWith(RESERVED_PREFIX) ? `names that start with \`${RESERVED_PREFIX}\` belong to the fuel meter; choose another` : undefined
}

function unerasable(node: ts.Node): string | undefined {
  if (isTypeOnly(node)) return undefined
  if (ts.isEnumDeclaration(node)) return `\`enum\` ${NEEDS_CODE}; use constants or a union of literals`
  if (ts.isModuleDeclaration(node)) return `\`namespace\` ${NEEDS_CODE}; use plain functions`
  if (ts.isDecorator(node)) return `a decorator ${NEEDS_CODE}; call the function yourself`
  if (ts.isTypeAssertionExpression(node)) return 'write `value as Type` instead of `<Type>value`'
  if (ts.isParameter(node) && !isThisParameter(node) && modifiersOf(node).some(modifier => !ts.isDecorator(modifier))) return `a parameter property ${NEEDS_CODE}; declare the field and assign it`
  if (ts.isAutoAccessorPropertyDeclaration(node)) return `\`accessor\` ${NEEDS_CODE}; write \`get\` and \`set\``
  return undefined
}

function chance(node: ts.Node): string | undefined {
  if (memberOf(node, 'Math') === 'random') return '`Math.random` doesn\'t exist in a policy: use `k.rng.next()`, which depends on the run\'s seed only'
  return absentNamespace(node)
}

/** Names that TypeScript knows as namespaces, so that its checker can't miss them. */
function absentNamespace(node: ts.Node): string | undefined {
  if (!ts.isIdentifier(node) || (node.text !== 'globalThis' && node.text !== 'Intl')) return undefined
  const { parent } = node
  const isMember = (ts.isPropertyAccessExpression(parent) && parent.name === node) || (ts.isPropertyAssignment(parent) && parent.name === node)
  return isMember ? undefined : missingName(node.text)
}

function oddities(node: ts.Node): string | undefined {
  if (ts.isWithStatement(node)) return '`with` can\'t be used'
  // One multiplication of huge numbers takes seconds that the meter can't see.
  if (ts.isBigIntLiteral(node)) return missingName('BigInt')
  if (ts.isDebuggerStatement(node)) return '`debugger` can\'t be used; write to the run\'s log with `k.log(message)`'
  if (ts.isReturnStatement(node) && !insideFunction(node)) return '`return` can only stand in a function'
  return undefined
}

function insideFunction(node: ts.Node): boolean {
  for (let above = node.parent; !ts.isSourceFile(above); above = above.parent) if (isFunctionNode(above)) return true
  return false
}

/** `Math.x` or `Math['x']` -> `x`. */
function memberOf(node: ts.Node, object: string): string | undefined {
  const onObject = (expression: ts.Expression): boolean => ts.isIdentifier(expression) && expression.text === object
  if (ts.isPropertyAccessExpression(node) && onObject(node.expression)) return node.name.text
  if (ts.isElementAccessExpression(node) && onObject(node.expression) && ts.isStringLiteralLike(node.argumentExpression)) return node.argumentExpression.text
  return undefined
}

/** What to say of a global that a policy's compartment lacks. */
export function missingName(name: string): string {
  const hint = Object.hasOwn(MISSING_HINTS, name) ? MISSING_HINTS[name] : undefined
  return `\`${name}\` doesn't exist in a policy${hint ? `: ${hint}` : ''}`
}

const INEXACT: ReadonlySet<string> = new Set(['pow', 'log', 'log2', 'log10', 'log1p', 'exp', 'expm1', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'cbrt', 'hypot'])

/** Things that run, but may give other bits on another machine. */
export function findInexact(file: ts.SourceFile): readonly Finding[] {
  const findings: Finding[] = []
  const visit = (node: ts.Node): void => {
    const member = memberOf(node, 'Math')
    if (member && INEXACT.has(member)) findings.push({ at: node, message: `\`Math.${member}\` may give other bits on another machine; \`k.math\` has exact pow, log, exp, intSqrt and mulDiv` })
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken) findings.push({ at: node.operatorToken, message: '`**` may give other bits on another machine; use `k.math.pow(x, y)`' })
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(file, visit)
  return findings
}
