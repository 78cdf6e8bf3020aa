/** Can this machine make runs at all? Asked when one failed: a machine whose processes don't start would else turn a whole queue into failures within minutes. */
import type { Scenario } from '../engine'
import type { LabParts } from '../lab/parts'
import { messageOf } from '../lab/problems'
import { defaultKernel } from '../lab/request'

const SMALL: Omit<Scenario, 'sysctls' | 'files'> = {
  format: 1, id: 'self-test', title: { en: 'Self-test', zh: '自检' }, about: { en: '', zh: '' },
  machine: { cpus: 1, profile: 'server', preemption: 'none', hz: 250, zones: [{ node: 0, name: 'Normal', managed: 4096 }], disks: [], swap: [], thp: 'never' },
  processes: [{ name: 'app', phases: [{ op: 'map', r: 'heap', pages: 256 }, { op: 'touch', r: 'heap', rw: 'w', pat: 'seq', start: 0, len: 256, count: 256, rate: 0 }] }],
  durationMs: 1_000, sampleMs: 100,
}

/** What is wrong; undefined when a small run without any policy goes to its end. */
export async function selfTest({ runs, content }: Pick<LabParts, 'runs' | 'content'>): Promise<string | undefined> {
  const kernel = defaultKernel(content.kernels)
  const scenario = content.parseScenario({ ...SMALL, sysctls: {}, files: [] }, kernel)
  if (!scenario.ok) return scenario.problems[0].message
  try {
    const { summary } = await runs.start({ run: 'self-test', scenario: scenario.value, kernel: kernel.definition.name, policies: [], seed: 1, scriptedEjections: [] }, () => undefined).done
    return summary.end === 'done' ? undefined : `a small run without any policy ended with "${summary.end}"`
  } catch (error) {
    return messageOf(error)
  }
}
