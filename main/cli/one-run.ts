/** What the commands share that look at one run: a scenario, at most one policy, one seed. */
import { jobOf } from '../lab/experiment'
import { defaultKernel, prepare, type PreparedExperiment } from '../lab/request'
import { readPairs, type Arguments, type OptionSpecs } from './arguments'
import { SCENARIO_OPTIONS } from './compare-command'
import { refuse, unwrap } from './problem-error'
import { choosePolicy } from './policy-argument'
import { chooseScenario } from './scenario-argument'
import type { Session } from './session'

export const ONE_RUN_OPTIONS: OptionSpecs = {
  ...SCENARIO_OPTIONS,
  policy: { type: 'string', short: 'p', value: 'NAME|FILE.ts', about: 'a policy over the base; without one the base decides alone' },
  seed: { type: 'string', value: 'N', about: 'the seed (1)' },
}

const LARGEST_SEED = 0xffff_ffff
export const NS_PER_MS = 1e6

export interface PreparedRun extends PreparedExperiment {
  readonly firstSeed: number
}

/** The run that the command line names; `scenario` is its preset or file. */
export async function prepareOne(args: Arguments, scenario: string, session: Session): Promise<PreparedRun> {
  const { parts: { content }, library } = session
  const firstSeed = args.whole('seed', 0, LARGEST_SEED, 1)
  const kernel = defaultKernel(content.kernels)
  const chosen = await chooseScenario(scenario, content, () => kernel)
  const policy = args.text('policy')
  const prepared = unwrap(await prepare({
    scenario: chosen.preset === undefined ? { kind: 'inline', scenario: chosen.scenario } : { kind: 'preset', id: chosen.preset.id },
    base: args.text('base') ?? chosen.preset?.base ?? kernel.definition.name,
    policies: policy === undefined ? [] : [await choosePolicy(policy, session)],
    seeds: 1, set: readPairs('set', args.texts('set')),
  }, content, library))
  // Of base and policy only the last is wanted.
  return { ...prepared, firstSeed, machines: prepared.machines.slice(-1) }
}

/** The same as a job, for those who run it outside an experiment. */
export function jobOfOne(prepared: PreparedRun): ReturnType<typeof jobOf> {
  return jobOf({ id: 'e1.0.1', machine: 0, seed: prepared.firstSeed, state: 'waiting', fraction: 0 }, prepared)
}

/** The value in ms of `--option`, as ns; 0 when it is not given. */
export function timeOption(args: Arguments, option: string): number {
  const text = args.text(option) ?? '0'
  const ms = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN
  return ms >= 0 ? Math.round(ms * NS_PER_MS) : refuse(`--${option}`, `must be a time in ms, such as 1500, not ${JSON.stringify(text.slice(0, 40))}`)
}
