import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createStore, type FileEvent, type Store } from '../../main/store/store'

let workspace: string
let store: Store

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'store-test-'))
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

function nextEvent(): Promise<FileEvent> {
  return new Promise((resolve) => { const stop = store.onChange((event) => { stop(); resolve(event) }) })
}

test('what is saved is read back, with a version that changes with the text', async () => {
  const first = await saved('policies/a.ts', 'one')
  expect(await store.read('policies/a.ts')).toEqual({ ok: true, value: { file: 'policies/a.ts', text: 'one', version: first } })
  const second = await saved('policies/a.ts', 'two', first)
  expect(second).not.toBe(first)
  expect(await saved('policies/a.ts', 'one', second)).toBe(first)
})

test('an edit from outside is never overwritten', async () => {
  const version = await saved('policies/a.ts', 'mine')
  await writeFile(join(workspace, 'policies/a.ts'), 'theirs')
  const result = await store.save('policies/a.ts', 'mine again', version)
  expect(result).toMatchObject({ ok: false, problems: [{ path: 'policies/a.ts', message: expect.stringContaining('changed outside') }] })
  expect(await readFile(join(workspace, 'policies/a.ts'), 'utf8')).toBe('theirs')
})

test('a new file does not replace one that exists, and a removed one is not brought back unasked', async () => {
  const version = await saved('policies/a.ts', 'mine')
  expect(await store.save('policies/a.ts', 'other', '')).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('exists already') }] })
  await rm(join(workspace, 'policies/a.ts'))
  expect(await store.save('policies/a.ts', 'other', version)).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('removed outside') }] })
})

test('of two saves at once on the same version one is refused', async () => {
  const version = await saved('policies/a.ts', 'start')
  const results = await Promise.all(['x', 'y', 'z'].map((text) => store.save('policies/a.ts', text, version)))
  expect(results.map((result) => result.ok)).toEqual([true, false, false])
  expect(await readFile(join(workspace, 'policies/a.ts'), 'utf8')).toBe('x')
})

test('drafts survive a restart, and saving ends them', async () => {
  const version = await saved('policies/a.ts', 'saved')
  await store.saveDraft('policies/a.ts', 'half a thou')
  await store.saveDraft('policies/new.ts', 'never saved')
  store.close()
  store = await createStore(workspace)
  expect(await store.read('policies/a.ts')).toMatchObject({ value: { text: 'saved', draft: 'half a thou' } })
  expect(await store.read('policies/new.ts')).toMatchObject({ value: { text: '', version: '', draft: 'never saved' } })
  expect(await store.files()).toEqual([{ file: 'policies/a.ts', kind: 'policy' }, { file: 'policies/new.ts', kind: 'policy' }])
  await saved('policies/a.ts', 'half a thought', version)
  expect(await store.read('policies/a.ts')).toEqual({ ok: true, value: { file: 'policies/a.ts', text: 'half a thought', version: expect.any(String) as string } })
})

test('a draft equal to the file is no draft', async () => {
  await saved('policies/a.ts', 'text')
  await store.saveDraft('policies/a.ts', 'text and more')
  await store.saveDraft('policies/a.ts', 'text')
  expect(await store.read('policies/a.ts')).toEqual({ ok: true, value: { file: 'policies/a.ts', text: 'text', version: expect.any(String) as string } })
})

test('removed files are set aside, not deleted', async () => {
  await saved('scenarios/s.json', '{}')
  await store.saveDraft('scenarios/s.json', '{ "a": 1 }')
  expect(await store.remove('scenarios/s.json')).toEqual({ ok: true, value: null })
  expect(await store.files()).toEqual([])
  const kept = await readdir(join(workspace, 'removed/scenarios'))
  expect(kept.length).toBe(2)
  expect(await store.remove('scenarios/s.json')).toMatchObject({ ok: false })
})

test.each([
  '../a.ts', 'policies/../../a.ts', 'policies/../a.ts', 'policies//a.ts', '/etc/passwd', 'policies/.hidden.ts', 'policies/a/b.ts', 'policies\\a.ts', 'policies/a\0.ts', 'policies/.ts',
  'policies/a.js', 'scenarios/a.ts', 'settings.json', 'drafts/policies/a.ts', 'policies/con.ts', 'policies/NUL.x.ts', `policies/${'a'.repeat(81)}.ts`, 'policies/ä.ts', '', 'policies/',
])('the name %j is refused everywhere and touches no file', async (file) => {
  for (const result of [await store.read(file), await store.save(file, 'x', ''), await store.saveDraft(file, 'x'), await store.remove(file)]) {
    expect(result).toMatchObject({ ok: false, problems: [{ message: expect.any(String) }] })
  }
  expect(await readdir(join(workspace, '..')).then((all) => all.includes('a.ts'))).toBe(false)
  expect(await store.files()).toEqual([])
})

test('files that are no text are told apart from missing ones', async () => {
  await writeFile(join(workspace, 'policies/bin.ts'), Buffer.from([1, 0, 2]))
  await writeFile(join(workspace, 'policies/latin.ts'), Buffer.from([0x63, 0xe9]))
  expect(await store.read('policies/bin.ts')).toMatchObject({ ok: false, problems: [{ message: 'is not a text file' }] })
  expect(await store.read('policies/latin.ts')).toMatchObject({ ok: false, problems: [{ message: 'is not UTF-8 text' }] })
  expect(await store.read('policies/none.ts')).toMatchObject({ ok: false, problems: [{ message: 'there is no such file' }] })
})

test('a folder that looks like a file, and a dead link, are not listed', async () => {
  await mkdir(join(workspace, 'policies/dir.ts'))
  await symlink('/nowhere/at/all.ts', join(workspace, 'policies/dead.ts'))
  expect(await store.files()).toEqual([])
  expect(await store.read('policies/dir.ts')).toMatchObject({ ok: false })
})

test('edits, new files and removals from outside are told', async () => {
  await saved('policies/a.ts', 'one')
  const changed = nextEvent()
  await writeFile(join(workspace, 'policies/a.ts'), 'two')
  expect(await changed).toMatchObject({ file: 'policies/a.ts', change: 'changed' })
  const added = nextEvent()
  await writeFile(join(workspace, 'scenarios/b.json'), '{}')
  expect(await added).toMatchObject({ file: 'scenarios/b.json', change: 'changed' })
  const removed = nextEvent()
  await rm(join(workspace, 'policies/a.ts'))
  expect(await removed).toEqual({ file: 'policies/a.ts', change: 'removed', version: '' })
})

test('an own save is told once', async () => {
  const events: FileEvent[] = []
  store.onChange((event) => events.push(event))
  const version = await saved('policies/a.ts', 'one')
  // A change from outside makes the store look again; the own save must not come back then.
  const outside = nextEvent()
  await writeFile(join(workspace, 'policies/z.ts'), 'z')
  await outside
  expect(events.filter((event) => event.file === 'policies/a.ts')).toEqual([{ file: 'policies/a.ts', change: 'changed', version }])
})

test('half-written temporary files of a crash are cleared away, other files are left alone', async () => {
  const old = join(workspace, 'policies/.a.ts.0123456789ab.tmp')
  await writeFile(old, 'half')
  await utimes(old, 0, 0)
  // A young one may belong to another lab that is saving at this moment.
  await writeFile(join(workspace, 'policies/.b.ts.0123456789ab.tmp'), 'half')
  await writeFile(join(workspace, 'policies/notes.txt'), 'mine')
  store.close()
  store = await createStore(workspace)
  expect((await readdir(join(workspace, 'policies'))).sort()).toEqual(['.b.ts.0123456789ab.tmp', 'notes.txt'])
})

test('settings are kept; a damaged file is set aside', async () => {
  await Promise.all([store.settings.save('theme', 'dark'), store.settings.save('lang', 'zh')])
  expect(await store.settings.load()).toEqual({ theme: 'dark', lang: 'zh' })
  await writeFile(join(workspace, 'settings.json'), '{ "theme": "da')
  expect(await store.settings.load()).toEqual({})
  const aside = (await readdir(workspace)).find((name) => name.startsWith('settings.damaged-'))
  expect(await readFile(join(workspace, aside ?? ''), 'utf8')).toBe('{ "theme": "da')
  await store.settings.save('theme', 'light')
  expect(await store.settings.load()).toEqual({ theme: 'light' })
})

test('settings that make no sense are refused', async () => {
  await expect(store.settings.save('', 'x')).rejects.toThrow(/name/)
  await expect(store.settings.save('__proto__', 'x')).rejects.toThrow(/name/)
  await expect(store.settings.save('x', 'y'.repeat(100_001))).rejects.toThrow(/value/)
  expect(await store.settings.load()).toEqual({})
})
