/**
 * Tags of a disk: how many requests may be in flight, and who sleeps for one. Follows lib/sbitmap.c (6.1): sleepers spread over 8 wait queues, and each
 * time a batch of tags was freed one queue is woken. A tag just freed goes to whoever asks first, woken or not.
 * Simplification: sleepers are one first-in first-out list, of which a wake-up takes an eighth.
 */
const WAIT_QUEUES = 8
const MAX_WAKE_BATCH = 8

export class Tags {
  readonly depth: number
  readonly #wakeBatch: number
  #used = 0
  #freedSinceWake = 0
  /** Who sleeps, oldest first. */
  readonly #sleepers: number[] = []

  constructor(depth: number) {
    this.depth = depth
    this.#wakeBatch = Math.min(Math.max(Math.floor(depth / WAIT_QUEUES), 1), MAX_WAKE_BATCH)
  }

  get used(): number {
    return this.#used
  }

  get sleeping(): number {
    return this.#sleepers.length
  }

  has(sleeper: number): boolean {
    return this.#sleepers.includes(sleeper)
  }

  /** False when none is left. */
  take(): boolean {
    if (this.#used >= this.depth) return false
    this.#used++
    return true
  }

  sleep(sleeper: number): void {
    this.#sleepers.push(sleeper)
  }

  /** Gives a tag back. The answer says how many sleepers to wake, see `wakeOne`. */
  release(): number {
    this.#used--
    const sleeping = this.#sleepers.length
    if (sleeping === 0) return 0
    if (this.#used === 0) return sleeping
    if (++this.#freedSinceWake < this.#wakeBatch) return 0
    this.#freedSinceWake = 0
    return Math.ceil(sleeping / WAIT_QUEUES)
  }

  /** The oldest sleeper, no longer asleep. */
  wakeOne(): number {
    return this.#sleepers.shift() ?? -1
  }
}
