/** Runs that go on while they are looked at: the lab is told which, their lines grow, and what is still to come is marked as such. */
import { useEffect } from 'react'
import type { ReactNode } from 'react'
import type { ExperimentStatus, SeriesSlice } from '../../preload/contract'
import { inBackground, lab } from '../app/lab-client'
import { useMessages } from '../i18n'
import { duration } from '../ui/format'
import type { ChartMachine } from './chart'
import { GUTTER, RIGHT } from './colours'
import { niceCeiling } from './scale'
import type { TimeWindow } from './view-store'

/** The lab forgets after ten seconds who looks. */
const AGAIN_MS = 4_000

/** As long as charts are on screen: the runs of the shown seed that have not ended. */
export function useWatch({ runs }: ExperimentStatus, seed: number): void {
  const wanted = runs.filter((run) => run.seed === seed && (run.state === 'waiting' || run.state === 'running')).map(({ run }) => run).join('\n')
  useEffect(() => {
    if (wanted === '') return
    const tell = (): void => { if (!document.hidden) inBackground(() => lab.watchRuns(wanted.split('\n'))) }
    tell()
    const timer = setInterval(tell, AGAIN_MS)
    return () => clearInterval(timer)
  }, [wanted])
}

/** Where the time axis ends while runs go on: at a round time beyond what there is, so that it moves seldom and lines are seen to grow. */
export function endOfLive(machines: readonly ChartMachine[]): number {
  const furthest = Math.max(0, ...machines.map(({ live }) => live?.toNs ?? 0))
  return furthest > 0 ? niceCeiling(furthest * 1.02) : 0
}

export function RunningBadge({ machine: { live } }: { readonly machine: ChartMachine }): ReactNode {
  const m = useMessages()
  return live === undefined ? null : <span className="running-badge" data-testid="running"><span className="running-dot" aria-hidden="true" />{m.runningTo(duration(live.toNs))}</span>
}

interface AheadProps { readonly machines: readonly ChartMachine[]; /** By machine, what is drawn of it. */ readonly slices: readonly (SeriesSlice | undefined)[]; readonly window: TimeWindow; readonly width: number; readonly height: number }

/** A line where each running run stands; behind the last of them, where nothing else is drawn, what is to come is hatched. */
export function Ahead({ machines, slices, window: { t0, t1 }, width, height }: AheadProps): ReactNode {
  const inner = Math.max(1, width - GUTTER - RIGHT)
  const heads = machines.flatMap(({ index, live }, at) => {
    // As far as is drawn: what the lab has may be further.
    const end = live === undefined ? undefined : slices[at]?.times.at(-1)
    return end === undefined ? [] : [{ index, x: ((end - t0) / (t1 - t0)) * inner }]
  }).filter(({ x }) => x >= 0 && x <= inner)
  if (heads.length === 0) return null
  const from = Math.max(...heads.map(({ x }) => x))
  const alone = machines.every(({ run, live }) => run === undefined || live !== undefined)
  return (
    <div className="plot-ahead" style={{ left: GUTTER, width: inner, height }} aria-hidden="true">
      {alone && <div className="plot-to-come" style={{ left: from }} />}
      {heads.map(({ index, x }) => <div key={index} className="plot-head" style={{ left: x, color: machines.length > 1 ? `var(--machine-${index % 6})` : 'var(--accent)' }} />)}
    </div>
  )
}
