/** zram end to end: pool pages, swap-in without swap cache, two areas by priority, and what a page's content does to its size. */
import { expect, test } from 'vitest'
import type { Machine, Phase, SwapSpec } from '../../../main/engine/index'
import { delta, runScenario } from '../support/run'
import { MIB, machine, map, scenario, snap, touch } from '../support/tiny'

const PAGES = 16 * MIB

function withSwap(swap: readonly SwapSpec[]): Machine {
  return { ...machine({ pages: PAGES }), swap }
}

/** Fills more than memory, then reads it back. */
function overcommit(rw: 'w' | 'f', fillb = 2048): readonly Phase[] {
  const fill: Phase = rw === 'w' ? touch('a', 'w', PAGES + 1000) : { op: 'touch', r: 'a', rw: 'f', fillb, pat: 'seq', start: 0, len: PAGES + 1000, count: PAGES + 1000, rate: 0 }
  return [map('a', PAGES + 1000), fill, snap('filled'), touch('a', 'r', PAGES + 1000)]
}

test('pages go to memory, not to a disk, and come back by synchronous faults', () => {
  const recording = runScenario(scenario({ machine: withSwap([{ kind: 'zram', pages: PAGES, priority: 100 }]), processes: [overcommit('w')] }))
  expect(recording.summary.end).toBe('done')
  expect(delta(recording, 'pswpout')).toBeGreaterThan(1000)
  expect(delta(recording, 'pswpin')).toBe(delta(recording, 'pgmajfault'))
  expect(delta(recording, 'pgpgout')).toBe(0)
  expect(delta(recording, 'pgrotated')).toBe(0)
  expect(delta(recording, 'pgsteal_anon')).toBe(delta(recording, 'pswpout'))
  expect(delta(recording, 'swap_ra')).toBe(0)
})

test('half-random pages take 4/7 of a page each in the pool', () => {
  const recording = runScenario(scenario({ machine: withSwap([{ kind: 'zram', pages: PAGES, priority: 100 }]), processes: [overcommit('f')] }))
  const filled = recording.snapshots.find((s) => s.label === 'filled')?.vmstat ?? {}
  const stored = filled.pswpout - filled.pswpin
  expect(stored).toBeGreaterThan(1000)
  expect(filled.nr_zspages / stored).toBeCloseTo(4 / 7, 2)
})

test('the pool is empty when every process has ended', () => {
  const recording = runScenario(scenario({ machine: withSwap([{ kind: 'zram', pages: PAGES, priority: 100 }]), processes: [overcommit('w')] }))
  // Up to 64 freed slots wait in the return cache; their objects may hold as many groups.
  expect(recording.snapshots.at(-1)?.vmstat.nr_zspages).toBeLessThanOrEqual(64)
})

test('the area of higher priority is used first, equal ones in turn', () => {
  const disks: readonly SwapSpec[] = [{ kind: 'disk', disk: 'vdb', pages: PAGES, priority: -2 }, { kind: 'zram', pages: 600, priority: 100 }]
  const first = runScenario(scenario({ machine: withSwap(disks), processes: [overcommit('w')] }))
  expect(delta(first, 'pgpgout') / 4).toBeLessThan(delta(first, 'pswpout'))
  expect(delta(first, 'pgpgout')).toBeGreaterThan(0)
  const equal: readonly SwapSpec[] = [{ kind: 'disk', disk: 'vda', pages: PAGES, priority: 5 }, { kind: 'disk', disk: 'vdb', pages: PAGES, priority: 5 }]
  const { vda, vdb } = runScenario(scenario({ machine: withSwap(equal), processes: [overcommit('w')] })).summary.io
  expect(Math.abs(vda.writePages - vdb.writePages)).toBeLessThanOrEqual(64)
})
