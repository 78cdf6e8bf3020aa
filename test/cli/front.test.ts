import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXIT } from '../../main/cli/exit-codes'
import { COMMANDS } from '../../main/cli/main'
import { ENGINE_VERSION } from '../../main/engine'
import { lab, problemsOf } from './capture'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-test-'))
  await writeFile(join(folder, 'bin.json'), Buffer.from([0, 1, 2]))
  await writeFile(join(folder, 'empty.json'), '')
  await writeFile(join(folder, 'cut.json'), '{\n  "format": 1,\n')
  await writeFile(join(folder, 'latin.ts'), Buffer.from([0x63, 0xe9]))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('help names every command and every exit status; help of a command every option', async () => {
  const all = await lab('help')
  expect(all.code).toBe(EXIT.ok)
  for (const command of COMMANDS) {
    expect(all.out).toContain(`lab ${command.name}`)
    for (const asked of [await lab('help', command.name), await lab(command.name, '--help')]) {
      expect(asked.code).toBe(EXIT.ok)
      for (const option of Object.keys(command.options)) expect(asked.out, command.name).toContain(`--${option}`)
    }
  }
  for (const code of ['0', '1', '2', '3', '70', '130', '141', '143']) expect(all.out).toMatch(new RegExp(`\\b${code}\\b`))
})

test('presets as JSON: an array with ids and nothing else on stdout', async () => {
  const { code, out, err } = await lab('presets', '--json')
  const presets = JSON.parse(out) as readonly { readonly id: string; readonly scenario: unknown }[]
  expect({ code, err }).toEqual({ code: EXIT.ok, err: '' })
  expect(presets.map((preset) => preset.id)).toContain('seed-000')
  expect(presets.every((preset) => typeof preset.id === 'string' && typeof preset.scenario === 'object')).toBe(true)
})

test('--version tells the engine\'s', async () => {
  expect((await lab('--version')).out).toBe(`Reclaim Lab, engine ${ENGINE_VERSION}\n`)
})

test('--json may stand before the command, and alone it is refused in JSON', async () => {
  expect(Array.isArray(JSON.parse((await lab('--json', 'presets')).out))).toBe(true)
  const alone = await lab('--json')
  expect(alone.code).toBe(EXIT.usage)
  expect(problemsOf(alone)).toMatchObject([{ path: 'command' }])
})

test('presets for people: one line each', async () => {
  const { out } = await lab('presets')
  const presets = JSON.parse((await lab('presets', '--json')).out) as readonly unknown[]
  expect(out.trim().split('\n').length).toBe(presets.length + 2)
})

test.each([
  [[], 'Reclaim Lab from a terminal'],
  [['comapre'], 'command: there is no command "comapre". Did you mean "compare"?'],
  [['frobnicate'], `There are ${COMMANDS.map((command) => command.name).join(', ')} and help.`],
  [['--seeds', '3'], 'a command comes first'],
  [['run', 'thrash', '--csv'], '--csv: needs a value: --csv FILE'],
  [['run', 'thrash', '--csv', '/no/such/x.csv'], '--csv: there is no folder /no/such'],
  [['run', 'thrash', '--csv', '/dev'], '--csv: /dev is a folder; a file is needed'],
  [['run', 'thrash', '--charts', '/dev/null/x'], '--charts: /dev/null is a file; a folder is needed'],
  [['bundle', 'thrash', '/no/such/x.json'], '<file.json>: there is no folder /no/such'],
  [['sweep', 'thrash', '--sweep', 'vm.swappiness=1,2', '--csv', '/no/such/x.csv'], '--csv: there is no folder /no/such'],
  [['compare', 'thrash', '--machine', '7'], '--machine: must be a whole number from 0 to 0, not "7"'],
  [['gfp', '0xfffffffffff'], 'is no mask of 32 bits'],
  [['compare'], '<preset|scenario.json>: is missing'],
  [['presets', 'x'], 'x: is one too many'],
  [['compare', 'seed-000', '--sedes', '3'], 'has no option --sedes. Did you mean --seeds?'],
  [['compare', 'seed-000', '--seeds'], '--seeds'],
  [['compare', 'seed-000', '--seeds', '0'], '--seeds: must be a whole number from 1 to 100, not "0"'],
  [['compare', 'seed-000', '--seeds', '-1'], '--seeds: must be a whole number from 1 to 100, not "-1"'],
  [['compare', 'seed-000', '--seeds', '1e3'], '--seeds: must be a whole number from 1 to 100, not "1e3"'],
  [['compare', 'seed-000', '--seeds', '99999999999999999999'], '--seeds: must be a whole number'],
  [['run', 'seed-000', '--seed', '-1'], '--seed'],
  [['compare', 'seed-000', '--set', 'vm.swappiness'], 'must be name=value'],
  [['compare', 'seed-00'], 'Did you mean "seed-000"?'],
  [['compare', './nowhere.json'], './nowhere.json: there is no such file'],
  [['compare', 'seed-000', '--policy', './nowhere.ts'], './nowhere.ts: there is no such file'],
  [['check', '/'], '/: is a folder'],
  [['check'], '<policy.ts>: is missing'],
  [['compare', 'seed-000', '--workspace', '/nowhere/at/all'], '--workspace: there is no folder /nowhere/at/all'],
  [['bench', '--rounds', '1000'], '--rounds: must be a whole number from 1 to 25'],
  [['import', './nowhere'], './nowhere: there is no such file'],
])('lab %j is refused with status 2', async (argv, message) => {
  const plain = await lab(...argv)
  expect(plain.code).toBe(EXIT.usage)
  expect(plain.out).toBe('')
  expect(plain.err).toContain(message)
})

test('with --json the refusal is JSON on stdout, and stderr is silent', async () => {
  const wrong = await lab('compare', 'seed-00', '--json')
  expect(wrong).toMatchObject({ code: EXIT.usage, err: '' })
  expect(problemsOf(wrong)).toMatchObject([{ path: 'scenario', message: expect.stringContaining('seed-000') }])
  expect(problemsOf(await lab('nonsense', '--json'))).toMatchObject([{ path: 'command' }])
  expect(problemsOf(await lab('presets', '--jsn', '--json'))[0].message).toContain('--json')
})

test('files that hold something else are refused with their name, and line where there is one', async () => {
  const bin = await lab('compare', join(folder, 'bin.json'))
  expect(bin.err).toContain('is not a text file')
  const empty = await lab('compare', join(folder, 'empty.json'))
  expect(empty.err).toContain('empty')
  const cut = await lab('compare', join(folder, 'cut.json'))
  expect(cut.err).toMatch(/cut\.json:\d+: is not JSON/)
  const latin = await lab('check', join(folder, 'latin.ts'))
  expect(latin.err).toContain('is not UTF-8 text')
  expect([bin.code, empty.code, cut.code, latin.code]).toEqual([2, 2, 2, 2])
})
