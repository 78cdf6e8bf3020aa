/**
 * Sorts what TypeScript says about a policy into errors (it can't run: syntax, names that don't exist) and warnings (types; Run is allowed, because answers are
 * checked), and words it for people who may not know compilers.
 */
import ts from 'typescript'
import type { Problem } from '../../preload/contract'
import { missingName } from './bans'
import type { Finding } from './bans'

const MAX_PROBLEMS = 100
/** Of a file with more faults than anybody reads, only so many are looked at closely: each look goes through the tree. */
const MAX_LOOKS = 1_000

/** A value is used that nothing declares: "cannot find name", with its hints for browsers and Node, "only refers to a type" and "can't extend an interface". */
const MISSING_VALUE: ReadonlySet<number> = new Set([2304, 2552, 2580, 2581, 2582, 2583, 2584, 2585, 2591, 2592, 2593, 2689, 2693, 2868, 18004])

/** Said better by bans.ts, at the same place or one nearby. */
const SAID_ELSEWHERE: ReadonlySet<number> = new Set([1294, 2307, 2792, 1375, 1378, 1308, 1103, 1343, 2354, 2468, 2318, 2705, 2697, 1055, 1064, 2712, 1192, 1108, 1259, 2854])

export interface Problems { readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] }

export function sortProblems(name: string, file: ts.SourceFile, syntactic: readonly ts.Diagnostic[], semantic: readonly ts.Diagnostic[], bans: readonly Finding[], inexact: readonly Finding[]): Problems {
  if (syntactic.length > 0) return { errors: inOrder(syntactic.map(diagnostic => problemOf(name, file, diagnostic))), warnings: [] }
  const errors = bans.map(finding => findingProblem(name, file, finding))
  const warnings = inexact.map(finding => findingProblem(name, file, finding))
  const covering = bans.filter(ban => isMember(ban.at)).slice(0, MAX_LOOKS)
  for (const diagnostic of semantic.slice(0, MAX_LOOKS)) {
    if (SAID_ELSEWHERE.has(diagnostic.code) || covering.some(ban => covers(ban.at, file, diagnostic.start))) continue
    const missing = missingValue(file, diagnostic)
    if (missing) errors.push({ ...problemOf(name, file, diagnostic), message: missing })
    else (diagnostic.code < 2000 ? errors : warnings).push(problemOf(name, file, diagnostic))
  }
  return { errors: inOrder(errors), warnings: inOrder(warnings) }
}

function isMember(node: ts.Node): boolean {
  return ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)
}

/** The ban of a member (`Math.random`) says it better than the checker does. */
function covers(node: ts.Node, file: ts.SourceFile, position: number | undefined): boolean {
  return position !== undefined && node.getStart(file) <= position && position < node.end
}

function missingValue(file: ts.SourceFile, diagnostic: ts.Diagnostic): string | undefined {
  if (!MISSING_VALUE.has(diagnostic.code) || diagnostic.start === undefined || diagnostic.length === undefined) return undefined
  return isInType(file, diagnostic.start) ? undefined : missingName(file.text.slice(diagnostic.start, diagnostic.start + diagnostic.length))
}

/** A type's name that nothing declares is blanked with its type: no more than a warning. */
function isInType(file: ts.SourceFile, position: number): boolean {
  for (let node = deepestAt(file, position); !ts.isSourceFile(node); node = node.parent) {
    // What a class extends is a value, though the tree calls it a type; what an interface extends is one.
    if (ts.isExpressionWithTypeArguments(node) && ts.isHeritageClause(node.parent) && node.parent.token === ts.SyntaxKind.ExtendsKeyword && ts.isClassLike(node.parent.parent)) return false
    if (ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node)) return true
    if (ts.isStatement(node)) return false
  }
  return false
}

function deepestAt(file: ts.SourceFile, position: number): ts.Node {
  let node: ts.Node = file
  for (;;) {
    const child: ts.Node | undefined = ts.forEachChild(node, candidate => (candidate.getStart(file) <= position && position < candidate.end ? candidate : undefined))
    if (!child) return node
    node = child
  }
}

function problemOf(name: string, file: ts.SourceFile, diagnostic: ts.Diagnostic): Problem {
  return problemAt(name, file, diagnostic.start ?? 0, ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
}

function findingProblem(name: string, file: ts.SourceFile, finding: Finding): Problem {
  return problemAt(name, file, finding.at === file ? 0 : finding.at.getStart(file), finding.message)
}

function problemAt(name: string, file: ts.SourceFile, position: number, message: string): Problem {
  const { line, character } = file.getLineAndCharacterOfPosition(position)
  return { path: `${name}:${line + 1}`, message, line: line + 1, column: character + 1 }
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  return problems
    .filter(problem => { const key = `${problem.line}:${problem.column}:${problem.message}`; return !seen.has(key) && seen.add(key) })
    .sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))
    .slice(0, MAX_PROBLEMS)
}
