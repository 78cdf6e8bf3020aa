/** Simulates measured runs from their configurations alone, spread over the runner pool. Knows nothing of what was measured. */
import type { Problem } from '../../../preload/contract'
import type { Scenario, Snapshot } from '../../engine'
import { importConfig } from '../import/from-config'
import type { Kernel, RunHandle, Runs } from '../parts'
import type { MeasuredRun } from './measured-data'
import { measuredSummary } from './measured-summary'
import type { MeasuredSummary } from './measured-summary'
import { notModelled } from './not-modelled'
import { messageOf } from '../problems'

export type Replayed = { readonly run: MeasuredRun } & (
  | { readonly end: 'done'; readonly scenario: Scenario; readonly summary: MeasuredSummary; readonly snapshots: readonly Snapshot[] }
  /** The engine can't do this yet. */
  | { readonly end: 'not-modelled'; readonly why: readonly string[] }
  /** The configuration can't be read. */
  | { readonly end: 'unreadable'; readonly problems: readonly Problem[] }
  /** It ran and went wrong, or got stuck. */
  | { readonly end: 'failed'; readonly message: string }
  | { readonly end: 'cancelled' })

export interface ReplayOptions {
  readonly runs: Runs
  readonly kernel: Kernel
  readonly signal: AbortSignal
  /** After each run that was started. */
  onEnd?(replayed: Replayed, ended: number, started: number): void
}

/** In the order of `measured`; the longest are simulated first, so that none is left over alone at the end. */
export async function replay(measured: readonly MeasuredRun[], options: ReplayOptions): Promise<readonly Replayed[]> {
  const prepared = await Promise.all(measured.map(run => prepare(run, options.kernel)))
  const queue = prepared.filter(each => 'scenario' in each).sort((a, b) => touches(b.scenario) - touches(a.scenario))
  const handles: RunHandle[] = []
  const cancel = () => { for (const handle of handles) handle.cancel() }
  options.signal.addEventListener('abort', cancel, { once: true })
  let ended = 0
  const simulated = await Promise.all(queue.map(async each => {
    const replayed = await simulate(each, options, handle => handles.push(handle))
    options.onEnd?.(replayed, ++ended, queue.length)
    return replayed
  }))
  options.signal.removeEventListener('abort', cancel)
  const byRun = new Map(simulated.map(each => [each.run.id, each]))
  return prepared.map(each => ('scenario' in each ? byRun.get(each.run.id) ?? { run: each.run, end: 'cancelled' } : each))
}

interface Ready { readonly run: MeasuredRun; readonly scenario: Scenario }

async function prepare(run: MeasuredRun, { definition }: Kernel): Promise<Ready | Replayed> {
  const text = await run.config().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  if (text instanceof Error) return { run, end: 'unreadable', problems: [{ path: run.path, message: text.message }] }
  const imported = importConfig(text, definition)
  if (!imported.ok) return { run, end: 'unreadable', problems: imported.problems.map(({ path, message, ...rest }) => ({ ...rest, path: run.path, message: `${path}: ${message}` })) }
  const { scenario } = imported.value
  const why = notModelled(text, definition)
  return why.length > 0 ? { run, end: 'not-modelled', why } : { run, scenario }
}

async function simulate({ run, scenario }: Ready, { runs, kernel, signal }: ReplayOptions, started: (handle: RunHandle) => void): Promise<Replayed> {
  if (signal.aborted) return { run, end: 'cancelled' }
  const seed = Number(run.id.slice(run.id.lastIndexOf('run') + 'run'.length))
  const handle = runs.start({ run: run.id, scenario, kernel: kernel.info.name, policies: [], seed, scriptedEjections: [] }, () => undefined)
  started(handle)
  try {
    const recording = await handle.done
    const { end, diagnosis } = recording.summary
    if (end === 'cancelled') return { run, end }
    if (end !== 'done') return { run, end: 'failed', message: end === 'stuck' ? `got stuck: ${diagnosis ?? ''}` : end === 'panic' ? `the kernel stopped: ${diagnosis ?? ''}` : 'was cut: it had not ended after an hour of virtual time' }
    return { run, end: 'done', scenario, summary: measuredSummary(recording), snapshots: recording.snapshots }
  } catch (error) {
    return signal.aborted ? { run, end: 'cancelled' } : { run, end: 'failed', message: messageOf(error) }
  }
}

function touches({ processes }: Scenario): number {
  return processes.reduce((sum, { phases }) => sum + phases.reduce((all, phase) => all + ('count' in phase ? phase.count : 0), 0), 0)
}
