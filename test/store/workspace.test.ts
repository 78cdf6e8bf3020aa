import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultWorkspace, openWorkspace } from '../../main/store/workspace'

let folder: string
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'workspace-test-')) })
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a new workspace gets its folders', async () => {
  const path = join(folder, 'deep', 'down')
  expect(await openWorkspace(path)).toEqual({ path, kept: true })
  expect((await readdir(path)).sort()).toEqual(['drafts', 'policies', 'scenarios'])
})

test('a place that cannot be written gives a temporary folder, and says why', async () => {
  await writeFile(join(folder, 'file'), '')
  const opened = await openWorkspace(join(folder, 'file', 'below'))
  expect(opened.kept).toBe(false)
  expect(opened.why).toContain('not a folder')
  expect((await readdir(opened.path)).sort()).toEqual(['drafts', 'policies', 'scenarios'])
  await rm(opened.path, { recursive: true })
})

test('the default place is the one of each system', () => {
  expect(defaultWorkspace({ env: {}, platform: 'linux', home: '/home/u' })).toBe('/home/u/.local/share/reclaim-lab')
  expect(defaultWorkspace({ env: { XDG_DATA_HOME: '/data' }, platform: 'linux', home: '/home/u' })).toBe('/data/reclaim-lab')
  expect(defaultWorkspace({ env: { XDG_DATA_HOME: 'relative' }, platform: 'linux', home: '/home/u' })).toBe('/home/u/.local/share/reclaim-lab')
  expect(defaultWorkspace({ env: {}, platform: 'darwin', home: '/Users/u' })).toBe('/Users/u/Library/Application Support/reclaim-lab')
})
