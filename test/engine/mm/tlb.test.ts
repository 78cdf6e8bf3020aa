/** A cleared accessed bit stays clear for touches that the TLB still serves. */
import { expect, test } from 'vitest'
import { runScenario, delta } from '../support/run'
import { MIB, machine, map, scenario, touch } from '../support/tiny'

const PAGES = 8 * MIB
const HOT = 256

function activations(tlbFlushUs: number): number {
  const pressed = scenario({
    machine: { ...machine({ pages: PAGES, swapPages: 8 * PAGES }), tlbFlushUs },
    processes: [[map('h', HOT), touch('h', 'w', HOT), touch('h', 'r', HOT, { count: 400_000, rate: 400_000 })], [map('a', 3 * PAGES), touch('a', 'w', 3 * PAGES, { count: 6 * PAGES, rate: 6000 })]],
  })
  return delta(runScenario(pressed), 'pgactivate')
}

test('with rare flushes reclaim sees fewer references', () => {
  expect(activations(0)).toBeGreaterThan(100)
  expect(activations(1_000_000)).toBe(0)
})
