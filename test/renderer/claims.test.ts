/** The claims' evidence exists, verdicts name kernels there are, and both languages say something. */
import { expect, test } from 'vitest'
import { createContent } from '../../main/lab/default-content'
import { CLAIMS } from '../../renderer/claims/claims'

const content = createContent()

test('every claim has a preset for its evidence, a verdict that names kernels there are, and both languages', () => {
  for (const { says, why, preset, verdict, kernels } of CLAIMS) {
    expect(content.presets.map(({ id }) => id)).toContain(preset)
    expect(kernels === undefined).toBe(verdict !== 'true-in')
    for (const kernel of kernels ?? []) expect(content.kernels.map(({ info }) => info.name)).toContain(kernel)
    for (const text of [says, why]) expect([text.en.endsWith('.'), /[\u4e00-\u9fff]/.test(text.zh)]).toEqual([true, true])
  }
  expect(new Set(CLAIMS.map(({ article }) => article))).toEqual(new Set(['000', '001', '002', '003', '004']))
})
