/** A sweep over the lab's stand-ins: what runs, what is kept, how it ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createPolicyLibrary, type PolicyLibrary } from '../../../main/lab/policy-library'
import { prepareSweep, type PreparedSweep } from '../../../main/lab/sweep/prepare-sweep'
import { startSweep } from '../../../main/lab/sweep/sweep'
import { sweepCsv } from '../../../main/lab/sweep/sweep-csv'
import { createStore, type Store } from '../../../main/store/store'
import type { Result, SweepRequest } from '../../../preload/contract'
import { CONTENT, FakeRuns, fakeCompiler, request } from '../doubles'

let folder = ''
let store: Store
let library: PolicyLibrary
let runs: FakeRuns
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweep-test-'))
  store = await createStore(folder)
  runs = new FakeRuns()
  library = createPolicyLibrary({ compiler: fakeCompiler(), runs, content: CONTENT }, store)
})
afterEach(async () => {
  store.close()
  await rm(folder, { recursive: true, force: true })
})

const prepared = (asked: Partial<SweepRequest> = {}): Promise<Result<PreparedSweep>> => prepareSweep({ comparison: request(), sweep: ['vm.swappiness=0,100'], ...asked }, CONTENT, library)

async function ready(asked: Partial<SweepRequest> = {}): Promise<PreparedSweep> {
  const result = await prepared(asked)
  if (!result.ok) throw new Error(result.problems[0].message)
  return result.value
}

const turn = (): Promise<void> => new Promise((done) => { setImmediate(done) })

test('every point runs on the base and under the policy, seed by seed; sysctls and parameters reach the runs', async () => {
  const sweep = startSweep('s1', await ready({ sweep: ['vm.swappiness=0,100', 'early.factor=1,3'] }), runs, 100, () => undefined)
  expect(runs.started.length).toBe(2 * 2 * 2 * 2)
  expect(runs.started.slice(0, 8).map(({ job }) => job.seed)).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
  expect(runs.started.slice(0, 8).map(({ job }) => [job.scenario.sysctls['vm.swappiness'], job.policies[0]?.params['factor']])).toEqual([[0, undefined], [0, 1], [0, undefined], [0, 3], [100, undefined], [100, 1], [100, undefined], [100, 3]])
  for (const run of runs.started) run.finish()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'done', runs: 16, ended: 16, lost: 0, machines: [{ label: 'linux-6.1' }, { label: 'early', policy: 'early' }] })
  expect(sweep.status().curves.find((curve) => curve.metric === 'run_time' && curve.machine === 1)?.points.length).toBe(4)
})

test('only so many run at a time; a run that fails or gets stuck is lost, the others stay', async () => {
  const sweep = startSweep('s1', await ready({ comparison: request({ policies: [], seeds: 2 }) }), runs, 2, () => undefined)
  expect(runs.started.length).toBe(2)
  runs.started[0].fail('the disk is full')
  runs.started[1].finish({ end: 'stuck' })
  await turn()
  expect(runs.started.length).toBe(4)
  for (const run of runs.started.slice(2)) run.finish()
  await sweep.ended
  expect(sweep.status()).toMatchObject({ state: 'failed', ended: 4, lost: 2, error: '1 of 4 runs failed: the disk is full' })
  expect(sweep.rows().map(({ point, seed }) => [point, seed])).toEqual([[0, 2], [1, 2]])
})

test('cancelled: nothing more starts, what is in stays', async () => {
  const sweep = startSweep('s1', await ready(), runs, 1, () => undefined)
  runs.started[0].finish()
  await turn()
  sweep.cancel()
  expect(runs.started[1].cancelled).toBe(true)
  runs.started[1].finish({ end: 'cancelled' })
  await sweep.ended
  expect(runs.started.length).toBe(2)
  expect(sweep.status()).toMatchObject({ state: 'cancelled', runs: 8, ended: 2, lost: 1 })
  expect(sweep.rows().length).toBe(1)
})

test('CSV: a line a run, with what a spreadsheet would misread in quotes', async () => {
  const sweep = startSweep('s1', await ready({ comparison: request({ seeds: 1 }) }), runs, 9, () => undefined)
  for (const run of runs.started) run.finish()
  await sweep.ended
  const [head, ...lines] = sweepCsv(sweep).trimEnd().split('\r\n').map((line) => line.split(','))
  expect(head.slice(0, 6)).toEqual(['vm.swappiness', 'machine', 'seed', 'digest', 'ejected', 'run_time'])
  expect(lines.map((line) => line.slice(0, 6))).toEqual([['0', 'linux-6.1', '1', '/1', '0', '1001'], ['0', 'early', '1', 'early/1', '0', '502'], ['100', 'linux-6.1', '1', '/1', '0', '1001'], ['100', 'early', '1', 'early/1', '0', '502']])
})

test.each([
  [{ sweep: [] }, 'sweep: names nothing to vary'],
  [{ sweep: ['vm.swappiness=0,1', 'vm.swappiness=2,3'] }, 'sweep: varies vm.swappiness twice'],
  [{ sweep: ['vm.swappiness=0..300:100'] }, 'sweep.vm.swappiness: must be a whole number from 0 to 200 (ratio), not 300'],
  [{ sweep: ['vm.swapiness=0,1'] }, 'sweep.vm.swapiness: linux-6.1 has no sysctl "vm.swapiness" here'],
  [{ sweep: ['early.factor=1,2,99'] }, 'sweep.early.factor: must be a number from 1 to 9 pages, not 99'],
  [{ sweep: ['vm.swappiness=0,1'], metrics: ['run_tme'] }, 'metrics: there is no metric "run_tme". Did you mean "run_time"?'],
  [{ sweep: ['vm.swappiness=0..200:1', 'vm.min_free_kbytes=0..999:1'] }, 'sweep: makes 804000 runs; at most 100000'],
  [{ sweep: ['a=1', 'b=1', 'c=1', 'd=1', 'e=1'] }, 'sweep: has 5 axes; at most 4'],
])('%j is refused', async (asked, message) => {
  const result = await prepared(asked)
  expect(result.ok ? '' : `${result.problems[0].path}: ${result.problems[0].message}`).toContain(message)
})
