import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ImportSummary } from '../../preload/contract'
import { lab, problemsOf } from './capture'

/** As seed 000's article prints it: a listing cut to what matters. */
const ZONEINFO = `Node 0, zone    DMA32
  pages free     82951
        min      5632
        low      7040
        high     8448
        spanned  1044480
        present  782288
        managed  765904
Node 0, zone   Normal
  pages free     120000
        min      2000
        low      2500
        high     3000
        spanned  262144
        present  262144
        managed  262144
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-import-'))
  await writeFile(join(folder, 'zoneinfo'), ZONEINFO)
  await mkdir(join(folder, 'sys', 'vm'), { recursive: true })
  await writeFile(join(folder, 'sys', 'vm', 'swappiness'), '10\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a zoneinfo becomes a scenario, told as read, assumed, not modelled', async () => {
  const { code, out } = await lab('import', join(folder, 'zoneinfo'), '--json')
  expect(code).toBe(0)
  const summary = JSON.parse(out) as ImportSummary
  expect(summary.scenario.machine.zones.map((zone) => [zone.name, zone.managed])).toEqual([['DMA32', 765904], ['Normal', 262144]])
  expect(summary.read.length).toBeGreaterThan(0)
  const { out: text } = await lab('import', join(folder, 'zoneinfo'))
  expect(text).toContain('node 0 DMA32: 765,904 managed pages')
  expect(text).toContain('Assumed')
})

test('a folder brings its sysctls along', async () => {
  const { out } = await lab('import', folder, '--json')
  expect((JSON.parse(out) as ImportSummary).scenario.sysctls['vm.swappiness']).toBe(10)
})

test('the scenario is written where asked, and an existing file is not overwritten unasked', async () => {
  const target = join(folder, 'machine.json')
  expect((await lab('import', join(folder, 'zoneinfo'), '--out', target)).code).toBe(0)
  const written = await readFile(target, 'utf8')
  expect(JSON.parse(written)).toMatchObject({ format: 1 })
  const again = await lab('import', join(folder, 'zoneinfo'), '--out', target)
  expect(again.code).toBe(2)
  expect(again.err).toContain('--force replaces it')
  expect(await readFile(target, 'utf8')).toBe(written)
  expect((await lab('import', join(folder, 'zoneinfo'), '--out', target, '--force')).code).toBe(0)
  expect((await lab('import', join(folder, 'zoneinfo'), '--out', join(folder, 'no', 'where.json'))).err).toContain('there is no folder')
})

test('a broken line is refused with its number', async () => {
  const broken = join(folder, 'broken')
  await writeFile(broken, ZONEINFO.replace('managed  765904', 'managed  76x'))
  const refused = await lab('import', broken, '--json')
  expect(refused.code).toBe(2)
  expect(problemsOf(refused)[0].path).toMatch(/:8$/)
})
