/** `lab sweep`: one scenario over ranges of values, on the base and under policies. */
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { ComparisonRequest, Curve, SweepStatus } from '../../preload/contract'
import { metricById } from '../engine'
import { defaultKernel } from '../lab/request'
import { prepareSweep } from '../lab/sweep/prepare-sweep'
import { startSweep, type Sweep } from '../lab/sweep/sweep'
import { sweepCsv } from '../lab/sweep/sweep-csv'
import { readPairs, type Arguments } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { SCENARIO_OPTIONS } from './compare-command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { refuse, unwrap } from './problem-error'
import { countProgress } from './progress'
import { choosePolicy, chooseScenario } from './scenario-argument'
import { openSession, type Session } from './session'
import { number, table, type Column } from './table'

export const sweepCommand: Command = {
  name: 'sweep',
  about: 'run a scenario over ranges of sysctls and policy parameters, and show how it answers',
  details: 'Every combination of the axes runs with every seed, on the base kernel and under each --policy; runs of one seed are paired. The table marks the best point of a metric (*) and those that\n'
    + 'can\'t be told from it (=). --csv writes one line a run with every metric. With --json: {axes, points, machines, curves, runs, ...}; a run has point, machine, seed, digest, metrics.',
  names: ['preset|scenario.json'],
  options: {
    sweep: { type: 'string', multiple: true, value: 'NAME=RANGE', about: 'what to vary: vm.swappiness=0..200:20, vm.min_free_kbytes=1000..64000*2, watermark-early.factor=1,2,4; repeatable' },
    ...SCENARIO_OPTIONS,
    policy: { type: 'string', multiple: true, short: 'p', value: 'NAME|FILE.ts', about: 'a policy by name or file, beside the base; repeatable' },
    seeds: { type: 'string', short: 'n', value: 'N', about: 'seeds 1..N, 1 to 100 (3)' },
    metric: { type: 'string', multiple: true, short: 'm', value: 'ID', about: 'a metric to show, as --json of compare names them; repeatable' },
    csv: { type: 'string', value: 'FILE', about: 'write every run there' },
  },
  run: sweep,
}

const DEFAULT_SEEDS = 3

async function sweep(context: CommandContext): Promise<ExitCode> {
  const session = await openSession(context.args.text('workspace'))
  try {
    const { content } = session.parts
    const comparison = await orInterrupted(context.interrupt, requestOf(context.args, session))
    const prepared = unwrap(await prepareSweep({ comparison, sweep: context.args.texts('sweep'), metrics: context.args.texts('metric') }, content, session.library))
    const ended = await runToEnd(startSweepWith(session, prepared, context), context)
    const csv = context.args.text('csv')
    if (csv !== undefined) await writeFile(csv, sweepCsv(ended)).catch((error: unknown) => refuse('--csv', error instanceof Error ? error.message : String(error)))
    await context.output.out(context.json ? toJson({ ...ended.status(), rows: ended.rows() }) : text(ended.status()))
    return context.interrupt.code() ?? (ended.status().lost > 0 ? EXIT.runFailed : EXIT.ok)
  } finally {
    await session.close()
  }
}

async function requestOf(args: Arguments, session: Session): Promise<ComparisonRequest> {
  const { content } = session.parts
  const chosen = await chooseScenario(args.positionals[0], content, () => defaultKernel(content.kernels))
  return {
    scenario: chosen.preset === undefined ? { kind: 'inline', scenario: chosen.scenario } : { kind: 'preset', id: chosen.preset.id },
    base: args.text('base') ?? chosen.preset?.base ?? defaultKernel(content.kernels).definition.name,
    policies: await Promise.all(args.texts('policy').map(choosePolicy)), seeds: args.whole('seeds', 1, 100, DEFAULT_SEEDS), set: readPairs('set', args.texts('set')),
  }
}

function startSweepWith(session: Session, prepared: Parameters<typeof startSweep>[1], { output, args }: CommandContext): Sweep {
  const progress = countProgress(output, args.flag('progress'))
  let ended = 0
  const total = prepared.points.length * prepared.experiments[0].machines.length * prepared.seeds
  return startSweep('s1', prepared, session.parts.runs, availableParallelism(), () => progress(++ended, total))
}

async function runToEnd(running: Sweep, { interrupt, output }: CommandContext): Promise<Sweep> {
  try {
    await orInterrupted(interrupt, running.ended)
  } catch {
    running.cancel()
  }
  if (output.errIsTerminal) await output.err('\r\u001b[K')
  return running
}

function text(status: SweepStatus): string {
  const lost = status.lost > 0 ? `! ${status.lost} of ${status.runs} runs did not come to their end and are left out${status.error === undefined ? '' : `: ${status.error}`}\n` : ''
  const ejected = status.ejected > 0 ? `! in ${status.ejected} runs a policy was ejected\n` : ''
  const partial = status.ended < status.runs ? `PARTIAL: ${status.ended} of ${status.runs} runs are in.\n` : ''
  const head = `${status.title.en}\n${status.points.length} points, ${status.seeds} ${status.seeds === 1 ? 'seed' : 'seeds'}, ${status.runs} runs\n${partial}${lost}${ejected}`
  return head + status.machines.map((machine, i) => `\n${machine.label}\n${machineTable(status, i)}`).join('')
}

/** A line a point, a column a metric: mean, half the interval, and whether it is the best. */
function machineTable({ axes, points, curves }: SweepStatus, machine: number): string {
  const own = curves.filter((curve) => curve.machine === machine && curve.points.length > 0)
  const columns: readonly Column[] = [...axes.map(({ name }): Column => ({ title: name, align: 'right' })), ...own.map(({ metric }): Column => ({ title: title(metric), align: 'right' }))]
  return table(columns, points.map((values, point) => [...values.map(String), ...own.map((curve) => cell(curve, point))]))
}

function title(metric: string): string {
  const known = metricById(metric)
  return known === undefined ? metric : `${known.label.en}, ${known.unit}`
}

function cell(curve: Curve, point: number): string {
  const at = curve.points.find((one) => one.point === point)
  if (at === undefined) return '-  '
  const half = at.interval === undefined ? 0 : (at.interval[1] - at.interval[0]) / 2
  const mark = curve.best?.point === point ? ' *' : curve.best?.asGood.includes(point) === true ? ' =' : '  '
  return `${number(at.estimate.mean)}${half > 0 ? ` ± ${number(half)}` : ''}${mark}`
}
