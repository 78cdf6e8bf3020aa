/**
 * What is known of a run from having been through it: its moments, what it costs to come to a turn of it, how it ends. Shared by all makings of the run, since each goes through the same; whoever
 * comes further than anybody before writes on.
 */
import { assert } from '../../core/assert'
import type { Look } from './look'

export type StepKind = 'event' | 'kswapd' | 'direct'
const STEP_KINDS: readonly StepKind[] = ['event', 'kswapd', 'direct']

/** Moments of one kind, in their order: numbers and times. */
interface Column { readonly n: number[]; readonly t: number[] }

/** Costs are kept of every so many turns. */
const TURNS_PER_MARK = 4

export class Atlas {
  readonly #columns: Readonly<Record<StepKind, Column>> = { event: { n: [], t: [] }, kswapd: { n: [], t: [] }, direct: { n: [], t: [] } }
  readonly #costs: number[] = [0]
  /** The last moment of any kind that is known. */
  #last = 0
  /** How far the run was ever made: turns, moments, time, cost. */
  turns = 0
  n = 0
  now = 0
  cost = 0
  /** Once it was made to its end. */
  end: { readonly look: Look; readonly digest: string } | undefined = undefined

  /** A moment is passed; told of each again by every making. */
  passed(kind: StepKind, n: number, t: number): void {
    if (n <= this.#last) return
    this.#last = n
    this.#columns[kind].n.push(n)
    this.#columns[kind].t.push(t)
  }

  /** The furthest making has gone one turn on. */
  turned(n: number, now: number, cost: number): void {
    this.turns++
    this.n = n
    this.now = now
    this.cost += cost
    if (this.turns % TURNS_PER_MARK === 0) this.#costs.push(this.cost)
  }

  costAt(turns: number): number {
    return turns >= this.turns ? this.cost : this.#costs[Math.floor(turns / TURNS_PER_MARK)]
  }

  /** The last marked turn that costs no more. */
  turnsAt(cost: number): number {
    return Math.max(0, upper(this.#costs, cost) - 1) * TURNS_PER_MARK
  }

  next(kind: StepKind, n: number): number | undefined {
    const column = this.#columns[kind].n
    return column[upper(column, n)]
  }

  previous(kind: StepKind, n: number): number | undefined {
    const column = this.#columns[kind].n
    return column[lower(column, n) - 1]
  }

  /** The moment itself and its neighbours of the kind. */
  around(kind: StepKind, n: number, before: number, after: number): ReadonlySet<number> {
    const column = this.#columns[kind].n
    const at = lower(column, n)
    assert(column[at] === n, 'neighbours are asked of a moment that is known')
    return new Set(column.slice(Math.max(0, at - before), at + after))
  }

  /** The last moments of each kind before a time; undefined while the run was not made so far. */
  lastBefore(t: number, count: number): ReadonlySet<number> | undefined {
    if (this.end === undefined && this.now < t) return undefined
    return new Set(STEP_KINDS.flatMap((kind) => {
      const { n, t: times } = this.#columns[kind]
      const at = lower(times, t)
      return n.slice(Math.max(0, at - count), at)
    }))
  }
}

/** Index of the first entry that isn't below. */
function lower(sorted: readonly number[], value: number): number {
  return search(sorted, (one) => one >= value)
}

/** Index of the first entry above. */
function upper(sorted: readonly number[], value: number): number {
  return search(sorted, (one) => one > value)
}

function search(sorted: readonly number[], past: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (past(sorted[middle])) high = middle
    else low = middle + 1
  }
  return low
}
