/** Hierarchical counters: limits at every level, all or nothing, and the protection in use that parents know of. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PAGE_COUNTER_MAX, PageCounter, pageCounterCharge, pageCounterSetLow, pageCounterSetMin, pageCounterTryCharge, pageCounterUncharge } from '../../../main/engine/mm/page-counter'

function tree(): readonly PageCounter[] {
  const root = new PageCounter(0, undefined)
  const a = new PageCounter(1, root)
  const x = new PageCounter(2, a)
  const y = new PageCounter(3, a)
  return [root, a, x, y]
}

test('the first level that is full refuses, and nothing is charged anywhere', () => {
  const [root, a, x, y] = tree()
  a.max = 100
  expect(pageCounterTryCharge(x, 60)).toBeUndefined()
  expect(pageCounterTryCharge(y, 41)).toBe(a)
  expect([root.usage, a.usage, x.usage, y.usage, a.failcnt, y.failcnt]).toEqual([60, 60, 60, 0, 1, 0])
  expect(pageCounterTryCharge(y, 40)).toBeUndefined()
  pageCounterCharge(y, 5)
  expect([a.usage, a.watermark]).toEqual([105, 105])
  pageCounterUncharge(y, 45)
  expect([root.usage, a.usage, y.usage, a.watermark]).toEqual([60, 60, 0, 105])
})

test('a parent knows how much of its children\'s protection is used', () => {
  const [root, a, x, y] = tree()
  pageCounterSetMin(x, 30)
  pageCounterSetLow(x, 200)
  pageCounterSetLow(y, 20)
  pageCounterCharge(x, 100)
  pageCounterCharge(y, 50)
  expect([a.childrenMinUsage, a.childrenLowUsage]).toEqual([30, 120])
  expect([root.childrenMinUsage, root.childrenLowUsage]).toEqual([0, 0])
  pageCounterSetLow(a, 70)
  expect(root.childrenLowUsage).toBe(70)
  pageCounterUncharge(x, 90)
  expect([a.childrenMinUsage, a.childrenLowUsage, root.childrenLowUsage]).toEqual([10, 30, 60])
})

test('any order of charges, limits and protections keeps the sums', () => {
  const step = fc.record({ at: fc.integer({ min: 1, max: 3 }), what: fc.constantFrom('charge', 'try', 'uncharge', 'min', 'low', 'max'), n: fc.integer({ min: 0, max: 200 }) })
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const all = tree()
    const own = [0, 0, 0, 0]
    for (const { at, what, n } of steps) {
      const counter = all[at]
      if (what === 'charge') pageCounterCharge(counter, n)
      if (what === 'charge' || (what === 'try' && pageCounterTryCharge(counter, n) === undefined)) own[at] += n
      if (what === 'uncharge') {
        const pages = Math.min(n, own[at])
        pageCounterUncharge(counter, pages)
        own[at] -= pages
      }
      if (what === 'min') pageCounterSetMin(counter, n)
      if (what === 'low') pageCounterSetLow(counter, n)
      if (what === 'max') counter.max = n === 0 ? PAGE_COUNTER_MAX : n
    }
    const [root, a, x, y] = all
    expect([x.usage, y.usage, a.usage, root.usage]).toEqual([own[2], own[3], own[1] + own[2] + own[3], own[1] + own[2] + own[3]])
    expect(a.childrenMinUsage).toBe(Math.min(x.usage, x.min) + Math.min(y.usage, y.min))
    expect(a.childrenLowUsage).toBe(Math.min(x.usage, x.low) + Math.min(y.usage, y.low))
    expect(root.childrenLowUsage).toBe(Math.min(a.usage, a.low))
  }), { seed: 20_250_103 })
})
