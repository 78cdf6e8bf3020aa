/** Every metric of the comparison: the base's value, each policy's value and difference, its direction in words, and over seeds the 95 % interval. */
import { useMemo, useState } from 'react'
import type { ReactNode } from 'react'
import type { Comparison, ComparisonRow, Difference, ExperimentStatus, MetricInfo } from '../../preload/contract'
import { metricInfo } from '../app/description'
import { setSetting, useSetting } from '../app/settings'
import { useMessages, useText } from '../i18n'
import type { Messages } from '../i18n'
import { Segmented } from '../ui/controls'
import { change, number, pagesAsBytes, signed, spread } from '../ui/format'
import { Terms } from '../ui/term'
import { Tip } from '../ui/tip'

type Shown = 'biggest' | 'diff' | 'all'

const BIGGEST = 8

export function MetricsTable({ status, comparison }: { readonly status: ExperimentStatus; readonly comparison: Comparison }): ReactNode {
  const m = useMessages()
  const say = useText()
  const shown = (useSetting('metrics.shown') ?? 'biggest') as Shown
  const [find, setFind] = useState('')
  const rows = useMemo(() => rowsShown(comparison, shown, find, say), [comparison, shown, find, say])
  const hidden = comparison.rows.length - rows.length
  return (
    <>
      <div className="table-bar">
        <Segmented
          label={m.metricsShown} value={shown} onChange={(value: Shown) => setSetting('metrics.shown', value)}
          options={[{ value: 'biggest', label: m.biggest }, { value: 'diff', label: m.onlyDifferences }, { value: 'all', label: m.allMetrics(comparison.rows.length) }]}
        />
        <input type="search" className="find" placeholder={m.findMetric} aria-label={m.findMetric} value={find} onChange={(event) => setFind(event.target.value)} />
      </div>
      <div className="table-scroll metrics-scroll">
        <table className="metrics" data-testid="metrics">
          <thead>
            <tr>
              <th scope="col">{m.metric}</th>
              <th scope="col" className="num">{status.machines[0]?.label}</th>
              {status.machines.slice(1).map((machine, index) => (
                <th key={index} scope="colgroup" colSpan={2} className="num machine">
                  <span className="machine-dot" style={{ background: `var(--machine-${(index + 1) % 6})` }} aria-hidden="true" />{machine.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{rows.map((row) => <Row key={row.metric} row={row} seeds={comparison.seeds} />)}</tbody>
        </table>
      </div>
      {rows.length === 0 && <p className="muted pad">{comparison.rows.length === 0 ? m.noMetrics : m.noRowsShown}</p>}
      {hidden > 0 && rows.length > 0 && find === '' && <p className="muted pad small">{m.rowsHidden(hidden)}</p>}
    </>
  )
}

function Row({ row, seeds }: { readonly row: ComparisonRow; readonly seeds: number }): ReactNode {
  const m = useMessages()
  const say = useText()
  const info = metricInfo(row.metric)
  const unit = info?.unit ?? ''
  return (
    <tr>
      <th scope="row">
        {info ? <Tip className="metric-name" text={<MetricHelp info={info} />}><Terms text={say(info.label)} plain /></Tip> : <code>{row.metric}</code>}
        <span className="unit">{unit === 'count' ? '' : m.units[unit] ?? unit}</span>
      </th>
      <td className="num" title={unit === 'pages' ? pagesAsBytes(row.base.mean) : undefined}>{number(row.base.mean)}{seeds > 1 && <Spread sd={row.base.sd} mean={row.base.mean} />}</td>
      {row.policies.map((difference, index) => <Cells key={index} difference={difference} seeds={seeds} unit={unit} />)}
    </tr>
  )
}

function Cells({ difference, seeds, unit }: { readonly difference: Difference; readonly seeds: number; readonly unit: string }): ReactNode {
  const m = useMessages()
  const { estimate, mean, ratio, interval, verdict } = difference
  if (estimate.values.length === 0) return <><td className="num value muted">–</td><td className="num difference muted small">{m.notYet}</td></>
  return (
    <>
      <td className="num value" title={unit === 'pages' ? pagesAsBytes(estimate.mean) : undefined}>{number(estimate.mean)}{seeds > 1 && <Spread sd={estimate.sd} mean={estimate.mean} />}</td>
      <td className={`num difference verdict-${verdict}`}>
        <span className="delta">{mean === 0 ? '' : ratio === undefined ? signed(mean) : change(ratio)}</span>
        <span className="verdict"><span aria-hidden="true">{arrowOf(mean)}</span> {m.verdicts[verdict]}</span>
        {interval && <span className="interval" title={m.intervalHint}>{m.interval(signed(interval[0]), signed(interval[1]))}</span>}
      </td>
    </>
  )
}

function Spread({ sd, mean }: { readonly sd: number; readonly mean: number }): ReactNode {
  const text = sd > 0 ? spread(sd, mean) : ''
  return text === '' ? null : <span className="spread">{text}</span>
}

function MetricHelp({ info }: { readonly info: MetricInfo }): ReactNode {
  const m = useMessages()
  const say = useText()
  return <>{say(info.about)} <span className="muted">{betterWord(info, m)}</span></>
}

function betterWord(info: MetricInfo, m: Messages): string {
  return info.better === 'lower' ? m.lowerIsBetter : info.better === 'higher' ? m.higherIsBetter : m.neitherIsBetter
}

function arrowOf(mean: number): string {
  return mean > 0 ? '▲' : mean < 0 ? '▼' : '＝'
}

/** The biggest are those the findings name, in their order, then by size; a search looks through all. */
function rowsShown(comparison: Comparison, shown: Shown, find: string, say: ReturnType<typeof useText>): readonly ComparisonRow[] {
  const { rows, findings } = comparison
  if (find.trim() !== '') return rows.filter((row) => matches(row, find, say))
  if (shown === 'all') return rows
  if (shown === 'diff') return rows.filter(differs)
  const named = [...new Set(findings.flatMap((finding) => finding.metrics))].flatMap((id) => rows.find((row) => row.metric === id) ?? [])
  const rest = rows.filter((row) => differs(row) && !named.includes(row)).sort((a, b) => largest(b) - largest(a))
  return [...named, ...rest].slice(0, BIGGEST)
}

/** How far a row's clear differences go; from nothing to something is as far as it gets. */
function largest(row: ComparisonRow): number {
  return Math.max(0, ...row.policies.map(({ verdict, mean, ratio }) => verdict === 'unclear' || mean === 0 ? 0 : Math.abs(ratio ?? Number.MAX_VALUE)))
}

function differs(row: ComparisonRow): boolean {
  return row.policies.length === 0 || row.policies.some(({ verdict }) => verdict === 'better' || verdict === 'worse' || verdict === 'different')
}

function matches(row: ComparisonRow, find: string, say: ReturnType<typeof useText>): boolean {
  const wanted = find.trim().toLowerCase()
  if (wanted === '') return true
  const info = metricInfo(row.metric)
  return row.metric.toLowerCase().includes(wanted) || (info !== undefined && say(info.label).toLowerCase().includes(wanted))
}
