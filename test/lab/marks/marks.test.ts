/** Marks and reserves side by side, against the figures of the seeds and of kernel test vectors. */
import { expect, test } from 'vitest'
import { kernelNamed, kernelNames } from '../../../main/runner/kernels'
import { marksByKernel, type KernelMarks } from '../../../main/lab/marks/marks'
import { PRESETS } from '../../../main/lab/presets'
import type { ZoneSpec } from '../../../main/engine'
import type { Scenario } from '../../../preload/contract'

const KERNELS = kernelNames().map(kernelNamed)

function marks(zones: readonly ZoneSpec[], booted: Scenario['sysctls'] = {}, written: Readonly<Record<string, string>> = {}): Readonly<Record<string, KernelMarks>> {
  const result = marksByKernel(zones, booted, written, KERNELS)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return Object.fromEntries(result.value.map((one) => [one.kernel, one]))
}

const rows = (one: KernelMarks): readonly (readonly number[])[] => one.zones.map(({ min, low, high }) => [min, low, high])

function preset(id: string): Scenario {
  const found = PRESETS.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no preset ${id}`)
  return found.scenario
}

test('seed 000: nine boot marks and min_free_kbytes 8000, nine raised marks, reserves', () => {
  const { machine: { zones }, sysctls } = preset('seed-000')
  const boot = marks(zones, sysctls)['linux-5.15']
  expect([boot.minFreeKb, boot.automatic]).toEqual([8000, true])
  expect(rows(boot)).toEqual([[7, 10, 13], [1505, 2257, 3009], [487, 730, 973]])
  const raised = marks(zones, sysctls, { 'vm.min_free_kbytes': '3000000' })
  for (const kernel of ['linux-5.15', 'linux-6.1']) expect(rows(raised[kernel])).toEqual([[2862, 3577, 4292], [565_534, 706_917, 848_300], [181_602, 227_002, 272_402]])
  expect(rows(raised['android-3.18']).map(([, , high]) => high)).toEqual([4293, 848_301, 272_403])
  expect(boot.zones.map((zone) => zone.protection)).toEqual([[0, 2963, 3914, 3914], [0, 0, 951, 951], [0, 0, 0, 0]])
})

test('seed 003: MIN adds up to 786,431 of 786,432 in every kernel; the printed HIGH is that of 3.18 alone', () => {
  const { machine: { zones }, sysctls } = preset('seed-003-180gib')
  const all = marks(zones, sysctls)
  expect(Object.values(all).map((one) => [one.sumMin, one.minFreeKb / 4])).toEqual([[786_431, 786_432], [786_431, 786_432], [786_431, 786_432]])
  expect(rows(all['android-3.18'])).toEqual([[63, 78, 94], [7139, 8923, 10_708], [779_229, 974_036, 1_168_843]])
  expect(rows(all['linux-6.1'])).toEqual([[63, 78, 93], [7139, 8923, 10_707], [779_229, 974_036, 1_168_843]])
})

test('seed 004: extra_free_kbytes lifts LOW and HIGH off MIN in 3.18; the others say that they lack it', () => {
  const zones: readonly ZoneSpec[] = [{ node: 0, name: 'DMA32', managed: 200_000 }, { node: 0, name: 'Normal', managed: 260_000 }]
  const all = marks(zones, {}, { 'vm.min_free_kbytes': '5792', 'vm.extra_free_kbytes': '24300' })
  expect(rows(all['android-3.18'])).toEqual([[629, 3427, 3584], [818, 4455, 4660]])
  expect(all['android-3.18'].unknown).toEqual([])
  for (const kernel of ['linux-5.15', 'linux-6.1']) expect(all[kernel].unknown).toEqual(['vm.extra_free_kbytes'])
  // The same MIN without it, and LOW..HIGH as far apart.
  const plain = marks(zones, {}, { 'vm.min_free_kbytes': '5792' })['android-3.18']
  expect(rows(plain).map(([min]) => min)).toEqual([629, 818])
  expect(rows(plain).map(([, low, high]) => high - low)).toEqual(rows(all['android-3.18']).map(([, low, high]) => high - low))
})

test('a write is computed from what zones manage now, the boot value from what they managed then', () => {
  const { machine: { zones } } = preset('seed-000')
  const [boot, written] = [marks(zones)['linux-6.1'], marks(zones, {}, { 'vm.min_free_kbytes': '8000' })['linux-6.1']]
  expect(rows(boot)[1]).toEqual([1505, 2257, 3009])
  expect(rows(written)[1]).toEqual([1508, 2266, 3024])
})

test('a list of reserve ratios may be shorter than the kernel has zones', () => {
  const { machine: { zones } } = preset('seed-000')
  expect(marks(zones, {}, { 'vm.lowmem_reserve_ratio': '128' })['linux-6.1'].zones.map((zone) => zone.protection[3])).toEqual([7829, 951, 0])
})

test.each([
  ['vm.min_free', '3', /none of linux-6\.1, linux-5\.15, android-3\.18 has this sysctl here\. Did you mean "vm\.min_free_kbytes"\?/],
  ['vm.min_free_kbytes', '-3', /linux-6\.1: must be a whole number from 0 to/],
  ['vm.watermark_scale_factor', '2000', /linux-5\.15: must be a whole number from 1 to 1000/],
])('%s=%s is refused with what is allowed', (name, value, message) => {
  const result = marksByKernel(preset('seed-000').machine.zones, {}, { [name]: value }, KERNELS)
  expect(result.ok).toBe(false)
  if (!result.ok) expect(result.problems.map((problem) => problem.message).join('\n')).toMatch(message)
})
