/** Loads slices of series for what is in view, at most 600 points each, and keeps the last slice on screen while the next one is on its way. */
import { useEffect, useRef, useState } from 'react'
import type { SeriesSlice } from '../../preload/contract'
import { inBackground, lab } from '../app/lab-client'

const MAX_POINTS = 600

interface Question { readonly run: string; readonly names: string; readonly t0: number; readonly t1: number }

/** `version` changes when the same run has more to show. */
export function useSeries(run: string | undefined, ids: readonly string[], t0: number, t1: number, version: string): SeriesSlice | undefined {
  const [loaded, setLoaded] = useState<{ readonly run: string; readonly slice: SeriesSlice }>()
  const wanted = useRef<Question>(undefined)
  const asking = useRef(false)
  const names = ids.join('\n')
  useEffect(() => {
    wanted.current = run === undefined || names === '' ? undefined : { run, names, t0, t1 }
    // One question at a time: a line that grows would else never be answered before the next one, or pile them up on a slow lab.
    if (!asking.current) inBackground(ask)
  }, [run, names, t0, t1, version])
  useEffect(() => () => { wanted.current = undefined }, [])
  const ask = async (): Promise<void> => {
    asking.current = true
    try {
      for (let question = wanted.current, done: Question | undefined; question !== undefined && question !== done; question = wanted.current) {
        done = question
        const answer = await lab.series(question.run, question.names.split('\n'), question.t0, question.t1, MAX_POINTS)
        if (answer.ok && wanted.current?.run === question.run && wanted.current.names === question.names) setLoaded({ run: question.run, slice: answer.value })
      }
    } finally {
      asking.current = false
    }
  }
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
    if (times[middle] <= t) low = middle + 1
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

/** Did nothing happen: is every one of these series 0 throughout in every slice? */
export function allZero(slices: readonly (SeriesSlice | undefined)[], ids: readonly string[]): boolean {
  return slices.every((slice) => slice !== undefined && ids.every((id) => slice.columns[id]?.every((value) => value === 0) ?? true))
}
