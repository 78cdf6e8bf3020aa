/** `lab compare`: machines side by side, over seeds. */
import type { ComparisonRequest, Variant } from '../../preload/contract'
import type { Experiment } from '../lab/experiment'
import { experimentJson } from '../lab/export/experiment-json'
import { defaultKernel, prepare } from '../lab/request'
import { readPairs, type Arguments, type OptionSpecs } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { comparisonText } from './comparison-text'
import { EXIT, type ExitCode } from './exit-codes'
import { openKeeper } from './history-session'
import { orInterrupted } from './interrupt'
import { OUT_OPTIONS, OUT_RUN_OPTIONS, stdoutTaken, writeOut } from './out-options'
import { choosePolicy, LAST_GOOD_OPTION } from './policy-argument'
import { checkOut } from './out-places'
import { refuse, unwrap } from './problem-error'
import { createProgress } from './progress'
import { runRemarks } from './run-report'
import { chooseScenario } from './scenario-argument'
import { openSession, runToEnd, type Session } from './session'

/** Options that `run` has too. */
export const SCENARIO_OPTIONS: OptionSpecs = {
  base: { type: 'string', value: 'KERNEL', about: 'kernel whose decisions are the base (linux-6.1)' },
  set: { type: 'string', multiple: true, value: 'NAME=VALUE', about: 'a sysctl of every machine (vm.swappiness=10) or a parameter of a policy (watermark-early.factor=2); repeatable' },
  workspace: { type: 'string', value: 'DIR', about: 'folder whose own policies can be named too' },
  progress: { type: 'boolean', about: 'tell progress on stderr even when it is no terminal' },
}

/** Of commands that run something. */
export const HISTORY_OPTION: OptionSpecs = {
  history: { type: 'boolean', about: 'keep it in the history of the workspace, where the window and lab history find it' },
}

/** What says which comparison. */
export const COMPARE_OPTIONS: OptionSpecs = {
  ...SCENARIO_OPTIONS,
  policy: { type: 'string', multiple: true, short: 'p', value: 'NAME|FILE.ts', about: 'a policy by name or file; each runs on its own machine; repeatable' },
  variant: { type: 'string', multiple: true, value: '"LABEL: NAME=VALUE …"', about: 'a machine with other sysctls, kernel=NAME or policies=A,B@2000..,C@memcg:x beside the base; repeatable' },
  seeds: { type: 'string', short: 'n', value: 'N', about: 'seeds 1..N, 1 to 100' },
}

const DEFAULT_SEEDS = 3

export const compareCommand: Command = {
  name: 'compare',
  about: 'run a scenario with the base kernel and with policies or other settings, and compare',
  details: 'A preset brings its own policies, variants and number of seeds; --policy, --variant and --seeds replace them.\nWith --json: {state, machines, seeds, partial, findings, comparison, runs}; each run has digest, metrics, end, ejections, policy (null for the base), seed.',
  names: ['preset|scenario.json'],
  options: {
    ...COMPARE_OPTIONS, ...LAST_GOOD_OPTION,
    all: { type: 'boolean', about: 'show metrics that are the same, too' },
    ...HISTORY_OPTION, ...OUT_OPTIONS, ...OUT_RUN_OPTIONS,
  },
  run: compare,
}

async function compare(context: CommandContext): Promise<ExitCode> {
  const keeper = await openKeeper(context.args.flag('history'), context.args.text('workspace'), context.output)
  const session = await openSession(context.args.text('workspace'), context.args.flag('last-good'))
  try {
    const request = await orInterrupted(context.interrupt, requestOf(context.args, session))
    const prepared = unwrap(await orInterrupted(context.interrupt, prepare(request, session.parts.content, session.library)))
    checkOut(context.args, prepared.machines.length)
    const experiment = await runToEnd(session, prepared, createProgress(context.output, context.args.flag('progress')), context.interrupt, keeper)
    await writeOut(experiment, session, context)
    if (!stdoutTaken(context.args)) await context.output.out(context.json ? toJson(experimentJson(experiment)) : experimentText(experiment, context.args.flag('all')))
    return exitOf(experiment, context)
  } finally {
    await Promise.all([session.close(), keeper?.close()])
  }
}

/** The comparison that the command line asks for. */
export async function requestOf(args: Arguments, session: Session): Promise<ComparisonRequest> {
  const { content } = session.parts
  const seeds = args.whole('seeds', 1, 100, 0)
  const chosen = await chooseScenario(args.positionals[0], content, () => defaultKernel(content.kernels))
  const named = await Promise.all(args.texts('policy').map((policy) => choosePolicy(policy, session)))
  const asked = args.texts('variant').map(readVariant)
  const own = (chosen.preset?.policies ?? []).map((name) => ({ kind: 'name' as const, name }))
  return {
    scenario: chosen.preset === undefined ? { kind: 'inline', scenario: chosen.scenario } : { kind: 'preset', id: chosen.preset.id },
    base: args.text('base') ?? chosen.preset?.base ?? defaultKernel(content.kernels).definition.name,
    policies: named.length > 0 ? named : own,
    variants: asked.length > 0 ? asked : chosen.preset?.variants ?? [],
    seeds: seeds > 0 ? seeds : chosen.preset?.seeds ?? DEFAULT_SEEDS,
    set: readPairs('set', args.texts('set')),
  }
}

/** `swappiness 10: vm.swappiness=10 kernel=linux-6.1` */
function readVariant(text: string): Variant {
  const at = text.indexOf(':')
  if (at < 1) return refuse(`--variant ${text}`, 'must be "label: name=value …", as in --variant "no boost: vm.watermark_boost_factor=0"')
  const { kernel, policies, ...set } = readPairs('variant', text.slice(at + 1).split(/\s+/).filter((word) => word !== ''))
  return { label: text.slice(0, at).trim(), set, ...(kernel === undefined ? {} : { kernel }), ...(policies === undefined ? {} : { policies: policies.split(',') }) }
}

/** 3 when a run failed, is stuck or panicked; an interrupt before that. */
export function exitOf(experiment: Experiment, context: CommandContext): ExitCode {
  const interrupted = context.interrupt.code()
  if (interrupted !== undefined) return interrupted
  return experiment.status().runs.some((run) => run.state === 'failed' || run.end === 'stuck' || run.end === 'panic') ? EXIT.runFailed : EXIT.ok
}

export function experimentText(experiment: Experiment, all: boolean): string {
  const status = experiment.status()
  const { prepared } = experiment
  const head = `${prepared.title.en}\n${status.machines.map((machine) => machine.label).join(' against ')}; ${prepared.seeds} ${prepared.seeds === 1 ? 'seed' : 'seeds'}\n`
  const partial = status.comparison?.partial === true ? `PARTIAL: ${status.comparison.seeds} of ${prepared.seeds} seeds are in on every machine.\n` : ''
  const remarks = runRemarks(status).map((line) => `! ${line}\n`).join('')
  return head + partial + remarks + (status.comparison === undefined ? '' : comparisonText(status, status.comparison, all))
}
