/** Transparent huge pages as tasks get, use, split and lose them; and the hugetlb pool. Invariants are checked while the scenarios run. */
import { expect, test } from 'vitest'
import type { Phase, Recording, Scenario } from '../../../main/engine/index'
import { thpGfp } from '../../../main/engine/mm/huge-fault'
import { gfpName } from '../../../main/engine/mm/gfp'
import { expectIdentities } from '../support/identities'
import { delta, run, snapValue } from '../support/run'
import { MIB, machine, scenario, sleep, snap, sysctl, touch } from '../support/tiny'
import type { TinyMachine } from '../support/tiny'

const HUGE = 512
const advised = (r: string, pages: number): Phase => ({ op: 'map', r, pages, huge: 1 })
const each = (r: string, rw: 'r' | 'w', count: number, stride = HUGE): Phase => ({ op: 'touch', r, rw, pat: 'seq', start: 0, len: count, count, stride, rate: 0 })

function thp(mode: 'never' | 'madvise' | 'always', phases: readonly Phase[], over: TinyMachine = { pages: 32 * MIB }): Scenario {
  return scenario({ machine: { ...machine(over), thp: mode }, processes: [phases], durationMs: 60_000, sysctls: { 'vm.min_free_kbytes': 400 } })
}

function done(of: Scenario): Recording {
  const { recording } = run(of, { everyTurns: 50 })
  expect(recording.summary.end).toBe('done')
  expectIdentities(recording)
  return recording
}

test('one touch gets 512 pages, a table for the day of their split, and every other touch is a hit', () => {
  const recording = done(thp('madvise', [advised('a', 4 * HUGE), each('a', 'w', 4), snap('touched'), touch('a', 'w', 4 * HUGE), touch('a', 'r', 4 * HUGE)]))
  expect([delta(recording, 'thp_fault_alloc'), delta(recording, 'thp_fault_fallback'), delta(recording, 'pgfault')]).toEqual([4, 0, 4])
  expect([snapValue(recording, 'touched', 'nr_anon_pages'), snapValue(recording, 'touched', 'nr_inactive_anon')]).toEqual([4 * HUGE, 4 * HUGE])
  expect(snapValue(recording, 'touched', 'nr_page_table_pages')).toBe(4)
  expect(delta(recording, 'pgalloc_normal')).toBe(4 * HUGE + 4)
  const [phase] = recording.summary.tasks[0].phases.filter(({ op }) => op === 'touch')
  expect(phase.latency?.mean).toBeGreaterThan(110_000)
})

test('who gets them: madvise only those who asked, always everybody, never nobody; not at an area\'s end', () => {
  const both = [{ op: 'map', r: 'plain', pages: 2 * HUGE }, advised('a', 2 * HUGE + 100), each('plain', 'w', 2), each('a', 'w', 3)] as const
  expect((['never', 'madvise', 'always'] as const).map((mode) => delta(done(thp(mode, both)), 'thp_fault_alloc'))).toEqual([0, 2, 4])
  expect(gfpName(thpGfp('madvise', true))).toContain('__GFP_DIRECT_RECLAIM')
  expect(gfpName(thpGfp('always', false))).not.toContain('RECLAIM')
  expect([thpGfp('madvise', false), thpGfp('never', true)]).toEqual([0, 0])
})

test('a read maps the small zero page, and its 2 MiB stay small', () => {
  const recording = done(thp('always', [advised('a', HUGE), each('a', 'r', 1), each('a', 'w', 1)]))
  expect([delta(recording, 'thp_fault_alloc'), delta(recording, 'pgfault')]).toEqual([0, 2])
})

test('giving a part back splits the page, giving all back frees it whole', () => {
  const part: Phase = { op: 'dontneed', r: 'a', start: 0, len: HUGE, stride: 2, run: 1 }
  const whole: Phase = { op: 'dontneed', r: 'a', start: HUGE, len: HUGE, stride: HUGE, run: HUGE }
  const { recording, mm } = run(thp('madvise', [advised('a', 2 * HUGE), each('a', 'w', 2), part, snap('part'), whole, snap('all'), sleep(1)]), { everyTurns: 1 })
  expect(snapValue(recording, 'part', 'nr_anon_pages')).toBe(HUGE + HUGE / 2)
  expect(snapValue(recording, 'all', 'nr_anon_pages')).toBe(HUGE / 2)
  expect(snapValue(recording, 'all', 'nr_page_table_pages'), 'the table of the whole one went with it').toBe(1)
  expect([mm.huge.splitPage, mm.huge.splitPmd, mm.nodes[0].anonThps]).toEqual([1, 1, 0])
})

test('reclaim takes a huge page as one: kept while any of it is touched, split into 512 on the way to swap, and read back page by page', () => {
  const { recording, mm } = run(thp('madvise', [
    advised('a', 8 * HUGE), each('a', 'w', 8), { op: 'map', r: 'b', pages: 14 * MIB }, touch('b', 'w', 14 * MIB), touch('b', 'w', 14 * MIB), snap('pressed'), touch('a', 'r', 8 * HUGE),
  ], { pages: 24 * MIB, swapPages: 32 * MIB }), { everyTurns: 100 })
  expect(recording.summary.end).toBe('done')
  expect(mm.huge.swpoutFallback).toBeGreaterThan(0)
  expect(mm.huge.splitPage).toBeGreaterThanOrEqual(mm.huge.swpoutFallback)
  expect(delta(recording, 'pswpout')).toBeGreaterThan(HUGE)
  expect(delta(recording, 'pswpin')).toBeGreaterThan(0)
  expectIdentities(recording)
})

test('the pool grows block by block until one fails, and shrinks by whole blocks', () => {
  const { recording, mm } = run(scenario({ machine: { pages: 16 * MIB }, processes: [[sysctl('vm.nr_hugepages', 5), snap('five'), sysctl('vm.nr_hugepages', 100), snap('all'), sysctl('vm.nr_hugepages', 2), snap('two')]] }), { everyTurns: 1 })
  const free = (label: string): number => snapValue(recording, label, 'nr_free_pages')
  expect(free('start') - free('five')).toBe(5 * HUGE)
  // What MIN and half a block keep free is not the pool's.
  expect(free('all')).toBeLessThan(2 * HUGE)
  expect(delta(recording, 'htlb_buddy_alloc_fail')).toBe(1)
  expect(delta(recording, 'htlb_buddy_alloc_success') * HUGE).toBe(free('start') - free('all'))
  expect([mm.hugePool.heads.length, mm.sysctl.num('vm.nr_hugepages')]).toEqual([2, 2])
})

test('a pool given at the start comes out of free memory before the first instruction', () => {
  const { recording, mm } = run(scenario({ machine: { pages: 16 * MIB }, sysctls: { 'vm.nr_hugepages': 3 }, processes: [[sleep(1)]] }))
  expect(mm.hugePool.heads.length).toBe(3)
  expect(snapValue(recording, 'start', 'nr_free_pages')).toBe(16 * MIB - 3 * HUGE)
  expect(recording.summary.delta['htlb_buddy_alloc_success']).toBe(0)
})
