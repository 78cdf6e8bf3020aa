/** Article 001's IO storm with its remedies, swappiness by device, and kswapd without swap: each preset's text is held to its outcome on linux-6.1. */
import { expect, test } from 'vitest'
import type { PhaseStats, Recording } from '../../main/engine'
import { delta, snapValue as at } from '../engine/support/run'
import { presetOf, runPreset } from './preset-run'

/** The preset's machines: the base first, then its variants. */
function run(id: string): readonly Recording[] {
  return [{ set: {}, machine: {} }, ...presetOf(id).variants].map(({ set = {}, machine = {} }) => {
    const recording = runPreset(id, { change: (scenario) => ({ ...scenario, machine: { ...scenario.machine, ...machine }, sysctls: { ...scenario.sysctls, ...(set as Record<string, number>) } }) })
    expect(recording.summary.end, recording.summary.diagnosis).toBe('done')
    expect(recording.summary.delta.oom_kill).toBe(0)
    return recording
  })
}

/** A counter's growth between two snapshots. */
const between = (recording: Recording, from: string, to: string, name: string): number => at(recording, to, name) - at(recording, from, name)
const time = ({ snapshots }: Recording, label: string): number => (snapshots.find((each) => each.label === label)?.t ?? NaN) / 1e6
const phasesOf = (recording: Recording, task: string, op: string): readonly PhaseStats[] => recording.summary.tasks.find((each) => each.name === task)?.phases.filter((phase) => phase.op === op) ?? []

test('claims 10, 12 and 13: the storm, and what each remedy does', () => {
  const machines = run('io-storm')
  const [plain, early, min, gap] = machines
  /** Worst page of a task, µs. */
  const worst = (recording: Recording, task: string): number => (phasesOf(recording, task, 'touch')[0].latency?.max ?? NaN) / 1000
  const stalls = (recording: Recording, from: string, to: string): number => between(recording, from, to, 'allocstall_movable')
  const fileWrites = (recording: Recording): number => delta(recording, 'nr_written') - delta(recording, 'pswpout')

  // The heap is the limit's, not the marks'.
  expect([plain, min, gap].map((recording) => at(recording, 'dirty', 'nr_dirty'))).toEqual([10_000, 10_000, 10_000])
  expect(at(plain, 'waited', 'nr_dirty')).toBe(10_000)
  expect(at(early, 'waited', 'nr_dirty')).toBeLessThan(1000)
  // As it is, the burst meets it: marked, not written by reclaim; swap instead; long waits.
  expect(between(plain, 'waited', 'burst', 'nr_vmscan_immediate_reclaim')).toBeGreaterThan(10_000)
  expect(delta(plain, 'nr_vmscan_write') - delta(plain, 'pswpout')).toBeLessThan(1000)
  expect(delta(plain, 'pswpout')).toBeGreaterThan(5000)
  expect(stalls(plain, 'waited', 'burst')).toBeGreaterThan(100)
  expect(worst(plain, 'burst')).toBeGreaterThan(100_000)
  // Remedy 1: nothing to wait for, but more is written.
  expect([stalls(early, 'dirty', 'burst'), delta(early, 'pswpout')]).toEqual([0, 0])
  expect(worst(early, 'burst')).toBeLessThan(1000)
  expect(fileWrites(plain)).toBeLessThan(11_000)
  expect(fileWrites(early)).toBeGreaterThan(1.6 * fileWrites(plain))
  // Remedy 2: a higher MIN moves the waiting to where programs grow; a wider gap leaves it to kswapd, which swaps more.
  expect([stalls(min, 'waited', 'burst'), stalls(gap, 'dirty', 'burst')]).toEqual([0, 0])
  expect(stalls(min, 'dirty', 'grown')).toBeGreaterThan(10)
  expect(worst(min, 'programs')).toBeGreaterThan(10_000)
  expect(Math.max(worst(gap, 'programs'), worst(gap, 'burst'))).toBeLessThan(1000)
  expect(delta(gap, 'pgscan_direct')).toBe(0)
  expect(delta(gap, 'pswpout')).toBeGreaterThan(2 * delta(plain, 'pswpout'))
})

interface BySwappiness {
  /** At 0, 60, 100, 200. */
  of(name: string): readonly number[]
  /** ms of the reading. */
  readonly reading: readonly number[]
  /** Mean of a touch, µs. */
  readonly touch: readonly number[]
}

function swappiness(id: string): BySwappiness {
  const [sixty, none, hundred, all] = run(id)
  const order = [none, sixty, hundred, all]
  return {
    of: (name) => order.map((recording) => delta(recording, name)),
    reading: order.map((recording) => phasesOf(recording, 'reader', 'fread')[0]).map((phase) => (phase.endNs - phase.startNs) / 1e6),
    // The first one fills the heap.
    touch: order.map((recording) => (phasesOf(recording, 'app', 'touch')[1].latency?.mean ?? NaN) / 1000),
  }
}

const rises = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value > values[i - 1])
const falls = (values: readonly number[]): boolean => rises([...values].reverse())

test('swappiness on zram: the more anon is taken the sooner the files are read, and programs hardly notice', () => {
  const { of, reading, touch } = swappiness('swappiness-zram')
  const [anon, file] = [of('pgsteal_anon'), of('pgsteal_file')]
  expect(of('pgscan_anon')[0]).toBe(0)
  expect([rises(anon), falls(file), falls(reading), falls(of('workingset_refault_file')), rises(of('workingset_refault_anon'))]).toEqual([true, true, true, true, true])
  // At 60 not 3 : 7.
  expect(anon[1] / (anon[1] + file[1])).toBeGreaterThan(0.38)
  expect(file[3]).toBeLessThan(0.05 * anon[3])
  expect(reading[0]).toBeGreaterThan(1.7 * reading[3])
  for (const mean of touch) expect(mean).toBeLessThan(0.5)
})

test('swappiness on an SSD: the files are read sooner too, but programs pay a hundredfold', () => {
  const { of, reading, touch } = swappiness('swappiness-ssd')
  expect(of('pgscan_anon')[0]).toBe(0)
  expect([rises(of('pgsteal_anon')), falls(reading), rises(touch)]).toEqual([true, true, true])
  expect(touch[3] / touch[0]).toBeGreaterThan(50)
})

test('swappiness without swap: four values, one result', () => {
  const { of, reading, touch } = swappiness('swappiness-no-swap')
  for (const values of [of('pgscan_anon'), of('pgsteal_file'), of('pgscan_file'), of('workingset_refault_file'), reading, touch]) expect(new Set(values).size).toBe(1)
  expect(of('pgscan_anon')[0]).toBe(0)
  expect(of('pgsteal_file')[0]).toBeGreaterThan(50_000)
})

test('kswapd without swap: 16 fruitless runs and it sleeps; with a trickle of pages it hardly does; swap ends it', () => {
  const [busy, swapped] = run('kswapd-busy-no-swap')
  expect(delta(busy, 'pgscan_anon')).toBe(0)
  // Full, nobody reads: it gives up.
  const low = busy.snapshots.find((each) => each.label === 'full')?.zones.reduce((sum, zone) => sum + zone.low, 0) ?? NaN
  expect(at(busy, 'full', 'nr_free_pages')).toBeLessThan(low)
  expect(at(busy, 'full', 'pageoutrun')).toBeGreaterThanOrEqual(16)
  expect(at(busy, 'full', 'pageoutrun')).toBeLessThan(30)
  // Reading: most of a CPU, nearly every page a refault.
  const reading = time(busy, 'read') - time(busy, 'full')
  expect(between(busy, 'full', 'read', 'pageoutrun')).toBeGreaterThan(20_000)
  expect(busy.summary.kswapdCpuNs / 1e6).toBeGreaterThan(0.6 * reading)
  const [before, after] = phasesOf(busy, 'reader', 'fread')
  expect(between(busy, 'full', 'read', 'workingset_refault_file')).toBeGreaterThan(0.8 * before.touches)
  expect(between(busy, 'full', 'read', 'allocstall_movable')).toBeGreaterThan(0)
  // Silence again within 16 runs more, then room.
  expect(between(busy, 'read', 'quiet', 'pageoutrun')).toBeLessThanOrEqual(17)
  expect(between(busy, 'some room', 'read with room', 'pageoutrun')).toBeLessThan(200)
  const perRead = (phase: PhaseStats): number => (phase.endNs - phase.startNs) / phase.touches
  expect(perRead(after)).toBeLessThan(0.6 * perRead(before))
  // With swap.
  expect(delta(swapped, 'pageoutrun')).toBeLessThan(10)
  expect(delta(swapped, 'pswpout')).toBeGreaterThan(3000)
  expect(delta(swapped, 'workingset_refault_file')).toBeLessThan(0.05 * delta(busy, 'workingset_refault_file'))
})
