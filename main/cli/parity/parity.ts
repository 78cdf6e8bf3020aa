/** The work of `lab parity`: chooses runs, spreads them over runner processes, writes summaries, prints, and finds the exit status. */
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { createContent } from '../../lab/default-content'
import { realRuns } from '../../lab/default-parts'
import { openMeasured } from '../../lab/parity/measured-data'
import type { MeasuredRun } from '../../lab/parity/measured-data'
import { chooseRuns, runParity } from '../../lab/parity/parity'
import type { Parity } from '../../lab/parity/parity'
import type { Replayed } from '../../lab/parity/replay'
import { defaultKernel } from '../../lab/request'
import { projectRoot } from '../../root'
import { forkChildRunner } from '../../runner/fork-child'
import { toJson, type CommandContext } from '../command'
import { EXIT, type ExitCode } from '../exit-codes'
import type { Output } from '../output'
import { refuse } from '../problem-error'
import { parityJson, parityText } from './parity-text'
import { messageOf } from '../../lab/problems'

/** The measured data that comes with the project. */
const OWN_DATA = join('test', 'parity')

export async function parity(context: CommandContext): Promise<ExitCode> {
  const { args, json, output, interrupt } = context
  const folder = args.text('data') === undefined ? join(projectRoot, OWN_DATA) : resolve(args.text('data') ?? '')
  const data = await openFolder(folder)
  const chosen = chooseRuns(data, args.text('only'))
  if (chosen.length === 0) refuseEmpty(data.runs, args.text('only'), folder)
  const out = args.text('out')
  if (out !== undefined) await makeFolder(resolve(out))
  const runs = realRuns(forkChildRunner, { parallel: Math.min(availableParallelism(), chosen.length) })
  const started = performance.now()
  try {
    const options = { runs, kernel: defaultKernel(createContent().kernels), signal: interrupt.signal, onEnd: progress(output) }
    const result = await runParity(data, chosen, options, done => writeSummaries(done, out))
    clearProgress(output)
    const wallMs = performance.now() - started
    await output.out(json ? toJson(parityJson(result, wallMs)) : parityText(result, wallMs))
    return interrupt.code() ?? exitOf(result)
  } finally {
    await runs.close()
  }
}

async function openFolder(folder: string) {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() !== true) refuse('--data', `there is no folder ${folder}`)
  return openMeasured(folder)
}

function refuseEmpty(all: readonly MeasuredRun[], only: string | undefined, folder: string): never {
  if (all.length === 0) refuse('--data', `${folder} holds no <scenario>/<variant>/run<k>/config.json`)
  const families = [...new Set(all.map(({ id }) => id.split('/')[0]))]
  return refuse('--only', `no run's name contains ${JSON.stringify((only ?? '').slice(0, 60))}. Scenarios: ${families.join(', ')}`)
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => refuse('--out', `can't make the folder ${folder}: ${messageOf(error)}`))
}

async function writeSummaries(done: readonly Extract<Replayed, { readonly end: 'done' }>[], out: string | undefined): Promise<void> {
  if (out === undefined) return
  await Promise.all(done.map(async ({ run, summary }) => {
    const folder = join(resolve(out), run.id)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'summary.json'), JSON.stringify(summary))
  }))
}

/** One line a run; on a terminal always the same line. */
function progress(output: Output): (replayed: Replayed, ended: number, started: number) => void {
  return ({ run, end }, ended, started) => {
    const text = `${ended} of ${started} runs  ${run.id}${end === 'done' ? '' : `  ${end}`}`
    void output.err(output.errIsTerminal ? `\r\u001b[K${text.slice(0, output.errColumns - 1)}` : `${text}\n`)
  }
}

function clearProgress(output: Output): void {
  if (output.errIsTerminal) void output.err('\r\u001b[K')
}

function exitOf({ replayed, watermarks, uncompared, problems }: Parity): ExitCode {
  if (problems.length > 0 || replayed.some(({ end }) => end === 'failed' || end === 'unreadable')) return EXIT.runFailed
  const missing = uncompared.some(({ why }) => why === 'no measured marks')
  return missing || watermarks.some(({ boot, exact }) => !boot && !exact) ? EXIT.no : EXIT.ok
}
