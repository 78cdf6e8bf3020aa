/**
 * Two-sided quantiles of Student's t distribution for whole degrees of freedom, from its closed form (Abramowitz & Stegun 26.7.3 and 26.7.4), by bisection.
 * Only + - * / and Math.sqrt are used, which are exact IEEE operations: the same interval on every machine. Tested against printed tables to 6 digits.
 */

/** t such that |T| <= t has the given probability (0.95 -> the 97.5 % quantile) with `df` degrees of freedom. */
export function studentT(df: number, probability = 0.95): number {
  if (!Number.isInteger(df) || df < 1) throw new Error(`degrees of freedom must be a whole number >= 1, not ${df}`)
  let low = 0
  let high = 2
  while (centralProbability(high, df) < probability) high *= 2
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (centralProbability(middle, df) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(|T| <= t). With theta = atan(t / sqrt(df)) the integral is a finite sum in sin and cos of theta, which are square roots of ratios. */
export function centralProbability(t: number, df: number): number {
  const sin = t / Math.sqrt(df + t * t)
  const cos2 = df / (df + t * t)
  return df % 2 === 0 ? evenSum(sin, cos2, df) : oddSum(sin, cos2, df, t)
}

function evenSum(sin: number, cos2: number, df: number): number {
  let term = 1
  let sum = 1
  for (let k = 2; k <= df - 2; k += 2) {
    term *= ((k - 1) / k) * cos2
    sum += term
  }
  return sin * sum
}

function oddSum(sin: number, cos2: number, df: number, t: number): number {
  const theta = atan(t / Math.sqrt(df))
  if (df === 1) return theta * TWO_OVER_PI
  let term = Math.sqrt(cos2)
  let sum = term
  for (let k = 3; k <= df - 2; k += 2) {
    term *= ((k - 1) / k) * cos2
    sum += term
  }
  return TWO_OVER_PI * (theta + sin * sum)
}

const TWO_OVER_PI = 2 / Math.PI

/** Arc tangent for x >= 0 by halving the angle four times, then its series; the error is below 1e-15. Math.atan may differ between engines. */
function atan(x: number): number {
  if (x > 1) return Math.PI / 2 - atan(1 / x)
  let y = x
  for (let i = 0; i < 4; i++) y = y / (1 + Math.sqrt(1 + y * y))
  const square = y * y
  let sum = 0
  for (let k = 13; k >= 0; k--) sum = 1 / (2 * k + 1) - square * sum
  return 16 * y * sum
}
