/** The whole state of the machine at asked times: true, consistent, and without any influence on the run. */
import { expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine/index'
import type { MachineState, Recording, Scenario } from '../../../main/engine/index'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, fread, map, open, scenario, sleep, snap, touch, unmap } from '../support/tiny'

const MS = 1e6

/** More anonymous memory and page cache than RAM, on several zones; `cpus` CPUs with a task for each and one more. */
function pressed(cpus: number): Scenario {
  const zones = [{ node: 0, name: 'DMA' as const, managed: 3840 }, { node: 0, name: 'DMA32' as const, managed: 8 * MIB }, { node: 0, name: 'Normal' as const, managed: 8 * MIB }]
  const hogs = Array.from({ length: cpus + 1 }, (_, i) => [map('a', 11 * MIB), touch('a', 'w', 11 * MIB), snap(`held ${i}`), sleep(20), touch('a', 'r', 11 * MIB), unmap('a')])
  return scenario({ machine: { zones, cpus, swapPages: 64 * MIB }, files: 20 * MIB, processes: [...hogs, [open(), fread(20 * MIB)]], durationMs: 4000 })
}

function run(of: Scenario, snapshotsAt?: readonly number[]): Recording {
  const sim = createSimulation({ scenario: of, kernel: linux61, policies: [], seed: 1, ...(snapshotsAt === undefined ? {} : { snapshotsAt }) })
  while (sim.step(1000));
  return sim.finish()
}

for (const cpus of [1, 3]) {
  test(`looking changes nothing: the same digest with no look and with 400, on ${cpus} CPU${cpus > 1 ? 's' : ''}`, () => {
    const bare = run(pressed(cpus))
    expect(bare.summary.delta['pgsteal_kswapd'] + bare.summary.delta['pgsteal_direct']).toBeGreaterThan(1000)
    const every = bare.summary.durationNs / 380
    const watched = run(pressed(cpus), Array.from({ length: 400 }, (_, i) => i * every))
    expect(watched.digest).toBe(bare.digest)
    expect(watched.events).toEqual(bare.events)
    expect(bare.states).toBeUndefined()
    expect(watched.states).toHaveLength(400)
  })
}

test('states come in order of time, at or after what was asked, those after the end at the end', () => {
  const asked = [0, 3 * MS, 1 * MS, 1e15]
  const { states = [], summary } = run(pressed(1), asked)
  expect(states.map((state) => state.t)).toEqual(states.map((state) => state.t).toSorted((a, b) => a - b))
  asked.toSorted((a, b) => a - b).slice(0, 3).forEach((t, i) => expect(states[i].t).toBeGreaterThanOrEqual(t))
  expect(states[0].t).toBe(0)
  expect(states[3].t).toBe(summary.durationNs)
})

test('while the machine idles the state is of exactly the time asked for', () => {
  const idle = scenario({ processes: [[map('a', 4), touch('a', 'w', 4), sleep(1000), touch('a', 'r', 4)]] })
  const { states = [] } = run(idle, [500 * MS, 500 * MS + 7])
  expect(states.map((state) => state.t)).toEqual([500 * MS, 500 * MS + 7])
})

test('the first and last states are the snapshots of start and end', () => {
  const { states = [], snapshots } = run(pressed(1), [0, 1e15])
  for (const [state, label] of [[states[0], 'start'], [states[1], 'end']] as const) {
    const snapshot = snapshots.find((one) => one.label === label)
    expect(state.vmstat).toEqual(snapshot?.vmstat)
    expect(state.zones).toMatchObject(snapshot?.zones ?? [])
  }
})

test('lists, blocks and counts of every state agree with each other', () => {
  const { states = [] } = run(pressed(3), Array.from({ length: 100 }, (_, i) => i * 5 * MS))
  expect(states.some((state) => state.zones.some((zone) => zone.pagesets.some((pageset) => pageset.count > 0)))).toBe(true)
  for (const state of states) agrees(state)
})

function agrees(state: MachineState): void {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0)
  for (const zone of state.zones) {
    expect(zone.freeByType.map(sum)).toEqual(zone.freeByOrder)
    expect(sum(zone.freeByOrder.map((blocks, order) => blocks << order))).toBe(zone.free)
    expect(sum(zone.blocksByType)).toBe(Math.ceil(zone.managed / 512))
    expect(sum(zone.pagesets.map((pageset) => pageset.count))).toBe(zone.pcp.count)
  }
  expect(sum(state.zones.map((zone) => zone.free))).toBe(state.vmstat['nr_free_pages'])
  expect([0, 1, 2, 3, 4].map((lru) => sum(state.zones.map((zone) => zone.lru[lru])))).toEqual(['inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable'].map((name) => state.vmstat[`nr_${name}`]))
  expect(state.swapFree).toBeLessThanOrEqual(state.swapTotal)
}
