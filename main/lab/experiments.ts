/** All experiments of this lab, the newest last. Recordings are kept in memory within a bound; the oldest ended experiments give way. */
import type { ExperimentStatus, Result } from '../../preload/contract'
import type { Recording } from '../engine'
import { startExperiment, type Experiment, type LabRun } from './experiment'
import type { Keeper } from './history/keeper'
import { findRecording } from './history/recordings'
import type { Runs } from './parts'
import { done } from './problems'
import type { PreparedExperiment } from './request'
import { throttle, type Throttle } from './throttle'
import { createWatching } from './watching'

const EVENTS_PER_SECOND = 4
const MOST_EXPERIMENTS = 50
const MOST_BYTES = 768 * 2 ** 20

export interface Experiments {
  start(prepared: PreparedExperiment): Experiment
  /** One of the history: runs that have ended stay as they are, waiting ones are made. `entry` is absent where it is only looked at. */
  adopt(prepared: PreparedExperiment, runs: (id: string) => readonly LabRun[], entry?: string): Experiment
  /** The recording of a run: from memory, else from the history, else made again. */
  recording(run: LabRun, experiment: Experiment): Promise<Result<Recording>>
  /** Somebody looks at these runs: for some seconds their samples are taken in while they go on. */
  watch(runs: readonly string[]): void
  find(id: string): Experiment | undefined
  findRun(run: string): { readonly experiment: Experiment; readonly run: LabRun } | undefined
  /** Was there ever one of this id, or a run of one? */
  dropped(id: string): boolean
  active(): number
  cancelAll(): void
  settled(): Promise<void>
}

export function createExperiments(runner: Runs, tell: (status: ExperimentStatus) => void, mostBytes = MOST_BYTES, keeper?: Keeper, now?: () => number): Experiments {
  const all = new Map<string, Experiment>()
  const throttles = new Map<string, Throttle>()
  const watching = createWatching(now)
  let count = 0

  const find = (id: string): Experiment | undefined => all.get(id)
  const experimentId = (run: string): string => run.split('.')[0]

  const begin = (prepared: PreparedExperiment, entry: string | undefined, runs?: (id: string) => readonly LabRun[]): Experiment => {
    const id = `e${++count}`
    const news = throttle(1000 / EVENTS_PER_SECOND, () => { const one = all.get(id); if (one !== undefined) tell(one.status()) })
    throttles.set(id, news)
    const given = runs?.(id)
    const toRun = given?.some((run) => run.state === 'waiting') ?? true
    const experiment = startExperiment(id, prepared, runner, (urgent) => { news.call(urgent) }, {
      watched: watching.has,
      ...(given === undefined ? {} : { runs: given }), ...(entry === undefined ? {} : { entry, ran: (run) => { keeper?.ran(entry, prepared, run) } }),
    })
    all.set(id, experiment)
    news.call(true)
    void experiment.ended.then(() => {
      if (entry !== undefined && toRun) keeper?.comparisonEnded(entry, experiment)
      makeRoom(all, throttles, mostBytes)
    })
    return experiment
  }

  return {
    start: (prepared) => begin(prepared, keeper?.beginComparison(prepared)),
    adopt: (prepared, runs, entry) => begin(prepared, entry, runs),
    recording: async (run, experiment) => {
      if (run.recording !== undefined) return done(run.recording)
      const found = await findRecording(run, experiment, runner, keeper)
      if (!found.ok) return found
      run.recording = found.value
      makeRoom(all, throttles, mostBytes, run)
      return found
    },
    watch: watching.ask,
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

/** Lets go what the history keeps, then drops ended experiments, oldest first, until what is left is within the bounds. The newest, and a run that was just asked for, always stay. */
function makeRoom(all: Map<string, Experiment>, throttles: Map<string, Throttle>, mostBytes: number, asked?: LabRun): void {
  let bytes = [...all.values()].reduce((sum, experiment) => sum + bytesOf(experiment), 0)
  for (const run of [...all.values()].flatMap(({ runs }) => runs)) {
    if (bytes <= mostBytes) break
    if (run.recording === undefined || run.kept === undefined || run === asked) continue
    bytes -= recordingBytes(run.recording)
    run.recording = undefined
  }
  for (const [id, experiment] of [...all].slice(0, -1)) {
    if (bytes <= mostBytes && all.size <= MOST_EXPERIMENTS) return
    if (experiment.active() > 0 || (asked !== undefined && experiment.runs.includes(asked))) continue
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
