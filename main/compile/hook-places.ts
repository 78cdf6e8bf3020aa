/** Where a policy's text names hooks: in its own `hooks`, and where it asks the base. By what names mean to the type checker, so that an alias is found and a namesake is not. */
import ts from 'typescript'
import { HOOKS, NOTIFICATIONS } from 'reclaim-lab'
import type { HookPlace } from '../../preload/contract'
import { MAX_CHARACTERS, tooDeep } from './compile-policy'
import { declaredName, definitionOf, hookCode, objectNamed, textWithHelpers } from './hook-code'
import { API_FILE, type Checker } from './language-service'
import { unlessTooDeep } from './syntax'

export function hookPlaces(check: Checker, text: string): readonly HookPlace[] {
  if (text.length > MAX_CHARACTERS) return []
  return unlessTooDeep(() => {
    const { file, types } = check(text)
    return tooDeep(file) ? [] : placesIn(file, types())
  }, [])
}

function placesIn(file: ts.SourceFile, types: ts.TypeChecker): readonly HookPlace[] {
  const found: HookPlace[] = []
  const definition = definitionOf(file)
  const own = definition && objectNamed(definition, 'hooks')
  const visit = (node: ts.Node): void => {
    if (isHookName(node)) {
      const declared = declaredIn(node, types, own)
      if (declared) found.push(...declaredPlaces(node, declared, file))
      else if (isOfApi(askedAt(node, types))) found.push({ ...placeOf(node, node.text, file), use: 'asked' })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function isHookName(node: ts.Node): node is ts.Identifier | ts.StringLiteral {
  return (ts.isIdentifier(node) || ts.isStringLiteral(node)) && (Object.hasOwn(HOOKS, node.text) || Object.hasOwn(NOTIFICATIONS, node.text))
}

/** The object whose member it names, if that is the definition's hooks or is wanted to be a policy's hooks. */
function declaredIn(node: ts.Identifier | ts.StringLiteral, types: ts.TypeChecker, own: ts.ObjectLiteralExpression | undefined): ts.ObjectLiteralExpression | undefined {
  const member = node.parent
  const names = (ts.isPropertyAssignment(member) || ts.isMethodDeclaration(member) || ts.isShorthandPropertyAssignment(member)) && member.name === node
  if (!names || !ts.isObjectLiteralExpression(member.parent)) return undefined
  if (member.parent === own) return own
  const wanted = types.getContextualType(member.parent)
  return isOfApi(wanted && types.getNonNullableType(wanted).getProperty(node.text)) ? member.parent : undefined
}

/** `k.base.scanBalance`, `k.base['scanBalance']`, `const { scanBalance } = k.base`. */
function askedAt(node: ts.Identifier | ts.StringLiteral, types: ts.TypeChecker): ts.Symbol | undefined {
  const { parent } = node
  if ((ts.isPropertyAccessExpression(parent) && parent.name === node) || (ts.isElementAccessExpression(parent) && parent.argumentExpression === node)) return types.getSymbolAtLocation(node)
  const taken = ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && (parent.propertyName ?? parent.name) === node
  return taken ? types.getTypeAtLocation(parent.parent).getProperty(node.text) : undefined
}

function isOfApi(symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some(({ parent }) => ts.isInterfaceDeclaration(parent) && (parent.name.text === 'Hooks' || parent.name.text === 'Notifications') && parent.getSourceFile().fileName === API_FILE) ?? false
}

/** Where it is listed, and where its code is: the same place, or a function of the file. */
function declaredPlaces(node: ts.Identifier | ts.StringLiteral, hooks: ts.ObjectLiteralExpression, file: ts.SourceFile): readonly HookPlace[] {
  const listed = placeOf(node, node.text, file)
  const code = hookCode(hooks, node.text)
  if (!code || code.kind === 'imported') return [{ ...listed, use: 'listed' }]
  const declared = { use: 'declared', endLine: file.getLineAndCharacterOfPosition(code.node.end).line + 1, text: textWithHelpers(code.node) } as const
  if (code.kind === 'inline') return [{ ...listed, ...declared }]
  return [{ ...listed, use: 'listed' }, { ...placeOf(declaredName(code.node), node.text, file), ...declared }]
}

function placeOf(node: ts.Node, hook: string, file: ts.SourceFile): Omit<HookPlace, 'use'> {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart(file))
  return { hook, line: line + 1, column: character + 1, endColumn: character + 1 + node.getWidth(file) }
}
