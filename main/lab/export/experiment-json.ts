/** Experiments and runs as JSON, the same from the window and the terminal. Other programs read it: names stay. */
import type { Comparison, ComparisonRow, Finding, Scenario } from '../../../preload/contract'
import { metricById, type Recording } from '../../engine'
import type { Experiment, LabRun } from '../experiment'
import { number, percentChange, signed } from '../numbers'
import { runDetail } from '../run-views'

/** JSON as it is printed and written. NaN and infinities, which JSON lacks, come as null. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, (_key, one: unknown) => one instanceof Float64Array ? [...one] : one, 2)}\n`
}

export function experimentJson(experiment: Experiment): Readonly<Record<string, unknown>> {
  const status = experiment.status()
  const { comparison } = status
  return {
    scenario: status.scenario, title: status.title, base: experiment.prepared.kernel, seeds: experiment.prepared.seeds, machines: status.machines, state: status.state,
    partial: comparison?.partial ?? true, ...(status.error === undefined ? {} : { error: status.error }),
    ...(status.notes === undefined ? {} : { notes: status.notes.map(({ en }) => en) }),
    findings: comparison?.findings.map((one) => ({ ...one, sentence: findingText(one, comparison, status.machines[one.machine].label) })) ?? [],
    comparison, runs: experiment.runs.map((run) => runJson(experiment, run)),
  }
}

/** One run, self-contained. `policy` is null for the base alone. */
export function runJson(experiment: Experiment, run: LabRun): Readonly<Record<string, unknown>> {
  const { scenario, kernel, label, policy = null } = experiment.prepared.machines[run.machine]
  const common = { run: run.id, scenario: scenario.id, base: kernel, machine: label, policy, seed: run.seed, state: run.state }
  if (run.recording === undefined) return { ...common, digest: null, end: run.state, metrics: {}, ejections: [], ...(run.error === undefined ? {} : { error: run.error }) }
  return { ...common, ...recordingJson(run.id, run.recording, scenario) }
}

function recordingJson(id: string, recording: Recording, scenario: Scenario): Readonly<Record<string, unknown>> {
  const { seriesIds: _, run: __, ...detail } = runDetail(id, recording, scenario)
  return { engine: recording.engine, ...detail, marks: recording.summary.marks }
}

/** The sentence: what differs most, or why nothing can be told. */
export function findingText(finding: Finding, comparison: Comparison, label: string): string {
  const named = finding.metrics.map((id) => differenceText(comparison.rows.find((row) => row.metric === id), finding.machine - 1)).join('; ')
  switch (finding.kind) {
    case 'differs': return `${label}: ${named}.`
    case 'no-difference': return `${label}: no difference.`
    case 'not-finished': return `${label}: no pair of runs has finished, so there is nothing to compare.`
    case 'too-few-seeds': return `${label}: too few seeds to tell. In ${comparison.seeds === 1 ? 'this one' : `these ${comparison.seeds}`}: ${named}.`
  }
}

function differenceText(row: ComparisonRow | undefined, policy: number): string {
  if (row === undefined) return ''
  const difference = row.policies[policy]
  const metric = metricById(row.metric)
  const change = difference.ratio === undefined ? `${signed(difference.mean)} ${metric?.unit ?? ''}` : percentChange(difference.ratio)
  const verdict = difference.verdict === 'better' || difference.verdict === 'worse' ? `, ${difference.verdict}` : ''
  return `${metric?.label.en ?? row.metric} ${change} (${number(row.base.mean)} to ${number(row.base.mean + difference.mean)} ${metric?.unit ?? ''}${verdict})`
}
