/** Objects of a cache trace as pages of one file: each gets its own range when it is first seen, as large as it is then. */
import type { Accesses } from './accesses'
import { MOST_PAGES_AT_ONCE } from './accesses'

const OBJECT_FILE = 'objects'
const PAGE = 4096
/** Objects that are told apart. */
const MOST_OBJECTS = 4_000_000

export class ObjectPages {
  readonly #ranges = new Map<string, { readonly start: number; readonly pages: number }>()
  readonly #into: Accesses
  #next = 0

  constructor(into: Accesses) {
    this.#into = into
  }

  get count(): number {
    return this.#ranges.size
  }

  /** One request for an object; its pages are read in order. An object of no size has a page, as a file's first block. */
  request(id: string, bytes: number): void {
    let range = this.#ranges.get(id)
    if (range === undefined) {
      if (this.#ranges.size >= MOST_OBJECTS) { this.#into.beyond++; return }
      range = { start: this.#next, pages: Math.min(MOST_PAGES_AT_ONCE, Math.max(1, Math.ceil(bytes / PAGE))) }
      this.#ranges.set(id, range)
      this.#next += range.pages
    }
    for (let i = 0; i < range.pages; i++) this.#into.add({ task: 'reader', file: OBJECT_FILE, page: range.start + i, write: false, t: 0 })
  }
}
