import { afterEach, beforeEach, expect, test } from 'vitest'
import { createExperiments } from '../../main/lab/experiments'
import type { ExperimentStatus } from '../../preload/contract'
import { FakeRuns, request, SCENARIO, testLab, type TestLab } from './doubles'

let t: TestLab
beforeEach(async () => { t = await testLab() })
afterEach(() => t.end())

async function start(changes: Parameters<typeof request>[0] = {}): Promise<string> {
  const result = await t.lab.compare(request(changes))
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value.id
}

async function status(id: string): Promise<ExperimentStatus> {
  const result = await t.lab.experiment(id)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

/** Resolves at the first status event for which `is` holds. */
function when(is: (status: ExperimentStatus) => boolean): Promise<ExperimentStatus> {
  return new Promise((resolve) => {
    const stop = t.lab.on('experiment', (one) => { if (is(one)) { stop(); resolve(one) } })
  })
}

test('every machine with every seed, seed 1 first; the base has no policy', async () => {
  await start({ policies: [{ kind: 'name', name: 'early' }, { kind: 'source', file: 'policies/x.ts', text: 'name: mine' }] })
  expect(t.runs.started.map(({ job }) => [job.run, job.seed, job.policies.map((p) => p.compiled.code)])).toEqual([
    ['e1.0.1', 1, []], ['e1.1.1', 1, ['early']], ['e1.2.1', 1, ['mine']],
    ['e1.0.2', 2, []], ['e1.1.2', 2, ['early']], ['e1.2.2', 2, ['mine']],
  ])
})

test('the comparison grows as runs come in, marked partial until all are', async () => {
  const id = await start()
  expect(await status(id)).toMatchObject({ state: 'running', fraction: 0, comparison: { partial: true, seeds: 0 } })
  t.runs.get(0, 1).finish()
  t.runs.get(1, 1).finish()
  await t.runs.started[0].job
  const first = await when((one) => one.comparison?.seeds === 1)
  expect(first).toMatchObject({ state: 'running', comparison: { partial: true, findings: [{ kind: 'too-few-seeds' }] } })
  t.runs.get(0, 2).finish()
  t.runs.get(1, 2).finish()
  const last = await when((one) => one.state === 'done')
  expect(last).toMatchObject({ fraction: 1, comparison: { partial: false, seeds: 2, findings: [{ machine: 1, kind: 'differs', metrics: ['run_time'] }] } })
  expect(last.runs.map((run) => run.digest)).toEqual(['/1', 'early/1', '/2', 'early/2'])
  expect(t.lab.activeRuns()).toBe(0)
})

test('cancel answers while every run is still busy; what was recorded stays, marked', async () => {
  const id = await start()
  t.runs.get(0, 1).finish()
  await when((one) => one.runs[0].state === 'done')
  t.runs.get(1, 1).progress(0.5)
  expect(await t.lab.cancel(id)).toBe(true)
  // No run has answered yet: the status says cancelled already.
  const at = await status(id)
  expect(at.state).toBe('cancelled')
  expect(at.runs.map((run) => run.state)).toEqual(['done', 'cancelled', 'cancelled', 'cancelled'])
  expect(t.runs.started.map((run) => run.cancelled)).toEqual([false, true, true, true])
  expect(t.lab.activeRuns()).toBe(3)
  t.runs.get(1, 1).finish({ end: 'cancelled' })
  t.runs.get(0, 2).fail('never started')
  t.runs.get(1, 2).fail('never started')
  const end = await when((one) => one.runs[1].digest !== undefined && one.runs.every((run) => run.state !== 'running'))
  expect(end.runs[1]).toMatchObject({ state: 'cancelled', end: 'cancelled', digest: 'early/1', fraction: 0.5 })
  expect(end.comparison).toMatchObject({ partial: true, seeds: 0, findings: [{ kind: 'not-finished' }] })
  expect(await t.lab.run('e1.1.1')).toMatchObject({ ok: true, value: { end: 'cancelled' } })
  expect(await t.lab.cancel(id)).toBe(false)
  expect(await t.lab.cancel('e99')).toBe(false)
})

test('a run that fails is told and the others are compared', async () => {
  const id = await start()
  t.runs.get(0, 1).finish()
  t.runs.get(1, 1).finish()
  t.runs.get(0, 2).finish()
  t.runs.get(1, 2).fail('out of memory')
  const end = await when((one) => one.state === 'failed')
  expect(end.error).toBe('1 of 4 runs failed: out of memory')
  expect(end.comparison).toMatchObject({ partial: true, seeds: 1 })
  expect(await t.lab.run(`${id}.1.2`)).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('out of memory') }] })
})

test('a run that is stuck shows its diagnosis and is not compared', async () => {
  await start({ seeds: 1 })
  t.runs.get(0, 1).finish()
  t.runs.get(1, 1).finish({ end: 'stuck', diagnosis: 'hog waits for kswapd' })
  const end = await when((one) => one.state === 'done')
  expect(end.runs[1]).toMatchObject({ end: 'stuck', diagnosis: 'hog waits for kswapd' })
  expect(end.comparison?.findings).toEqual([{ machine: 1, kind: 'not-finished', metrics: [] }])
})

test('many steps become few events, and the last state always arrives', async () => {
  const seen: ExperimentStatus[] = []
  t.lab.on('experiment', (one) => seen.push(one))
  await start()
  const end = when((one) => one.state === 'done')
  for (let i = 1; i <= 1000; i++) t.runs.get(0, 1).progress(i / 1000)
  for (const run of t.runs.started) run.finish()
  await end
  expect(seen.length).toBeLessThan(8)
  expect(seen.at(-1)?.state).toBe('done')
})

test('progress never goes back, not even when a run starts again', async () => {
  const id = await start()
  t.runs.get(0, 1).progress(0.8)
  t.runs.get(0, 1).progress(0.1)
  expect((await status(id)).runs[0].fraction).toBe(0.8)
})

test('series and events of a run', async () => {
  await start({ seeds: 1 })
  for (const run of t.runs.started) run.finish()
  await when((one) => one.state === 'done')
  const slice = await t.lab.series('e1.0.1', ['nr_free_pages', 'pgscan_kswapd', 'policy.mine', 'unknown'], 0, 1e9, 100)
  if (!slice.ok) throw new Error('no series')
  expect(Object.fromEntries(Object.entries(slice.value.columns).map(([id, column]) => [id, [...column]]))).toEqual({
    nr_free_pages: [9, 1, 5], pgscan_kswapd: [0, 100, 200], 'policy.mine': [1, 2, 3],
  })
  const events = await t.lab.events({ run: 'e1.0.1', t0: 1.5e8, t1: 1e9, max: 10 })
  expect(events.ok && events.value.map((event) => event.t)).toEqual([2e8, 3e8])
  const victims = await t.lab.events({ run: 'e1.0.1', kinds: ['mark_victim'], t0: 0, t1: 1e9, max: 10 })
  expect(victims.ok && victims.value.length).toBe(1)
  expect(await t.lab.run('e1.0.1')).toMatchObject({ ok: true, value: { seriesIds: ['nr_free_pages', 'pgscan_kswapd', 'policy.mine'], metrics: { run_time: 1001 } } })
})

test('unknown experiments and runs are told apart from dropped ones', async () => {
  expect(await t.lab.experiment('e5')).toMatchObject({ ok: false, problems: [{ message: 'there is no experiment e5' }] })
  expect(await t.lab.run('nonsense')).toMatchObject({ ok: false, problems: [{ message: 'there is no run nonsense' }] })
})

test('the oldest ended experiments give way when memory is used up; the newest stays', async () => {
  const runs = new FakeRuns()
  const prepared = { title: SCENARIO.title, scenario: SCENARIO, kernel: 'linux-6.1', seeds: 1, machines: [{ label: 'base', scenario: SCENARIO, kernel: 'linux-6.1', stack: [], sources: [] }] }
  const experiments = createExperiments(runs, () => undefined, 2500)
  for (let i = 0; i < 4; i++) {
    const one = experiments.start(prepared)
    runs.started[i].finish()
    await one.ended
    await Promise.resolve()
  }
  expect([1, 2, 3, 4].map((n) => experiments.find(`e${n}`) !== undefined)).toEqual([false, false, true, true])
  expect([experiments.dropped('e1'), experiments.dropped('e1.0.1'), experiments.dropped('e4'), experiments.dropped('e5'), experiments.dropped('x')]).toEqual([true, true, false, false, false])
  expect(experiments.findRun('e4.0.1')?.run.state).toBe('done')
})

test('closing the lab ends what runs', async () => {
  await start()
  await t.lab.dispose()
  expect(t.runs.closed).toBe(true)
  expect(t.runs.started.every((run) => run.cancelled)).toBe(true)
  expect(t.lab.activeRuns()).toBe(0)
})
