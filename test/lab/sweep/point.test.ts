/** Recordings that a sweep in the window was asked to keep, and the runs of one of its points as a comparison. */
import { expect, test } from 'vitest'
import type { Recording } from '../../../main/engine'
import { CONTENT, fakeCompiler, FakeRuns, request } from '../doubles'
import { InstantRuns, openLab, sweepEnded, value, workspace } from '../history/labs'
import { assembleLab } from '../../../main/lab/assemble-lab'
import { createStore } from '../../../main/store/store'

type Asked = Parameters<Awaited<ReturnType<typeof openLab>>['lab']['sweep']>[0]
const asked = (more: Partial<Asked> = {}): Asked => ({ comparison: request({ seeds: 2 }), sweep: ['vm.swappiness=0..100:50'], metrics: ['run_time'], ...more })

test('one seed\'s recordings are kept; a point opens with those, and the other run is made again to its digest', async () => {
  const { lab, runs } = await openLab(workspace())
  const swept = await sweepEnded(lab, value(await lab.sweep(asked({ recordings: 'seed=1' }))).id)
  expect(swept).toMatchObject({ state: 'done', ended: 12, recordings: { kept: 6, refused: 0 } })
  expect(value(await lab.history({})).entries).toMatchObject([{ recordings: 6 }])
  expect(runs.made).toHaveLength(12)
  const opened = value(await lab.openSweepPoint(swept.id, 1))
  expect(opened).toMatchObject({ runs: 4, kept: 2, missing: 0 })
  const status = value(await lab.experiment(opened.id))
  expect(status).toMatchObject({ state: 'done', title: { en: 'Small · vm.swappiness = 50' }, machines: [{ label: 'linux-6.1' }, { label: 'early' }], comparison: { seeds: 2, partial: false } })
  expect(status.notes?.at(-1)?.en).toBe('A point of a sweep, 4 runs: 2 recordings are kept; other runs are made again, to the same digest, when they are looked at.')
  const curve = swept.curves.find(({ machine }) => machine === 1)?.points[1].estimate.values
  expect(status.comparison?.rows.find(({ metric }) => metric === 'run_time')?.policies[0].estimate.values).toEqual(curve)
  for (const run of status.runs.filter(({ seed }) => seed === 1)) expect(value(await lab.run(run.run)).digest).toBe(run.digest)
  expect(runs.made).toHaveLength(12)
  const [again] = status.runs.filter(({ seed }) => seed === 2)
  expect(value(await lab.run(again.run)).digest).toBe(again.digest)
  expect(runs.made).toHaveLength(13)
  // Looking at a point is no comparison of its own in the history.
  expect(value(await lab.history({})).total).toBe(1)
  expect(await lab.openSweepPoint(swept.id, 3)).toMatchObject({ ok: false, problems: [{ path: 'point', message: 'must be a whole number from 0 to 2, not 3' }] })
  expect(await lab.openSweepPoint(swept.id, 0.5)).toMatchObject({ ok: false })
})

test('a point of a sweep from the history opens, too; a run that comes out otherwise is refused, not shown', async () => {
  const folder = workspace()
  const first = await openLab(folder)
  const swept = await sweepEnded(first.lab, value(await first.lab.sweep(asked())).id)
  await first.close()
  const broken = new InstantRuns()
  const record = broken.record.bind(broken)
  broken.record = (job): Recording => ({ ...record(job), digest: 'another' })
  const { lab } = await openLab(folder, broken)
  const live = value(await lab.historyOpen(swept.history ?? '')).id
  const opened = value(await lab.openSweepPoint(live, 2))
  expect(opened).toMatchObject({ runs: 4, kept: 0 })
  const [run] = value(await lab.experiment(opened.id)).runs
  expect(run).toMatchObject({ state: 'done', digest: expect.any(String) as string })
  expect(await lab.run(run.run)).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('made again it has the digest another') as string }] })
})

test('of a sweep that goes on a point has the runs that are in', async () => {
  const runs = new InstantRuns()
  runs.hold = (job) => job.seed === 2
  const { lab } = await openLab(workspace(), runs)
  const { id } = value(await lab.sweep(asked()))
  await expect.poll(async () => value(await lab.sweepStatus(id)).ended).toBe(6)
  const opened = value(await lab.openSweepPoint(id, 0))
  expect(opened).toMatchObject({ runs: 2, missing: 2 })
  expect(value(await lab.experiment(opened.id)).runs.map(({ seed, state }) => [seed, state])).toEqual([[1, 'done'], [1, 'done']])
})

test('a rule that is none is refused, as is keeping where there is no history; axes are counted before anything runs', async () => {
  const folder = workspace()
  const { lab } = await openLab(folder)
  expect(await lab.sweep(asked({ recordings: 'some' }))).toMatchObject({ ok: false, problems: [{ path: 'recordings', message: expect.stringContaining('must be all, failed') as string }] })
  expect(await lab.sweepSize(['vm.swappiness=0..200:10', 'vm.min_free_kbytes=1000..64000*2'])).toEqual({ ok: true, value: { points: 147 } })
  expect(await lab.sweepSize(['vm.swappiness'])).toMatchObject({ ok: false })
  const bare = assembleLab({ workspace: folder, kept: true, host: 'browser' }, { compiler: fakeCompiler(), runs: new FakeRuns(), content: CONTENT }, await createStore(folder))
  expect(await bare.sweep(asked({ recordings: 'all' }))).toMatchObject({ ok: false, problems: [{ path: 'recordings' }] })
  await bare.dispose()
})
