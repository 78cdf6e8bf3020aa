/** The event lanes of one machine. Click a mark to see why it happened; with the keyboard, arrows step through a focused lane's marks. */
import { useMemo } from 'react'
import type { KeyboardEvent, ReactNode } from 'react'
import type { RunEvent } from '../../preload/contract'
import { useStore } from '../app/store'
import { useMessages } from '../i18n'
import type { Messages } from '../i18n'
import { duration } from '../ui/format'
import type { ChartMachine } from './chart'
import { GUTTER, RIGHT } from './colours'
import { markAt, marksOf } from './lanes'
import type { LaneId, Mark } from './lanes'
import { Overlay } from './overlay'
import { useWidth } from './use-size'
import { bringIntoView, picked } from './view-store'
import type { TimeWindow } from './view-store'

interface EventLanesProps {
  readonly machine: ChartMachine
  readonly events: readonly RunEvent[]
  readonly lanes: readonly LaneId[]
  readonly window: TimeWindow
  readonly end: number
}

const LANE_HEIGHT = 17

export function EventLanes({ machine, events, lanes, window, end }: EventLanesProps): ReactNode {
  const [box, width] = useWidth<HTMLDivElement>()
  return (
    <div ref={box} className="lanes">
      {width > 0 && lanes.map((id) => <LaneRow key={id} id={id} machine={machine} events={events} window={window} end={end} width={width} />)}
    </div>
  )
}

interface LaneRowProps extends Omit<EventLanesProps, 'lanes'> { readonly id: LaneId; readonly width: number }

function LaneRow({ id, machine, events, window, end, width }: LaneRowProps): ReactNode {
  const m = useMessages()
  const marks = useMemo(() => marksOf(id, events, end), [id, events, end])
  const now = useStore(picked)
  const pick = (mark: Mark | undefined): void => {
    const event = mark && events[mark.index]
    if (!mark || !event || machine.run === undefined) return
    picked.set({ machine: machine.index, run: machine.run, index: mark.index, event })
  }
  const step = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0 || marks.length === 0) return
    event.preventDefault()
    event.stopPropagation()
    const at = now?.run === machine.run ? marks.findIndex((mark) => mark.index === now?.index) : -1
    const next = marks[at < 0 ? (by > 0 ? 0 : marks.length - 1) : Math.min(Math.max(0, at + by), marks.length - 1)]
    pick(next)
    if (next) bringIntoView(next.from)
  }
  return (
    <div className="lane" role="group" tabIndex={0} aria-label={m.laneLabel(laneName(id, m), machine.label, marks.length)} onKeyDown={step} data-lane={id}>
      <span className="lane-name" style={{ width: GUTTER - 6 }} title={laneName(id, m)}>{laneName(id, m)}</span>
      <LaneMarks id={id} marks={marks} window={window} width={width} />
      <Overlay t0={window.t0} t1={window.t1} width={width} height={LANE_HEIGHT} onPick={(t, nsPerPixel) => pick(markAt(marks, t, nsPerPixel * 6))} />
      {marks.length === 0 && <span className="lane-none" style={{ left: GUTTER + 4 }}>{machine.live === undefined && machine.run !== undefined ? m.none : m.eventsLater}</span>}
    </div>
  )
}

function LaneMarks({ id, marks, window, width }: { readonly id: LaneId; readonly marks: readonly Mark[]; readonly window: TimeWindow; readonly width: number }): ReactNode {
  const inner = Math.max(1, width - GUTTER - RIGHT)
  const rects = useMemo(() => merge(marks, window, inner), [marks, window, inner])
  return (
    <svg className={`lane-marks lane-${id}`} width={inner} height={LANE_HEIGHT} style={{ left: GUTTER }} aria-hidden="true">
      {rects.map(({ x, w, n, ns }) => <rect key={x} x={x} y={3} width={w} height={LANE_HEIGHT - 6} rx={1}><title>{n > 1 ? `${n} ×` : ns > 0 ? duration(ns) : ''}</title></rect>)}
    </svg>
  )
}

interface Rect { readonly x: number; w: number; n: number; ns: number }

/** Marks that share pixels become one rectangle, so that a lane stays at most as many shapes as it is wide. */
function merge(marks: readonly Mark[], { t0, t1 }: TimeWindow, inner: number): readonly Rect[] {
  const scale = inner / (t1 - t0)
  const rects: Rect[] = []
  for (const mark of marks) {
    if (mark.to < t0 || mark.from > t1) continue
    const x = Math.round(Math.max(0, (mark.from - t0) * scale))
    const end = Math.min(inner, Math.max(x + 2, Math.round((mark.to - t0) * scale)))
    const last = rects[rects.length - 1]
    if (last && x <= last.x + last.w) {
      last.w = Math.max(last.w, end - last.x)
      last.n++
      last.ns += mark.to - mark.from
    } else rects.push({ x, w: end - x, n: 1, ns: mark.to - mark.from })
  }
  return rects
}

function laneName(id: LaneId, m: Messages): string {
  return m.lanes[id]
}
