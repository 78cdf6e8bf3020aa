/** The README tells the truth about what can be looked up: its hooks, commands, paths, presets, flags and numbers that stand elsewhere too. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HOOKS } from 'reclaim-lab'
import { ENGINE_VERSION } from '../../main/engine/version'
import { EXIT } from '../../main/cli/exit-codes'
import { PRESETS } from '../../main/lab/presets/index'
import { parseFlags } from '../../main/boot/start.mjs'
import { lab } from '../cli/capture'
import { ROOT } from './sources'

const text = readFileSync(join(ROOT, 'README.md'), 'utf8')
const commands = [...text.matchAll(/npx lab ([^`\n#]+)/g)].map(([, words]) => words.trim().split(/\s+/))
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly scripts: Readonly<Record<string, string>> }

/** Text from a heading to the next of any level. */
function section(title: string): string {
  const start = text.indexOf(`\n## ${title}\n`)
  expect(start, title).toBeGreaterThan(-1)
  const end = text.indexOf('\n## ', start + 1)
  return text.slice(start, end === -1 ? undefined : end)
}

function matches(pattern: RegExp, where = text): readonly string[] {
  return [...new Set([...where.matchAll(pattern)].map(([, found]) => found))]
}

test('its table of hooks is the hooks, in their order, with the kernel function the API names', () => {
  const rows = [...section('Hooks').matchAll(/^\| `(\w+)` \| `(\w+)` \| .+ \|$/gm)].map(([, hook, kernel]) => ({ hook, kernel }))
  expect(rows.map(({ hook }) => hook)).toEqual(Object.keys(HOOKS))
  const api = readFileSync(join(ROOT, 'plugins/api/hooks.ts'), 'utf8')
  for (const { hook, kernel } of rows) {
    const comment = new RegExp(`/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/\\n  ${hook}\\(`).exec(api)?.[0]
    expect(comment, hook).toMatch(new RegExp(`Kernel: [\\w/-]+\\.c:${kernel}\\b`))
  }
})

test('every command it names exists, with the options it is given', async () => {
  const names = [...new Set(commands.map(([name]) => name))].filter((name) => name !== '…' && name !== 'help')
  expect(names.length).toBeGreaterThan(7)
  const helps = new Map(await Promise.all(names.map(async (name) => [name, await lab('help', name)] as const)))
  for (const [name, { code, out }] of helps) expect({ name, code, known: out.startsWith(`lab ${name}`) }).toEqual({ name, code: 0, known: true })
  const unknown = commands.flatMap(([name, ...words]) => words.filter((word) => word.startsWith('--') && !helps.get(name)?.out.includes(`${word} `)).map((word) => `${name} ${word}`))
  expect(unknown).toEqual([])
})

test('every command there is, is named', async () => {
  const listed = matches(/^ {2}lab (\w+)/gm, (await lab('help')).out)
  expect(listed.length).toBeGreaterThan(7)
  expect(listed.filter((name) => name !== 'help' && !commands.some(([named]) => named === name))).toEqual([])
})

test('every path it names exists', () => {
  const named = [...matches(/`([\w./-]+\/[\w./-]*)`/g), ...matches(/\]\(([^)#]+)\)/g), ...matches(/\b((?:main|plugins|preload|renderer|test)\/[\w./-]*[\w-])/g), ...matches(/ (test\/[\w./-]+)/g)]
  const paths = named.filter((path) => /^(main|plugins|preload|renderer|test)\//.test(path))
  expect(paths.length).toBeGreaterThan(60)
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

test('every preset it names exists', () => {
  const inCommands = commands.flatMap(([name, first, second]) => (name === 'run' || name === 'compare' ? [first] : name === 'proc' ? [second] : [])).filter((word) => word !== undefined && !/\.json$/.test(word))
  const named = [...inCommands, ...matches(/presets? `([\w-]+)`/g)]
  expect(named.length).toBeGreaterThan(4)
  expect(named.filter((id) => !PRESETS.some((preset) => preset.id === id))).toEqual([])
})

test('every script and flag of npm start it names exists', () => {
  const scripts = matches(/npm run ([\w:]+)/g)
  expect(scripts.length).toBeGreaterThan(2)
  expect(scripts.filter((name) => !Object.hasOwn(manifest.scripts, name))).toEqual([])
  for (const flag of ['--host=electron', '--host=none', '--port=0', '--workspace=x']) {
    expect(text).toContain(flag.split('=')[0])
    expect(parseFlags([flag])).not.toHaveProperty('problem')
  }
})

test('exit statuses, the engine version and the fuel are those of the code', () => {
  const said = section('In a terminal')
  for (const [name, code] of Object.entries(EXIT)) expect(said, name).toMatch(new RegExp(`\\b${code}\\b`))
  expect(matches(/[Ee]ngine (\d+\.\d+\.\d+)/g)).toEqual([ENGINE_VERSION])
  const runtime = readFileSync(join(ROOT, 'main/engine/policy/policy-runtime.ts'), 'utf8')
  for (const [fuel] of section('Hooks').matchAll(/\d+(?:,000)+/g)) expect(runtime).toMatch(new RegExp(`FUEL_\\w+ = ${fuel.replaceAll(',', '_')}\\b`))
})

test('its pictures are small enough to load quickly', () => {
  const pictures = matches(/!\[[^\]]+\]\(([^)]+)\)/g)
  expect(pictures.length).toBeGreaterThan(0)
  for (const picture of pictures) expect(statSync(join(ROOT, picture)).size, picture).toBeLessThan(400 * 1024)
})
