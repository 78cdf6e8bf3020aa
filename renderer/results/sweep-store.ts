/** The sweep on screen: started with the setup's scenario, base, policies and seeds; followed, cancelled, taken off the screen. */
import type { OpenedPoint, Problem, Result, SweepStatus } from '../../preload/contract'
import { busy } from '../app/idle'
import { inBackground, lab, onLab } from '../app/lab-client'
import { showPane } from '../app/panes'
import { createStore } from '../app/store'
import { queueRef } from '../scenario/queue-form'
import { axesOf, recordingRule } from '../scenario/recording-rule'
import { setup } from '../scenario/setup-store'
import { buildRequest } from './build-request'
import { showComparison } from './experiment-store'

export interface SweepView {
  readonly status?: SweepStatus
  readonly refused: readonly Problem[]
  /** The point whose runs are open as a comparison. */
  readonly opened?: OpenedPoint & { readonly point: number }
}

export const sweepView = createStore<SweepView>({ refused: [] })

/** Counts up when one is started or watched: what is shown turns to it. */
export const sweepAsked = createStore(0)

let wanted: string | undefined
let releaseBusy = (): void => {}

export function followSweeps(): () => void {
  return onLab('sweep', (status) => {
    if (status.id === wanted) receive(status)
  })
}

/** Starts what the setup's lines say, an axis a line. One that still runs is cancelled first. */
export function startSweep(onQueue = false): void {
  inBackground(async () => {
    releaseBusy()
    releaseBusy = busy('sweep')
    leaveSweep()
    const comparison = await buildRequest()
    const answer = comparison.ok ? await lab.sweep({ comparison: comparison.value, sweep: axesOf(setup.get().sweep), recordings: recordingRule(), ...(onQueue ? { queue: queueRef() } : {}) }) : comparison
    await follow(answer)
  })
}

/** One that is on the queue already. */
export function watchQueued(sweep: string): void {
  inBackground(async () => {
    releaseBusy()
    releaseBusy = busy('sweep')
    leaveSweep()
    await follow(await lab.watchSweep(queueRef(), sweep))
  })
}

async function follow(answer: Result<{ readonly id: string }>): Promise<void> {
  showPane('results')
  sweepAsked.update((count) => count + 1)
  if (!answer.ok) return refuse(answer.problems)
  wanted = answer.value.id
  const first = await lab.sweepStatus(wanted)
  if (first.ok) receive(first.value)
  else refuse(first.problems)
}

/** What other machines make goes on unwatched. */
function leaveSweep(): void {
  if (sweepView.get().status?.queue === undefined) cancelSweep()
}

/** One of the history, made live again. */
export async function showSweep(id: string): Promise<void> {
  releaseBusy()
  wanted = id
  sweepView.set({ refused: [] })
  const status = await lab.sweepStatus(id)
  if (!status.ok) return refuse(status.problems)
  if (status.value.state === 'running') releaseBusy = busy('sweep')
  receive(status.value)
}

/** Its runs become the comparison on screen; one that still runs goes on into the history. */
export function openPoint(point: number): void {
  const { status } = sweepView.get()
  if (status === undefined) return
  inBackground(async () => {
    const answer = await lab.openSweepPoint(status.id, point)
    if (!answer.ok) return refuse(answer.problems)
    sweepView.update((now) => (now.status?.id === status.id ? { ...now, refused: [], opened: { ...answer.value, point } } : now))
    await showComparison(answer.value.id)
    document.querySelector('[data-testid="results-about"]')?.scrollIntoView({ block: 'start' })
  })
}

/** `vm.swappiness = 40`. */
export function whereOf({ axes, points }: SweepStatus, point: number): string {
  return axes.map(({ name }, axis) => `${name} = ${points[point]?.[axis] ?? ''}`).join(', ')
}

export function cancelSweep(): void {
  const { status } = sweepView.get()
  if (status?.state === 'running') inBackground(() => lab.cancel(status.id))
}

export function closeSweep(): void {
  leaveSweep()
  wanted = undefined
  releaseBusy()
  sweepView.set({ refused: [] })
}

export function copySweep(id: string): void {
  inBackground(async () => {
    const csv = await lab.sweepCsv(id)
    if (csv.ok) await navigator.clipboard.writeText(csv.value)
    else refuse(csv.problems)
  })
}

function receive(status: SweepStatus): void {
  const shown = sweepView.get().status
  if (shown?.id === status.id && shown.ended > status.ended) return
  const { opened } = sweepView.get()
  sweepView.set({ status, refused: [], ...(opened === undefined || shown?.id !== status.id ? {} : { opened }) })
  if (status.state !== 'running') releaseBusy()
}

function refuse(refused: readonly Problem[]): void {
  sweepView.update((now) => ({ ...now, refused }))
  releaseBusy()
}
