/** The multi-generational LRU against the classic lists: each preset's text is held to its outcome. */
import { expect, test } from 'vitest'
import type { Scenario } from '../../main/engine'
import { presetOf, runPreset, withSysctls } from './preset-run'

/** Growth of counters, by machine: the base first. */
function outcome(id: string, only?: readonly string[]): readonly Readonly<Record<string, number>>[] {
  const variants = presetOf(id).variants.filter(({ label }) => only?.includes(label) ?? true)
  return [{}, ...variants.map(({ set }) => set ?? {})].map((set) => {
    const { summary } = runPreset(id, { change: withSysctls(set as Scenario['sysctls']) })
    expect(summary.end, summary.diagnosis).toBe('done')
    return summary.delta
  })
}

test('streaming: both keep the application, the generations with a third of the kswapd runs', () => {
  const [classic, mglru] = outcome('mglru-stream')
  expect([classic['pswpout'], mglru['pswpout']]).toEqual([0, 0])
  expect(mglru['pageoutrun']).toBeLessThan(classic['pageoutrun'] / 2)
})

test('favourites and a scan: reads within a few percent', () => {
  const [classic, mglru] = outcome('mglru-file')
  expect(Math.abs(mglru['pgpgin'] / classic['pgpgin'] - 1)).toBeLessThan(0.05)
  expect(classic['pgactivate']).toBeGreaterThan(1000)
})

test('swap: half the pages scanned for the same ones to come back', () => {
  const [classic, mglru] = outcome('mglru-anon')
  expect(mglru['pgscan_anon']).toBeLessThan(0.65 * classic['pgscan_anon'])
  expect(Math.abs(mglru['pswpin'] / classic['pswpin'] - 1)).toBeLessThan(0.05)
})

test('a mapped file: fewer scans, the same reads', () => {
  const [classic, mglru] = outcome('mglru-mapped')
  expect(mglru['pgscan_file']).toBeLessThan(0.8 * classic['pgscan_file'])
  expect(Math.abs(mglru['pgpgin'] / classic['pgpgin'] - 1)).toBeLessThan(0.06)
})

test('parts: without walks eviction meets young pages again and again; without the fix fewer pages are protected', () => {
  const [, whole, noWalk, before] = outcome('mglru-parts', ['multi-generational', 'no page-table walk', 'before 6.1.69'])
  expect(noWalk['pgactivate']).toBeGreaterThan(1.5 * whole['pgactivate'])
  expect(before['workingset_activate_file']).toBeLessThan(whole['workingset_activate_file'])
})
