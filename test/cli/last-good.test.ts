/** A policy of the workspace that can't be run: refused with the way out, and stood in for by its last good text where that is asked for. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXIT } from '../../main/cli/exit-codes'
import { createStore } from '../../main/store/store'
import { lab, problemsOf } from './capture'

const FILE = 'policies/mine.ts'
const SHORT = 'seed-000-raise-min-free'
const policy = (target: number | string): string => `import { definePolicy } from 'reclaim-lab'\nexport default definePolicy({ api: 1, name: 'mine', hooks: { kswapdTarget: () => ${target} } })\n`

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-last-good-'))
  const store = await createStore(folder)
  let version = ''
  // Good, one that throws as it is loaded, and one that is no TypeScript.
  for (const text of [policy(64), `${policy(1)}throw new Error('now')\n`, policy('(')]) {
    const saved = await store.save(FILE, text, version)
    version = saved.ok ? saved.value.version : 'refused'
  }
  store.close()
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const kept = (): readonly string[] => readdirSync(join(folder, 'versions', FILE)).toSorted()

test('refused, with its line and which text last could be run', async () => {
  const refused = await lab('compare', SHORT, '--policy', 'mine', '--workspace', folder, '--json')
  expect(refused.code).toBe(EXIT.usage)
  const problems = problemsOf(refused)
  expect(problems[0].path).toMatch(/mine\.ts:2$/)
  expect(problems.at(-1)).toMatchObject({ path: FILE })
  expect(problems.at(-1)?.message).toMatch(/^its last text that can be run is of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(versions\/policies\/mine\.ts\/.+\); lab run and lab compare run that one with --last-good$/)
  expect(problems.at(-1)?.message).toContain(kept()[0])
})

test('with --last-good the newest text that runs stands in, which the output says; nothing is written', async () => {
  const before = kept()
  const ran = await lab('run', SHORT, '--policy', join(folder, FILE), '--workspace', folder, '--last-good')
  expect(ran.err).toBe('')
  expect(ran.code).toBe(EXIT.ok)
  expect(ran.out).toMatch(/! mine can't be run as it is now; this is its last good text, of \d{4}-/)
  expect(ran.out).toMatch(/\nmine +kswapdTarget +\d/)
  expect(kept()).toEqual(before)
})

test('elsewhere no earlier texts are kept', async () => {
  const outside = join(folder, 'elsewhere.ts')
  writeFileSync(outside, policy('('))
  const refused = await lab('run', SHORT, '--policy', outside, '--workspace', folder, '--last-good', '--json')
  expect(refused.code).toBe(EXIT.usage)
  expect(problemsOf(refused).at(-1)).toEqual({ path: '--last-good', message: `is for policies of the workspace ${folder}, which keeps their earlier texts; ${outside} is none` })
})
