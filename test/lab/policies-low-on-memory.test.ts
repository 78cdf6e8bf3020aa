/** The 2.3 hysteresis as a policy: fewer direct reclaims, each of them longer; and it can be run on every kernel. */
import { expect, test } from 'vitest'
import { KSWAPD_VS_DIRECT } from '../../main/lab/presets/kswapd-vs-direct'
import lowOnMemory from '../../plugins/policies/low-on-memory'
import { KERNELS, fit } from '../engine/support/kernels'
import type { PolicyInstance } from '../../main/engine'
import { runScenario } from '../engine/support/run'

const instance = { definition: lowOnMemory, params: { most: 4096 } } as unknown as PolicyInstance

for (const kernel of KERNELS) {
  test(`${kernel.name}: fewer stalls, longer ones, more pages each`, () => {
    const scenario = fit(KSWAPD_VS_DIRECT.scenario, kernel)
    const plain = runScenario(scenario, { kernel, everyTurns: 0 })
    const held = runScenario(scenario, { kernel, everyTurns: 0, policies: [instance] })
    expect(held.ejections).toEqual([])
    expect(plain.summary.directReclaim.count).toBeGreaterThan(0)
    expect(held.summary.directReclaim.count).toBeLessThan(plain.summary.directReclaim.count)
    const pages = (r: typeof plain): number => r.summary.delta['pgsteal_direct'] / r.summary.directReclaim.count
    expect(pages(held)).toBeGreaterThan(2 * pages(plain))
    expect(held.hooks.find(({ hook }) => hook === 'directReclaimTarget')?.overrode).toBeGreaterThan(0)
  })
}
