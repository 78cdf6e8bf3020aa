/** Finds words written into the window's code instead of into its messages: text of elements and of the attributes that people read or hear. */
import { expect, test } from 'vitest'
import ts from 'typescript'
import { typescriptSources } from '../arch/sources'

/** Names and signs that are the same in every language. */
const SAME = /^(ms|min|low|high|boost|Reclaim Lab|JSON|config\.json|sysctl -a|managed|\/proc\/[\w/]*|t =|[\d.]+|redis:\/\/[\w.:/]+|vm\.swappiness=[\d.:]+)$/
const READ = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label', 'hint', 'aria-roledescription', 'aria-description'])
/** Messages are where words belong; the page that shows when nothing else does has both languages in itself. */
const EXEMPT = /^renderer\/(i18n\/|app\/fatal\.tsx)/

interface Found { readonly place: string; readonly text: string }

function untranslated(path: string, text: string): readonly Found[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: Found[] = []
  const placeOf = (node: ts.Node): string => `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
  const note = (node: ts.Node, words: string): void => {
    const trimmed = words.trim()
    if (/\p{L}{2}/u.test(trimmed) && !SAME.test(trimmed)) found.push({ place: placeOf(node), text: trimmed })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text)
    if (ts.isJsxAttribute(node) && READ.has(node.name.getText())) for (const literal of literalsOf(node.initializer)) note(node, literal.text)
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) for (const literal of literalsOf(node)) note(node, literal.text)
    if (ts.isJsxExpression(node) && (!ts.isJsxAttribute(node.parent) || READ.has(node.parent.name.getText()))) for (const told of saidByTheLab(node.expression)) found.push({ place: placeOf(node), text: told })
    if (ts.isCallExpression(node) && node.expression.getText() === 'notify' && node.arguments[0]) for (const told of saidByTheLab(node.arguments[0])) found.push({ place: placeOf(node), text: told })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** What the lab says is English: it is shown by way of `told`. The window's own readings of what is typed are in its language already. */
const BY_THE_LAB = /(?<!\b(reading(\.problems\[0\]\?)?|m\.rules))\.(message|error|diagnosis|describe|why)$/

function saidByTheLab(node: ts.Node | undefined): readonly string[] {
  if (node === undefined) return []
  if (ts.isPropertyAccessExpression(node)) return BY_THE_LAB.test(node.getText()) ? [node.getText()] : []
  if (ts.isParenthesizedExpression(node)) return saidByTheLab(node.expression)
  if (ts.isConditionalExpression(node)) return [...saidByTheLab(node.whenTrue), ...saidByTheLab(node.whenFalse)]
  if (ts.isTemplateExpression(node)) return node.templateSpans.flatMap((span) => saidByTheLab(span.expression))
  if (ts.isCallExpression(node) && /\.ejectedAt$/.test(node.expression.getText())) return node.arguments.flatMap(saidByTheLab)
  if (!ts.isBinaryExpression(node)) return []
  const both = [ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken].includes(node.operatorToken.kind)
  return both ? [...saidByTheLab(node.left), ...saidByTheLab(node.right)] : node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ? saidByTheLab(node.right) : []
}

/** String literals that are the value itself, or one side of a choice; not arguments or comparisons. */
function literalsOf(node: ts.Node | undefined): readonly ts.StringLiteral[] {
  if (node === undefined) return []
  if (ts.isStringLiteral(node)) return [node]
  if (ts.isJsxExpression(node)) return literalsOf(node.expression)
  if (ts.isParenthesizedExpression(node)) return literalsOf(node.expression)
  if (ts.isConditionalExpression(node)) return [...literalsOf(node.whenTrue), ...literalsOf(node.whenFalse)]
  if (ts.isBinaryExpression(node) && [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken].includes(node.operatorToken.kind)) return literalsOf(node.right)
  return []
}

test('the window says nothing that its messages don\'t have', () => {
  const sources = typescriptSources().filter(({ path }) => path.startsWith('renderer/') && /\.tsx?$/.test(path) && !EXEMPT.test(path))
  expect(sources.length).toBeGreaterThan(30)
  expect(sources.flatMap(({ path, text }) => untranslated(path, text))).toEqual([])
})

test('it would find them', () => {
  expect(untranslated('x.tsx', '<p title="Hello you">Some words {a ? \'more words\' : m.x}<code>{path}</code></p>').map((one) => one.text)).toEqual(['Hello you', 'Some words', 'more words'])
  expect(untranslated('x.tsx', '<p title={told(a.message)}>{run.error && <b>{run.error}</b>}{told(run.error)}{reading.message}{m.ejectedAt(e.kind, e.message)}</p>; notify(problem.message)').map((one) => one.text)).toEqual(['run.error', 'e.message', 'problem.message'])
  expect(untranslated('x.tsx', '<p className="muted small" key="ab">{m.hello} · {f(\'word\')}<b>JSON</b></p>')).toEqual([])
})
