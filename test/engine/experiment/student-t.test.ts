import { expect, test } from 'vitest'
import { centralProbability, studentT } from '../../../main/engine/experiment/student-t'

// 97.5 % quantiles as printed in statistical tables (NIST/SEMATECH e-Handbook 1.3.6.7.2 to three digits; the six-digit ones from R's qt).
const TABLE: readonly (readonly [number, number])[] = [
  [1, 12.706205], [2, 4.302653], [3, 3.182446], [4, 2.776445], [5, 2.570582], [6, 2.446912], [9, 2.262157], [10, 2.228139],
  [19, 2.093024], [29, 2.04523], [30, 2.042272], [60, 2.000298], [99, 1.984217], [120, 1.97993],
]

test.each(TABLE)('95 %% of t with %i degrees of freedom lies within ± %f', (df, quantile) => {
  expect(studentT(df)).toBeCloseTo(quantile, 5)
})

test('99 % quantiles too', () => {
  expect(studentT(4, 0.99)).toBeCloseTo(4.604095, 5)
  expect(studentT(9, 0.99)).toBeCloseTo(3.249836, 5)
})

test('one degree of freedom is the Cauchy distribution: half of it lies within 1', () => {
  expect(centralProbability(1, 1)).toBeCloseTo(0.5, 12)
})

test('degrees of freedom below 1 or broken are a bug', () => {
  expect(() => studentT(0)).toThrow(/degrees of freedom/)
  expect(() => studentT(1.5)).toThrow(/degrees of freedom/)
})
