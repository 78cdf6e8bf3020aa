/** `lab run`: one machine, one seed. */
import { runBundle } from './bundle-command'
import { toJson, type Command, type CommandContext } from './command'
import { exitOf, HISTORY_OPTION } from './compare-command'
import type { ExitCode } from './exit-codes'
import { openKeeper } from './history-session'
import { orInterrupted } from './interrupt'
import { OUT_OPTIONS, stdoutTaken, writeOut } from './out-options'
import { checkOut } from './out-places'
import { ONE_RUN_OPTIONS, prepareOne } from './one-run'
import { LAST_GOOD_OPTION } from './policy-argument'
import { createProgress } from './progress'
import { runJson } from '../lab/export/experiment-json'
import { eventText, runRemarks, runText } from './run-report'
import { bundleText } from './scenario-argument'
import { openSession, runToEnd } from './session'
import type { Experiment } from '../lab/experiment'

export const runCommand: Command = {
  name: 'run',
  about: 'run a scenario on one machine, or all runs of a bundle again',
  details: 'A bundle (lab bundle) or a report that holds one runs as it says; exit status 1 when a digest is not the one it names.\nWith --json: one run object (digest, metrics, end, ejections, policy, seed, tasks, hooks, snapshots); with --events it has events, each with its cause.',
  names: ['preset|scenario.json|bundle.json'],
  options: {
    ...ONE_RUN_OPTIONS, ...LAST_GOOD_OPTION,
    events: { type: 'boolean', about: 'list events with who asked, the call path and the zones tried' },
    ...HISTORY_OPTION, ...OUT_OPTIONS,
  },
  run,
}

async function run(context: CommandContext): Promise<ExitCode> {
  checkOut(context.args)
  const keeper = await openKeeper(context.args.flag('history'), context.args.text('workspace'), context.output)
  const session = await openSession(context.args.text('workspace'), context.args.flag('last-good'))
  try {
    const bundle = await bundleText(context.args.positionals[0])
    if (bundle !== undefined) return await runBundle(bundle, session, context)
    const prepared = await orInterrupted(context.interrupt, prepareOne(context.args, context.args.positionals[0], session))
    const experiment = await runToEnd(session, prepared, createProgress(context.output, context.args.flag('progress')), context.interrupt, keeper)
    const events = context.args.flag('events')
    await writeOut(experiment, session, context)
    if (!stdoutTaken(context.args)) await context.output.out(context.json ? toJson(json(experiment, events)) : text(experiment, events))
    return exitOf(experiment, context)
  } finally {
    await Promise.all([session.close(), keeper?.close()])
  }
}

function json(experiment: Experiment, events: boolean): Readonly<Record<string, unknown>> {
  const [one] = experiment.runs
  return { ...runJson(experiment, one), ...(events ? { events: one.recording?.events ?? [] } : {}) }
}

function text(experiment: Experiment, events: boolean): string {
  const [one] = experiment.runs
  const head = `${experiment.prepared.title.en}\n${experiment.prepared.machines[0].label}, seed ${one.seed}\n`
  const remarks = runRemarks(experiment.status()).map((line) => `! ${line}\n`).join('')
  if (one.recording === undefined) return head + remarks
  const dropped = one.recording.summary.eventsDropped
  const list = events ? `\n${one.recording.events.map(eventText).join('')}${dropped > 0 ? `… and ${dropped} more that the log had no room for\n` : ''}` : ''
  return head + remarks + runText(one.recording, experiment.prepared.machines[0].scenario) + list
}
