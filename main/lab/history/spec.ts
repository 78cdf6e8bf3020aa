/**
 * What the history keeps of a comparison or a sweep beside its runs: all that is needed to show it again as it was, and to make its runs again. Read back with care: it may be
 * of an older lab, or put together from what recordings say of themselves.
 */
import type { MachineInfo, Text } from '../../../preload/contract'
import type { SweepAxis, SweepPoint } from '../../engine'
import type { EntryWithRuns, FoundSpec, NewEntry, RecordingAbout } from '../../store/history/history'
import type { PreparedExperiment, PreparedMachine } from '../request'
import type { PreparedSweep } from '../sweep/prepare-sweep'

interface EntrySpec { readonly format: 1; readonly comparison?: PreparedExperiment; readonly sweep?: PreparedSweep }

/** An entry's spec without its machines. */
interface Outline {
  readonly title: Text
  readonly seeds: number
  readonly firstSeed?: number
  readonly axes?: readonly SweepAxis[]
  readonly points?: readonly SweepPoint[]
  readonly metrics?: readonly string[]
}

export type KeptSpec = { readonly kind: 'comparison'; readonly prepared: PreparedExperiment } | { readonly kind: 'sweep'; readonly prepared: PreparedSweep }

export interface EntryFacts { readonly id: string; readonly origin: NewEntry['origin']; readonly engine: string; readonly lab: string }

export function comparisonEntry(prepared: PreparedExperiment, facts: EntryFacts): NewEntry {
  const { title, scenario, kernel, machines, seeds } = prepared
  const spec: EntrySpec = { format: 1, comparison: prepared }
  return { ...facts, kind: 'comparison', title, scenario: scenario.id, kernel, machines: machines.map(info), seeds, runs: machines.length * seeds, spec, words: wordsOf(machines) }
}

/** `word`: under which this very sweep is found again. */
export function sweepEntry(prepared: PreparedSweep, facts: EntryFacts, word: string): NewEntry {
  const { title, seeds, experiments, points, axes } = prepared
  const [{ scenario, kernel, machines }] = experiments
  const spec: EntrySpec = { format: 1, sweep: prepared }
  return { ...facts, kind: 'sweep', title, scenario: scenario.id, kernel, machines: machines.map(info), seeds, runs: points.length * machines.length * seeds, spec, words: [word, ...axes.map(({ name }) => name), ...wordsOf(machines)] }
}

/** What a recording's file says of the comparison it was made for. */
export function outlineOf({ title, seeds, firstSeed }: PreparedExperiment): Outline {
  return { title, seeds, ...(firstSeed === undefined ? {} : { firstSeed }) }
}

export function sweepOutlineOf({ title, seeds, axes, points, metrics }: PreparedSweep): Outline {
  return { title, seeds, axes, points, metrics }
}

/** Undefined when what made the runs can't be told any more. */
export function readSpec({ entry, spec }: EntryWithRuns): KeptSpec | undefined {
  const { format, comparison, sweep } = (spec ?? {}) as Partial<EntrySpec>
  const { found } = (spec ?? {}) as Partial<FoundSpec>
  if (found !== undefined) return fromRecordings(entry.machines, found)
  if (format !== 1) return undefined
  if (comparison !== undefined && isExperiment(comparison)) return { kind: 'comparison', prepared: complete(comparison) }
  if (sweep !== undefined && Array.isArray(sweep.experiments) && sweep.experiments.every(isExperiment)) return { kind: 'sweep', prepared: { ...sweep, experiments: sweep.experiments.map(complete) } }
  return undefined
}

/** Columns whose recordings are all lost are left as copies of the base: they have no runs. */
function fromRecordings(infos: readonly MachineInfo[], { outline, machines }: FoundSpec['found']): KeptSpec | undefined {
  const { title, seeds, firstSeed, axes, points, metrics } = (outline ?? {}) as Partial<Outline>
  if (axes !== undefined && points !== undefined && metrics !== undefined) return sweepFromRecordings(infos, machines, { title, seeds, axes, points, metrics })
  const known = infos.map((_, i) => machines[`0.${i}`]).map((one) => (isMachine(one) ? one : undefined))
  const any = known.find((one) => one !== undefined)
  if (any === undefined || title === undefined || typeof seeds !== 'number') return undefined
  const base = known[0] ?? any
  const whole = infos.map((one, i): PreparedMachine => known[i] ?? { ...base, ...one, stack: [], sources: [] })
  return { kind: 'comparison', prepared: complete({ title, seeds, scenario: base.scenario, kernel: base.kernel, machines: whole, ...(firstSeed === undefined ? {} : { firstSeed }) }) }
}

/** Points of which no recording is left have the machines of another: they have no runs. */
function sweepFromRecordings(infos: readonly MachineInfo[], machines: FoundSpec['found']['machines'], outline: Omit<Partial<Outline>, 'points'> & { readonly points: readonly SweepPoint[] }): KeptSpec | undefined {
  const { title, seeds, axes = [], points, metrics = [] } = outline
  const base = Object.values(machines).find(isMachine)
  if (base === undefined || title === undefined || typeof seeds !== 'number' || infos.length === 0) return undefined
  const experiments = points.map((_, point): PreparedExperiment => {
    const known = infos.map((_one, i) => machines[`${point}.${i}`]).map((one) => (isMachine(one) ? one : undefined))
    const whole = infos.map((one, i): PreparedMachine => known[i] ?? { ...base, ...one, stack: [], sources: [] })
    return complete({ title, seeds, scenario: whole[0].scenario, kernel: whole[0].kernel, machines: whole })
  })
  return { kind: 'sweep', prepared: { title, axes, points, metrics, seeds, experiments } }
}

/** Fields that an older lab didn't write. */
function complete(prepared: PreparedExperiment): PreparedExperiment {
  return { ...prepared, machines: prepared.machines.map((machine) => ({ ...machine, sources: (machine as Partial<PreparedMachine>).sources ?? [] })) }
}

function isExperiment(value: unknown): value is PreparedExperiment {
  const { machines, scenario, seeds } = (value ?? {}) as Partial<PreparedExperiment>
  return Array.isArray(machines) && machines.length > 0 && machines.every(isMachine) && typeof scenario === 'object' && typeof seeds === 'number'
}

function isMachine(value: unknown): value is PreparedMachine {
  const { label, scenario, kernel, stack } = (value ?? {}) as Partial<PreparedMachine>
  return typeof label === 'string' && typeof scenario === 'object' && typeof kernel === 'string' && Array.isArray(stack)
}

function info({ label, policy }: MachineInfo): MachineInfo {
  return policy === undefined ? { label } : { label, policy }
}

/** What a person may look for: files of policies, sysctls that are set. */
function wordsOf(machines: readonly PreparedMachine[]): readonly string[] {
  return [...new Set(machines.flatMap(({ stack, scenario, kernel }) => [kernel, ...Object.keys(scenario.sysctls), ...stack.map(({ compiled }) => compiled.file)]))]
}

export type { RecordingAbout }
