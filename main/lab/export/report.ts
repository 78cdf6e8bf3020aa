/**
 * An experiment as one HTML file that is read without the lab and without a network: what ran, what differs, metrics, charts, ejections, hooks, the policies' source.
 * Both languages are in it; radio buttons and a style sheet switch them, there is no script. The bundle inside lets `lab run report.html` make the runs again.
 */
import type { Comparison, ComparisonRow, Difference, ExperimentStatus, RunChart, SeriesSlice, Text } from '../../../preload/contract'
import { CHARTS, METRICS, metricById, type Recording } from '../../engine'
import { chartsOfRuns } from '../charts/chart-list'
import type { Experiment } from '../experiment'
import { number, percentChange, signed } from '../numbers'
import type { Content } from '../parts'
import { runDetail, seriesSlice } from '../run-views'
import { inBoth } from '../words/in-both'
import { bundleElement, makeBundle } from './bundle'
import { chartSvg, duration, type ChartRun } from './chart-svg'
import { escapeXml as e } from './escape'
import { REPORT_STYLE } from './report-style'
import { WORDS } from './report-words'

/** Machines drawn; the window shows as many. */
const MOST_MACHINES = 8
const CHART_POINTS = 400

export function reportHtml(experiment: Experiment, content: Content): string {
  const status = experiment.status()
  const { title } = status
  return '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
    // No script and nothing from elsewhere, whatever the text of a policy or a title holds.
    + '<meta http-equiv="content-security-policy" content="default-src \'none\'; style-src \'unsafe-inline\'">\n'
    + `<title>${e(title.en)} · ${e(title.zh)}</title>\n<style>${REPORT_STYLE}</style>\n</head>\n<body>\n`
    + '<input type="radio" name="language" id="in-en" checked><input type="radio" name="language" id="in-zh">\n'
    + '<nav aria-label="Language · 语言"><label for="in-en" lang="en">English</label> <label for="in-zh" lang="zh-CN">简体中文</label></nav>\n<main>\n'
    + `<h1>${both(title)}</h1>\n<p>${both(experiment.prepared.scenario.about)}</p>\n`
    + [whatRan(experiment, status), findings(status), metrics(status), charts(experiment), runs(status, experiment), hooks(experiment), sources(experiment), again(experiment)].join('\n')
    + `\n</main>\n${bundleElement(makeBundle(experiment, content))}\n</body>\n</html>\n`
}

function both({ en, zh }: Text): string {
  return `<span lang="en">${e(en)}</span><span lang="zh-CN">${e(zh)}</span>`
}

function section(title: Text, body: string): string {
  return body === '' ? '' : `<section>\n<h2>${both(title)}</h2>\n${body}\n</section>`
}

function table(head: readonly string[], rows: readonly (readonly string[])[], numeric: ReadonlySet<number>): string {
  const cell = (tag: string) => (text: string, i: number): string => `<${tag}${tag === 'th' ? ' scope="col"' : ''}${numeric.has(i) ? ' class="num"' : ''}>${text}</${tag}>`
  return `<div class="scroll"><table><thead><tr>${head.map(cell('th')).join('')}</tr></thead><tbody>\n${rows.map((row) => `<tr>${row.map(cell('td')).join('')}</tr>`).join('\n')}\n</tbody></table></div>`
}

function whatRan({ prepared, runs: all }: Experiment, status: ExperimentStatus): string {
  const engine = all.find((run) => run.recording !== undefined)?.recording?.engine ?? ''
  const rows = prepared.machines.map(({ label, kernel, scenario, stack, sources: texts }) => [
    e(label), `<code>${e(kernel)}</code>`,
    stack.map(({ params }, i) => `${e(texts[i].name)} ${Object.entries(params).map(([name, value]) => `<code>${e(`${name}=${String(value)}`)}</code>`).join(' ')}`).join('<br>') || both(WORDS.none),
    Object.entries(scenario.sysctls).map(([name, value]) => `<code>${e(`${name}=${Array.isArray(value) ? value.join(' ') : String(value)}`)}</code>`).join(' ') || both(WORDS.none),
  ])
  const { machine } = prepared.scenario
  const zones = machine.zones.map((zone) => `${zone.node} ${zone.name}: ${number(zone.managed)}`).join(', ')
  const facts = table([WORDS.fact, WORDS.value].map(both), [
    [both(WORDS.scenario), `<code>${e(prepared.scenario.id)}</code>`], [both(WORDS.zones), e(zones)], [both(WORDS.cpus), String(machine.cpus)],
    [both(WORDS.tasks), e(prepared.scenario.processes.map((process) => process.name).join(', '))], [both(WORDS.seeds), String(prepared.seeds)], [both(WORDS.engine), e(engine)],
    [both(WORDS.state), both(WORDS.states[status.state])],
  ], new Set())
  return section(WORDS.whatRan, facts + table([WORDS.machine, WORDS.kernel, WORDS.policy, WORDS.sysctls].map(both), rows, new Set()))
}

function findings({ comparison, machines }: ExperimentStatus): string {
  if (comparison === undefined || machines.length < 2) return ''
  const partial = comparison.partial ? `<p class="warn">${both(WORDS.partial)}</p>` : ''
  return section(WORDS.findings, `${partial}<ul>${comparison.findings.map((one) => `<li><b>${e(machines[one.machine].label)}</b> ${both(WORDS.finding[one.kind])} ${one.metrics.map((id) => named(id, comparison, one.machine - 1)).join('; ')}</li>`).join('\n')}</ul>`)
}

function named(id: string, { rows }: Comparison, policy: number): string {
  const row = rows.find((one) => one.metric === id)
  const difference = row?.policies[policy]
  if (row === undefined || difference === undefined) return ''
  const change = difference.ratio === undefined ? signed(difference.mean) : percentChange(difference.ratio)
  return `${both(metricLabel(id))} <b class="${difference.verdict}">${e(change)}</b>`
}

/** `task_throughput.app` has no entry of its own. */
function metricLabel(id: string): Text {
  return metricById(id)?.label ?? { en: id, zh: id }
}

function metrics({ comparison, machines }: ExperimentStatus): string {
  if (comparison === undefined) return ''
  const order = METRICS.map(({ id }) => id)
  const rank = (row: ComparisonRow): number => (order.includes(row.metric) ? order.indexOf(row.metric) : order.length)
  const rows = [...comparison.rows].sort((a, b) => rank(a) - rank(b)).map((row) => [
    both(metricLabel(row.metric)), both(inBoth(metricById(row.metric)?.unit ?? '')), e(spread(row.base.mean, row.base.sd)), ...row.policies.flatMap(differenceCells),
  ])
  const head = [both(WORDS.metric), both(WORDS.unit), e(machines[0].label), ...machines.slice(1).flatMap(({ label }) => [e(label), both(WORDS.change)])]
  return section(WORDS.metrics, table(head, rows, new Set(head.map((_, i) => i).filter((i) => i > 1))))
}

function differenceCells({ estimate, mean, ratio, interval, verdict }: Difference): readonly string[] {
  if (estimate.values.length === 0) return ['–', '']
  const size = mean === 0 ? '0' : `${signed(mean)}${ratio === undefined ? '' : ` (${percentChange(ratio)})`}`
  const range = interval === undefined ? '' : `<small>${e(`${signed(interval[0])} … ${signed(interval[1])}`)}</small>`
  return [e(spread(estimate.mean, estimate.sd)), `<span class="${verdict}">${e(size)} ${both(WORDS.verdicts[verdict])}</span> ${range}`]
}

function spread(mean: number, sd: number): string {
  return sd > 0 ? `${number(mean)} ± ${number(sd)}` : number(mean)
}

/** Of the first seed that has recordings: each chart with all machines in one plot. */
function charts({ prepared, runs: all }: Experiment): string {
  const seed = all.find((run) => run.recording !== undefined)?.seed
  const shown = all.filter((run) => run.seed === seed && run.recording !== undefined && run.machine < MOST_MACHINES)
  const drawn = shown.map((run) => ({ run, recording: run.recording as Recording, detail: runDetail(run.id, run.recording as Recording, prepared.machines[run.machine].scenario) }))
  const t1 = Math.max(0, ...drawn.map(({ detail }) => detail.durationNs))
  const note = { en: `Seed ${seed}; all machines in one plot: colour tells the machine, dashes the line.`, zh: `种子 ${seed}；所有机器在同一图中：颜色区分机器，线型区分曲线。` }
  const figures = chartsOfRuns(CHARTS, drawn.map(({ detail }) => detail)).map((chart) => {
    const slices = drawn.map(({ run, recording }): ChartRun => ({ label: prepared.machines[run.machine].label, machine: run.machine, slice: seriesSlice(recording, chart.lines.map(({ series }) => series), 0, t1, CHART_POINTS) }))
    return slices.every(({ slice }) => allZero(slice)) ? '' : figure(chart, slices, t1)
  })
  return section(WORDS.charts, figures.join('') === '' ? '' : `<p>${both(note)}</p>\n${figures.join('\n')}`)
}

function allZero({ columns }: SeriesSlice): boolean {
  return Object.values(columns).every((column) => column.every((value) => value === 0 || !Number.isFinite(value)))
}

function figure(chart: RunChart, slices: readonly ChartRun[], t1: number): string {
  const drawn = (language: keyof Text): string => chartSvg({ chart, runs: slices, t0: 0, t1, language, theme: 'light', layout: slices.length > 1 ? 'overlay' : 'side' })
  return `<figure><span lang="en">${drawn('en')}</span><span lang="zh-CN">${drawn('zh')}</span></figure>`
}

function runs(status: ExperimentStatus, { runs: all }: Experiment): string {
  const rows = all.map(({ machine, seed, state, recording, error = '' }) => [
    e(status.machines[machine].label), String(seed), both(WORDS.states[state]), both(recording === undefined ? inBoth(error) : ended(recording.summary)),
    recording === undefined ? '' : e(duration(recording.summary.durationNs)), recording === undefined ? '' : `<code>${recording.digest}</code>`,
    (recording?.ejections ?? []).map((one) => `${e(`${one.policy}: ${one.kind}, ${one.hook}${one.line === undefined ? '' : `:${one.line}`}: `)}${both(inBoth(one.message))}`).join('<br>'),
  ])
  return section(WORDS.runs, table([WORDS.machine, WORDS.seed, WORDS.state, WORDS.end, WORDS.virtualTime, WORDS.digest, WORDS.ejections].map(both), rows, new Set([1, 4])))
}

/** How a run ended, and why it did where that is no matter of course. */
function ended({ end, diagnosis }: Recording['summary']): Text {
  const how = WORDS.ends[end]
  if (diagnosis === undefined) return how
  const why = inBoth(diagnosis)
  return { en: `${how.en}: ${why.en}`, zh: `${how.zh}：${why.zh}` }
}

function hooks({ prepared, runs: all }: Experiment): string {
  const first = all.find((run) => run.recording !== undefined)?.seed
  const rows = all.filter((run) => run.seed === first).flatMap(({ machine, recording }) => (recording?.hooks ?? []).map((one) => [
    e(prepared.machines[machine].label), `<code>${e(one.hook)}</code>`, number(one.called), number(one.overrode), number(one.agreed),
  ]))
  return section(WORDS.hooks, rows.length === 0 ? '' : table([WORDS.machine, WORDS.hook, WORDS.called, WORDS.overrode, WORDS.agreed].map(both), rows, new Set([2, 3, 4])))
}

function sources({ prepared }: Experiment): string {
  const seen = new Map(prepared.machines.flatMap((machine) => machine.sources.map((source) => [source.text, source.name] as const)))
  return section(WORDS.sources, [...seen].map(([text, name]) => `<details><summary>${e(name)}</summary><pre>${e(text)}</pre></details>`).join('\n'))
}

function again({ prepared }: Experiment): string {
  return section(WORDS.again, `<p>${both(WORDS.againText)}</p><pre>npx lab run report.html</pre><details><summary>${both(WORDS.scenarioJson)}</summary><pre>${e(JSON.stringify(prepared.scenario, null, 2))}</pre></details>`)
}
