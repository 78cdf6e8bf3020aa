/**
 * Follows one page: keeps to it while it changes frames and swap slots, and notes what the mechanism does to it. Reached as `mm.pageTrace`, undefined unless a page is
 * followed. The mechanism compares `pfn` or `slot` and then calls; nothing here changes any state, so a followed run is the same run.
 */
import type { FollowSpec, PageEvent, PageEventKind, PageLife, PagePlace } from '../sim/page-life'
import { PTE_SWAP, PTE_VALUE } from './area'
import type { Area } from './area'
import type { FileMapping } from './file'
import { slotOfValue } from './file'
import { ALLOC_NO_WATERMARKS, ALLOC_WMARK_LOW, ALLOC_WMARK_MASK, ALLOC_WMARK_MIN } from './gfp'
import { folioLruGen, genName } from './lru-gen'
import { LRU_NAMES, folioLruList, folioLruvec } from './lruvec'
import type { Mm } from './mm'
import type { Zone } from './mmzone'
import { PG_LRU, PG_SHMEM, isAnonFolio } from './page'
import type { SwapArea } from './swap'
import { SWAPFILE_CLUSTER } from './swap'

const DEFAULT_MAX = 2000
/** Allocations are noted before it is known what they are for; a page is bound within a few of them. */
const RECENT = 64

interface Allocation { pfn: number; t: number; zone: Zone; pcp: boolean; allocFlags: number; task: string }

export class PageTracer {
  /** Frame that holds the page now; -1 = none. */
  pfn = -1
  /** Its swap slot; -1 = none. */
  slot = -1
  /** The search for the next evicted page has found one. */
  found: PagePlace | undefined = undefined
  readonly #mm: Mm
  readonly #spec: FollowSpec
  readonly #events: PageEvent[] = []
  #dropped = 0
  #area: Area | undefined
  #file = -1
  readonly #names = new Map<number, { readonly process: string; readonly region: string }>()
  readonly #recent: (Allocation | undefined)[] = []
  #allocations = 0

  constructor(mm: Mm, spec: FollowSpec) {
    this.#mm = mm
    this.#spec = spec
    const { page } = spec
    if (page.kind !== 'file') return
    this.#file = mm.files.findIndex((file) => file.path === page.path)
    // Cached since before the run.
    if (this.#file >= 0) this.pfn = Math.max(-1, mm.files[this.#file].slots[page.index] - 1)
  }

  life(): PageLife {
    const page = this.#spec.page.kind === 'next-evicted' ? this.found : this.#spec.page
    return { ...(page === undefined ? {} : { page }), events: this.#events, dropped: this.#dropped }
  }

  event(kind: PageEventKind, args: PageEvent['args'] = {}, task = this.#mm.current.name, at = this.#mm.clock.now): void {
    const t = at - this.#mm.startTime
    if (t < (this.#spec.from ?? 0) || t > (this.#spec.until ?? Infinity)) return
    if (this.#events.length >= (this.#spec.max ?? DEFAULT_MAX)) this.#dropped++
    else this.#events.push({ t, kind, task, args })
  }

  /** A process has mapped a region. */
  areaMade(area: Area, process: string, region: string): void {
    this.#names.set(area.id, { process, region })
    const { page } = this.#spec
    if (page.kind !== 'anon' || page.process !== process || page.region !== region || page.index >= area.pages) return
    this.#area = area
    this.#file = area.file?.id ?? -1
    if (area.file === undefined) return
    // A page of a mapped file is the file's: it may be cached already, or in swap.
    const slot = area.file.slots[page.index]
    this.pfn = Math.max(-1, slot - 1)
    if (slot < 0 && area.file.tmpfs) this.slot = slotOfValue(slot)
  }

  /** rmqueue gave out a frame; whom it is for is told later. */
  allocated(pfn: number, zone: Zone, pcp: boolean, allocFlags: number): void {
    this.#recent[this.#allocations++ % RECENT] = { pfn, t: this.#mm.clock.now, zone, pcp, allocFlags, task: this.#mm.current.name }
  }

  /** A frame for page `index` of an anonymous area. */
  anonPage(area: Area, index: number, pfn: number): void {
    if (this.#isPage(area, index)) this.#bind(pfn, 'anonymous')
  }

  /** The followed page is one of a huge one: kept to only when that is split, but its frame is known. */
  hugePage(area: Area, first: number, head: number): void {
    if (area === this.#area && this.#index() >= first && this.#index() < first + 512) this.#bind(head + this.#index() - first, 'anonymous')
  }

  zeroPage(area: Area, index: number): void {
    if (this.#isPage(area, index)) this.event('zero_page')
  }

  /** A frame for page `index` of a file. */
  filePage(file: number, index: number, pfn: number, write: boolean, marker: boolean): void {
    if (file !== this.#file || index !== this.#index()) return
    this.#bind(pfn, write ? 'write' : 'read')
    this.event('cache_add', { index, marker: marker ? 1 : 0 })
  }

  /** A frame for page `index` of a tmpfs file, new and zeroed. */
  shmemPage(file: number, index: number, pfn: number): void {
    if (file === this.#file && index === this.#index()) this.#bind(pfn, 'tmpfs')
  }

  /** A frame into which a slot is read back. */
  swapPage(slot: number, pfn: number): void {
    if (slot === this.slot) this.#bind(pfn, 'swap-in')
  }

  /** A slot for the followed frame; where its neighbours lie tells whether swap keeps order. */
  swapSlot(pfn: number, slot: number, area: SwapArea): void {
    if (pfn !== this.pfn) return
    this.slot = slot
    const offset = slot - area.base
    this.event('swap_slot', { area: area.id, offset, cluster: Math.floor(offset / SWAPFILE_CLUSTER), before: this.#neighbour(-1, area), after: this.#neighbour(1, area) })
  }

  slotFreed(): void {
    this.event('slot_freed', {})
    this.slot = -1
  }

  /** Compaction has moved the page to another frame. */
  migrated(to: number): void {
    this.event('migrated', { from: this.pfn, pfn: to })
    this.pfn = to
  }

  freed(zone: Zone): void {
    this.event('freed', { pfn: this.pfn, zone: zone.name })
    this.pfn = -1
  }

  /** Reclaim frees this frame. */
  evicted(pfn: number): void {
    const { page, from } = this.#spec
    if (page.kind !== 'next-evicted' || this.found !== undefined || this.#mm.clock.now - this.#mm.startTime < (from ?? 0)) return
    const f = this.#mm.frames
    const flags = f.flags[pfn]
    const kind = isAnonFolio(flags) ? 'anon' : (flags & PG_SHMEM) !== 0 ? 'tmpfs' : 'file'
    if (page.of !== undefined && kind !== page.of) return
    const name = kind === 'anon' ? this.#names.get(f.mapping[pfn]) : undefined
    if (name !== undefined) this.found = { kind: 'anon', ...name, index: f.index[pfn] }
    else if (kind !== 'anon') this.found = { kind: 'file', path: this.#mm.files[f.mapping[pfn]].path, index: f.index[pfn] }
  }

  /** The page leaves the address space: unmapped, dropped or its process ended. */
  zapped(area: Area, index: number, was: 'page' | 'swap entry'): void {
    if (this.#isPage(area, index)) this.event('zapped', { was })
  }

  /** Its list's name, or where it is instead. */
  list(pfn: number): string {
    const flags = this.#mm.frames.flags[pfn]
    const gen = folioLruGen(this.#mm, pfn)
    if (gen >= 0) return genName(folioLruvec(this.#mm, pfn).gen, flags, gen)
    return (flags & PG_LRU) !== 0 ? LRU_NAMES[folioLruList(flags)] : 'none'
  }

  #isPage(area: Area, index: number): boolean {
    return area === this.#area && index === this.#index()
  }

  #index(): number {
    const { page } = this.#spec
    return page.kind === 'next-evicted' ? -1 : page.index
  }

  #bind(pfn: number, purpose: string): void {
    this.pfn = pfn
    const from = this.#recent.find((one) => one !== undefined && one.pfn === pfn)
    if (from === undefined) return
    this.event('allocated', { for: purpose, pfn, zone: from.zone.name, node: from.zone.node, from: from.pcp ? 'pcp' : 'buddy', mark: markName(from.allocFlags) }, from.task, from.t)
  }

  /** Offset of the slot that holds the page beside this one; -1 = it isn't swapped. */
  #neighbour(step: number, swap: SwapArea): number {
    const index = this.#index() + step
    const file = this.#file >= 0 ? this.#mm.files[this.#file] : undefined
    const slot = file !== undefined ? slotInFile(file, index) : this.#slotInArea(index)
    return slot >= swap.base && slot < swap.base + swap.pages ? slot - swap.base : -1
  }

  #slotInArea(index: number): number {
    const area = this.#area
    if (area === undefined || index < 0 || index >= area.pages) return -1
    const pte = area.pte[index]
    return pte < 0 ? this.#mm.frames.swap[pte & PTE_VALUE] - 1 : (pte & PTE_SWAP) !== 0 ? pte & PTE_VALUE : -1
  }
}

/** A tmpfs file's page is in swap, or it isn't: it has no slot while it is in the mapping. */
function slotInFile(file: FileMapping, index: number): number {
  const value = file.tmpfs && index >= 0 && index < file.pages ? file.slots[index] : 0
  return value < 0 ? slotOfValue(value) : -1
}

/** Which test the allocation passed: LOW is the fast path, MIN the slow one. */
function markName(allocFlags: number): string {
  if ((allocFlags & ALLOC_NO_WATERMARKS) !== 0) return 'none'
  const mark = allocFlags & ALLOC_WMARK_MASK
  return mark === ALLOC_WMARK_LOW ? 'LOW' : mark === ALLOC_WMARK_MIN ? 'MIN' : 'HIGH'
}
