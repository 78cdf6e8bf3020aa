/**
 * The makings of one run that stand at different instants of it. A state can't be copied, but a run can be made several times: who wants to go back takes the nearest making that stands earlier.
 * `goal` says where another should stand for the questions to come: close behind the place that was visited last, and all over the run, at places that cost the same to come to from one to the next.
 */
import type { RunInput } from '../run-input'
import type { Atlas } from './atlas'
import { Leg, type Clock } from './leg'

/** For all makings of a run; and what one takes: columns by frame (42 bytes, page tables, times of list entries), log and series. Measured at 469 MiB: 7 MB of columns, 4 to 5 of objects. */
const BUDGET = 384 * 1_048_576
const BYTES_PER_LEG = 6_000_000
const BYTES_PER_FRAME = 60
const MOST = 18
/** Of the clock's ms: a place costs half a run to fill, on average, and no more is spent on all of them. */
const MOST_FILL = 60_000
const FEWEST_PLACES = 3
/** How far behind the place that was visited last the next making waits, and how far it may be; parts of the run's cost. */
const BEHIND = 1 / 64
const NEAREST_BEHIND = 1 / 256
const FURTHEST_BEHIND = 1 / 32

/** Who goes where; without a turn, to the end. */
export interface Goal { readonly leg: Leg; readonly turns: number }

/** A turn, and the range of costs in which a making serves as well. */
interface Place { readonly turns: number; readonly least: number; readonly most: number }

export class Fleet {
  readonly most: number
  /** Where the last question ended. */
  here: Leg
  readonly #input: () => RunInput
  readonly #atlas: Atlas
  readonly #clock: Clock | undefined
  #legs: readonly Leg[] = []

  constructor(input: () => RunInput, atlas: Atlas, clock?: Clock, most?: number) {
    this.#input = input
    this.#atlas = atlas
    this.#clock = clock
    this.here = this.#launch()
    this.most = most ?? Math.max(1, Math.min(MOST, Math.floor(BUDGET / (BYTES_PER_LEG + BYTES_PER_FRAME * this.here.mm().frames.nr))))
  }

  get size(): number {
    return this.#legs.length
  }

  /** The furthest making for which this still holds. */
  nearest(before: (leg: Leg) => boolean): Leg | undefined {
    return furthest(this.#legs.filter(before))
  }

  /** From the seed; another gives way if there are too many. */
  anew(): Leg {
    if (this.#legs.length >= this.most) this.drop(furthest(this.#legs.filter((leg) => leg !== this.here)) ?? this.here)
    return this.#launch()
  }

  drop(leg: Leg): void {
    this.#legs = this.#legs.filter((one) => one !== leg)
  }

  /** The most useful thing to do while nobody asks; undefined when all is as it should be. */
  goal(): Goal | undefined {
    const spare = new Set(this.#legs.filter((leg) => leg !== this.here && !leg.ended()))
    const missing = this.#places().filter((place) => {
      const found = [...spare].find((leg) => this.#serves(leg, place))
      return found === undefined || !spare.delete(found)
    })
    for (const { turns } of missing) {
      const leg = furthest([...spare].filter((one) => one.turns <= turns)) ?? this.#recruit(spare)
      if (leg !== undefined) return { leg, turns }
    }
    return undefined
  }

  #recruit(spare: ReadonlySet<Leg>): Leg | undefined {
    if (this.#legs.length >= this.most) {
      const useless = furthest([...spare])
      if (useless === undefined) return undefined
      this.drop(useless)
    }
    return this.#launch()
  }

  #serves(leg: Leg, { turns, least, most }: Place): boolean {
    const cost = this.#atlas.costAt(leg.turns)
    return leg.turns === turns || (cost >= least && cost <= most)
  }

  /** By how much each is wanted. */
  #places(): Place[] {
    return [...this.#behind(), ...(this.#atlas.end === undefined ? [{ turns: Infinity, least: Infinity, most: Infinity }] : this.#allOver())]
  }

  #behind(): Place[] {
    const { cost } = this.#atlas
    const here = this.#atlas.costAt(this.here.turns)
    const turns = this.#atlas.turnsAt(here - cost * BEHIND)
    return turns === 0 || turns >= this.here.turns ? [] : [{ turns, least: here - cost * FURTHEST_BEHIND, most: here - cost * NEAREST_BEHIND }]
  }

  /** One is where the last question ended, one behind it, one on its way. The places before that are filled first, the nearest of them first. */
  #allOver(): Place[] {
    const { cost } = this.#atlas
    const places = Math.min(this.most - 3, Math.max(FEWEST_PLACES, Math.floor((2 * MOST_FILL) / cost)))
    const gap = cost / (places + 1)
    const all = Array.from({ length: Math.max(0, places) }, (_, i) => (i + 1) * gap).map((most): Place => ({ turns: Math.min(this.#atlas.turnsAt(most), this.#atlas.turns - 1), least: most - gap / 4, most })).filter(({ turns }) => turns > 0)
    const earlier = all.filter(({ turns }) => turns < this.here.turns)
    return [...earlier.toReversed(), ...all.slice(earlier.length)]
  }

  #launch(): Leg {
    const leg = new Leg(this.#input(), this.#atlas, this.#clock)
    this.#legs = [...this.#legs, leg]
    return leg
  }
}

function furthest(legs: readonly Leg[]): Leg | undefined {
  return legs.reduce<Leg | undefined>((best, leg) => (best === undefined || leg.turns > best.turns ? leg : best), undefined)
}
