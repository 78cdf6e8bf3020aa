import { expect, test } from 'vitest'
import { describeLab } from '../../main/lab/describe'
import { createContent } from '../../main/lab/default-content'
import { defaultKernel } from '../../main/lab/request'

const content = createContent()

test('the kernel that runs comes first, every kernel with its source', () => {
  expect(content.kernels.map((kernel) => [kernel.info.name, kernel.info.scope])).toEqual([['linux-6.1', 'full'], ['linux-5.15', 'full'], ['android-3.18', 'full']])
  for (const { info } of content.kernels) expect(info.source).toContain(`'${info.name}'`)
  expect(defaultKernel(content.kernels).info.name).toBe('linux-6.1')
})

test('every preset names an existing base and example policies, and passes the schema as a file would', () => {
  const examples = content.examples.map((example) => example.file.replace(/^examples\/|\.ts$/g, ''))
  for (const preset of content.presets) {
    const kernel = content.kernels.find((one) => one.info.name === preset.base)
    if (kernel === undefined) throw new Error(`${preset.id}: no kernel ${preset.base}`)
    for (const policy of preset.policies) expect(examples, preset.id).toContain(policy)
    expect(content.parseScenarioText(JSON.stringify(preset.scenario), kernel), preset.id).toEqual({ ok: true, value: preset.scenario })
  }
})

test('the lab opens on seed 000 with a watermark policy and a ratio policy', () => {
  expect(content.presets[0]).toMatchObject({ id: 'seed-000', base: 'linux-6.1', policies: ['watermark-early', 'file-first'] })
})

test('the skeleton is a policy that answers every hook with the base', () => {
  expect(content.skeleton).toContain('definePolicy')
  expect(content.examples.map((example) => example.file)).toContain('examples/skeleton.ts')
})

test('each kernel is described with its own sysctls', () => {
  const { kernels } = describeLab({ host: 'browser', workspace: '/nowhere', kept: false }, content, [], '')
  const names = (kernel: string): readonly string[] => kernels.find(({ name }) => name === kernel)?.sysctls?.map(({ name }) => name) ?? []
  expect(names('linux-6.1')).toContain('vm.watermark_scale_factor')
  expect(names('android-3.18')).toContain('vm.extra_free_kbytes')
  expect(names('android-3.18')).not.toContain('vm.watermark_scale_factor')
})
