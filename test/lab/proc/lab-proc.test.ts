/** The lab's requests with real runs: /proc at any time of a run that was recorded, gfp masks, events in words; and the same from a terminal. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab } from '../../../main/lab/lab'
import type { Lab } from '../../../main/lab/lab-types'
import { forkChildRunner } from '../../../main/runner/fork-child'
import type { ExperimentStatus, RunEvent } from '../../../preload/contract'

const MS = 1e6

let workspace: string
let lab: Lab
let run: string
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'lab-proc-'))
  lab = await createLab({ workspace, kept: true, host: 'browser', forkRunner: forkChildRunner })
  run = await finishedRun()
})
afterAll(async () => {
  await lab.dispose()
  await rm(workspace, { recursive: true, force: true })
})

async function finishedRun(): Promise<string> {
  const answer = await lab.compare({ scenario: { kind: 'preset', id: 'seed-000-raise-min-free' }, base: 'linux-6.1', policies: [{ kind: 'name', name: 'watermark-early' }], seeds: 1, set: {} })
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
  const { id } = answer.value
  const status = await new Promise<ExperimentStatus>((resolve) => {
    const look = (one: ExperimentStatus): void => { if (one.id === id && one.state !== 'running') { stop(); resolve(one) } }
    const stop = lab.on('experiment', look)
    void lab.experiment(id).then((now) => { if (now.ok) look(now.value) })
  })
  return status.runs[0].run
}

async function files(of: string, t: number) {
  const answer = await lab.procFiles(of, t)
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems))
  return answer.value
}

test('zoneinfo before and after the write to min_free_kbytes has the article\'s marks', async () => {
  const marks = (zoneinfo: string) => [...zoneinfo.matchAll(/^ {8}(min|low|high) +(\d+)$/gm)].map(([, , value]) => Number(value)).filter((value) => value > 0)
  const [before, after] = [await files(run, 100 * MS), await files(run, 700 * MS)]
  expect(marks(before.files['zoneinfo'])).toEqual([7, 10, 13, 1505, 2257, 3009, 487, 730, 973])
  expect(marks(after.files['zoneinfo'])).toEqual([2862, 3577, 4292, 565_534, 706_917, 848_300, 181_602, 227_002, 272_402])
  expect(after.t).toBe(700 * MS)
  expect(Object.keys(after.files)).toEqual(['zoneinfo', 'buddyinfo', 'pagetypeinfo', 'extfrag_index', 'pageblocks', 'lru_gen', 'vmstat', 'meminfo', 'swaps', 'pressure/memory', 'pressure/io', 'sysctl', 'cgroup'])
  expect(after.files['sysctl']).toContain('vm.min_free_kbytes = 3000000\n')
})

test('what is sampled and what /proc shows at the same time agree', async () => {
  const series = await lab.series(run, ['nr_free_pages', 'pageoutrun'], 0, 1e15, 20_000)
  if (!series.ok) throw new Error('no series')
  const at = series.value.times.findIndex((t) => t >= 2000 * MS)
  const view = await files(run, series.value.times[at])
  expect(view.files['vmstat']).toContain(`nr_free_pages ${series.value.columns['nr_free_pages'][at]}\n`)
  expect(view.files['vmstat']).toContain(`\npageoutrun ${series.value.columns['pageoutrun'][at]}\n`)
})

test('a run with a policy is made again with its policy: other marks', async () => {
  const { files: shown } = await files(run.replace('.0.', '.1.'), 100 * MS)
  // LOW and HIGH three times as far above MIN.
  expect(shown['zoneinfo']).toContain('min      1505\n        low      3761\n        high     6017\n')
})

test('after the end it is the end; the same question is answered from memory', async () => {
  const detail = await lab.run(run)
  const end = await files(run, 1e15)
  expect(detail.ok && detail.value.durationNs).toBe(end.t)
  expect(await lab.procFiles(run, 1e15)).toEqual({ ok: true, value: end })
})

test('a run that is not there and times that are none are refused', async () => {
  expect(await lab.procFiles('e9.0.1', 0)).toMatchObject({ ok: false, problems: [{ path: 'run' }] })
  for (const t of [-1, NaN, Infinity]) expect(await lab.procFiles(run, t)).toMatchObject({ ok: false, problems: [{ path: 't', message: expect.stringContaining('must be a time in ns from 0 up') as string }] })
})

test('masks and events are explained', async () => {
  expect(await lab.explainGfp('0x100cca')).toMatchObject({ ok: true, value: { name: 'GFP_HIGHUSER_MOVABLE' } })
  expect(await lab.explainGfp('nonsense')).toMatchObject({ ok: false, problems: [{ path: 'gfp' }] })
  const events = await lab.events({ run, kinds: ['mm_vmscan_wakeup_kswapd'], t0: 0, t1: 1e15, max: 10 })
  if (!events.ok) throw new Error('no events')
  expect((await lab.explainEvent(events.value[0])).en).toContain('woke kswapd of node 0')
  // The bridge carries anything.
  for (const broken of [{}, null, 3, { kind: 'mark_victim' }, { kind: 'mm_vmscan_wakeup_kswapd', args: {}, cause: {} }]) {
    expect(await lab.explainEvent(broken as unknown as RunEvent)).toEqual({ en: expect.any(String) as string, zh: expect.any(String) as string })
  }
})
