/** Every run: state, digest, how it ended, ejections; and for the shown seed what each hook did. */
import type { ReactNode } from 'react'
import type { Ejection, ExperimentStatus, HookStats, RunStatus } from '../../preload/contract'
import { policyNamed, told } from '../app/description'
import { useStore } from '../app/store'
import { seedShown } from '../charts/view-store'
import { revealLine } from '../editor/reveal'
import { useMessages } from '../i18n'
import { Progress } from '../ui/controls'
import { duration, integer, percent } from '../ui/format'
import { useRunDetail } from './run-details'

export function RunsTable({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const seed = useStore(seedShown)
  return (
    <>
      <div className="table-scroll">
        <table className="runs" data-testid="runs">
          <thead><tr><th>{m.machine}</th><th className="num">{m.seed}</th><th>{m.state}</th><th>{m.ended}</th><th>{m.digest}</th><th>{m.ejections}</th></tr></thead>
          <tbody>{status.runs.map((run) => <RunRow key={run.run} run={run} status={status} shown={run.seed === seed} />)}</tbody>
        </table>
      </div>
      {status.machines.map((machine, index) => index > 0 && (
        <Hooks key={index} label={machine.label} run={status.runs.find((run) => run.machine === index && run.seed === seed)} />
      ))}
    </>
  )
}

function RunRow({ run, status, shown }: { readonly run: RunStatus; readonly status: ExperimentStatus; readonly shown: boolean }): ReactNode {
  const m = useMessages()
  return (
    <tr className={shown ? 'shown' : ''}>
      <td><span className="machine-dot" style={{ background: `var(--machine-${run.machine % 6})` }} aria-hidden="true" />{status.machines[run.machine]?.label}</td>
      <td className="num"><button type="button" className="link" aria-pressed={shown} title={m.showSeed(run.seed)} onClick={() => seedShown.set(run.seed)}>{run.seed}</button></td>
      <td>{run.state === 'running' ? <Progress fraction={run.fraction} label={m.runProgress} /> : m.runStates[run.state]}{run.error && <span className="bad"> {told(run.error)}</span>}</td>
      <td>{run.end && m.ends(run.end)}{run.diagnosis && <span className="muted"> {told(run.diagnosis)}</span>}</td>
      <td>{run.digest && <code className="digest" title={run.digest}>{run.digest.slice(0, 12)}</code>}<Expected run={run} /></td>
      <td>{run.ejections.length === 0 ? <span className="muted">{m.none}</span> : run.ejections.map((ejection, index) => <EjectionLink key={index} ejection={ejection} />)}</td>
    </tr>
  )
}

/** Of a run of a bundle: is its digest the one that the bundle names? */
function Expected({ run: { expected, digest } }: { readonly run: RunStatus }): ReactNode {
  const m = useMessages()
  if (expected === undefined || digest === undefined) return null
  return expected === digest ? <span className="verdict-better"> <span aria-hidden="true">✓</span> {m.sameDigest}</span> : <span className="bad" title={expected}> <span aria-hidden="true">✕</span> {m.otherDigest(expected.slice(0, 12))}</span>
}

function EjectionLink({ ejection }: { readonly ejection: Ejection }): ReactNode {
  const m = useMessages()
  const text = m.ejectedAt(ejection.kind, ejection.hook, told(ejection.message))
  const policy = policyNamed(ejection.policy)
  const place = ejection.line === undefined ? '' : ` · ${m.line(ejection.line)}`
  if (!policy) return <span className="bad">⏏ {text}{place}</span>
  return (
    <button type="button" className="link bad" title={ejection.dump} onClick={() => revealLine(policy.name, ejection.line ?? 1, ejection.column ?? 1)}>
      <span aria-hidden="true">⏏</span> {text}{place}
    </button>
  )
}

function Hooks({ label, run }: { readonly label: string; readonly run: RunStatus | undefined }): ReactNode {
  const m = useMessages()
  const loaded = useRunDetail(run && (run.state === 'done' || run.state === 'cancelled') ? run.run : undefined)
  if (loaded?.state !== 'ready') return null
  const hooks = loaded.value.hooks
  return (
    <div className="hooks">
      <h3>{m.hooksOf(label)}</h3>
      {hooks.length === 0 && <p className="muted">{m.noHooks}</p>}
      {hooks.length > 0 && (
        <table data-testid="hooks">
          <thead><tr><th>{m.hook}</th><th className="num">{m.called}</th><th className="num">{m.overrode}</th><th className="num">{m.agreed}</th><th className="num">{m.fuelPerCall}</th><th /></tr></thead>
          <tbody>{hooks.map((hook) => <HookRow key={`${hook.policy} ${hook.hook}`} hook={hook} />)}</tbody>
        </table>
      )}
      <p className="muted small">{m.virtualTime(duration(loaded.value.durationNs))}{loaded.value.eventsDropped > 0 && ` · ${m.eventsDropped(loaded.value.eventsDropped)}`}</p>
    </div>
  )
}

function HookRow({ hook }: { readonly hook: HookStats }): ReactNode {
  const m = useMessages()
  const part = (count: number): string => (hook.called === 0 ? '' : ` (${percent(count / hook.called, false)})`)
  return (
    <tr>
      <th scope="row"><code>{hook.hook}</code></th>
      <td className="num">{integer(hook.called)}</td>
      <td className="num">{integer(hook.overrode)}<span className="muted">{part(hook.overrode)}</span></td>
      <td className="num">{integer(hook.agreed)}<span className="muted">{part(hook.agreed)}</span></td>
      <td className="num">{hook.called === 0 ? '–' : integer(hook.fuel / hook.called)}</td>
      <td className="muted small">{hook.called === 0 ? m.neverCalled : hook.overrode === 0 && hook.agreed > 0 ? m.alwaysAgreed : ''}</td>
    </tr>
  )
}
