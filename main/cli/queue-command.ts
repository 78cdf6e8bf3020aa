/** `lab queue`: how a queue stands; and takes a sweep off it. */
import { ENGINE_VERSION } from '../engine'
import type { QueueOverview } from '../../preload/contract'
import { cancelQueued, forgetQueued, queueOverview } from '../queue/queue'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { refuse, unwrap } from './problem-error'
import { QUEUE_OPTIONS, queueAddress, warnOfExposure } from './queue-options'
import { table } from './table'

export const queueCommand: Command = {
  name: 'queue',
  about: 'show the sweeps and workers of a queue, or take a sweep off it',
  details: '--cancel takes off what nobody has begun; what is done stays, and giving the sweep again resumes it. --forget removes its results too, but for runs that another sweep has.\nExit status 1: digests differed somewhere. With --json: {address, sweeps, workers, queues}.',
  names: [],
  options: {
    ...QUEUE_OPTIONS,
    cancel: { type: 'string', value: 'SWEEP', about: 'take this sweep off the queue' },
    forget: { type: 'string', value: 'SWEEP', about: 'the same, and remove its results from the server' },
  },
  run: queue,
}

async function queue(context: CommandContext): Promise<ExitCode> {
  const { args, output, interrupt, json } = context
  const address = queueAddress(args)
  const [cancel, forget] = [args.text('cancel'), args.text('forget')]
  if (cancel !== undefined && forget !== undefined) refuse('--forget', 'cancels too; give one of the two')
  await warnOfExposure(address, output)
  if (cancel !== undefined || forget !== undefined) {
    const removed = unwrap(await orInterrupted(interrupt, cancel === undefined ? forgetQueued(address, forget ?? '') : cancelQueued(address, cancel)))
    await output.out(json ? toJson({ sweep: cancel ?? forget, removed }) : cancel === undefined ? `${removed} results removed.\n` : `${removed} runs taken off the queue.\n`)
    return EXIT.ok
  }
  const overview = unwrap(await orInterrupted(interrupt, queueOverview(address)))
  await output.out(json ? toJson(overview) : text(overview))
  return overview.queues.some(({ alarms }) => alarms > 0) ? EXIT.no : EXIT.ok
}

function text({ address, sweeps, workers, queues }: QueueOverview): string {
  const alarms = queues.filter((one) => one.alarms > 0).map(({ engine, alarms: count }) => `! engine ${engine}: ${count} runs have two digests: determinism is broken somewhere\n`)
  const waits = queues.filter(({ waiting, running, engine }) => waiting + running > 0 || engine === ENGINE_VERSION).map(({ engine, waiting, running }) => `engine ${engine}: ${waiting} runs wait, ${running} are being made\n`)
  return [
    `${address}\n`, ...waits, ...alarms,
    sweeps.length === 0 ? '\nNo sweeps.\n' : `\n${table(
      [{ title: 'Sweep', align: 'left' }, { title: 'Engine', align: 'left' }, { title: 'Runs', align: 'right' }, { title: 'In', align: 'right' }, { title: 'Since', align: 'left' }, { title: 'Title', align: 'left' }],
      sweeps.map(({ id, engine, runs, ended, at, title, cancelled }) => [id, engine, String(runs), String(ended), at.slice(0, 19).replace('T', ' '), `${title.en}${cancelled ? ' (cancelled)' : ''}`]),
    )}`,
    workers.length === 0 ? '\nNo workers.\n' : `\n${table(
      [{ title: 'Worker', align: 'left' }, { title: 'Engine', align: 'left' }, { title: 'State', align: 'left' }, { title: 'Running', align: 'right' }, { title: 'Made', align: 'right' }, { title: 'Heard of', align: 'right' }],
      workers.map(({ name, engine, state, parallel, running, made, secondsAgo }) => [name, engine, state, `${running} of ${parallel}`, String(made), `${secondsAgo} s ago`]),
    )}`,
  ].join('')
}
