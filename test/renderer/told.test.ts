/** What the checks say of wrong input comes out in Chinese: real problems of the real checks, found by damaging a real scenario; and the table's own workings. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import linux61 from '../../plugins/kernels/linux-6.1'
import { createCompiler } from '../../main/compile/compile-policy'
import { PRESETS } from '../../main/lab/presets'
import { parseScenario } from '../../main/lab/scenario-schema'
import { applySet } from '../../main/lab/set-values'
import { readAxis } from '../../main/lab/sweep/axis'
import { CHINESE } from '../../main/lab/words/chinese'
import { PROBLEMS_ZH } from '../../main/lab/words/problems-zh'
import { teller } from '../../renderer/i18n/told'
import { isRecord, setAt } from '../../renderer/scenario/form/schema'
import type { Path } from '../../renderer/scenario/form/schema'

const tell = teller(CHINESE)

/** Names, values and examples stay; three English words in a row are a sentence that was left. */
function isChinese(text: string): boolean {
  const prose = text.replace(/"[^"]*"|`[^`]*`|\{[^}]*\}/g, '')
  return /\p{Script=Han}/u.test(text) && !/[a-z]{3,} [a-z]{2,} [a-z]{2,}/.test(prose)
}

function placesOf(value: unknown, path: Path = []): readonly Path[] {
  const members = Array.isArray(value) ? value.map((one: unknown, i) => [i, one] as const) : isRecord(value) ? Object.entries(value) : []
  return members.flatMap(([step, member]) => [[...path, step], ...placesOf(member, [...path, step])])
}

const DAMAGE: readonly unknown[] = [undefined, -1, 0, 1.5, 1e15, '', 'x y', 'nowhere', null, [], {}, [1, 2], true]

test('a damaged scenario\'s problems', () => {
  const scenarios = PRESETS.filter(({ id }) => ['seed-000', 'noisy-neighbour', 'hung-task', 'swap-kinds', 'numa-spill'].includes(id)).map(({ scenario }) => ({ scenario, places: placesOf(scenario).filter((path) => path[0] !== 'about') }))
  expect(scenarios.length).toBeGreaterThan(2)
  const left = new Set<string>()
  let seen = 0
  fc.assert(fc.property(fc.nat(), fc.nat(), fc.constantFrom(...DAMAGE), (a, b, damage) => {
    const { scenario, places } = scenarios[a % scenarios.length] as (typeof scenarios)[number]
    const read = parseScenario(setAt(scenario, places[b % places.length] as Path, damage), { sysctls: linux61.sysctls, traits: linux61.traits } as unknown as Parameters<typeof parseScenario>[1])
    for (const { message } of read.ok ? [] : read.problems) {
      seen++
      if (!isChinese(tell(message))) left.add(`${message} -> ${tell(message)}`)
    }
  }), { seed: 9, numRuns: 1500 })
  expect(seen).toBeGreaterThan(800)
  expect([...left]).toEqual([])
})

test('what settings, sweeps and policies are refused for', () => {
  const set = { 'vm.swappiness': 900, 'vm.swapiness': 1, 'vm.lowmem_reserve_ratio': '1 2 3 4 5 6', 'p.n': 99, 'p.m': 1, 'p.b': 'maybe', 'nothing.at': 1 }
  const params = [{ name: 'n', kind: 'number' as const, default: 1, min: 0, max: 10, unit: 'pages', about: '' }, { name: 'b', kind: 'boolean' as const, default: true, about: '' }]
  const policy = "import fs from 'node:fs'\nimport { definePolicy } from 'reclaim-lab'\nexport default definePolicy({ api: 1, name: 'p', hooks: { async kswapdWake() { await 0; return Math.random() > Math.pow(2, 3) ** 2 || Date.now() } } })\n"
  const messages = [
    ...applySet(set, linux61, [{ name: 'p', params }]).problems, ...['vm.swappiness', 'vm.swappiness=5..1:1', 'vm.swappiness=1..9*1', 'vm.swappiness=1,1', 'vm.swappiness=0..9999:1'].flatMap((text) => { const read = readAxis(text); return read.ok ? [] : read.problems }),
    ...createCompiler()('p.ts', policy).errors,
  ].map(({ message }) => message)
  expect(messages.length).toBeGreaterThan(14)
  expect(messages.filter((message) => !isChinese(tell(message))).map((message) => `${message} -> ${tell(message)}`)).toEqual([])
})

test('places keep what stood there, inner sentences are said too, and what fits nothing stays', () => {
  expect(tell('is -5; must be a whole number from 1 to 256 (pages)')).toBe('是 -5；必须是1 到 256 的整数（页）')
  expect(tell('is missing; must be a disk of this machine: vda, vdb. Did you mean "vda"?')).toBe('缺失；必须是本机的磁盘：vda, vdb. 是不是想写 "vda"？')
  expect([tell('my own words'), tell(''), tell('constructor'), tell('is'.repeat(5000)).length]).toEqual(['my own words', '', 'constructor', 10_000])
  const count = (text: string): number => text.split('{}').length
  expect(Object.entries(PROBLEMS_ZH).filter(([en, zh]) => count(en) !== count(zh)).map(([en]) => en)).toEqual([])
})
