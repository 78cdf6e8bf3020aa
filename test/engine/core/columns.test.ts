import { expect, test } from 'vitest'
import { assert, AssertionError } from '../../../main/engine/core/assert'
import { Columns } from '../../../main/engine/core/columns'

test('columns keep rows past their first capacity, and late columns are 0 before', () => {
  const columns = new Columns(['free', 'scan'])
  for (let i = 0; i < 1000; i++) {
    columns.append(i * 100, [i, 2 * i, 7])
    if (i === 499) expect(columns.addColumn('late')).toBe(2)
  }
  const s = columns.series()
  expect([s.ids, s.times.length, s.times[999], s.columns[1][999], s.columns[0][256]]).toEqual([['free', 'scan', 'late'], 1000, 99_900, 1998, 256])
  expect([s.columns[2][499], s.columns[2][500], s.columns[2][999]]).toEqual([0, 7, 7])
})

test('a series is a copy', () => {
  const columns = new Columns(['x'])
  columns.append(1, [5])
  const before = columns.series()
  columns.append(2, [6])
  before.columns[0][0] = 9
  expect([before.columns[0].length, before.times.length]).toEqual([1, 1])
  expect([...columns.series().columns[0]]).toEqual([5, 6])
})

test('asserts throw their reason', () => {
  expect(() => assert(0, 'the list is never empty here')).toThrow(AssertionError)
  expect(() => assert(false, 'the list is never empty here')).toThrow('the list is never empty here')
})
