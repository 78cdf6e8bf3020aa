/** Files that leave a real lab, and a bundle that comes back into another one. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLab } from '../../../main/lab/lab'
import type { Lab } from '../../../main/lab/lab-types'
import { forkChildRunner } from '../../../main/runner/fork-child'
import type { ExperimentStatus, ExportFile, ExportRequest, Problem, Result, RunDetail } from '../../../preload/contract'
import { checkXml } from './check-xml'

const POLICY = `import { definePolicy } from 'reclaim-lab'
export default definePolicy({
  api: 1, name: 'later', describe: 'Starts later. </script><img src=x onerror=alert(1)>',
  params: { less: { kind: 'number', default: 0, min: 0, max: 400, step: 1, unit: 'pages', about: 'off LOW' } },
  hooks: { zoneWatermarks: (args, k) => k.base.zoneWatermarks(args).map((mark) => ({ ...mark, low: Math.max(mark.min, mark.low - k.params.less) })) },
})
`

let folders: string[] = []
let lab: Lab
let status: ExperimentStatus
let base: RunDetail

async function freshLab(): Promise<Lab> {
  const workspace = await mkdtemp(join(tmpdir(), 'export-lab-'))
  folders.push(workspace)
  return createLab({ workspace, kept: true, host: 'browser', forkRunner: forkChildRunner })
}

beforeAll(async () => {
  lab = await freshLab()
  status = await ended(lab, await lab.compare({
    scenario: { kind: 'preset', id: 'kswapd-vs-direct' }, base: 'linux-6.1', policies: [{ kind: 'source', file: 'later.ts', text: POLICY }], seeds: 1, set: { 'later.less': 100, 'vm.swappiness': 40 },
  }))
  base = value(await lab.run(status.runs[0].run))
})
afterAll(async () => {
  await lab.dispose()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
  folders = []
})

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.value
}

function problems(result: Result<unknown>): readonly Problem[] {
  if (result.ok) throw new Error('was accepted')
  return result.problems
}

async function ended(where: Lab, started: Result<{ readonly id: string }>): Promise<ExperimentStatus> {
  const { id } = value(started)
  return new Promise((resolve) => {
    const look = (now: ExperimentStatus): void => { if (now.id === id && now.state !== 'running') { stop(); resolve(now) } }
    const stop = where.on('experiment', look)
    void where.experiment(id).then((now) => { if (now.ok) look(now.value) })
  })
}

const file = async (request: ExportRequest): Promise<ExportFile> => value(await lab.exportFile(request))
const bundle = async (): Promise<string> => (await file({ kind: 'bundle', experiment: status.id })).text

test('CSV has a line a run with digest and metrics, JSON the same and the comparison', async () => {
  const csv = await file({ kind: 'csv', experiment: status.id })
  expect([csv.name, csv.type]).toEqual(['kswapd-vs-direct-runs.csv', 'text/csv'])
  const [head, ...rows] = csv.text.trimEnd().split('\r\n').map((line) => line.split(','))
  expect(rows.map((row) => [row[head.indexOf('machine')], row[head.indexOf('seed')], row[head.indexOf('digest')]])).toEqual(status.runs.map((run, i) => [['linux-6.1', 'later'][i], '1', run.digest]))
  for (const [id, number] of Object.entries(base.metrics)) expect([id, Number(rows[0][head.indexOf(id)])]).toEqual([id, number])
  const json = JSON.parse((await file({ kind: 'json', experiment: status.id })).text) as { readonly runs: readonly { readonly digest: string; readonly metrics: unknown }[]; readonly comparison: unknown }
  expect(json.runs.map((run) => run.digest)).toEqual(status.runs.map((run) => run.digest))
  expect(json.runs[0].metrics).toEqual(base.metrics)
  expect(json.comparison).toEqual(JSON.parse(JSON.stringify(status.comparison)))
})

test('the series are written as they were recorded', async () => {
  const csv = await file({ kind: 'series', run: status.runs[0].run })
  const lines = csv.text.trimEnd().split('\r\n').map((line) => line.split(','))
  expect(lines[0]).toEqual(['t_ns', ...base.seriesIds])
  const slice = value(await lab.series(status.runs[0].run, ['nr_active_anon'], 0, base.durationNs, 20_000))
  const at = lines[0].indexOf('nr_active_anon')
  expect(lines.slice(1).map((line) => Number(line[at]))).toEqual([...slice.columns['nr_active_anon']])
  expect(lines.slice(1).map((line) => Number(line[0]))).toEqual([...slice.times])
})

test('a bundle runs again in another lab, which has never seen its policy, to the same digests', async () => {
  const other = await freshLab()
  try {
    const again = await ended(other, await other.openBundle(await bundle()))
    expect(again.state).toBe('done')
    expect(again.machines.map((machine) => machine.label)).toEqual(['linux-6.1', 'later'])
    expect(again.runs.map((run) => run.digest)).toEqual(status.runs.map((run) => run.digest))
    expect(again.runs.map((run) => run.expected)).toEqual(status.runs.map((run) => run.digest))
    expect(new Set(again.runs.map((run) => run.digest)).size).toBe(2)
    // What it gives out is the bundle that it was given.
    expect(JSON.parse(value(await other.exportFile({ kind: 'bundle', experiment: again.id })).text)).toEqual(JSON.parse(await bundle()))
  } finally {
    await other.dispose()
  }
})

test('a bundle with a wrong digest runs and shows both', async () => {
  const wrong = (await bundle()).replace(status.runs[1].digest ?? '', '0'.repeat(32))
  const again = await ended(lab, await lab.openBundle(wrong))
  expect(again.runs.map((run) => run.expected === run.digest)).toEqual([true, false])
  expect(again.runs[1]).toMatchObject({ expected: '0'.repeat(32), digest: status.runs[1].digest })
})

type Loose = { [key: string]: Loose } & Loose[]
const changed = async (change: (bundle: Loose) => void): Promise<readonly Problem[]> => {
  const read = JSON.parse(await bundle()) as Loose
  change(read)
  return problems(await lab.openBundle(JSON.stringify(read)))
}

test('a bundle that is not good is refused by name, before anything runs', async () => {
  const as = (text: unknown): Loose => text as Loose
  expect((await changed((one) => { one.engine = as('0.0.1') }))[0]).toMatchObject({ path: 'bundle.engine', message: expect.stringMatching(/made by engine 0\.0\.1, this lab has \d/) as string })
  expect((await changed((one) => { one.kernels['linux-6.1'] = as('a'.repeat(64)) }))[0].message).toMatch(/is not what it was/)
  expect((await changed((one) => { one.machines[1].policies[0].params.less = as(401) }))[0]).toEqual({ path: 'bundle.machines.1.policies.0.params.less', message: 'must be a number from 0 to 400 pages, not 401' })
  expect((await changed((one) => { one.machines[1].policies[0].params.more = as(1) }))[0].message).toMatch(/later has no parameter "more"/)
  expect((await changed((one) => { one.machines[1].policies[0].source = as('import fs from "node:fs"') }))[0].path).toMatch(/^later\.ts/)
  expect((await changed((one) => { one.machines[0].scenario = as(3) }))[0].message).toBe('there is no scenario 3; there are 1')
  expect((await changed((one) => { one.scenarios[0].machine.cpus = as(0) }))[0].path).toBe('bundle.scenarios.0.machine.cpus')
  expect((await changed((one) => { one.runs[0].seed = as(9) }))[0].message).toBe('there is no machine 0 with seed 9')
  expect((await changed((one) => { one.extra = as(1) }))[0].message).toMatch(/extra/)
  for (const text of ['', '{', 'null', '[]', '{"format":"reclaim-lab-bundle"}', '<html>']) expect(problems(await lab.openBundle(text)).length).toBeGreaterThan(0)
})

interface TraceEvent { readonly ph: string; readonly name: string; readonly pid: number; readonly tid: number; readonly ts: number; readonly dur: number; readonly args: Readonly<Record<string, unknown>> }

test('a trace has tasks as threads whose slices nest, the kernel\'s events in order, and counters', async () => {
  const trace = JSON.parse((await file({ kind: 'trace', run: status.runs[0].run })).text) as { readonly traceEvents: readonly TraceEvent[]; readonly otherData: Readonly<Record<string, unknown>> }
  expect(trace.otherData).toMatchObject({ scenario: 'kswapd-vs-direct', kernel: 'linux-6.1', seed: 1, digest: base.digest })
  const { traceEvents: all } = trace
  const threads = new Map(all.filter((event) => event.name === 'thread_name').map((event) => [event.tid, event.args['name']]))
  expect([...threads.values()]).toEqual(expect.arrayContaining(['hog', 'kswapd0']))
  const timed = all.filter((event) => event.ph !== 'M')
  expect(timed.every((event, i) => i === 0 || event.ts >= timed[i - 1].ts)).toBe(true)
  const reclaim = all.filter((event) => event.ph === 'X' && event.name === 'mm_vmscan_direct_reclaim')
  expect(reclaim.length).toBe(base.metrics['direct_reclaim_count'] ?? base.metrics['allocstall'])
  expect(reclaim.reduce((sum, event) => sum + event.dur, 0) / 1000).toBeCloseTo(base.metrics['direct_reclaim_time'], 6)
  expect(all.filter((event) => event.ph === 'i' && event.name === 'mm_vmscan_wakeup_kswapd')[0].args['call_path']).toMatch(/__alloc_pages_slowpath > wake_all_kswapds > wakeup_kswapd$/)
  for (const tid of threads.keys()) expectNesting(all.filter((event) => event.ph === 'X' && event.tid === tid))
  const free = all.filter((event) => event.ph === 'C' && event.name === 'zone.0.DMA32.free')
  expect(free.length).toBeGreaterThan(50)
  expect(Math.min(...free.map((event) => Number(event.args['value'])))).toBeGreaterThan(0)
})

function expectNesting(slices: readonly TraceEvent[]): void {
  const open: number[] = []
  for (const { ts, dur } of slices) {
    while (open.length > 0 && open[open.length - 1] <= ts) open.pop()
    // Ends are sums of rounded µs: a thousandth of a ns is no overlap.
    if (open.length > 0) expect(ts + dur).toBeLessThanOrEqual(open[open.length - 1] + 1e-6)
    open.push(ts + dur)
  }
}

test('a report stands alone: no script, no address, both languages, charts, and the bundle inside', async () => {
  const { text, name } = await file({ kind: 'report', experiment: status.id })
  expect(name).toBe('kswapd-vs-direct-report.html')
  expect(text.match(/<script[^>]*>/g)).toEqual(['<script type="application/json" id="reclaim-lab-bundle">'])
  expect(text).toContain("default-src 'none'; style-src 'unsafe-inline'")
  const outside = text.replace(/<script type="application\/json"[^]*<\/script>/, '').replaceAll('http://www.w3.org/2000/svg', '')
  // What a policy's text says is text.
  expect(outside.replace(/<pre>[^]*?<\/pre>/g, '')).not.toMatch(/https?:|\bsrc=|url\(|@import|<link|<img|<iframe/)
  expect(outside).toContain('&lt;/script&gt;&lt;img src=x')
  for (const word of ['What ran', '运行了什么', 'Longest direct reclaim', '最长', status.runs[0].digest ?? '-', 'less=100', 'vm.swappiness=40']) expect(outside).toContain(word)
  const figures = [...outside.matchAll(/<svg[^]*?<\/svg>/g)].map((match) => match[0])
  expect(figures.length).toBeGreaterThan(12)
  for (const figure of figures) checkXml(figure)
  expect([...outside.matchAll(/<span lang="en">/g)].length).toBe([...outside.matchAll(/<span lang="zh-CN">/g)].length)
  const again = await ended(lab, await lab.openBundle(text))
  expect(again.runs.map((run) => run.digest)).toEqual(status.runs.map((run) => run.digest))
})

test('a chart is SVG of the runs and the stretch of time that are asked for', async () => {
  const ask = { kind: 'chart', chart: 'lru', runs: status.runs.map((run) => run.run), t0: 0, t1: base.durationNs, language: 'zh', theme: 'dark', layout: 'overlay' } as const
  const svg = await file(ask)
  checkXml(svg.text)
  expect(svg.name).toBe('kswapd-vs-direct-lru.svg')
  for (const word of ['LRU 链表', 'linux-6.1', 'later', '活动匿名页', '#171b21']) expect(svg.text).toContain(word)
  expect(problems(await lab.exportFile({ ...ask, chart: 'nonsense' }))[0].message).toMatch(/there is no chart "nonsense"; there are zone-free/)
  expect(problems(await lab.exportFile({ ...ask, t1: 0 }))[0].path).toBe('t1')
})

test('requests that name nothing are refused', async () => {
  const ask = async (request: unknown): Promise<string> => problems(await lab.exportFile(request as ExportRequest))[0].path
  expect(await ask({ kind: 'csv', experiment: 'e99' })).toBe('experiment')
  expect(await ask({ kind: 'trace', run: 'e99.0.1' })).toBe('run')
  expect(await ask({ kind: 'pdf' })).toBe('kind')
  expect(await ask({ kind: 'csv' })).toBe('experiment')
  expect(await ask({ kind: 'chart', chart: 'lru', runs: [] })).toBe('runs')
  expect(await ask(null)).toBe('kind')
})

test('charts of runs are those of what they recorded', async () => {
  const charts = value(await lab.charts(status.runs.map((run) => run.run)))
  expect(charts.map((chart) => chart.id)).toEqual(expect.arrayContaining(['zone-free.0.DMA32', 'zone-free.0.DMA', 'lru', 'disk']))
  expect(charts.find((chart) => chart.id === 'disk')?.lines.map((line) => line.series).sort()).toEqual(base.seriesIds.filter((id) => /^disk\..*_pages$/.test(id)).sort())
  expect(problems(await lab.charts(['e99.0.1']))[0].path).toBe('run')
})
