/** The compact measured data and its replay: marks exactly, volumes of families B and F within 5 %, and what can't be used is told with its place. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createContent } from '../../main/lab/default-content'
import { importConfig } from '../../main/lab/import/from-config'
import { CONFIGS, openMeasured, SUMMARIES } from '../../main/lab/parity/measured-data'
import { PARITY_METRICS } from '../../main/lab/parity/metrics'
import { notModelled } from '../../main/lab/parity/not-modelled'
import { chooseRuns, runParity } from '../../main/lab/parity/parity'
import type { Parity } from '../../main/lab/parity/parity'
import { replay } from '../../main/lab/parity/replay'
import { median, scoreCells, scoreOf } from '../../main/lab/parity/score'
import { compareRows, rowsOfTable } from '../../main/lab/parity/watermark-rows'
import { defaultKernel } from '../../main/lab/request'
import { inProcess } from './in-process'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const kernel = defaultKernel(createContent().kernels)
const options = { runs: inProcess, kernel, signal: new AbortController().signal }
const data = await openMeasured(HERE)

const temporary: string[] = []
afterEach(async () => { await Promise.all(temporary.splice(0).map(folder => rm(folder, { recursive: true }))) })
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reclaim-lab-parity-'))
  temporary.push(folder)
  return folder
}

async function firstRuns(only: string): Promise<Parity> {
  return runParity(data, chooseRuns(data, only).filter(({ id }) => id.startsWith(only) && id.endsWith('/run1')), options)
}

test('the compact data loads: every configuration is taken, every replayed variant has measured summaries', async () => {
  expect(data.runs.length).toBeGreaterThan(100)
  expect(new Set(data.runs.map(({ id }) => id)).size).toBe(data.runs.length)
  for (const run of data.runs) {
    const imported = importConfig(await run.config(), kernel.definition)
    expect(imported, run.id).toMatchObject({ ok: true })
    if (run.id.startsWith('A_')) expect(imported.ok && (await data.watermarks(run, imported.value.scenario)).length, run.id).toBeGreaterThan(40)
    else expect((await data.summaries(run.variant)).length, run.id).toBeGreaterThan(0)
  }
})

test('marks and reserves of every zone after every sysctl write are exactly those of the measured kernel', async () => {
  const { watermarks, replayed } = await runParity(data, chooseRuns(data, 'A_watermarks'), options)
  expect(replayed.every(({ end }) => end === 'done')).toBe(true)
  const counted = watermarks.filter(({ boot }) => !boot)
  const table = (await readFile(join(HERE, 'watermarks.csv'), 'utf8')).trim().split('\n').slice(1)
  expect(counted.length).toBe(table.filter(line => !line.includes('boot_defaults')).length)
  expect(watermarks.length).toBe(table.length)
  expect(counted.filter(({ exact }) => !exact)).toEqual([])
})

test('a mark that is off by one page, and a snapshot that is missing, are not exact', async () => {
  const rows = rowsOfTable(await readFile(join(HERE, 'watermarks.csv'), 'utf8'), '4G_thpnever')
  const run = data.runs.find(({ id }) => id === 'A_watermarks/4G_thpnever/run1')
  const imported = importConfig(await run?.config() ?? '', kernel.definition)
  if (!imported.ok) throw new Error('the configuration is refused')
  const changed = rows.with(5, { ...rows[5], figures: rows[5].figures.with(1, rows[5].figures[1] + 1) }).toSpliced(9, 1)
  const compared = compareRows('4G', imported.value.scenario, rows, changed)
  expect(compared.flatMap(({ exact }, i) => (exact ? [] : [i]))).toEqual([5, 9])
  expect(compared.filter(({ boot }) => boot).length).toBe(3)
})

test.each(['B_stream', 'F_thrash'])('%s: volumes within 5 % of the measured kernel', async family => {
  const { score, cells, replayed } = await firstRuns(family)
  expect(replayed.length).toBeGreaterThanOrEqual(6)
  expect(replayed.every(({ end }) => end === 'done')).toBe(true)
  console.log(`${family}: dynamics median error ${(100 * score.dynamics.median).toFixed(1)} %, within 25 %: ${(100 * score.dynamics.within25).toFixed(1)} % of ${score.dynamics.cells} cells`)
  expect(score.volume.cells).toBeGreaterThan(5)
  expect(cells.filter(({ simulated }) => simulated === undefined)).toEqual([])
  expect(median(cells.filter(({ kind }) => kind === 'volume').map(({ error }) => error))).toBeLessThanOrEqual(0.05)
})

test('a simulated summary has the measured names', async () => {
  const [replayed] = await replay(chooseRuns(data, 'F_thrash/cyclic_1.50/run1'), options)
  if (replayed.end !== 'done') throw new Error('the run did not end')
  const { summary } = replayed
  const [measured] = await data.summaries('F_thrash/cyclic_1.50')
  expect(Object.keys(summary)).toEqual(expect.arrayContaining(['ok', 'guest_duration_ms', 'delta', 'gauge', 'psi_mem_us', 'kswapd_cpu_ms', 'direct_reclaim', 'procs']))
  expect(Object.keys(summary.gauge)).toEqual(expect.arrayContaining(Object.keys(measured.gauge ?? {})))
  for (const metric of PARITY_METRICS) expect(metric.told(summary), metric.name).toBe(true)
  expect(summary.delta.workingset_refault_file).toBeGreaterThan(0)
  expect(Object.keys((summary.procs as readonly { readonly phases: readonly object[] }[])[0].phases[1])).toEqual(expect.arrayContaining(['phase', 'op', 'done', 't0_ms', 't1_ms', 'minflt', 'majflt', 'touches', 'lat_ns']))
})

test('nothing measured is read before the simulation is done', async () => {
  const order: string[] = []
  const watched = { ...data, summaries: (variant: string) => { order.push('summaries'); return data.summaries(variant) } }
  await runParity(watched, chooseRuns(data, 'cyclic_0.90'), { ...options, onEnd: ({ run }) => order.push(run.id) }, async done => { order.push(`written ${done.length}`) })
  expect(order).toEqual(['F_thrash/cyclic_0.90/run1', 'F_thrash/cyclic_0.90/run2', 'F_thrash/cyclic_0.90/run3', 'written 3', 'summaries'])
})

test('what the engine can\'t do is named, and left out of the figures', async () => {
  const { replayed, cells } = await runParity(data, chooseRuns(data, 'zram/run1'), options)
  const replayedZram = replayed.find(({ run }) => run.id === 'H_zram/zram/run1')
  if (replayedZram?.end === 'not-modelled') expect(cells).toEqual([])
  const config = await data.runs.find(({ id }) => id === 'F_thrash/cyclic_0.90/run1')?.config() ?? ''
  expect(notModelled(config, kernel.definition)).toEqual([])
  const strange = config.replace('{"op":"open"', '{"op":"sysctl","path":"/proc/sys/vm/no_such","v":1},{"op":"open"')
  expect(notModelled(strange, kernel.definition)).toEqual(['writes to vm.no_such'])
})

test('a damaged configuration is told with its path; the others run', async () => {
  const folder = await temporaryFolder()
  const good = await data.runs.find(({ id }) => id === 'F_thrash/cyclic_0.90/run1')?.config() ?? ''
  for (const [run, text] of [['run1', good], ['run2', good.slice(0, 900)], ['runtrace', good]]) {
    await mkdir(join(folder, 'F_thrash', 'cyclic_0.90', run), { recursive: true })
    await writeFile(join(folder, 'F_thrash', 'cyclic_0.90', run, 'config.json'), text)
  }
  const damaged = await openMeasured(folder)
  const { replayed, uncompared } = await runParity(damaged, chooseRuns(damaged, undefined), options)
  expect(replayed.map(({ run, end }) => [run.id, end])).toEqual([['F_thrash/cyclic_0.90/run1', 'done'], ['F_thrash/cyclic_0.90/run2', 'unreadable']])
  expect(replayed[1]).toMatchObject({ problems: [{ path: join(folder, 'F_thrash', 'cyclic_0.90', 'run2', 'config.json'), message: expect.stringContaining('JSON') as string }] })
  expect(uncompared).toEqual([{ variant: 'F_thrash/cyclic_0.90', why: 'no measured summary' }])
})

test('a damaged line of the compact data is told with its place', async () => {
  const folder = await temporaryFolder()
  await cp(join(HERE, SUMMARIES), join(folder, SUMMARIES))
  const lines = (await readFile(join(HERE, CONFIGS), 'utf8')).split('\n').filter(line => line.includes('cyclic_0.90'))
  await writeFile(join(folder, CONFIGS), [lines[0], lines[1].slice(0, 200), lines[2]].join('\n'))
  const damaged = await openMeasured(folder)
  const { replayed } = await runParity(damaged, damaged.runs, options)
  expect(replayed.map(({ end }) => end)).toEqual(['done', 'unreadable', 'done'])
  expect(replayed[1]).toMatchObject({ problems: [{ path: `${join(folder, CONFIGS)}:2` }] })
})

test('a damaged summary is told with its path', async () => {
  const folder = await temporaryFolder()
  const run = join(folder, 'F_thrash', 'cyclic_0.90', 'run1')
  await mkdir(run, { recursive: true })
  await writeFile(join(run, 'config.json'), await data.runs.find(({ id }) => id === 'F_thrash/cyclic_0.90/run1')?.config() ?? '')
  await writeFile(join(run, 'summary.json'), '{"ok":true,"delta":{"pgfault":"many"}}')
  const damaged = await openMeasured(folder)
  const { problems, cells } = await runParity(damaged, damaged.runs, options)
  expect(problems).toEqual([{ path: join(run, 'summary.json'), message: expect.stringContaining('pgfault') as string }])
  expect(cells).toEqual([])
})

test('--only chooses by any part of the name', () => {
  expect(chooseRuns(data, 'cyclic_1.00').map(({ id }) => id)).toEqual([1, 2, 3].map(k => `F_thrash/cyclic_1.00/run${k}`))
  expect(chooseRuns(data, 'E_dirty').every(({ id }) => id.startsWith('E_dirty/'))).toBe(true)
  expect(chooseRuns(data, undefined).length).toBe(data.runs.length)
})

test('the error rule: none within what was measured, else to the nearer edge, and nothing below the floor', () => {
  const summary = (pgfault: number, oomKill = 0) => ({ delta: { pgfault, oom_kill: oomKill }, gauge: {} })
  const cellsOf = (measured: readonly number[], simulated: readonly number[]) =>
    scoreCells([{ id: 'X/y', measured: measured.map(value => summary(value)), simulated: simulated.map(value => summary(value)) }]).filter(({ metric }) => metric === 'pgfault')
  expect(cellsOf([1000, 1200], [1100])).toMatchObject([{ lo: 1000, hi: 1200, simulated: 1100, error: 0 }])
  expect(cellsOf([1000, 1200], [900, 2400, 1300])).toMatchObject([{ simulated: 1300, error: 100 / 1300 }])
  expect(cellsOf([1000], [500])).toMatchObject([{ error: 0.5 }])
  expect(cellsOf([255], [200])).toEqual([])
  expect(cellsOf([0], [256])).toMatchObject([{ error: 1 }])
  const missing = scoreCells([{ id: 'X/y', measured: [summary(1000)], simulated: [{ guest_duration_ms: 0 }] }])
  expect(missing).toMatchObject([{ metric: 'pgfault', simulated: undefined, error: 1 }])
  expect(scoreOf(missing).volume).toEqual({ cells: 1, median: 1, within25: 0 })
})
