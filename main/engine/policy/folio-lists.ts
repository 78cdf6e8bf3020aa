/**
 * A policy's own lists and stores: columns by frame, made when first used. A folio is on one list at most, and leaves it when it is removed.
 */
import type { Folio, FolioList, FolioStore, ScanVerdict } from 'reclaim-lab'
import { SCAN_EVICT, SCAN_ROTATE, SCAN_STOP, SCAN_TAKE } from 'reclaim-lab'
import type { Mm } from '../mm/mm'
import { show } from './answers'

const MAX_LISTS = 16
const MAX_STORES = 8
const MAX_VISITS = 1_048_576
/** What a store's numbers may be. */
const RANGES = { u8: [0, 255], i32: [-2_147_483_648, 2_147_483_647] } as const

/** What lists need around them. */
export interface ListsHost {
  machine(): Mm | undefined
  fail(message: string, value: string, allowed: string): never
  /** At the door of every function: see `ContextParts`. */
  enter(): void
}

interface Links {
  readonly next: Uint32Array
  readonly prev: Uint32Array
  /** Number of its list; 0 = none. */
  readonly list: Uint8Array
}

interface Ends {
  head: number
  tail: number
  length: number
}

class Store {
  #values: Uint8Array | Int32Array | undefined = undefined
  readonly #make: (frames: number) => Uint8Array | Int32Array
  readonly #initial: number
  constructor(kind: 'u8' | 'i32', initial: number) {
    this.#make = (frames) => (kind === 'u8' ? new Uint8Array(frames) : new Int32Array(frames)).fill(initial)
    this.#initial = initial
  }

  get(pfn: number): number {
    return this.#values === undefined ? this.#initial : this.#values[pfn]
  }

  set(frames: number, pfn: number, value: number): void {
    this.#values ??= this.#make(frames)
    this.#values[pfn] = value
  }

  move(from: number, to: number): void {
    if (this.#values === undefined) return
    this.#values[to] = this.#values[from]
    this.#values[from] = this.#initial
  }

  forget(pfn: number): void {
    if (this.#values !== undefined) this.#values[pfn] = this.#initial
  }
}

export class FolioLists {
  #links: Links | undefined = undefined
  readonly #ends: Ends[] = []
  readonly #stores: Store[] = []
  readonly #host: ListsHost

  constructor(host: ListsHost) {
    this.#host = host
  }

  /** Has the policy any? */
  get used(): boolean {
    return this.#ends.length + this.#stores.length > 0
  }

  /** The folio's frame will be another's. */
  removed(pfn: number): void {
    if (this.#links !== undefined && this.#links.list[pfn] !== 0) this.#unlink(this.#links, pfn)
    for (const store of this.#stores) store.forget(pfn)
  }

  /** It takes its place on its list, and its numbers, along. */
  moved(from: number, to: number): void {
    const links = this.#links
    if (links !== undefined && links.list[from] !== 0) {
      const { next, prev, list } = links
      const ends = this.#ends[list[from] - 1]
      if (next[from] === 0) ends.tail = to + 1
      else prev[next[from] - 1] = to + 1
      if (prev[from] === 0) ends.head = to + 1
      else next[prev[from] - 1] = to + 1
      for (const column of [next, prev, list]) {
        column[to] = column[from]
        column[from] = 0
      }
    }
    for (const store of this.#stores) store.move(from, to)
  }

  list(): FolioList {
    if (this.#ends.length === MAX_LISTS) this.#host.fail('a policy has at most 16 lists', '17', '16')
    this.#ends.push({ head: 0, tail: 0, length: 0 })
    const id = this.#ends.length
    const ends = this.#ends[id - 1]
    const frame = (folio: Folio): number => this.#frameOf(folio)
    const on = (folio: Folio): number => {
      const pfn = frame(folio)
      return pfn >= 0 && this.#links?.list[pfn] === id ? pfn : -1
    }
    const list = {
      get length(): number {
        return ends.length
      },
      addHead: (folio: Folio): boolean => this.#add(id, frame(folio), true),
      addTail: (folio: Folio): boolean => this.#add(id, frame(folio), false),
      delete: (folio: Folio): boolean => {
        const pfn = on(folio)
        if (pfn >= 0 && this.#links !== undefined) this.#unlink(this.#links, pfn)
        return pfn >= 0
      },
      has: (folio: Folio): boolean => on(folio) >= 0,
      head: (): Folio => this.#handle(ends.head),
      tail: (): Folio => this.#handle(ends.tail),
      next: (folio: Folio): Folio => this.#handle(this.#links?.next[on(folio)] ?? 0),
      prev: (folio: Folio): Folio => this.#handle(this.#links?.prev[on(folio)] ?? 0),
      scan: (max: number, visit: (folio: Folio) => ScanVerdict, take = Infinity): Folio[] => this.#scan(id, this.#positive(max, 'list.scan'), visit, take),
      sample: (nr: number, group: number, score: (folio: Folio) => number): Folio[] => this.#sample(id, this.#positive(nr, 'list.sample'), this.#positive(group, 'list.sample'), score),
    }
    return this.#closed(list)
  }

  store(kind: unknown, initial: unknown = 0): FolioStore {
    if (this.#stores.length === MAX_STORES) this.#host.fail('a policy has at most 8 stores', '9', '8')
    if (kind !== 'u8' && kind !== 'i32') return this.#host.fail('k.folioStore', show(kind), "'u8' or 'i32'")
    const [least, most] = RANGES[kind]
    // Else it would be another number before the first one is set than after.
    if (typeof initial !== 'number' || !Number.isInteger(initial) || initial < least || initial > most) return this.#host.fail('k.folioStore', show(initial), `a whole number from ${least} to ${most}`)
    const store = new Store(kind, initial + 0)
    this.#stores.push(store)
    const get = (folio: Folio): number => {
      const pfn = this.#frameOf(folio)
      return pfn < 0 ? initial + 0 : store.get(pfn)
    }
    const set = (folio: Folio, value: number): void => {
      const pfn = this.#frameOf(folio)
      if (pfn >= 0) store.set(this.#host.machine()?.frames.nr ?? 0, pfn, value)
    }
    return this.#closed({ get, set })
  }

  /** Frozen, its functions too; each pays at the door. */
  #closed<T extends object>(object: T): T {
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
      if (typeof value !== 'function') continue
      const work = value as (...args: readonly unknown[]) => unknown
      const paid = (...args: readonly unknown[]): unknown => {
        this.#host.enter()
        return work(...args)
      }
      Object.defineProperty(object, key, { value: Object.freeze(paid) })
    }
    return Object.freeze(object)
  }

  #positive(value: unknown, what: string): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) return this.#host.fail(what, show(value), 'a whole number above 0')
    return Math.min(value, MAX_VISITS)
  }

  #frameOf(folio: Folio): number {
    return this.#host.machine()?.folioWatch?.frameOf(folio) ?? -1
  }

  #handle(link: number): Folio {
    return link === 0 ? 0 : (this.#host.machine()?.folioWatch?.handleOf(link - 1) ?? 0)
  }

  #add(id: number, pfn: number, head: boolean): boolean {
    if (pfn < 0) return false
    const frames = this.#host.machine()?.frames.nr ?? 0
    const links = (this.#links ??= { next: new Uint32Array(frames), prev: new Uint32Array(frames), list: new Uint8Array(frames) })
    if (links.list[pfn] !== 0) this.#unlink(links, pfn)
    const ends = this.#ends[id - 1]
    const other = head ? ends.head : ends.tail
    links.next[pfn] = head ? other : 0
    links.prev[pfn] = head ? 0 : other
    if (other === 0) ends.head = ends.tail = pfn + 1
    else if (head) {
      links.prev[other - 1] = pfn + 1
      ends.head = pfn + 1
    } else {
      links.next[other - 1] = pfn + 1
      ends.tail = pfn + 1
    }
    links.list[pfn] = id
    ends.length++
    return true
  }

  #unlink(links: Links, pfn: number): void {
    const ends = this.#ends[links.list[pfn] - 1]
    const next = links.next[pfn]
    const prev = links.prev[pfn]
    if (next === 0) ends.tail = prev
    else links.prev[next - 1] = prev
    if (prev === 0) ends.head = next
    else links.next[prev - 1] = next
    links.next[pfn] = 0
    links.prev[pfn] = 0
    links.list[pfn] = 0
    ends.length--
  }

  /** The visitor may change the lists: if the next one to visit has left this list, the scan ends. */
  #scan(id: number, max: number, visit: (folio: Folio) => ScanVerdict, take: number): Folio[] {
    const taken: Folio[] = []
    const ends = this.#ends[id - 1]
    let at = ends.tail
    for (let left = Math.min(max, ends.length); left > 0 && at !== 0 && this.#links?.list[at - 1] === id && taken.length < take; left--) {
      const pfn = at - 1
      at = this.#links.prev[pfn]
      const folio = this.#handle(pfn + 1)
      // A built-in function as visitor would cost nothing.
      this.#host.enter()
      const verdict = visit(folio)
      if (verdict === SCAN_STOP) break
      if (this.#links.list[pfn] !== id) continue
      if (verdict === SCAN_ROTATE || verdict === SCAN_EVICT) this.#add(id, pfn, true)
      if (verdict === SCAN_EVICT) taken.push(folio)
      else if (verdict === SCAN_TAKE) {
        this.#unlink(this.#links, pfn)
        taken.push(folio)
      }
    }
    return taken
  }

  #sample(id: number, nr: number, group: number, score: (folio: Folio) => number): Folio[] {
    const best: Folio[] = []
    const groups = Math.min(nr, Math.floor(this.#ends[id - 1].length / group) || 1)
    for (let n = 0; n < groups; n++) {
      let chosen = 0
      let lowest = Infinity
      this.#scan(id, group, (folio) => {
        const value = score(folio)
        if (chosen === 0 || value < lowest) {
          chosen = folio
          lowest = value
        }
        return SCAN_ROTATE
      }, Infinity)
      if (chosen === 0) break
      best.push(chosen)
    }
    return best
  }
}
