/** Round axis ends and ticks. */

/** The next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
  return (steps.find((step) => step * power >= value * 0.9999) ?? 10) * power
}

/** At most `count` round instants inside t0..t1. */
export function timeTicks(t0: number, t1: number, count: number): readonly number[] {
  const step = niceStep((t1 - t0) / Math.max(1, count))
  const ticks: number[] = []
  for (let tick = Math.ceil(t0 / step) * step; tick <= t1 + step * 1e-6; tick += step) ticks.push(Math.round(tick))
  return ticks
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)))
  return ([1, 2, 5].find((step) => step * power >= rough) ?? 10) * power
}
