/**
 * TypeScript's language service, kept warm: ES2023 without what a compartment lacks, the API's declarations, and one policy file that changes. The first check takes
 * about a second (loading, libraries), later ones some tens of ms.
 */
import ts from 'typescript'
import { rollApiTypes } from './api-types'
import { guestLib } from './guest-lib'

const LIB = '/lib.guest.d.ts'
const POLICY = '/policy.ts'

export interface CheckedFile {
  readonly file: ts.SourceFile
  syntactic(): readonly ts.Diagnostic[]
  /** Takes long on types that are made to; asked last. */
  semantic(): readonly ts.Diagnostic[]
  /** What names mean; looks only at what is asked. */
  types(): ts.TypeChecker
}

/** The API's declarations, as diagnostics and symbols name them. */
export const API_FILE = '/reclaim-lab.d.ts'

export type Checker = (text: string) => CheckedFile

export function createChecker(): Checker {
  const fixed = new Map([[LIB, ts.ScriptSnapshot.fromString(guestLib())], [API_FILE, ts.ScriptSnapshot.fromString(rollApiTypes())]])
  let version = 0
  let snapshot = ts.ScriptSnapshot.fromString('')
  const service = ts.createLanguageService(createHost(() => version, name => fixed.get(name) ?? (name === POLICY ? snapshot : undefined)), ts.createDocumentRegistry())
  return text => {
    version++
    snapshot = ts.ScriptSnapshot.fromString(text)
    const program = service.getProgram()
    const file = program?.getSourceFile(POLICY)
    if (!program || !file) throw new Error('the language service lost the policy file')
    return { file, syntactic: () => service.getSyntacticDiagnostics(POLICY), semantic: () => service.getSemanticDiagnostics(POLICY), types: () => program.getTypeChecker() }
  }
}

function createHost(version: () => number, snapshotOf: (name: string) => ts.IScriptSnapshot | undefined): ts.LanguageServiceHost {
  return {
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [LIB, API_FILE, POLICY],
    getScriptVersion: name => (name === POLICY ? String(version()) : '1'),
    getScriptSnapshot: snapshotOf,
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => LIB,
    fileExists: name => snapshotOf(name) !== undefined,
    readFile: name => { const found = snapshotOf(name); return found?.getText(0, found.getLength()) },
  }
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true, noEmit: true, noLib: true, types: [], isolatedModules: true, skipLibCheck: true, allowUnreachableCode: true, allowUnusedLabels: true,
}
