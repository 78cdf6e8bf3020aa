/** `lab diverge`: the first decision in which two runs differ, and what came of it. */
import type { DifferenceView, DivergenceView, SeenRow } from '../../preload/contract'
import { jobOf } from '../lab/experiment'
import { createDivergences, type Pair } from '../lab/diverge/diverge'
import { ms } from '../lab/diverge/sentences'
import { createRemakings } from '../lab/remaking'
import { prepare, type PreparedExperiment } from '../lab/request'
import { metricById } from '../engine'
import type { Arguments, OptionSpecs } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { SCENARIO_OPTIONS, requestOf } from './compare-command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { refuse, unwrap } from './problem-error'
import { fractionProgress } from './progress'
import { openSession } from './session'
import { number, table } from './table'

const LARGEST_SEED = 0xffff_ffff
const MOST_ROWS = 12

const OPTIONS: OptionSpecs = {
  ...SCENARIO_OPTIONS,
  policy: { type: 'string', multiple: true, short: 'p', value: 'NAME|FILE.ts', about: 'a policy by name or file, on a machine of its own; the base without any' },
  variant: { type: 'string', multiple: true, value: '"LABEL: NAME=VALUE …"', about: 'a machine with other sysctls, or kernel=NAME, beside the base' },
  a: { type: 'string', value: 'LABEL', about: 'the first machine, as compare names it (the base)' },
  b: { type: 'string', value: 'LABEL', about: 'the second (the next one; with --seed-b the first again)' },
  seed: { type: 'string', value: 'N', about: 'the seed of both (1)' },
  'seed-b': { type: 'string', value: 'N', about: 'another seed for the second' },
  difference: { type: 'string', value: 'N', about: 'which difference to explain (1, the first)' },
  list: { type: 'boolean', about: 'list the differences and explain none' },
}

export const divergeCommand: Command = {
  name: 'diverge',
  about: 'find the first decision in which two runs differ, and what came of it',
  details: [
    'Runs are compared by task and touch index, not by time: what a task decided at its touch n in one run with what it decided there in the other; kernel threads, which touch nothing, at the workload’s touches.',
    'Both runs are made again; comparing changes nothing in them. Without --policy and --variant a preset’s own are taken. What the runs were given that differs (kernel, sysctls, hardware, seed) is said first.',
    'With --json: {divergence, difference}; without a difference the latter is null.',
  ].join('\n'),
  names: ['preset|scenario.json'],
  options: OPTIONS,
  run,
}

async function run({ args, json, output, interrupt }: CommandContext): Promise<ExitCode> {
  const wanted = args.whole('difference', 1, 1_000_000, 1) - 1
  const session = await openSession(args.text('workspace'))
  try {
    const request = await orInterrupted(interrupt, requestOf(args, session))
    const prepared = unwrap(await orInterrupted(interrupt, prepare({ ...request, seeds: 1 }, session.parts.content, session.library)))
    const pair = choosePair(args, prepared)
    const progress = fractionProgress(output, args.flag('progress'))
    const remakings = createRemakings(({ kind, fraction, over }) => { if (over) progress.end(); else progress.show(kind === 'divergence' ? 'comparing the two runs' : 'making both again, to explain', fraction) })
    const divergences = createDivergences(session.parts.runs, remakings)
    const divergence = await orInterrupted(interrupt, divergences.find(pair))
    if (wanted > 0 && divergence.differences[wanted] === undefined) refuse('--difference', `must be from 1 to ${divergence.differences.length}, not ${wanted + 1}`)
    const explained = args.flag('list') ? undefined : (await orInterrupted(interrupt, divergences.explain(pair, wanted)))?.view
    await output.out(json ? toJson({ divergence, difference: explained ?? null }) : text(divergence, explained, args.flag('list')))
    return EXIT.ok
  } finally {
    await session.close()
  }
}

function choosePair(args: Arguments, prepared: PreparedExperiment): Pair {
  const { machines } = prepared
  const seeds = { a: args.whole('seed', 0, LARGEST_SEED, 1), b: args.whole('seed-b', 0, LARGEST_SEED, -1) }
  const a = machineAt(args.text('a'), 'a', machines, 0)
  const b = machineAt(args.text('b'), 'b', machines, seeds.b >= 0 || machines.length === 1 ? a : machines.findIndex((_, i) => i !== a))
  if (machines.length === 1 && seeds.b < 0) refuse('--policy', 'or --variant or --seed-b is needed: there is only one run to look at')
  const partner = (machine: number, seed: number, side: string): Pair['a'] => ({
    job: jobOf({ id: `e1.${machine}.${seed}${side}`, machine, seed, state: 'waiting', fraction: 0 }, prepared), label: machines[machine].label,
  })
  return { a: partner(a, seeds.a, 'a'), b: partner(b, seeds.b >= 0 ? seeds.b : seeds.a, 'b') }
}

function machineAt(label: string | undefined, option: string, machines: PreparedExperiment['machines'], otherwise: number): number {
  if (label === undefined) return otherwise
  const found = machines.findIndex((machine) => machine.label === label)
  return found >= 0 ? found : refuse(`--${option}`, `must be one of ${machines.map((machine) => JSON.stringify(machine.label)).join(', ')}, not ${JSON.stringify(label.slice(0, 60))}`)
}

export function text(divergence: DivergenceView, explained: DifferenceView | undefined, list: boolean): string {
  const parts = [`${divergence.summary.en}\n`]
  if (list) parts.push(listText(divergence))
  if (explained !== undefined) parts.push(explainedText(divergence, explained))
  return parts.join('\n')
}

function listText({ differences, whole, a, b }: DivergenceView): string {
  if (differences.length === 0) return ''
  const rows = differences.map((one, i) => [String(i + 1), one.a === undefined ? '' : ms(one.a), one.b === undefined ? '' : ms(one.b), one.text.en])
  const list = table([{ title: '#', align: 'right' }, { title: a.label, align: 'right' }, { title: b.label, align: 'right' }, { title: 'Where they differ', align: 'left' }], rows)
  return whole ? list : `${list}… and more behind these\n`
}

function explainedText({ a, b, differences, whole }: DivergenceView, { index, text: told, seen, answers, zones, chain, counters, metrics }: DifferenceView): string {
  const names = [a.label, b.label] as const
  const differing = [...answers, ...seen.filter((row) => row.differs)]
  return [
    `Difference ${index + 1} of ${differences.length}${whole ? '' : ' or more'}\n${told.en}\n`,
    seenTable('Answer, and what differs in what they saw', differing, names),
    seenTable('What they saw', seen.filter((row) => !row.differs), names),
    seenTable('Zones', zones, names),
    `What came of it\n${chain.map((link) => `- ${link.text.en}`).join('\n')}\n`,
    counters.length === 0 ? '' : table(
      [{ title: 'Counter', align: 'left' }, { title: 'Parted at', align: 'left' }, { title: names[0], align: 'right' }, { title: names[1], align: 'right' }],
      counters.slice(0, MOST_ROWS).map((one) => [one.name, `${one.task} ${number(one.touch)}`, `+${number(one.a.value)}`, `+${number(one.b.value)}`])),
    metrics.length === 0 ? 'No metric of the whole runs differs.\n' : table(
      [{ title: 'At the end', align: 'left' }, { title: names[0], align: 'right' }, { title: names[1], align: 'right' }],
      metrics.slice(0, MOST_ROWS).map(({ id, a: one, b: other }) => [metricById(id)?.label.en ?? id, number(one), number(other)])),
  ].filter((part) => part !== '').join('\n')
}

function seenTable(title: string, rows: readonly SeenRow[], [a, b]: readonly [string, string]): string {
  if (rows.length === 0) return ''
  return table([{ title, align: 'left' }, { title: a, align: 'right' }, { title: b, align: 'right' }, { title: '', align: 'left' }], rows.map((row) => [row.name, row.a ?? '-', row.b ?? '-', row.about?.en ?? '']))
}
