/**
 * Compiles the fuel meter in: every loop turn and every entry of a function, method, accessor or constructor takes one unit, at the top and on the same line. Below
 * zero each of these throws, again and again, so no try, finally, continue or label can go on: all that is left to run is straight code. Nested calls are counted
 * too (a stack overflow would come at another depth on another machine), and whatever is thrown through a function or caught is shown to the meter first, which
 * lets an overflow of the stack through and spoils the meter: even one that the language itself swallows (an iterator's `return` on the way out of a loop).
 * Simplifications: functions that neither call nor convert anything don't count their depth, since they can't recurse; generators don't either, since their frames
 * outlive their turns. What built-ins do inside (sorting, joining, matching) is not metered: that is left to the watchdog (main/runner/process.ts).
 */
import ts from 'typescript'
import type { Edits } from './edits'
import { isFunctionNode } from './syntax'
import type { FunctionNode } from './syntax'

const TAKE = 'if(--$fuel<0)$fuelOut();'
const TAKE_IN_EXPRESSION = '(--$fuel<0&&$fuelOut(),'
const DEEPER = 'if(++$fuelDepth>$fuelMaxDepth)$fuelDeep();try{'
const SHOWN = '}catch($fuelError){$fuelCaught($fuelError);throw $fuelError}'
const SHALLOWER = `${SHOWN}finally{--$fuelDepth}`

type Loop = ts.IterationStatement

/**
 * Where the policy is, in memory that its killer can read, and where its answer came from. Only where something is called or returned: the rest can't take long between
 * two takes of fuel.
 */
const at = (line: number): string => `$fuelAt[0]=${line}`

/** What opens before the node's children are visited. */
export function openFuel(node: ts.Node, file: ts.SourceFile, edits: Edits, pureMath: boolean): void {
  if (isFunctionNode(node) && node.body) openFunction(node, node.body, file, edits, pureMath)
  else if (ts.isClassStaticBlockDeclaration(node)) edits.open(node.body.getStart(file) + 1, TAKE)
  else if (ts.isIterationStatement(node, false)) openLoop(node, file, edits)
  else if (ts.isCatchClause(node)) openCatch(node, file, edits)
  else if (ts.isReturnStatement(node) && node.expression) edits.open(node.expression.getStart(file), `(${opensAnswer(node.expression, file, pureMath)}`)
  else if (ts.isThrowStatement(node) && node.expression) edits.open(node.expression.getStart(file), `($fuelLine=${lineOf(node, file)},`)
  if (isListed(node) && calls(node, pureMath)) edits.open(node.getStart(file), `${at(lineOf(node, file))};`)
  const initializer = meteredInitializer(node)
  if (initializer) edits.open(initializer.getStart(file), TAKE_IN_EXPRESSION)
}

/** What closes after them. */
export function closeFuel(node: ts.Node, file: ts.SourceFile, edits: Edits, pureMath: boolean): void {
  const initializer = meteredInitializer(node)
  if (initializer) edits.close(initializer.end, ')')
  if (isFunctionNode(node) && node.body) closeFunction(node, node.body, file, edits, pureMath)
  else if (ts.isIterationStatement(node, false)) closeLoop(node, edits)
  else if (ts.isCatchClause(node)) closeCatch(node, edits)
  else if (ts.isTryStatement(node) && !node.catchClause) edits.close(node.tryBlock.end, 'catch($fuelError){$fuelCaught($fuelError);throw $fuelError}')
  else if (ts.isReturnStatement(node) && node.expression) edits.close(node.expression.end, `${closesAnswer(node.expression, file, pureMath)})`)
  else if (ts.isThrowStatement(node) && node.expression) edits.close(node.expression.end, ')')
}

function openFunction(node: FunctionNode, body: ts.ConciseBody, file: ts.SourceFile, edits: Edits, pureMath: boolean): void {
  const [before, after] = around(node, pureMath)
  // Nothing stands between the braces of an empty body, so both go in at once.
  if (ts.isBlock(body)) edits.open(body.getStart(file) + 1, isEmpty(body, file) ? before + after : before)
  else edits.open(body.getStart(file), after ? `{${before}${at(lineOf(body, file))};return(${opensAnswer(body, file, pureMath)}` : `${TAKE_IN_EXPRESSION}${at(lineOf(body, file))},`)
}

function closeFunction(node: FunctionNode, body: ts.ConciseBody, file: ts.SourceFile, edits: Edits, pureMath: boolean): void {
  const [, after] = around(node, pureMath)
  if (!ts.isBlock(body)) edits.close(body.end, after ? `${closesAnswer(body, file, pureMath)})${after}}` : ')')
  else if (after && !isEmpty(body, file)) edits.close(body.end - 1, after)
}

/** What goes before and after a function's body. */
function around(node: FunctionNode, pureMath: boolean): readonly [string, string] {
  if (isGenerator(node)) return [`${TAKE}try{`, SHOWN]
  return canNest(node, pureMath) ? [TAKE + DEEPER, SHALLOWER] : [TAKE, '']
}

function isEmpty(body: ts.Block, file: ts.SourceFile): boolean {
  return body.getStart(file) + 1 === body.end - 1
}

/** An answer that calls functions moves the line, so it is set again after them. A bare class or function takes no detour through a name, which it would keep. */
function keepsAnswer(value: ts.Expression, pureMath: boolean): boolean {
  return calls(value, pureMath) && !ts.isClassExpression(value)
}

function opensAnswer(value: ts.Expression, file: ts.SourceFile, pureMath: boolean): string {
  return keepsAnswer(value, pureMath) ? '$fuelBack=' : `${at(lineOf(value, file))},`
}

function closesAnswer(value: ts.Expression, file: ts.SourceFile, pureMath: boolean): string {
  return keepsAnswer(value, pureMath) ? `,${at(lineOf(value, file))},$fuelBack` : ''
}

function isGenerator(node: FunctionNode): boolean {
  return 'asteriskToken' in node && node.asteriskToken !== undefined
}

/** Could a call of this be inside another call of it? */
function canNest(node: FunctionNode, pureMath: boolean): boolean {
  const reenters = (part: ts.Node): boolean => calls(part, pureMath) || converts(part)
  return ts.isAccessor(node) || node.parameters.some(reenters) || (node.body !== undefined && reenters(node.body))
}

/** Does running this (nested functions aside) run another function that the policy could have written? */
function calls(node: ts.Node, pureMath: boolean): boolean {
  if (isFunctionNode(node) || ts.isTypeNode(node)) return false
  if (ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isForOfStatement(node) || ts.isSpreadElement(node)) return true
  if (ts.isArrayBindingPattern(node) || ts.isClassLike(node)) return true
  if (ts.isCallExpression(node) && !(pureMath && isMathCall(node))) return true
  return ts.forEachChild(node, child => calls(child, pureMath) || undefined) ?? false
}

/** Compare, choose or store without asking an operand for its primitive value. */
const PLAIN_OPERATORS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsToken, ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.CommaToken, ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.AmpersandAmpersandEqualsToken, ts.SyntaxKind.BarBarEqualsToken, ts.SyntaxKind.QuestionQuestionEqualsToken,
])

/** May running this ask an object for its primitive value, and so call a `valueOf`, `toString` or `Symbol.toPrimitive` of the policy's? */
function converts(node: ts.Node): boolean {
  if (isFunctionNode(node) || ts.isTypeNode(node)) return false
  if (ts.isBinaryExpression(node) && !PLAIN_OPERATORS.has(node.operatorToken.kind)) return true
  if (ts.isPostfixUnaryExpression(node) || (ts.isPrefixUnaryExpression(node) && node.operator !== ts.SyntaxKind.ExclamationToken)) return true
  if (ts.isTemplateExpression(node) || ts.isComputedPropertyName(node) || ts.isElementAccessExpression(node)) return true
  return ts.forEachChild(node, child => converts(child) || undefined) ?? false
}

/** `Math.min(a, b)`, where `Math` is the global one. */
function isMathCall(node: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(node.expression) && ts.isIdentifier(node.expression.expression) && node.expression.expression.text === 'Math'
}

function openLoop(node: Loop, file: ts.SourceFile, edits: Edits): void {
  const body = node.statement
  if (ts.isBlock(body)) edits.open(body.getStart(file) + 1, TAKE)
  else edits.open(body.getStart(file), `{${TAKE}${at(lineOf(body, file))};`)
}

/** A statement in a list of statements, before which another may stand. */
function isListed(node: ts.Node): boolean {
  if (!ts.isStatement(node) || ts.isBlock(node) || ts.isFunctionDeclaration(node) || ts.isExportAssignment(node)) return false
  return ts.isBlock(node.parent) || ts.isSourceFile(node.parent) || ts.isCaseOrDefaultClause(node.parent)
}

function closeLoop(node: Loop, edits: Edits): void {
  if (!ts.isBlock(node.statement)) edits.close(node.statement.end, '}')
}

/** `catch {`, `catch (e) {` and `catch ({ message }) {` all show the meter what was caught before anything else. */
function openCatch(clause: ts.CatchClause, file: ts.SourceFile, edits: Edits): void {
  const name = clause.variableDeclaration?.name
  const inside = clause.block.getStart(file) + 1
  if (!name) {
    edits.open(clause.getStart(file) + 'catch'.length, '($fuelError)')
    edits.open(inside, '$fuelCaught($fuelError);')
  } else if (ts.isIdentifier(name)) {
    edits.open(inside, `$fuelCaught(${name.text});`)
  } else {
    edits.open(name.getStart(file), '$fuelError){$fuelCaught($fuelError);let ')
    const closing = clause.getChildren(file).find(child => child.kind === ts.SyntaxKind.CloseParenToken)
    if (closing) edits.overwrite(closing.getStart(file), ' ')
  }
}

function closeCatch(clause: ts.CatchClause, edits: Edits): void {
  const declared = clause.variableDeclaration
  if (!declared || ts.isIdentifier(declared.name)) return
  edits.close(declared.end, '=$fuelError;')
  edits.close(clause.block.end, '}')
}

/** Defaults of parameters and patterns, and class fields, run code without any function's entry. */
function meteredInitializer(node: ts.Node): ts.Expression | undefined {
  if (!ts.isParameter(node) && !ts.isBindingElement(node) && !ts.isPropertyDeclaration(node)) return undefined
  const { initializer } = node
  return initializer && !isPlain(initializer) ? initializer : undefined
}

/** Runs nothing, or takes its name from where it stands (which wrapping would lose). */
function isPlain(node: ts.Expression): boolean {
  return ts.isLiteralExpression(node) || ts.isIdentifier(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isClassExpression(node)
    || [ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.NullKeyword, ts.SyntaxKind.ThisKeyword].includes(node.kind)
}

function lineOf(node: ts.Node, file: ts.SourceFile): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
}
