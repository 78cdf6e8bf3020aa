/** Stretches of blocks written for the first time: when their pages' writeback ends. */
import { expect, test } from 'vitest'
import { FileMapping } from '../../../main/engine/mm/file'
import { IoEnds } from '../../../main/engine/mm/io-end'

function file(preallocated: boolean): FileMapping {
  return new FileMapping({ id: 0, path: '/a', pages: 5000, disk: 0, sector: 0, preallocated })
}

test('pages of one pass and one run of indices end together, with the last of them', () => {
  const ends = new IoEnds()
  const mapping = file(true)
  const first = ends.join(mapping, 10, 100, undefined)
  const second = ends.join(mapping, 11, 200, first)
  if (first === undefined) throw new Error('the block was never written')
  expect(second).toBe(first)
  expect(ends.written(200)).toEqual([])
  expect(ends.close(first)).toEqual([])
  expect(ends.written(100)).toEqual([100, 200])
})

test('a gap, and 2048 pages, begin a new stretch', () => {
  const ends = new IoEnds()
  const mapping = file(true)
  const first = ends.join(mapping, 0, 1, undefined)
  expect(ends.join(mapping, 2, 2, first)).not.toBe(first)
  let last = ends.join(mapping, 100, 100, undefined)
  const long = last
  for (let i = 101; i < 100 + 2048; i++) last = ends.join(mapping, i, i, last)
  expect(last).toBe(long)
  expect(ends.join(mapping, 100 + 2048, 9999, last)).not.toBe(long)
})

test('a disk that is faster than the pass: the stretch ends when it is closed', () => {
  const ends = new IoEnds()
  const extent = ends.join(file(true), 0, 7, undefined)
  if (extent === undefined) throw new Error('the block was never written')
  expect(ends.written(7)).toEqual([])
  expect(ends.close(extent)).toEqual([7])
})

test('blocks written before end by themselves: in an ordinary file, and the second time', () => {
  const ends = new IoEnds()
  expect(ends.join(file(false), 0, 1, undefined)).toBeUndefined()
  expect(ends.written(1)).toBeUndefined()
  const mapping = file(true)
  ends.join(mapping, 0, 1, undefined)
  expect(ends.join(mapping, 0, 1, undefined)).toBeUndefined()
})
