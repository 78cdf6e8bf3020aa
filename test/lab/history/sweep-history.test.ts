/** Sweeps in the history go by content: what was made is never made again, whichever sweep it was for; what can't be written now is written later; another lab's grow. */
import { expect, test } from 'vitest'
import { findSweep, followSweep, newSweep } from '../../../main/lab/history/sweep-keeping'
import { createCollector, type Sweep } from '../../../main/lab/sweep/collect'
import { finished } from '../../../main/lab/sweep/finished-run'
import { jobAt, placesOf, planOf } from '../../../main/lab/sweep/plan'
import { ENGINE_VERSION } from '../../../main/engine'
import { createHistory, type History, type NewRun } from '../../../main/store/history/history'
import type { SweepStatus } from '../../../preload/contract'
import { tinySweep } from '../../queue/sweeps'
import { CONTENT, fakeCompiler, FakeRuns, recording, request } from '../doubles'
import { InstantRuns, openLab, sweepEnded, value, workspace } from './labs'

const asked = (sweep: string, seeds = 2): Parameters<Awaited<ReturnType<typeof openLab>>['lab']['sweep']>[0] => ({ comparison: request({ seeds, policies: [] }), sweep: [sweep], metrics: ['run_time'] })

test('the same sweep again is its entry again and makes nothing; a wider one makes only what is new and is whole', async () => {
  const folder = workspace()
  const first = await openLab(folder)
  const before = await sweepEnded(first.lab, value(await first.lab.sweep(asked('vm.swappiness=0..100:50'))).id)
  expect(first.runs.made).toHaveLength(6)
  await first.close()
  const second = await openLab(folder)
  const again = await sweepEnded(second.lab, value(await second.lab.sweep(asked('vm.swappiness=0..100:50'))).id)
  expect({ ...again, id: '' }).toEqual({ ...before, id: '' })
  expect(second.runs.made).toEqual([])
  const wider = await sweepEnded(second.lab, value(await second.lab.sweep(asked('vm.swappiness=0..150:50'))).id)
  expect(second.runs.made).toHaveLength(2)
  await second.close()
  const third = await openLab(folder)
  expect(value(await third.lab.history({})).entries.map(({ id, runs, ended, state }) => [id, runs, ended, state])).toEqual([[wider.history, 8, 8, 'done'], [before.history, 6, 6, 'done']])
  const opened = await third.lab.sweepStatus(value(await third.lab.historyOpen(wider.history ?? '')).id)
  expect({ ...value(opened), id: '' }).toEqual({ ...wider, id: '' })
})

test('a run that failed or got stuck is kept with its reason; the failed one is made again when the sweep is', async () => {
  const folder = workspace()
  const runs = new InstantRuns()
  const record = runs.record.bind(runs)
  const ending = (seed: number): 'done' | 'stuck' => (seed === 2 ? 'stuck' : 'done')
  runs.record = (job) => {
    if (job.seed === 1) throw new Error('the runner died twice')
    const made = record(job)
    return { ...made, summary: { ...made.summary, end: ending(job.seed), ...(job.seed === 2 ? { diagnosis: 'all wait' } : {}) } }
  }
  const first = await openLab(folder, runs)
  const status = await sweepEnded(first.lab, value(await first.lab.sweep(asked('vm.swappiness=0', 3))).id)
  expect(status).toMatchObject({ state: 'failed', ended: 3, lost: 2, error: '1 of 3 runs failed: the runner died twice' })
  await first.close()
  const second = await openLab(folder)
  const entry = value(await second.lab.historyDetail(status.history ?? ''))
  expect(entry.entry).toMatchObject({ state: 'failed', ended: 3, lost: 2 })
  expect(entry.runs.map(({ seed, state, end }) => [seed, state, end])).toEqual([[1, 'failed', undefined], [2, 'done', 'stuck'], [3, 'done', 'done']])
  expect(await second.lab.sweepStatus(value(await second.lab.historyOpen(status.history ?? '')).id)).toMatchObject({ value: { state: 'failed', lost: 2, error: status.error } })
  const again = await sweepEnded(second.lab, value(await second.lab.sweep(asked('vm.swappiness=0', 3))).id)
  expect(second.runs.made).toHaveLength(1)
  expect(again).toMatchObject({ state: 'done', ended: 3, lost: 1, history: status.history })
})

test('an entry that another lab fills at present grows here, too, and says whose it is', async () => {
  const folder = workspace()
  const runs = new InstantRuns()
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => { release = resolve })
  const start = runs.start.bind(runs)
  runs.start = (job) => {
    const run = start(job)
    return job.seed === 2 ? { ...run, done: released.then(() => run.done) } : run
  }
  const writer = await openLab(folder, runs)
  const { id } = value(await writer.lab.sweep(asked('vm.swappiness=0..100:50')))
  const reader = await openLab(folder)
  const seen: SweepStatus[] = []
  const whole = new Promise<void>((resolve) => { reader.lab.on('sweep', (status) => { seen.push(status); if (status.state !== 'running') resolve() }) })
  const [entry] = value(await reader.lab.history({})).entries
  const shown = value(await reader.lab.historyOpen(entry.id)).id
  expect(value(await reader.lab.sweepStatus(shown))).toMatchObject({ state: 'running', elsewhere: true, runs: 6 })
  expect(reader.lab.activeRuns()).toBe(0)
  // Where it runs it is the sweep itself.
  expect(value(await writer.lab.historyOpen(entry.id)).id).toBe(id)
  release()
  const made = await sweepEnded(writer.lab, id)
  await whole
  expect({ ...seen.at(-1), id: '' }).toEqual({ ...made, id: '' })
})

/** A history of one entry in memory, whose disk may be full. */
function fakeHistory(): { readonly history: History; readonly rows: Map<string, NewRun>; full: boolean; ended: string | undefined } {
  const rows = new Map<string, NewRun>()
  const fake = {
    rows, full: false, ended: undefined as string | undefined,
    history: {
      addRuns: async (_: string, runs: readonly NewRun[]) => {
        if (fake.full) throw new Error('database or disk is full')
        for (const run of runs) rows.set(`${run.point}.${run.machine}.${run.seed}`, run)
        return []
      },
      end: async (_: string, state: string) => { fake.ended = state },
    } as unknown as History,
  }
  return fake
}

test('what a full disk refused is written when there is room; a run in doubt is taken back', async () => {
  const parts = { content: CONTENT, compiler: fakeCompiler(), runs: new FakeRuns() }
  const prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0,100', seeds: 1 })
  const plan = planOf(prepared)
  const collected = createCollector('s1', plan)
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => { end = resolve })
  const sweep: Sweep = { id: 's1', plan, ended, rows: collected.rows, useless: collected.useless, status: () => collected.status(false), cancel: () => undefined }
  const fake = fakeHistory()
  const told: string[] = []
  fake.full = true
  const closing = new Promise<void>(() => undefined)
  const following = followSweep(fake.history, 'e', newSweep(prepared), sweep, { ejected: new Map(), told: (error) => { told.push(error instanceof Error ? error.message : 'well'); fake.full = false }, closing })
  placesOf(plan).forEach((place, i) => { collected.take(i, finished(recording(jobAt('x', place, prepared)))) })
  collected.doubt(1, 'two digests')
  end()
  await following
  expect(told[0]).toBe('database or disk is full')
  expect(told.slice(1)).not.toContain('database or disk is full')
  expect([...fake.rows.values()].map(({ point, state, error }) => [point, state, error])).toEqual([[0, 'done', undefined], [1, 'failed', 'two digests']])
  expect(fake.ended).toBe('failed')
})

test('a word in a note makes no other entry the sweep\'s own', async () => {
  const folder = workspace()
  const parts = { content: CONTENT, compiler: fakeCompiler(), runs: new FakeRuns() }
  const prepared = await tinySweep(parts, { sweep: 'vm.swappiness=0,100', seeds: 1 })
  const { lab, close } = await openLab(folder)
  const { history: other = '' } = await sweepEnded(lab, value(await lab.sweep(asked('vm.swappiness=0..50:50', 1))).id)
  await lab.historyChange(other, { note: `like sweep:${newSweep(prepared).name}` })
  await close()
  const history = createHistory({ workspace: folder, engine: ENGINE_VERSION, host: 'cli' })
  expect(await findSweep(history, prepared)).toMatchObject({ there: new Set(), known: new Map() })
  expect((await findSweep(history, prepared)).entry).toBeUndefined()
  await history.close()
})
