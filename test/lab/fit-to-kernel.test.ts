/** A preset on a kernel that lacks something of it: left out, and said; what people write is refused instead. */
import { expect, test } from 'vitest'
import { createContent } from '../../main/lab/default-content'
import { NOISY_NEIGHBOUR } from '../../main/lab/presets/noisy-neighbour'
import { MGLRU_FILE } from '../../main/lab/presets/mglru-file'
import { fitToKernel } from '../../main/lab/scenario/fit-to-kernel'
import android from '../../plugins/kernels/android-3.18'
import linux515 from '../../plugins/kernels/linux-5.15'
import linux61 from '../../plugins/kernels/linux-6.1'

const content = createContent()
const kernel = (name: string) => {
  const found = content.kernels.find(({ definition }) => definition.name === name)
  if (found === undefined) throw new Error(`no kernel ${name}`)
  return found
}

test('on its own kernel nothing of a preset is left out', () => {
  for (const { scenario } of content.presets) expect(fitToKernel(scenario, linux61)).toEqual({ scenario, notes: [] })
})

test('what another kernel lacks is left out and named; the result passes as if a person had written it', () => {
  for (const other of [linux515, android]) {
    for (const preset of content.presets) {
      const { scenario, notes } = fitToKernel(preset.scenario, other)
      expect(content.parseScenario(scenario, kernel(other.name)), preset.id).toMatchObject({ ok: true })
      for (const { en, zh } of notes) expect(en.startsWith(other.name) && zh.startsWith(other.name)).toBe(true)
      const gone = Object.keys(preset.scenario.sysctls).filter((name) => !(name in scenario.sysctls))
      for (const name of gone) expect(notes.some(({ en }) => en.includes(name))).toBe(true)
      // Phases keep their numbers: events and statistics name them.
      expect(scenario.processes.map(({ phases }) => phases.length)).toEqual(preset.scenario.processes.map(({ phases }) => phases.length))
    }
  }
})

test('generations, factors out of range, cgroup v2', () => {
  const generations = { ...MGLRU_FILE.scenario, sysctls: { ...MGLRU_FILE.scenario.sysctls, 'lru_gen.enabled': 7, 'vm.watermark_scale_factor': 2000 } }
  expect(fitToKernel(generations, linux515).notes.map(({ en }) => en)).toEqual([
    'linux-5.15 takes vm.watermark_scale_factor from 1 to 1000 only: the preset\'s 2000 is left out.', 'linux-5.15 has no lru_gen.enabled: the preset\'s lru_gen.enabled=7 is left out.',
  ].sort((a, b) => Object.keys(generations.sysctls).findIndex((name) => a.includes(name)) - Object.keys(generations.sysctls).findIndex((name) => b.includes(name))))
  const groups = fitToKernel(NOISY_NEIGHBOUR.scenario, android)
  expect(groups.notes.map(({ en }) => en)).toContain('android-3.18 has no cgroup v2: the preset\'s memory cgroups are left out, and nobody is limited or protected.')
  expect(groups.scenario.memcgs).toBeUndefined()
  expect(groups.scenario.processes.every(({ memcg }) => memcg === undefined)).toBe(true)
})

test('a scenario that a person wrote is refused, with what to change', () => {
  const problems = (value: unknown, name: string): string[] => {
    const result = content.parseScenario(value, kernel(name))
    return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`)
  }
  expect(problems(NOISY_NEIGHBOUR.scenario, 'android-3.18')).toContain('memcgs: are of cgroup v2, which this kernel does not have; write "cgroup": { "version": 1 } and v1\'s knobs')
  expect(problems({ ...MGLRU_FILE.scenario, sysctls: { 'lru_gen.enabled': 7 } }, 'linux-5.15').join()).toMatch(/sysctls\.lru_gen\.enabled/)
  expect(problems({ ...MGLRU_FILE.scenario, sysctls: { 'vm.watermark_boost_factor': 0, 'vm.swappiness': 150 } }, 'android-3.18').join()).toMatch(/vm\.watermark_boost_factor[^]*vm\.swappiness/)
})
