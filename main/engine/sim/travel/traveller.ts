/**
 * Travels through one run: to a time, a touch, the next or previous event, pass or direct reclaim, or until a condition holds, forwards and back. The run is made several times over, by makings that
 * stand at different instants (fleet.ts); a question goes on from the nearest one that stands earlier, which gives the same machine as any other way. What happens is counted (moments), so an instant
 * has a number that is the same every time; looks are taken in the middle of it, and a few around what was asked for, since the next question is mostly for a neighbour.
 */
import { assert } from '../../core/assert'
import type { RunInput } from '../run-input'
import { Atlas, type StepKind } from './atlas'
import { compares, hookMatches, seriesValue, type Condition } from './condition'
import { Fleet } from './fleet'
import type { Clock, Leg, Wanted } from './leg'
import type { Happening, Look } from './look'

export type { StepKind } from './atlas'

/** `from`: a moment's number, or n + 0.5 for an instant between two moments; `turn` then tells those between the same two apart. */
export type Seek =
  | { readonly to: 'time'; readonly t: number }
  | { readonly to: 'touch'; readonly task: string; readonly touch: number }
  /** From moment `from` to the next (1) or previous (-1) of the kind. */
  | { readonly to: 'step'; readonly kind: StepKind; readonly by: 1 | -1; readonly from: number }
  | { readonly to: 'until'; readonly condition: Condition; readonly by: 1 | -1; readonly from: number; readonly turn?: number }

const MOST_KEPT = 200
const MOST_ANSWERS = 400
/** Looks of one kind taken before the one that was asked for, and after it in the same turn. */
const BEFORE = 8
const AFTER = 8
/** Looks of each kind taken before a time that was asked for. */
const BEFORE_TIME = 2

type Work<T> = Generator<undefined, T, number>

export class Traveller {
  readonly #atlas = new Atlas()
  readonly #fleet: Fleet
  /** By moment. */
  readonly #kept = new Map<number, Look>()
  /** Of times and touches, as asked. */
  readonly #answers = new Map<string, Look>()
  #work: Work<Look | undefined> | undefined = undefined
  #answer: Look | undefined = undefined
  #fraction: () => number = () => 0
  /** How often the run had to be made from its seed for a question. */
  remade = 0

  /** `input` is asked for each time the run is made: policies bring state. `most`: makings at once; what memory allows if absent. */
  constructor(input: () => RunInput, clock?: Clock, most?: number) {
    this.#fleet = new Fleet(input, this.#atlas, clock, most)
  }

  /** A question; `step` works on it, then `answer` tells. Undefined: there is no such moment. A question that was left half-way leaves nothing behind that is wrong. */
  seek(seek: Seek): void {
    this.#begin(this.#seek(seek))
  }

  /** Makes ready for the questions to come; `step` works on it and may stop anywhere. */
  prepare(): void {
    this.#begin(this.#prepare())
  }

  step(budget: number): boolean {
    const { done = false, value } = this.#work?.next(budget) ?? { done: true, value: undefined }
    if (!done) return true
    this.#answer = value ?? undefined
    this.#work = undefined
    return false
  }

  /** 0..1, of the way to what was asked for where that is known. */
  fraction(): number {
    return Math.max(0, Math.min(1, this.#fraction()))
  }

  answer(): Look | undefined {
    return this.#answer
  }

  /** What the run came to, once it was made to its end. */
  digest(): string | undefined {
    return this.#atlas.end?.digest
  }

  /** Makings of the run that stand somewhere. */
  makings(): number {
    return this.#fleet.size
  }

  #begin(work: Work<Look | undefined>): void {
    // A question that was left half-way wants nothing any more.
    this.#work?.return(undefined)
    this.#answer = undefined
    this.#fraction = () => 0
    this.#work = work
    this.#work.next()
  }

  *#seek(seek: Seek): Work<Look | undefined> {
    yield undefined
    switch (seek.to) {
      case 'time':
        return yield* this.#once(`time ${seek.t}`, () => this.#toTime(seek.t))
      case 'touch':
        return yield* this.#once(`touch ${seek.touch} ${seek.task}`, () => this.#toTouch(seek.task, seek.touch))
      case 'step':
        return yield* this.#toStep(seek.kind, seek.by, seek.from)
      case 'until':
        return seek.by > 0 ? yield* this.#forward(seek.condition, seek) : yield* this.#backward(seek.condition, seek)
    }
  }

  *#once(key: string, work: () => Work<Look>): Work<Look> {
    const look = this.#answers.get(key) ?? (yield* work())
    remember(this.#answers, key, look, MOST_ANSWERS)
    return look
  }

  *#toTime(t: number): Work<Look> {
    const { end } = this.#atlas
    if (end !== undefined && t > this.#atlas.now) return end.look
    const leg = this.#from((one) => one.was < t)
    // It has just come there, or stands at the start.
    if (leg.now >= t) return this.#lookHere(leg, 'time')
    const start = leg.now
    this.#fraction = () => (leg.now - start) / (Math.min(t, end === undefined ? Infinity : this.#atlas.now) - start)
    yield* this.#go(leg, { passing: this.#towards(leg, t), turn: () => (leg.now >= t ? 'time' : undefined) })
    return this.#last(leg)
  }

  /** The last moments before a time: where they are isn't known when the run was never made so far, so looks come the closer together the less there is left of the way. */
  #towards(leg: Leg, t: number): (n: number, kind: StepKind) => boolean {
    const known = this.#atlas.lastBefore(t, BEFORE_TIME)
    if (known !== undefined) return (n) => known.has(n)
    const last = { event: leg.now, kswapd: leg.now, direct: leg.now }
    return (_n, kind) => {
      if (leg.now - last[kind] < (t - leg.now) / 2) return false
      last[kind] = leg.now
      return true
    }
  }

  *#toTouch(name: string, touch: number): Work<Look> {
    const leg = this.#from((one) => one.touches(name) < touch)
    const start = leg.touches(name)
    this.#fraction = () => (leg.touches(name) - start) / (touch - start)
    const over = (): boolean => leg.touches(name) >= touch || leg.task(name)?.exited === true
    yield* this.#go(leg, { touching: (one, at) => one.name === name && at >= touch, turn: () => (over() ? 'touch' : undefined) })
    return this.#last(leg)
  }

  *#toStep(kind: StepKind, by: 1 | -1, from: number): Work<Look | undefined> {
    if (by < 0 && this.#atlas.n < from && this.#atlas.end === undefined) yield* this.#through(from)
    const known = by > 0 ? this.#atlas.next(kind, from) : this.#atlas.previous(kind, from)
    if (known !== undefined) return yield* this.#toMoment(known, kind)
    if (by < 0 || this.#atlas.end !== undefined) return undefined
    // Further than the run was ever made: it goes on to the next.
    const leg = this.#from(() => true)
    yield* this.#go(leg, { moment: (n, what) => n > from && what === kind })
    return leg.found.find(({ n, what }) => n > from && what.kind === kind)
  }

  /** What was before a place that nobody has been at is not known yet. */
  *#through(from: number): Work<void> {
    const leg = this.#from(() => true)
    this.#fractionTo(leg, from)
    yield* this.#go(leg, { turn: () => (leg.n >= from ? 'time' : undefined) }, false)
  }

  /** A moment that is known, with its neighbours of the same kind. */
  *#toMoment(n: number, kind: StepKind): Work<Look | undefined> {
    const kept = this.#kept.get(n)
    if (kept !== undefined) return kept
    const leg = this.#from((one) => one.n < n)
    this.#fractionTo(leg, n)
    const around = this.#atlas.around(kind, n, BEFORE, AFTER)
    yield* this.#go(leg, { passing: (now) => around.has(now), turn: () => (leg.n >= n ? 'time' : undefined) }, false)
    return this.#kept.get(n)
  }

  *#forward(condition: Condition, place: Place): Work<Look | undefined> {
    const leg = this.#from((one) => !isLater(one, place) && one.n <= place.from)
    const { moment, turn } = matching(condition, leg)
    this.#fraction = () => leg.sim.progress().fraction
    yield* this.#go(leg, {
      moment: (n, kind, what) => moment?.(n, kind, what) === true && n > place.from,
      turn: () => (turn?.() === undefined || !isLater(leg, place) ? undefined : 'metric'),
    })
    return leg.found.at(0)
  }

  /** The last match before: through the stretch from one making to the next to find it, the nearest stretch first; then once more, to look. */
  *#backward(condition: Condition, place: Place): Work<Look | undefined> {
    for (let until = Infinity; ;) {
      const leg = this.#from((one) => one.turns < until && isEarlier(one, place))
      const start = leg.turns
      const match = yield* this.#lastMatch(leg, condition, place, until)
      if (match !== undefined) return yield* this.#toMatch(match)
      if (start === 0) return undefined
      until = start
    }
  }

  *#lastMatch(leg: Leg, condition: Condition, place: Place, until: number): Work<Match | undefined> {
    const { moment, turn } = matching(condition, leg)
    const start = leg.turns
    this.#fraction = () => (leg.turns - start) / (Math.min(until, this.#atlas.turns) - start)
    let last: Match | undefined
    yield* this.#go(leg, {
      moment: (n, kind, what) => {
        if (moment?.(n, kind, what) === true && n < place.from) last = { n, turns: leg.turns, between: false }
        return false
      },
      turn: () => {
        const earlier = isEarlier(leg, place)
        if (turn?.() !== undefined && earlier) last = { n: leg.n, turns: leg.turns, between: true }
        return earlier && leg.turns < until ? undefined : 'time'
      },
    }, false)
    return last
  }

  *#toMatch({ n, turns, between }: Match): Work<Look> {
    const leg = this.#from((one) => (between ? one.turns <= turns : one.n < n))
    if (between && leg.turns === turns) return this.#lookHere(leg, 'metric')
    yield* this.#go(leg, between ? { turn: () => (leg.turns === turns ? 'metric' : undefined) } : { moment: (now) => now === n })
    return this.#last(leg)
  }

  *#prepare(): Work<undefined> {
    yield undefined
    for (let goal = this.#fleet.goal(); goal !== undefined; goal = this.#fleet.goal()) {
      const { leg, turns } = goal
      let left = yield undefined
      while (leg.turns < turns) {
        if (!leg.advance()) {
          this.#over(leg)
          break
        }
        if (--left <= 0) left = yield undefined
      }
    }
    return undefined
  }

  /** Goes on, turn by turn, until something wanted was met or the run has ended. `stop`: at the first look. */
  *#go(leg: Leg, wanted: Wanted, stop = true): Work<void> {
    leg.wanted = wanted
    leg.found = []
    leg.beside = []
    try {
      let left = yield undefined
      while (!this.#turn(leg, stop)) if (--left <= 0) left = yield undefined
    } finally {
      leg.wanted = {}
      for (const look of [...leg.beside, ...leg.found]) if (!BETWEEN.has(look.what.kind)) remember(this.#kept, look.n, look, MOST_KEPT)
    }
  }

  /** True when this turn was the last of the way. */
  #turn(leg: Leg, stop: boolean): boolean {
    const more = leg.advance()
    const kind = leg.wanted.turn?.()
    if (kind !== undefined && stop && leg.found.length === 0) leg.look({ kind } as Happening)
    if (!more) this.#over(leg)
    return !more || kind !== undefined || (stop && leg.found.length > 0)
  }

  /** The run has ended: what it came to is told once, and there is nothing to go on from. */
  #over(leg: Leg): void {
    const look = leg.take({ kind: 'end' })
    if (leg.found.length === 0) leg.found.push(look)
    this.#atlas.end ??= { look, digest: leg.sim.finish().digest }
    this.#fleet.drop(leg)
  }

  /** From the nearest making that still is before it. */
  #from(before: (leg: Leg) => boolean): Leg {
    const leg = this.#fleet.nearest((one) => !one.ended() && before(one)) ?? this.#anew()
    this.#fleet.here = leg
    return leg
  }

  #anew(): Leg {
    this.remade++
    return this.#fleet.anew()
  }

  #fractionTo(leg: Leg, n: number): void {
    const start = leg.n
    this.#fraction = () => (leg.n - start) / (n - start)
  }

  #lookHere(leg: Leg, kind: 'time' | 'metric'): Look {
    return leg.take({ kind })
  }

  #last(leg: Leg): Look {
    const [look] = leg.found
    assert(look !== undefined, 'whoever goes looks when he arrives')
    return look
  }
}

const BETWEEN: ReadonlySet<Happening['kind']> = new Set(['time', 'touch', 'metric', 'end'])

type Place = Pick<Extract<Seek, { to: 'until' }>, 'from' | 'turn'>
interface Match { readonly n: number; readonly turns: number; readonly between: boolean }

/** Whether a making, which stands between two turns, is before a place. */
function isEarlier({ n, turns }: Leg, { from, turn }: Place): boolean {
  return n + 0.5 < from || (n + 0.5 === from && turn !== undefined && turns < turn)
}

function isLater({ n, turns }: Leg, { from, turn }: Place): boolean {
  return n + 0.5 > from && !(n + 0.5 === from && turn !== undefined && turns <= turn)
}

/** What a condition finds from where the making stands on; everything must be shown to it, since a comparison comes true only where it wasn't before. */
function matching(condition: Condition, leg: Leg): Wanted {
  switch (condition.kind) {
    case 'event':
      return { moment: (_n, kind, what) => { if (kind !== 'event') return false; const here = what(); return condition.event === undefined || (here.kind === 'event' && here.event.kind === condition.event) } }
    case 'kswapd':
    case 'direct':
      return { moment: (_n, kind) => kind === condition.kind }
    case 'hook':
      return { moment: (_n, kind, what) => { if (kind !== 'hook') return false; const here = what(); return here.kind === 'hook' && here.hook === condition.hook && hookMatches(condition, here.args, here.answer) } }
    case 'metric': {
      const holds = (): boolean => { const mm = leg.mm(); return compares(seriesValue(mm, condition.left), condition.op, seriesValue(mm, condition.right)) }
      let before = holds()
      const comes = (): boolean => {
        const now = holds()
        const came = now && !before
        before = now
        return came
      }
      // Asked at every moment, and between turns for what changes without one.
      return { moment: comes, turn: () => (comes() ? 'metric' : undefined) }
    }
  }
}

/** As the newest of so many. */
function remember<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key)
  map.set(key, value)
  for (const oldest of map.keys()) {
    if (map.size <= most) break
    map.delete(oldest)
  }
}
