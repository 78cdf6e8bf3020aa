/**
 * Figures of the history: node --import ./main/boot/register.mjs test/bench/history.ts [kills]
 * Kills of a writing lab at random moments (seeded), lists of 10,000 runs, a sweep of 48,000 summaries, reopening, and how long main stands still meanwhile.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { ENGINE_VERSION } from '../../main/engine'
import { createKeeper } from '../../main/lab/history/keeper'
import { restoredSweep } from '../../main/lab/history/restore'
import { createCollector } from '../../main/lab/sweep/collect'
import { placesOf, planOf } from '../../main/lab/sweep/plan'
import { createHistory, newEntryId, type History } from '../../main/store/history/history'
import { CONTENT, fakeCompiler, FakeRuns } from '../lab/doubles'
import { tinySweep } from '../queue/sweeps'
import { about, newEntry, newRun, recording } from '../store/history/entries'
import { killOnce } from '../store/history/killing'

const kills = Number(process.argv[2] ?? 50)
const folder = mkdtempSync(join(tmpdir(), 'history-bench-'))
const say = (line: string): void => { process.stdout.write(`${line}\n`) }

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const lag = monitorEventLoopDelay({ resolution: 1 })
  lag.enable()
  const start = performance.now()
  const result = await work()
  const ms = performance.now() - start
  lag.disable()
  say(`${what}: ${ms.toFixed(0)} ms; main stood still for ${(lag.max / 1e6).toFixed(1)} ms at most`)
  return result
}

try {
  await killings()
  await lists()
  await sweep()
  await study()
  await large()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function killings(): Promise<void> {
  // mulberry32: the same moments every time.
  let seed = 20_260_101
  const random = (): number => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const workspace = join(folder, 'kills')
  let [said, bad, interrupted] = [0, 0, 0]
  for (let i = 0; i < kills; i++) {
    const one = await killOnce(workspace, Math.floor(random() * 40), random() * 12)
    said += one.said.length
    interrupted += one.interrupted
    if (one.wrong.length > 0) { bad++; say(`kill ${i}: ${one.wrong.slice(0, 5).join('; ')}`) }
  }
  say(`${kills} kills: ${said} things were said to be kept, ${bad} kills lost or broke something; ${interrupted} entries were offered to go on`)
}

async function lists(): Promise<void> {
  const history = createHistory({ workspace: join(folder, 'many'), engine: 'test', host: 'browser' })
  await timed('10,000 entries of one run written, one by one', async () => {
    for (let i = 0; i < 10_000; i++) {
      const entry = newEntry({ id: newEntryId(), seeds: 1, runs: 1, machines: [{ label: 'linux-6.1' }], words: [`number-${i}`] })
      void history.begin(entry)
      void history.addRuns(entry.id, [newRun({ key: entry.id })])
      if (i % 500 === 0) await history.settled()
    }
    await history.settled()
  })
  await timed('the newest 50 of 10,000 listed', () => history.list({ limit: 50 }))
  await timed('1,000 of 10,000 listed', () => history.list({ limit: 1000 }))
  await timed('10,000 searched for a word', () => history.list({ text: 'number-9876' }))
  await timed('all 10,000 listed, in ten pages', async () => { for (let page = 0; page < 10; page++) await history.list({ limit: 1000, offset: page * 1000 }) })
  await history.close()
}

async function sweep(): Promise<void> {
  const workspace = join(folder, 'sweep')
  const history = createHistory({ workspace, engine: 'test', host: 'browser' })
  const entry = newEntry({ kind: 'sweep', runs: 48_000 })
  const metrics = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`metric_${i}`, i / 7]))
  await history.begin(entry)
  await timed('48,000 summaries of 60 metrics written, 500 at a time', async () => {
    for (let at = 0; at < 48_000; at += 500) await history.addRuns(entry.id, Array.from({ length: 500 }, (_, i) => newRun({ point: at + i, key: `k${at + i}`, metrics })))
  })
  await timed('48,000 of them found by their key, 500 at a time', async () => { for (let at = 0; at < 48_000; at += 500) await history.known(Array.from({ length: 500 }, (_, i) => `k${at + i}`)) })
  await timed('the sweep of 48,000 read back', () => history.entry(entry.id))
  await history.close()
  say(`the database has ${(statSync(join(workspace, 'history', 'history.db')).size / 2 ** 20).toFixed(1)} MiB`)
}

/** A study of 48,000 runs as the lab keeps it: looked up, written as it comes in, given again, opened. */
async function study(): Promise<void> {
  const history = createHistory({ workspace: join(folder, 'study'), engine: ENGINE_VERSION, host: 'cli' })
  const keeper = createKeeper(history, { origin: 'cli', changed: () => undefined })
  const policies = ['early', 'late'].map((name) => ({ kind: 'source' as const, file: `${name}.ts`, text: `name: ${name}` }))
  const prepared = await tinySweep({ content: CONTENT, compiler: fakeCompiler(), runs: new FakeRuns() }, { sweep: 'vm.swappiness=0..159:1', seeds: 100, policies })
  const plan = planOf(prepared)
  const metrics = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`metric_${i}`, i / 7]))
  const found = await timed('a sweep of 48,000 runs looked up, nothing known', () => keeper.findSweep(prepared))
  const collected = createCollector('s', plan)
  placesOf(plan).forEach((_, i) => { collected.take(i, { engine: ENGINE_VERSION, end: 'done', digest: `d${i}`, metrics, ejections: [] }) })
  const entry = keeper.beginSweep(prepared, found, true)
  await timed('its 48,000 results written as they would come in at once', async () => {
    keeper.keepSweep(entry, found, { id: 's', plan, ended: Promise.resolve(), rows: collected.rows, useless: collected.useless, status: () => collected.status(false), cancel: () => undefined }, new Map())
    await keeper.settled()
  })
  const again = await timed('given again: all 48,000 found', () => keeper.findSweep(prepared))
  say(`${again.known.size} runs known, ${again.there.size} of them its own, the same entry: ${again.entry === entry}`)
  const opened = await timed('read back', () => history.entry(entry))
  await timed('made live, with its curves', async () => { if (opened !== undefined) restoredSweep('s', opened, prepared).status() })
  await history.close()
}

/** A long run: 20,000 events and 140 series of 20,000 samples, 22 MB. */
async function large(): Promise<void> {
  const history: History = createHistory({ workspace: join(folder, 'large'), engine: 'test', host: 'browser' })
  const times = Float64Array.from({ length: 20_000 }, (_, i) => i * 1e8)
  const ids = Array.from({ length: 140 }, (_, i) => `series.${i}`)
  const big = recording({
    digest: 'big', series: { times, ids, columns: ids.map((_, i) => times.map((t) => Math.round(1e6 + 1e5 * Math.sin(t / 1e10 + i)))) },
    events: Array.from({ length: 20_000 }, (_, i) => ({ t: i * 1e6, kind: 'mm_vmscan_direct_reclaim_begin' as const, duration: 0, task: 'hog', args: { order: 0, gfp: 'GFP_HIGHUSER_MOVABLE' }, cause: { task: 'hog', order: 0, gfp: 'GFP_HIGHUSER_MOVABLE', path: ['asm_exc_page_fault', 'handle_mm_fault', '__alloc_pages'], zones: [{ node: 0, zone: 'DMA32', free: i, mark: 663, reserve: 0, short: 12 }] } })),
  })
  const small = recording()
  const [entry, run] = [newEntry(), newRun()]
  await history.begin(entry)
  await history.addRuns(entry.id, [run, newRun({ seed: 2 })])
  await timed('a recording of 22 MB and 20,000 events written', () => history.addRecording(entry.id, run, big, about(entry, run)))
  await history.addRecording(entry.id, { ...run, seed: 2 }, small, about(entry, newRun({ seed: 2 })))
  say(`its file has ${((await history.find(entry.id))?.bytes ?? 0) / 1024 | 0} KiB`)
  await timed('it was read back', () => history.recording(entry.id, run))
  await timed('an ordinary run was read back', () => history.recording(entry.id, { ...run, seed: 2 }))
  await timed('its entry was opened', () => history.entry(entry.id))
  await history.close()
}
