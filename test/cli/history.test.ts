import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXIT } from '../../main/cli/exit-codes'
import type { HistoryPage } from '../../preload/contract'
import { lab } from './capture'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'cli-history-')) })
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const history = (...argv: readonly string[]): ReturnType<typeof lab> => lab('history', ...argv, '--workspace', folder)
async function entries(...argv: readonly string[]): Promise<HistoryPage['entries']> {
  return (JSON.parse((await history('list', ...argv, '--json')).out) as HistoryPage).entries
}

const SHORT = 'seed-000-raise-min-free'

test('what is run with --history is listed, opens as it was printed, and stands beside another', async () => {
  const first = await lab('run', SHORT, '--history', '--workspace', folder, '--json')
  expect(first.code).toBe(EXIT.ok)
  const second = await lab('compare', SHORT, '--seeds', '1', '--set', 'vm.swappiness=100', '--variant', 'none: vm.swappiness=0', '--history', '--workspace', folder)
  expect(second.code).toBe(EXIT.ok)
  const [compared, ran] = await entries()
  expect([ran, compared].map(({ origin, state, runs, ended }) => [origin, state, runs, ended])).toEqual([['cli', 'done', 1, 1], ['cli', 'done', 2, 2]])
  expect((await history('show', compared.id)).out).toBe(second.out)
  const shown = JSON.parse((await history('show', ran.id, '--json')).out) as { readonly runs: readonly { readonly digest: string }[] }
  expect(shown.runs[0].digest).toBe((JSON.parse(first.out) as { readonly digest: string }).digest)
  const side = await history('compare', `${ran.id}.0`, `${compared.id}.1.1`)
  expect(side.out).toContain('linux-6.1 against none; 1 seed')
  expect((await entries()).length).toBe(3)
  const csv = join(folder, 'runs.csv')
  await history('show', compared.id, '--csv', csv)
  expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(4)
})

test('names, notes, tags, pins, removal, room', async () => {
  const [{ id }] = await entries()
  await history('name', id, 'side', 'by', 'side')
  await history('tag', id, 'a', 'b')
  await history('untag', id, 'a')
  await history('pin', id)
  expect(await entries('--tag', 'b', '--pinned', '--text', 'side')).toMatchObject([{ id, name: 'side by side', tags: ['b'], pinned: true }])
  expect((await history('show', id, '--runs')).out).toContain(`${id}.1.1`)
  expect((await history('remove', id)).code).toBe(EXIT.ok)
  expect((await entries()).map((entry) => entry.id)).not.toContain(id)
  expect(await entries('--removed')).toMatchObject([{ id }])
  await history('restore', id)
  expect((await entries()).map((entry) => entry.id)).toContain(id)
  expect((await history('space', '--limit', '100')).out).toMatch(/^3 entries, 5 runs; 3 recordings take \d+ KiB of at most 100 MiB/)
  expect((await history('empty')).code).toBe(EXIT.ok)
})

test('earlier texts of a file are listed, shown and put back, and nothing is lost by it', async () => {
  const text = (n: number): string => `// version ${n}\n`
  const file = 'policies/mine.ts'
  const { createStore } = await import('../../main/store/store')
  const store = await createStore(folder)
  let version = ''
  for (const n of [1, 2]) {
    const saved = await store.save(file, text(n), version)
    version = saved.ok ? saved.value.version : ''
  }
  writeFileSync(join(folder, file), 'by another editor\n')
  store.close()
  const ids = async (): Promise<readonly { readonly id: string; readonly why: string }[]> => JSON.parse((await history('files', file, '--json')).out) as readonly { readonly id: string; readonly why: string }[]
  const first = (await ids()).at(-1)?.id ?? ''
  expect((await history('files', file, first)).out).toBe(text(1))
  expect((await history('files', file, first, '--restore')).code).toBe(EXIT.ok)
  expect(readFileSync(join(folder, file), 'utf8')).toBe(text(1))
  expect((await ids()).map(({ why }) => why)).toEqual(['saved', 'outside', 'saved', 'saved'])
})

test('damage is reported, with an exit status for scripts; what makes no sense is refused', async () => {
  expect((await history('reports')).code).toBe(EXIT.ok)
  writeFileSync(join(folder, 'history', 'history.db'), 'not a database '.repeat(100))
  const { code, out } = await history('reports')
  expect([code, out]).toEqual([EXIT.no, expect.stringMatching(/^! .*database history\.db: .*3 runs from their recordings; set aside as .*damaged/)])
  await history('reports', '--dismiss')
  expect((await history('reports')).code).toBe(EXIT.ok)
  // Entries of the recordings are back.
  expect((await entries()).map(({ ended, origin }) => [ended, origin])).toEqual([[2, 'found'], [1, 'found']])
  for (const argv of [['sideways'], ['show'], ['show', 'nothing00'], ['show', '../..'], ['compare', 'a'], ['tag', 'nothing00', 'x'], ['files', '../x.ts'], ['list', '--kind', 'x']]) {
    expect([argv, (await history(...argv)).code]).toEqual([argv, EXIT.usage])
  }
  expect((await lab('history', '--workspace', join(folder, 'nowhere'))).code).toBe(EXIT.usage)
})
