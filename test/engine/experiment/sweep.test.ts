import { expect, test } from 'vitest'
import { sweepCurves, sweepPoints, type SweepResult } from '../../../main/engine/experiment/sweep'

test('every combination, the last axis fastest', () => {
  expect(sweepPoints([{ name: 'a', values: [1, 2] }, { name: 'b', values: [10, 20, 30] }])).toEqual([[1, 10], [1, 20], [1, 30], [2, 10], [2, 20], [2, 30]])
  expect(sweepPoints([])).toEqual([[]])
})

const results = (metric: string, values: readonly (readonly number[])[], machine = 0): SweepResult[] =>
  values.flatMap((seeds, point) => seeds.map((value, i) => ({ point, machine, seed: i + 1, digest: '', engine: '1', metrics: { [metric]: value } })))

test('means with their interval; the best point, and those that paired seeds can\'t tell from it', () => {
  // Point 1 is best; 2 is 1 worse on every seed but noisy against it; 0 is worse by about 10 on each.
  const [curve] = sweepCurves(results('run_time', [[20, 22, 24], [10, 12, 14], [15, 9, 16]]), ['run_time'], 1)
  expect(curve.points.map(({ estimate }) => estimate.mean)).toEqual([22, 12, 40 / 3])
  expect(curve.best).toEqual({ point: 1, asGood: [2] })
  // Half of the interval: t(2) = 4.302653 * sd 2 / sqrt(3).
  const [low, high] = curve.points[1].interval ?? [0, 0]
  expect((high - low) / 2).toBeCloseTo(4.968275, 5)
})

test('higher is better where the catalogue says so; neutral metrics have no best; one seed tells only equal from different', () => {
  expect(sweepCurves(results('throughput', [[5], [9], [9]]), ['throughput'], 1)[0].best).toEqual({ point: 1, asGood: [2] })
  expect(sweepCurves(results('pgscan_kswapd', [[5], [9]]), ['pgscan_kswapd'], 1)[0].best).toBeUndefined()
})

test('machines have their own curves; points without a finished run are left out; engines are not mixed', () => {
  const both = [...results('run_time', [[1], [], [3]]), ...results('run_time', [[7], [8], [9]], 1)]
  const curves = sweepCurves(both, ['run_time'], 2)
  expect(curves.map(({ machine, points }) => [machine, points.map(({ point }) => point)])).toEqual([[0, [0, 2]], [1, [0, 1, 2]]])
  expect(() => sweepCurves([...both, { ...both[0], engine: '2' }], ['run_time'], 2)).toThrow('different engine versions')
})
