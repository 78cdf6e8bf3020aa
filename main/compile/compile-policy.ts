/** One policy's text -> checked, transformed script. Runs in the compile service's thread; nothing that a person wrote makes it throw. */
import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import ts from 'typescript'
import type { Problem } from '../../preload/contract'
import { findBans, findInexact } from './bans'
import type { CompileResult } from './compile-types'
import { sortProblems } from './diagnostics'
import type { Problems } from './diagnostics'
import { createChecker } from './language-service'
import type { Checker } from './language-service'
import { transform } from './transform'

/** Raise it with every change of the transform: results cached under the old number are not taken for new ones. */
const COMPILER_VERSION = '2'
export const MAX_CHARACTERS = 512 * 1024
/** Levels of the syntax tree; what people write has some dozens. Deeper ones take the checker minutes, or its stack. */
const MAX_LEVELS = 2_000

export type CompilePolicy = (file: string, text: string) => CompileResult

export function createCompiler(check: Checker = createChecker()): CompilePolicy {
  return (file, text) => {
    const start = performance.now()
    const { code, errors, warnings } = unreadable(file, text) ?? compileText(check, file, text)
    return { ok: errors.length === 0, file, code, hash: hashOf(text), errors, warnings, ms: performance.now() - start }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(COMPILER_VERSION).update('\0').update(text).digest('hex')
}

interface Compiled extends Problems { readonly code: string }

function compileText(check: Checker, name: string, text: string): Compiled {
  try {
    const { file, syntactic, semantic } = check(text)
    const deep = tooDeep(file)
    if (deep) return refused(name, `this is nested more than ${MAX_LEVELS} levels deep`, lineAt(file, deep))
    const wrongSyntax = syntactic()
    const problems = sortProblems(name, file, wrongSyntax, wrongSyntax.length > 0 ? [] : semantic(), findBans(file), findInexact(file))
    if (problems.errors.length > 0) return { code: '', ...problems }
    const code = transform(file)
    const wrong = rejected(name, code)
    return wrong ? { code: '', errors: [wrong], warnings: problems.warnings } : { code, ...problems }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return refused(name, 'this file is nested too deeply to be read')
  }
}

/** The first node that is too deep; found without recursion. */
export function tooDeep(file: ts.SourceFile): ts.Node | undefined {
  let level: ts.Node[] = [file]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) return level[0]
    const next: ts.Node[] = []
    for (const node of level) ts.forEachChild(node, child => { next.push(child) })
    level = next
  }
  return undefined
}

function lineAt(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.end).line + 1
}

/** Rules of the language that TypeScript doesn't check. */
function rejected(name: string, code: string): Problem | undefined {
  try {
    new Script(`(function(){'use strict';${code}\n})`, { filename: 'policy' })
    return undefined
  } catch (error) {
    const line = Number(/policy:(\d+)/.exec(error instanceof Error ? (error.stack ?? '') : '')?.[1] ?? 1)
    return { path: `${name}:${line}`, message: error instanceof Error ? error.message : String(error), line, column: 1 }
  }
}

function unreadable(name: string, text: string): Compiled | undefined {
  if (text.length > MAX_CHARACTERS) return refused(name, `this file has ${text.length} characters; at most ${MAX_CHARACTERS} are read`)
  if (text.includes('\0')) return refused(name, 'this is not a text file: it holds zero bytes')
  if (text.trim() === '') return refused(name, 'this file is empty; a policy needs `export default definePolicy({ ... })`')
  return undefined
}

function refused(name: string, message: string, line = 1): Compiled {
  return { code: '', errors: [{ path: `${name}:${line}`, message, line, column: 1 }], warnings: [] }
}
