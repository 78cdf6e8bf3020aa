/** What the checks say of wrong input comes out in Chinese: real problems of the real checks, found by damaging a real scenario; and the table's own workings. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import linux61 from '../../plugins/kernels/linux-6.1'
import { createCompiler } from '../../main/compile/compile-policy'
import { importText } from '../../main/lab/import/import-text'
import { PRESETS } from '../../main/lab/presets'
import { parseScenario } from '../../main/lab/scenario-schema'
import { applySet } from '../../main/lab/set-values'
import { readAxis } from '../../main/lab/sweep/axis'
import { CHINESE } from '../../main/lab/words/chinese'
import { teller } from '../../preload/told'
import type { Problem } from '../../preload/contract'
import { isRecord, setAt } from '../../renderer/scenario/form/schema'
import type { Path } from '../../renderer/scenario/form/schema'

const tell = teller(CHINESE)

function parseImport(files: Parameters<typeof importText>[0]): readonly Problem[] {
  const read = importText(files, linux61 as unknown as Parameters<typeof importText>[1])
  return read.ok ? [] : read.problems
}

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

test('a line of a pasted file keeps its words, a chain of waiting tasks is told link by link, and places may change their order', () => {
  const damaged = parseImport({ zoneinfo: 'Node 0, zone DMA\n  managed 100\n  low or high; so\n' })
  expect(damaged.map(({ message }) => tell(message))).toEqual(['"  low or high; so" 不是 /proc/zoneinfo 的行，或被截断；zone 名之后的每一行是一个名字和一个整数，如 "managed 243597"'])
  expect(tell('Nothing can advance: a waits for mutex orders, held by b; b waits for a tag of vda (3 requests under way, 12 pages written so far, which answers nothing for 2.0 s more); c can run. kswapd sleeps, no IO is under way.'))
    .toBe('一切都无法推进：a 等待 mutex orders，持有者 b；b 等待 vda 的标签（tag）（3 个请求进行中，至今写了 12 页，还有 2.0 秒不应答）；c 可以运行。kswapd 在睡眠，没有进行中的 IO。')
  expect(tell('3 of 9 runs failed: policy 1 of the run did not load: no answer after 2 s of CPU time (line 3)')).toBe('9 次运行中有 3 次失败：运行的第 1 个策略无法加载：用了 2 秒 CPU 时间仍无回答（第 3 行）')
  expect(tell('scanBalance answered mode 3; allowed: \'equal\', \'fract\', \'anon\' or \'file\'')).toBe('scanBalance 回答了 mode 3；允许：\'equal\'、\'fract\'、\'anon\' 或 \'file\'')
})

test('places keep what stood there, inner sentences are said too, and what fits nothing stays', () => {
  expect(tell('is -5; must be a whole number from 1 to 256 (pages)')).toBe('是 -5；必须是 1 到 256 的整数（页）')
  expect(tell('is missing; must be a disk of this machine: vda, vdb. Did you mean "vda"?')).toBe('缺失；必须是本机的磁盘：vda, vdb. 是不是想写 "vda"？')
  expect([tell('my own words'), tell(''), tell('constructor'), tell('is'.repeat(5000)).length]).toEqual(['my own words', '', 'constructor', 10_000])
})
