/** `lab bundle`: a comparison as one file that runs again elsewhere; and how `lab run` runs one. */
import { runJson, toJson } from '../lab/export/experiment-json'
import { openBundle } from '../lab/export/bundle'
import type { Experiment } from '../lab/experiment'
import { COMPARE_OPTIONS, exitOf, requestOf } from './compare-command'
import type { Command, CommandContext } from './command'
import { EXIT, type ExitCode } from './exit-codes'
import { orInterrupted } from './interrupt'
import { writeOut } from './out-options'
import { checkFile } from './out-places'
import { refuse, unwrap } from './problem-error'
import { createProgress } from './progress'
import { runRemarks } from './run-report'
import { prepare } from '../lab/request'
import { openSession, runToEnd, type Session } from './session'
import { table } from './table'

export const bundleCommand: Command = {
  name: 'bundle',
  about: 'run a comparison and write it as one file that runs again elsewhere to the same digests',
  details: 'The file holds scenarios, policies with source and parameters, kernels by name and hash, seeds, engine version and every digest. `lab run FILE` makes the runs again and compares.',
  names: ['preset|scenario.json', 'file.json'],
  options: COMPARE_OPTIONS,
  run: bundle,
}

async function bundle(context: CommandContext): Promise<ExitCode> {
  checkFile('<file.json>', context.args.positionals[1])
  const session = await openSession(context.args.text('workspace'))
  try {
    const request = await orInterrupted(context.interrupt, requestOf(context.args, session))
    const prepared = unwrap(await orInterrupted(context.interrupt, prepare(request, session.parts.content, session.library)))
    const experiment = await runToEnd(session, prepared, createProgress(context.output, context.args.flag('progress')), context.interrupt)
    const [, path] = context.args.positionals
    await writeOut(experiment, session, { ...context, args: { ...context.args, text: (name) => (name === 'bundle' ? path : context.args.text(name)) } })
    const runs = experiment.runs.filter((run) => run.state === 'done').length
    const told = { file: path, runs, digests: experiment.runs.map((run) => run.recording?.digest ?? null) }
    if (path !== '-') await context.output.out(context.json ? toJson(told) : `${runs} ${runs === 1 ? 'run' : 'runs'} written to ${path}\n`)
    return exitOf(experiment, context)
  } finally {
    await session.close()
  }
}

/** Every run of a bundle again; exit status 1 when a digest differs. */
export async function runBundle(file: string, session: Session, context: CommandContext): Promise<ExitCode> {
  for (const name of ['policy', 'set', 'base', 'seed']) if (context.args.texts(name).length > 0) refuse(`--${name}`, 'does not go with a bundle, which says what runs')
  const prepared = unwrap(await orInterrupted(context.interrupt, openBundle(file, session.parts.content, session.library)))
  const experiment = await runToEnd(session, prepared, createProgress(context.output, context.args.flag('progress')), context.interrupt)
  await writeOut(experiment, session, context)
  const { expected, same } = tally(experiment)
  await context.output.out(context.json ? toJson({ bundle: true, expected, same, runs: experiment.runs.map((run, i) => ({ ...runJson(experiment, run), expected: experiment.status().runs[i].expected ?? null })) }) : text(experiment))
  const exit = exitOf(experiment, context)
  return exit === EXIT.ok && same < expected ? EXIT.no : exit
}

function tally(experiment: Experiment): { readonly expected: number; readonly same: number } {
  const known = experiment.status().runs.filter((run) => run.expected !== undefined)
  return { expected: known.length, same: known.filter((run) => run.expected === run.digest).length }
}

function text(experiment: Experiment): string {
  const status = experiment.status()
  const { expected, same } = tally(experiment)
  const rows = status.runs.map((run) => [status.machines[run.machine].label, String(run.seed), run.digest ?? run.state, run.expected === undefined ? 'not in the bundle' : run.expected === run.digest ? 'same' : `differs: ${run.expected}`])
  const verdict = same === expected ? `All ${expected} digests are those of the bundle.\n` : `${expected - same} of ${expected} digests are NOT those of the bundle.\n`
  const remarks = runRemarks(status).map((line) => `! ${line}\n`).join('')
  return `${status.title.en}\n${remarks}${table([{ title: 'Machine', align: 'left' }, { title: 'Seed', align: 'right' }, { title: 'Digest', align: 'left' }, { title: 'Against the bundle', align: 'left' }], rows)}${verdict}`
}
