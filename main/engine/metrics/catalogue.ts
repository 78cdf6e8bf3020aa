/**
 * THE catalogue of metrics: the window, the CLI, reports and comparisons all read it. Order is the order of tables.
 * Besides the fixed ones every task has `task_throughput.<task>`, and every memory cgroup some of its own (memcg-metrics.ts); `metricById` knows those too.
 */
import type { RunSummary } from '../sim/recording'
import { COMPACTION_METRICS } from './compaction-metrics'
import { IO_METRICS } from './io-metrics'
import { memcgMetric, memcgMetrics } from './memcg-metrics'
import type { Metric } from './metric'
import { RECLAIM_METRICS } from './reclaim-metrics'
import { taskThroughput, TIME_METRICS } from './time-metrics'

export const METRICS: readonly Metric[] = [...TIME_METRICS, ...RECLAIM_METRICS, ...COMPACTION_METRICS, ...IO_METRICS]

const byId = new Map(METRICS.map((metric) => [metric.id, metric]))
const TASK_THROUGHPUT = 'task_throughput.'

/** The metric of this id, or undefined for an id nobody knows. */
export function metricById(id: string): Metric | undefined {
  return byId.get(id) ?? (id.startsWith(TASK_THROUGHPUT) ? taskMetric(id.slice(TASK_THROUGHPUT.length)) : memcgMetric(id))
}

/** The catalogue for a workload of these tasks. With one task its throughput is the slowest one's already. */
export function metricsFor(tasks: readonly string[]): readonly Metric[] {
  return tasks.length < 2 ? METRICS : [...METRICS, ...[...new Set(tasks)].map(taskMetric)]
}

/** Every metric that this run has a number for. */
export function metricsOf(summary: RunSummary): Readonly<Record<string, number>> {
  const values: Record<string, number> = {}
  const groups = memcgMetrics((summary.memcgs ?? []).map((memcg) => memcg.path))
  for (const metric of [...metricsFor(summary.tasks.map((task) => task.name)), ...groups]) {
    const value = metric.of(summary)
    if (value !== undefined && Number.isFinite(value)) values[metric.id] = value
  }
  return values
}

function taskMetric(task: string): Metric {
  return {
    id: TASK_THROUGHPUT + task, unit: '/s', better: 'higher', group: 'time', floor: 100,
    label: { en: `Touches per second: ${task}`, zh: `每秒访问数：${task}` },
    about: { en: `Page accesses per second of ${task} over the phases in which it touched pages.`, zh: `${task} 在访问阶段内的每秒页面访问次数。` },
    of: (summary) => throughputOf(summary, task),
  }
}

/** Tasks of the same name add up. */
function throughputOf(summary: RunSummary, name: string): number | undefined {
  const rates = summary.tasks.filter((task) => task.name === name).map(taskThroughput).filter((rate) => rate !== undefined)
  return rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0)
}
