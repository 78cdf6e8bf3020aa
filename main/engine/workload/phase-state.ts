/** One phase of a process while it runs: where it is, since when, and what it has measured. */
import { LatencyHistogram } from '../core/histogram'
import type { PhaseStats } from '../sim/recording'
import type { Phase } from '../sim/scenario'
import type { Task } from '../mm/task'
import type { NetRx } from './netrx'
import type { PatternCursor } from './patterns'

const WAITS: ReadonlySet<Phase['op']> = new Set(['await', 'at', 'sleep', 'signal', 'snap'])

export class PhaseState {
  started = false
  start = 0
  done = 0
  /** Page drawn but not served yet; -1 = none. */
  pending = -1
  cursor: PatternCursor | undefined = undefined
  errors = 0
  netrx: NetRx | undefined = undefined
  readonly latency: LatencyHistogram | undefined
  minflt = 0
  majflt = 0

  readonly index: number
  readonly phase: Phase
  constructor(index: number, phase: Phase) {
    this.index = index
    this.phase = phase
    this.latency = phase.op === 'touch' || phase.op === 'fread' || phase.op === 'fwrite' || phase.op === 'stat' ? new LatencyHistogram() : undefined
  }

  /** A task's age counts from its first phase that is no waiting. */
  begin(task: Task, now: number): void {
    this.started = true
    this.start = now
    this.minflt = task.minflt
    this.majflt = task.majflt
    if (task.startTime < 0 && !WAITS.has(this.phase.op)) task.startTime = now
  }

  stats(endNs: number, t0: number, minflt: number, majflt: number): PhaseStats {
    return {
      phase: this.index, op: this.phase.op, startNs: this.start - t0, endNs: endNs - t0, touches: this.done, minflt: minflt - this.minflt, majflt: majflt - this.majflt,
      errors: this.errors, ...(this.netrx ? { network: { received: this.netrx.received, dropped: this.netrx.dropped } } : {}), ...(this.latency && this.done > 0 ? { latency: this.latency.stats() } : {}),
    }
  }
}
