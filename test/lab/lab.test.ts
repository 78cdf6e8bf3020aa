/** The lab with its real parts: compile service, runner processes, engine, presets. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab } from '../../main/lab/lab'
import type { Lab } from '../../main/lab/lab-types'
import { forkChildRunner } from '../../main/runner/fork-child'
import type { ComparisonRequest, ExperimentStatus, RunDetail } from '../../preload/contract'

const SHORT = 'seed-000-raise-min-free'

let workspace: string
let lab: Lab
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'real-lab-'))
  lab = await createLab({ workspace, kept: true, host: 'browser', forkRunner: forkChildRunner })
})
afterAll(async () => {
  await lab.dispose()
  await rm(workspace, { recursive: true, force: true })
})

function request(changes: Partial<ComparisonRequest> = {}): ComparisonRequest {
  return { scenario: { kind: 'preset', id: SHORT }, base: 'linux-6.1', policies: [], seeds: 1, set: {}, ...changes }
}

async function finished(changes: Partial<ComparisonRequest> = {}): Promise<ExperimentStatus> {
  const answer = await lab.compare(request(changes))
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
  const { id } = answer.value
  return new Promise((resolve) => {
    const look = (status: ExperimentStatus): void => { if (status.id === id && status.state !== 'running') { stop(); resolve(status) } }
    const stop = lab.on('experiment', look)
    void lab.experiment(id).then((now) => { if (now.ok) look(now.value) })
  })
}

async function detail(run: string): Promise<RunDetail> {
  const result = await lab.run(run)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

test('every example policy of the lab compiles and can be run', async () => {
  const { policies } = await lab.describe()
  expect(policies.length).toBeGreaterThanOrEqual(3)
  for (const policy of policies) expect([policy.file, policy.problems]).toEqual([policy.file, []])
})

test('a policy that only asks the base changes nothing', async () => {
  const status = await finished({ policies: [{ kind: 'name', name: 'skeleton' }] })
  expect(status.state).toBe('done')
  expect(status.comparison?.rows.map((row) => [row.metric, row.policies[0].verdict]).filter(([, verdict]) => verdict !== 'same')).toEqual([])
  expect(status.comparison?.findings).toEqual([{ machine: 1, kind: 'no-difference', metrics: [] }])
  const hooks = (await detail(status.runs[1].run)).hooks
  expect(hooks.some((hook) => hook.called > 0)).toBe(true)
  expect(hooks.every((hook) => hook.overrode === 0)).toBe(true)
})

test('the same request gives the same digest again', async () => {
  const [first, second] = [await finished(), await finished()]
  expect(first.runs[0].digest).toMatch(/^[0-9a-f]{8,}$/)
  expect(second.runs[0].digest).toBe(first.runs[0].digest)
})

test('a run has the series that the charts name, and metrics of the catalogue', async () => {
  const status = await finished()
  const run = await detail(status.runs[0].run)
  const { charts, metrics } = await lab.describe()
  const known = new Set(run.seriesIds)
  for (const { node, zone } of run.zones) for (const what of ['free', 'min', 'low', 'high', 'boost']) expect([...known]).toContain(`zone.${node}.${zone}.${what}`)
  const plain = charts.flatMap((chart) => chart.lines).map((line) => line.series).filter((id) => !/[{*]/.test(id))
  expect(plain.filter((id) => !known.has(id))).toEqual([])
  const ids = new Set(metrics.map((metric) => metric.id))
  expect(Object.keys(run.metrics).filter((id) => !ids.has(id) && !id.startsWith('task_throughput.'))).toEqual([])
  const slice = await lab.series(status.runs[0].run, plain, 0, run.durationNs, 500)
  if (!slice.ok) throw new Error('no series')
  expect(slice.value.times.length).toBeGreaterThan(10)
  for (const column of Object.values(slice.value.columns)) expect(column.length).toBe(slice.value.times.length)
})

test('a policy that throws is ejected at its line and the run goes on', async () => {
  const text = [
    'import { definePolicy } from \'reclaim-lab\'',
    'export default definePolicy({ api: 1, name: \'thrower\', hooks: {',
    '  zoneWatermarks() {',
    '    throw new Error(\'no marks today\')',
    '  },',
    '} })',
  ].join('\n')
  const status = await finished({ policies: [{ kind: 'source', file: 'policies/thrower.ts', text }] })
  expect(status.runs[1]).toMatchObject({ state: 'done', ejections: [{ policy: 'thrower', kind: 'error', hook: 'zoneWatermarks', line: 4, message: expect.stringContaining('no marks today') }] })
})

test('a value set for the machine reaches the engine', async () => {
  const status = await finished({ set: { 'vm.min_free_kbytes': 20_000 }, scenario: { kind: 'preset', id: 'thrash' } })
  const run = await detail(status.runs[0].run)
  const marks = await lab.series(status.runs[0].run, run.zones.map((zone) => `zone.${zone.node}.${zone.zone}.min`), 0, 0, 10)
  if (!marks.ok) throw new Error('no series')
  const sum = Object.values(marks.value.columns).reduce((all, column) => all + column[0], 0)
  expect(sum).toBeGreaterThan(4_990)
  expect(sum).toBeLessThanOrEqual(5_000)
})

test('cancel answers before the run has, and the run hands in what it has', async () => {
  const answer = await lab.compare(request({ scenario: { kind: 'preset', id: '4gib-60s' } }))
  if (!answer.ok) throw new Error('refused')
  const { id } = answer.value
  await new Promise<void>((resolve) => {
    const stop = lab.on('experiment', (status) => { if (status.id === id && status.runs[0].fraction > 0) { stop(); resolve() } })
  })
  expect(await lab.cancel(id)).toBe(true)
  expect(await lab.experiment(id)).toMatchObject({ ok: true, value: { state: 'cancelled' } })
  const status = await new Promise<ExperimentStatus>((resolve) => {
    const stop = lab.on('experiment', (one) => { if (one.id === id && one.runs[0].digest !== undefined) { stop(); resolve(one) } })
  })
  expect(status.runs[0]).toMatchObject({ state: 'cancelled', end: 'cancelled' })
  expect((await detail(status.runs[0].run)).durationNs).toBeGreaterThan(0)
})
