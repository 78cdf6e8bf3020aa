/** Where two runs part, as the lab tells it: on real runs of a small machine, made in this process. */
import { expect, test } from 'vitest'
import { DifferenceExplainer, DifferenceFinder, metricsOf, type RunInput, type Scenario } from '../../../main/engine'
import { createDivergences, namesOf, type Pair } from '../../../main/lab/diverge/diverge'
import { answerRows, answerText, seenRows } from '../../../main/lab/diverge/hook-words'
import { unlike } from '../../../main/lab/diverge/unlike'
import type { Runs } from '../../../main/lab/parts'
import { createRemakings } from '../../../main/lab/remaking'
import { kernelNamed } from '../../../main/runner/kernels'
import type { RunJob } from '../../../main/runner/protocol'
import { MIB, map, scenario, sleep, touch } from '../../engine/support/tiny'

const hog = [map('heap', 5 * MIB), touch('heap', 'w', 5 * MIB), sleep(5), touch('heap', 'r', 5 * MIB, { pat: 'rand', count: 500 })]
const pressed = (sysctls: Scenario['sysctls'] = {}): Scenario => ({ ...scenario({ machine: { pages: 4 * MIB, swapPages: 16 * MIB }, files: 2 * MIB, processes: [hog], durationMs: 2000 }), sysctls })
const job = (run: string, over: Partial<RunJob> = {}): RunJob => ({ run, scenario: pressed(), kernel: 'linux-6.1', policies: [], seed: 1, scriptedEjections: [], ...over })
const inputOf = ({ scenario: of, kernel, seed }: RunJob): RunInput => ({ scenario: of, kernel: kernelNamed(kernel), policies: [], seed })

interface InProcess { readonly runs: Runs; readonly asked: string[]; fail: boolean }

/** What a runner answers, without a process. */
function inProcess(): InProcess {
  const here: InProcess = {
    asked: [], fail: false,
    runs: {
      ask: (question) => {
        here.asked.push(question.kind)
        if (here.fail) return { done: Promise.reject(new Error('the runner process died 2 times')), cancel: () => undefined }
        const pair = { a: inputOf(question.a), b: inputOf(question.b) }
        const finder = question.kind === 'differences' ? new DifferenceFinder(pair, question.most) : new DifferenceExplainer(pair, question.difference)
        while (finder.step(5000));
        if (finder instanceof DifferenceFinder) return { done: Promise.resolve(finder.result() as never), cancel: () => undefined }
        const { a, b } = finder.recordings()
        return { done: Promise.resolve({ explanation: finder.result(), digests: { a: a.digest, b: b.digest }, metrics: { a: metricsOf(a.summary), b: metricsOf(b.summary) } } as never), cancel: () => undefined }
      },
    } as Partial<Runs> as Runs,
  }
  return here
}

const pair = (): Pair => ({ a: { job: job('a'), label: 'base' }, b: { job: job('b', { scenario: pressed({ 'vm.swappiness': 10 }) }), label: 'spare' } })

test('the first difference: what was given, both answers, what each saw, the chain and the metrics that parted', async () => {
  const { runs, asked } = inProcess()
  const divergences = createDivergences(runs, createRemakings(() => undefined))
  const found = await divergences.find(pair())
  expect(found.unlike.map(({ en }) => en)).toEqual(['sysctl: vm.swappiness (default) against 10'])
  expect(found.summary.en).toMatch(/^They were given different things: sysctl: vm\.swappiness \(default\) against 10\. First difference: .*another answer to scanBalance\. [\d,]+ decisions before it were the same in both\.$/)
  expect(found.summary.zh).toContain('第一处分歧')
  const explained = await divergences.explain(pair(), 0)
  expect(explained?.view.seen.filter(({ differs }) => differs)).toEqual([{ name: 'swappiness', about: { en: 'vm.swappiness', zh: 'vm.swappiness' }, a: '60', b: '10', differs: true }])
  expect(explained?.view.answers.filter(({ differs }) => differs).map(({ name }) => name)).toEqual(['anon', 'file'])
  expect(explained?.view.text.en).toContain('They saw different things')
  expect(explained?.view.chain.length).toBeGreaterThan(1)
  expect(explained?.view.counters.length).toBeGreaterThan(0)
  for (const { a, b } of explained?.view.metrics ?? []) expect(a).not.toBe(b)
  expect(explained?.digests.a).not.toBe(explained?.digests.b)
  // Asked again it is known; a number behind the last is no difference.
  await divergences.explain(pair(), 0)
  expect(await divergences.explain(pair(), 9999)).toBeUndefined()
  expect(asked).toEqual(['differences', 'difference'])
})

test('a run and itself don\'t diverge, and the sentence says how many decisions were compared', async () => {
  const { runs } = inProcess()
  const found = await createDivergences(runs, createRemakings(() => undefined)).find({ a: { job: job('a'), label: 'base' }, b: { job: job('b'), label: 'base' } })
  expect(found.differences).toEqual([])
  expect(found.summary.en).toMatch(/^The two were given the same\. [\d,]+ decisions, each the same in both .* these runs don’t diverge\.$/)
})

test('what failed is asked again', async () => {
  const here = inProcess()
  const divergences = createDivergences(here.runs, createRemakings(() => undefined))
  here.fail = true
  await expect(divergences.find(pair())).rejects.toThrow('died 2 times')
  here.fail = false
  expect((await divergences.find(pair())).differences.length).toBeGreaterThan(0)
})

test('two runs of one machine are told apart by their seeds, or numbered', () => {
  const of = (label: string, seed: number): Pair['a'] => ({ job: job('x', { seed }), label })
  expect(namesOf({ a: of('base', 1), b: of('spare', 1) })).toEqual({ a: 'base', b: 'spare' })
  expect(namesOf({ a: of('base', 1), b: of('base', 2) })).toEqual({ a: 'base, seed 1', b: 'base, seed 2' })
  expect(namesOf({ a: of('base', 1), b: of('base', 1) })).toEqual({ a: 'base (1)', b: 'base (2)' })
})

test('what two runs were given is compared to the last number, up to a bound', () => {
  const { machine } = pressed()
  expect(unlike(job('a'), job('b'))).toEqual([])
  expect(unlike(job('a'), job('b', { kernel: 'linux-5.15', scenario: { ...pressed(), machine: { ...machine, cpus: 4 } } })).map(({ en }) => en)).toEqual(['kernel: linux-6.1 against linux-5.15', 'machine: cpus 1 against 4'])
  const many = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`vm.x${i}`, i]))
  expect(unlike(job('a'), job('b', { scenario: pressed(many) })).map(({ en }) => en).at(-1)).toBe('sysctl: 3 more places')
})

test('answers and arguments in words: verdicts by name, facts as flags, zones by name', () => {
  expect(answerText('kswapdBalanced', { args: [], answer: true })).toEqual({ en: 'yes', zh: '是' })
  expect(answerText('scanBalance', { args: [], answer: { mode: 'fract', anon: 30, file: 170 } }).en).toBe('15 % anon (anon 30 to file 170)')
  expect(answerRows('folioReferences', { args: [0, 1], answer: 0 }, { args: [0, 1], answer: 1 })).toEqual([{ name: 'answer', a: 'FOLIOREF_RECLAIM', b: 'FOLIOREF_RECLAIM_CLEAN', differs: true }])
  expect(seenRows('folioReferences', [1, 0b101], [1, 0]).map(({ name, a, b }) => [name, a, b])).toEqual([['young', '1', '1'], ['facts', 'FILE, REFERENCED', 'none']])
  expect(seenRows('kswapdBalanced', [{ order: 0, zones: [{ node: 0, name: 'DMA32', free: 12345 }] }], undefined).map(({ name, a }) => [name, a])).toContainEqual(['zones[0 DMA32].free', '12,345'])
})

test('answers counted by zone, area or code are told by name, and of a long answer only what the other said otherwise', () => {
  const zones = [{ node: 0, zone: 0, name: 'DMA', managed: 3840 }, { node: 0, zone: 1, name: 'DMA32', managed: 100_000 }, { node: 1, zone: 2, name: 'Normal', managed: 200_000 }]
  const marks = (low: number) => [{ min: 20, low: 25, high: 30, promo: 35 }, { min: 600, low, high: 1200, promo: 1500 }, { min: 900, low: 1300, high: 1700, promo: 2100 }]
  const [one, other] = [{ args: [{ zones }], answer: marks(900) }, { args: [{ zones }], answer: marks(1100) }]
  expect(answerRows('zoneWatermarks', one, other).filter(({ differs }) => differs)).toEqual([{ name: '[0 DMA32].low', about: { en: 'LOW', zh: 'LOW' }, a: '900', b: '1,100', differs: true }])
  expect(answerText('zoneWatermarks', one, other).en).toBe('0 DMA32: min 600, low 900, high 1,200, promo 1,500')
  expect(answerText('zoneWatermarks', one).en).toBe('0 DMA: min 20, low 25, high 30, promo 35; 0 DMA32: min 600, low 900, high 1,200, promo 1,500; 1 Normal: min 900, low 1,300, high 1,700, promo 2,100')
  const reserve = { args: [{ managed: [3840, 100_000, 0, 0], ratio: [256, 256, 32, 0] }], answer: [[0, 390, 390, 390], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]] }
  expect(answerRows('lowmemReserve', reserve, undefined).find(({ a }) => a === '390')?.name).toBe('[DMA][DMA32]')
  expect(answerText('lowmemReserve', reserve, { ...reserve, answer: [[0, 1, 1, 1], ...reserve.answer.slice(1)] }).en).toBe('DMA: DMA 0, DMA32 390, Normal 390, Movable 390')
  expect(seenRows('lowmemReserve', reserve.args, undefined).map(({ name }) => name).slice(0, 2)).toEqual(['managed[DMA]', 'managed[DMA32]'])
  const areas = [{ kind: 'zram', priority: 100, pages: 1000, used: 3 }, { kind: 'disk', priority: -2, pages: 9000, used: 0 }]
  expect([0, 1, -1].map((answer) => answerText('swapDevice', { args: [{ want: 64, areas }], answer }).en)).toEqual(['0 (zram, priority 100)', '1 (disk, priority -2)', 'none'])
  expect(seenRows('swapDevice', [{ want: 64, areas }], undefined).map(({ name }) => name)).toContain('areas[0 zram].used')
  expect([answerText('admitFolio', { args: [1, 8, 4], answer: 0 }).en, answerText('compactionSuitable', { args: [{}], answer: 4 }).en, answerText('folioReferences', { args: [1, 8], answer: 3 }).en]).toEqual(['ADD_TAIL', 'COMPACT_CONTINUE', 'FOLIOREF_ACTIVATE'])
  expect(seenRows('admitFolio', [1, 8, 4], undefined).map(({ name, a }) => [name, a])).toEqual([['where', 'ADD_INACTIVE'], ['facts', 'SWAPBACKED'], ['task', '4']])
  expect(seenRows('pageoutDirty', [5], undefined).map(({ name, a }) => [name, a])).toEqual([['bits', 'DIRTY_KSWAPD, DIRTY_NODE']])
  expect(seenRows('kswapdWake', [{ node: 0, highestZoneidx: 2, zones: [] }], undefined).map(({ a }) => a)).toEqual(['0', 'Normal'])
})
