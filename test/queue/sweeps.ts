/** Sweeps of runs that take some milliseconds, prepared as the lab prepares them. */
import type { LabParts } from '../../main/lab/parts'
import { createPolicyLibrary } from '../../main/lab/policy-library'
import { prepareSweep, type PreparedSweep } from '../../main/lab/sweep/prepare-sweep'
import type { PolicyRef, Scenario } from '../../preload/contract'

export const TINY: Scenario = {
  format: 1, id: 'tiny', title: { en: 'Tiny', zh: '小' }, about: { en: '', zh: '' },
  machine: { cpus: 1, profile: 'server', preemption: 'none', hz: 250, zones: [{ node: 0, name: 'Normal', managed: 4096 }], disks: [], swap: [], thp: 'never' },
  processes: [{ name: 'app', phases: [{ op: 'map', r: 'heap', pages: 1024 }, { op: 'touch', r: 'heap', rw: 'w', pat: 'rand', start: 0, len: 1024, count: 2000, rate: 0 }] }],
  sysctls: {}, files: [], durationMs: 1_000, sampleMs: 100,
}

export interface Asked { readonly sweep?: string; readonly seeds?: number; readonly policies?: readonly PolicyRef[]; readonly scenario?: Scenario }

export async function tinySweep(parts: LabParts, { sweep = 'vm.min_free_kbytes=200..600:100', seeds = 4, policies = [], scenario = TINY }: Asked = {}): Promise<PreparedSweep> {
  const comparison = { scenario: { kind: 'inline', scenario } as const, base: 'linux-6.1', policies, seeds, set: {} }
  const prepared = await prepareSweep({ comparison, sweep: [sweep], metrics: ['run_time'] }, parts.content, createPolicyLibrary(parts, undefined))
  if (!prepared.ok) throw new Error(prepared.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return prepared.value
}
