/** `lab policy` as a person types it: rules to TypeScript and back. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lab, problemsOf } from './capture'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'cli-policy-')) })
afterAll(() => rm(folder, { recursive: true, force: true }))

test('rules become a policy, which gives them back until it is changed by hand', async () => {
  const [rules, made] = [join(folder, 'rules.json'), join(folder, 'made.ts')]
  await writeFile(rules, '{"name": "low", "rules": [{"when": [{"if": "free"}], "then": {"do": "sysctl", "name": "vm.swapiness", "value": 3}}]}')
  const first = await lab('policy', '--rules', rules, '--out', made)
  expect([first.code, first.out]).toEqual([0, `Written to ${made}\n`])
  expect(first.err).toContain('! rules[0].then.name is "vm.swapiness", which no kernel of the lab has')
  expect(await lab('policy', '--rules', rules)).toMatchObject({ code: 0, out: await readFile(made, 'utf8') })
  const back = await lab('policy', '--read', made)
  expect({ code: back.code, name: (JSON.parse(back.out) as { readonly name: string }).name }).toEqual({ code: 0, name: 'low' })
  await writeFile(made, (await readFile(made, 'utf8')).replace('LOOK_MS = 100', 'LOOK_MS = 10'))
  expect(await lab('policy', '--read', made)).toMatchObject({ code: 1, err: expect.stringContaining('changed by hand') as string })
  expect(problemsOf(await lab('policy', '--rules', rules, '--out', made, '--json'))).toMatchObject([{ path: '--out', message: expect.stringContaining('exists') as string }])
})

test('what it can\'t read is refused, with its place', async () => {
  const rules = join(folder, 'wrong.json')
  await writeFile(rules, '{"rules": [{"then": {"do": "boost", "percent": 900}}]}')
  expect(problemsOf(await lab('policy', '--rules', rules, '--json'))).toEqual([{ path: 'rules[0].then.percent', message: 'is 900; must be a number from 0 to 100 (%)' }])
  expect(problemsOf(await lab('policy', '--json'))).toMatchObject([{ path: 'lab policy' }])
  expect((await lab('policy', '--kinds')).out).toMatch(/^Conditions \("if"\)\n {2}free .*\n {4}zone=machine {2}machine \| DMA \|/)
})
