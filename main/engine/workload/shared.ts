/** What the processes of a workload share: files, signals, sysctl writes, snapshots, and where their seeds come from. */
import { draw, streamId } from '../core/rng'
import type { FileMapping } from '../mm/file'
import type { Mm } from '../mm/mm'
import type { TreePlace } from './stat'

export interface WorkloadHost {
  snapshot(label: string): void
  writeSysctl(name: string, value: number | readonly number[]): void
  exited(): void
  /** Calls the task's process back in interrupt context. */
  interruptAt(time: number, task: number): void
}

export class WorkloadShared {
  readonly #signals = new Map<number, number>()
  readonly #files = new Map<string, FileMapping>()
  readonly #trees = new Map<string, TreePlace>()
  readonly #host: WorkloadHost
  readonly #seed: number
  readonly #readahead: (file: FileMapping) => number
  constructor(mm: Mm, host: WorkloadHost, seed: number, readahead: (file: FileMapping) => number) {
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
  writeSysctl(path: string, value: number | string): void {
    const name = path.replace(/^\/proc\/sys\//, '').replaceAll('/', '.')
    this.#host.writeSysctl(name.includes('.') ? name : `vm.${name}`, parseValue(value))
  }

  /** Sets `name:value` pairs first, then looks at the zones. */
  snapshot(label: string, sets: readonly (string | undefined)[]): void {
    for (const set of sets) {
      if (set === undefined) continue
      const at = set.indexOf(':')
      this.writeSysctl(set.slice(0, at), set.slice(at + 1))
    }
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
