/** `lab proc`: a file of /proc as the simulated machine prints it at some time of a run. */
import { PROC_FILES, procFiles, type ProcFile } from '../lab/proc/proc-files'
import { stateAt } from '../lab/proc/state-at'
import { ms } from '../lab/diverge/sentences'
import { toJson, type Command, type CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { jobOfOne, ONE_RUN_OPTIONS, prepareOne, timeOption } from './one-run'
import { refuse } from './problem-error'
import { openSession } from './session'

export const procCommand: Command = {
  name: 'proc',
  about: 'print a /proc file of the simulated machine at some time of a run',
  details: [
    `FILE is one of ${PROC_FILES.join(', ')}; all but pageblocks look as the machine's kernel (--base) prints them, so tools that read /proc read them too: lab import takes zoneinfo, buddyinfo, vmstat, meminfo, swaps and sysctl back.`,
    'pageblocks is the lab\'s own: every zone as a map of its pageblocks, one letter each, to be compared before and after compaction.',
    'The state is that of the time asked for, or of the end of the turn that was going on then; after the end of the run, that of the end. With --json: {t, files} with every file.',
  ].join('\n'),
  names: ['file', 'preset|scenario.json'],
  options: {
    ...ONE_RUN_OPTIONS,
    at: { type: 'string', value: 'MS', about: 'time since the workload started (0: before its first instruction)' },
  },
  run,
}

async function run(context: CommandContext): Promise<ExitCode> {
  const { args, json, output, interrupt } = context
  const file = fileNamed(args.positionals[0])
  const t = timeOption(args, 'at')
  const session = await openSession(args.text('workspace'))
  try {
    const prepared = await orInterrupted(interrupt, prepareOne(args, args.positionals[1], session))
    const state = await orInterrupted(interrupt, stateAt(jobOfOne(prepared), t, session.parts.runs))
    const files = procFiles(state)
    const text = files[file] ?? refuse('<file>', `${file} is a file that ${state.procFiles} does not have; it has ${Object.keys(files).join(', ')}`)
    if (state.t < t) await output.err(`! the run ended at ${ms(state.t)}; this is its end\n`)
    await output.out(json ? toJson({ t: state.t, files }) : text)
    return EXIT.ok
  } finally {
    await session.close()
  }
}

function fileNamed(name: string): ProcFile {
  const plain = name.replace(/^\/proc\//, '')
  return PROC_FILES.find((file) => file === plain) ?? refuse('<file>', `must be one of ${PROC_FILES.join(', ')}, not ${JSON.stringify(name.slice(0, 40))}`)
}
