/** `lab at`: the machine at an instant of a run: a time, a touch of a task, the n-th event, pass or direct reclaim, or where a condition comes true. */
import type { Look } from '../../preload/contract'
import { ms } from '../lab/diverge/sentences'
import { suggestion } from '../lab/nearest'
import { createRemakings } from '../lab/remaking'
import { placeOf, travel } from '../lab/travel/travel'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { jobOfOne, ONE_RUN_OPTIONS, prepareOne, timeOption } from './one-run'
import { refuse, unwrap } from './problem-error'
import { fractionProgress } from './progress'
import { openSession } from './session'
import { number, table } from './table'

export const atCommand: Command = {
  name: 'at',
  about: 'show the machine at an instant of a run: zones, lists with ages, tasks, devices',
  details: [
    'Without --until the instant is --time; with it, where the condition first comes true after that.',
    'CONDITION: event KIND; kswapd (the end of a pass); direct (the end of a direct reclaim); a comparison of series such as "zone.0.Normal.free < zone.0.Normal.low" or "pswpout > 1000"; "hook NAME", with a condition on what it saw or answered as in "hook scanBalance priority < 12" or "hook kswapdBalanced answer = true".',
    'With --json: {look, text, remade}; without such an instant look is absent.',
  ].join('\n'),
  names: ['preset|scenario.json'],
  options: {
    ...ONE_RUN_OPTIONS,
    time: { type: 'string', value: 'MS', about: 'time since the workload started (0)' },
    until: { type: 'string', value: 'CONDITION', about: 'run on until this holds' },
    touch: { type: 'string', value: 'TASK:N', about: 'where the task has N touches behind it, instead of a time' },
  },
  run,
}

async function run({ args, json, output, interrupt }: CommandContext): Promise<ExitCode> {
  const time = timeOption(args, 'time')
  const session = await openSession(args.text('workspace'))
  try {
    const prepared = await orInterrupted(interrupt, prepareOne(args, args.positionals[0], session))
    const job = jobOfOne(prepared)
    const { runs } = session.parts
    const progress = fractionProgress(output, args.flag('progress'))
    const remakings = createRemakings(({ fraction, over }) => { if (over) progress.end(); else progress.show('making the run', fraction) })
    const until = args.text('until')
    let view = unwrap(await orInterrupted(interrupt, travel(job, startOf(args.text('touch'), time), runs, remakings)))
    knownTask(args.text('touch'), view.look)
    if (until !== undefined) view = unwrap(await orInterrupted(interrupt, travel(job, { to: 'until', until, by: 1, ...(view.look === undefined ? { from: 0 } : placeOf(view.look)) }, runs, remakings)))
    await output.out(json ? toJson(view) : view.look === undefined ? 'There is no such instant in the run.\n' : `${view.text?.en ?? ''}\n\n${lookText(view.look)}`)
    return EXIT.ok
  } finally {
    await session.close()
  }
}

function startOf(touch: string | undefined, time: number): unknown {
  if (touch === undefined) return { to: 'time', t: time }
  const [, task, digits] = /^(.+):(\d{1,12})$/u.exec(touch) ?? []
  return task === undefined ? refuse('--touch', `must be TASK:N such as app:5000, not ${JSON.stringify(touch.slice(0, 40))}`) : { to: 'touch', task, touch: Number(digits) }
}

/** A task that never was has no touches: said, and not taken for one that has too few. */
function knownTask(touch: string | undefined, look: Look | undefined): void {
  const task = touch?.slice(0, touch.lastIndexOf(':'))
  const names = (look?.tasks ?? []).filter((one) => one.touch !== undefined).map(({ name }) => name)
  if (task !== undefined && look !== undefined && !names.includes(task)) refuse('--touch', `names a task that the run doesn't have, ${JSON.stringify(task.slice(0, 40))}.${suggestion(task, names)}`)
}

function lookText({ t, n, state, lists, tasks, disks }: Look): string {
  const left = (title: string): { readonly title: string; readonly align: 'left' } => ({ title, align: 'left' })
  const right = (title: string): { readonly title: string; readonly align: 'right' } => ({ title, align: 'right' })
  return [
    `${ms(t)}, moment ${number(n)}\n`,
    table([left('Zone'), right('Free'), right('MIN'), right('LOW'), right('HIGH'), right('Managed')], state.zones.map((zone) => [`${zone.node} ${zone.zone}`, ...[zone.free, zone.min + zone.boost, zone.low + zone.boost, zone.high + zone.boost, zone.managed].map(number)])),
    table([left('Free blocks'), ...Array.from({ length: state.zones[0]?.freeByOrder.length ?? 0 }, (_, order) => right(`order ${order}`))], state.zones.map((zone) => [`${zone.node} ${zone.zone}`, ...zone.freeByOrder.map(number)])),
    lists.length === 0
      ? table([left('Generation'), right('Age, ms'), right('Anon'), right('File')], state.generations.map(({ seq, age, anon, file }) => [String(seq), number(age / 1e6), number(anon), number(file)]))
      : table([left('List'), right('Pages'), right('≤ 10 ms'), right('≤ 100 ms'), right('≤ 1 s'), right('≤ 10 s'), right('older'), right('tail, ms')], lists.map((one) => [`${one.node}${one.memcg === 0 ? '' : ` memcg ${one.memcg}`} ${one.list}`, number(one.pages), ...(one.ages ?? ['', '', '', '', '']).map((pages) => (pages === '' ? '' : number(Number(pages)))), one.tailAge === undefined ? '' : number(one.tailAge / 1e6)])),
    table([left('Task'), left('State'), right('Touches'), right('RSS'), right('In swap'), left('Waits for')], tasks.filter((task) => task.state !== 'exited').map((task) => [
      task.name, task.reclaiming ? `${task.state}, reclaims` : task.state, task.touch === undefined ? '' : number(task.touch), number(task.rss), number(task.swapents),
      task.waits === undefined ? '' : `${task.waits.what}${task.waits.holders.length > 0 ? `, held by ${task.waits.holders.join(', ')}` : ''}`])),
    table([left('Disk'), right('Under way'), right('Tasks waiting'), right('Pages read'), right('Written')], disks.map((disk) => [disk.name, ...[disk.inflight, disk.waiting, disk.readPages, disk.writtenPages].map(number)])),
  ].join('\n')
}
