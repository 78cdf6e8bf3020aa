/**
 * The decisions of one run while it goes on, as one stream a task: each call with the task's touch index, a hash of what it saw and one of its answer. Calls of a task at one touch form a group;
 * groups wait here until they can be compared.
 */
import type { HookName } from 'reclaim-lab'
import { hashOf } from '../../core/hash'
import type { Task } from '../../mm/task'
import type { Watch } from '../../mm/watch'
import type { Simulation, WatchedRun } from '../run-input'

export interface Call {
  readonly n: number
  readonly hook: HookName
  readonly t: number
  readonly work: number
  readonly seen: number
  readonly answer: number
}

export interface Group {
  readonly touch: number
  readonly calls: Call[]
}

export interface TaskStream {
  readonly task: string
  readonly shared: boolean
  readonly groups: Group[]
  /** The first group that still waits. */
  head: number
}

/** Decisions taken before there is a task. */
const BOOT = 'boot'
const COMPACT_AT = 1024

export class DecisionStream implements Watch {
  readonly streams = new Map<string, TaskStream>()
  calls = 0
  readonly #run: WatchedRun
  readonly #sequence: ((call: Call, stream: TaskStream, touch: number) => void)
  readonly #names = new Map<Task, string>()
  readonly #tasks = new Map<string, Task>()

  /** `sequence` hears of every call in the order in which they come. */
  constructor(run: WatchedRun, sequence: (call: Call, stream: TaskStream, touch: number) => void) {
    this.#run = run
    this.#sequence = sequence
  }

  called(hook: HookName, args: readonly unknown[], answer: unknown): void {
    const mm = this.#run.mm()
    const task = mm?.current
    const work = task === undefined ? 0 : this.#run.work()
    const own = task === undefined ? 0 : this.#run.touchIndex(task)
    const stream = this.#stream(task, own === undefined)
    const touch = own ?? work
    const call: Call = { n: ++this.calls, hook, t: mm === undefined || task === undefined ? 0 : mm.clock.now - mm.startTime, work, seen: hashOf(args), answer: hashOf(answer) }
    const last = stream.groups.at(-1)
    if (last !== undefined && last.touch === touch && stream.groups.length > stream.head) last.calls.push(call)
    else stream.groups.push({ touch, calls: [call] })
    this.#sequence(call, stream, touch)
  }

  /** Has the task of this name gone past a touch? What ended, or never began in a run that is over, has. */
  past(name: string, touch: number): boolean {
    if (this.#run.ended()) return true
    if (name === BOOT) return this.#run.mm()?.current !== undefined
    const task = this.#tasks.get(name) ?? this.#find(name)
    if (task === undefined) return this.#run.work() > touch
    if (task.exited) return true
    return (this.#run.touchIndex(task) ?? this.#run.work()) > touch
  }

  waiting(name: string): Group | undefined {
    const stream = this.streams.get(name)
    return stream?.groups[stream.head]
  }

  drop(name: string): void {
    const stream = this.streams.get(name)
    if (stream === undefined) return
    stream.head++
    if (stream.head < COMPACT_AT || stream.head * 2 < stream.groups.length) return
    stream.groups.splice(0, stream.head)
    stream.head = 0
  }

  /** The least work at which a call still waits to be compared; Infinity: none does. */
  oldest(): number {
    let least = Infinity
    for (const { groups, head } of this.streams.values()) if (head < groups.length) least = Math.min(least, groups[head].calls[0].work)
    return least
  }

  logged(): void {}
  touching(): void {}
  scanCounts(): void {}
  isolated(): void {}
  evicted(): void {}
  refaulted(): void {}
  listed(): void {}
  reclaimed(): void {}

  #stream(task: Task | undefined, shared: boolean): TaskStream {
    const name = task === undefined ? BOOT : this.#nameOf(task)
    let stream = this.streams.get(name)
    if (stream === undefined) this.streams.set(name, (stream = { task: name, shared, groups: [], head: 0 }))
    return stream
  }

  #nameOf(task: Task): string {
    let name = this.#names.get(task)
    if (name === undefined) {
      name = uniqueName(task, this.#run)
      this.#names.set(task, name)
      this.#tasks.set(name, task)
    }
    return name
  }

  #find(name: string): Task | undefined {
    const task = this.#run.mm()?.tasks.find((one) => this.#nameOf(one) === name)
    if (task !== undefined) this.#tasks.set(name, task)
    return task
  }
}

/** Tasks of the same name are told apart by a number. */
export function uniqueName(task: Task, run: WatchedRun): string {
  const same = run.mm()?.tasks.filter((other) => other.name === task.name) ?? []
  const at = same.indexOf(task)
  return at <= 0 ? task.name : `${task.name} (${at + 1})`
}

/** A run that is compared: stepped from outside, with its stream. */
export interface Compared {
  readonly sim: Simulation
  readonly run: WatchedRun
  readonly stream: DecisionStream
}
