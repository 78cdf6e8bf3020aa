/** The comparison on screen: started, followed (at most three updates a second), cancelled. Partial results stay. */
import type { ExperimentStatus, Problem, Result } from '../../preload/contract'
import { busy } from '../app/idle'
import { inBackground, lab, onLab } from '../app/lab-client'
import { createStore } from '../app/store'
import { setup } from '../scenario/setup-store'
import { buildRequest } from './build-request'
import { keepLast, readLast, setupKey } from './last-comparison'

export interface ExperimentView {
  readonly status?: ExperimentStatus
  /** The lab is asked to start, and has not answered. */
  readonly starting: boolean
  readonly cancelling: boolean
  /** Why the last attempt to start was refused. */
  readonly refused: readonly Problem[]
  /** The setup that was asked to run, to tell when it has changed since. */
  readonly asked?: string
}

const SHOW_EVERY_MS = 330
const idleView: ExperimentView = { starting: false, cancelling: false, refused: [] }

export const experiment = createStore<ExperimentView>(idleView)

let latest: ExperimentStatus | undefined
let wanted: string | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let lastShown = 0
let releaseBusy = (): void => {}

export function followExperiments(): () => void {
  return onLab('experiment', receive)
}

/** After a lost connection: events may have been missed, or the lab may not know the comparison any more. */
export async function askAgain(): Promise<void> {
  if (!wanted) return
  const answer = await lab.experiment(wanted)
  if (answer.ok) return receive(answer.value)
  refuse(answer.problems)
  experiment.update((now) => ({ ...now, cancelling: false, status: now.status?.state === 'running' ? { ...now.status, state: 'failed' } : now.status }))
}

/** After a reload: the lab still has the comparison that was on screen, or still runs it. One it no longer knows is let go. */
export async function showLast(): Promise<void> {
  const last = readLast()
  if (!last || wanted !== undefined) return
  wanted = last.id
  const answer = await lab.experiment(last.id)
  if (wanted !== last.id) return
  if (!answer.ok) { wanted = undefined; return }
  if (answer.value.state === 'running') releaseBusy = busy('experiment')
  if (last.asked !== '') experiment.update((now) => ({ ...now, asked: last.asked }))
  receive(answer.value)
}

/** One of the history, made live again. A comparison that still runs goes on; its results are in the history. */
export async function showComparison(id: string): Promise<void> {
  releaseBusy()
  latest = undefined
  wanted = id
  const answer = await lab.experiment(id)
  if (wanted !== id) return
  if (!answer.ok) return refuse(answer.problems)
  if (answer.value.state === 'running') releaseBusy = busy('experiment')
  keepLast({ id, asked: '' })
  experiment.set(idleView)
  receive(answer.value)
}

export function isRunning(view: ExperimentView): boolean {
  return view.starting || view.status?.state === 'running'
}

/** Starts what the setup says; a comparison that still runs is cancelled first. */
export function startComparison(): void {
  inBackground(async () => {
    if (experiment.get().starting) return
    releaseBusy()
    releaseBusy = busy('experiment')
    const running = experiment.get().status
    experiment.update((now) => ({ ...now, starting: true, refused: [] }))
    try {
      if (running?.state === 'running') await lab.cancel(running.id)
      await start()
    } catch (error) {
      experiment.update((now) => ({ ...now, starting: false }))
      releaseBusy()
      throw error
    }
  })
}

/** Runs a bundle again in place of what is on screen. */
export function startBundle(text: string): void {
  inBackground(async () => {
    if (experiment.get().starting) return
    releaseBusy()
    releaseBusy = busy('experiment')
    experiment.update((now) => ({ ...now, starting: true, refused: [] }))
    try {
      await follow(() => lab.openBundle(text), undefined)
    } catch (error) {
      experiment.update((now) => ({ ...now, starting: false }))
      releaseBusy()
      throw error
    }
  })
}

export function cancelComparison(): void {
  const status = experiment.get().status
  if (status?.state !== 'running') return
  experiment.update((now) => ({ ...now, cancelling: true }))
  inBackground(() => lab.cancel(status.id))
}

async function start(): Promise<void> {
  const asked = setupKey(setup.get())
  const request = await buildRequest()
  if (!request.ok) return refuse(request.problems)
  await follow(() => lab.compare(request.value), asked)
}

/** `asked`: the setup it was made of; nothing when it came from a file. */
async function follow(begin: () => Promise<Result<{ readonly id: string }>>, asked: string | undefined): Promise<void> {
  latest = undefined
  wanted = ''
  const answer = await begin()
  if (!answer.ok) return refuse(answer.problems)
  wanted = answer.value.id
  if (asked !== undefined) keepLast({ id: wanted, asked })
  experiment.set({ ...idleView, status: experiment.get().status, asked })
  const first = held.get(wanted)
  held.clear()
  if (first) return receive(first)
  const status = await lab.experiment(wanted)
  if (status.ok && latest === undefined) receive(status.value)
}

/** Events may overtake the answer that names the experiment. */
const held = new Map<string, ExperimentStatus>()

function receive(status: ExperimentStatus): void {
  if (wanted === '') { held.set(status.id, status); return }
  if (status.id !== wanted) return
  latest = status
  if (status.state !== 'running') return show()
  const wait = lastShown + SHOW_EVERY_MS - performance.now()
  if (wait <= 0) return show()
  timer ??= setTimeout(show, wait)
}

function show(): void {
  clearTimeout(timer)
  timer = undefined
  if (!latest) return
  lastShown = performance.now()
  const status = latest
  experiment.update((now) => ({ starting: false, cancelling: now.cancelling && status.state === 'running', refused: [], status, asked: now.asked }))
  if (status.state !== 'running') releaseBusy()
}

function refuse(problems: readonly Problem[]): void {
  wanted = experiment.get().status?.id
  experiment.update((now) => ({ ...now, starting: false, refused: problems }))
  releaseBusy()
}
