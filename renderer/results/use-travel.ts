/** Travel's questions, one after the other: what was found stays where it is while the next is under way, and scrubbing asks only for where the thumb is by then. */
import { useEffect, useRef, useState } from 'react'
import type { Look, Problem, Result, TravelCheck, TravelQuery, TravelView } from '../../preload/contract'
import { inBackground, lab, onLab } from '../app/lab-client'

export type Align = 'time' | 'touch'
export type Answer = Result<TravelView>

/** `nothing`: the last question had no such instant; `refused`: it was refused or cancelled. What is shown is then where it was asked. */
export interface Shown { readonly a?: Answer; readonly b?: Answer; readonly nothing: boolean; readonly refused?: readonly Problem[] }

export interface Machines { readonly a: string; readonly b?: string; readonly align: Align }

type Ask = (look: Look | undefined) => { readonly a: TravelQuery; readonly b?: TravelQuery }
/** Without `ask` only the second machine is. */
interface Wish { readonly ask?: Ask; readonly machines: Machines; readonly scrub: boolean }

const MOST_WISHES = 8

export interface Travel {
  readonly shown: Shown
  readonly busy: boolean
  readonly look: Look | undefined
  readonly checks: Readonly<Record<string, TravelCheck>>
  go(ask: Ask, machines: Machines, scrub?: boolean): void
  /** The second machine at the instant that is shown. */
  beside(machines: Machines): void
  forget(): void
  /** Drops what waits. */
  stop(): void
}

export function useTravel(): Travel {
  const [shown, setShown] = useState<Shown>({ nothing: false })
  const [busy, setBusy] = useState(false)
  const [checks, setChecks] = useState<Readonly<Record<string, TravelCheck>>>({})
  const wishes = useRef<Wish[]>([])
  const at = useRef<Look | undefined>(undefined)
  const going = useRef(false)
  const checked = (check: TravelCheck | undefined): void => { if (check !== undefined) setChecks((now) => ({ ...now, [check.run]: check })) }
  useEffect(() => onLab('travelCheck', checked), [])

  const answer = async ({ ask, machines }: Wish): Promise<void> => {
    const here = at.current
    if (ask === undefined) {
      const b = machines.b === undefined || here === undefined ? undefined : await lab.travel(machines.b, besideOf(here, machines.align))
      if (b?.ok === true) checked(b.value.check)
      setShown(({ b: _, ...now }) => ({ ...now, ...(b === undefined ? {} : { b }) }))
      return
    }
    const query = ask(here)
    const a = await lab.travel(machines.a, query.a)
    const look = a.ok ? a.value.look : undefined
    if (a.ok) checked(a.value.check)
    if (look === undefined) {
      wishes.current = []
      setShown(({ refused: _, ...now }) => (a.ok ? { ...now, nothing: true } : { ...now, nothing: false, refused: a.problems }))
      return
    }
    at.current = look
    const b = machines.b === undefined ? undefined : await lab.travel(machines.b, query.b ?? besideOf(look, machines.align))
    if (b?.ok === true) checked(b.value.check)
    setShown({ a, nothing: false, ...(b === undefined ? {} : { b }) })
  }
  const work = async (): Promise<void> => {
    going.current = true
    setBusy(true)
    try {
      for (let next = wishes.current.shift(); next !== undefined; next = wishes.current.shift()) await answer(next)
    } finally {
      going.current = false
      setBusy(false)
    }
  }
  const enlist = (list: readonly Wish[]): void => {
    wishes.current = [...list]
    if (!going.current) inBackground(work)
  }
  return {
    shown, busy, checks, look: shown.a?.ok === true ? shown.a.value.look : undefined,
    go: (ask, machines, scrub = false) => {
      const others = wishes.current.filter((one) => !(scrub && one.scrub))
      if (others.length < MOST_WISHES) enlist([...others, { ask, machines, scrub }])
    },
    beside: (machines) => { enlist([...wishes.current, { machines, scrub: false }]) },
    forget: () => {
      at.current = undefined
      wishes.current = []
      setShown({ nothing: false })
    },
    stop: () => { wishes.current = [] },
  }
}

/** Where a look was taken, as the next question starts there. */
export function placeOf(look: Look | undefined): { readonly from: number; readonly turn?: number } {
  if (look === undefined) return { from: 0 }
  const { n, turn, what } = look
  const between = what.kind === 'time' || what.kind === 'touch' || what.kind === 'metric' || what.kind === 'end'
  return { from: between ? n + 0.5 : n, turn }
}

/** The same instant on the other machine: its time, or the touch of the first task that has touched anything. */
function besideOf({ t, tasks }: Look, align: Align): TravelQuery {
  const task = tasks.find((one) => one.state === 'running' && one.touch !== undefined) ?? tasks.find((one) => (one.touch ?? 0) > 0)
  return align === 'time' || task?.touch === undefined ? { to: 'time', t } : { to: 'touch', task: task.name, touch: task.touch }
}
