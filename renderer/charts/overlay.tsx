/** The transparent sheet over a plot or a lane: crosshair, drag to zoom, double click to see all, the picked event's line. Moves cost no chart redraw. */
import { useEffect, useRef, useState } from 'react'
import type { PointerEvent, ReactNode, RefObject } from 'react'
import { useStore } from '../app/store'
import { GUTTER, RIGHT } from './colours'
import { crosshair, moveCrosshair, panBy, picked, zoom, zoomBy, zoomTo } from './view-store'

interface OverlayProps {
  readonly t0: number
  readonly t1: number
  readonly width: number
  readonly height: number
  /** A click that was no drag, at a time. */
  onPick?(t: number, nsPerPixel: number): void
}

const DRAG_PX = 5

export function Overlay({ t0, t1, width, height, onPick }: OverlayProps): ReactNode {
  const inner = Math.max(1, width - GUTTER - RIGHT)
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>()
  const start = useRef<number>(undefined)
  const sheet = useRef<HTMLDivElement>(null)
  useWheel(sheet)
  const timeAt = (x: number): number => t0 + (Math.min(Math.max(0, x), inner) / inner) * (t1 - t0)
  const xOf = (event: PointerEvent): number => event.clientX - event.currentTarget.getBoundingClientRect().left
  const move = (event: PointerEvent): void => {
    const x = xOf(event)
    moveCrosshair(timeAt(x))
    if (start.current !== undefined && Math.abs(x - start.current) > DRAG_PX) setDrag({ from: start.current, to: x })
  }
  const up = (event: PointerEvent): void => {
    const from = start.current
    start.current = undefined
    setDrag(undefined)
    if (from === undefined) return
    const x = xOf(event)
    if (Math.abs(x - from) > DRAG_PX) zoomTo(timeAt(Math.min(from, x)), timeAt(Math.max(from, x)))
    else onPick?.(timeAt(x), (t1 - t0) / inner)
  }
  return (
    <div
      ref={sheet} className="overlay" style={{ left: GUTTER, width: inner, height }} onPointerMove={move} onPointerUp={up} onDoubleClick={() => zoom.set(undefined)}
      onPointerDown={(event) => { if (event.button === 0) { start.current = xOf(event); event.currentTarget.setPointerCapture(event.pointerId) } }}
      onPointerLeave={() => { if (start.current === undefined) moveCrosshair(undefined) }}
    >
      <PickedLine t0={t0} t1={t1} inner={inner} />
      <Crosshair t0={t0} t1={t1} inner={inner} />
      {drag && <div className="drag" style={{ left: Math.max(0, Math.min(drag.from, drag.to)), width: Math.abs(drag.to - drag.from) }} />}
    </div>
  )
}

/** Ctrl and the wheel zoom around the pointer, Shift and the wheel move; a bare wheel scrolls the page. React's own listener could not keep the page from zooming. */
function useWheel(sheet: RefObject<HTMLDivElement | null>): void {
  useEffect(() => {
    const element = sheet.current
    const turn = (event: WheelEvent): void => {
      if (!event.ctrlKey && !event.shiftKey) return
      event.preventDefault()
      const by = event.deltaY === 0 ? event.deltaX : event.deltaY
      if (event.ctrlKey) zoomBy(by > 0 ? 1.25 : 0.8)
      else panBy(by > 0 ? 0.1 : -0.1)
    }
    element?.addEventListener('wheel', turn, { passive: false })
    return () => element?.removeEventListener('wheel', turn)
  }, [sheet])
}

interface LineProps { readonly t0: number; readonly t1: number; readonly inner: number }

function Crosshair({ t0, t1, inner }: LineProps): ReactNode {
  const t = useStore(crosshair)
  if (t === undefined || t < t0 || t > t1) return null
  return <div className="crosshair" style={{ transform: `translateX(${((t - t0) / (t1 - t0)) * inner}px)` }} />
}

function PickedLine({ t0, t1, inner }: LineProps): ReactNode {
  const event = useStore(picked)?.event
  if (!event || event.t < t0 || event.t > t1) return null
  return <div className="picked-line" style={{ transform: `translateX(${((event.t - t0) / (t1 - t0)) * inner}px)` }} />
}
