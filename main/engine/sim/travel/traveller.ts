/**
 * Travels through one run: to a time, a touch, the next or previous event, pass or direct reclaim, or until a condition holds, forwards and back. Forwards the run goes on from where it is; back it
 * is made again from its seed, which gives the same machine. What happens is counted (moments), so an instant has a number that is the same every time; looks are taken in the middle of it,
 * and a few around what was asked for, since the next question is mostly for a neighbour.
 */
import type { HookName } from 'reclaim-lab'
import { assert } from '../../core/assert'
import type { Task } from '../../mm/task'
import type { Watch } from '../../mm/watch'
import type { RunInput, Simulation, WatchedRun } from '../run-input'
import type { RunEvent } from '../recording'
import { createSimulation } from '../simulation'
import { compares, hookMatches, seriesValue, type Condition } from './condition'
import { takeLook, type Happening, type Look } from './look'

export type StepKind = 'event' | 'kswapd' | 'direct'

export type Seek =
  | { readonly to: 'time'; readonly t: number }
  | { readonly to: 'touch'; readonly task: string; readonly touch: number }
  /** From moment `from` to the next (1) or previous (-1) of the kind. */
  | { readonly to: 'step'; readonly kind: StepKind; readonly by: 1 | -1; readonly from: number }
  | { readonly to: 'until'; readonly condition: Condition; readonly by: 1 | -1; readonly from: number }

/** Frames above which the times of list entries are not kept. */
const MOST_AGED = 8_000_000
const MOST_KEPT = 200
/** Looks of one kind taken before and after the one asked for, when the run has to be made again. */
const BEFORE = 16
const AFTER = 8

interface Moment { readonly n: number; readonly kind: StepKind }

/** What a leg of the way looks for; told of each moment, in order. */
interface Wanted {
  moment?(n: number, what: () => Happening): boolean
  touching?(task: Task, touch: number): boolean
  /** Between two turns. */
  turn?(run: WatchedRun): Happening['kind'] | undefined
}

class Leg implements Watch {
  n = 0
  wanted: Wanted = {}
  /** Looks taken since `wanted` was set. */
  found: Look[] = []
  readonly moments: Moment[]
  readonly #run: WatchedRun
  #listed: Float32Array | undefined = undefined
  readonly #tooLarge: boolean

  constructor(run: WatchedRun, moments: Moment[], frames: number) {
    this.#run = run
    this.moments = moments
    this.#tooLarge = frames > MOST_AGED
  }

  called(hook: HookName, args: readonly unknown[], answer: unknown): void {
    this.n++
    const task = this.#run.mm()?.current as Task | undefined
    if (task !== undefined && this.wanted.moment?.(this.n, () => ({ kind: 'hook', hook, task: task.name, args, answer })) === true) this.look({ kind: 'hook', hook, task: task.name, args: structured(args), answer: structured(answer) })
  }

  logged(event: RunEvent): void {
    this.#happened('event', { kind: 'event', event })
  }

  reclaimed(by: 'kswapd' | 'direct'): void {
    this.#happened(by, { kind: by, task: this.#run.mm()?.current.name ?? '' })
  }

  touching(task: Task): void {
    if (this.wanted.touching?.(task, this.#run.touchIndex(task) ?? 0) === true) this.look({ kind: 'touch' })
  }

  listed(pfn: number): void {
    const mm = this.#run.mm()
    if (mm === undefined || this.#tooLarge) return
    this.#listed ??= new Float32Array(mm.frames.nr)
    this.#listed[pfn] = (mm.clock.now - mm.startTime) / 1e6
  }

  scanCounts(): void {}
  isolated(): void {}
  evicted(): void {}
  refaulted(): void {}

  look(what: Happening): void {
    const mm = this.#run.mm()
    if (mm !== undefined) this.found.push(takeLook(this.#run, mm, this.n, what, this.#listed))
  }

  #happened(kind: StepKind, what: Happening): void {
    this.n++
    const last = this.moments.at(-1)
    if (last === undefined || last.n < this.n) this.moments.push({ n: this.n, kind })
    if (this.#run.mm()?.current !== undefined && this.wanted.moment?.(this.n, () => what) === true) this.look(what)
  }
}

interface Going { readonly sim: Simulation; readonly run: WatchedRun; readonly leg: Leg }

export class Traveller {
  readonly #input: () => RunInput
  #going: Going
  /** Moments of all kinds that are stepped by, as far as the run was ever made. */
  readonly #moments: Moment[] = []
  readonly #kept = new Map<number, Look>()
  #work: Generator<undefined, Look | undefined, number> | undefined = undefined
  #answer: Look | undefined = undefined
  /** How often the run had to be made again. */
  remade = 0

  /** `input` is asked for each time the run is made: policies bring state. */
  constructor(input: () => RunInput) {
    this.#input = input
    this.#going = this.#start()
  }

  /** A question; `step` works on it, then `answer` tells. Undefined: there is no such moment. */
  seek(seek: Seek): void {
    this.#answer = undefined
    this.#work = this.#seek(seek)
    this.#work.next()
  }

  step(budget: number): boolean {
    const { done = false, value } = this.#work?.next(budget) ?? { done: true, value: undefined }
    if (!done) return true
    this.#answer = value ?? undefined
    this.#work = undefined
    return false
  }

  fraction(): number {
    return this.#going.sim.progress().fraction
  }

  answer(): Look | undefined {
    return this.#answer
  }

  *#seek(seek: Seek): Generator<undefined, Look | undefined, number> {
    yield undefined
    switch (seek.to) {
      case 'time':
        return yield* this.#toTime(seek.t)
      case 'touch':
        return yield* this.#toTouch(seek.task, seek.touch)
      case 'step':
        return yield* this.#toStep(seek.kind, seek.by, seek.from)
      case 'until':
        return seek.by > 0 ? yield* this.#forward(seek.condition, seek.from) : yield* this.#backward(seek.condition, seek.from)
    }
  }

  *#toTime(t: number): Generator<undefined, Look, number> {
    const now = (): number => this.#going.sim.progress().now
    if (now() > t) this.#again()
    const { leg } = this.#going
    if (now() < t && !this.#going.run.ended()) yield* this.#go({ turn: () => (now() >= t ? 'time' : undefined) })
    else leg.look({ kind: 'time' })
    return this.#last()
  }

  *#toTouch(name: string, touch: number): Generator<undefined, Look, number> {
    const task = (): Task | undefined => this.#going.run.mm()?.tasks.find((one) => one.name === name)
    const index = (): number => { const one = task(); return one === undefined ? -1 : (this.#going.run.touchIndex(one) ?? -1) }
    if (index() >= touch) this.#again()
    const over = (): boolean => index() >= touch || task()?.exited === true
    yield* this.#go({ touching: (one, at) => one.name === name && at >= touch, turn: () => (over() ? 'touch' : undefined) })
    return this.#last()
  }

  *#toStep(kind: StepKind, by: 1 | -1, from: number): Generator<undefined, Look | undefined, number> {
    const known = by > 0 ? this.#moments.find((one) => one.kind === kind && one.n > from) : this.#moments.findLast((one) => one.kind === kind && one.n < from)
    if (known !== undefined) return yield* this.#toMoment(known)
    if (by < 0) return undefined
    // Further than the run was ever made: it goes on to the next.
    yield* this.#go({ moment: (n, what) => n > from && what().kind === kind })
    return this.#closest(from, kind)
  }

  /** A moment that is known, with its neighbours of the same kind. */
  *#toMoment({ n, kind }: Moment): Generator<undefined, Look | undefined, number> {
    const kept = this.#kept.get(n)
    if (kept !== undefined) return kept
    if (this.#going.leg.n >= n) this.#again()
    const same = this.#moments.filter((one) => one.kind === kind)
    const at = same.findIndex((one) => one.n === n)
    const around = new Set(same.slice(Math.max(0, at - BEFORE), at + AFTER).map((one) => one.n))
    yield* this.#go({ moment: (now) => around.has(now), turn: () => (this.#going.leg.n >= n ? 'time' : undefined) }, false)
    return this.#kept.get(n)
  }

  *#forward(condition: Condition, from: number): Generator<undefined, Look | undefined, number> {
    // What was left behind in the same turn is only found by making the run again.
    if (this.#going.leg.n > from) this.#again()
    if (this.#going.leg.n < from) yield* this.#go({ turn: () => (this.#going.leg.n >= from ? 'time' : undefined) }, false)
    yield* this.#go(this.#matching(condition, from, Infinity))
    return this.#going.leg.found.find((one) => one.n > from || one.what.kind === 'metric')
  }

  /** The last match before: once through to find it, once more to look. */
  *#backward(condition: Condition, from: number): Generator<undefined, Look | undefined, number> {
    this.#again()
    const wanted = this.#matching(condition, 0, from)
    let last: { readonly n: number; readonly between: boolean } | undefined
    yield* this.#go({
      moment: (n, what) => { if (wanted.moment?.(n, what) === true) last = { n, between: false }; return false },
      turn: (run) => {
        const { n } = this.#going.leg
        if (wanted.turn?.(run) !== undefined && n < from) last = { n, between: true }
        return n >= from - 1 ? 'time' : undefined
      },
    }, false)
    if (last === undefined) return undefined
    this.#again()
    const { n: there, between } = last
    const met = this.#matching(condition, 0, from)
    yield* this.#go(between ? { moment: (n, what) => met.moment?.(n, what) === true && false, turn: (run) => { const here = met.turn?.(run); return this.#going.leg.n === there ? here : undefined } } : { moment: (n) => n === there })
    return this.#last()
  }

  /** Matches of moments after `from` and before `until`. */
  #matching(condition: Condition, from: number, until: number): Wanted {
    const inside = (n: number): boolean => n > from && n < until
    switch (condition.kind) {
      case 'event':
        return { moment: (n, what) => { if (!inside(n)) return false; const here = what(); return here.kind === 'event' && (condition.event === undefined || here.event.kind === condition.event) } }
      case 'kswapd':
      case 'direct':
        return { moment: (n, what) => inside(n) && what().kind === condition.kind }
      case 'hook':
        return { moment: (n, what) => { if (!inside(n)) return false; const here = what(); return here.kind === 'hook' && here.hook === condition.hook && hookMatches(condition, here.args, here.answer) } }
      case 'metric': {
        let before = true
        const comes = (): boolean => {
          const mm = this.#going.run.mm()
          if (mm === undefined) return false
          const now = compares(seriesValue(mm, condition.left), condition.op, seriesValue(mm, condition.right))
          const came = now && !before
          before = now
          return came
        }
        // Asked at every moment, and between turns for what changes without one.
        return { moment: (n) => comes() && inside(n), turn: () => (comes() ? 'metric' : undefined) }
      }
    }
  }

  /** Goes on, turn by turn, until something wanted was met or the run has ended. `stop`: at the first look. */
  *#go(wanted: Wanted, stop = true): Generator<undefined, void, number> {
    const { sim, run, leg } = this.#going
    leg.wanted = wanted
    leg.found = []
    let left = yield undefined
    for (;;) {
      const more = sim.step(1)
      const kind = wanted.turn?.(run)
      if (kind !== undefined && stop && leg.found.length === 0) leg.look({ kind } as Happening)
      if (kind !== undefined || (stop && leg.found.length > 0)) break
      if (!more) {
        leg.look({ kind: 'end' })
        break
      }
      if (--left <= 0) left = yield undefined
    }
    leg.wanted = {}
    for (const look of leg.found) this.#keep(look)
  }

  #keep(look: Look): void {
    if (look.what.kind === 'time' || look.what.kind === 'touch' || look.what.kind === 'metric' || look.what.kind === 'end') return
    this.#kept.set(look.n, look)
    for (const oldest of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - MOST_KEPT))) this.#kept.delete(oldest)
  }

  #closest(from: number, kind: StepKind): Look | undefined {
    return this.#going.leg.found.find((one) => one.n > from && one.what.kind === kind)
  }

  #last(): Look {
    const look = this.#going.leg.found[0]
    assert(look !== undefined, 'whoever goes looks when he arrives')
    return look
  }

  #again(): void {
    this.remade++
    this.#going = this.#start()
  }

  #start(): Going {
    const made: { run?: WatchedRun; leg?: Leg } = {}
    const input = this.#input()
    const frames = input.scenario.machine.zones.reduce((sum, zone) => sum + zone.managed, 0)
    const sim = createSimulation({
      ...input,
      watch: (run) => {
        made.run = run
        return (made.leg = new Leg(run, this.#moments, frames))
      },
    })
    assert(made.run !== undefined && made.leg !== undefined, 'a simulation takes its watcher when it is made')
    return { sim, run: made.run, leg: made.leg }
  }
}

function structured(value: unknown): never {
  return JSON.parse(JSON.stringify(value) ?? 'null') as never
}
