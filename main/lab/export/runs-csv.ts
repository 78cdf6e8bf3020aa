/** An experiment as CSV, a line a run with every metric; and the series of one run, a line a sample, as they were recorded. */
import { METRICS, metricsOf, type Recording } from '../../engine'
import type { Experiment } from '../experiment'
import { POLICY_SERIES } from '../run-views'
import { csvNumber, csvText, metricColumns } from './csv'

export function runsCsv({ prepared, runs }: Experiment): string {
  const recorded = runs.map((run) => ({ run, metrics: run.recording === undefined ? {} : metricsOf(run.recording.summary) }))
  const metrics = metricColumns(METRICS.map(({ id }) => id), recorded.map((one) => one.metrics))
  const head = ['scenario', 'kernel', 'machine', 'policy', 'seed', 'state', 'end', 'ejections', 'engine', 'digest', ...metrics]
  const lines = recorded.map(({ run, metrics: own }) => {
    const { scenario, kernel, label, policy = '' } = prepared.machines[run.machine]
    const { recording } = run
    const told = recording === undefined ? ['', '', '', ''] : [recording.summary.end, String(recording.ejections.length), recording.engine, recording.digest]
    return [scenario.id, kernel, label, policy, String(run.seed), run.state, ...told, ...metrics.map((id) => csvNumber(own[id]))]
  })
  return csvText([head, ...lines])
}

/** Counters are totals since boot, as in /proc/vmstat: what charts show per second is left to the reader. */
export function seriesCsv({ series, policySeries }: Recording): string {
  const ids = [...series.ids, ...policySeries.ids.map((id) => POLICY_SERIES + id)]
  const columns = [...series.columns, ...policySeries.columns]
  const lines = Array.from(series.times, (t, i) => [csvNumber(t), ...columns.map((column) => csvNumber(column[i]))])
  return csvText([['t_ns', ...ids], ...lines])
}
