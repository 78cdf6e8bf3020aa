/** Files that leave the lab, by what is asked for: the one place from which window and terminal get them. */
import type { ExportFile, ExportRequest, Result } from '../../../preload/contract'
import { CHARTS } from '../../engine'
import { chartsOfRuns } from '../charts/chart-list'
import type { Experiment, LabRun } from '../experiment'
import type { Content } from '../parts'
import { done, fail, show } from '../problems'
import { runDetail, seriesSlice } from '../run-views'
import { makeBundle } from './bundle'
import { chartSvg, type ChartRun } from './chart-svg'
import { chromeTrace } from './chrome-trace'
import { experimentJson, toJson } from './experiment-json'
import { reportHtml } from './report'
import { runsCsv, seriesCsv } from './runs-csv'

/** A run that has recorded something, with its experiment. */
export interface Recorded { readonly experiment: Experiment; readonly run: LabRun; readonly recording: NonNullable<LabRun['recording']> }

/** The bridge carries anything; what follows may rely on the types of a request. Values are checked where they are used. */
export function readExportRequest(request: unknown): Result<ExportRequest> {
  const given = (request ?? {}) as Readonly<Record<string, unknown>>
  const { kind } = given
  const wants = (name: string, good: boolean): Result<ExportRequest> => good ? done(request as ExportRequest) : fail(name, `of ${String(kind)} is missing or of the wrong kind: ${show(given[name])}`)
  if (kind === 'csv' || kind === 'json' || kind === 'report' || kind === 'bundle') return wants('experiment', typeof given['experiment'] === 'string')
  if (kind === 'series' || kind === 'trace') return wants('run', typeof given['run'] === 'string')
  if (kind !== 'chart') return fail('kind', `must be csv, json, report, bundle, series, trace or chart, not ${show(kind)}`)
  const runs = given['runs']
  const named = Array.isArray(runs) && runs.length > 0 && runs.length <= MOST_CHARTED && runs.every((run) => typeof run === 'string')
  return named ? wants('chart', typeof given['chart'] === 'string') : wants('runs', false)
}

/** Runs in one picture. */
const MOST_CHARTED = 16

export function experimentFile(kind: 'csv' | 'json' | 'report' | 'bundle', experiment: Experiment, content: Content): ExportFile {
  const { id } = experiment.prepared.scenario
  switch (kind) {
    case 'csv': return { name: `${id}-runs.csv`, type: 'text/csv', text: runsCsv(experiment) }
    case 'json': return { name: `${id}.json`, type: 'application/json', text: toJson(experimentJson(experiment)) }
    case 'report': return { name: `${id}-report.html`, type: 'text/html', text: reportHtml(experiment, content) }
    case 'bundle': return { name: `${id}-bundle.json`, type: 'application/json', text: `${JSON.stringify(makeBundle(experiment, content), null, 1)}\n` }
  }
}

export function runFile(kind: 'series' | 'trace', { experiment, run, recording }: Recorded): ExportFile {
  const { label, scenario } = experiment.prepared.machines[run.machine]
  const name = `${scenario.id}-${fileWord(label)}-seed-${run.seed}`
  return kind === 'series'
    ? { name: `${name}-series.csv`, type: 'text/csv', text: seriesCsv(recording) }
    : { name: `${name}-trace.json`, type: 'application/json', text: chromeTrace(recording, { title: scenario.title.en, machine: label }) }
}

const CHART_POINTS = 1_200

export function chartFile(request: Extract<ExportRequest, { readonly kind: 'chart' }>, recorded: readonly Recorded[]): Result<ExportFile> {
  const { t0, t1, language, theme, layout } = request
  if (!(t0 >= 0 && t1 > t0 && t1 <= Number.MAX_SAFE_INTEGER)) return fail('t1', `must be a time in ns after ${show(t0)}, not ${show(t1)}`)
  if (!['en', 'zh'].includes(language)) return fail('language', `must be en or zh, not ${show(language)}`)
  if (!['light', 'dark'].includes(theme)) return fail('theme', `must be light or dark, not ${show(theme)}`)
  if (!['overlay', 'side'].includes(layout)) return fail('layout', `must be overlay or side, not ${show(layout)}`)
  const charts = chartsOfRuns(CHARTS, recorded.map(detailOf))
  const chart = charts.find((one) => one.id === request.chart)
  if (chart === undefined) return fail('chart', `there is no chart ${show(request.chart)}; there are ${charts.map((one) => one.id).join(', ')}`)
  const ids = chart.lines.map(({ series }) => series)
  const runs = recorded.map(({ experiment, run, recording }): ChartRun => ({ label: experiment.prepared.machines[run.machine].label, machine: run.machine, slice: seriesSlice(recording, ids, t0, t1, CHART_POINTS) }))
  const [first] = recorded
  const { scenario } = first.experiment.prepared.machines[first.run.machine]
  const note = `${scenario.title[language]} · ${language === 'zh' ? '种子' : 'seed'} ${first.run.seed} · ${first.recording.engine}`
  return done({ name: `${scenario.id}-${fileWord(chart.id)}.svg`, type: 'image/svg+xml', text: chartSvg({ chart, runs, t0, t1, language, theme, layout, note }) })
}

export function detailOf({ experiment, run, recording }: Recorded): ReturnType<typeof runDetail> {
  return runDetail(run.id, recording, experiment.prepared.machines[run.machine].scenario)
}

/** A part of a file name that every system takes. */
export function fileWord(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9.]+/g, '-').replace(/^[-.]+|[-.]+$/g, '').slice(0, 60) || 'run'
}
