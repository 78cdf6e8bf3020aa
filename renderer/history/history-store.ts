/** The history as the window shows it: what was asked for, what came, what is chosen to be compared. */
import type { HistoryEntry, HistoryOverview, HistoryQuery, OpenedEntry, Problem, Result } from '../../preload/contract'
import { createDebounce } from '../app/debounce'
import { inBackground, lab, onLab } from '../app/lab-client'
import { showPane } from '../app/panes'
import { createStore } from '../app/store'
import { experiment, showComparison } from '../results/experiment-store'
import { showSweep, sweepAsked, sweepView } from '../results/sweep-store'
import { queueRef } from '../scenario/queue-form'

export interface HistoryView {
  readonly query: HistoryQuery
  readonly entries: readonly HistoryEntry[]
  readonly total: number
  readonly loaded: boolean
  /** Machines chosen to be compared, as `entry.machine`, in the order of choosing. */
  readonly chosen: readonly string[]
  /** Can be undone. */
  readonly removed?: HistoryEntry
  readonly problems: readonly Problem[]
}

const PAGE = 50

export const historyView = createStore<HistoryView>({ query: {}, entries: [], total: 0, loaded: false, chosen: [], problems: [] })
export const historyOverview = createStore<HistoryOverview | undefined>(undefined)
/** What the results pane shows. */
export const resultsView = createStore<'results' | 'history'>('results')

const searchSoon = createDebounce(200, 'history search')

/** Follows the history's news, and tells the lab what is on screen, so that it can be offered again after a crash. */
export function followHistory(): void {
  onLab('history', (now) => {
    historyOverview.set(now)
    if (resultsView.get() === 'history') searchSoon.call(() => inBackground(load))
  })
  inBackground(async () => { historyOverview.set(await lab.historyOverview()) })
  let told = '[]'
  const tell = (): void => {
    const shown = [experiment.get().status?.history, sweepView.get().status?.history].filter((id) => id !== undefined)
    if (JSON.stringify(shown) === told) return
    told = JSON.stringify(shown)
    inBackground(() => lab.historyShow(shown))
  }
  experiment.subscribe(tell)
  sweepView.subscribe(tell)
  // A run that is started is what one wants to see.
  experiment.subscribe(() => { if (experiment.get().starting) resultsView.set('results') })
  sweepAsked.subscribe(() => resultsView.set('results'))
}

export function showHistory(): void {
  resultsView.set('history')
  showPane('results')
  inBackground(refresh)
}

export async function refresh(): Promise<void> {
  historyOverview.set(await lab.historyOverview())
  await load()
}

/** Other words, filters: from the start again. */
export function search(change: HistoryQuery): void {
  historyView.update((now) => ({ ...now, query: { ...now.query, ...change, limit: PAGE } }))
  searchSoon.call(() => inBackground(load))
}

export function showMore(): void {
  historyView.update((now) => ({ ...now, query: { ...now.query, limit: now.entries.length + PAGE } }))
  inBackground(load)
}

async function load(): Promise<void> {
  const { query } = historyView.get()
  const answer = await lab.history({ limit: PAGE, ...query })
  if (historyView.get().query !== query) return
  historyView.update((now) => (answer.ok ? { ...now, ...answer.value, loaded: true, problems: [] } : { ...now, loaded: true, problems: answer.problems }))
}

export function openEntry(entry: string): void {
  inBackground(async () => { await showOpened(await lab.historyOpen(entry)) })
}

export function resumeEntry(entry: string): void {
  inBackground(async () => { await showOpened(await lab.historyResume(entry)) })
}

/** Where the queue's form says. */
export function resumeQueued(entry: string): void {
  inBackground(async () => {
    const answer = await lab.resumeOnQueue(entry, queueRef())
    await showOpened(answer.ok ? { ok: true, value: { kind: 'sweep', id: answer.value.id } } : answer)
  })
}

export function compareChosen(): void {
  inBackground(async () => {
    const answer = await lab.historyCompare(historyView.get().chosen)
    if (answer.ok) historyView.update((now) => ({ ...now, chosen: [] }))
    await showOpened(answer)
  })
}

export function choose(machine: string, on: boolean): void {
  historyView.update((now) => ({ ...now, problems: [], chosen: on ? [...now.chosen.filter((one) => one !== machine), machine] : now.chosen.filter((one) => one !== machine) }))
}

export function changeEntry(entry: string, change: Parameters<typeof lab.historyChange>[1]): void {
  act(() => lab.historyChange(entry, change))
}

export function removeEntry(entry: HistoryEntry): void {
  act(async () => {
    const answer = await lab.historyRemove(entry.id)
    if (answer.ok) historyView.update((now) => ({ ...now, removed: entry, chosen: now.chosen.filter((one) => !one.startsWith(`${entry.id}.`)) }))
    return answer
  })
}

export function restoreEntry(entry: string): void {
  act(async () => {
    const answer = await lab.historyRestore(entry)
    if (answer.ok) historyView.update(({ removed: _, ...now }) => now)
    return answer
  })
}

export function forgetRemoved(): void {
  historyView.update(({ removed: _, ...now }) => now)
}

export function setLimit(gib: number): void {
  act(() => lab.historyLimit(gib * 2 ** 30))
}

export function emptyRemoved(): void {
  act(() => lab.historyEmpty())
}

export function dismissed(what: 'reports' | 'unclean'): void {
  act(() => lab.historyDismiss(what))
}

function act(work: () => Promise<Result<unknown>>): void {
  inBackground(async () => {
    const answer = await work()
    await refresh()
    if (!answer.ok) historyView.update((now) => ({ ...now, problems: answer.problems }))
  })
}

async function showOpened(answer: Result<OpenedEntry>): Promise<void> {
  if (!answer.ok) {
    historyView.update((now) => ({ ...now, problems: answer.problems }))
    return
  }
  showPane('results')
  resultsView.set('results')
  await (answer.value.kind === 'sweep' ? showSweep(answer.value.id) : showComparison(answer.value.id))
}
