/** A comparison as sentences and tables for a terminal. */
import type { Comparison, ComparisonRow, Difference, ExperimentStatus } from '../../preload/contract'
import { metricById } from '../engine'
import { findingText } from '../lab/export/experiment-json'
import { number, percentChange, signed, table, type Column } from './table'

export function comparisonText(status: ExperimentStatus, comparison: Comparison, all: boolean): string {
  const parts = status.machines.slice(1).map((machine, i) => {
    const finding = comparison.findings.find((one) => one.machine === i + 1)
    const sentence = finding === undefined ? '' : `${findingText(finding, comparison, machine.label)}\n\n`
    return `\n${sentence}${policyTable(comparison, i, status.machines[0].label, machine.label, all)}`
  })
  return parts.length > 0 ? parts.join('') : `\n${baseTable(comparison, status.machines[0].label)}`
}

const LEFT = (title: string): Column => ({ title, align: 'left' })
const RIGHT = (title: string): Column => ({ title, align: 'right' })

function policyTable(comparison: Comparison, policy: number, base: string, label: string, all: boolean): string {
  const rows = comparison.rows.filter((row) => all || row.policies[policy].verdict !== 'same')
  const hidden = comparison.rows.length - rows.length
  const columns = [LEFT('Metric'), LEFT('Unit'), RIGHT(base), RIGHT(label), RIGHT('Change'), RIGHT('%'), LEFT('95 % interval'), LEFT('Verdict')]
  const text = rows.length === 0 ? '' : table(columns, rows.map((row) => cells(row, row.policies[policy])))
  return `${text}${hidden > 0 ? `${hidden} ${hidden === 1 ? 'metric is' : 'metrics are'} the same on every seed${all ? '' : ' (--all shows them)'}.\n` : ''}`
}

function cells(row: ComparisonRow, difference: Difference): readonly string[] {
  const metric = metricById(row.metric)
  const { interval, ratio } = difference
  return [
    metric?.label.en ?? row.metric, metric?.unit ?? '', value(row.base.values, row.base.mean), value(difference.estimate.values, difference.estimate.mean),
    difference.verdict === 'unclear' && difference.estimate.values.length === 0 ? '' : signed(difference.mean), ratio === undefined ? '' : percentChange(ratio),
    interval === undefined ? '' : `${signed(interval[0])} … ${signed(interval[1])}`, difference.verdict,
  ]
}

function value(values: readonly number[], mean: number): string {
  return values.length === 0 ? '-' : number(mean)
}

function baseTable(comparison: Comparison, base: string): string {
  return table([LEFT('Metric'), LEFT('Unit'), RIGHT(base), RIGHT('sd')], comparison.rows.map((row) => [metricById(row.metric)?.label.en ?? row.metric, metricById(row.metric)?.unit ?? '', number(row.base.mean), number(row.base.sd)]))
}
