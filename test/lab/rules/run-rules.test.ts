/** Policies from rules in whole runs: those that change nothing have the kernel's digest, the others do what their words say. Orders and shares, with room: exact counts are the engine's own goldens. */
import { expect, test } from 'vitest'
import { run } from './support'

const delta = (rules: object | undefined, name: string): number => run(rules).summary.delta[name] ?? 0
const ENDLESS = { watch: { everyMs: 200, percent: 100 } }
const always = { high: 100, mid: 100 }

test.each([
  ['no rules', {}],
  ['rules that never hold', { rules: [{ when: [{ if: 'time', fromMs: 900_000 }], then: { do: 'marks' } }, { when: [{ if: 'free', percent: 0 }], then: { do: 'swappiness', value: 0 } }, { when: [{ if: 'psi', percent: 100 }], then: { do: 'reclaim' } }] }],
  ['rules that answer what the kernel does', { rules: [...['marks', 'kswapd-target'].map((id) => ({ then: { do: id, factor: 1 } })), ...['readahead', 'slab', 'boost', 'dirty-pause'].map((id) => ({ then: { do: id, percent: 100 } })), { then: { do: 'swappiness', value: 60 } }] }],
])('%s: the kernel\'s digest', (_, rules) => {
  const recording = run(rules)
  expect(recording.ejections).toEqual([])
  expect(recording.digest).toBe(run().digest)
})

test('a fixed balance, and swappiness by the anonymous share, end swapping', () => {
  expect(delta(undefined, 'pswpout')).toBeGreaterThan(200)
  expect(delta({ rules: [{ then: { do: 'balance', anonPercent: 0 } }] }, 'pswpout')).toBe(0)
  expect(delta({ rules: [{ when: [{ if: 'anon-share', side: 'above', percent: 10 }], then: { do: 'swappiness', value: 0 } }] }, 'pswpout')).toBe(0)
})

test('marks move when the rule begins to hold, and once', () => {
  const { hooks, ejections } = run({ rules: [{ when: [{ if: 'time', fromMs: 1000 }], then: { do: 'marks', factor: 3 } }] })
  expect(ejections).toEqual([])
  expect(hooks.find(({ hook }) => hook === 'zoneWatermarks')).toMatchObject({ called: 2, overrode: 1 })
})

test('a sysctl is written while the rule holds and put back after', () => {
  const { events, ejections } = run({ rules: [{ when: [{ if: 'time', fromMs: 500, untilMs: 1000 }], then: { do: 'sysctl', name: 'vm.swappiness', value: 0 } }] })
  expect(ejections).toEqual([])
  expect(events.filter(({ kind }) => kind === 'sysctl_write').map(({ t, args }) => [t / 1e6, args['name'], args['value']])).toEqual([[500, 'vm.swappiness', '0'], [1000, 'vm.swappiness', '60']])
})

test('schemes take what they are for', () => {
  const counted = (scheme: object): number | undefined => {
    const { ejections, policySeries } = run({ ...ENDLESS, schemes: [{ ...always, ...scheme }] })
    expect(ejections).toEqual([])
    return policySeries.columns[policySeries.ids.indexOf('policy.tested.scheme_1_pages')]?.at(-1)
  }
  expect(counted({})).toBeGreaterThan(700)
  // Ten at each of the six looks from the second on, where there are ten.
  expect(counted({ quota: 10 })).toBeGreaterThan(50)
  expect(counted({ quota: 10 })).toBeLessThanOrEqual(60)
  expect(counted({ mid: 0 })).toBeUndefined()
  const refaults = delta(undefined, 'workingset_refault_file')
  // What was idle goes first, or what was used goes last: fewer mistakes than the kernel's lists make here.
  expect(delta({ ...ENDLESS, schemes: [{ ...always, action: 'cold' }] }, 'workingset_refault_file')).toBeLessThan(0.95 * refaults)
  expect(delta({ ...ENDLESS, schemes: [{ ...always, action: 'keep', minAccesses: 1, maxAccesses: 255, minLooks: 1 }] }, 'workingset_refault_file')).toBeLessThan(0.97 * refaults)
})
