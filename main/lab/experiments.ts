/** All experiments of this lab, the newest last. Recordings are kept in memory within a bound; the oldest ended experiments give way. */
import type { ExperimentStatus } from '../../preload/contract'
import type { Recording } from '../engine'
import { startExperiment, type Experiment, type LabRun } from './experiment'
import type { Runs } from './parts'
import type { PreparedExperiment } from './request'
import { throttle, type Throttle } from './throttle'

const EVENTS_PER_SECOND = 4
const MOST_EXPERIMENTS = 50
const MOST_BYTES = 768 * 2 ** 20

export interface Experiments {
  start(prepared: PreparedExperiment): Experiment
  find(id: string): Experiment | undefined
  findRun(run: string): { readonly experiment: Experiment; readonly run: LabRun } | undefined
  /** Was there ever one of this id, or a run of one? */
  dropped(id: string): boolean
  active(): number
  cancelAll(): void
  settled(): Promise<void>
}

export function createExperiments(runner: Runs, tell: (status: ExperimentStatus) => void, mostBytes = MOST_BYTES): Experiments {
  const all = new Map<string, Experiment>()
  const throttles = new Map<string, Throttle>()
  let count = 0

  const find = (id: string): Experiment | undefined => all.get(id)
  const experimentId = (run: string): string => run.split('.')[0]

  return {
    start: (prepared) => {
      const id = `e${++count}`
      const news = throttle(1000 / EVENTS_PER_SECOND, () => { const one = all.get(id); if (one !== undefined) tell(one.status()) })
      throttles.set(id, news)
      const experiment = startExperiment(id, prepared, runner, (urgent) => { news.call(urgent) })
      all.set(id, experiment)
      news.call(true)
      void experiment.ended.then(() => { makeRoom(all, throttles, mostBytes) })
      return experiment
    },
    find,
    findRun: (run) => {
      const experiment = find(experimentId(run))
      const found = experiment?.runs.find((one) => one.id === run)
      return experiment === undefined || found === undefined ? undefined : { experiment, run: found }
    },
    dropped: (id) => {
      const number = /^e(\d{1,9})(\.|$)/.exec(id)
      return number !== null && Number(number[1]) >= 1 && Number(number[1]) <= count && !all.has(experimentId(id))
    },
    active: () => [...all.values()].reduce((sum, experiment) => sum + experiment.active(), 0),
    cancelAll: () => { for (const experiment of all.values()) experiment.cancel() },
    settled: async () => {
      await Promise.all([...all.values()].map((experiment) => experiment.ended))
      for (const one of throttles.values()) one.stop()
    },
  }
}

/** Drops ended experiments, oldest first, until what is left is within the bounds. The newest always stays. */
function makeRoom(all: Map<string, Experiment>, throttles: Map<string, Throttle>, mostBytes: number): void {
  let bytes = [...all.values()].reduce((sum, experiment) => sum + bytesOf(experiment), 0)
  for (const [id, experiment] of [...all].slice(0, -1)) {
    if (bytes <= mostBytes && all.size <= MOST_EXPERIMENTS) return
    if (experiment.active() > 0) continue
    bytes -= bytesOf(experiment)
    throttles.get(id)?.stop()
    throttles.delete(id)
    all.delete(id)
  }
}

const BYTES_PER_EVENT = 300

function bytesOf(experiment: Experiment): number {
  return experiment.runs.reduce((sum, run) => sum + (run.recording === undefined ? 0 : recordingBytes(run.recording)), 0)
}

function recordingBytes(recording: Recording): number {
  const columns = [recording.series, recording.policySeries].map((series) => series.times.byteLength * (1 + series.columns.length))
  return columns[0] + columns[1] + recording.events.length * BYTES_PER_EVENT
}
