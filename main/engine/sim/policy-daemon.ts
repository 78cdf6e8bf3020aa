/**
 * A thread for what a policy's controller wants done that takes reclaim: limits of memory cgroups below what is used, memory.reclaim, folios to page out. It exists from the first such wish on.
 */
import type { Episode } from '../core/clock'
import { RUN } from '../core/clock'
import { isolateProposed, reclaimProposed } from '../mm/evict-proposed'
import { takeFolioList, returnFolioList } from '../mm/isolate'
import { GFP_KERNEL } from '../mm/gfp'
import { isFileFolio } from '../mm/page'
import { folioLruvec } from '../mm/lruvec'
import { writeMemcgKnob } from '../mm/memcg-write'
import { tryToFreeMemcgPages } from '../mm/direct-reclaim'
import type { Mm } from '../mm/mm'
import { ScanControl, SWAP_CLUSTER_MAX } from '../mm/scan-control'
import { lruAddDrainAll } from '../mm/swap-lru'
import type { Task } from '../mm/task'
import type { MemcgKnob } from './scenario'

/** Wishes that wait; further ones are let go, as a daemon that is busy would. */
const MAX_WAITING = 16

export class PolicyDaemon {
  #task: Task | undefined = undefined
  readonly #wishes: (() => Episode<unknown>)[] = []
  readonly #mm: Mm
  readonly #name: string
  constructor(mm: Mm, name: string) {
    this.#mm = mm
    this.#name = name
  }

  /** Small writes are done at once and have nothing left to do. */
  writeMemcg(path: string, knob: MemcgKnob, value: number): void {
    const mm = this.#mm
    if (path === '') return this.#wish(() => tryToFreeMemcgPages(mm, mm.memcgs.root, value, GFP_KERNEL, true, true))
    const rest = writeMemcgKnob(mm, path, knob, value)
    mm.trace.memcgWrite(path, knob, value, { result: 0 })
    if (knob === 'memory.high' || knob === 'memory.max' || knob === 'memory.reclaim' || knob === 'memory.limit_in_bytes') this.#wish(() => rest)
  }

  reclaimFolios(folios: readonly number[]): void {
    this.#wish(() => pageOut(this.#mm, folios))
  }

  #wish(begin: () => Episode<unknown>): void {
    if (this.#wishes.length >= MAX_WAITING) return
    this.#wishes.push(begin)
    this.#task ??= this.#mm.threads.start(this.#name, () => () => this.#next())
    this.#mm.sched.wake(this.#task)
  }

  #next(): Episode<unknown> | undefined {
    const wish = this.#wishes.shift()
    if (wish !== undefined) return wish()
    this.#mm.sched.sleep(this.#name, Infinity, undefined, false, true)
    return undefined
  }
}

/** reclaim_pages: 32 at a time, of one lruvec and type each; without asking for references. */
function* pageOut(mm: Mm, folios: readonly number[]): Episode<number> {
  const sc = new ScanControl('direct')
  const task = mm.current
  sc.gfp = GFP_KERNEL
  sc.targetMemcg = mm.memcgs.root
  task.memalloc = true
  lruAddDrainAll(mm)
  for (let at = 0; at < folios.length;) {
    const pfn = mm.folioWatch?.frameOf(folios[at]) ?? -1
    if (pfn < 0) {
      at++
      continue
    }
    const lruvec = folioLruvec(mm, pfn)
    const file = isFileFolio(mm.frames.flags[pfn])
    const list = takeFolioList()
    for (; at < folios.length && list.nr < SWAP_CLUSTER_MAX; at++) {
      const next = mm.folioWatch?.frameOf(folios[at]) ?? -1
      if (next >= 0 && (folioLruvec(mm, next) !== lruvec || isFileFolio(mm.frames.flags[next]) !== file)) break
      isolateProposed(mm, lruvec, file, folios[at], sc, list)
    }
    if (list.nr === 0) returnFolioList(list)
    else sc.nrReclaimed += yield* reclaimPlugged(mm, lruvec, file, list, sc)
    if (mm.clock.now >= mm.clock.limit) yield RUN
  }
  task.memalloc = false
  return sc.nrReclaimed
}

function* reclaimPlugged(mm: Mm, ...[lruvec, file, list, sc]: Parameters<typeof reclaimProposed> extends [Mm, ...infer R] ? R : never): Episode<number> {
  const plug = mm.io.plug(mm.current.id)
  const reclaimed = yield* reclaimProposed(mm, lruvec, file, list, sc)
  mm.io.unplug(plug, mm.clock.now)
  return reclaimed
}
