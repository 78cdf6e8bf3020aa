import { expect, test } from 'vitest'
import ts from 'typescript'
import { HOOKS } from 'reclaim-lab'
import { rollApiTypes } from '../../main/compile/api-types'
import { readSource, listSources } from '../../main/compile/sources'
import { guestLib } from '../../main/compile/guest-lib'

function diagnosticsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, strict: true, noEmit: true, noLib: true, types: [] }
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost(options),
    getSourceFile: (name, target) => (files[name] === undefined ? undefined : ts.createSourceFile(name, files[name], target)),
    fileExists: name => files[name] !== undefined,
    readFile: name => files[name],
    getCurrentDirectory: () => '/',
  }
  const program = ts.createProgram(Object.keys(files), options, host)
  return ts.getPreEmitDiagnostics(program).map(diagnostic => `${diagnostic.file?.fileName}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`)
}

test('the roll-up is a valid declaration on its own, without lib checks skipped', () => {
  expect(diagnosticsOf({ '/lib.d.ts': guestLib(), '/api.d.ts': rollApiTypes() })).toEqual([])
})

test('it declares every hook with its documentation, and nothing of the tree it came from', () => {
  const text = rollApiTypes()
  for (const hook of Object.keys(HOOKS)) expect(text).toMatch(new RegExp(`\\*/\\s+${hook}\\(`))
  expect(text).toContain('Kernel: mm/vmscan.c:get_scan_count.')
  expect(text).not.toMatch(/from '\.\//)
  expect(text.match(/declare module/g)).toHaveLength(1)
})

test('it still rejects what the API rejects', () => {
  const policy = 'import { definePolicy } from \'reclaim-lab\'\nexport default definePolicy({ api: 2, name: \'x\' })\n'
  const found = diagnosticsOf({ '/lib.d.ts': guestLib(), '/api.d.ts': rollApiTypes(), '/policy.ts': policy })
  expect(found).toHaveLength(1)
  expect(found[0]).toContain('Type \'2\' is not assignable to type \'1\'')
})

test('sources are found by their place in the project', () => {
  expect(listSources('plugins/policies')).toContain('plugins/policies/skeleton.ts')
  expect(readSource('plugins/api/hooks.ts')).toContain('export interface Hooks<K>')
  expect(() => readSource('plugins/nothing.ts')).toThrow(/no source plugins\/nothing\.ts/)
})
