/** A small hand-made run summary and series for tests of what is derived from them. */
import type { RunSummary, Series } from '../../../main/engine/sim/recording'

export function summary(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    durationNs: 2e9, end: 'done', delta: {}, gauge: {}, psiMemory: { some: 0, full: 0 }, kswapdCpuNs: 0, tasks: [],
    directReclaim: { count: 0, totalNs: 0, maxNs: 0, reclaimed: 0 },
    allocLatency: { count: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0, histogram: [] },
    stalls: { thresholdNs: 1e6, count: 0, totals: { scan: 0, throttle: 0, io: 0, compaction: 0, lock: 0, oom: 0, runnable: 0, other: 0 }, worst: [] },
    marks: [], io: {}, eventsDropped: 0, ...changes,
  }
}

export function task(name: string, touches: number, startNs: number, endNs: number): RunSummary['tasks'][number] {
  return { name, end: 'exited', phases: [{ phase: 0, op: 'touch', startNs, endNs, touches, minflt: 0, majflt: 0, errors: 0 }] }
}

export function series(id: string, values: readonly number[], stepNs = 1e8): Series {
  return { times: Float64Array.from(values, (_, i) => i * stepNs), ids: [id], columns: [Float64Array.from(values)] }
}
