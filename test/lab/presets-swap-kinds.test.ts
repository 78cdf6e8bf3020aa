/** zram alone, zram with a disk behind it, a disk alone: one program, and what each costs it, on linux-6.1. */
import { expect, test } from 'vitest'
import type { Recording } from '../../main/engine'
import { snapValue as at } from '../engine/support/run'
import { presetOf, runPreset } from './preset-run'

/** The machine of a variant; without a label the base's. */
function run(label?: string): Recording {
  const parts = label === undefined ? {} : presetOf('swap-kinds').variants.find(each => each.label === label)?.machine
  if (parts === undefined) throw new Error(`no variant ${label}`)
  const recording = runPreset('swap-kinds', { change: scenario => ({ ...scenario, machine: { ...scenario.machine, ...parts } }) })
  expect([recording.summary.end, recording.summary.tasks[0].end]).toEqual(['done', 'exited'])
  return recording
}

const [zram, both, disk] = ['zram', 'zram and disk', undefined].map(run)

/** Time of the n-th touching phase, ms. */
const took = (recording: Recording, n: number) => {
  const phase = recording.summary.tasks[0].phases.filter(each => each.op === 'touch')[n]
  return (phase.endNs - phase.startNs) / 1e6
}

test('IO: none with zram alone, for what does not fit it with both, for everything with the disk', () => {
  const written = [zram, both, disk].map(recording => recording.summary.io['vdb'].writePages)
  const out = [zram, both, disk].map(recording => at(recording, 'filled', 'pswpout'))
  expect(written[0]).toBe(0)
  // Slots of zram but its header, then the disk.
  expect(out[1] - at(both, 'filled', 'pgpgout') / 4).toBe(39_999)
  expect(out[2]).toBe(at(disk, 'filled', 'pgpgout') / 4)
  expect(written[1]).toBeLessThan(written[2])
})

test('the pool has a price: with zram more must be swapped, and the hot part does not keep its place', () => {
  expect(at(zram, 'filled', 'nr_zspages') / at(zram, 'filled', 'pswpout')).toBeGreaterThan(0.4)
  expect(at(zram, 'filled', 'nr_zspages') / at(zram, 'filled', 'pswpout')).toBeLessThan(0.47)
  expect(at(zram, 'filled', 'nr_anon_pages')).toBeLessThan(0.9 * at(disk, 'filled', 'nr_anon_pages'))
  const hotFaults = [zram, disk].map(recording => at(recording, 'worked', 'pgmajfault') - at(recording, 'filled', 'pgmajfault'))
  expect(hotFaults[0]).toBeGreaterThan(1000)
  expect(hotFaults[1]).toBe(0)
})

test('the cold pages come back fastest from zram, slowest from the disk, and in between from both', () => {
  expect(took(zram, 3)).toBeLessThan(took(both, 3) / 3)
  expect(took(both, 3)).toBeLessThan(took(disk, 3) / 1.8)
  const p99 = (recording: Recording) => recording.summary.tasks[0].phases.filter(each => each.op === 'touch')[3].latency?.p99 ?? NaN
  expect(p99(zram)).toBeLessThan(p99(disk) / 10)
})

test('the full zram took as much a page as the large one, and refused none', () => {
  const area = both.summary.swap?.[0]
  expect(area).toMatchObject({ kind: 'zram', priority: 100, pages: 40_000 })
  expect(area?.zram?.failedWrites).toBe(0)
  expect((area?.zram?.poolMax ?? 0) / 39_999).toBeCloseTo(at(zram, 'filled', 'nr_zspages') / at(zram, 'filled', 'pswpout'), 1)
})
