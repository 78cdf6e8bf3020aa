import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createStore, type Store } from '../../main/store/store'
import { keepText, listVersions } from '../../main/store/versions'

let workspace: string
let store: Store

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'versions-test-'))
  store = await createStore(workspace)
})

afterEach(async () => {
  store.close()
  await rm(workspace, { recursive: true, force: true })
})

async function saved(file: string, text: string, version = ''): Promise<string> {
  const result = await store.save(file, text, version)
  if (!result.ok) throw new Error(result.problems[0].message)
  return result.value.version
}

/** Newest first: why it was kept, and the text. */
async function texts(file: string): Promise<readonly (readonly [string, string])[]> {
  const list = await store.versions(file)
  if (!list.ok) throw new Error(list.problems[0].message)
  return Promise.all(list.value.map(async ({ id, why }) => {
    const text = await store.version(file, id)
    return [why, text.ok ? text.value : text.problems[0].message] as const
  }))
}

test('every saved text is kept, newest first, also after the file was removed', async () => {
  const one = await saved('policies/a.ts', 'one')
  const two = await saved('policies/a.ts', 'two', one)
  await saved('policies/a.ts', 'one', two)
  expect(await texts('policies/a.ts')).toEqual([['saved', 'one'], ['saved', 'two'], ['saved', 'one']])
  await store.remove('policies/a.ts')
  expect(await texts('policies/a.ts')).toHaveLength(3)
  expect(await texts('scenarios/other.json')).toEqual([])
})

test('what something else wrote is kept before a save takes its place', async () => {
  await saved('policies/a.ts', 'mine')
  await writeFile(join(workspace, 'policies/a.ts'), 'theirs')
  const read = await store.read('policies/a.ts')
  await saved('policies/a.ts', 'mine again', read.ok ? read.value.version : '')
  expect(await texts('policies/a.ts')).toEqual([['saved', 'mine again'], ['outside', 'theirs'], ['saved', 'mine']])
})

test('saving the same text again makes no further version; unsaved text is kept when asked', async () => {
  const one = await saved('scenarios/s.json', '{}')
  await saved('scenarios/s.json', '{}', one)
  await store.keepVersion('scenarios/s.json', '{ "half": ')
  await store.keepVersion('scenarios/s.json', '{ "half": ')
  expect(await texts('scenarios/s.json')).toEqual([['kept', '{ "half": '], ['saved', '{}']])
  expect(await store.keepVersion('scenarios/s.json', 'a\0b')).toMatchObject({ ok: false })
})

test('a refused save keeps nothing new', async () => {
  await saved('policies/a.ts', 'mine')
  expect(await store.save('policies/a.ts', 'other', 'stale')).toMatchObject({ ok: false })
  expect(await texts('policies/a.ts')).toEqual([['saved', 'mine']])
})

test.each(['../a', 'x', '2026-01-01T00-00-00-000Z-saved-0123456789.ts/../../../settings.json', ''])('%j is no version', async (id) => {
  await saved('policies/a.ts', 'mine')
  expect(await store.version('policies/a.ts', id)).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('has no version') }] })
  expect(await store.versions('../a.ts')).toMatchObject({ ok: false })
})

test('the order is that of saving, whatever the clock does; beyond 200 the oldest go, but not those of the last day', async () => {
  const name = { kind: 'policy', folder: 'policies', base: 'a.ts' } as const
  const day = 86_400_000
  const start = Date.parse('2026-01-01T00:00:00Z')
  for (let i = 0; i < 205; i++) await keepText(workspace, name, `text ${i}`, 'saved', start + i * 1000)
  expect(await listVersions(workspace, name)).toHaveLength(205)
  await keepText(workspace, name, 'later', 'saved', start + 2 * day)
  expect(await listVersions(workspace, name)).toHaveLength(200)
  await keepText(workspace, name, 'clock went back', 'saved', start)
  const [newest, before] = await listVersions(workspace, name)
  expect(newest.atMs).toBe(before.atMs + 1)
  expect((await readdir(join(workspace, 'versions/policies/a.ts'))).every((base) => /\.ts$/.test(base))).toBe(true)
})
