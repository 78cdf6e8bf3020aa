/** The sentence: what differs most between each policy and the base, or why that can't be told. */
import type { ReactNode } from 'react'
import type { Comparison, Difference, ExperimentStatus, Finding } from '../../preload/contract'
import { metricInfo } from '../app/description'
import { setSeeds, setup } from '../scenario/setup-store'
import { useMessages, useText } from '../i18n'
import { Button } from '../ui/controls'
import { change, signed, withUnit } from '../ui/format'
import { Terms } from '../ui/term'
import { startComparison } from './experiment-store'

const NAMED = 3

export function Findings({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const { comparison } = status
  if (!comparison) return <p className="finding muted">{status.state === 'running' ? m.findingsWaiting : m.findingsNone}</p>
  return (
    <div className="findings" aria-live="polite" data-testid="findings">
      {(comparison.partial || status.state === 'cancelled') && <p className="partial"><span aria-hidden="true">◐</span> {status.state === 'cancelled' ? m.cancelledPartial : m.partial}</p>}
      {comparison.findings.map((finding) => <FindingLine key={finding.machine} finding={finding} status={status} comparison={comparison} />)}
      {status.machines.length === 1 && <p className="finding">{m.baseAlone}</p>}
    </div>
  )
}

/** Seeds that this policy's runs are in for; while others still run it may be more than all machines have in common. */
function seedsOf({ machine }: Finding, { rows, seeds }: Comparison): number {
  return Math.max(seeds, ...rows.map((row) => row.policies[machine - 1]?.estimate.values.length ?? 0))
}

interface FindingLineProps { readonly finding: Finding; readonly status: ExperimentStatus; readonly comparison: Comparison }

function FindingLine({ finding, status, comparison }: FindingLineProps): ReactNode {
  const m = useMessages()
  const label = status.machines[finding.machine]?.label ?? String(finding.machine)
  const base = status.machines[0]?.label ?? ''
  const runs = status.runs.filter((run) => run.machine === finding.machine && run.digest !== undefined)
  const ejected = runs.filter((run) => run.ejections.length > 0)
  return (
    <p className={`finding ${finding.kind}`}>
      <span className="machine-dot" style={{ background: `var(--machine-${finding.machine % 6})` }} aria-hidden="true" />
      <b>{label}</b>{' '}
      {finding.kind === 'differs' && <>{m.comparedWith(base)} <Parts finding={finding} comparison={comparison} /></>}
      {finding.kind === 'no-difference' && m.noDifference(base)}
      {finding.kind === 'not-finished' && m.notFinished}
      {finding.kind === 'too-few-seeds' && <>{m.tooFewSeeds(seedsOf(finding, comparison))} {finding.metrics.length > 0 && <Parts finding={finding} comparison={comparison} />}</>}
      {ejected.length > 0 && <span className="bad"> ⏏ {m.wasEjected(ejected.length, runs.length)}</span>}
      {finding.kind === 'too-few-seeds' && <> <MoreSeeds have={comparison.seeds} disabled={status.state === 'running'} /></>}
    </p>
  )
}

function Parts({ finding, comparison }: { readonly finding: Finding; readonly comparison: Comparison }): ReactNode {
  const m = useMessages()
  const say = useText()
  const shown = finding.metrics.slice(0, NAMED)
  const rest = finding.metrics.length - shown.length
  return (
    <>
      {shown.map((id, index) => {
        const info = metricInfo(id)
        const row = comparison.rows.find((other) => other.metric === id)
        const difference = row?.policies[finding.machine - 1]
        if (!row || !difference) return null
        return (
          <span key={id}>
            {index > 0 && m.listComma}
            <Terms text={info ? say(info.label) : id} />{' '}
            <b className={`nowrap verdict-${difference.verdict}`}>{sizeOf(difference, row.base.mean, info?.unit === 'count' ? '' : m.units[info?.unit ?? ''] ?? info?.unit ?? '')}</b>
            {wordOf(difference, m) !== '' && ` (${wordOf(difference, m)})`}
          </span>
        )
      })}
      {rest > 0 && m.andMore(rest)}{m.fullStop}
    </>
  )
}

/** +12.5 %, or from 0 to 340 where there is no ratio. */
function sizeOf(difference: Difference, base: number, unit: string): string {
  const { ratio, mean, estimate } = difference
  if (ratio === undefined) return base === 0 ? `0 → ${withUnit(estimate.mean, unit)}` : signed(mean)
  return change(ratio)
}

function wordOf({ verdict }: Difference, m: ReturnType<typeof useMessages>): string {
  return verdict === 'better' ? m.better : verdict === 'worse' ? m.worse : ''
}

function MoreSeeds({ have, disabled }: { readonly have: number; readonly disabled: boolean }): ReactNode {
  const m = useMessages()
  const more = have < 5 ? 5 : Math.min(100, have * 2)
  const run = (): void => { setSeeds(Math.max(more, setup.get().seeds)); startComparison() }
  return <Button tone="plain" className="tiny" disabled={disabled} onClick={run}>{m.runSeeds(more)}</Button>
}
