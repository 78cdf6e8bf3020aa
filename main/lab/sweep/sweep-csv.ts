/** A sweep as CSV: one line a run. Values of the axes, machine, seed, digest, then every metric that some run has. */
import { METRICS } from '../../engine'
import { csvNumber, csvText, metricColumns } from '../export/csv'
import type { Sweep } from './collect'

export function sweepCsv(sweep: Sweep): string {
  const { axes, points } = sweep.plan
  const { machines } = sweep.status()
  const rows = sweep.rows()
  const metrics = metricColumns(METRICS.map(({ id }) => id), rows.map((row) => row.metrics))
  const head = [...axes.map(({ name }) => name), 'machine', 'seed', 'digest', 'ejected', ...metrics]
  const lines = rows.map((row) => [
    ...points[row.point].map(String), machines[row.machine].label, String(row.seed), row.digest, row.ejected ? '1' : '0', ...metrics.map((id) => csvNumber(row.metrics[id])),
  ])
  return csvText([head, ...lines])
}
