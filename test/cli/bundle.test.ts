/** `lab bundle`, `lab run BUNDLE`, and the files that `compare` and `run` write. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lab, problemsOf } from './capture'

const PRESET = 'seed-000-raise-min-free'
let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'bundle-test-')) })
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
const at = (name: string): string => join(folder, name)

test('a bundle that was written runs to the same digests; a forged one is told apart by exit status 1', async () => {
  const made = await lab('bundle', PRESET, at('b.json'), '--policy', 'watermark-early', '--seeds', '2', '--json')
  expect(made.code).toBe(0)
  const { digests } = JSON.parse(made.out) as { readonly digests: readonly string[] }
  expect(digests).toHaveLength(4)
  const again = await lab('run', at('b.json'), '--json')
  expect([again.code, (JSON.parse(again.out) as { readonly same: number }).same]).toEqual([0, 4])
  expect((await lab('run', at('b.json'))).out).toContain('All 4 digests are those of the bundle.')
  writeFileSync(at('forged.json'), readFileSync(at('b.json'), 'utf8').replaceAll(digests[1], 'f'.repeat(32)))
  const forged = await lab('run', at('forged.json'))
  expect(forged.code).toBe(1)
  expect(forged.out).toContain(`differs: ${'f'.repeat(32)}`)
})

test('compare writes every file it is asked for; the report runs again too', async () => {
  const files = ['--csv', at('r.csv'), '--report', at('r.html'), '--bundle', at('r.json'), '--trace', at('t.json'), '--series', at('s.csv'), '--charts', at('charts')]
  const done = await lab('compare', PRESET, '--policy', 'file-first', '--seeds', '1', '--machine', '1', ...files)
  expect(done.code).toBe(0)
  expect(readFileSync(at('r.csv'), 'utf8').split('\r\n')).toHaveLength(4)
  expect((JSON.parse(readFileSync(at('t.json'), 'utf8')) as { readonly otherData: unknown }).otherData).toMatchObject({ policies: 'file-first' })
  expect(readFileSync(at('s.csv'), 'utf8')).toMatch(/^t_ns,/)
  expect(readdirSync(at('charts')).length).toBeGreaterThan(10)
  expect((await lab('run', at('r.html'))).out).toContain('All 2 digests are those of the bundle.')
})

test('what can\'t be written or does not go together is said', async () => {
  expect((await lab('run', PRESET, '--csv', join(folder, 'no', 'where.csv'))).err).toMatch(/--csv: there is no folder /)
  await lab('bundle', PRESET, at('one.json'), '--seeds', '1')
  expect(problemsOf(await lab('run', at('one.json'), '--set', 'vm.swappiness=1', '--json'))[0]).toEqual({ path: '--set', message: 'does not go with a bundle, which says what runs' })
  writeFileSync(at('page.html'), '<html></html>')
  expect((await lab('run', at('page.html'))).err).toMatch(/is a page without a bundle inside/)
  const csv = await lab('run', PRESET, '--csv', '-')
  expect(csv.out).toMatch(/^scenario,kernel,machine/)
  expect(csv.out.trimEnd().split('\r\n')).toHaveLength(2)
})
