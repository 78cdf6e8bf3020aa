/** Small questions about TypeScript's syntax tree that erasing, metering and checking share. */
import ts from 'typescript'

export function modifiersOf(node: ts.Node): readonly ts.ModifierLike[] {
  return ts.canHaveModifiers(node) || ts.canHaveDecorators(node) ? (node.modifiers ?? []) : []
}

export function hasModifier(node: ts.Node, kind: ts.SyntaxKind): boolean {
  return modifiersOf(node).some(modifier => modifier.kind === kind)
}

/** The token of this kind directly below `node`. */
export function tokenOf(node: ts.Node, kind: ts.SyntaxKind, file: ts.SourceFile): ts.Node | undefined {
  return node.getChildren(file).find(child => child.kind === kind)
}

/** `this: T` in a parameter list: a type only. */
export function isThisParameter(node: ts.ParameterDeclaration): boolean {
  return ts.isIdentifier(node.name) && node.name.text === 'this'
}

/** Has nothing at run time: types, `declare`d things, overload signatures, abstract members. */
export function isTypeOnly(node: ts.Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isIndexSignatureDeclaration(node)) return true
  if (hasModifier(node, ts.SyntaxKind.DeclareKeyword) || (ts.isClassElement(node) && hasModifier(node, ts.SyntaxKind.AbstractKeyword))) return true
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  return (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node)) && node.body === undefined
}

export type FunctionNode =
  | ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | ts.MethodDeclaration | ts.ConstructorDeclaration | ts.AccessorDeclaration

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isMethodDeclaration(node)
    || ts.isConstructorDeclaration(node) || ts.isAccessor(node)
}

/** Statements that a newline may end; an explicit `;` makes that certain whatever is blanked around them. */
export function endsBySemicolon(node: ts.Node): boolean {
  return ts.isExpressionStatement(node) || ts.isVariableStatement(node) || ts.isReturnStatement(node) || ts.isThrowStatement(node)
    || ts.isBreakOrContinueStatement(node) || ts.isExportAssignment(node) || ts.isPropertyDeclaration(node) || ts.isDoStatement(node) || ts.isDebuggerStatement(node)
}

/** TypeScript's parser and checker recurse: what is nested deeper than the stack allows is answered otherwise. */
export function unlessTooDeep<T>(work: () => T, otherwise: T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) return otherwise
    throw error
  }
}
