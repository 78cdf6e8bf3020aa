/** Every preset runs to its end with consistent memory and consistent counters. Big machines are checked a few times, small ones often. */
import { expect, test } from 'vitest'
import { PRESETS } from '../../../main/lab/presets/index'
import { expectIdentities } from '../support/identities'
import { runScenario } from '../support/run'

/** Turns between checks; a check walks every frame. The benchmark preset is minutes of checks for nothing new, and has the bench. */
const EVERY: Readonly<Record<string, number>> = {
  'seed-000': 10_000_000, 'seed-000-raise-min-free': 25_000, 'watermark-scale-factor': 1000, 'kswapd-vs-direct': 3000,
}

for (const { id, scenario } of PRESETS) {
  if (id === '4gib-60s') continue
  test(id, () => {
    const recording = runScenario(scenario, { everyTurns: EVERY[id] ?? 40_000 })
    expect(recording.summary.diagnosis).toBeUndefined()
    expect(recording.summary.end).toBe('done')
    expectIdentities(recording)
  })
}
