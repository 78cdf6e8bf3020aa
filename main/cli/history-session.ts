/** The history of a workspace for terminal commands: the same requests that the window makes, over the same parts. Runs are only made when one is asked for that isn't kept. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { HistoryRequests } from '../../preload/contract'
import { ENGINE_VERSION } from '../engine'
import { createContent } from '../lab/default-content'
import { realRuns } from '../lab/default-parts'
import { createExperiments, type Experiments } from '../lab/experiments'
import { createKeeper, type Keeper } from '../lab/history/keeper'
import { historyRequests } from '../lab/history/requests'
import type { Content, Runs } from '../lab/parts'
import { createSweeps, type Sweeps } from '../lab/sweep/sweeps'
import { forkChildRunner } from '../runner/fork-child'
import { createHistory } from '../store/history/history'
import { createStore, type Store } from '../store/store'
import { defaultWorkspace, openWorkspace } from '../store/workspace'
import type { Output } from './output'
import { refuse } from './problem-error'

export interface HistorySession {
  readonly requests: HistoryRequests
  readonly keeper: Keeper
  readonly experiments: Experiments
  readonly sweeps: Sweeps
  readonly content: Content
  readonly store: Store
  close(): Promise<void>
}

/** Nothing is made where there is no workspace. */
export async function openHistorySession(workspace: string | undefined, tellSweep: () => void = () => undefined): Promise<HistorySession> {
  const path = workspace === undefined ? defaultWorkspace() : resolve(workspace)
  if (!existsSync(path)) refuse('--workspace', `there is no folder ${path}, so there is no history`)
  const store = await createStore(path)
  const runs = lazyRuns()
  const keeper = keeperOf(path)
  const experiments = createExperiments(runs, () => undefined, undefined, keeper)
  const sweeps = createSweeps(runs, availableParallelism(), tellSweep, keeper)
  return {
    requests: historyRequests({ keeper, experiments, sweeps, store, changed: () => undefined }), keeper, experiments, sweeps, content: createContent(), store,
    close: async () => {
      experiments.cancelAll()
      sweeps.cancelAll()
      await runs.close()
      await Promise.all([experiments.settled(), sweeps.settled()])
      await keeper.settled()
      await keeper.history.close()
      store.close()
    },
  }
}

export interface TerminalKeeper extends Keeper { close(): Promise<void> }

/** For commands that were told to keep what they run (`--history`): the workspace is made when there is none. */
export async function openKeeper(wanted: boolean, workspace: string | undefined, output: Output): Promise<TerminalKeeper | undefined> {
  if (!wanted) return undefined
  const { path, kept, why = '' } = await openWorkspace(workspace)
  if (!kept) return refuse('--history', `nothing can be kept: ${why}`)
  let told: string | undefined
  const keeper = keeperOf(path, () => {
    const trouble = keeper.unavailable()
    // Only once each: what can't be written is tried again, and what is still missing at the end is said then.
    if (trouble !== undefined && trouble !== told) void output.err(`${output.errIsTerminal ? '\r\u001b[K' : ''}! the history of ${path} can't be written now: ${trouble}\n`)
    told = trouble ?? told
  })
  return {
    ...keeper,
    close: async () => {
      await keeper.settled()
      await keeper.history.close()
      const trouble = keeper.unavailable()
      if (trouble !== undefined) await output.err(`! the history of ${path} could not be written: ${trouble}\n`)
    },
  }
}

function keeperOf(path: string, changed: () => void = () => undefined): Keeper {
  return createKeeper(createHistory({ workspace: path, engine: ENGINE_VERSION, host: 'cli' }), { origin: 'cli', changed })
}

/** Processes are started when the first run is. */
function lazyRuns(): Runs {
  let pool: Runs | undefined
  const opened = (): Runs => pool ??= realRuns(forkChildRunner, { parallel: availableParallelism() })
  return {
    start: (job, onProgress, onSamples) => opened().start(job, onProgress, onSamples), ask: (question, onProgress) => opened().ask(question, onProgress), inspect: (policy) => opened().inspect(policy),
    travel: (...args) => opened().travel(...args), close: async () => { await pool?.close() },
  }
}
