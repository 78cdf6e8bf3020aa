import { expect, test } from 'vitest'
import { leavesToChance } from '../../main/lab/chance'
import type { Phase } from '../../preload/contract'
import { SCENARIO } from './doubles'

const touch = { op: 'touch', r: 'a', rw: 'w', start: 0, len: 9, count: 9, rate: 0 } as const

function chance(phases: readonly Phase[], code = ''): boolean {
  return leavesToChance({ ...SCENARIO, processes: [{ name: 'p', phases }] }, [[], [{ compiled: { file: 'p.ts', code, hash: '' }, params: {} }]])
}

test('sequential patterns and patterns with a seed leave nothing to chance', () => {
  expect(chance([{ op: 'map', r: 'a', pages: 9 }, { ...touch, pat: 'seq' }, { ...touch, pat: 'zipf', seed: 3 }])).toBe(false)
})

test('random patterns without a seed and policies that draw do', () => {
  expect(chance([{ ...touch, pat: 'zipf' }])).toBe(true)
  expect(chance([{ ...touch, pat: 'rand' }])).toBe(true)
  expect(chance([{ ...touch, pat: 'seq' }], 'k.rng.next()')).toBe(true)
})
