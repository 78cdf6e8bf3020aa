/** How runs look as text. */
import type { ExperimentStatus, RunEvent, Scenario } from '../../preload/contract'
import { metricById, type Recording } from '../engine'
import { explainEvent } from '../lab/explain/event'
import { runDetail } from '../lab/run-views'
import { number, table } from './table'

/** What went wrong in a run, one line each; nothing for a clean one. */
export function runRemarks(status: ExperimentStatus): readonly string[] {
  return [...(status.notes ?? []).map(({ en }) => en), ...status.runs.flatMap((run) => {
    const who = `${status.machines[run.machine].label}, seed ${run.seed}`
    const ejections = run.ejections.flatMap((one) => [
      `${who}: ${one.policy} was ejected (${one.kind}) in ${one.hook}${one.line === undefined ? '' : `, line ${one.line}`} at ${ms(one.t)}: ${one.message}`,
      ...(one.dump === '[]' ? [] : [`${who}: it was asked with ${one.dump}`]),
    ])
    if (run.state === 'failed') return [...ejections, `${who}: failed: ${run.error ?? ''}`]
    if (run.end === 'panic') return [...ejections, `${who}: the kernel stopped: ${run.diagnosis ?? ''}`]
    if (run.end === 'stuck') return [...ejections, `${who}: got stuck: ${run.diagnosis ?? ''}`]
    return run.state === 'cancelled' ? [...ejections, `${who}: cancelled${run.digest === undefined ? ', nothing recorded' : ', recorded up to then'}`] : ejections
  })]
}

export function runText(recording: Recording, scenario: Scenario): string {
  const detail = runDetail('', recording, scenario)
  const metrics = Object.entries(detail.metrics).map(([id, value]) => [metricById(id)?.label.en ?? id, number(value), metricById(id)?.unit ?? ''])
  return [
    `end ${detail.end}${detail.diagnosis === undefined ? '' : ` (${detail.diagnosis})`}, digest ${detail.digest}, engine ${recording.engine}\n`,
    table([{ title: 'Metric', align: 'left' }, { title: 'Value', align: 'right' }, { title: 'Unit', align: 'left' }], metrics),
    slowAllocText(recording),
    hooksText(recording),
  ].filter((part) => part !== '').join('\n')
}

const WORST_SHOWN = 10

/** Where the time of slow allocations went: all of them, then the worst. */
function slowAllocText({ summary }: Recording): string {
  const { stalls } = summary
  if (stalls.count === 0) return ''
  const parts = Object.keys(stalls.totals) as (keyof typeof stalls.totals)[]
  const worst = [...stalls.worst].sort((a, b) => b.duration - a.duration).slice(0, WORST_SHOWN)
  const row = (who: string, at: string, total: number, of: typeof stalls.totals): string[] => [who, at, number(total / 1e6), ...parts.map((part) => (of[part] === 0 ? '' : number(of[part] / 1e6)))]
  const total = parts.reduce((sum, part) => sum + stalls.totals[part], 0)
  const rows = [row(`all ${number(stalls.count)}`, '', total, stalls.totals), ...worst.map((one) => row(one.task, ms(one.t), one.duration, one.parts))]
  return `Allocations of ${number(stalls.thresholdNs / 1e6)} ms and more, where their time went in ms; the worst below\n` +
    table([{ title: 'Task', align: 'left' }, { title: 'At', align: 'right' }, { title: 'ms', align: 'right' }, ...parts.map((title) => ({ title, align: 'right' as const }))], rows)
}

function hooksText(recording: Recording): string {
  if (recording.hooks.length === 0) return ''
  const rows = recording.hooks.map((one) => [one.policy, one.hook, number(one.called), number(one.overrode), number(one.agreed)])
  return table([{ title: 'Policy', align: 'left' }, { title: 'Hook', align: 'left' }, ...['Called', 'Overrode', 'Agreed'].map((title) => ({ title, align: 'right' as const }))], rows)
}

/** One line an event as tracepoints print it; an event with a cause says below it, in words, who asked for what and which zones missed which mark. */
export function eventText(event: RunEvent): string {
  const args = Object.entries(event.args).map(([key, value]) => `${key}=${value}`).join(' ')
  const head = `${ms(event.t).padStart(14)}  ${event.kind}  ${event.task}${event.duration > 0 ? `  for ${ms(event.duration)}` : ''}${args === '' ? '' : `  ${args}`}\n`
  const log = (event.log ?? []).map((line) => `${LOG_INDENT}${line}\n`).join('')
  return (event.cause === undefined ? head : head + wrapped(explainEvent(event).en)) + log
}

/** Before what the kernel printed. */
const LOG_INDENT = ' '.repeat(8)
const INDENT = ' '.repeat(16)
const WIDTH = 120

/** Lines of at most WIDTH, broken between words. */
function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.length - 1
    if (lines[last] !== '' && INDENT.length + lines[last].length + 1 + word.length > WIDTH) lines.push(word)
    else lines[last] += lines[last] === '' ? word : ` ${word}`
  }
  return lines.map((line) => `${INDENT}${line}\n`).join('')
}

function ms(ns: number): string {
  return `${(ns / 1e6).toLocaleString('en-US', { minimumFractionDigits: 3, maximumFractionDigits: 3 })} ms`
}
