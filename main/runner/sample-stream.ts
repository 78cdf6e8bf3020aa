/**
 * What a run has sampled, sent while it goes on, for charts that grow. A few messages a second, each of a bounded size, and a bounded number of rows in all: a run with more samples
 * is shown thinned until its recording is there. Only reads: the run is the same with and without.
 */
import type { Samples, Scenario, Simulation } from '../engine'

const EVERY_MS = 250
/** Rows that a whole run sends; a chart is some hundred pixels wide. */
const MOST_ROWS = 4_096
/** Numbers in one message: 1 MiB. */
const MOST_CELLS = 131_072

export type SampleStream = (simulation: Pick<Simulation, 'samples'>, nowMs: number) => void

export function createSampleStream({ durationMs, sampleMs }: Pick<Scenario, 'durationMs' | 'sampleMs'>, send: (from: number, samples: Samples) => void): SampleStream {
  const step = Math.max(1, Math.ceil(durationMs / sampleMs / MOST_ROWS))
  let sent = 0
  let most = 1
  let sentMs = -Infinity
  return (simulation, nowMs) => {
    if (nowMs - sentMs < EVERY_MS) return
    sentMs = nowMs
    // The first row tells how wide rows are; policies may add to them.
    if (sent === 0) most = rowsIn(simulation.samples(0, step, 1))
    const samples = simulation.samples(sent * step, step, most)
    if (samples.series.times.length === 0) return
    send(sent, samples)
    sent += samples.series.times.length
    most = rowsIn(samples)
  }
}

function rowsIn({ series, policySeries }: Samples): number {
  return Math.max(1, Math.floor(MOST_CELLS / (2 + series.ids.length + policySeries.ids.length)))
}
