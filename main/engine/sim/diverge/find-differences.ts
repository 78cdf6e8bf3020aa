/**
 * Finds where the decisions of two runs differ. Both are made again, side by side, each watched as a stream of decisions; what task T decided at its touch n in one is compared with what it
 * decided there in the other, whatever the time. Kernel threads, which have no touches, are compared at the workload's.
 */
import type { HookName } from 'reclaim-lab'
import { assert } from '../../core/assert'
import type { RunInput, WatchedRun } from '../run-input'
import { createSimulation } from '../simulation'
import { DecisionStream, type Call, type Compared, type Group, type TaskStream } from './decision-stream'
import type { CallPlace, Difference, Differences, HookCount, PairInput, SeenDifference, Side } from './divergence'

const MOST_DIFFERENCES = 200

export class DifferenceFinder {
  readonly #a: Compared
  readonly #b: Compared
  readonly #most: number
  readonly #found: Difference[] = []
  #seen: SeenDifference | undefined = undefined
  readonly #hooks = new Map<HookName, { same: number; differing: number }>()
  readonly #prefix = new Prefix()
  #over = false

  /** `most`: where to stop; the first one is always the first. */
  constructor({ a, b }: PairInput, most = MOST_DIFFERENCES) {
    this.#most = most
    this.#a = compared(a, (call, stream, touch) => this.#prefix.add('a', call, stream, touch))
    this.#b = compared(b, (call, stream, touch) => this.#prefix.add('b', call, stream, touch))
  }

  /** Works for about `budget` charge points; false when all is found. */
  step(budget: number): boolean {
    if (this.#over) return false
    const { a, b } = { a: this.#a, b: this.#b }
    // The one that is behind goes on, so that little waits.
    const behind = b.run.ended() || (!a.run.ended() && a.run.work() <= b.run.work()) ? a : b
    const more = behind.sim.step(Math.min(budget, STRIDE))
    this.#compare()
    if (!more && a.run.ended() && b.run.ended()) this.#over = true
    else if (this.#found.length >= this.#most && this.#settled()) this.#over = true
    return !this.#over
  }

  /** 0..1 of both. */
  fraction(): number {
    return this.#over ? 1 : (this.#a.sim.progress().fraction + this.#b.sim.progress().fraction) / 2
  }

  result(): Differences {
    const whole = this.#a.run.ended() && this.#b.run.ended()
    const edge = whole ? Infinity : this.#edge()
    const differences = this.#found.filter(({ work }) => work < edge).toSorted(inOrder)
    const seen = this.#seen !== undefined && (differences.length === 0 || inOrder(this.#seen, differences[0]) < 0) ? { seen: this.#seen } : {}
    return {
      differences, ...seen, alike: this.#prefix.alike, calls: { a: this.#a.stream.calls, b: this.#b.stream.calls }, whole,
      hooks: [...this.#hooks].map(([hook, counts]): HookCount => ({ hook, ...counts })),
    }
  }

  /** Nothing that still waits could come before the first that was found. */
  #settled(): boolean {
    const first = Math.min(...this.#found.map(({ work }) => work))
    return first < this.#edge()
  }

  /** Up to this work everything was compared. */
  #edge(): number {
    const { a, b } = { a: this.#a, b: this.#b }
    return Math.min(a.stream.oldest(), b.stream.oldest(), a.run.ended() ? Infinity : a.run.work(), b.run.ended() ? Infinity : b.run.work())
  }

  #compare(): void {
    for (const name of new Set([...this.#a.stream.streams.keys(), ...this.#b.stream.streams.keys()])) while (this.#compareNext(name));
  }

  #compareNext(name: string): boolean {
    const [left, right] = [this.#a.stream, this.#b.stream]
    const [one, other] = [left.waiting(name), right.waiting(name)]
    if (one === undefined && other === undefined) return false
    const touch = Math.min(one?.touch ?? Infinity, other?.touch ?? Infinity)
    if (!left.past(name, touch) || !right.past(name, touch)) return false
    this.#pair(name, touch, one?.touch === touch ? one : undefined, other?.touch === touch ? other : undefined)
    if (one?.touch === touch) left.drop(name)
    if (other?.touch === touch) right.drop(name)
    return true
  }

  #pair(name: string, touch: number, one: Group | undefined, other: Group | undefined): void {
    const at = { task: name, touch, shared: (this.#a.stream.streams.get(name) ?? this.#b.stream.streams.get(name))?.shared ?? false }
    const [left, right] = [one?.calls ?? [], other?.calls ?? []]
    let i = 0
    while (i < left.length && i < right.length && left[i].hook === right[i].hook && left[i].answer === right[i].answer) {
      this.#count(left[i].hook).same++
      if (left[i].seen !== right[i].seen) this.#sawOther(at, left[i], right[i])
      i++
    }
    for (const call of [...left.slice(i), ...right.slice(i)]) this.#count(call.hook).differing++
    const [a, b] = parted(left, right, i)
    if (a === undefined && b === undefined) return
    const work = Math.min(a?.work ?? Infinity, b?.work ?? Infinity)
    const kind = a === undefined || b === undefined ? 'only' : a.hook === b.hook ? 'answer' : 'hook'
    this.#found.push({ kind, at, work, before: i, ...(a === undefined ? {} : { a: place(a) }), ...(b === undefined ? {} : { b: place(b) }) })
  }

  #sawOther(at: Difference['at'], a: Call, b: Call): void {
    const seen: SeenDifference = { at, work: Math.min(a.work, b.work), a: place(a), b: place(b) }
    if (this.#seen === undefined || inOrder(seen, this.#seen) < 0) this.#seen = seen
  }

  #count(hook: HookName): { same: number; differing: number } {
    let counts = this.#hooks.get(hook)
    if (counts === undefined) this.#hooks.set(hook, (counts = { same: 0, differing: 0 }))
    return counts
  }
}

/** Charge points in one go: little enough that neither run gets far ahead. */
const STRIDE = 2000

function compared(input: RunInput, sequence: (call: Call, stream: TaskStream, touch: number) => void): Compared {
  const made: { run?: WatchedRun; stream?: DecisionStream } = {}
  const sim = createSimulation({
    ...input,
    watch: (run) => {
      made.run = run
      return (made.stream = new DecisionStream(run, sequence))
    },
  })
  assert(made.run !== undefined && made.stream !== undefined, 'a simulation takes its watcher when it is made')
  return { sim, run: made.run, stream: made.stream }
}

/** So many calls ahead a hook is looked for in the other run. */
const NEAR = 8

/** The calls at the place where two groups part. A hook that the other run doesn't ask soon either was asked in one run only. */
function parted(left: readonly Call[], right: readonly Call[], i: number): readonly [Call | undefined, Call | undefined] {
  const [a, b] = [left.at(i), right.at(i)]
  if (a === undefined || b === undefined || a.hook === b.hook) return [a, b]
  const soon = (calls: readonly Call[], hook: HookName): boolean => calls.slice(i, i + NEAR).some((call) => call.hook === hook)
  if (!soon(right, a.hook)) return [a, undefined]
  return soon(left, b.hook) ? [a, b] : [undefined, b]
}

function place({ n, hook, t }: Call): CallPlace {
  return { n, hook, t }
}

interface Ordered { readonly work: number; readonly a?: CallPlace; readonly b?: CallPlace }

/** By work, then in the order of calls: clocks of several CPUs lie a little apart, the calls tell what came first. */
function inOrder(one: Ordered, other: Ordered): number {
  const least = ({ a, b }: Ordered, of: 't' | 'n'): number => Math.min(a?.[of] ?? Infinity, b?.[of] ?? Infinity)
  return one.work - other.work || least(one, 'n') - least(other, 'n') || least(one, 't') - least(other, 't')
}

/** How many calls from the start on are the same in both runs, in order. What one run has ahead of the other waits. */
class Prefix {
  alike = 0
  #parted = false
  #ahead: Side = 'a'
  #waiting: string[] = []
  #head = 0

  add(side: Side, { hook, answer }: Call, { task }: TaskStream, touch: number): void {
    if (this.#parted) return
    const key = `${hook} ${answer} ${touch} ${task}`
    if (this.#head === this.#waiting.length) {
      this.#ahead = side
      this.#waiting = []
      this.#head = 0
    }
    if (side === this.#ahead) this.#waiting.push(key)
    else if (this.#waiting[this.#head++] === key) this.alike++
    else {
      this.#parted = true
      this.#waiting = []
    }
  }
}
