/** Every preset also runs on the other kernels, for its first seconds, with consistent counters and, where a look at every frame is affordable, consistent memory. */
import type { KernelDefinition } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { PRESETS } from '../../../main/lab/presets/index'
import { fitToKernel } from '../../../main/lab/scenario/fit-to-kernel'
import android from '../../../plugins/kernels/android-3.18'
import linux515 from '../../../plugins/kernels/linux-5.15'
import { expectIdentities } from '../support/identities'
import { run } from '../support/run'

/** Checked every so often up to this size, in pages. */
const SMALL = 300_000
const EVERY = 3_000_000
/** Virtual time each gets; whole, all of them took minutes. */
const MOST_MS = 8000
/** Too large or too long to be run here. */
const ELSEWHERE = new Set(['4gib-60s', 'seed-000', 'seed-003-buddyinfo', 'seed-003-180gib'])
const KERNELS: readonly KernelDefinition[] = [linux515, android]

for (const kernel of KERNELS) {
  for (const preset of PRESETS) {
    if (ELSEWHERE.has(preset.id)) continue
    test(`${kernel.name} runs ${preset.id}`, () => {
      const { scenario } = fitToKernel(preset.scenario, kernel)
      const pages = scenario.machine.zones.reduce((sum, zone) => sum + zone.managed, 0)
      const { recording } = run({ ...scenario, durationMs: Math.min(scenario.durationMs, MOST_MS) }, { kernel, everyTurns: pages > SMALL ? 0 : EVERY })
      expect(recording.summary.diagnosis).toBeUndefined()
      expect(recording.summary.end).toMatch(/^(done|time)$/)
      expectIdentities(recording)
    })
  }
}
