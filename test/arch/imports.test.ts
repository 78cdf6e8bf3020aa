import { expect, test } from 'vitest'
import { LAW } from './import-law'
import { importsOf, resolveImport, typescriptSources } from './sources'
import type { Import } from './sources'

/** Why this import is against the law; undefined when it isn't. */
function offence(path: string, { specifier, typeOnly, line }: Import): string | undefined {
  const rule = LAW.find(({ from }) => from.test(path))
  const where = `${path}:${line} imports ${typeOnly ? 'types of ' : ''}${specifier}`
  if (rule === undefined) return `${where}, but no rule covers ${path}`
  if (specifier === 'reclaim-lab') return fits(rule.values, 'plugins/api/index.ts') || rule.from.test('plugins/api/index.ts') ? undefined : where
  if (!specifier.startsWith('.')) return allowsPackage(rule.packages ?? [], specifier) || (typeOnly && allowsPackage(rule.typePackages ?? [], specifier)) ? undefined : where
  const target = resolveImport(path, specifier)
  if (target === undefined) return `${where}, which is no file`
  return fits(rule.values, target) || (typeOnly && fits(rule.types ?? [], target)) ? undefined : where
}

function fits(patterns: readonly RegExp[], path: string): boolean {
  return patterns.some((pattern) => pattern.test(path))
}

function allowsPackage(packages: readonly string[], specifier: string): boolean {
  return packages.some((name) => name === '*' || (name === 'node:' ? specifier.startsWith('node:') : specifier === name || specifier.startsWith(`${name}/`)))
}

test('every import keeps the law', () => {
  expect(typescriptSources().flatMap((source) => source.imports.map((one) => offence(source.path, one)).filter((text) => text !== undefined))).toEqual([])
})

test('every rule of the law has files it is about', () => {
  const paths = typescriptSources().map(({ path }) => path)
  expect(LAW.filter((_, i) => !paths.some((path) => LAW.findIndex(({ from }) => from.test(path)) === i)).map(({ from }) => String(from))).toEqual([])
})

test.each<[string, string]>([
  ['main/engine/core/rng.ts', "import { x } from '../mm/folio'"],
  ['main/engine/core/columns.ts', "import type { Series } from '../sim/recording'"],
  ['main/engine/mm/mm.ts', "import { createDisk } from '../device/disk'"],
  ['main/engine/mm/folio.ts', "import { readFileSync } from 'node:fs'"],
  ['main/engine/index.ts', "export * from '../lab/lab'"],
  ['main/lab/lab.ts', "import { app } from 'electron'"],
  ['main/hosts/loopback.ts', "import { app } from 'electron'"],
  ['main/lab/lab.ts', "const x = await import('electron')"],
  ['main/lab/lab.ts', "const x = require('electron')"],
  ['main/lab/lab.ts', "import { serveLoopback } from '../hosts/loopback'"],
  ['main/store/store.ts', "import type { Rng } from '../engine/core/rng'"],
  ['preload/contract.ts', "import type { Series } from '../main/engine/sim/recording'"],
  ['preload/index.ts', "import { readFileSync } from 'node:fs'"],
  ['renderer/main.tsx', "import { encode } from '../preload/wire'"],
  ['renderer/main.tsx', "import type { Lab } from '../main/lab/lab-types'"],
  ['renderer/main.tsx', "import { ipcRenderer } from 'electron'"],
  ['plugins/policies/a.ts', "import kernel from '../kernels/linux-6.1'"],
  ['plugins/api/index.ts', "import { clock } from '../../main/engine/core/clock'"],
  ['main/lab/lab.ts', "import { fakeLab } from '../../test/hosts/fake-lab'"],
  ['main/lab/lab.ts', "type A = import('../hosts/loopback').Loopback"],
])('the law forbids: %s %s', (path, text) => {
  const [one] = importsOf(path, text)
  expect(one).toBeDefined()
  expect(offence(path, one)).toBeDefined()
})

test.each<[string, string]>([
  ['main/engine/mm/folio.ts', "import type { Scenario } from '../sim/scenario'"],
  ['main/engine/mm/mm.ts', "import type { BlockLayer } from '../device/block-layer'"],
  ['main/hosts/electron-runner.ts', "import type { utilityProcess } from 'electron'"],
  ['preload/contract.ts', "import type { Scenario } from '../main/engine/sim/contract-types'"],
  ['plugins/policies/a.ts', "import { definePolicy } from 'reclaim-lab'"],
  ['renderer/main.tsx', "import type { LabApi } from '../preload/contract'"],
])('the law allows: %s %s', (path, text) => {
  const [one] = importsOf(path, text)
  expect(offence(path, one)).toBeUndefined()
})

test('no values are imported in circles', () => {
  const sources = typescriptSources().filter(({ path }) => !path.startsWith('test/'))
  const imported = new Map(sources.map(({ path, imports }) => [path, imports.filter(({ typeOnly, specifier }) => !typeOnly && specifier.startsWith('.')).map(({ specifier }) => resolveImport(path, specifier) ?? '')]))
  expect(circles(imported)).toEqual([])
})

test('a circle of imports is found, and named', () => {
  expect(circles(new Map([['a', ['b', 'd']], ['b', ['c']], ['c', ['a']], ['d', []]]))).toEqual(['a -> b -> c -> a'])
})

/** Every way round that a walk along the imports comes back to a file it is in. */
function circles(imported: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const walk = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path].join(' -> '))
    if (way.includes(path) || done.has(path)) return
    for (const next of imported.get(path) ?? []) walk(next, [...way, path])
    done.add(path)
  }
  for (const path of imported.keys()) walk(path, [])
  return found
}
