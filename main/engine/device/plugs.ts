/**
 * Plugs: requests a task holds back for a moment so that later bios can join them (block/blk-core.c, block/blk-mq.c:blk_add_rq_to_plug). A task has one
 * plug at a time, nested ones only count depth. Requests leave in the order in which they came.
 */
import { assert } from '../core/assert'
import type { RequestPool } from './io-pool'
import { grown, NONE } from './io-pool'

/** BLK_MAX_REQUEST_COUNT; twice that when a plug holds requests of several disks. */
const MAX_REQUESTS = 32
/** BLK_PLUG_FLUSH_SIZE: 128 KiB. */
const FLUSH_PAGES = 32
const FIRST_OWNERS = 64

export class Plugs {
  readonly #requests: RequestPool
  /** By owner: its plug. By plug: its requests, whether of several disks, and how deep its owner has nested it. */
  #ofOwner = new Int32Array(FIRST_OWNERS).fill(NONE)
  #owner = new Int32Array(FIRST_OWNERS)
  #head = new Int32Array(FIRST_OWNERS)
  #tail = new Int32Array(FIRST_OWNERS)
  #count = new Int32Array(FIRST_OWNERS)
  #severalDisks = new Int32Array(FIRST_OWNERS)
  #depth = new Int32Array(FIRST_OWNERS)
  readonly #freePlugs: number[] = []
  #used = 0

  constructor(requests: RequestPool) {
    this.#requests = requests
  }

  of(owner: number): number {
    return owner < this.#ofOwner.length ? this.#ofOwner[owner] : NONE
  }

  begin(owner: number): number {
    const held = this.of(owner)
    if (held !== NONE) {
      this.#depth[held]++
      return held
    }
    if (owner >= this.#ofOwner.length) this.#growOwners(owner + 1)
    const plug = this.#take()
    this.#ofOwner[owner] = plug
    this.#owner[plug] = owner
    this.#depth[plug] = 1
    this.#empty(plug)
    return plug
  }

  /** True when the outermost level was left. */
  leave(plug: number): boolean {
    assert(this.#depth[plug] > 0, 'a plug is left as often as it was begun')
    return --this.#depth[plug] === 0
  }

  end(plug: number): void {
    this.#ofOwner[this.#owner[plug]] = NONE
    this.#freePlugs.push(plug)
  }

  /** The request of this disk that came last; NONE when the plug holds none. */
  lastOf(plug: number, disk: number): number {
    if (this.#count[plug] === 0) return NONE
    const { disk: disks, next } = this.#requests
    if (this.#severalDisks[plug] === 0) return disks[this.#tail[plug]] === disk ? this.#tail[plug] : NONE
    let last = NONE
    for (let r = this.#head[plug]; r !== NONE; r = next[r]) if (disks[r] === disk) last = r
    return last
  }

  /** Adds a request, first flushing a plug that is full or whose last request is large already. */
  add(plug: number, request: number, now: number, issue: (request: number, now: number) => void): void {
    const { disk, pages, next } = this.#requests
    const max = this.#severalDisks[plug] === 0 ? MAX_REQUESTS : 2 * MAX_REQUESTS
    if (this.#count[plug] >= max || (this.#count[plug] > 0 && pages[this.#tail[plug]] >= FLUSH_PAGES)) this.flush(plug, now, issue)
    next[request] = NONE
    if (this.#count[plug] === 0) this.#head[plug] = request
    else {
      if (disk[this.#tail[plug]] !== disk[request]) this.#severalDisks[plug] = 1
      next[this.#tail[plug]] = request
    }
    this.#tail[plug] = request
    this.#count[plug]++
  }

  flush(plug: number, now: number, issue: (request: number, now: number) => void): void {
    let request = this.#count[plug] === 0 ? NONE : this.#head[plug]
    this.#empty(plug)
    while (request !== NONE) {
      // Issuing may put it into another list.
      const next = this.#requests.next[request]
      issue(request, now)
      request = next
    }
  }

  #empty(plug: number): void {
    this.#head[plug] = NONE
    this.#tail[plug] = NONE
    this.#count[plug] = 0
    this.#severalDisks[plug] = 0
  }

  #take(): number {
    const free = this.#freePlugs.pop()
    if (free !== undefined) return free
    if (this.#used === this.#head.length) this.#growPlugs(this.#used * 2)
    return this.#used++
  }

  #growOwners(wanted: number): void {
    const before = this.#ofOwner.length
    this.#ofOwner = grown(this.#ofOwner, Math.max(wanted, before * 2))
    this.#ofOwner.fill(NONE, before)
  }

  #growPlugs(capacity: number): void {
    this.#owner = grown(this.#owner, capacity)
    this.#head = grown(this.#head, capacity)
    this.#tail = grown(this.#tail, capacity)
    this.#count = grown(this.#count, capacity)
    this.#severalDisks = grown(this.#severalDisks, capacity)
    this.#depth = grown(this.#depth, capacity)
  }
}
