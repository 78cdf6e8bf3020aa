/** Where the time of slow allocations went: for each machine of the shown seed the sum and the worst ones. Nothing where no allocation was slow. */
import type { ReactNode } from 'react'
import type { ExperimentStatus, RunStatus, SlowAlloc, StallPart } from '../../preload/contract'
import { useStore } from '../app/store'
import { seedShown } from '../charts/view-store'
import { useMessages } from '../i18n'
import { duration } from '../ui/format'
import { Section } from '../ui/section'
import { useRunDetail } from './run-details'

const WORST_SHOWN = 8

export function SlowAllocs({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const seed = useStore(seedShown)
  const runs = status.runs.filter((run) => run.seed === seed && (run.state === 'done' || run.state === 'cancelled'))
  return runs.length === 0 ? null : <Section id="slow-allocs" title={m.slowAllocs}>{runs.map((run) => <Machine key={run.run} run={run} label={status.machines[run.machine]?.label ?? ''} />)}</Section>
}

function Machine({ run, label }: { readonly run: RunStatus; readonly label: string }): ReactNode {
  const m = useMessages()
  const loaded = useRunDetail(run.run)
  if (loaded?.state !== 'ready') return null
  const { count, thresholdNs, totals, worst } = loaded.value.stalls
  const parts = Object.keys(totals) as StallPart[]
  const shown = [...worst].sort((a, b) => b.duration - a.duration).slice(0, WORST_SHOWN)
  return (
    <>
      <p>{count === 0 ? m.slowAllocsNone(label, duration(thresholdNs)) : m.slowAllocsOf(label, count, duration(thresholdNs))}</p>
      {count > 0 && (
        <div className="table-scroll">
          <table data-testid="slow-allocs">
            <thead><tr><th>{m.task}</th><th className="num">{m.when}</th><th className="num">{m.took}</th>{parts.map((part) => <th key={part} className="num">{m.stallParts[part]}</th>)}</tr></thead>
            <tbody>
              <tr><th scope="row">{m.allOfThem}</th><td /><td className="num">{duration(parts.reduce((sum, part) => sum + totals[part], 0))}</td><Parts parts={parts} of={totals} /></tr>
              {shown.map((one, i) => <tr key={i} title={sleeps(one)}><th scope="row"><code>{one.task}</code></th><td className="num">{duration(one.t)}</td><td className="num">{duration(one.duration)}</td><Parts parts={parts} of={one.parts} /></tr>)}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function Parts({ parts, of }: { readonly parts: readonly StallPart[]; readonly of: Readonly<Record<StallPart, number>> }): ReactNode {
  return <>{parts.map((part) => <td key={part} className="num">{of[part] > 0 ? duration(of[part]) : ''}</td>)}</>
}

/** What it slept in, longest first, for the tooltip. */
function sleeps({ sleeps: by, order, gfp }: SlowAlloc): string {
  return [`order ${order}, ${gfp}`, ...Object.entries(by).sort((a, b) => b[1] - a[1]).map(([reason, ns]) => `${reason}: ${duration(ns)}`)].join('\n')
}
