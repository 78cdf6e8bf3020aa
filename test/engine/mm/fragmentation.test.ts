/** The fragmentation index against its test vector and limits. */
import { expect, test } from 'vitest'
import { fragmentationIndex } from '../../../main/engine/mm/fragmentation'

const blocks = (...counts: number[]): number[] => Array.from({ length: 11 }, (_, order) => counts[order] ?? 0)

test('1000 free pages in 500 blocks, none of order 9: 995', () => {
  expect(fragmentationIndex(blocks(0, 500), 9)).toBe(995)
})

test('a suitable block: -1000; nothing free: 0; few pages: towards lack of memory', () => {
  expect(fragmentationIndex(blocks(0, 0, 1), 2)).toBe(-1000)
  expect(fragmentationIndex(blocks(), 3)).toBe(0)
  expect(fragmentationIndex(blocks(1), 3)).toBe(-125)
  expect(fragmentationIndex(blocks(1000), 1)).toBe(499)
})
