/** `lab run`: one machine, one seed. */
import { defaultKernel, prepare, type PreparedExperiment } from '../lab/request'
import { readPairs } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { exitOf, SCENARIO_OPTIONS } from './compare-command'
import type { ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { unwrap } from './problem-error'
import { createProgress } from './progress'
import { eventText, runJson, runRemarks, runText } from './run-report'
import { choosePolicy, chooseScenario } from './scenario-argument'
import { openSession, runToEnd, type Session } from './session'
import type { Experiment } from '../lab/experiment'

export const runCommand: Command = {
  name: 'run',
  about: 'run a scenario on one machine',
  details: 'With --json: one run object (digest, metrics, end, ejections, policy, seed, tasks, hooks, snapshots); with --events it has events, each with its cause.',
  names: ['preset|scenario.json'],
  options: {
    ...SCENARIO_OPTIONS,
    policy: { type: 'string', short: 'p', value: 'NAME|FILE.ts', about: 'a policy over the base; without one the base decides alone' },
    seed: { type: 'string', value: 'N', about: 'the seed (1)' },
    events: { type: 'boolean', about: 'list events with who asked, the call path and the zones tried' },
  },
  run,
}

const LARGEST_SEED = 0xffff_ffff

async function run(context: CommandContext): Promise<ExitCode> {
  const session = await openSession(context.args.text('workspace'))
  try {
    const prepared = await orInterrupted(context.interrupt, prepareRun(context, session))
    const experiment = await runToEnd(session, prepared, createProgress(context.output, context.args.flag('progress')), context.interrupt)
    const events = context.args.flag('events')
    await context.output.out(context.json ? toJson(json(experiment, events)) : text(experiment, events))
    return exitOf(experiment, context)
  } finally {
    await session.close()
  }
}

async function prepareRun({ args }: CommandContext, session: Session): Promise<PreparedExperiment> {
  const { content } = session.parts
  const firstSeed = args.whole('seed', 0, LARGEST_SEED, 1)
  const kernel = defaultKernel(content.kernels)
  const chosen = await chooseScenario(args.positionals[0], content, () => kernel)
  const policy = args.text('policy')
  const prepared = unwrap(await prepare({
    scenario: chosen.preset === undefined ? { kind: 'inline', scenario: chosen.scenario } : { kind: 'preset', id: chosen.preset.id },
    base: args.text('base') ?? chosen.preset?.base ?? kernel.definition.name,
    policies: policy === undefined ? [] : [await choosePolicy(policy)],
    seeds: 1, set: readPairs('set', args.texts('set')),
  }, content, session.library))
  // Of base and policy only the last is wanted.
  return { ...prepared, firstSeed, machines: prepared.machines.slice(-1), stacks: prepared.stacks.slice(-1) }
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
  return head + remarks + runText(one.recording, experiment.prepared.scenario) + list
}
