/**
 * What the engine keeps for policies that follow folios: a generation for each frame, so that a handle of a page that is gone names nothing; which frames hold folios that policies know; and
 * accesses by system calls counted for them, so that nothing is asked of a touch that hits. Exists only in runs with such policies.
 */
import { ADD_ACTIVE, ADD_INACTIVE, ADD_TAIL, REMOVED_FREED } from 'reclaim-lab'
import type { AddFolio, FolioRemoved } from 'reclaim-lab'
import { folioFacts } from './folio-facts'
import { folioLruvec } from './lruvec'
import type { Mm } from './mm'
import { PG_ACTIVE } from './page'

/** Told of folios by frame. */
export interface FolioListener {
  added(pfn: number, facts: number, task: number): void
  accessed(pfn: number, young: number, accesses: number): void
  activated(pfn: number): void
  deactivated(pfn: number): void
  removed(pfn: number, why: FolioRemoved): void
  refaulted(pfn: number, distance: number, facts: number): void
  moved(from: number, to: number): void
}

const MAX_ACCESSES = 255

export class FolioWatch {
  /** A handle is (generation << bits | frame) + 1; generations come round again after `maxGeneration`. */
  readonly bits: number
  readonly #maxGeneration: number
  readonly #generation: Uint32Array
  readonly #known: Uint8Array
  readonly accesses: Uint8Array
  /** Frames on their way to a list's tail (ADD_TAIL). */
  readonly #toTail: Uint8Array
  readonly #listener: FolioListener
  /** A frame that takes over a folio, not a new one; -1 = none. */
  #takingOver = -1

  constructor(frames: number, listener: FolioListener) {
    this.bits = Math.max(1, 32 - Math.clz32(frames - 1))
    this.#maxGeneration = (1 << (31 - this.bits)) - 1
    this.#generation = new Uint32Array(frames)
    this.#known = new Uint8Array(frames)
    this.accesses = new Uint8Array(frames)
    this.#toTail = new Uint8Array(frames)
    this.#listener = listener
  }

  handleOf(pfn: number): number {
    return ((this.#generation[pfn] << this.bits) | pfn) + 1
  }

  /** The frame a handle names, or -1. */
  frameOf(handle: number): number {
    if (!Number.isInteger(handle) || handle < 1 || handle > 0x7fffffff) return -1
    const pfn = (handle - 1) & ((1 << this.bits) - 1)
    return pfn < this.#known.length && this.#known[pfn] === 1 && this.#generation[pfn] === (handle - 1) >>> this.bits ? pfn : -1
  }

  knows(pfn: number): boolean {
    return this.#known[pfn] === 1
  }

  /** folio_mark_accessed: counted, not told. */
  count(pfn: number): void {
    if (this.accesses[pfn] < MAX_ACCESSES) this.accesses[pfn]++
  }

  refaulted(pfn: number, distance: number, facts: number): void {
    this.#learn(pfn)
    this.#listener.refaulted(pfn, distance, facts)
  }

  /** folio_add_lru. The page's flags may change: policies may want it elsewhere. */
  added(mm: Mm, pfn: number): void {
    if (this.#takingOver === pfn) {
      this.#takingOver = -1
      return
    }
    this.#learn(pfn)
    const { flags } = mm.frames
    const task = mm.current.id
    if (mm.scopedHooks) mm.hookLruvec = folioLruvec(mm, pfn)
    const where = (flags[pfn] & PG_ACTIVE) !== 0 ? ADD_ACTIVE : ADD_INACTIVE
    const wanted: AddFolio = mm.policyHooks.has('admitFolio') ? mm.decide.admitFolio(where, folioFacts(flags[pfn], 0), task) : where
    if (wanted !== where) flags[pfn] = wanted === ADD_ACTIVE ? flags[pfn] | PG_ACTIVE : flags[pfn] & ~PG_ACTIVE
    this.#toTail[pfn] = wanted === ADD_TAIL ? 1 : 0
    this.#listener.added(pfn, folioFacts(flags[pfn], 0), task)
  }

  /** Shall it be added at the tail? Asked once. */
  takeToTail(pfn: number): boolean {
    const tail = this.#toTail[pfn] === 1
    this.#toTail[pfn] = 0
    return tail
  }

  /** Reclaim has looked for references. */
  looked(pfn: number, young: number): void {
    if (this.#known[pfn] === 0 || young + this.accesses[pfn] === 0) return
    this.#listener.accessed(pfn, young, this.accesses[pfn])
    this.accesses[pfn] = 0
  }

  activated(pfn: number): void {
    if (this.#known[pfn] === 1) this.#listener.activated(pfn)
  }

  deactivated(pfn: number): void {
    if (this.#known[pfn] === 1) this.#listener.deactivated(pfn)
  }

  /** The frame is about to be free, or to hold another page: handles of it end here. */
  removed(pfn: number, why: FolioRemoved = REMOVED_FREED): void {
    if (this.#known[pfn] === 0) return
    this.#listener.removed(pfn, why)
    this.#forget(pfn)
  }

  /** Migration: the folio is in another frame now. It keeps what policies know of it, under another handle. */
  moved(from: number, to: number): void {
    if (this.#known[from] === 0) return
    this.#learn(to)
    this.accesses[to] = this.accesses[from]
    this.#takingOver = to
    this.#listener.moved(from, to)
    this.#forget(from)
  }

  /** split_huge_page: the head stays what it was, the other pages are folios of their own from now on. */
  split(mm: Mm, pfn: number, pages: number): void {
    if (this.#known[pfn] === 0) return
    for (let tail = pfn + 1; tail < pfn + pages; tail++) {
      this.#learn(tail)
      this.#listener.added(tail, folioFacts(mm.frames.flags[tail], 0), mm.current.id)
    }
  }

  #forget(pfn: number): void {
    this.#known[pfn] = 0
    this.#toTail[pfn] = 0
    this.#generation[pfn] = this.#generation[pfn] >= this.#maxGeneration ? 0 : this.#generation[pfn] + 1
  }

  #learn(pfn: number): void {
    if (this.#known[pfn] === 1) return
    this.#known[pfn] = 1
    this.accesses[pfn] = 0
  }
}
