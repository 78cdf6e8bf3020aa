/** Options that write what was run to files; the window's menu gives the same ones. `-` is stdout. */
import { join } from 'node:path'
import type { ExportFile } from '../../preload/contract'
import { CHARTS } from '../engine'
import { chartsOfRuns } from '../lab/charts/chart-list'
import type { Experiment } from '../lab/experiment'
import { chartFile, detailOf, experimentFile, runFile, type Recorded } from '../lab/export/exports'
import type { LabParts } from '../lab/parts'
import type { Arguments, OptionSpecs } from './arguments'
import type { CommandContext } from './command'
import { makeFolder, writeTo } from './out-places'
import { refuse, unwrap } from './problem-error'

export const OUT_OPTIONS: OptionSpecs = {
  csv: { type: 'string', value: 'FILE', about: 'write a line a run with every metric' },
  report: { type: 'string', value: 'FILE.html', about: 'write one HTML file that is read without the lab; lab run makes its runs again' },
  bundle: { type: 'string', value: 'FILE.json', about: 'write all that makes the runs, to have the same digests elsewhere: lab run FILE.json' },
  series: { type: 'string', value: 'FILE.csv', about: 'write the sampled series of a run' },
  trace: { type: 'string', value: 'FILE.json', about: 'write the events and series of a run as a trace that ui.perfetto.dev opens' },
  charts: { type: 'string', value: 'FOLDER', about: 'write every chart as SVG, of the first seed, all machines in each; PNG is made by the window only, from a chart\'s menu' },
}

/** Options that are of one run, where there are several. */
export const OUT_RUN_OPTIONS: OptionSpecs = {
  machine: { type: 'string', value: 'N', about: 'whose --series and --trace: 0 is the base (0)' },
}

/** All that was asked for. A file that can't be written ends the command with its reason; nothing is printed twice. */
export async function writeOut(experiment: Experiment, session: { readonly parts: Pick<LabParts, 'content'> }, context: CommandContext): Promise<void> {
  const { args } = context
  for (const kind of ['csv', 'report', 'bundle'] as const) {
    const path = args.text(kind)
    if (path !== undefined) await write(`--${kind}`, path, experimentFile(kind, experiment, session.parts.content), context)
  }
  for (const kind of ['series', 'trace'] as const) {
    const path = args.text(kind)
    if (path !== undefined) await write(`--${kind}`, path, runFile(kind, chosenRun(experiment, args, kind)), context)
  }
  const folder = args.text('charts')
  if (folder !== undefined) await writeCharts(folder, experiment, context)
}

/** Is stdout taken by a file? Then the command's own text goes nowhere. */
export function stdoutTaken(args: Arguments): boolean {
  return Object.keys(OUT_OPTIONS).some((name) => args.text(name) === '-')
}

function chosenRun(experiment: Experiment, args: Arguments, option: string): Recorded {
  const machine = args.whole('machine', 0, experiment.prepared.machines.length - 1, 0)
  const recorded = recordedRuns(experiment).find(({ run }) => run.machine === machine)
  return recorded ?? refuse(`--${option}`, `no run of machine ${machine} has recorded anything`)
}

function recordedRuns(experiment: Experiment): readonly Recorded[] {
  return experiment.runs.flatMap((run) => (run.recording === undefined ? [] : [{ experiment, run, recording: run.recording }]))
}

const MOST_CHARTED = 8

/** Of the first seed: all machines in each chart. */
async function writeCharts(folder: string, experiment: Experiment, context: CommandContext): Promise<void> {
  const all = recordedRuns(experiment)
  const recorded = all.filter(({ run }) => run.seed === all[0]?.run.seed).slice(0, MOST_CHARTED)
  if (recorded.length === 0) refuse('--charts', 'no run has recorded anything')
  await makeFolder('--charts', folder)
  const t1 = Math.max(1, ...recorded.map(({ recording }) => recording.summary.durationNs))
  const layout = recorded.length > 1 ? 'overlay' : 'side'
  const runs = recorded.map(({ run }) => run.id)
  for (const { id } of chartsOfRuns(CHARTS, recorded.map(detailOf))) {
    const file = unwrap(chartFile({ kind: 'chart', chart: id, runs, t0: 0, t1, language: 'en', theme: 'light', layout }, recorded))
    await write('--charts', join(folder, file.name), file, context)
  }
}

async function write(option: string, path: string, { text }: ExportFile, { output }: CommandContext): Promise<void> {
  return path === '-' ? output.out(text) : writeTo(option, path, text)
}
