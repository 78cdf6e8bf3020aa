/** Shadow nodes beyond one for eight pages of memory are given back, oldest first. */
import { expect, test } from 'vitest'
import { runScenario, delta } from '../support/run'
import { MIB, fread, machine, open, scenario } from '../support/tiny'

const PAGES = 8 * MIB

function streamed(pages: number): ReturnType<typeof runScenario> {
  return runScenario(scenario({ machine: machine({ pages: PAGES }), files: pages, processes: [[open('f', pages), fread(pages)]], durationMs: 120_000 }))
}

test('a file of many nodes does not fill memory with shadows', () => {
  const limit = Math.floor(PAGES / 8)
  const small = streamed(limit * 64)
  expect(delta(small, 'workingset_nodereclaim')).toBe(0)
  const large = streamed(limit * 64 * 3)
  expect(delta(large, 'workingset_nodereclaim')).toBeGreaterThanOrEqual(limit)
  expect(large.snapshots.at(-1)?.vmstat.workingset_nodes).toBeLessThan(limit * 2)
  expect(delta(large, 'slabs_scanned')).toBeGreaterThan(0)
})
