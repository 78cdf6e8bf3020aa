/**
 * Bios and requests of the block layer as rows of typed arrays with free lists, so that steady IO allocates nothing. The arrays are replaced when a pool
 * grows: take them from the pool again after an `alloc`.
 */
const FIRST_CAPACITY = 512
export const NONE = -1

/** A bio, or one piece of a bio that had to be split (then `parent` is the whole, which counts its pieces in `left`). */
export class BioPool {
  cookie = new Int32Array(FIRST_CAPACITY)
  pages = new Int32Array(FIRST_CAPACITY)
  parent = new Int32Array(FIRST_CAPACITY)
  left = new Int32Array(FIRST_CAPACITY)
  next = new Int32Array(FIRST_CAPACITY)
  #free = NONE
  #used = 0

  alloc(cookie: number, pages: number, parent: number): number {
    const bio = this.#take()
    this.cookie[bio] = cookie
    this.pages[bio] = pages
    this.parent[bio] = parent
    this.left[bio] = 0
    this.next[bio] = NONE
    return bio
  }

  free(bio: number): void {
    this.next[bio] = this.#free
    this.#free = bio
  }

  #take(): number {
    const bio = this.#free
    if (bio >= 0) {
      this.#free = this.next[bio]
      return bio
    }
    if (this.#used === this.cookie.length) this.#grow(this.#used * 2)
    return this.#used++
  }

  #grow(capacity: number): void {
    this.cookie = grown(this.cookie, capacity)
    this.pages = grown(this.pages, capacity)
    this.parent = grown(this.parent, capacity)
    this.left = grown(this.left, capacity)
    this.next = grown(this.next, capacity)
  }
}

/** A request: one or more bios that lie one after another on the disk. It sits in one list at a time: a plug, a throttle's queue, a backlog. */
export class RequestPool {
  disk = new Int32Array(FIRST_CAPACITY)
  op = new Int32Array(FIRST_CAPACITY)
  /** First page on the disk. */
  start = new Int32Array(FIRST_CAPACITY)
  pages = new Int32Array(FIRST_CAPACITY)
  /** Bios merged into it. */
  bios = new Int32Array(FIRST_CAPACITY)
  firstBio = new Int32Array(FIRST_CAPACITY)
  lastBio = new Int32Array(FIRST_CAPACITY)
  next = new Int32Array(FIRST_CAPACITY)
  #free = NONE
  #used = 0

  alloc(disk: number, op: number, start: number, pages: number, bio: number): number {
    const request = this.#take()
    this.disk[request] = disk
    this.op[request] = op
    this.start[request] = start
    this.pages[request] = pages
    this.bios[request] = 1
    this.firstBio[request] = bio
    this.lastBio[request] = bio
    this.next[request] = NONE
    return request
  }

  free(request: number): void {
    this.next[request] = this.#free
    this.#free = request
  }

  #take(): number {
    const request = this.#free
    if (request >= 0) {
      this.#free = this.next[request]
      return request
    }
    if (this.#used === this.disk.length) this.#grow(this.#used * 2)
    return this.#used++
  }

  #grow(capacity: number): void {
    this.disk = grown(this.disk, capacity)
    this.op = grown(this.op, capacity)
    this.start = grown(this.start, capacity)
    this.pages = grown(this.pages, capacity)
    this.bios = grown(this.bios, capacity)
    this.firstBio = grown(this.firstBio, capacity)
    this.lastBio = grown(this.lastBio, capacity)
    this.next = grown(this.next, capacity)
  }
}

/** First-in first-out lists of requests, one per row, linked through the pool's `next`. */
export class RequestQueues {
  readonly #head: Int32Array
  readonly #tail: Int32Array
  readonly #pool: RequestPool

  constructor(rows: number, pool: RequestPool) {
    this.#head = new Int32Array(rows).fill(NONE)
    this.#tail = new Int32Array(rows).fill(NONE)
    this.#pool = pool
  }

  isEmpty(row: number): boolean {
    return this.#head[row] === NONE
  }

  push(row: number, request: number): void {
    const next = this.#pool.next
    next[request] = NONE
    if (this.#head[row] === NONE) this.#head[row] = request
    else next[this.#tail[row]] = request
    this.#tail[row] = request
  }

  /** NONE when empty. */
  shift(row: number): number {
    const request = this.#head[row]
    if (request !== NONE) this.#head[row] = this.#pool.next[request]
    return request
  }
}

export function grown(from: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(capacity)
  to.set(from)
  return to
}
