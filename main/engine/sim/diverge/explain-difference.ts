/**
 * One difference looked at closely, and what followed: both runs are made again to their ends, watched from the difference on. Deeds of a kind are compared in their order (the first scan, the
 * second …), counters where the same task is at the same touch; so nothing here hangs on the clocks, which part with the first answer.
 */
import { assert } from '../../core/assert'
import type { Mm } from '../../mm/mm'
import type { Recording } from '../recording'
import type { RunInput, Simulation, WatchedRun } from '../run-input'
import { createSimulation } from '../simulation'
import { COUNTER_NAMES, vmstatValue } from '../vmstat-view'
import type { Deed, DeedDifference, DeedKind, Difference, Explanation, PageFate, PairInput, PartedCounter, Position, Side, SideDetail } from './divergence'
import { SideWatch, type SideListener } from './side-watch'

const KINDS: readonly DeedKind[] = ['scan', 'isolated', 'evicted', 'refault', 'event']
/** Allocations of all kinds part with every microsecond; they tell nothing of reclaim. */
const COMPARED = COUNTER_NAMES.filter((name) => !/^(numa_|pgalloc_)/.test(name))
/** Evicted pages that are kept an eye on, on each side. */
const MOST_PAGES = 20_000
/** So many touches are looked at one by one; then one in so many. */
const CLOSE_TOUCHES = 20_000
const FAR_STEP = 256
const STRIDE = 2000

interface Watched {
  readonly sim: Simulation
  readonly run: WatchedRun
  readonly watch: SideWatch
}

export class DifferenceExplainer {
  readonly #difference: Difference
  readonly #a: Watched
  readonly #b: Watched
  readonly #deeds = new DeedPairs()
  readonly #pages = new PageFates()
  readonly #counters = new CounterPairs()

  constructor({ a, b }: PairInput, difference: Difference) {
    this.#difference = difference
    this.#a = this.#watched(a, 'a')
    this.#b = this.#watched(b, 'b')
  }

  /** Works for about `budget` charge points; false when both runs are through. */
  step(budget: number): boolean {
    const [a, b] = [this.#a, this.#b]
    const behind = b.run.ended() || (!a.run.ended() && a.run.work() <= b.run.work()) ? a : b
    behind.sim.step(Math.min(budget, STRIDE))
    return !(a.run.ended() && b.run.ended())
  }

  fraction(): number {
    return (this.#a.sim.progress().fraction + this.#b.sim.progress().fraction) / 2
  }

  result(): Explanation {
    return {
      difference: this.#difference, a: detail(this.#a.watch), b: detail(this.#b.watch),
      deeds: this.#deeds.result(this.#a.run.ended() && this.#b.run.ended()), pages: this.#pages.result(), counters: this.#counters.parted,
    }
  }

  /** Of both runs, made to their ends: they must be the runs that were compared. */
  recordings(): { readonly a: Recording; readonly b: Recording } {
    return { a: this.#a.sim.finish(), b: this.#b.sim.finish() }
  }

  #watched(input: RunInput, side: Side): Watched {
    const made: { run?: WatchedRun; watch?: SideWatch } = {}
    const sim = createSimulation({
      ...input,
      watch: (run) => {
        made.run = run
        return (made.watch = new SideWatch(run, this.#difference.at, this.#difference[side], this.#listener(side)))
      },
    })
    assert(made.run !== undefined && made.watch !== undefined, 'a simulation takes its watcher when it is made')
    return { sim, run: made.run, watch: made.watch }
  }

  #listener(side: Side): SideListener {
    return {
      armed: (mm) => this.#counters.begin(side, mm),
      wants: (kind) => this.#deeds.wants(kind),
      deed: (kind, deed) => this.#deeds.add(side, kind, deed),
      evicted: (page, deed) => {
        if (this.#deeds.wants('evicted')) this.#deeds.add(side, 'evicted', deed())
        this.#pages.evicted(side, page, deed)
      },
      refaulted: (page, deed) => {
        if (this.#deeds.wants('refault')) this.#deeds.add(side, 'refault', deed())
        this.#pages.back(side, page, deed)
      },
      touching: (task, touch, mm) => this.#counters.add(side, { task, touch, shared: false }, mm),
    }
  }
}

function detail({ call, situation }: SideWatch): SideDetail {
  return { ...(call === undefined ? {} : { call }), ...(situation === undefined ? {} : { situation }) }
}

/** Deeds of a kind in their order; what is the same on both sides goes, the first that isn't stays. */
class DeedPairs {
  readonly #waiting = new Map<DeedKind, { side: Side; deeds: Deed[]; head: number; same: number }>()
  readonly #found: DeedDifference[] = []

  wants(kind: DeedKind): boolean {
    return !this.#found.some((one) => one.kind === kind)
  }

  add(side: Side, kind: DeedKind, deed: Deed): void {
    const queue = this.#queue(kind)
    if (queue.head === queue.deeds.length) Object.assign(queue, { side, deeds: [], head: 0 })
    if (queue.side === side) {
      queue.deeds.push(deed)
      return
    }
    const other = queue.deeds[queue.head++]
    if (sameDeed(deed, other)) queue.same++
    else this.#found.push({ kind, same: queue.same, ...(side === 'a' ? { a: deed, b: other } : { a: other, b: deed }) })
  }

  /** `whole`: nothing more can come, so what only one side did is a difference. */
  result(whole: boolean): readonly DeedDifference[] {
    const rest = !whole ? [] : KINDS.flatMap((kind): DeedDifference[] => {
      const queue = this.#queue(kind)
      return !this.wants(kind) || queue.head === queue.deeds.length ? [] : [{ kind, same: queue.same, [queue.side]: queue.deeds[queue.head] }]
    })
    const work = ({ a, b }: DeedDifference): number => Math.min(a?.work ?? Infinity, b?.work ?? Infinity)
    // What comes from what: at the same work, scan counts come before isolation, and so on.
    return [...this.#found, ...rest].toSorted((one, other) => work(one) - work(other) || KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind))
  }

  #queue(kind: DeedKind): { side: Side; deeds: Deed[]; head: number; same: number } {
    let queue = this.#waiting.get(kind)
    if (queue === undefined) this.#waiting.set(kind, (queue = { side: 'a', deeds: [], head: 0, same: 0 }))
    return queue
  }
}

function sameDeed(one: Deed, other: Deed): boolean {
  const keys = Object.keys(one.args)
  return one.task === other.task && keys.length === Object.keys(other.args).length && keys.every((key) => one.args[key] === other.args[key])
}

/** Pages that were evicted since the difference, by side. */
class PageFates {
  readonly #evicted: Readonly<Record<Side, Map<string, Deed>>> = { a: new Map(), b: new Map() }
  readonly #back: Readonly<Record<Side, Map<string, Deed>>> = { a: new Map(), b: new Map() }
  /** Evicted on both sides, the second time beyond the bound. */
  readonly #both = new Set<string>()

  evicted(side: Side, page: string, deed: () => Deed): void {
    const mine = this.#evicted[side]
    if (mine.has(page)) return
    if (mine.size < MOST_PAGES) mine.set(page, deed())
    else if (this.#evicted[side === 'a' ? 'b' : 'a'].has(page)) this.#both.add(page)
  }

  back(side: Side, page: string, deed: () => Deed): void {
    if (this.#evicted[side].has(page) && !this.#back[side].has(page)) this.#back[side].set(page, deed())
  }

  /** For each side the first page that only it evicted, and asked for again if there is one. */
  result(): readonly PageFate[] {
    return (['a', 'b'] as const).flatMap((side) => {
      const other = this.#evicted[side === 'a' ? 'b' : 'a']
      const alone = [...this.#evicted[side]].filter(([page]) => !other.has(page) && !this.#both.has(page))
      const [page, evicted] = alone.find(([one]) => this.#back[side].has(one)) ?? alone[0] ?? []
      if (page === undefined || evicted === undefined) return []
      const back = this.#back[side].get(page)
      return [{ side, page, evicted, ...(back === undefined ? {} : { back }) }]
    })
  }
}

interface Row { readonly at: Position; readonly t: number; readonly values: Float64Array }

/** Counters, looked at whenever a task is about to serve a touch that is no hit; compared where both runs looked at the same touch of the same task. */
class CounterPairs {
  readonly parted: PartedCounter[] = []
  readonly #known = new Set<number>()
  readonly #waiting = new Map<string, Readonly<Record<Side, Row[]>>>()
  readonly #looked = new Map<string, number>()
  readonly #start: Partial<Record<Side, Float64Array>> = {}

  /** The difference is met: counts are from here on. */
  begin(side: Side, mm: Mm): void {
    this.#start[side] = look(mm)
  }

  add(side: Side, at: Position, mm: Mm): void {
    const looked = this.#looked.get(at.task) ?? 0
    if (looked > CLOSE_TOUCHES && at.touch % FAR_STEP !== 0) return
    this.#looked.set(at.task, looked + 1)
    const start = this.#start[side]
    if (start !== undefined) this.#match(at.task, side, { at, t: mm.clock.now - mm.startTime, values: look(mm).map((value, i) => value - start[i]) })
  }

  #match(task: string, side: Side, row: Row): void {
    let queues = this.#waiting.get(task)
    if (queues === undefined) this.#waiting.set(task, (queues = { a: [], b: [] }))
    const mine = queues[side]
    const others = queues[side === 'a' ? 'b' : 'a']
    while (others.length > 0 && others[0].at.touch < row.at.touch) others.shift()
    const other = others[0]
    if (other?.at.touch !== row.at.touch) {
      // A touch is looked at again where its first try slept; the last look counts.
      if (mine.at(-1)?.at.touch === row.at.touch) mine.pop()
      mine.push(row)
      return
    }
    others.shift()
    this.#compare(side === 'a' ? row : other, side === 'a' ? other : row)
  }

  #compare(a: Row, b: Row): void {
    for (let i = 0; i < COMPARED.length; i++) {
      if (a.values[i] === b.values[i] || this.#known.has(i)) continue
      this.#known.add(i)
      this.parted.push({ name: COMPARED[i], at: a.at, a: { t: a.t, value: a.values[i] }, b: { t: b.t, value: b.values[i] } })
    }
  }
}

function look(mm: Mm): Float64Array {
  return Float64Array.from(COMPARED, (name) => vmstatValue(mm, name) ?? 0)
}
