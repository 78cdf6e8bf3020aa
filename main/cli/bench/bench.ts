/** The benchmark: how fast the engine is here, every figure beside a bare loop of the same run, medians over rounds (of what policies cost: see policy-bench). */
import { cpus } from 'node:os'
import { createPattern } from '../../engine'
import { createContent } from '../../lab/default-content'
import type { Content, Kernel } from '../../lab/parts'
import { defaultKernel } from '../../lab/request'
import { toJson, type CommandContext } from '../command'
import { EXIT, type ExitCode } from '../exit-codes'
import type { Interrupt } from '../interrupt'
import { refuse } from '../problem-error'
import { number, table } from '../table'
import { bareLoop } from './bare-loop'
import { cpuMs, measureMemory, measureRun, median } from './measure'
import { compileWarmMs, policyOverhead } from './policy-bench'
import { runnerBackMs } from './runner-bench'
import { allocFreePairs, CACHED_PAGES, cacheGivenUp, GIB_PAGES, referencedScan, RESIDENT_PAGES, residentTouches, streamingScan } from './workloads'

interface Figures {
  readonly touchesPerSecond: number
  readonly scannedPagesPerSecond: number
  readonly readThroughPagesPerSecond: number
  readonly scannedReferencedPagesPerSecond: number
  readonly allocFreePairsPerSecondPcp: number
  readonly allocFreePairsPerSecondBuddy: number
  readonly bytesPerPage: number
  readonly ratioToBareLoop: number
  readonly wallSecondsFor4GiB60s: number
  readonly cpuSecondsFor4GiB60s: number
  readonly emptyPolicyOverheadPercent: number
  readonly verdictPolicyOverheadPercent: number
  readonly wholeEvictionRatio: number
  readonly passThroughPolicyOverheadPercent: number
  readonly compileWarmMs: number
  readonly runnerBackMs: number
  readonly bareLoopAccessesPerSecond: number
  readonly ratios: Readonly<Record<string, number>>
}

export async function bench({ args, json, output, interrupt }: CommandContext): Promise<ExitCode> {
  const rounds = args.whole('rounds', 1, 25, 3)
  const content = createContent()
  const tell = (what: string): void => { if (output.errIsTerminal) void output.err(`\r\u001b[K${what} …`) }
  const figures = await measureAll(content, rounds, interrupt, tell)
  if (output.errIsTerminal) await output.err('\r\u001b[K')
  const about = { rounds, node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length }
  await output.out(json ? toJson({ ...figures, ...about, floors: FLOORS }) : text(figures, about))
  return EXIT.ok
}

async function measureAll(content: Content, rounds: number, interrupt: Interrupt, tell: (what: string) => void): Promise<Figures> {
  const kernel = defaultKernel(content.kernels).definition
  tell('memory')
  const bytesPerPage = await measureMemory(residentTouches(1000), kernel, interrupt) / GIB_PAGES
  const rates = await measureRates(kernel, rounds, interrupt, tell)
  tell('a 4 GiB machine for 60 simulated seconds')
  const long = await measureLong(content, kernel, Math.min(rounds, 3), interrupt)
  tell('policies')
  const compile = await compileWarmMs()
  const back = await runnerBackMs(RUNNER_KILLS)
  const overhead = await policyOverhead(kernel, rounds, interrupt)
  return {
    touchesPerSecond: rates.touches, scannedPagesPerSecond: rates.scan, readThroughPagesPerSecond: rates.read, scannedReferencedPagesPerSecond: rates.referenced, allocFreePairsPerSecondPcp: rates.pcp, allocFreePairsPerSecondBuddy: rates.buddy, bytesPerPage,
    ratioToBareLoop: rates.touches / rates.bare, wallSecondsFor4GiB60s: long.seconds, cpuSecondsFor4GiB60s: long.cpuSeconds,
    emptyPolicyOverheadPercent: overhead.empty, verdictPolicyOverheadPercent: overhead.verdicts, wholeEvictionRatio: overhead.eviction, passThroughPolicyOverheadPercent: overhead.passThrough, compileWarmMs: compile, runnerBackMs: back, bareLoopAccessesPerSecond: rates.bare,
    ratios: { touches: rates.touches / rates.bare, scannedPages: rates.scan / rates.bare, readThroughPages: rates.read / rates.bare, scannedReferencedPages: rates.referenced / rates.bare, allocFreePairsPcp: rates.pcp / rates.bare, allocFreePairsBuddy: rates.buddy / rates.bare, touches4GiB60s: long.touchesPerSecond / rates.bare },
  }
}

interface Rates { readonly bare: number; readonly touches: number; readonly scan: number; readonly read: number; readonly referenced: number; readonly pcp: number; readonly buddy: number }

const TOUCHES = 30_000_000
const RUNNER_KILLS = 9
const BARE_ACCESSES = 30_000_000
const PAIRS = 8_000_000

/** Bare loop and engine take turns, so that a slow moment of the machine hits both. */
async function measureRates(kernel: Kernel['definition'], rounds: number, interrupt: Interrupt, tell: (what: string) => void): Promise<Rates> {
  const all: Rates[] = []
  for (let round = 0; round < rounds; round++) {
    tell(`rates, round ${round + 1} of ${rounds}`)
    const bare = bareRound()
    const touches = await measureRun(residentTouches(TOUCHES), kernel, interrupt, RESIDENT_PAGES + 1_000_000)
    const scan = await measureRun(cacheGivenUp(), kernel, interrupt, CACHED_PAGES)
    const read = await measureRun(streamingScan(1), kernel, interrupt)
    const referenced = await measureRun(referencedScan(4_000_000), kernel, interrupt)
    const pcp = await measurePairs(0, PAIRS, kernel, interrupt)
    const buddy = await measurePairs(4, PAIRS / 8, kernel, interrupt)
    all.push({ bare, touches: (touches.touches * 1000) / touches.cpuMs, scan: scannedPerSecond(scan), read: scannedPerSecond(read), referenced: scannedPerSecond(referenced), pcp, buddy })
  }
  const middle = (pick: (rates: Rates) => number): number => median(all.map(pick))
  return { bare: middle((r) => r.bare), touches: middle((r) => r.touches), scan: middle((r) => r.scan), read: middle((r) => r.read), referenced: middle((r) => r.referenced), pcp: middle((r) => r.pcp), buddy: middle((r) => r.buddy) }
}

async function measurePairs(order: 0 | 4, pairs: number, kernel: Kernel['definition'], interrupt: Interrupt): Promise<number> {
  const { recording, cpuMs: spentMs } = await measureRun(allocFreePairs(pairs, order), kernel, interrupt)
  const received = recording.summary.tasks[0].phases[0].network?.received ?? 0
  return (received * 1000) / spentMs
}

function bareRound(): number {
  const pages = Math.floor(GIB_PAGES * 1.5)
  const pattern = createPattern({ pat: 'zipf', s: 1, start: 0, len: pages, count: 0, rate: 0 }, 7)
  return bareLoop(GIB_PAGES, BARE_ACCESSES, () => pattern.next(), cpuMs).accessesPerSecond
}

function scannedPerSecond({ recording, cpuMs: spentMs }: Awaited<ReturnType<typeof measureRun>>): number {
  const { delta } = recording.summary
  const scanned = ['pgscan_kswapd', 'pgscan_direct', 'pgrefill'].reduce((sum, name) => sum + (delta[name] ?? 0), 0)
  return (scanned * 1000) / spentMs
}

async function measureLong(content: Content, kernel: Kernel['definition'], rounds: number, interrupt: Interrupt): Promise<{ readonly seconds: number; readonly cpuSeconds: number; readonly touchesPerSecond: number }> {
  const preset = content.presets.find((one) => one.id === '4gib-60s') ?? refuse('bench', 'the preset 4gib-60s is missing')
  const runs = []
  for (let round = 0; round < rounds; round++) runs.push(await measureRun(preset.scenario, kernel, interrupt))
  return { seconds: median(runs.map((run) => run.wallMs)) / 1000, cpuSeconds: median(runs.map((run) => run.cpuMs)) / 1000, touchesPerSecond: median(runs.map((run) => (run.touches * 1000) / run.cpuMs)) }
}

/** What the project promises; `most` for figures where less is better. */
const FLOORS = {
  touchesPerSecond: { least: 10_000_000 }, scannedPagesPerSecond: { least: 2_000_000 }, bytesPerPage: { most: 64 },
  wallSecondsFor4GiB60s: { most: 10 }, emptyPolicyOverheadPercent: { most: 3 }, verdictPolicyOverheadPercent: { most: 15 }, wholeEvictionRatio: { most: 2 }, compileWarmMs: { most: 300 }, runnerBackMs: { most: 1000 },
} as const

const TITLES: readonly (readonly [keyof Omit<Figures, 'ratios'>, string, string | undefined])[] = [
  ['bareLoopAccessesPerSecond', 'Bare loop, accesses a second', undefined],
  ['touchesPerSecond', 'Resident touches a second', 'touches'],
  ['scannedPagesPerSecond', 'Pages scanned a second, clean cache given up', 'scannedPages'],
  ['readThroughPagesPerSecond', 'Pages read, scanned and freed a second, file read through', 'readThroughPages'],
  ['scannedReferencedPagesPerSecond', 'Pages scanned a second, mapped and referenced', 'scannedReferencedPages'],
  ['allocFreePairsPerSecondPcp', 'Allocations with their free a second, per-cpu lists', 'allocFreePairsPcp'],
  ['allocFreePairsPerSecondBuddy', 'Allocations with their free a second, buddy lists (order 4)', 'allocFreePairsBuddy'],
  ['bytesPerPage', 'Bytes a page', undefined],
  ['wallSecondsFor4GiB60s', '4 GiB for 60 simulated seconds, wall seconds', undefined],
  ['cpuSecondsFor4GiB60s', 'The same, CPU seconds', 'touches4GiB60s'],
  ['emptyPolicyOverheadPercent', 'Overhead of an empty policy, %', undefined],
  ['verdictPolicyOverheadPercent', 'Overhead of a policy with scanBalance and folioReferences, %', undefined],
  ['wholeEvictionRatio', 'Whole eviction (LFU), times the run without', undefined],
  ['passThroughPolicyOverheadPercent', 'Overhead of a policy that asks the base in every hook, %', undefined],
  ['compileWarmMs', 'Compile a policy, warm, ms', undefined],
  ['runnerBackMs', 'A runner again after one was killed, ms', undefined],
]

function text(figures: Figures, about: { readonly rounds: number; readonly node: string; readonly cpu: string; readonly cores: number }): string {
  const floors: Readonly<Record<string, { readonly least?: number; readonly most?: number } | undefined>> = FLOORS
  const rows = TITLES.map(([id, title, ratio]) => {
    const floor = floors[id]
    const promise = floor === undefined ? '' : floor.least !== undefined ? `at least ${number(floor.least)}` : `at most ${number(floor.most ?? NaN)}`
    return [title, number(figures[id]), ratio === undefined ? '' : figures.ratios[ratio].toFixed(3), promise]
  })
  const columns = [{ title: 'Figure', align: 'left' }, { title: 'Value', align: 'right' }, { title: 'To bare loop', align: 'right' }, { title: 'Promised', align: 'left' }] as const
  return `${table(columns, rows)}\nMedian of ${about.rounds} rounds; rates by CPU time; Node ${about.node}, ${about.cores} x ${about.cpu}\n`
}
