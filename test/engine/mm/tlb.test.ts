/** A cleared accessed bit stays clear for touches that the TLB still serves. */
import { expect, test } from 'vitest'
import { runScenario, delta } from '../support/run'
import { MIB, machine, map, scenario, touch } from '../support/tiny'

const PAGES = 8 * MIB

function activations(tlbFlushUs: number): number {
  const hot = 64
  const pressed = scenario({
    machine: { ...machine({ pages: PAGES, swapPages: 4 * PAGES }), tlbFlushUs },
    processes: [[map('h', hot), touch('h', 'w', hot), touch('h', 'r', hot, { count: 4_000_000 })], [map('a', 3 * PAGES), touch('a', 'w', 3 * PAGES)]],
  })
  return delta(runScenario(pressed), 'pgactivate')
}

test('with rare flushes reclaim sees fewer references', () => {
  const seen = activations(0)
  expect(seen).toBeGreaterThan(0)
  expect(activations(1_000_000)).toBeLessThan(seen)
})
