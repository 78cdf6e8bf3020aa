/** A sweep as CSV: one line a run, RFC 4180. Values of the axes, machine, seed, digest, then every metric that some run has. */
import { METRICS } from '../../engine'
import type { Sweep } from './sweep'

export function sweepCsv(sweep: Sweep): string {
  const { axes, points } = sweep.prepared
  const { machines } = sweep.status()
  const rows = sweep.rows()
  const present = new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))
  const metrics = [...METRICS.map(({ id }) => id).filter((id) => present.delete(id)), ...[...present].sort()]
  const head = [...axes.map(({ name }) => name), 'machine', 'seed', 'digest', 'ejected', ...metrics]
  const lines = rows.map((row) => [
    ...points[row.point].map(String), machines[row.machine].label, String(row.seed), row.digest, row.ejected ? '1' : '0', ...metrics.map((id) => (row.metrics[id] === undefined ? '' : String(row.metrics[id]))),
  ])
  return [head, ...lines].map((line) => `${line.map(cell).join(',')}\r\n`).join('')
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
