/** Size classes and pool of zsmalloc against the facts read from 6.1. */
import { expect, test } from 'vitest'
import { SIZE_CLASSES, sizeClassOf } from '../../../main/engine/mm/zsmalloc'

test('there are 69 distinct classes, and the top ones have the kernel\'s pages and objects', () => {
  const distinct = new Set(SIZE_CLASSES)
  expect(distinct.size).toBe(69)
  const known = [
    [4096, 1, 1], [3264, 4, 5], [3072, 3, 4], [2720, 2, 3], [2448, 3, 5], [2336, 4, 7], [2048, 1, 2], [1808, 4, 9], [1744, 3, 7], [1632, 2, 5], [1536, 3, 8], [1360, 1, 3], [1024, 1, 4],
  ]
  for (const [size, pages, objects] of known) expect(SIZE_CLASSES).toContainEqual({ size, pages, objects })
})

test('a half-random page takes 4/7 of a page, an incompressible one a whole page', () => {
  expect(sizeClassOf(2048 + 40)).toMatchObject({ pages: 4, objects: 7 })
  expect(sizeClassOf(3257)).toMatchObject({ size: 4096, pages: 1, objects: 1 })
  expect(sizeClassOf(3256).size).toBe(3264)
  expect(sizeClassOf(1).size).toBe(32)
})
