/** All charts of the comparison under one toolbar: seed, layout, zoom; lanes stay in view above them. */
import { useEffect, useMemo, useRef } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { ExperimentStatus, RunChart, RunDetail, RunStatus } from '../../preload/contract'
import { commandFor } from '../app/keys'
import type { CommandId } from '../app/keys'
import { lab } from '../app/lab-client'
import { setSetting, useSetting } from '../app/settings'
import { useStore } from '../app/store'
import { useAnswer } from '../app/use-answer'
import { useMessages } from '../i18n'
import { en } from '../i18n/en'
import { zh } from '../i18n/zh'
import { useRunDetail, useRunEvents } from '../results/run-details'
import { Button, Segmented, Toggle } from '../ui/controls'
import { duration } from '../ui/format'
import { ChartFigure, MAX_MACHINES } from './chart'
import { arranged, chartsOfPinned, hideZone, useHiddenZones, usePinned, usePinnedSeries, zoneOf } from './chart-choice'
import type { ChartMachine } from './chart'
import { EventLanes } from './event-lanes'
import { lanesFor } from './lanes'
import { RunningBadge, endOfLive, useWatch } from './live'
import { crosshair, fullRange, panBy, seedShown, setFullRange, zoom, zoomBy } from './view-store'
import type { Layout } from './view-store'
import { useWidth } from './use-size'

const NARROWEST_COLUMN = 250
const NONE: readonly never[] = []
const PINNED_TITLE = { en: en.pinned.title, zh: zh.pinned.title }

export function ChartsPane({ status }: { readonly status: ExperimentStatus }): ReactNode {
  const m = useMessages()
  const [box, width] = useWidth<HTMLDivElement>()
  const machines = useChartMachines(status)
  const details = useDetails(machines)
  useRange(status, machines, details)
  useWatch(status, useStore(seedShown))
  const full = useStore(fullRange)
  const window = useStore(zoom) ?? full
  const layout = useLayout(width, machines.length)
  const charts = useRunCharts(machines, details)
  return (
    <div ref={box} className="charts" role="group" aria-label={m.charts} tabIndex={0} onKeyDown={chartKeys} data-testid="charts">
      <Toolbar status={status} layout={layout} width={width} machines={machines.length} />
      <Lanes machines={machines} layout={layout} end={full.t1} />
      {charts.length === 0 && <p className="muted pad">{m.chartsWaiting}</p>}
      <Zones charts={charts} />
      {[...chartsOfPinned(charts, usePinnedSeries(), PINNED_TITLE), ...arranged(charts, usePinned(), useHiddenZones())].map((chart) => <ChartFigure key={chart.id} chart={chart} machines={machines} layout={layout} window={window} />)}
    </div>
  )
}

function Toolbar({ status, layout, width, machines }: { readonly status: ExperimentStatus; readonly layout: Layout; readonly width: number; readonly machines: number }): ReactNode {
  const m = useMessages()
  const seed = useStore(seedShown)
  const seeds = [...new Set(status.runs.map((run) => run.seed))]
  const tooNarrow = width > 0 && width / machines < NARROWEST_COLUMN
  return (
    <div className="charts-bar">
      {seeds.length > 1 && (
        <label className="inline">{m.seed}{' '}
          <select value={seed} onChange={(event) => seedShown.set(Number(event.target.value))}>{seeds.map((one) => <option key={one}>{one}</option>)}</select>
        </label>
      )}
      <Segmented
        label={m.layout} value={layout} onChange={(value: Layout) => setSetting('charts.layout', value)}
        options={[{ value: 'side', label: m.sideBySide, disabled: tooNarrow, title: tooNarrow ? m.tooNarrow : undefined }, { value: 'overlay', label: m.overlaid }]}
      />
      <ZoomState />
    </div>
  )
}

/** Charts of a zone can be hidden; small zones mostly are in the way. */
function Zones({ charts }: { readonly charts: readonly RunChart[] }): ReactNode {
  const m = useMessages()
  const hidden = useHiddenZones()
  const zones = [...new Set(charts.flatMap((chart) => zoneOf(chart) ?? []))]
  if (zones.length < 2) return null
  return (
    <div className="zones" role="group" aria-label={m.pinned.zones}>
      {zones.map((zone) => { const [node = '', name = ''] = zone.split('.'); return <Toggle key={zone} on={!hidden.includes(zone)} label={m.nodeZone(Number(node), name)} onChange={(on) => hideZone(hidden, zone, !on)} /> })}
    </div>
  )
}

function ZoomState(): ReactNode {
  const m = useMessages()
  const window = useStore(zoom)
  const t = useStore(crosshair)
  return (
    <span className="zoom-state">
      <span className="muted num">{t !== undefined ? `t = ${duration(t)}` : window ? `${duration(window.t0)} – ${duration(window.t1)}` : m.dragToZoom}</span>
      <Button tone="quiet" className="icon" aria-label={m.zoomIn} title={m.zoomIn} onClick={() => zoomBy(0.5)}>+</Button>
      <Button tone="quiet" className="icon" aria-label={m.zoomOut} title={m.zoomOut} disabled={!window} onClick={() => zoomBy(2)}>−</Button>
      <Button tone="quiet" disabled={!window} onClick={() => zoom.set(undefined)}>{m.zoomAll}</Button>
    </span>
  )
}

function Lanes({ machines, layout, end }: { readonly machines: readonly ChartMachine[]; readonly layout: Layout; readonly end: number }): ReactNode {
  const m = useMessages()
  const window = useStore(zoom) ?? { t0: 0, t1: end }
  const all = useAllEvents(machines)
  const lanes = useMemo(() => lanesFor(all), [all])
  const style = layout === 'side' ? { gridTemplateColumns: `repeat(${machines.length}, minmax(0, 1fr))` } : undefined
  return (
    <div className={layout === 'side' ? 'lanes-head sticky' : 'lanes-head'} style={style} aria-label={m.events} role="group">
      {machines.map((machine, column) => (
        <div key={machine.index} className="lanes-machine">
          <p className="machine-name"><span className="machine-dot" style={{ background: `var(--machine-${machine.index % 6})` }} aria-hidden="true" />{machine.label}<RunningBadge machine={machine} /></p>
          <EventLanes machine={machine} events={all[column] ?? NONE} lanes={lanes} window={window} end={end} />
        </div>
      ))}
    </div>
  )
}

/** The runs of the shown seed, one per machine, base first. */
function useChartMachines(status: ExperimentStatus): readonly ChartMachine[] {
  const seed = useStore(seedShown)
  const key = status.runs.filter((run) => run.seed === seed).map(versionOf).join('\n')
  return useMemo(() => status.machines.slice(0, MAX_MACHINES).map((machine, index) => {
    const run = status.runs.find((other) => other.machine === index && other.seed === seed)
    const drawn = run && run.state !== 'waiting' && (run.state !== 'running' || run.live !== undefined)
    return { index, label: machine.label, run: drawn ? run.run : undefined, version: run ? versionOf(run) : '', ...(run?.live === undefined ? {} : { live: run.live }) }
    // The key holds everything of the runs that is shown here.
  }), [key, seed, status.id])
}

/** A running run has more to show whenever it got further. */
function versionOf(run: RunStatus): string {
  return `${run.run} ${run.state} ${run.state === 'running' ? run.live?.toNs ?? '' : run.digest ?? ''}`
}

function useDetails(machines: readonly ChartMachine[]): readonly (RunDetail | undefined)[] {
  return useSlots(machines, useReadyDetail)
}

function useAllEvents(machines: readonly ChartMachine[]): readonly (readonly never[] | Exclude<ReturnType<typeof useReadyEvents>, undefined>)[] {
  const slots = useSlots(machines, useReadyEvents)
  return useMemo(() => slots.map((events) => events ?? NONE), [slots])
}

/** The same hook for each possible machine: their number never changes, the answer's identity only when an answer does. */
function useSlots<T>(machines: readonly ChartMachine[], useOne: (run: string | undefined) => T): readonly T[] {
  const finished = (at: number): string | undefined => (machines[at]?.live !== undefined ? undefined : machines[at]?.run)
  const a = useOne(finished(0)); const b = useOne(finished(1)); const c = useOne(finished(2)); const d = useOne(finished(3))
  const e = useOne(finished(4)); const f = useOne(finished(5)); const g = useOne(finished(6)); const h = useOne(finished(7))
  return useMemo(() => [a, b, c, d, e, f, g, h].slice(0, machines.length), [a, b, c, d, e, f, g, h, machines.length])
}

function useReadyDetail(run: string | undefined): RunDetail | undefined {
  const loaded = useRunDetail(run)
  return loaded?.state === 'ready' ? loaded.value : undefined
}

function useReadyEvents(run: string | undefined): Extract<NonNullable<ReturnType<typeof useRunEvents>>, { state: 'ready' }>['value'] | undefined {
  const loaded = useRunEvents(run)
  return loaded?.state === 'ready' ? loaded.value : undefined
}

/** The charts that runs fill, those that go on as well. Until the lab has answered anew, those before stay. */
function useRunCharts(machines: readonly ChartMachine[], details: readonly (RunDetail | undefined)[]): readonly RunChart[] {
  const known = machines.flatMap(({ run, live }, at) => {
    const about = live === undefined ? details[at]?.digest : `live ${live.series}`
    return run === undefined || about === undefined ? [] : [{ run, about }]
  })
  const answer = useAnswer(known.length === 0 ? undefined : known.map(({ run, about }) => `${run} ${about}`).join('\n'), () => lab.charts(known.map(({ run }) => run)))
  const last = useRef<readonly RunChart[]>(NONE)
  if (answer?.ok) last.current = answer.value
  return machines.every(({ run }) => run === undefined) ? NONE : last.current
}

/** The longest run sets the time axis of all. */
function useRange(status: ExperimentStatus, machines: readonly ChartMachine[], details: readonly (RunDetail | undefined)[]): void {
  const longest = Math.max(0, endOfLive(machines), ...details.map((detail) => detail?.durationNs ?? 0))
  useEffect(() => { if (longest > 0) setFullRange(longest) }, [longest])
  useEffect(() => {
    const seeds = status.runs.map((run) => run.seed)
    if (!seeds.includes(seedShown.get())) seedShown.set(seeds[0] ?? 1)
  }, [status.id, status.runs])
}

function useLayout(width: number, machines: number): Layout {
  const wanted = useSetting('charts.layout') as Layout | undefined
  if (width > 0 && width / machines < NARROWEST_COLUMN) return 'overlay'
  return wanted || 'side'
}

/** Keys of the charts are the person's; the event lanes inside have their own. */
function chartKeys(event: KeyboardEvent): void {
  if ((event.target as HTMLElement).closest('input, select, textarea')) return
  const id = commandFor(event.nativeEvent, 'charts')
  const action = id && KEYS[id]
  if (!action) return
  event.preventDefault()
  action()
}

const KEYS: Readonly<Partial<Record<CommandId, () => void>>> = {
  zoomIn: () => zoomBy(0.6), zoomOut: () => zoomBy(1 / 0.6), earlier: () => panBy(-0.25), later: () => panBy(0.25), zoomAll: () => zoom.set(undefined),
}
