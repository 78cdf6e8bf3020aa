/** What the presets' texts promise, as outcomes of real runs on linux-6.1. Orders and zeros, not exact counts: those are the engine's own goldens. */
import { expect, test } from 'vitest'
import type { Recording } from '../../main/engine'
import { delta, snapValue as at } from '../engine/support/run'
import { runPreset as run } from './preset-run'

// Whole runs of a 4 GiB machine: seconds of CPU time each, more on a busy machine.

const stalls = (recording: Recording) => delta(recording, 'allocstall_movable') + delta(recording, 'allocstall_normal')

test('seed 000, raised: nine marks exact, memhog 10M reclaims nothing, 300M wakes kswapd and stalls nobody', () => {
  const recording = run('seed-000-raise-min-free')
  expect(recording.summary.marks.map(({ min, low, high }) => [min, low, high])).toEqual([[2862, 3577, 4292], [565_534, 706_917, 848_300], [181_602, 227_002, 272_402]])
  const boot = recording.snapshots.find(snapshot => snapshot.label === 'boot')?.zones.map(({ min, low, high }) => [min, low, high])
  expect(boot).toEqual([[7, 10, 13], [1505, 2257, 3009], [487, 730, 973]])
  expect(at(recording, '10M freed', 'pageoutrun')).toBe(0)
  expect(at(recording, '300M held', 'pageoutrun')).toBeGreaterThan(0)
  expect(stalls(recording)).toBe(0)
  const woken = recording.events.find(event => event.kind === 'mm_vmscan_wakeup_kswapd')
  expect(woken?.cause?.task ?? woken?.task).toContain('memhog-300M')
})

test('with swap anon is scanned and swapped; without it only files are scanned', () => {
  const [swap, none] = [run('anon-file-with-swap'), run('anon-file-no-swap')]
  expect(delta(swap, 'pgscan_anon')).toBeGreaterThan(10_000)
  expect(delta(swap, 'pswpout')).toBeGreaterThan(0)
  expect(delta(none, 'pgscan_anon')).toBe(0)
  expect(delta(none, 'pgsteal_file')).toBeGreaterThan(50_000)
})

test('slowly kswapd reclaims nearly all, in the burst the process takes a good part of it', () => {
  const recording = run('kswapd-vs-direct')
  const steal = (label: string) => [at(recording, label, 'pgsteal_kswapd'), at(recording, label, 'pgsteal_direct')] as const
  const [slowKswapd, slowDirect] = steal('after slow')
  const [kswapd, direct] = [steal('after fast')[0] - slowKswapd, steal('after fast')[1] - slowDirect]
  expect(slowKswapd).toBeGreaterThan(10 * slowDirect)
  expect(direct).toBeGreaterThan(0.15 * kswapd)
  const latency = recording.summary.tasks[0].phases.filter(phase => phase.op === 'touch').map(phase => phase.latency?.max ?? 0)
  expect(latency[3]).toBeGreaterThan(latency[0])
})

test('dirty pages: the flusher writes them, not reclaim, and everybody finishes', () => {
  const recording = run('dirty-then-reclaim')
  expect(recording.summary.tasks.map(task => task.end)).toEqual(['exited', 'exited'])
  expect(delta(recording, 'pgsteal_file')).toBeGreaterThan(50_000)
  expect(recording.summary.io.vda.writePages).toBeGreaterThan(65_536)
  // What reclaim wrote itself is at most what went to swap.
  expect(delta(recording, 'nr_vmscan_write')).toBe(delta(recording, 'pswpout'))
})

test('a wider gap between the marks: later bursts are no longer stalled', () => {
  const recording = run('watermark-scale-factor')
  expect(at(recording, 'scale 500', 'allocstall_movable')).toBeGreaterThan(0)
  const bursts = recording.summary.tasks[1].phases.filter(phase => phase.op === 'touch').map(phase => phase.endNs - phase.startNs)
  const mean = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0) / times.length
  // The first wide one still finds memory as the narrow marks left it.
  expect(mean(bursts.slice(5))).toBeLessThan(mean(bursts.slice(0, 4)))
})

test('thrash: going round, nearly every read misses and nothing becomes active; with favourites pages do', () => {
  const recording = run('thrash')
  expect(at(recording, 'cyclic', 'workingset_refault_file')).toBeGreaterThan(0.6 * 4 * 123_000)
  // Pages that kcompactd has moved are young again in their list: a few hundred of them live to be read a second time.
  expect(at(recording, 'cyclic', 'nr_active_file')).toBeLessThan(1000)
  expect(at(recording, 'zipf', 'nr_active_file')).toBeGreaterThan(5000)
})

test('the benchmark keeps kswapd at work for its 60 seconds', () => {
  const recording = run('4gib-60s')
  expect(recording.summary.durationNs).toBe(60e9)
  expect(delta(recording, 'pgscan_kswapd')).toBeGreaterThan(100_000)
})

test('fragmented hugetlb: half of memory is free, and only compaction makes huge pages of it', () => {
  const recording = run('fragmented-hugetlb')
  const pool = (label: string) => at(recording, label, 'htlb_buddy_alloc_success')
  expect(at(recording, 'in pieces', 'nr_free_pages')).toBeGreaterThan(50_000)
  expect(pool('without compaction')).toBeLessThan(20)
  expect(at(recording, 'without compaction', 'compact_stall')).toBe(0)
  expect(pool('with compaction')).toBe(100)
  expect(at(recording, 'with compaction', 'compact_success')).toBe(pool('with compaction') - pool('without compaction'))
  // Each of them took the 256 pages that were left in its block.
  expect(at(recording, 'with compaction', 'pgmigrate_success')).toBeGreaterThan(80 * 256)
  expect([delta(recording, 'pswpout'), delta(recording, 'htlb_buddy_alloc_fail')]).toEqual([0, 1])
})

test('fragmented THP: without compaction faults fall back for nothing, with it some get huge pages and the task pays', () => {
  const recording = run('fragmented-thp')
  const [, first, second] = recording.summary.tasks[0].phases.filter(({ op }) => op === 'touch')
  const faults = (label: string) => [at(recording, label, 'thp_fault_alloc'), at(recording, label, 'thp_fault_fallback')]
  expect(faults('without compaction').reduce((sum, n) => sum + n)).toBe(40)
  expect(faults('with compaction').reduce((sum, n) => sum + n)).toBe(140)
  expect(faults('with compaction')[1]).toBeGreaterThan(faults('without compaction')[1] + 5)
  expect([at(recording, 'without compaction', 'compact_stall'), at(recording, 'without compaction', 'pgmigrate_success')]).toEqual([0, 0])
  expect(at(recording, 'with compaction', 'compact_success')).toBeGreaterThan(5)
  expect(faults('with compaction')[0] - faults('without compaction')[0]).toBe(at(recording, 'with compaction', 'compact_success'))
  // Two attempts of each fallback compact or are told to stand back, the second also after reclaim.
  expect(at(recording, 'with compaction', 'compact_fail')).toBeGreaterThanOrEqual(3 * (faults('with compaction')[1] - faults('without compaction')[1]))
  expect(second.latency?.mean ?? 0).toBeGreaterThan((first.latency?.mean ?? 0) * 1.3)
})
