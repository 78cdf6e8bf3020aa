/** Runs that are looked at while they go on: charts from what has come so far, then from the recording. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Samples, Series } from '../../main/engine'
import { createExperiments } from '../../main/lab/experiments'
import { createLiveSamples } from '../../main/lab/live-samples'
import { createWatching } from '../../main/lab/watching'
import type { ExperimentStatus, RunStatus, SeriesSlice } from '../../preload/contract'
import { FakeRuns, SCENARIO, recording, request, testLab, type TestLab } from './doubles'

let t: TestLab
beforeEach(async () => { t = await testLab() })
afterEach(() => t.end())

function part({ times, ids, columns }: Series, from: number, to: number): Series {
  return { times: times.slice(from, to), ids, columns: columns.map((column) => column.slice(from, to)) }
}

/** Rows from..to of what the run will record. */
function rows(machine: number, seed: number, from: number, to: number): Samples {
  const { series, policySeries } = recording(t.runs.get(machine, seed).job)
  return { series: part(series, from, to), policySeries: part(policySeries, from, to) }
}

async function runs(id: string): Promise<readonly RunStatus[]> {
  const status = await t.lab.experiment(id)
  return status.ok ? status.value.runs : []
}

async function slice(run: string, ids: readonly string[]): Promise<SeriesSlice> {
  const answer = await t.lab.series(run, ids, 0, Infinity, 600)
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
  return answer.value
}

function ended(): Promise<ExperimentStatus> {
  return new Promise((resolve) => { const stop = t.lab.on('experiment', (one) => { if (one.state !== 'running') { stop(); resolve(one) } }) })
}

test('a run that is looked at grows, and ends as its recording has it; others send nothing', async () => {
  const started = await t.lab.compare(request({ seeds: 1 }))
  const id = started.ok ? started.value.id : ''
  const ids = ['nr_free_pages', 'pgscan_kswapd', 'policy.mine', 'unknown']
  expect(await t.lab.watchRuns([`${id}.0.1`, 'e9.0.1'])).toEqual({ ok: true, value: null })
  for (const machine of [0, 1]) t.runs.get(machine, 1).progress(0.1)
  expect([t.runs.get(0, 1).watched, t.runs.get(1, 1).watched]).toEqual([true, false])
  expect((await runs(id))[0]?.live).toBeUndefined()
  t.runs.get(0, 1).sample(0, rows(0, 1, 0, 1))
  expect(await slice(`${id}.0.1`, ids)).toEqual({ times: Float64Array.of(0), columns: { nr_free_pages: Float64Array.of(9), pgscan_kswapd: Float64Array.of(0), 'policy.mine': Float64Array.of(1) } })
  t.runs.get(0, 1).sample(1, rows(0, 1, 1, 2))
  expect((await runs(id)).map(({ live }) => live)).toEqual([{ toNs: 1e8, series: 3 }, undefined])
  const charts = await t.lab.charts([`${id}.0.1`])
  expect(charts.ok && charts.value.map((chart) => chart.id)).toContain('scan-by-reclaimer')
  expect(await t.lab.run(`${id}.0.1`)).toMatchObject({ ok: false })
  const over = ended()
  for (const machine of [0, 1]) t.runs.get(machine, 1).finish()
  expect((await over).runs.map(({ live }) => live)).toEqual([undefined, undefined])
  const grown = createLiveSamples()
  for (const [from, to] of [[0, 1], [1, 3]] as const) grown.add(from, rows(0, 1, from, to))
  const final = await slice(`${id}.0.1`, ids)
  expect(final.times).toEqual(grown.of(['nr_free_pages']).series.times)
  expect(final.columns['nr_free_pages']).toEqual(grown.of(['nr_free_pages']).series.columns[0])
})

test('a run that begins anew after a kill is drawn anew', () => {
  const live = createLiveSamples()
  const series = (times: readonly number[], ids: readonly string[] = ['a']): Samples => ({ series: { times: Float64Array.from(times), ids, columns: ids.map(() => Float64Array.from(times)) }, policySeries: { times: new Float64Array(), ids: [], columns: [] } })
  live.add(0, series([0, 1]))
  live.add(2, series([2]))
  live.add(0, series([0]))
  live.add(1, series([5], ['a', 'b']))
  expect(live.of(['a', 'b']).series).toEqual({ times: Float64Array.of(0, 5), ids: ['a', 'b'], columns: [Float64Array.of(0, 5), Float64Array.of(0, 5)] })
  for (let row = 2; row < 200; row++) live.add(row, series([10 + row], ['a', 'b']))
  expect(live.of(['b']).series.columns[0]).toHaveLength(200)
  expect(live.toNs()).toBe(209)
})

test('who no longer looks is forgotten after ten seconds, and the run is told so', () => {
  let now = 0
  const fakes = new FakeRuns()
  const experiments = createExperiments(fakes, () => undefined, undefined, undefined, () => now)
  experiments.start({ title: SCENARIO.title, scenario: SCENARIO, kernel: 'linux-6.1', machines: [{ label: 'base', scenario: SCENARIO, kernel: 'linux-6.1', stack: [], sources: [] }], seeds: 1 })
  const run = fakes.get(0, 1)
  experiments.watch([run.job.run])
  run.progress(0.1)
  expect(run.watched).toBe(true)
  now = 9_999
  run.progress(0.2)
  expect(run.watched).toBe(true)
  now = 10_000
  run.progress(0.3)
  expect(run.watched).toBe(false)
})

test('no more than 64 runs are looked at, whatever is asked', () => {
  const watching = createWatching(() => 0)
  watching.ask(Array.from({ length: 100 }, (_, i) => `e1.${i}.1`))
  expect([watching.has('e1.63.1'), watching.has('e1.64.1')]).toEqual([true, false])
})
