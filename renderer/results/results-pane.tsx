/** The results: sentence, table, charts, runs; the inspector below when an event is picked. */
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import type { ExperimentStatus } from '../../preload/contract'
import { useShownKey } from '../app/keys'
import { rememberLayout, savedLayout } from '../app/layout'
import { overlays } from '../app/overlays'
import { useStore } from '../app/store'
import { ChartsPane } from '../charts/charts-pane'
import { picked, resetView } from '../charts/view-store'
import { useMessages, useText } from '../i18n'
import { HistoryPane } from '../history/history-pane'
import { resultsView, showHistory } from '../history/history-store'
import { Inspector } from '../inspector/inspector'
import { scenarioDocument } from '../scenario/scenario-document'
import { setup } from '../scenario/setup-store'
import { Button, Empty, Segmented } from '../ui/controls'
import { Problems } from '../ui/problems'
import { Section } from '../ui/section'
import { experiment, startComparison } from './experiment-store'
import { Divergence } from './divergence'
import { Findings } from './findings'
import { setupKey } from './last-comparison'
import { MetricsTable } from './metrics-table'
import { OutMenu } from './out-menu'
import { openBundleFile } from './out'
import { RunsTable } from './runs-table'
import { SlowAllocs } from './slow-allocs'
import { SweepResults } from './sweep-results'
import { Travel } from './travel'

export function ResultsPane(): ReactNode {
  const m = useMessages()
  const inspecting = useStore(picked) !== undefined
  const { status } = useStore(experiment)
  const view = useStore(resultsView)
  useEffect(() => resetView(), [status?.id])
  return (
    <section className="pane results" aria-label={m.results} id="pane-results" tabIndex={-1}>
      <ResultsTabs />
      {view === 'history' ? <HistoryPane /> : <Group orientation="vertical" id="group-results" defaultLayout={savedLayout('results')} onLayoutChanged={rememberLayout('results')}>
        <Panel id="panel-comparison" minSize={160}><Comparison /></Panel>
        {inspecting && <Separator className="separator horizontal" aria-label={m.resize} />}
        {inspecting && <Panel id="panel-inspector" minSize={110} defaultSize="45%"><Inspector /></Panel>}
      </Group>}
    </section>
  )
}

function ResultsTabs(): ReactNode {
  const { history: m } = useMessages()
  const view = useStore(resultsView)
  const historyKey = useShownKey('history')
  return (
    <div className="results-tabs">
      <Segmented label={m.show} value={view} options={[{ value: 'results', label: m.now }, { value: 'history', label: m.title, title: historyKey }]} onChange={(next) => (next === 'history' ? showHistory() : resultsView.set(next))} />
    </div>
  )
}

/** What a run would compare, before anything was run. */
function WillRun(): ReactNode {
  const m = useMessages()
  const { base, policies, variants, seeds } = useStore(setup)
  const others = [...variants.map(({ label }) => label), ...policies]
  return <p className="will-run">{others.length === 0 ? m.willRun(base) : m.willCompare(base, others.join(m.listComma), (others.length + 1) * seeds)}</p>
}

/** What the results below are of; the setup beside them may be of something else by now. */
function About({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const say = useText()
  const { asked } = useStore(experiment)
  useStore(scenarioDocument)
  const now = setupKey(useStore(setup))
  const changed = asked !== undefined && asked !== now
  const seeds = Math.max(0, ...status.runs.map((run) => run.seed))
  return (
    <p className="results-about" data-testid="results-about">
      <b>{say(status.title)}</b> <span className="muted">{m.seedsRun(seeds)}</span>
      {changed && <span className="partial"> <span aria-hidden="true">≠</span> {m.setupChanged}</span>}
      <span className="grow" />
      <OutMenu status={status} />
    </p>
  )
}

/** What of the preset the kernel doesn't have. */
function LeftOut({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const say = useText()
  return status.notes === undefined ? null : <ul className="partial left-out" data-testid="left-out">{status.notes.map((note) => <li key={note.en}>{say(note)}</li>)}</ul>
}

function Comparison(): ReactNode {
  const m = useMessages()
  const { status, refused, starting } = useStore(experiment)
  const runKey = useShownKey('run')
  return (
    <div className="results-scroll">
      <SweepResults />
      <Problems problems={refused} title={m.refused} />
      {status?.error && <Problems problems={[{ path: '', message: status.error }]} title={m.failed} />}
      {!status && refused.length === 0 && (
        <Empty title={starting ? m.starting : m.nothingRun}>{!starting && <><WillRun /><p>{m.nothingRunHint}</p><Button tone="primary" keys={runKey} onClick={startComparison}>{m.run}</Button> <Button onClick={() => overlays.set('tour')}>{m.commands.tour}</Button> <Button onClick={openBundleFile}>{m.out.openBundle}</Button></>}</Empty>
      )}
      {status && (
        <>
          <About status={status} /><LeftOut status={status} />
          <Findings status={status} />
          {status.comparison && <Section id="metrics" title={m.metrics}><MetricsTable status={status} comparison={status.comparison} /></Section>}
          <Section id="charts" title={m.charts}><ChartsPane status={status} /></Section>
          <SlowAllocs status={status} />
          <Divergence status={status} />
          <Travel status={status} />
          <Section id="runs" title={m.runs}><RunsTable status={status} /></Section>
        </>
      )}
    </div>
  )
}
