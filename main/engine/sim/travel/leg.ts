/** One making of a run, as far as it has come. It goes on turn by turn, counts its moments, and takes looks in the middle of a turn where one is wanted. It can't go back and can't be copied. */
import type { HookName } from 'reclaim-lab'
import { assert } from '../../core/assert'
import type { Task } from '../../mm/task'
import type { Watch } from '../../mm/watch'
import type { Mm } from '../../mm/mm'
import type { RunEvent } from '../recording'
import type { RunInput, Simulation, WatchedRun } from '../run-input'
import { createSimulation } from '../simulation'
import type { Atlas, StepKind } from './atlas'
import { takeLook, type Happening, type Look } from './look'

/** Frames above which the times of list entries are not kept. */
const MOST_AGED = 8_000_000

/** Tells what turns cost, ms; it only decides where makings wait, never what is seen. Without one all turns cost the same. */
export type Clock = () => number

/** What is looked for on the way. */
export interface Wanted {
  /** Told of every moment, in order. */
  moment?(n: number, kind: Happening['kind'], what: () => Happening): boolean
  /** Told of the moments that are stepped by: one more look beside the one that was asked for. */
  passing?(n: number, kind: StepKind): boolean
  touching?(task: Task, touch: number): boolean
  /** Between two turns. */
  turn?(): Happening['kind'] | undefined
}

export class Leg implements Watch {
  /** Moments behind it: events, passes, direct reclaims and decisions. */
  n = 0
  turns = 0
  /** The furthest that any CPU's clock has come, and the same a turn ago; ns since the workload started. */
  now = 0
  was = -1
  wanted: Wanted = {}
  /** Looks taken since `wanted` was set: those asked for, and those in passing. */
  found: Look[] = []
  beside: Look[] = []
  readonly sim: Simulation
  #run: WatchedRun | undefined = undefined
  readonly #atlas: Atlas
  readonly #clock: Clock | undefined
  #listed: Float32Array | undefined = undefined

  constructor(input: RunInput, atlas: Atlas, clock?: Clock) {
    this.#atlas = atlas
    this.#clock = clock
    this.sim = createSimulation({ ...input, watch: (run) => { this.#run = run; return this } })
  }

  /** One turn; false when the run has ended. */
  advance(): boolean {
    const furthest = this.turns === this.#atlas.turns
    const before = furthest ? this.#clock?.() : undefined
    const more = this.sim.step(1)
    const { clock, startTime } = this.mm()
    this.turns++
    this.was = this.now
    this.now = Math.max(this.now, clock.now - startTime)
    if (furthest) this.#atlas.turned(this.n, this.now, before === undefined || this.#clock === undefined ? 1 : this.#clock() - before)
    return more
  }

  ended(): boolean {
    return this.#run?.ended() === true
  }

  mm(): Mm {
    const mm = this.#run?.mm()
    assert(mm !== undefined, 'a machine that was made has booted')
    return mm
  }

  task(name: string): Task | undefined {
    return this.mm().tasks.find((one) => one.name === name)
  }

  /** Touches behind a task; -1 for one that isn't there. */
  touches(name: string): number {
    const task = this.task(name)
    return task === undefined ? -1 : (this.#run?.touchIndex(task) ?? -1)
  }

  called(hook: HookName, args: readonly unknown[], answer: unknown): void {
    this.n++
    const { wanted } = this
    if (wanted.moment === undefined) return
    const task = this.#run?.mm()?.current
    if (task !== undefined && wanted.moment(this.n, 'hook', () => ({ kind: 'hook', hook, task: task.name, args, answer }))) this.look({ kind: 'hook', hook, task: task.name, args: structured(args), answer: structured(answer) })
  }

  logged(event: RunEvent): void {
    this.#happened('event', () => ({ kind: 'event', event }))
  }

  reclaimed(by: 'kswapd' | 'direct'): void {
    this.#happened(by, () => ({ kind: by, task: this.#run?.mm()?.current.name ?? '' }))
  }

  touching(task: Task): void {
    if (this.wanted.touching?.(task, this.#run?.touchIndex(task) ?? 0) === true) this.look({ kind: 'touch' })
  }

  listed(pfn: number): void {
    const mm = this.#run?.mm()
    if (mm === undefined || mm.frames.nr > MOST_AGED) return
    this.#listed ??= new Float32Array(mm.frames.nr)
    this.#listed[pfn] = (mm.clock.now - mm.startTime) / 1e6
  }

  scanCounts(): void {}
  isolated(): void {}
  evicted(): void {}
  refaulted(): void {}

  look(what: Happening): void {
    this.found.push(this.take(what))
  }

  take(what: Happening): Look {
    assert(this.#run !== undefined, 'a machine that was made is watched')
    return takeLook(this.#run, this.mm(), { n: this.n, turn: this.turns }, what, this.#listed)
  }

  #happened(kind: StepKind, what: () => Happening): void {
    this.n++
    const mm = this.#run?.mm()
    if (mm === undefined) return
    this.#atlas.passed(kind, this.n, Math.max(this.now, mm.clock.now - mm.startTime))
    if ((mm.current as Task | undefined) === undefined) return
    const { wanted } = this
    if (wanted.moment?.(this.n, kind, what) === true) this.look(what())
    else if (wanted.passing?.(this.n, kind) === true) this.beside.push(this.take(what()))
  }
}

function structured(value: unknown): never {
  return JSON.parse(JSON.stringify(value) ?? 'null') as never
}
