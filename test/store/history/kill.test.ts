/** kill -9 while a lab keeps things. `test/bench/history.ts` does it many more times. */
import { expect, test } from 'vitest'
import { killOnce } from './killing'
import { workspace } from './samples'

test('whatever moment a lab is killed at, what it was told is kept is there, whole, and what it was at is offered back', async () => {
  const folder = workspace()
  // A few early moments (first start, the database just made), then in the thick of it.
  for (const [lines, delayMs] of [[1, 0], [2, 1], [5, 0], [23, 3], [31, 7]] as const) {
    const { said, wrong } = await killOnce(folder, lines, delayMs)
    expect(said.length).toBeGreaterThanOrEqual(lines)
    expect(wrong).toEqual([])
  }
})
