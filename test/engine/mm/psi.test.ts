/** Pressure: the averages of /proc/pressure by the kernel's fixed-point arithmetic, whoever looks and however often; waits for IO. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clock } from '../../../main/engine/core/clock'
import { Psi } from '../../../main/engine/mm/psi'
import { PsiAverages } from '../../../main/engine/mm/psi-averages'
import { Task } from '../../../main/engine/mm/task'
import { run } from '../support/run'
import { fread, machine, map, open, scenario, sleep, touch } from '../support/tiny'

const HZ = 250
/** 501 ticks. */
const PERIOD = 2_004_000_000

function stalled(): { readonly clock: Clock; readonly psi: Psi } {
  const clock: Clock = { now: 0, limit: 0 }
  const psi = new Psi(clock, HZ)
  psi.enter(new Task({ id: 1, name: 'hog' }))
  return { clock, psi }
}

test('a period of nothing but pressure, and one without: calc_load\'s numbers', () => {
  const averages = new PsiAverages(1, HZ)
  averages.update([PERIOD])
  expect([...averages.avg]).toEqual([37_100, 6700, 1400])
  averages.update([PERIOD])
  // A load that falls is rounded down: 37100 * 1677 / 2048, 6700 * 1981 / 2048, 1400 * 2034 / 2048.
  expect([...averages.avg]).toEqual([30_379, 6480, 1390])
  expect(averages.next).toBe(3 * PERIOD)
})

test('shares are whole percents of the period, and pressure that lasts comes to 100 %', () => {
  const averages = new PsiAverages(1, HZ)
  averages.update([0.019 * PERIOD])
  expect([...averages.avg]).toEqual([371, 67, 14])
  const steady = new PsiAverages(1, HZ)
  for (let i = 1; i <= 3000; i++) steady.update([i * PERIOD])
  expect([...steady.avg]).toEqual([204_800, 204_800, 204_800])
})

test('looks and changes in between don\'t matter', () => {
  fc.assert(fc.property(fc.array(fc.record({ at: fc.integer({ min: 1, max: 3e9 }), look: fc.boolean() }), { maxLength: 30 }), (steps) => {
    const [often, once] = [stalled(), stalled()]
    for (const { at, look } of steps) {
      often.clock.now += at
      once.clock.now += at
      if (look) often.psi.pressure()
      else often.psi.settle()
    }
    expect(often.psi.pressure()).toEqual(once.psi.pressure())
    expect(often.psi.pressure().memory.some.total).toBe(often.clock.now)
  }))
})

test('a look adds nothing up', () => {
  const { clock, psi } = stalled()
  clock.now = 1000
  expect(psi.pressure().memory.some.total).toBe(1000)
  expect(psi.some).toBe(0)
})

test('one task that reads: IO is waited for with nobody running; a second that runs leaves some, not full', () => {
  const reads = [open('f', 2000), fread(2000)]
  const work = [map('a', 100), touch('a', 'w', 100, { count: 400_000 })]
  const pressure = (processes: Parameters<typeof scenario>[0]['processes']) => run(scenario({ machine: machine({ cpus: 2 }), files: 2000, processes })).mm.psi.pressure()
  const alone = pressure([reads])
  expect(alone.io.full.total).toBeGreaterThan(2e6)
  expect(alone.io.full.total).toBe(alone.io.some.total)
  expect(alone.memory.some.total).toBe(0)
  const both = pressure([reads, work] as never)
  expect(both.io.some.total).toBeGreaterThan(2e6)
  expect(both.io.full.total).toBeLessThan(0.1 * both.io.some.total)
})

test('the totals are those of the recording', () => {
  const of = scenario({ machine: { pages: 2000, swapPages: 8000, swapDisk: { readLatencyUs: 2000, iops: 500 } }, processes: [[map('a', 4000), touch('a', 'w', 4000, { count: 12_000 }), sleep(2500)]] })
  const { mm, recording } = run(of)
  const { memory } = mm.psi.pressure()
  expect([memory.some, memory.full].map(({ total }) => Math.floor(total / 1000))).toEqual([recording.summary.psiMemory.some, recording.summary.psiMemory.full])
  expect(memory.some.total).toBeGreaterThan(0)
  expect(memory.some.avg[0]).toBeGreaterThan(memory.some.avg[1])
})
