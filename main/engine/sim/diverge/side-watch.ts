/** One run watched closely around a difference: the call itself with its arguments, and from there on what reclaim does, handed on as it comes. */
import type { HookName } from 'reclaim-lab'
import { WMARK_HIGH, WMARK_LOW, WMARK_MIN } from '../../mm/mmzone'
import { LRU_NAMES, type Lruvec } from '../../mm/lruvec'
import type { Mm } from '../../mm/mm'
import type { ScanControl } from '../../mm/scan-control'
import type { Task } from '../../mm/task'
import { nameOfPage, type Watch } from '../../mm/watch'
import type { RunEvent } from '../recording'
import type { WatchedRun } from '../run-input'
import { uniqueName } from './decision-stream'
import type { CallDetail, CallPlace, Deed, DeedKind, Position, Situation } from './divergence'

export interface SideListener {
  /** The difference is met on this side. */
  armed(mm: Mm): void
  /** Is this kind still of interest? */
  wants(kind: DeedKind): boolean
  deed(kind: DeedKind, deed: Deed): void
  evicted(page: string, deed: () => Deed): void
  refaulted(page: string, deed: () => Deed): void
  touching(task: string, touch: number, mm: Mm): void
}

export class SideWatch implements Watch {
  call: CallDetail | undefined = undefined
  situation: Situation | undefined = undefined
  readonly #run: WatchedRun
  readonly #at: Position
  readonly #place: CallPlace | undefined
  readonly #listener: SideListener
  /** Names of pages by the slot they were evicted to. */
  readonly #swapped = new Map<number, string>()
  #calls = 0
  #task: Task | undefined = undefined

  /** `place`: the call on this side; without one the watch begins where the other side's call would have been. */
  constructor(run: WatchedRun, at: Position, place: CallPlace | undefined, listener: SideListener) {
    this.#run = run
    this.#at = at
    this.#place = place
    this.#listener = listener
  }

  /** From the difference on. */
  get armed(): boolean {
    return this.situation !== undefined
  }

  called(hook: HookName, args: readonly unknown[], answer: unknown): void {
    if (++this.#calls === this.#place?.n) {
      const mm = this.#run.mm()
      this.call = { ...this.#place, hook, task: mm?.current === undefined ? '' : mm.current.name, args: args.map(plain), answer: plain(answer) }
      this.#arm()
    } else this.#look()
  }

  logged(event: RunEvent): void {
    if (this.#look() && this.#listener.wants('event')) this.#listener.deed('event', { ...this.#deed({ kind: event.kind, ...event.args }), task: event.task })
  }

  touching(task: Task): void {
    if (!this.#look()) return
    const mm = this.#run.mm()
    if (mm !== undefined) this.#listener.touching(uniqueName(task, this.#run), this.#run.touchIndex(task) ?? 0, mm)
  }

  scanCounts(lruvec: Lruvec, sc: ScanControl, nr: Float64Array): void {
    if (!this.#look() || !this.#listener.wants('scan')) return
    const counts = Object.fromEntries([0, 1, 2, 3].map((lru) => [LRU_NAMES[lru], nr[lru]]))
    this.#listener.deed('scan', this.#deed({ by: sc.by, priority: sc.priority, node: lruvec.node.id, memcg: lruvec.memcg, ...counts }))
  }

  isolated(pfn: number, list: string): void {
    if (this.#look() && this.#listener.wants('isolated')) this.#listener.deed('isolated', this.#deed({ list, page: this.#page(pfn) }))
  }

  evicted(pfn: number): void {
    const slot = this.#slot(pfn)
    if (slot !== 0) this.#swapped.set(slot, this.#page(pfn))
    if (!this.#look()) return
    const page = this.#page(pfn)
    this.#listener.evicted(page, () => this.#deed({ page }))
  }

  /** A page read from swap belongs to nobody yet: it is the one that went to its slot. */
  refaulted(pfn: number): void {
    if (!this.#look()) return
    const page = this.#swapped.get(this.#slot(pfn)) ?? this.#page(pfn)
    this.#listener.refaulted(page, () => this.#deed({ page }))
  }

  listed(): void {}
  reclaimed(): void {}

  /** Is the watch on? Without a call of its own it begins at the first sign of life at the place. */
  #look(): boolean {
    if (this.armed) return true
    if (this.#place !== undefined || this.#touch() < this.#at.touch) return false
    this.#arm()
    return true
  }

  #touch(): number {
    if (this.#at.shared) return this.#run.work()
    this.#task ??= this.#run.mm()?.tasks.find((task) => uniqueName(task, this.#run) === this.#at.task)
    return this.#task === undefined ? -1 : (this.#run.touchIndex(this.#task) ?? -1)
  }

  #arm(): void {
    const mm = this.#run.mm()
    this.situation = {
      t: mm?.current === undefined ? 0 : mm.clock.now - mm.startTime, work: this.#run.work(), touch: Math.max(0, this.#touch()),
      zones: (mm?.zones ?? []).map((zone) => ({ node: zone.node, zone: zone.name, free: zone.free, min: zone.mark[WMARK_MIN], low: zone.mark[WMARK_LOW], high: zone.mark[WMARK_HIGH], boost: zone.boost })),
      kswapdAwake: (mm?.kswapds ?? []).map((kswapd) => kswapd.awake),
    }
    if (mm !== undefined) this.#listener.armed(mm)
  }

  /** Of a page in the swap cache, counted from 1. */
  #slot(pfn: number): number {
    return this.#run.mm()?.frames.swap[pfn] ?? 0
  }

  #page(pfn: number): string {
    const mm = this.#run.mm()
    return mm === undefined ? '' : nameOfPage(mm, pfn)
  }

  #deed(args: Deed['args']): Deed {
    const mm = this.#run.mm()
    return { t: mm === undefined ? 0 : mm.clock.now - mm.startTime, task: mm?.current?.name ?? '', work: this.#run.work(), args }
  }
}

const MAX_DEPTH = 6

/** A copy that outlives the call. */
function plain(value: unknown): unknown {
  return copy(value, 0)
}

function copy(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
  if (depth > MAX_DEPTH) return undefined
  if (Array.isArray(value)) return value.map((item) => copy(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item, depth + 1)]))
}
