/** Makes a preset of its parts; the id, title and about are also the scenario's. */
import type { PresetInfo, Variant } from '../../../preload/contract'
import type { FileSpec, Machine, ProcessSpec, Scenario, Text, TreeSpec } from '../../engine'

export interface PresetParts {
  readonly id: string
  readonly title: Text
  readonly about: Text
  readonly machine: Machine
  readonly sysctls?: Scenario['sysctls']
  readonly files?: readonly FileSpec[]
  readonly trees?: readonly TreeSpec[]
  readonly memcgs?: Scenario['memcgs']
  readonly processes: readonly ProcessSpec[]
  readonly durationMs: number
  readonly sampleMs?: number
  /** Machines to compare with: other sysctls, another kernel, other hardware. */
  readonly variants?: readonly Variant[]
  /** Names of example policies to compare with; none runs the kernel alone. */
  readonly policies?: readonly string[]
  readonly seeds?: number
}

export function definePreset({ id, title, about, variants = [], policies = [], seeds = 1, machine, sysctls = {}, files = [], trees, memcgs, processes, durationMs, sampleMs = 100 }: PresetParts): Omit<PresetInfo, 'group'> {
  return {
    id, title, about, base: 'linux-6.1', policies, variants, seeds,
    scenario: { format: 1, id, title, about, machine, sysctls, files, ...(trees === undefined ? {} : { trees }), ...(memcgs === undefined ? {} : { memcgs }), processes, durationMs, sampleMs },
  }
}
