/** Swap readahead: by address where swap does not rotate, by slot where it does, none at page-cluster 0. */
import { expect, test } from 'vitest'
import type { Phase } from '../../../main/engine/index'
import { delta, runScenario } from '../support/run'
import { MIB, disk, machine, map, scenario, touch } from '../support/tiny'

const PAGES = 8 * MIB
const AREA = 2 * PAGES

/** Two areas are filled in turns of one page, so neighbours in memory are not neighbours on the disk; then one of them is read in order. */
function interleaved(rotational: 0 | 1, pageCluster: number): ReturnType<typeof runScenario> {
  const turns: Phase[] = []
  for (let start = 0; start < AREA; start += 16) {
    turns.push(touch('a', 'w', 16, { start, len: 16 }), touch('b', 'w', 16, { start, len: 16 }))
  }
  const base = machine({ pages: PAGES, swapPages: 4 * AREA })
  return runScenario(scenario({
    machine: { ...base, disks: [base.disks[0], disk('vdb', { rotational })] }, sysctls: { 'vm.page-cluster': pageCluster },
    processes: [[map('a', AREA), map('b', AREA), ...turns, touch('a', 'r', AREA)]], durationMs: 60_000,
  }))
}

test('page-cluster 0 reads one page a fault in both modes', () => {
  for (const rotational of [0, 1] as const) expect(delta(interleaved(rotational, 0), 'swap_ra')).toBe(0)
})

test('by address only pages of the area read are fetched; by slot the other area\'s too, so fewer of them hit', () => {
  const share = (run: ReturnType<typeof runScenario>): number => delta(run, 'swap_ra_hit') / delta(run, 'swap_ra')
  const [vma, cluster] = [interleaved(0, 3), interleaved(1, 3)]
  for (const run of [vma, cluster]) {
    expect(run.summary.end).toBe('done')
    expect(delta(run, 'swap_ra')).toBeGreaterThan(500)
    expect(delta(run, 'pswpin')).toBe(delta(run, 'pgmajfault') + delta(run, 'swap_ra'))
  }
  expect(share(cluster)).toBeLessThan(share(vma))
})
