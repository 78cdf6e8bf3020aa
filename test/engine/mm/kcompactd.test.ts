/** kcompactd: asked by others, or by itself when it may. */
import { expect, test } from 'vitest'
import type { Phase } from '../../../main/engine/index'
import { fragmentationScoreNode } from '../../../main/engine/mm/compaction-suitable'
import type { Mm } from '../../../main/engine/mm/mm'
import { delta, run } from '../support/run'
import { MIB, map, scenario, sleep, sysctl, touch } from '../support/tiny'

const holes = (pages: number): Phase => ({ op: 'dontneed', r: 'a', start: 0, len: pages, stride: 2, run: 1 })

/** Nearly all of memory in use, then every second page of it free. */
const inPieces: readonly Phase[] = [map('a', 14 * MIB), touch('a', 'w', 14 * MIB), holes(14 * MIB)]

test('proactive: with the kernel\'s default it brings the score of a node in pieces down to 80, at its half-second look', () => {
  const scores: number[] = []
  const watch = (mm: Mm): void => { if (!mm.tasks.some(({ exited }) => exited)) scores.push(fragmentationScoreNode(mm.nodes[0])) }
  const { recording } = run(scenario({ machine: { pages: 16 * MIB }, sysctls: { 'vm.compaction_proactiveness': 20 }, processes: [[...inPieces, sleep(1800)]] }), { everyTurns: 5, watch })
  expect(Math.max(...scores)).toBeGreaterThan(90)
  expect(scores.at(-1)).toBeLessThanOrEqual(80)
  expect(delta(recording, 'pgmigrate_success')).toBeGreaterThan(0)
  const begins = recording.events.filter(({ kind }) => kind === 'mm_compaction_begin')
  expect(begins.map(({ task, args }) => [task, args.order])).toEqual([['kcompactd0', -1]])
  expect(begins[0].t % 500e6).toBeLessThan(5e6)
  expect(delta(recording, 'compact_daemon_wake'), 'nobody asked').toBe(0)
})

test('it may not unless told: 0 means never, and then no timer runs', () => {
  const { recording } = run(scenario({ machine: { pages: 16 * MIB }, processes: [[...inPieces, sleep(1800)]] }))
  expect(recording.events.filter(({ kind }) => kind.startsWith('mm_compaction'))).toEqual([])
})

test('a write to compaction_proactiveness makes it look at once', () => {
  const { recording } = run(scenario({ machine: { pages: 16 * MIB }, processes: [[...inPieces, sleep(123), sysctl('vm.compaction_proactiveness', 50), sleep(50)]] }))
  const write = recording.events.find(({ kind }) => kind === 'sysctl_write')
  const begin = recording.events.find(({ kind }) => kind === 'mm_compaction_begin')
  expect((begin?.t ?? 0) - (write?.t ?? 0)).toBeLessThan(1e6)
})

test('without progress it stands back for 32 s', () => {
  // What little is free can't make a huge page, however it is moved about.
  const { recording } = run(scenario({
    machine: { pages: 16 * MIB }, sysctls: { 'vm.compaction_proactiveness': 20 }, durationMs: 50_000, processes: [[map('a', 3900), touch('a', 'w', 3700), sleep(40_000)]],
  }))
  const begins = recording.events.filter(({ kind }) => kind === 'mm_compaction_begin').map(({ t }) => Math.round(t / 100e6) / 10)
  expect(begins).toEqual([0.5, 32.5])
})

test('a write to compact_memory is work of the task that writes', () => {
  const { recording } = run(scenario({ machine: { pages: 16 * MIB }, processes: [[...inPieces, sysctl('vm.compact_memory', 1)]] }), { everyTurns: 20 })
  const phase = recording.summary.tasks[0].phases.find(({ op }) => op === 'sysctl')
  const ends = recording.events.filter(({ kind }) => kind === 'mm_compaction_end')
  expect(ends.map(({ task, args }) => [task, args.status])).toEqual([['p0', 'complete']])
  expect((phase?.endNs ?? 0) - (phase?.startNs ?? 0)).toBeGreaterThan(ends[0].duration)
})
