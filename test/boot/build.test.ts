import { rmSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildIfStale, hashSources } from '../../main/boot/build.mjs'
import { put, temporaryFolder } from './temporary'

const SOURCES = { 'main/index.ts': '1', 'main/hosts/a.ts': '2', 'preload/index.ts': '3', 'renderer/main.tsx': '4', 'plugins/api/index.ts': '5', 'package.json': '{}', 'electron.vite.config.ts': '' }

interface Project { readonly folder: string; builds: number; make(): Promise<boolean> }

/** A project whose build writes one bundle of each kind. */
function project(): Project {
  const made: Project = {
    folder: temporaryFolder(SOURCES),
    builds: 0,
    make: () => buildIfStale({ folder: made.folder, say: () => undefined, build: (folder: string) => {
      made.builds++
      for (const bundle of ['main/index.js', 'main/chunks/c.js', 'preload/index.cjs', 'renderer/index.html']) put(folder, `out/${bundle}`, 'built')
      return Promise.resolve()
    } }),
  }
  return made
}

test('it builds what was never built, and then no more', async () => {
  const it = project()
  expect([await it.make(), await it.make(), await it.make()]).toEqual([true, false, false])
  expect(it.builds).toBe(1)
})

test.each<[string, (folder: string) => void]>([
  ['a changed source', (folder) => writeFileSync(join(folder, 'main/index.ts'), 'other')],
  ['a changed source with an old time, as git checkout or cp -p leaves it', (folder) => {
    writeFileSync(join(folder, 'plugins/api/index.ts'), '6')
    utimesSync(join(folder, 'plugins/api/index.ts'), 0, 0)
  }],
  ['a new source', (folder) => void put(folder, 'renderer/charts/new.tsx', '')],
  ['a deleted source', (folder) => rmSync(join(folder, 'main/hosts/a.ts'))],
  ['a renamed source', (folder) => renameSync(join(folder, 'main/hosts/a.ts'), join(folder, 'main/hosts/b.ts'))],
  ['changed dependencies', (folder) => void put(folder, 'package-lock.json', '{}')],
  ['a deleted bundle', (folder) => rmSync(join(folder, 'out/main/chunks/c.js'))],
  ['a cut-off bundle', (folder) => writeFileSync(join(folder, 'out/main/index.js'), '')],
  ['a broken stamp', (folder) => writeFileSync(join(folder, 'out/stamp.json'), '{')],
])('%s makes it build again', async (_, change) => {
  const it = project()
  await it.make()
  change(it.folder)
  expect([await it.make(), await it.make()]).toEqual([true, false])
})

test.each<[string, (folder: string) => void]>([
  ['a touched source', (folder) => utimesSync(join(folder, 'main/index.ts'), 4e9, 4e9)],
  ['an editor’s swap file', (folder) => void put(folder, 'main/.index.ts.swp', 'x')],
  ['a test', (folder) => void put(folder, 'test/a.test.ts', 'x')],
])('%s does not', async (_, change) => {
  const it = project()
  await it.make()
  change(it.folder)
  expect(await it.make()).toBe(false)
})

test('content moved between files is a change', () => {
  const hash = (files: Record<string, string>): string => hashSources(temporaryFolder(files))
  expect(hash({ 'main/a.ts': 'xy', 'main/b.ts': '' })).not.toBe(hash({ 'main/a.ts': 'x', 'main/b.ts': 'y' }))
})

test('a failed build is none', async () => {
  const it = project()
  await expect(buildIfStale({ folder: it.folder, say: () => undefined, build: () => Promise.reject(new Error('no')) })).rejects.toThrow('no')
  expect(await it.make()).toBe(true)
})

test('two starts at once build one after the other, and the second finds it done', async () => {
  const it = project()
  expect((await Promise.all([it.make(), it.make(), it.make()])).sort()).toEqual([false, false, true])
  expect(it.builds).toBe(1)
})

test('the lock of a builder that is gone is no obstacle', async () => {
  const it = project()
  put(it.folder, 'out/.build-lock', '999999999')
  expect(await it.make()).toBe(true)
})
