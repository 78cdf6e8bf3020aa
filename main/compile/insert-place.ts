/** What may be inserted at a cursor: a member of the definition, of its `hooks` or its `params`. By the syntax tree alone, which is there in the middle of typing. */
import ts from 'typescript'
import type { InsertPlace, SnippetPlace, TextPlace } from '../../preload/contract'
import { MAX_CHARACTERS, tooDeep } from './compile-policy'
import { API_MODULE } from './guest-globals'
import { definitionOf, nameOf, objectNamed } from './hook-code'
import { unlessTooDeep } from './syntax'

export function insertPlace(text: string, offset: number): InsertPlace | null {
  if (text.length > MAX_CHARACTERS || !(offset >= -1 && offset <= text.length)) return null
  return unlessTooDeep(() => placeIn(text, offset), null)
}

function placeIn(text: string, offset: number): InsertPlace | null {
  const file = ts.createSourceFile('policy.ts', text, ts.ScriptTarget.ES2023, true)
  const definition = tooDeep(file) ? undefined : definitionOf(file)
  if (!definition) return null
  if (offset < 0) return endOfHooks(definition, file)
  const objects: readonly (readonly [SnippetPlace, ts.ObjectLiteralExpression | undefined])[] = [['hooks', objectNamed(definition, 'hooks')], ['params', objectNamed(definition, 'params')], ['policy', definition]]
  for (const [place, object] of objects) {
    const found = object && isFree(object, offset, file) ? describe(place, object, offset, file) : undefined
    if (found) return found
  }
  return null
}

function endOfHooks(definition: ts.ObjectLiteralExpression, file: ts.SourceFile): InsertPlace | null {
  const hooks = objectNamed(definition, 'hooks')
  if (!hooks) return null
  const last = hooks.properties.at(-1)
  const comma = last && /^(?:\s|\/\*[\s\S]*?\*\/|\/\/.*\n)*,/.exec(file.text.slice(last.end, hooks.end))
  return describe('hooks', hooks, last ? last.end + (comma?.[0].length ?? 0) : hooks.getStart(file) + 1, file)
}

/** Between two members, or at a name that is being typed. */
function isFree(object: ts.ObjectLiteralExpression, offset: number, file: ts.SourceFile): boolean {
  const closed = file.text[object.end - 1] === '}' && object.getLastToken(file)?.kind === ts.SyntaxKind.CloseBraceToken
  if (offset <= object.getStart(file) || (closed ? offset >= object.end : offset > object.end) || inComment(offset, object, file)) return false
  const at = object.properties.find((member) => offset >= member.getStart(file) && offset <= member.end)
  return at === undefined ? !wantsValue(object, offset) : isBeingTyped(at, offset, file)
}

/** After `scanBalance:` comes what it is. */
function wantsValue(object: ts.ObjectLiteralExpression, offset: number): boolean {
  const before = object.properties.filter((member) => member.pos < offset).at(-1)
  return before !== undefined && ts.isPropertyAssignment(before) && before.initializer.getWidth() === 0
}

/** A bare name, or one whose value is not written yet: `scan` and not `scanBalance: …`. */
function isBeingTyped(member: ts.ObjectLiteralElementLike, offset: number, file: ts.SourceFile): boolean {
  return ts.isShorthandPropertyAssignment(member) && offset <= member.name.end && offset >= member.name.getStart(file)
}

function inComment(offset: number, object: ts.ObjectLiteralExpression, file: ts.SourceFile): boolean {
  const ranges = [...object.properties.flatMap((member) => [...ts.getLeadingCommentRanges(file.text, member.pos) ?? [], ...ts.getTrailingCommentRanges(file.text, member.end) ?? []]), ...ts.getLeadingCommentRanges(file.text, object.properties.end) ?? [],
    ...ts.getTrailingCommentRanges(file.text, object.properties.end) ?? [], ...ts.getTrailingCommentRanges(file.text, object.getStart(file) + 1) ?? []]
  return ranges.some(({ pos, end, kind }) => offset > pos && (offset < end || (kind === ts.SyntaxKind.SingleLineCommentTrivia && offset === end)))
}

function describe(place: SnippetPlace, object: ts.ObjectLiteralExpression, offset: number, file: ts.SourceFile): InsertPlace {
  const typed = object.properties.find((member) => offset >= member.getStart(file) && offset <= member.end && isBeingTyped(member, offset, file))
  const before = object.properties.filter((member) => member !== typed && member.end <= offset).at(-1)
  const comma = before && !/^(\s|\/\*[\s\S]*?\*\/|\/\/.*\n)*,/.test(file.text.slice(before.end, typed?.getStart(file) ?? offset)) ? { comma: placeAt(before.end, file) } : {}
  return { place, at: placeAt(offset, file), present: object.properties.flatMap((member) => (member === typed ? [] : nameOf(member) ?? [])), ...comma, ...importsAt(file) }
}

function importsAt(file: ts.SourceFile): Pick<InsertPlace, 'imports'> {
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier) || statement.moduleSpecifier.text !== API_MODULE) continue
    const { importClause } = statement
    const bindings = importClause?.namedBindings
    if (importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || !bindings || !ts.isNamedImports(bindings) || bindings.elements.length === 0) continue
    return { imports: { names: bindings.elements.map((one) => (one.propertyName ?? one.name).text), end: placeAt(bindings.elements[bindings.elements.length - 1].end, file) } }
  }
  return {}
}

function placeAt(offset: number, file: ts.SourceFile): TextPlace {
  const { line, character } = file.getLineAndCharacterOfPosition(offset)
  return { line: line + 1, column: character + 1 }
}
