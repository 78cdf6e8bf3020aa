/**
 * Where measured runs come from: a folder with `<scenario>/<variant>/run<k>/config.json` and, for the comparison, summary.json or series.json beside it; or the
 * compact form in three files (test/parity). Configurations and measurements are read by separate calls, so that a measurement is never at hand while a run is simulated.
 */
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Scenario } from '../../engine'
import type { SummaryReading } from './metrics'
import { rowsOfSeries, rowsOfTable } from './watermark-rows'
import type { WatermarkRow } from './watermark-rows'
import { messageOf } from '../problems'

export interface MeasuredRun {
  /** `B_stream/seq_256M/run1` */
  readonly id: string
  /** `B_stream/seq_256M` */
  readonly variant: string
  /** Where the configuration is, for messages. */
  readonly path: string
  config(): Promise<string>
}

export interface MeasuredData {
  readonly runs: readonly MeasuredRun[]
  /** All measured runs of a variant; empty where there are none. */
  summaries(variant: string): Promise<readonly SummaryReading[]>
  watermarks(run: MeasuredRun, scenario: Scenario): Promise<readonly WatermarkRow[]>
}

export const WATERMARK_FAMILY = 'A_watermarks'
export const CONFIGS = 'configs.jsonl'
export const SUMMARIES = 'summaries.jsonl'
const WATERMARKS = 'watermarks.csv'

/** Made on wall-clock time of a loaded host: they spread too much to be compared. */
export const isWallClock = (variant: string): boolean => variant.includes('mttcg')

export async function openMeasured(folder: string): Promise<MeasuredData> {
  return (await exists(join(folder, CONFIGS))) ? openCompact(folder) : openFolder(folder)
}

// ---- a folder of runs ---------------------------------------------------------------------------------------------------

async function openFolder(root: string): Promise<MeasuredData> {
  const runs: MeasuredRun[] = []
  for (const family of await folders(root))
    for (const name of await folders(join(root, family)))
      for (const run of await runsOf(join(root, family, name))) {
        const path = join(root, family, name, run, 'config.json')
        if (await exists(path)) runs.push({ id: `${family}/${name}/${run}`, variant: `${family}/${name}`, path, config: () => readFile(path, 'utf8') })
      }
  return {
    runs,
    summaries: async variant => {
      const files = (await runsOf(join(root, variant))).map(run => join(root, variant, run, 'summary.json'))
      const present = await Promise.all(files.map(async file => ((await exists(file)) ? [readSummary(await readFile(file, 'utf8'), file)] : [])))
      return present.flat().filter(({ ok }) => ok !== false)
    },
    watermarks: async ({ id }, scenario) => {
      const file = join(root, id, 'series.json')
      if (!(await exists(file))) return []
      return readAs(file, async () => rowsOfSeries(JSON.parse(await readFile(file, 'utf8')) as unknown, scenario))
    },
  }
}

async function folders(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name).sort()
}

async function runsOf(variant: string): Promise<readonly string[]> {
  const number = (run: string) => Number(run.slice('run'.length))
  return (await folders(variant)).filter(run => /^run\d+$/.test(run)).sort((a, b) => number(a) - number(b))
}

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false)
}

// ---- the compact form -----------------------------------------------------------------------------------------------------

const configLine = z.object({ run: z.string().regex(/^[^/]+\/[^/]+\/run\d+$/), config: z.unknown() })
const summaryLine = z.object({ run: z.string(), summary: z.unknown() })

async function openCompact(folder: string): Promise<MeasuredData> {
  const file = join(folder, CONFIGS)
  const runs = (await lines(file)).map(({ text, path }): MeasuredRun => {
    const line = configLine.safeParse(parseOr(text, undefined))
    // A damaged line is a run that can't be read; the others don't suffer.
    if (!line.success) return { id: path, variant: path, path, config: () => Promise.reject(new Error('is no line {"run": "<scenario>/<variant>/run<k>", "config": …}')) }
    const { run, config } = line.data
    return { id: run, variant: run.slice(0, run.lastIndexOf('/')), path: `${path} (${run})`, config: () => Promise.resolve(JSON.stringify(config)) }
  })
  let summaries: Promise<ReadonlyMap<string, readonly SummaryReading[]>> | undefined
  return {
    runs,
    summaries: async variant => (await (summaries ??= readSummaries(join(folder, SUMMARIES)))).get(variant) ?? [],
    watermarks: async ({ variant }) => {
      const [family, name] = variant.split('/')
      return family === WATERMARK_FAMILY && (await exists(join(folder, WATERMARKS))) ? rowsOfTable(await readFile(join(folder, WATERMARKS), 'utf8'), name) : []
    },
  }
}

async function readSummaries(file: string): Promise<ReadonlyMap<string, readonly SummaryReading[]>> {
  const variants = new Map<string, SummaryReading[]>()
  for (const { text, path } of (await exists(file)) ? await lines(file) : []) {
    const line = summaryLine.safeParse(parse(text, path))
    if (!line.success) throw new UnreadableMeasurement(path, 'is no line {"run": …, "summary": …}')
    const { run, summary } = line.data
    const variant = run.slice(0, run.lastIndexOf('/'))
    variants.set(variant, [...(variants.get(variant) ?? []), checkSummary(summary, path)])
  }
  return variants
}

async function lines(file: string): Promise<readonly { readonly text: string; readonly path: string }[]> {
  return (await readFile(file, 'utf8')).split('\n').map((text, i) => ({ text, path: `${file}:${i + 1}` })).filter(({ text }) => text !== '')
}

// ---- what was measured ------------------------------------------------------------------------------------------------------

const figure = z.number().optional()
const summaryShape = z.object({
  ok: z.boolean().optional(), guest_duration_ms: figure, delta: z.record(z.string(), z.number()).optional(),
  gauge: z.record(z.string(), z.object({ start: figure, end: figure, min: figure, max: figure })).optional(),
  psi_mem_us: z.object({ some: figure }).optional(), kswapd_cpu_ms: figure,
})

function readSummary(text: string, path: string): SummaryReading {
  return checkSummary(parse(text, path), path)
}

function checkSummary(value: unknown, path: string): SummaryReading {
  const parsed = summaryShape.safeParse(value)
  if (!parsed.success) throw new UnreadableMeasurement(path, `is no summary of a run: ${parsed.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`).join('; ')}`)
  return parsed.data
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw new UnreadableMeasurement(path, `is not JSON: ${messageOf(error)}`)
  }
}

function parseOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return otherwise
  }
}

async function readAs<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw new UnreadableMeasurement(path, `can't be read as a measured series: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`)
  }
}

/** A file of the measured data that can't be used. */
export class UnreadableMeasurement extends Error {
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}
