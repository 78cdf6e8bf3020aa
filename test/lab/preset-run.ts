/** Presets run to their end as they are, or a little changed; what two tests of a file ask for alike is run once. */
import type { AnyPolicyDefinition } from 'reclaim-lab'
import { expect } from 'vitest'
import type { FollowSpec, Recording, Scenario } from '../../main/engine'
import { PRESETS } from '../../main/lab/presets'
import type { PresetInfo } from '../../preload/contract'
import { runScenario } from '../engine/support/run'

export interface PresetRun {
  /** With its parameters' defaults. */
  readonly policy?: AnyPolicyDefinition
  readonly change?: (scenario: Scenario) => Scenario
  readonly follow?: FollowSpec['page']
  readonly seed?: number
  /** Of the event log, where the preset has more than usual. */
  readonly maxEvents?: number
}

const made = new Map<AnyPolicyDefinition | undefined, Map<string, Recording>>()

export function presetOf(id: string): PresetInfo {
  const preset = PRESETS.find((each) => each.id === id)
  if (preset === undefined) throw new Error(`no preset ${id}`)
  return preset
}

/** On linux-6.1. A policy that is ejected, and a machine that gets stuck, fail the test. */
export function runPreset(id: string, { policy, change, follow, seed = 1, maxEvents }: PresetRun = {}): Recording {
  const known = made.get(policy) ?? new Map<string, Recording>()
  made.set(policy, known)
  const plain = change === undefined && follow === undefined && maxEvents === undefined
  const name = `${id} ${seed}`
  const recording = (plain ? known.get(name) : undefined) ?? run((change ?? ((scenario) => scenario))(presetOf(id).scenario), { policy, follow, seed, maxEvents })
  if (plain) known.set(name, recording)
  return recording
}

function run(scenario: Scenario, { policy, follow, seed, maxEvents }: Omit<PresetRun, 'change'>): Recording {
  const params = Object.fromEntries(Object.entries(policy?.params ?? {}).map(([name, spec]) => [name, spec.default]))
  const recording = runScenario(scenario, { policies: policy === undefined ? [] : [{ definition: policy, params }], everyTurns: 0, ...(seed === undefined ? {} : { seed }), ...(follow === undefined ? {} : { follow }), ...(maxEvents === undefined ? {} : { maxEvents }) })
  expect(['done', 'time'], recording.summary.diagnosis).toContain(recording.summary.end)
  expect(recording.ejections).toEqual([])
  return recording
}

export const withSysctls = (sysctls: Scenario['sysctls']) => (scenario: Scenario): Scenario => ({ ...scenario, sysctls: { ...scenario.sysctls, ...sysctls } })
