import { expect, test } from 'vitest'
import type { CostProfile } from '../../../main/engine/device/cost-profile'
import { COST_PROFILES } from '../../../main/engine/device/cost-profile'

test('has the three machines, all costs whole and positive', () => {
  expect(Object.keys(COST_PROFILES)).toEqual(['emulated-1ghz', 'server', 'phone'])
  const fields = Object.keys(COST_PROFILES.server).toSorted()
  for (const [name, costs] of Object.entries(COST_PROFILES)) {
    expect(Object.keys(costs).toSorted()).toEqual(fields)
    for (const [field, ns] of Object.entries(costs)) expect(Number.isInteger(ns) && ns > 0, `${name}.${field}`).toBe(true)
  }
})

test('the emulated machine’s parts add up to what was measured', () => {
  const c = COST_PROFILES['emulated-1ghz']
  const measured: readonly (readonly [number, (keyof CostProfile)[]])[] = [
    [6070, ['minorFaultAnon', 'allocPcp']],
    [1840, ['scanPage', 'shrinkPage', 'removeMapping', 'freePage', 'freeBuddyPage']],
    [1320, ['scanPage', 'shrinkPage', 'referencedPage']],
    [700, ['scanPage', 'scanActivePage']],
    [27_000, ['kswapdPassOverhead', 'shrinkNodePass']],
    [6600, ['scanPage', 'shrinkPage', 'referencedPage', 'unmapPage', 'swapOutSubmit', 'ioSubmit']],
    [2150, ['readaheadPage', 'allocPcp', 'allocBuddyRefillPage', 'lruAddPage']],
    [6300, ['swapInOverhead', 'allocPcp', 'zramDecompress']],
    [820, ['exitPage', 'freePage']],
    [13_800, ['readHit', 'readMissOverhead', 'readaheadPage', 'allocPcp', 'ioSubmit', 'contextSwitch', 'contextSwitch', 'ioComplete']],
  ]
  for (const [ns, parts] of measured) {
    const sum = parts.reduce((total, part) => total + c[part], 0)
    expect(Math.abs(sum - ns), parts.join(' + ')).toBeLessThanOrEqual(ns * 0.02)
  }
  expect(Math.abs(c.minorFaultFile + 15 * c.faultAroundPage - 7940)).toBeLessThan(80)
  // A page to zram is kept once, then taken, compressed and freed: 27 µs in the steady state, 31.5 µs over the whole fill, which is what runs are timed by.
  const kept = c.scanPage + c.shrinkPage + c.referencedPage
  expect(Math.abs(2 * kept + c.unmapPage + c.swapOutSubmit + c.zramCompress + c.removeMapping + c.freePage - 31_500)).toBeLessThan(630)
})
