/** 5.15 beside 6.1: fixed waits, one cut of a scan in proportion, a reaper that comes at once. */
import { expect, test } from 'vitest'
import type { Phase, RunEvent } from '../../../main/engine/index'
import { MANY_RECLAIMERS } from '../../../main/lab/presets/many-reclaimers'
import linux515 from '../../../plugins/kernels/linux-5.15'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { delta, runScenario } from '../support/run'
import { MIB, map, scenario, sleep, touch } from '../support/tiny'

const TICK = 4e6

function pauses(events: readonly RunEvent[], reason: string): RunEvent[] {
  return events.filter((event) => event.kind === 'mm_vmscan_throttled' && event.args['reason'] === reason)
}

/** Too many for so little memory: most of the inactive list is isolated by somebody. */
const crowd = { ...MANY_RECLAIMERS.scenario, durationMs: 4000 }

test('too many isolated: 5.15 sleeps a tenth of a second, whatever happens; 6.1 at most a fiftieth', () => {
  const old = pauses(runScenario(crowd, { kernel: linux515, everyTurns: 0 }).events, 'too_many_isolated')
  const now = runScenario(crowd, { kernel: linux61, everyTurns: 0 }).events
  expect(old.length).toBeGreaterThan(50)
  expect(pauses(now, 'too_many_isolated')).toEqual([])
  // A timeout of n ticks takes n to n + 1; who then has to wait for a CPU comes later.
  for (const { duration = 0 } of old) expect(duration).toBeGreaterThanOrEqual(100e6)
  expect(Math.min(...old.map(({ duration = 0 }) => duration))).toBeLessThanOrEqual(100e6 + 2 * TICK)
  const short = pauses(now, 'VMSCAN_THROTTLE_ISOLATED')
  expect(short.length).toBeGreaterThan(old.length)
  expect(Math.min(...short.map(({ duration = 0 }) => duration))).toBeLessThan(20e6 + 2 * TICK)
})

test('nothing of reclaim_throttle is left in 5.15, and nobody counts what the throttled wait for', () => {
  const recording = runScenario(crowd, { kernel: linux515, everyTurns: 0 })
  expect(recording.events.filter((event) => String(event.args['reason'] ?? '').startsWith('VMSCAN_THROTTLE'))).toEqual([])
  expect(delta(recording, 'nr_throttled_written')).toBe(0)
})

test('the OOM reaper of 5.15 comes at once, that of 6.1 after two seconds', () => {
  const lock: Phase = { op: 'lock', name: 'm', kind: 'mutex' }
  const blocked = scenario({
    machine: { pages: 16 * MIB }, durationMs: 90_000, sampleMs: 500,
    processes: [{ name: 'keeper', phases: [lock, sleep(60_000)] }, { name: 'victim', phases: [sleep(10), map('a', 2400), touch('a', 'w', 2400), lock, sleep(1)] }, { name: 'hog', phases: [sleep(500), map('b', 2000), touch('b', 'w', 2000), sleep(1000)] }],
  })
  const wait = (kernel: typeof linux61 | typeof linux515): number => {
    const { events } = runScenario(blocked, { kernel })
    return ((events.find((event) => event.kind === 'oom_reap')?.t ?? NaN) - (events.find((event) => event.kind === 'mark_victim')?.t ?? NaN)) / 1e9
  }
  expect(wait(linux515)).toBeLessThan(0.01)
  expect(wait(linux61)).toBeGreaterThan(1.99)
})
