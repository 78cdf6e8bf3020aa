/**
 * Erases types by blanking them, so that every line and column of what stays is where it was. Only erasable syntax: enums, namespaces, parameter properties and
 * decorators are refused before (the checker's `erasableSyntaxOnly`, and bans.ts). Blanking can join lines that a type kept apart; `;` and parentheses are put
 * where that could change the meaning.
 */
import ts from 'typescript'
import type { Edits } from './edits'
import { endsBySemicolon, isFunctionNode, isThisParameter, isTypeOnly, modifiersOf, tokenOf } from './syntax'
import type { FunctionNode } from './syntax'

const TYPE_MODIFIERS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.PublicKeyword, ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword, ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.OverrideKeyword, ts.SyntaxKind.AbstractKeyword, ts.SyntaxKind.DeclareKeyword,
])

/** Erases what is type about this node itself. Returns false when nothing of it is left to visit. */
export function eraseTypesOf(node: ts.Node, file: ts.SourceFile, edits: Edits): boolean {
  if (isTypeOnly(node)) { eraseWhole(node, file, edits); return false }
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) { edits.blank(node.pos, node.end); return false }
  if (ts.isParameter(node) && isThisParameter(node)) { eraseThisParameter(node, file, edits); return false }
  if (ts.isHeritageClause(node) && node.token === ts.SyntaxKind.ImplementsKeyword) { edits.blank(node.getStart(file), node.end); return false }
  erasePart(node, file, edits)
  return true
}

/** Ends statements and class fields explicitly. Register after the node's children, since it closes them. */
export function endExplicitly(node: ts.Node, file: ts.SourceFile, edits: Edits): void {
  if (endsBySemicolon(node) && file.text[node.end - 1] !== ';') edits.close(node.end, ';')
}

function erasePart(node: ts.Node, file: ts.SourceFile, edits: Edits): void {
  if (ts.isVariableDeclaration(node)) eraseAnnotation(node.name, node.type ?? node.exclamationToken, edits)
  else if (ts.isParameter(node)) eraseAnnotation(node.name, node.type ?? node.questionToken, edits)
  else if (ts.isPropertyDeclaration(node)) eraseField(node, file, edits)
  else if (isFunctionNode(node)) eraseSignature(node, file, edits)
  else if (ts.isClassLike(node)) eraseClassHead(node, file, edits)
  else if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) edits.blank(node.expression.end, node.end)
  else if (ts.isNonNullExpression(node)) edits.blank(node.end - 1, node.end)
  else if (ts.isTypeAssertionExpression(node)) eraseAssertion(node, edits, file)
  else eraseTypeArguments(node, file, edits)
}

function eraseWhole(node: ts.Node, file: ts.SourceFile, edits: Edits): void {
  const start = node.getStart(file)
  edits.blank(start, node.end)
  edits.overwrite(start, ';')
}

/** `name?: T`, `name!: T`, `name: T`: everything after the name. */
function eraseAnnotation(name: ts.Node, last: ts.Node | undefined, edits: Edits): void {
  if (last) edits.blank(name.end, last.end)
}

function eraseThisParameter(node: ts.ParameterDeclaration, file: ts.SourceFile, edits: Edits): void {
  const comma = /^\s*,/.exec(file.text.slice(node.end))
  edits.blank(node.getStart(file), node.end + (comma?.[0].length ?? 0))
}

function eraseField(node: ts.PropertyDeclaration, file: ts.SourceFile, edits: Edits): void {
  eraseModifiers(node, file, edits)
  eraseAnnotation(node.name, node.type ?? node.questionToken ?? node.exclamationToken, edits)
}

function eraseClassHead(node: ts.ClassLikeDeclaration, file: ts.SourceFile, edits: Edits): void {
  for (const modifier of modifiersOf(node)) if (TYPE_MODIFIERS.has(modifier.kind)) edits.blank(modifier.getStart(file), modifier.end)
  eraseTypeParameters(node, node.typeParameters, file, edits)
}

/** A blanked first modifier becomes `;`: what follows may start with `[` or `*` and would join the member before. */
function eraseModifiers(node: ts.Node, file: ts.SourceFile, edits: Edits): void {
  modifiersOf(node).forEach((modifier, index) => {
    if (!TYPE_MODIFIERS.has(modifier.kind)) return
    edits.blank(modifier.getStart(file), modifier.end)
    if (index === 0) edits.overwrite(modifier.getStart(file), ';')
  })
}

function eraseSignature(node: FunctionNode, file: ts.SourceFile, edits: Edits): void {
  if (ts.isClassElement(node)) eraseModifiers(node, file, edits)
  if (ts.isMethodDeclaration(node) && node.questionToken) edits.blank(node.questionToken.getStart(file), node.questionToken.end)
  if (ts.isArrowFunction(node)) keepArrowOnItsLines(node, file, edits)
  if (node.type && !ts.isArrowFunction(node)) edits.blank(closingParen(node, file).end, node.type.end)
  eraseTypeParameters(node, node.typeParameters, file, edits)
}

/** No line end may stand between `)` and `=>`, nor between `return` and `(`: parentheses move to where the type ended or began. */
function keepArrowOnItsLines(node: ts.ArrowFunction, file: ts.SourceFile, edits: Edits): void {
  if (node.typeParameters) {
    const open = tokenOf(node, ts.SyntaxKind.OpenParenToken, file)
    const start = node.typeParameters.pos - 1
    if (open && hasLineEnd(file.text, start, open.end)) { edits.open(start, '('); edits.blank(open.getStart(file), open.end) }
  }
  if (!node.type) return
  const close = closingParen(node, file)
  edits.blank(close.end, node.type.end)
  if (!hasLineEnd(file.text, close.end, node.type.end)) return
  edits.blank(close.getStart(file), close.end)
  edits.close(node.type.end, ')')
}

function closingParen(node: ts.Node, file: ts.SourceFile): ts.Node {
  const token = tokenOf(node, ts.SyntaxKind.CloseParenToken, file)
  if (!token) throw new Error('a signature with a return type has a closing parenthesis')
  return token
}

function eraseAssertion(node: ts.TypeAssertion, edits: Edits, file: ts.SourceFile): void {
  const start = node.getStart(file)
  edits.blank(start, node.expression.getFullStart())
  edits.overwrite(start, '(')
  edits.close(node.end, ')')
}

function eraseTypeArguments(node: ts.Node, file: ts.SourceFile, edits: Edits): void {
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isExpressionWithTypeArguments(node)) {
    eraseTypeParameters(node, node.typeArguments, file, edits)
  }
}

/** `<...>` of a list that the tree gives without its brackets. */
function eraseTypeParameters(node: ts.Node, list: ts.NodeArray<ts.Node> | undefined, file: ts.SourceFile, edits: Edits): void {
  const closing = list && tokenOf(node, ts.SyntaxKind.GreaterThanToken, file)
  if (closing) edits.blank(list.pos - 1, closing.end)
}

function hasLineEnd(text: string, from: number, to: number): boolean {
  return /[\n\r\u2028\u2029]/.test(text.slice(from, to))
}

