/** Evidence of claims that no other test of the presets holds: what the page of claims tells to look at is there. */
import type { KernelDefinition } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { createSimulation } from '../../main/engine'
import type { PolicyInstance, Recording, RunEvent } from '../../main/engine'
import { FRAGMENTED_HUGETLB } from '../../main/lab/presets/fragmented-hugetlb'
import { HYSTERESIS_OF_2_3 } from '../../main/lab/presets/hysteresis-of-2-3'
import { KERNELS_EXTRA_FREE } from '../../main/lab/presets/kernels-extra-free'
import { KSWAPD_VS_DIRECT } from '../../main/lab/presets/kswapd-vs-direct'
import { RAISE_MIN_FREE } from '../../main/lab/presets/seed-000-raise-min-free'
import android318 from '../../plugins/kernels/android-3.18'
import linux61 from '../../plugins/kernels/linux-6.1'
import lowOnMemory from '../../plugins/policies/low-on-memory'
import { delta, runScenario } from '../engine/support/run'

const MS = 1e6
const first = ({ events }: Recording, kind: string): RunEvent | undefined => events.find((event) => event.kind === kind)

const both = runScenario(KSWAPD_VS_DIRECT.scenario, { kernel: linux61, everyTurns: 0 })

test('claim 5: woken with every zone below LOW, kswapd sleeps again with one above HIGH', () => {
  const at = (kind: string): number => first(both, kind)?.t ?? NaN
  const times = [at('mm_vmscan_wakeup_kswapd'), at('mm_vmscan_kswapd_sleep')]
  const simulation = createSimulation({ scenario: { ...KSWAPD_VS_DIRECT.scenario, durationMs: times[1] / MS + 1 }, kernel: linux61, policies: [], seed: 1, snapshotsAt: times })
  while (simulation.step(10_000));
  const [woken, asleep] = simulation.finish().states ?? []
  expect(woken.zones.every(({ free, low, protection }) => free <= low + protection[3])).toBe(true)
  expect(asleep.zones.some(({ free, high, protection }) => free > high + protection[3])).toBe(true)
})

test('claim 7: large blocks are compacted for before anybody reclaims', () => {
  const run = runScenario(FRAGMENTED_HUGETLB.scenario, { kernel: linux61, everyTurns: 0 })
  // Before, vm.extfrag_threshold keeps compaction out.
  const since = run.events.findIndex(({ kind, args }) => kind === 'sysctl_write' && args['name'] === 'vm.extfrag_threshold' && Number(args['value']) === 500)
  const kinds = run.events.slice(since).map(({ kind }) => kind)
  expect(kinds).toContain('mm_compaction_begin')
  const reclaimed = kinds.indexOf('mm_vmscan_direct_reclaim_begin')
  expect(kinds.indexOf('mm_compaction_begin')).toBeLessThan(reclaimed < 0 ? Infinity : reclaimed)
})

test('claims 2, 6 and 13: DMA32 has the 2.9 GiB; Normal lies below its MIN for long, kswapd runs, nobody reclaims for himself', () => {
  const run = runScenario(RAISE_MIN_FREE.scenario, { kernel: linux61, everyTurns: 0 })
  const below = run.snapshots.filter(({ zones }) => zones.some(({ zone, free, min }) => zone === 'Normal' && free < min))
  expect(below.length).toBeGreaterThan(0)
  expect(run.snapshots.flatMap(({ zones }) => zones.filter(({ zone, free }) => zone === 'DMA32' && free > 750_000)).length).toBeGreaterThan(0)
  expect(run.snapshots[0].zones.map(({ managed }) => managed)[0]).toBe(3840)
  expect(delta(run, 'pageoutrun')).toBeGreaterThan(0)
  expect(run.summary.directReclaim.count).toBe(0)
})

test('claim 18: single pages are never compacted for', () => {
  expect(both.summary.directReclaim.count).toBeGreaterThan(100)
  expect(delta(both, 'compact_stall')).toBe(0)
})

test('claims 25 and 29: kswapd sleeps until somebody fails at LOW, with MIN still far', () => {
  const wake = first(both, 'mm_vmscan_wakeup_kswapd')
  expect(wake?.t).toBeGreaterThan(500 * MS)
  expect(both.events.findIndex(({ kind }) => kind === 'mm_vmscan_kswapd_wake')).toBeGreaterThanOrEqual(both.events.findIndex(({ kind }) => kind === 'mm_vmscan_wakeup_kswapd'))
  const zones = wake?.cause?.zones ?? []
  expect(zones.length).toBeGreaterThan(0)
  for (const { node, zone, free, mark } of zones) {
    const own = both.summary.marks.find((each) => each.node === node && each.zone === zone)
    expect(mark).toBe(own?.low)
    expect(free).toBeGreaterThan(own?.min ?? Infinity)
  }
})

test('claim 30: with the hysteresis of 2.3 there are fewer stalls, each longer; without it 32 pages are enough', () => {
  const run = (policies: readonly PolicyInstance[]): Recording => runScenario(HYSTERESIS_OF_2_3.scenario, { kernel: linux61, everyTurns: 0, policies })
  const plain = run([])
  const held = run([{ definition: lowOnMemory, params: { most: 4096 } } as unknown as PolicyInstance])
  expect(held.ejections).toEqual([])
  const [few, many] = [held.summary.directReclaim, plain.summary.directReclaim]
  expect(few.count).toBeGreaterThan(0)
  expect(few.count).toBeLessThan(many.count / 2)
  expect(few.totalNs / few.count).toBeGreaterThan(3 * (many.totalNs / many.count))
})

test('claim 31: extra_free_kbytes moves LOW and HIGH, not MIN, and takes stalls away', () => {
  const run = (extra: number): Recording => runScenario({ ...KERNELS_EXTRA_FREE.scenario, sysctls: { 'vm.extra_free_kbytes': extra } }, { kernel: android318 as KernelDefinition, everyTurns: 0 })
  const [plain, more] = [run(0), run(24_576)]
  const [{ min, low, high }] = plain.summary.marks
  expect(more.summary.marks[0]).toMatchObject({ min, low: low + 6144, high: high + 6144 })
  expect([low, high]).toEqual([min + Math.floor(min / 4), min + Math.floor(min / 2)])
  expect(more.summary.directReclaim.count).toBeLessThan(plain.summary.directReclaim.count / 4)
})
