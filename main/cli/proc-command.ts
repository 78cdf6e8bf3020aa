/** `lab proc`: a file of /proc as the simulated machine prints it at some time of a run. */
import { jobOf } from '../lab/experiment'
import { PROC_FILES, procFiles, type ProcFile } from '../lab/proc/proc-files'
import { stateAt } from '../lab/proc/state-at'
import { defaultKernel, prepare, type PreparedExperiment } from '../lab/request'
import { readPairs } from './arguments'
import { toJson, type Command, type CommandContext } from './command'
import { SCENARIO_OPTIONS } from './compare-command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { refuse, unwrap } from './problem-error'
import { choosePolicy, chooseScenario } from './scenario-argument'
import { openSession, type Session } from './session'

export const procCommand: Command = {
  name: 'proc',
  about: 'print a /proc file of the simulated machine at some time of a run',
  details: [
    `FILE is one of ${PROC_FILES.join(', ')}; they look as linux-6.1 prints them, so tools that read /proc read them too: lab import takes zoneinfo, buddyinfo, vmstat, meminfo and sysctl back.`,
    'The state is that of the time asked for, or of the end of the turn that was going on then; after the end of the run, that of the end. With --json: {t, files} with every file.',
  ].join('\n'),
  names: ['file', 'preset|scenario.json'],
  options: {
    ...SCENARIO_OPTIONS,
    at: { type: 'string', value: 'MS', about: 'time since the workload started (0: before its first instruction)' },
    policy: { type: 'string', short: 'p', value: 'NAME|FILE.ts', about: 'a policy over the base' },
    seed: { type: 'string', value: 'N', about: 'the seed (1)' },
  },
  run,
}

const LARGEST_SEED = 0xffff_ffff
const NS_PER_MS = 1e6

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, json, output, interrupt } = context
  const file = fileNamed(args.positionals[0])
  const t = timeAt(args.text('at') ?? '0')
  const session = await openSession(args.text('workspace'))
  try {
    const prepared = await orInterrupted(interrupt, prepareRun(context, session))
    const seed = args.whole('seed', 0, LARGEST_SEED, 1)
    const job = jobOf({ id: 'e1.0.1', machine: 0, seed, state: 'waiting', fraction: 0 }, prepared)
    const state = await orInterrupted(interrupt, stateAt(job, t, session.parts.runs))
    const files = procFiles(state)
    await output.out(json ? toJson({ t: state.t, files }) : files[file])
    return EXIT.ok
  } finally {
    await session.close()
  }
}

function fileNamed(name: string): ProcFile {
  const plain = name.replace(/^\/proc\//, '')
  return PROC_FILES.find((file) => file === plain) ?? refuse('<file>', `must be one of ${PROC_FILES.join(', ')}, not ${JSON.stringify(name.slice(0, 40))}`)
}

function timeAt(text: string): number {
  const ms = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN
  return ms >= 0 ? Math.round(ms * NS_PER_MS) : refuse('--at', `must be a time in ms, such as 1500, not ${JSON.stringify(text.slice(0, 40))}`)
}

async function prepareRun({ args }: CommandContext, session: Session): Promise<PreparedExperiment> {
  const { content } = session.parts
  const kernel = defaultKernel(content.kernels)
  const chosen = await chooseScenario(args.positionals[1], content, () => kernel)
  const policy = args.text('policy')
  const prepared = unwrap(await prepare({
    scenario: chosen.preset === undefined ? { kind: 'inline', scenario: chosen.scenario } : { kind: 'preset', id: chosen.preset.id },
    base: args.text('base') ?? chosen.preset?.base ?? kernel.definition.name,
    policies: policy === undefined ? [] : [await choosePolicy(policy)],
    seeds: 1, set: readPairs('set', args.texts('set')),
  }, content, session.library))
  // Of base and policy only the last is wanted.
  return { ...prepared, machines: prepared.machines.slice(-1), stacks: prepared.stacks.slice(-1) }
}
