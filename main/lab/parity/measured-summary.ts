/** A recording in the words of the measured runs' summary.json, so that one script scores both. */
import type { Recording } from '../../engine'

export interface MeasuredSummary {
  readonly ok: boolean
  readonly guest_duration_ms: number
  readonly delta: Readonly<Record<string, number>>
  readonly gauge: Readonly<Record<string, { readonly start: number; readonly end: number; readonly min: number; readonly max: number }>>
  readonly psi_mem_us: { readonly some: number; readonly full: number }
  readonly kswapd_cpu_ms: number
  readonly direct_reclaim: { readonly count: number; readonly total_ms: number; readonly max_ms: number; readonly reclaimed: number }
  readonly procs: readonly unknown[]
  readonly simulated: { readonly engine: string; readonly kernel: string; readonly seed: number; readonly digest: string; readonly end: string }
}

const MS = 1e6

export function measuredSummary(recording: Recording): MeasuredSummary {
  const { summary } = recording
  const direct = summary.directReclaim
  return {
    ok: summary.end === 'done',
    guest_duration_ms: summary.durationNs / MS,
    delta: Object.fromEntries(Object.entries(summary.delta).filter(([, value]) => value !== 0)),
    gauge: summary.gauge,
    psi_mem_us: summary.psiMemory,
    kswapd_cpu_ms: summary.kswapdCpuNs / MS,
    direct_reclaim: { count: direct.count, total_ms: direct.totalNs / MS, max_ms: direct.maxNs / MS, reclaimed: direct.reclaimed },
    procs: summary.tasks.map((task, proc) => ({
      proc, exit: 0, signal: task.end === 'killed' ? 9 : 0,
      phases: task.phases.map((phase) => ({
        phase: phase.phase, op: phase.op, done: 1, t0_ms: phase.startNs / MS, t1_ms: phase.endNs / MS, minflt: phase.minflt, majflt: phase.majflt, err: phase.errors,
        ...(phase.latency ? { touches: phase.touches, lat_ns: phase.latency, lat_hist_log: phase.latency.histogram } : {}),
      })),
    })),
    simulated: { engine: recording.engine, kernel: recording.kernel, seed: recording.seed, digest: recording.digest, end: summary.end },
  }
}
