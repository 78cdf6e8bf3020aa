/** Presets are scenarios like any other: they pass the schema of the kernel they name, and their figures are those they claim. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Phase, PresetInfo } from '../../preload/contract'
import { intSqrt, mulDiv } from '../../main/engine/core/maths'
import { PRESETS } from '../../main/lab/presets'
import { parseScenario } from '../../main/lab/scenario-schema'
import { kernelNamed } from '../../main/runner/kernels'
import linux61 from '../../plugins/kernels/linux-6.1'

const touches = ({ scenario }: PresetInfo) => scenario.processes.flatMap(process => process.phases).reduce((sum, phase) => sum + ('count' in phase ? phase.count : 0), 0)

for (const preset of PRESETS) {
  test(`${preset.id} passes the schema as it is, has texts in both languages and stays small`, () => {
    const result = parseScenario(preset.scenario, linux61.sysctls)
    expect(result).toEqual({ ok: true, value: preset.scenario })
    expect(preset.scenario.id).toBe(preset.id)
    for (const text of [preset.title, preset.about]) {
      expect(text.en).not.toMatch(/[\u4e00-\u9fff]/)
      expect(text.zh).toMatch(/[\u4e00-\u9fff]/)
    }
    expect(touches(preset)).toBeGreaterThan(50_000)
    expect(touches(preset)).toBeLessThan(20_000_000)
    // khungtaskd needs two looks, 120 s apart.
    expect(preset.scenario.durationMs).toBeLessThanOrEqual(preset.id.startsWith('hung-task') ? 300_000 : 60_000)
    expect(preset.seeds).toBeGreaterThanOrEqual(1)
    for (const { kernel = 'linux-6.1', set = {}, machine = {}, memcgs = preset.scenario.memcgs } of preset.variants) {
      const varied = { ...preset.scenario, machine: { ...preset.scenario.machine, ...machine }, sysctls: { ...preset.scenario.sysctls, ...set }, ...(memcgs === undefined ? {} : { memcgs }) }
      expect(parseScenario(varied, kernelNamed(kernel).sysctls)).toMatchObject({ ok: true })
    }
  })
}

test('ids are unique, every preset file is listed, the comparison comes first', () => {
  const ids = PRESETS.map(preset => preset.id)
  expect(new Set(ids).size).toBe(ids.length)
  const files = readdirSync(new URL('../../main/lab/presets', import.meta.url)).filter(file => readFileSync(new URL(`../../main/lab/presets/${file}`, import.meta.url), 'utf8').includes(' = definePreset('))
  expect(files.map(file => file.replace('.ts', '')).sort()).toEqual([...ids].sort())
  expect(PRESETS[0].id).toBe('seed-000')
  expect(PRESETS[0].policies).toEqual(['watermark-early', 'file-first'])
})

const byId = (id: string) => {
  const preset = PRESETS.find(each => each.id === id)
  if (!preset) throw new Error(`no preset ${id}`)
  return preset
}

test("seed 000's machine: the formula gives its printed boot marks and min_free_kbytes", () => {
  const { zones } = byId('seed-000').scenario.machine
  expect(zones.map(({ managed, free }) => [managed, free])).toEqual([[3840, 3840], [758_592, 758_226], [243_597, 145_291]])
  const setup = zones.map(zone => zone.managedAtWmarkSetup ?? 0)
  const k = { math: { intSqrt, mulDiv } }
  const minFreeKb = linux61.hooks.minFreeKbytes({ lowmemKb: 4 * setup.reduce((sum, pages) => sum + pages), userKb: -1 }, k)
  expect(minFreeKb).toBe(8000)
  const marks = linux61.hooks.zoneWatermarks({ zones: zones.map((zone, i) => ({ node: 0, zone: i as 0 | 1 | 2, name: zone.name, managed: setup[i] })), minFreeKb, scaleFactor: 10, extraFreeKb: 0, vmTotalPages: 0 }, k)
  expect(marks.map(({ min, low, high }) => [min, low, high])).toEqual([[7, 10, 13], [1505, 2257, 3009], [487, 730, 973]])
})

test('raising min_free_kbytes: the state of the second listing, 10 MiB within the slack, 300 MiB beyond it', () => {
  const { machine, processes } = byId('seed-000-raise-min-free').scenario
  expect(machine.swap).toEqual([])
  const mapped = (name: string) => processes.find(process => process.name === name)?.phases.find((phase): phase is Extract<Phase, { op: 'map' }> => phase.op === 'map')?.pages ?? 0
  const slack = (machine.zones[1].free ?? 0) - (706_917 + 951)
  expect(slack).toBe(49_956)
  expect([mapped('memhog-10M'), mapped('memhog-300M')]).toEqual([2560, 76_800])
  expect(mapped('memhog-10M')).toBeLessThan(slack)
  expect(mapped('memhog-300M')).toBeGreaterThan(slack)
  expect((machine.zones[1].free ?? 0) - 76_800).toBeGreaterThan(565_534 + 951)
})

test('with and without swap differ in the swap area alone', () => {
  const [swap, none] = [byId('anon-file-with-swap').scenario, byId('anon-file-no-swap').scenario]
  expect(none.processes).toEqual(swap.processes)
  expect({ ...none.machine, swap: swap.machine.swap }).toEqual(swap.machine)
})

test('the benchmark runs 60 simulated seconds', () => expect(byId('4gib-60s').scenario.durationMs).toBe(60_000))
