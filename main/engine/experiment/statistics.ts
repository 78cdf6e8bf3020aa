/** Mean, standard deviation and the paired interval. */
import { studentT } from './student-t'

/** Over seeds, one number per metric. */
export interface Estimate { readonly mean: number; readonly sd: number; readonly values: readonly number[] }

/** `sd` is the sample's (n - 1); 0 for fewer than two values or when all are equal, without rounding noise. No values: mean 0. */
export function estimate(values: readonly number[]): Estimate {
  const mean = average(values)
  return { mean, sd: deviation(values, mean), values }
}

/** 95 % interval of the mean of these paired differences by Student's t. Needs two. */
export function pairedInterval(differences: readonly number[]): readonly [number, number] {
  const { mean, sd } = estimate(differences)
  const half = sd === 0 ? 0 : (quantile(differences.length - 1) * sd) / Math.sqrt(differences.length)
  return [mean - half, mean + half]
}

export function allEqual(values: readonly number[]): boolean {
  return values.every((value) => value === values[0])
}

function average(values: readonly number[]): number {
  if (values.length === 0) return 0
  if (allEqual(values)) return values[0]
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function deviation(values: readonly number[], mean: number): number {
  if (values.length < 2 || allEqual(values)) return 0
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return Math.sqrt(squares / (values.length - 1))
}

const quantiles = new Map<number, number>()

function quantile(df: number): number {
  const known = quantiles.get(df) ?? studentT(df)
  quantiles.set(df, known)
  return known
}
