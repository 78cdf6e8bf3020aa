/** Where the time of slow allocations goes: parts that add up, in the right places, bounded, and outside the digest. */
import { expect, test } from 'vitest'
import type { Recording, Scenario, StallPart } from '../../../main/engine/index'
import { run, runScenario } from '../support/run'
import { MIB, machine, map, scenario, sleep, touch } from '../support/tiny'

const share = (recording: Recording, part: StallPart): number => recording.summary.stalls.totals[part] / Object.values(recording.summary.stalls.totals).reduce((sum, ns) => sum + ns, 0)

/** A hog of more than memory; swap on a slow disk. */
const swapping = (over: Partial<Scenario> = {}): Scenario => ({
  ...scenario({ machine: { pages: 16 * MIB, swapPages: 8192, cpus: 2, swapDisk: { iops: 400, tags: 4, maxRequestKb: 4, burstMs: 1 } }, durationMs: 40_000, processes: [[map('a', 4500), touch('a', 'w', 4500)], [map('b', 2500), touch('b', 'w', 2500)]] }), ...over,
})

test('the parts of every allocation add up to what it took, and the totals to all of them', () => {
  const { stalls, allocLatency } = runScenario(swapping({ slowAllocMs: 0 })).summary
  expect(stalls.count).toBeGreaterThan(100)
  for (const one of stalls.worst) {
    expect(Object.values(one.parts).reduce((sum, ns) => sum + ns, 0)).toBeCloseTo(one.duration, 3)
    // Sleeps are charged to the parts that wait.
    const slept = Object.values(one.sleeps).reduce((sum, ns) => sum + ns, 0)
    expect(slept).toBeCloseTo(one.parts.throttle + one.parts.io + one.parts.lock + one.parts.oom + one.parts.compaction, 3)
  }
  expect(Math.max(...stalls.worst.map((one) => one.duration))).toBe(allocLatency.max)
})

test('only allocations as slow as the threshold count; it changes nothing else, not even the digest', () => {
  const fine = runScenario(swapping({ slowAllocMs: 0.01 }))
  const coarse = runScenario(swapping({ slowAllocMs: 20 }))
  expect(coarse.digest).toBe(fine.digest)
  expect(fine.summary.stalls.count).toBeGreaterThan(coarse.summary.stalls.count)
  expect(coarse.summary.stalls.count).toBeGreaterThan(0)
  expect(Math.min(...coarse.summary.stalls.worst.map((one) => one.duration))).toBeGreaterThanOrEqual(20e6)
})

test('a slow swap disk with few tags: the time is spent on IO', () => {
  const recording = runScenario(swapping())
  expect(share(recording, 'io')).toBeGreaterThan(0.8)
  const [worst] = [...recording.summary.stalls.worst].sort((a, b) => b.duration - a.duration)
  expect(worst.sleeps['blk_mq_get_tag'] / worst.duration).toBeGreaterThan(0.99)
})

test('many tasks on one CPU that all compress into zram: the time is CPU, most of it that of the others', () => {
  const hogs = Array.from({ length: 6 }, (_, i) => [map(`a${i}`, 1200), touch(`a${i}`, 'w', 1200), touch(`a${i}`, 'w', 1200)])
  const recording = runScenario(scenario({ machine: { ...machine({ pages: 16 * MIB, preemption: 'full' }), profile: 'phone', swap: [{ kind: 'zram', pages: 8192, priority: 1 }] }, processes: hogs }))
  expect(share(recording, 'runnable') + share(recording, 'scan')).toBeGreaterThan(0.7)
  expect(recording.summary.stalls.totals.runnable).toBeGreaterThan(recording.summary.stalls.totals.scan)
})

test('waiting for a victim to die is waiting for the OOM killer', () => {
  const recording = runScenario(scenario({
    machine: { pages: 16 * MIB }, durationMs: 30_000,
    processes: [[{ op: 'lock', name: 'm', kind: 'mutex' }, sleep(20_000)], [sleep(10), map('a', 2400), touch('a', 'w', 2400), { op: 'lock', name: 'm', kind: 'mutex' }], [sleep(500), map('b', 2000), touch('b', 'w', 2000)]],
  }))
  const [worst] = [...recording.summary.stalls.worst].sort((a, b) => b.duration - a.duration)
  expect(worst).toMatchObject({ task: 'p2', order: 0, gfp: 'GFP_HIGHUSER_MOVABLE' })
  expect(worst.duration).toBeGreaterThan(1.9e9)
  expect(worst.parts.oom / worst.duration).toBeGreaterThan(0.9)
})

test('the list is bounded: at most four of each 64th of the run', () => {
  const { stalls } = runScenario(swapping({ slowAllocMs: 0 })).summary
  expect(stalls.worst.length).toBeLessThanOrEqual(64 * 4)
  const windows = new Map<number, number>()
  for (const one of stalls.worst) windows.set(Math.floor(one.t / Math.ceil(40e9 / 64)), (windows.get(Math.floor(one.t / Math.ceil(40e9 / 64))) ?? 0) + 1)
  expect(Math.max(...windows.values())).toBe(4)
})

test('the series grow while a stall goes on, never fall, and end at the totals', () => {
  const { recording } = run(swapping({ sampleMs: 5 }), { everyTurns: 0 })
  const { ids, columns } = recording.series
  for (const part of ['scan', 'io', 'runnable'] as const) {
    const column = columns[ids.indexOf(`stall.${part}_ns`)]
    for (let i = 1; i < column.length; i++) expect(column[i]).toBeGreaterThanOrEqual(column[i - 1])
    expect(column.at(-1)).toBeCloseTo(recording.summary.stalls.totals[part], 3)
  }
})

test('an allocation that never ends is in the list, with what it has taken so far', () => {
  const recording = runScenario(scenario({
    machine: { pages: 16 * MIB, swapPages: 8000, swapDisk: { stalls: [{ atMs: 0, ms: 100_000 }], tags: 1 } }, durationMs: 9_000, processes: [[map('a', 6000), touch('a', 'w', 6000)]],
  }))
  expect(recording.summary.end).toBe('time')
  const [worst] = [...recording.summary.stalls.worst].sort((a, b) => b.duration - a.duration)
  expect(worst.duration).toBeGreaterThan(8e9)
  // kswapd waits for the only tag, and the task for kswapd.
  expect(worst.parts.throttle / worst.duration).toBeGreaterThan(0.95)
  expect(worst.sleeps['throttle_direct_reclaim']).toBeCloseTo(worst.parts.throttle, 3)
})
