/** What all charts share: the visible stretch of time, the crosshair, how machines are laid out, and which event is being looked at. */
import type { RunEvent } from '../../preload/contract'
import { createStore } from '../app/store'

export interface TimeWindow { readonly t0: number; readonly t1: number }
export type Layout = 'side' | 'overlay'
export interface PickedEvent { readonly machine: number; readonly run: string; readonly index: number; readonly event: RunEvent }

/** The whole run, and the part in view; ns. */
export const fullRange = createStore<TimeWindow>({ t0: 0, t1: 1e9 })
export const zoom = createStore<TimeWindow | undefined>(undefined)
/** Where the pointer is, ns. Kept apart because it changes with every move. */
export const crosshair = createStore<number | undefined>(undefined)
export const seedShown = createStore(1)
export const picked = createStore<PickedEvent | undefined>(undefined)
/** Whether a chart's y axis ends near the marks instead of at the largest value, where the person chose. */
export const nearMarks = createStore<Readonly<Record<string, boolean>>>({})

let wanted: number | undefined
let frame: number | undefined

/** Where the pointer went, once a frame: what follows from it (lines and values in all charts) is drawn no more often, and no layout is forced in between. */
export function moveCrosshair(t: number | undefined): void {
  wanted = t
  frame ??= requestAnimationFrame(() => { frame = undefined; crosshair.set(wanted) })
}

const SHORTEST_NS = 1000

function visible(): TimeWindow {
  return zoom.get() ?? fullRange.get()
}

export function setFullRange(t1: number): void {
  if (t1 > 0 && fullRange.get().t1 !== t1) fullRange.set({ t0: 0, t1 })
}

export function zoomTo(t0: number, t1: number): void {
  const full = fullRange.get()
  const span = Math.max(Math.min(t1 - t0, full.t1 - full.t0), SHORTEST_NS)
  const from = Math.min(Math.max(full.t0, t0), full.t1 - span)
  zoom.set(span >= full.t1 - full.t0 ? undefined : { t0: from, t1: from + span })
}

/** Factor below 1 zooms in; around the crosshair where there is one. */
export function zoomBy(factor: number): void {
  const { t0, t1 } = visible()
  const at = crosshair.get() ?? (t0 + t1) / 2
  zoomTo(at - (at - t0) * factor, at + (t1 - at) * factor)
}

/** By parts of what is in view; positive goes to later times. */
export function panBy(part: number): void {
  const { t0, t1 } = visible()
  const shift = (t1 - t0) * part
  zoomTo(t0 + shift, t1 + shift)
}

/** Brings an instant into view without changing the scale more than needed. */
export function bringIntoView(t: number): void {
  const { t0, t1 } = visible()
  if (t < t0 || t > t1) zoomTo(t - (t1 - t0) / 2, t + (t1 - t0) / 2)
}

export function setNearMarks(chart: string, near: boolean): void {
  nearMarks.update((now) => ({ ...now, [chart]: near }))
}

export function resetView(): void {
  zoom.set(undefined)
  crosshair.set(undefined)
  picked.set(undefined)
}
