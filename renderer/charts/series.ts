/** Loads slices of series for what is in view, at most 600 points each, and keeps the last slice on screen while the next one is on its way. */
import { useEffect, useRef, useState } from 'react'
import type { SeriesSlice } from '../../preload/contract'
import { inBackground, lab } from '../app/lab-client'

const MAX_POINTS = 600

/** `version` changes when the same run has more to show. */
export function useSeries(run: string | undefined, ids: readonly string[], t0: number, t1: number, version: string): SeriesSlice | undefined {
  const [loaded, setLoaded] = useState<{ readonly run: string; readonly slice: SeriesSlice }>()
  const asked = useRef(0)
  const names = ids.join('\n')
  useEffect(() => {
    if (run === undefined || names === '') return
    const mine = ++asked.current
    inBackground(async () => {
      const answer = await lab.series(run, names.split('\n'), t0, t1, MAX_POINTS)
      if (mine === asked.current && answer.ok) setLoaded({ run, slice: answer.value })
    })
    return () => { asked.current++ }
  }, [run, names, t0, t1, version])
  return loaded?.run === run ? loaded?.slice : undefined
}

/** Value of a column at a time: the last sample at or before it. */
export function valueAt(slice: SeriesSlice, id: string, t: number): number | undefined {
  const column = slice.columns[id]
  const at = lastAtOrBefore(slice.times, t)
  const value = column && at >= 0 ? column[at] : undefined
  return value !== undefined && Number.isFinite(value) ? value : undefined
}

export function lastAtOrBefore(times: Float64Array, t: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) <= t) low = middle + 1
    else high = middle
  }
  return low - 1
}

export function smallest(slice: SeriesSlice, id: string): number {
  let least = Infinity
  for (const value of slice.columns[id] ?? []) if (value < least) least = value
  return least
}

export function largest(slice: SeriesSlice | undefined, ids: readonly string[]): number {
  let most = 0
  for (const id of ids) {
    for (const value of slice?.columns[id] ?? []) if (value > most) most = value
  }
  return most
}

/** The highest a stack of these series gets. */
export function largestSum(slice: SeriesSlice | undefined, ids: readonly string[]): number {
  let most = 0
  for (let i = 0; i < (slice?.times.length ?? 0); i++) {
    const sum = ids.reduce((total, id) => total + (slice?.columns[id]?.[i] ?? 0), 0)
    if (sum > most) most = sum
  }
  return most
}
