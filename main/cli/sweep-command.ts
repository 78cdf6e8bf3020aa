/** `lab sweep`: one scenario over ranges of values, on the base and under policies. */
import type { Curve, SweepStatus } from '../../preload/contract'
import { metricById } from '../engine'
import { messageOf } from '../lab/problems'
import { keepIn, type KeptSweeps } from '../lab/sweep/keep'
import { sweepCsv } from '../lab/sweep/sweep-csv'
import { toJson, type Command, type CommandContext } from './command'
import { HISTORY_OPTION, SCENARIO_OPTIONS } from './compare-command'
import { EXIT, type ExitCode } from './exit-codes'
import { openKeeper } from './history-session'
import type { Output } from './output'
import { checkFile, writeTo } from './out-places'
import { refuse } from './problem-error'
import { QUEUE_OPTIONS } from './queue-options'
import { alarmText } from './queue-text'
import { openSession } from './session'
import { sweepToEnd } from './sweep-news'
import { startAsked } from './sweep-start'
import { number, table, type Column } from './table'

export const sweepCommand: Command = {
  name: 'sweep',
  about: 'run a scenario over ranges of sysctls and policy parameters, and show how it answers',
  details: 'Every combination of the axes runs with every seed, on the base kernel and under each --policy; runs of one seed are paired. The table marks the best point of a metric (*) and those that\n'
    + 'can\'t be told from it (=). --csv writes one line a run with every metric. With --queue the runs are made by whatever workers (lab worker) share that queue; Ctrl-C stops the watching only, and the same\n'
    + 'command takes it up again. With --json: {axes, points, machines, curves, runs, ...}; a run has point, machine, seed, digest, metrics.',
  names: [],
  optionalNames: ['preset|scenario.json'],
  options: {
    sweep: { type: 'string', multiple: true, value: 'NAME=RANGE', about: 'what to vary: vm.swappiness=0..200:20, vm.min_free_kbytes=1000..64000*2, watermark-early.factor=1,2,4; repeatable' },
    ...SCENARIO_OPTIONS,
    policy: { type: 'string', multiple: true, short: 'p', value: 'NAME|FILE.ts', about: 'a policy by name or file, beside the base; repeatable' },
    seeds: { type: 'string', short: 'n', value: 'N', about: 'seeds 1..N, 1 to 100 (3)' },
    metric: { type: 'string', multiple: true, short: 'm', value: 'ID', about: 'a metric to show, as --json of compare names them; repeatable' },
    csv: { type: 'string', value: 'FILE', about: 'write every run there' },
    keep: { type: 'string', value: 'FILE', about: 'keep every run\'s summary in this SQLite file as it comes in; runs that are in it are not made again' },
    ...HISTORY_OPTION,
    recordings: { type: 'string', value: 'all|failed|seed=N', about: 'with --history: keep these runs\' recordings, too (none); failed are those stuck, panicked or with an ejected policy; other runs are made again when they are opened' },
    ...QUEUE_OPTIONS,
    attach: { type: 'string', value: 'SWEEP', about: 'watch a sweep that is on the queue, by the name that lab queue shows; no scenario is needed. With --history it becomes an entry as if it had been started here' },
    'retry-failed': { type: 'boolean', about: 'on a queue: make runs that failed once more' },
  },
  run: sweep,
}

async function sweep(context: CommandContext): Promise<ExitCode> {
  const { args, output } = context
  checkFile('--csv', args.text('csv'))
  const kept = openKeep(args.text('keep'), output)
  const keeper = await openKeeper(args.flag('history'), args.text('workspace'), output)
  const session = await openSession(args.text('workspace'))
  try {
    const running = await startAsked(session, context, kept, keeper)
    const ended = await sweepToEnd(running, context)
    const status = ended.status()
    const csv = args.text('csv')
    if (csv !== undefined && csv !== '-') await writeTo('--csv', csv, sweepCsv(ended))
    await output.out(csv === '-' ? sweepCsv(ended) : context.json ? toJson({ ...status, rows: ended.rows() }) : sweepText(status))
    await sayGoesOn(status, output)
    const off = status.state === 'cancelled' && context.interrupt.code() === undefined
    return context.interrupt.code() ?? (status.lost > 0 || off ? EXIT.runFailed : EXIT.ok)
  } finally {
    await Promise.all([session.close(), keeper?.close()])
    kept?.close()
  }
}

/** Of a queued sweep that was left, or taken away. */
export async function sayGoesOn({ queue, state, history }: SweepStatus, output: Output): Promise<void> {
  if (queue !== undefined && state === 'cancelled') return output.err('! The sweep was taken off the queue elsewhere. Given again, it goes on.\n')
  if (queue === undefined || state !== 'running') return
  const again = history === undefined ? `lab sweep --queue ${queue.address} --attach ${queue.sweep} watches it` : `lab history resume ${history} --queue ${queue.address} follows it into the history`
  await output.err(`The sweep goes on without this terminal: ${again}, lab queue --cancel ${queue.sweep} ends it.\n`)
}

function openKeep(path: string | undefined, output: Output): KeptSweeps | undefined {
  try {
    return path === undefined ? undefined : keepIn(path, (line) => { void output.err(`! ${line}\n`) })
  } catch (error) {
    return refuse('--keep', messageOf(error))
  }
}

export function sweepText(status: SweepStatus): string {
  const lost = status.lost > 0 ? `! ${status.lost} of ${status.runs} runs did not come to their end and are left out${status.error === undefined ? '' : `: ${status.error}`}\n` : ''
  const ejected = status.ejected > 0 ? `! in ${status.ejected} runs a policy was ejected\n` : ''
  const queue = status.queue === undefined ? '' : `sweep ${status.queue.sweep} on ${status.queue.address}\n${status.queue.alarms.map(alarmText).join('')}`
  const { kept = 0, refused = 0, why } = status.recordings ?? {}
  const recorded = kept > 0 || refused > 0 ? `${kept} ${kept === 1 ? 'recording' : 'recordings'} kept${refused > 0 ? `; ! ${refused} not: ${why ?? ''}` : ''}\n` : ''
  const partial = status.ended < status.runs ? `PARTIAL: ${status.ended} of ${status.runs} runs are in.\n` : ''
  const head = `${status.title.en}\n${status.points.length} points, ${status.seeds} ${status.seeds === 1 ? 'seed' : 'seeds'}, ${status.runs} runs\n${queue}${recorded}${partial}${lost}${ejected}`
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
