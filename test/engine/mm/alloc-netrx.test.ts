/** Network bursts: what an interrupt may have, what it drops, and that more free memory helps. */
import { expect, test } from 'vitest'
import type { AnyPolicyDefinition } from 'reclaim-lab'
import type { Phase, Recording } from '../../../main/engine/index'
import { metricsOf } from '../../../main/engine/metrics/catalogue'
import { GFP_ATOMIC } from '../../../main/engine/mm/gfp'
import { WMARK_MIN } from '../../../main/engine/mm/mmzone'
import { allocPagesAtomic } from '../../../main/engine/mm/page-alloc'
import { NETWORK_BURSTS } from '../../../main/lab/presets/network-bursts'
import { completeScenario } from '../../../main/lab/scenario/complete'
import watermarkEarly from '../../../plugins/policies/watermark-early'
import { expectIdentities } from '../support/identities'
import { idleMm } from '../support/idle'
import { run } from '../support/run'
import { MIB, map, scenario, sleep, touch } from '../support/tiny'

const netrx = (over: Partial<Extract<Phase, { op: 'netrx' }>> = {}): Phase => ({ op: 'netrx', pages: 64, order: 0, everyMs: 10, count: 20, holdMs: 25, ...over })
const network = (recording: Recording, task: string) => recording.summary.tasks.filter((each) => each.name === task).flatMap((each) => each.phases.flatMap((phase) => phase.network ?? []))

test('with memory at hand every buffer is received, held and given back; time is the device\'s, not the CPU\'s', () => {
  const held: number[] = []
  const { recording, mm } = run(scenario({ machine: { pages: 16 * MIB }, processes: [{ name: 'eth0', phases: [netrx()] }] }), {
    everyTurns: 1, watch: (each) => held.push([...each.kernelBlocks].reduce((sum, blocks) => sum + [...blocks.pfns()].length, 0)),
  })
  expect(network(recording, 'eth0')).toEqual([{ received: 1280, dropped: 0 }])
  // 25 ms at one burst in 10 ms: three at a time at most.
  expect(Math.max(...held)).toBe(3 * 64)
  expect([held.at(-1), mm.kernelBlocks.size]).toEqual([0, 0])
  const [phase] = recording.summary.tasks[0].phases
  expect((phase.endNs - phase.startNs) / 1e6).toBeCloseTo(19 * 10 + 25, 0)
  expect(metricsOf(recording.summary)['network_dropped']).toBe(0)
  expectIdentities(recording)
})

test('an interrupt goes down to three eighths of MIN and no further, and wakes kswapd', () => {
  const mm = idleMm({ pages: 64 * MIB })
  const [zone] = mm.zones
  const [pcp] = zone.pcp
  for (let pfn = allocPagesAtomic(mm, GFP_ATOMIC, 0); pfn >= 0; pfn = allocPagesAtomic(mm, GFP_ATOMIC, 0));
  const min = zone.mark[WMARK_MIN]
  const least = min - Math.floor(min / 2) - Math.floor((min - Math.floor(min / 2)) / 4)
  expect(zone.free).toBeLessThanOrEqual(least)
  expect(zone.free).toBeGreaterThan(least - pcp.batch)
  expect(mm.kswapds[0].task.runnable).toBe(true)
})

test('what can\'t be had is dropped and counted, one event a burst, without reclaim', () => {
  const { recording, mm } = run(scenario({
    machine: { pages: 16 * MIB }, durationMs: 2000,
    processes: [{ name: 'hog', phases: [map('a', 3900), touch('a', 'w', 3900), sleep(1000)] }, { name: 'eth0', oomScoreAdj: -1000, phases: [sleep(100), netrx({ pages: 256, count: 5 })] }],
  }), { everyTurns: 20 })
  const [{ received, dropped }] = network(recording, 'eth0')
  expect(received + dropped).toBe(256 * 5)
  expect(dropped).toBeGreaterThan(0)
  const failures = recording.events.filter((event) => event.kind === 'mm_page_alloc_failed')
  expect(failures.length).toBeGreaterThan(0)
  expect(failures.length).toBeLessThanOrEqual(5)
  expect(failures[0].task).toBe('eth0')
  expect(failures[0].cause?.path.slice(-3)).toEqual(['__alloc_pages', '__alloc_pages_slowpath', 'warn_alloc'])
  expect(failures[0].cause?.zones.every((zone) => zone.short > 0)).toBe(true)
  expect(mm.kernelBlocks.size).toBe(0)
  expectIdentities(recording)
})

test('high-order bursts that need their privileges make the zone keep a pageblock for them', () => {
  const { recording, mm } = run(scenario({
    machine: { pages: 16 * MIB }, sysctls: { 'vm.min_free_kbytes': 4000 },
    processes: [{ name: 'hog', phases: [map('a', 2700), touch('a', 'w', 2700), sleep(500)] }, { name: 'eth0', oomScoreAdj: -1000, phases: [sleep(50), netrx({ pages: 512, order: 3 })] }],
  }), { everyTurns: 20 })
  // One more is taken as long as fewer than 1 % of 4096 pages and a pageblock are kept.
  expect(mm.zones[0].nrReservedHighatomic).toBe(1024)
  const [{ received, dropped }] = network(recording, 'eth0')
  expect(received + dropped).toBe(64 * 20)
  expectIdentities(recording)
})

test('the preset: bursts are dropped with little free memory, hardly with four times min_free_kbytes or a wider gap', () => {
  const of = (policy?: AnyPolicyDefinition) => {
    const params = Object.fromEntries(Object.entries(policy?.params ?? {}).map(([name, spec]) => [name, spec.default]))
    return network(run(completeScenario(NETWORK_BURSTS.scenario), { everyTurns: 0, policies: policy ? [{ definition: policy, params }] : [] }).recording, 'eth0')
  }
  const [little, more] = of()
  const [early] = of(watermarkEarly as AnyPolicyDefinition)
  expect(little.dropped).toBeGreaterThan(1000)
  expect(more.dropped).toBeLessThan(little.dropped / 10)
  expect(early.dropped).toBeLessThan(little.dropped / 10)
})
