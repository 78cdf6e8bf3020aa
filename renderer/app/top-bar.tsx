/** Run and cancel, how far it is, which panes are shown, language, help. */
import type { ReactNode } from 'react'
import type { ExperimentStatus } from '../../preload/contract'
import { LANGUAGES, language, setLanguage, useMessages } from '../i18n'
import type { Language } from '../i18n'
import { cancelComparison, experiment, isRunning, startComparison } from '../results/experiment-store'
import { Button, Progress } from '../ui/controls'
import { eta } from '../ui/format'
import { useShownKey } from './keys'
import { panes, togglePane } from './panes'
import type { PaneName } from './panes'
import { setSetting } from './settings'
import { useStore } from './store'

export function TopBar({ onHelp, onClaims }: { onHelp(): void; onClaims(): void }): ReactNode {
  const m = useMessages()
  const helpKey = useShownKey('help')
  return (
    <header className="top-bar">
      <h1 className="brand"><Logo />Reclaim Lab</h1>
      <RunControls />
      <span className="grow" />
      <PaneToggles />
      <LanguageSelect />
      <Button tone="quiet" onClick={onClaims} title={m.claims.title}>{m.claims.short}</Button>
      <Button tone="quiet" onClick={onHelp} title={m.shortcuts} aria-label={m.shortcuts} aria-keyshortcuts={helpKey}>?</Button>
    </header>
  )
}

function RunControls(): ReactNode {
  const m = useMessages()
  const view = useStore(experiment)
  const runKey = useShownKey('run')
  const running = isRunning(view)
  return (
    <div className="run-controls">
      {running
        ? <Button tone="danger" keys="Esc Esc" disabled={view.cancelling || view.starting} onClick={cancelComparison} data-testid="cancel">{view.cancelling ? m.cancelling : m.cancel}</Button>
        : <Button tone="primary" keys={runKey} onClick={startComparison} data-testid="run">{m.run}</Button>}
      <div className="run-state" role="status" data-testid="run-state">
        {view.starting ? <span className="muted">{m.starting}</span> : view.status && <State status={view.status} />}
      </div>
    </div>
  )
}

function State({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const done = status.runs.filter((run) => run.state === 'done').length
  const counts = m.runsDone(done, status.runs.length)
  if (status.state !== 'running') return <span className={`state-${status.state}`}><span aria-hidden="true">{MARKS[status.state]}</span> {m.experimentStates[status.state]} <span className="muted">· {counts}</span></span>
  return (
    <>
      <Progress fraction={status.fraction} label={m.runProgress} />
      <span className="num">{Math.floor(status.fraction * 100)} %</span>
      <span className="muted">{counts}{status.etaMs !== undefined && ` · ${m.toGo(eta(status.etaMs))}`}</span>
    </>
  )
}

const MARKS: Readonly<Record<'done' | 'cancelled' | 'failed', string>> = { done: '✓', cancelled: '◐', failed: '✕' }

function PaneToggles(): ReactNode {
  const m = useMessages()
  const shown = useStore(panes)
  const keys = [useShownKey('goSetup'), useShownKey('goEditor'), useShownKey('goResults')]
  const names: readonly { readonly pane: PaneName; readonly label: string }[] = [{ pane: 'setup', label: m.setup }, { pane: 'editor', label: m.editor }, { pane: 'results', label: m.results }]
  return (
    <span className="pane-toggles" role="group" aria-label={m.panes}>
      {names.map(({ pane, label }, index) => (
        <button key={pane} type="button" aria-pressed={shown[pane]} title={keys[index] === undefined ? label : `${label} (${keys[index]})`} onClick={() => togglePane(pane)}>{label}</button>
      ))}
    </span>
  )
}

function LanguageSelect(): ReactNode {
  const m = useMessages()
  const now = useStore(language)
  const choose = (next: Language): void => { setLanguage(next); setSetting('language', next) }
  return (
    <select className="language" aria-label={m.language} value={now} onChange={(event) => choose(event.target.value as Language)} data-testid="language">
      {LANGUAGES.map(({ id, label, tag }) => <option key={id} value={id} lang={tag}>{label}</option>)}
    </select>
  )
}

function Logo(): ReactNode {
  return (
    <svg className="logo" width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
      <rect x="1.5" y="1.5" width="15" height="15" rx="2.5" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M2 11h14v3.5a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2z" fill="var(--accent)" />
      <path d="M2 6.2h14M2 8.6h14" stroke="currentColor" strokeWidth="1" strokeDasharray="2 1.6" />
    </svg>
  )
}
