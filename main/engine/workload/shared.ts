/** What the processes of a workload share: files, signals, sysctl writes, snapshots, and where their seeds come from. */
import { assert } from '../core/assert'
import type { Episode } from '../core/clock'
import { draw, streamId } from '../core/rng'
import type { FileMapping } from '../mm/file'
import type { LockKind } from '../mm/lock'
import { KernelLock } from '../mm/lock'
import type { Mm } from '../mm/mm'
import type { MemcgKnob } from '../sim/scenario'
import type { TreePlace } from './stat'
import type { Task } from '../mm/task'

/** What a process's own address space is locked by. */
const MMAP_LOCK = 'mmap_lock'

export interface WorkloadHost {
  snapshot(label: string): void
  /** What the writing task has to do for it, if anything. */
  writeSysctl(name: string, value: number | readonly number[]): Episode<void> | undefined
  writeMemcg(path: string, knob: MemcgKnob, value: number): Episode<number>
  removeMemcg(path: string): void
  exited(): void
  /** Calls the task's process back in interrupt context. */
  interruptAt(time: number, task: number): void
}

export class WorkloadShared {
  readonly #signals = new Map<number, number>()
  readonly #files = new Map<string, FileMapping>()
  readonly #trees = new Map<string, TreePlace>()
  readonly #locks = new Map<string, KernelLock>()
  readonly #mm: Mm
  readonly #host: WorkloadHost
  readonly #seed: number
  readonly #readahead: (file: FileMapping) => number
  constructor(mm: Mm, host: WorkloadHost, seed: number, readahead: (file: FileMapping) => number) {
    this.#mm = mm
    this.#host = host
    this.#seed = seed
    this.#readahead = readahead
    for (const file of mm.files) this.#files.set(file.path, file)
    for (const sb of mm.vfs?.superBlocks ?? []) for (const tree of sb.trees) this.#trees.set(tree.path, { sb, tree })
  }

  file(path: string): FileMapping {
    const file = this.#files.get(path)
    if (file === undefined) throw new Error(`file ${path} is declared before it is opened`)
    return file
  }

  tree(path: string): TreePlace {
    const place = this.#trees.get(path)
    if (place === undefined) throw new Error(`tree ${path} is declared before it is walked`)
    return place
  }

  readahead(file: FileMapping): number {
    return this.#readahead(file)
  }

  /** The lock of this name; `spec` makes it where it doesn't exist yet. `mmap_lock` is the task's own, `mmap_lock:<name>` that of another one. */
  lock(task: Task, name: string, spec?: { readonly kind: LockKind; readonly permits?: number }): KernelLock {
    const owner = name === MMAP_LOCK ? task : name.startsWith(`${MMAP_LOCK}:`) ? this.#mm.tasks.find((other) => `${MMAP_LOCK}:${other.name}` === name) : undefined
    const full = owner === undefined ? name : `${MMAP_LOCK}:${owner.name}`
    let lock = this.#locks.get(full)
    if (lock === undefined) {
      assert(spec !== undefined, `lock ${name} is taken before it is given back`)
      this.#locks.set(full, (lock = new KernelLock(full, spec.kind, spec.permits ?? 1)))
      if (owner !== undefined) owner.mmapLock = lock
    }
    return lock
  }

  /** The disk answers nothing for so many ms from now on. */
  stallDisk(name: string, ms: number): void {
    const mm = this.#mm
    mm.io.stall(mm.io.diskIndex(name), mm.clock.now, mm.clock.now + ms * 1e6)
    mm.trace.log('disk_stall', { disk: name }, { duration: ms * 1e6 })
  }

  signal(k: number): void {
    this.#signals.set(k, this.signals(k) + 1)
  }

  signals(k: number): number {
    return this.#signals.get(k) ?? 0
  }

  /** A phase without a seed of its own gets one from the run's seed and its place. */
  seedFor(task: number, phase: number): number {
    return draw(this.#seed, streamId(`workload:${task}`), phase)
  }

  /** `/proc/sys/vm/x` or `vm.x`; values as numbers or lists separated by spaces or commas. */
  writeSysctl(path: string, value: number | string): Episode<void> | undefined {
    const name = path.replace(/^\/proc\/sys\//, '').replaceAll('/', '.')
    return this.#host.writeSysctl(name.includes('.') ? name : `vm.${name}`, parseValue(value))
  }

  writeMemcg(path: string, knob: MemcgKnob, value: number): Episode<number> {
    return this.#host.writeMemcg(path, knob, value)
  }

  removeMemcg(path: string): void {
    this.#host.removeMemcg(path)
  }

  /** Sets `name:value` pairs first, then looks at the zones. What a write leaves the task to do comes between. */
  snapshot(label: string, sets: readonly (string | undefined)[]): Episode<void> | undefined {
    const work: Episode<void>[] = []
    for (const set of sets) {
      if (set === undefined) continue
      const at = set.indexOf(':')
      const more = this.writeSysctl(set.slice(0, at), set.slice(at + 1))
      if (more !== undefined) work.push(more)
    }
    if (work.length > 0) return this.#snapshotAfter(label, work)
    this.#host.snapshot(label)
    return undefined
  }

  *#snapshotAfter(label: string, work: readonly Episode<void>[]): Episode<void> {
    for (const each of work) yield* each
    this.#host.snapshot(label)
  }

  exited(): void {
    this.#host.exited()
  }

  interruptAt(time: number, task: number): void {
    this.#host.interruptAt(time, task)
  }
}

/** "256,256,32" -> a list; "10" or 10 -> a number. */
function parseValue(value: number | string): number | readonly number[] {
  if (typeof value === 'number') return value
  const parts = value.trim().split(/[\s,]+/).map(Number)
  return parts.length === 1 ? parts[0] : parts
}
