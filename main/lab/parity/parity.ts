/** The whole comparison: which runs, their simulation, and only then what was measured. */
import type { Problem } from '../../../preload/contract'
import type { MeasuredData, MeasuredRun } from './measured-data'
import { isWallClock, UnreadableMeasurement, WATERMARK_FAMILY } from './measured-data'
import type { SummaryReading } from './metrics'
import { replay } from './replay'
import type { Replayed, ReplayOptions } from './replay'
import { grouped, scoreCells, scoreOf } from './score'
import type { Cell, Score } from './score'
import { compareRows, simulatedRows } from './watermark-rows'
import type { ComparedRow } from './watermark-rows'

export interface Parity {
  readonly replayed: readonly Replayed[]
  readonly cells: readonly Cell[]
  readonly score: Score
  readonly watermarks: readonly ComparedRow[]
  /** Variants that were simulated and have nothing measured to be compared with, or nothing that could be. */
  readonly uncompared: readonly { readonly variant: string; readonly why: string }[]
  /** Measured files that can't be used. */
  readonly problems: readonly Problem[]
  readonly simulatedMs: number
}

type Done = Extract<Replayed, { readonly end: 'done' }>

export function chooseRuns({ runs }: MeasuredData, only: string | undefined): readonly MeasuredRun[] {
  return only === undefined ? runs : runs.filter(({ id }) => id.includes(only))
}

/** `simulated` is told of every finished run before anything measured is read: the place to write it down. */
export async function runParity(data: MeasuredData, chosen: readonly MeasuredRun[], options: ReplayOptions, simulated: (done: readonly Done[]) => Promise<void> = async () => undefined): Promise<Parity> {
  const replayed = await replay(chosen, options)
  const done = replayed.filter(each => each.end === 'done')
  await simulated(done)
  const problems: Problem[] = []
  const tables = done.filter(({ run }) => isTable(run.variant))
  const rows = await Promise.all(tables.map(async ({ run, scenario, snapshots }) => compareRows(run.id, scenario, await usable(data.watermarks(run, scenario), problems), simulatedRows(snapshots))))
  const { variants, uncompared } = await withMeasured(data, done.filter(({ run }) => !isTable(run.variant)), problems)
  const bare = tables.filter((_, i) => rows[i].length === 0).map(({ run }) => ({ variant: run.variant, why: 'no measured marks' }))
  const cells = scoreCells(variants)
  return { replayed, cells, score: scoreOf(cells), watermarks: rows.flat(), uncompared: [...bare, ...uncompared], problems, simulatedMs: done.reduce((sum, { summary }) => sum + summary.guest_duration_ms, 0) }
}

const isTable = (variant: string): boolean => variant.startsWith(`${WATERMARK_FAMILY}/`)

async function withMeasured(data: MeasuredData, done: readonly Done[], problems: Problem[]) {
  const variants: { readonly id: string; readonly measured: readonly SummaryReading[]; readonly simulated: readonly SummaryReading[] }[] = []
  const uncompared: { readonly variant: string; readonly why: string }[] = []
  for (const [id, runs] of grouped(done, ({ run }) => run.variant)) {
    const measured = isWallClock(id) ? [] : await usable(data.summaries(id), problems)
    if (measured.length > 0) variants.push({ id, measured, simulated: runs.map(({ summary }) => summary) })
    else uncompared.push({ variant: id, why: isWallClock(id) ? 'measured on a loaded host\'s wall clock' : 'no measured summary' })
  }
  return { variants, uncompared }
}

async function usable<T>(reading: Promise<readonly T[]>, problems: Problem[]): Promise<readonly T[]> {
  try {
    return await reading
  } catch (error) {
    if (!(error instanceof UnreadableMeasurement)) throw error
    problems.push({ path: error.path, message: error.message })
    return []
  }
}
