/** Every preset runs to its end with consistent counters; those of measured guests with consistent memory all the way, larger ones only where a look at every frame is affordable. */
import { expect, test } from 'vitest'
import { PRESETS } from '../../../main/lab/presets/index'
import { expectIdentities } from '../support/identities'
import { run } from '../support/run'

/** Checked every so often up to this size, in pages. */
const SMALL = 300_000
/** Turns between checks; one walks every frame. */
const EVERY: Readonly<Record<string, number>> = { 'watermark-scale-factor': 3000, 'kswapd-vs-direct': 6000 }
/** Too large or too long to be run here; the lab's tests and the benchmark run some of them, without checks. */
const ELSEWHERE = new Set(['4gib-60s', 'seed-000', 'seed-003-buddyinfo', 'seed-003-180gib'])

for (const { id, scenario } of PRESETS) {
  if (ELSEWHERE.has(id)) continue
  test(id, () => {
    const pages = scenario.machine.zones.reduce((sum, zone) => sum + zone.managed, 0)
    const { recording } = run(scenario, { everyTurns: pages > SMALL ? 0 : (EVERY[id] ?? 100_000) })
    expect(recording.summary.diagnosis).toBeUndefined()
    // Cut by its duration or ended by itself, as the preset means it; never stuck.
    expect(recording.summary.end).toMatch(/^(done|time)$/)
    expectIdentities(recording)
  })
}
