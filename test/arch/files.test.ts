import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, projectFiles } from './sources'

const files = projectFiles().map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
const code = files.filter(({ path }) => /\.(ts|tsx|mjs|js)$/.test(path))

test('no file is longer than 450 lines', () => {
  expect(code.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 })).filter(({ lines }) => lines > 450)).toEqual([])
})

test('files are named in kebab-case', () => {
  const names = code.filter(({ path }) => path.includes('/')).map(({ path }) => basename(path))
  expect(names.filter((name) => !/^[a-z0-9]+([-.][a-z0-9]+)*\.(ts|tsx|mjs|js)$/.test(name))).toEqual([])
})

test('every source file opens by saying what it is', () => {
  const silent = code.filter(({ path, text }) => !path.startsWith('test/') && !/^(#!.*\n)?\s*(\/\*\*|\/\/)/.test(text))
  expect(silent.map(({ path }) => path)).toEqual([])
})

/** Written in pieces, or this file would be the first offender. */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['a path of the machine it was written on', new RegExp(['/wo', 'rk/'].join(''))],
  ['a path of the machine it was written on', new RegExp(['\\.\\./sha', 'red/'].join(''))],
  ['a path of the machine it was written on', new RegExp(['\\.lib', 'rary/'].join(''))],
  ["a registry's host", new RegExp(['registry\\.npm', 'js\\.org|registry\\.yarn', 'pkg\\.com|npm', 'mirror\\.com'].join(''))],
  ['a suppressed type error', new RegExp(['^\\s*(//|/\\*)\\s*@ts-', '(ignore|nocheck)'].join(''))],
  ['a focused test', new RegExp(['\\b(test|it|describe)\\.', 'only\\('].join(''))],
]

test.each(FORBIDDEN)('no file holds %s (%s)', (_, pattern) => {
  expect(files.flatMap(({ path, text }) => text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}`] : [])))).toEqual([])
})

test('the lockfile names no registry, and pins Node 24 for every platform that package.json promises', () => {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { readonly packages: Readonly<Record<string, { readonly resolved?: string; readonly link?: boolean; readonly version?: string; readonly integrity?: string }>> }
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly optionalDependencies: Readonly<Record<string, string>> }
  expect(Object.entries(lock.packages).filter(([, { resolved, link }]) => resolved !== undefined && !link).map(([path]) => path)).toEqual([])
  for (const [name, version] of Object.entries(manifest.optionalDependencies)) {
    expect(version).toMatch(/^24\.\d+\.\d+$/)
    expect(lock.packages[`node_modules/${name}`]).toMatchObject({ version, integrity: expect.stringMatching(/^sha512-/) as string })
  }
})
