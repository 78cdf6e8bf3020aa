import { expect, test } from 'vitest'
import { bareLoop } from '../../main/cli/bench/bare-loop'

/** A counter as clock: the loop reads it before and after. */
function clock(): () => number {
  let now = 0
  return () => (now += 500)
}

test('speed is accesses over the time between start and end', () => {
  expect(bareLoop(100, 6_400, () => 0, clock()).accessesPerSecond).toBe(12_800)
})

test('while everything fits, each page misses once', () => {
  // 150 pages exist, but only 0..9 and the sequential ones up to access 64 / 32 are asked for.
  let i = 0
  expect(bareLoop(100, 64, () => i++ % 10, clock()).misses).toBe(10)
})

test('a loop over more than fits misses every time; one hot page never after its first', () => {
  let i = 0
  const cold = bareLoop(100, 3_200, () => i++ % 150, clock()).misses
  expect(cold).toBeGreaterThan(3_000)
  const hot = bareLoop(100, 32_000, () => 149, clock()).misses
  // 1,000 sequential accesses over 150 pages miss; page 149 is referenced all the time and stays.
  expect(hot).toBeLessThanOrEqual(1_001)
})
