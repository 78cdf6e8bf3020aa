/** Where two runs part: asks a runner, which makes both again, and turns what it finds into what people read. What was found is kept for a few pairs. */
import type { DifferenceLine, DifferenceView, DivergenceView, SeenRow } from '../../../preload/contract'
import type { Difference, Differences, SideDetail } from '../../engine'
import type { ExplainedPair, RunJob } from '../../runner/protocol'
import type { Runs } from '../parts'
import type { Remakings } from '../remaking'
import { answerRows, seenRows } from './hook-words'
import { chainOf, differenceLine, differenceText, summaryText, type Names } from './sentences'
import { unlike } from './unlike'

const MOST_DIFFERENCES = 200
const MOST_KEPT = 16

/** One of the two runs: its job and how people call it. */
export interface Partner { readonly job: RunJob; readonly label: string }

export interface Pair { readonly a: Partner; readonly b: Partner }

export interface Divergences {
  /** Both reject with a message for people when a run could not be made again. */
  find(pair: Pair): Promise<DivergenceView>
  explain(pair: Pair, index: number): Promise<{ readonly view: DifferenceView; readonly digests: ExplainedPair['digests'] } | undefined>
}

export function createDivergences(runs: Runs, remakings: Remakings): Divergences {
  const found = keeper<Differences>()
  const explained = keeper<ExplainedPair>()
  const differences = (pair: Pair): Promise<Differences> => found.get(keyOf(pair), () => remakings.conduct('divergence', [pair.a.job.run, pair.b.job.run], (onProgress) => runs.ask({ kind: 'differences', run: `${keyOf(pair)}~divergence`, ...jobs(pair), most: MOST_DIFFERENCES, scriptedEjections: [] }, onProgress)))
  return {
    find: async (pair) => divergenceView(pair, await differences(pair)),
    explain: async (pair, index) => {
      const difference = (await differences(pair)).differences[index]
      if (difference === undefined) return undefined
      const answer = await explained.get(`${keyOf(pair)} ${index}`, () => remakings.conduct('difference', [pair.a.job.run, pair.b.job.run], (onProgress) => runs.ask({ kind: 'difference', run: `${keyOf(pair)}~difference ${index}`, ...jobs(pair), difference, scriptedEjections: [] }, onProgress)))
      return { view: differenceView(index, answer, namesOf(pair)), digests: answer.digests }
    },
  }
}

function keyOf({ a, b }: Pair): string {
  return `${a.job.run}~${b.job.run}`
}

function jobs({ a, b }: Pair): { readonly a: RunJob; readonly b: RunJob } {
  return { a: a.job, b: b.job }
}

/** Two runs of one machine are told apart by their seeds. */
export function namesOf({ a, b }: Pair): Names {
  if (a.label !== b.label) return { a: a.label, b: b.label }
  return a.job.seed === b.job.seed ? { a: `${a.label} (1)`, b: `${b.label} (2)` } : { a: `${a.label}, seed ${a.job.seed}`, b: `${b.label}, seed ${b.job.seed}` }
}

function divergenceView(pair: Pair, found: Differences): DivergenceView {
  const names = namesOf(pair)
  const given = unlike(pair.a.job, pair.b.job)
  return {
    a: { run: pair.a.job.run, label: names.a, seed: pair.a.job.seed }, b: { run: pair.b.job.run, label: names.b, seed: pair.b.job.seed },
    summary: summaryText(found, names, given), unlike: given, differences: found.differences.map((one) => lineOf(one, names)), whole: found.whole, alike: found.alike,
    hooks: found.hooks.map(({ hook, same, differing }) => ({ hook, same, differing })),
  }
}

function lineOf(difference: Difference, names: Names): DifferenceLine {
  const { kind, at, a, b } = difference
  return {
    kind, hook: (a ?? b)?.hook ?? '', task: at.task, touch: at.touch, shared: at.shared, ...(a === undefined ? {} : { a: a.t }), ...(b === undefined ? {} : { b: b.t }),
    text: differenceLine(difference, names),
  }
}

function differenceView(index: number, { explanation, metrics }: ExplainedPair, names: Names): DifferenceView {
  const { a, b } = explanation
  const hook = (a.call ?? b.call)?.hook
  const together = a.call !== undefined && b.call !== undefined && a.call.hook === b.call.hook
  const seen = hook === undefined ? [] : together || a.call === undefined || b.call === undefined ? seenRows(hook, a.call?.args, b.call?.args) : seenRows(hook, a.call.args, undefined)
  const answers = hook === undefined ? [] : answerRows(hook, a.call, together || a.call === undefined ? b.call : undefined)
  return {
    index, text: differenceText(explanation, names, !seen.some((row) => row.differs)), seen, answers, zones: zoneRows(a, b), chain: chainOf(explanation, names),
    counters: explanation.counters.map(({ name, at, a: left, b: right }) => ({ name, task: at.task, touch: at.touch, a: left, b: right })),
    metrics: Object.keys(metrics.a).filter((id) => id in metrics.b && metrics.a[id] !== metrics.b[id]).map((id) => ({ id, a: metrics.a[id], b: metrics.b[id] })),
  }
}

function zoneRows(a: SideDetail, b: SideDetail): readonly SeenRow[] {
  const [left, right] = [zonesOf(a), zonesOf(b)]
  return [...new Set([...left.keys(), ...right.keys()])].map((name): SeenRow => {
    const [one, other] = [left.get(name), right.get(name)]
    return { name, ...(one === undefined ? {} : { a: one }), ...(other === undefined ? {} : { b: other }), differs: one !== other }
  })
}

function zonesOf({ situation }: SideDetail): ReadonlyMap<string, string> {
  const zones = (situation?.zones ?? []).map(({ node, zone, free, min, low, high, boost }) => [`${node} ${zone}`, `free ${free}, min ${min}, low ${low}, high ${high}${boost > 0 ? `, boost ${boost}` : ''}`] as const)
  const threads = (situation?.kswapdAwake ?? []).map((awake, node) => [`kswapd${node}`, awake ? 'awake' : 'asleep'] as const)
  return new Map([...zones, ...threads])
}

/** Keeps the last few answers; what failed is asked again. */
function keeper<T>(): { get(key: string, ask: () => Promise<T>): Promise<T> } {
  const kept = new Map<string, Promise<T>>()
  return {
    get: (key, ask) => {
      const known = kept.get(key)
      if (known !== undefined) return known
      const asked = ask()
      kept.set(key, asked)
      asked.catch(() => { kept.delete(key) })
      for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - MOST_KEPT))) kept.delete(oldest)
      return asked
    },
  }
}
