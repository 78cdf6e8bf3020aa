/**
 * The block layer over the disks of a machine: plugs, merging, tags, and the disks' speed. Follows block/blk-mq.c and block/blk-merge.c of 6.1 without an
 * elevator: a bio merges only with the last request of its task's plug, a new request needs a tag, and a request goes to the disk when its plug is flushed.
 *
 * A disk starts requests as its throttle lets it (`throttle.ts`) and ends each a fixed latency later, any number at a time. A bio larger than the largest
 * request is split, and is reported when its last piece ended.
 * A disk may stall (`DiskSpec.stalls`, `stall`), as a device does that resets or whose path is lost: fault injection, no kernel mechanism.
 * Simplifications: a bio counts as one segment; the pieces of a split bio that find no tag wait inside instead of putting the submitter to sleep; no flush or
 * discard; completions take no time of their own (the caller charges for them).
 */
import { assert } from '../core/assert'
import type { IoOp } from '../mm/io'
import type { EventQueue } from '../core/event-queue'
import type { DiskSpec } from '../sim/scenario'
import { BioPool, NONE, RequestPool, RequestQueues } from './io-pool'
import { Plugs } from './plugs'
import { Tags } from './tags'
import { Throttle } from './throttle'

export { READ, WRITE } from '../mm/io'
export type { IoOp } from '../mm/io'

export interface BlockCallbacks {
  /** A bio ended; bios of one request in the order of their place on the disk. */
  onEndIo(cookie: number, op: IoOp, pages: number, time: number): void
  /** A sleeper may submit again. There may be no tag left when it gets to it. */
  onTagsFree(disk: number, sleeper: number, time: number): void
}

export interface DiskCounters {
  /** Requests and pages completed, as /proc/diskstats counts them. */
  readonly readIos: number
  readonly readPages: number
  readonly writeIos: number
  readonly writePages: number
}

/** `eventKind` marks this block layer's events in the queue; whoever pops one calls `deliver` with its `a`. */
export function createBlockLayer(disks: readonly DiskSpec[], events: EventQueue, eventKind: number, callbacks: BlockCallbacks): BlockLayer {
  return new BlockLayer(disks, events, eventKind, callbacks)
}

export class BlockLayer {
  readonly #events: EventQueue
  readonly #eventKind: number
  readonly #callbacks: BlockCallbacks
  readonly #bios = new BioPool()
  readonly #requests = new RequestPool()
  readonly #plugs = new Plugs(this.#requests)
  readonly #names: readonly string[]
  readonly #tags: readonly Tags[]
  /** Requests without a tag, by disk: pieces of split bios. */
  readonly #backlog: RequestQueues
  readonly #maxPages: Int32Array
  readonly #maxSegments: Int32Array
  /** ns, row = 2 * disk + op. */
  readonly #latency: Float64Array
  /** Completed, row = 2 * disk + op. */
  readonly #ios: Float64Array
  readonly #pages: Float64Array
  /** Pages of the request whose bios are being reported. */
  endingPages = 0
  readonly #throttles: readonly Throttle[]
  /** Index of a disk's throttle and of the disk in it; NONE without limits. */
  readonly #throttleOf: Int32Array
  readonly #memberOf: Int32Array
  /** Times in which a disk answers nothing, by disk, in no order. */
  readonly #stalls: { readonly from: number; readonly until: number }[][]
  readonly #issueFromPlug = (request: number, now: number): void => this.#issue(request, now)

  constructor(disks: readonly DiskSpec[], events: EventQueue, eventKind: number, callbacks: BlockCallbacks) {
    this.#events = events
    this.#eventKind = eventKind
    this.#callbacks = callbacks
    this.#names = disks.map((disk) => disk.name)
    this.#tags = disks.map((disk) => new Tags(disk.tags))
    this.#backlog = new RequestQueues(disks.length, this.#requests)
    this.#maxSegments = Int32Array.from(disks, (disk) => disk.maxSegments ?? 0x7fffffff)
    this.#maxPages = Int32Array.from(disks, (disk) => Math.max(1, disk.maxRequestKb >> 2))
    this.#latency = Float64Array.from(disks.flatMap((disk) => [disk.readLatencyUs * 1000, disk.writeLatencyUs * 1000]))
    this.#ios = new Float64Array(2 * disks.length)
    this.#pages = new Float64Array(2 * disks.length)
    this.#throttleOf = new Int32Array(disks.length).fill(NONE)
    this.#memberOf = new Int32Array(disks.length)
    this.#throttles = this.#makeThrottles(disks)
    this.#stalls = disks.map((disk) => (disk.stalls ?? []).map(({ atMs, ms }) => ({ from: atMs * 1e6, until: (atMs + ms) * 1e6 })))
  }

  /** The disk answers nothing from `from` to `until`: it takes requests as long as there are tags, and what would have ended in that time ends when it is over. */
  stall(disk: number, from: number, until: number): void {
    this.#stalls[disk].push({ from, until })
  }

  /** When the disk answers again; `now` or earlier when it does. */
  stalledUntil(disk: number, now: number): number {
    let until = 0
    for (const stall of this.#stalls[disk]) if (stall.from <= now && stall.until > now && stall.until > until) until = stall.until
    return until
  }

  get names(): readonly string[] {
    return this.#names
  }

  diskName(disk: number): string {
    return this.#names[disk]
  }

  /** The disk on whose tags a sleeper waits; -1 when on none. */
  diskOfSleeper(sleeper: number): number {
    return this.#tags.findIndex((tags) => tags.has(sleeper))
  }

  /** A disk's number by its name; -1 when there is none. */
  diskIndex(name: string): number {
    return this.#names.indexOf(name)
  }

  /** Begins a plug of a task, or goes deeper into the one it has: the outermost counts. Tasks are small integers. */
  plug(owner: number): number {
    return this.#plugs.begin(owner)
  }

  /** The plug a task is in; -1 when none. */
  plugOf(owner: number): number {
    return this.#plugs.of(owner)
  }

  /** Ends a plug; the outermost end sends what it holds. */
  unplug(plug: number, now: number): void {
    if (this.#plugs.leave(plug)) {
      this.flush(plug, now)
      this.#plugs.end(plug)
    }
  }

  /** Sends what a plug holds, which a task does before it sleeps. */
  flush(plug: number, now: number): void {
    this.#plugs.flush(plug, now, this.#issueFromPlug)
  }

  /**
   * Queues a bio of `pages` pages at page `start` of the disk; `plug` may be -1. False: no tag, and nothing was queued: the caller flushes its plug, calls
   * `sleepOnTag`, and submits again once it is woken. The cookie is a 32-bit integer.
   */
  submit(plug: number, disk: number, op: IoOp, start: number, pages: number, cookie: number, now: number): boolean {
    const max = this.#maxPages[disk]
    if (pages > max) return this.#submitSplit(plug, disk, op, start, pages, cookie, now)
    assert(pages > 0, 'a bio has at least one page')
    const merge = this.#mergeTarget(plug, disk, op, start, pages)
    if (merge === NONE && !this.#tags[disk].take()) return false
    const bio = this.#bios.alloc(cookie, pages, NONE)
    if (merge !== NONE) this.#merge(merge, start, pages, bio)
    else this.#queue(plug, this.#requests.alloc(disk, op, start, pages, bio), now)
    return true
  }

  /** Puts a sleeper (any integer) on the disk's wait list; `onTagsFree` wakes it. */
  sleepOnTag(disk: number, sleeper: number): void {
    this.#tags[disk].sleep(sleeper)
  }

  /** An event of this block layer came due. */
  deliver(payload: number, now: number): void {
    if (payload >= 0) this.#complete(payload, now)
    else this.#throttles[~payload >> 1].onTimer(~payload & 1, now)
  }

  /** Tags the disk has. */
  depth(disk: number): number {
    return this.#tags[disk].depth
  }

  /** Requests that hold a tag, plugged ones included. */
  inflight(disk: number): number {
    return this.#tags[disk].used
  }

  /** Sleepers on the disk's tags. */
  sleeping(disk: number): number {
    return this.#tags[disk].sleeping
  }

  counters(disk: number): DiskCounters {
    const row = 2 * disk
    return { readIos: this.#ios[row], readPages: this.#pages[row], writeIos: this.#ios[row + 1], writePages: this.#pages[row + 1] }
  }

  /** One counter without making an object: completed pages of an op. */
  pages(disk: number, op: IoOp): number {
    return this.#pages[2 * disk + op]
  }

  #makeThrottles(disks: readonly DiskSpec[]): Throttle[] {
    const groups = new Map<string, number[]>()
    disks.forEach((disk, i) => {
      if (disk.iops === 0 && disk.bytesPerSec === 0) return
      const key = disk.throttle === undefined ? `disk ${disk.name}` : `throttle ${disk.throttle}`
      const members = groups.get(key) ?? []
      this.#memberOf[i] = members.push(i) - 1
      groups.set(key, members)
    })
    return [...groups.values()].map((members, index) => {
      for (const disk of members) {
        this.#throttleOf[disk] = index
        assert(sameRates(disks[disk], disks[members[0]]), 'disks that share a throttle have the same rates')
      }
      return new Throttle(disks[members[0]], members.length, index, this.#requests, this.#events, this.#eventKind, (r, now) => this.#start(r, now))
    })
  }

  /** The plug's last request of this disk, if the bio continues or precedes it and fits (blk_attempt_plug_merge). */
  #mergeTarget(plug: number, disk: number, op: number, start: number, pages: number): number {
    const last = plug === NONE ? NONE : this.#plugs.lastOf(plug, disk)
    if (last === NONE) return NONE
    const requests = this.#requests
    const length = requests.pages[last]
    if (requests.op[last] !== op || length + pages > this.#maxPages[disk] || requests.bios[last] >= this.#maxSegments[disk]) return NONE
    const first = requests.start[last]
    return first + length === start || start + pages === first ? last : NONE
  }

  #merge(request: number, start: number, pages: number, bio: number): void {
    const requests = this.#requests
    const next = this.#bios.next
    if (start < requests.start[request]) {
      next[bio] = requests.firstBio[request]
      requests.firstBio[request] = bio
      requests.start[request] = start
    } else {
      next[requests.lastBio[request]] = bio
      requests.lastBio[request] = bio
    }
    requests.pages[request] += pages
    requests.bios[request]++
  }

  #queue(plug: number, request: number, now: number): void {
    if (plug === NONE) this.#issue(request, now)
    else this.#plugs.add(plug, request, now, this.#issueFromPlug)
  }

  /** Pieces of the largest size and a rest (bio_split, bio_chain). Only the first piece can be refused. */
  #submitSplit(plug: number, disk: number, op: IoOp, start: number, pages: number, cookie: number, now: number): boolean {
    const tags = this.#tags[disk]
    if (!tags.take()) return false
    const max = this.#maxPages[disk]
    const whole = this.#bios.alloc(cookie, pages, NONE)
    this.#bios.left[whole] = Math.ceil(pages / max)
    for (let done = 0; done < pages; done += max) {
      const length = Math.min(max, pages - done)
      const piece = this.#bios.alloc(cookie, length, whole)
      const request = this.#requests.alloc(disk, op, start + done, length, piece)
      if (done === 0 || (this.#backlog.isEmpty(disk) && tags.take())) this.#queue(plug, request, now)
      else {
        if (plug !== NONE) this.flush(plug, now)
        this.#backlog.push(disk, request)
      }
    }
    return true
  }

  #issue(request: number, now: number): void {
    const disk = this.#requests.disk[request]
    const throttle = this.#throttleOf[disk]
    if (throttle === NONE) this.#start(request, now)
    else this.#throttles[throttle].submit(request, this.#memberOf[disk], now)
  }

  #start(request: number, now: number): void {
    const requests = this.#requests
    this.#events.schedule(now + this.#latency[2 * requests.disk[request] + requests.op[request]], this.#eventKind, request)
  }

  #complete(request: number, now: number): void {
    const requests = this.#requests
    const disk = requests.disk[request]
    if (this.#stalls[disk].length > 0) {
      const until = this.stalledUntil(disk, now)
      if (until > now) {
        this.#events.schedule(until, this.#eventKind, request)
        return
      }
    }
    const op = requests.op[request] as IoOp
    const first = requests.firstBio[request]
    this.#ios[2 * disk + op] += 1
    this.endingPages = requests.pages[request]
    this.#pages[2 * disk + op] += this.endingPages
    requests.free(request)
    this.#endBios(first, op, now)
    this.#releaseTag(disk, now)
  }

  #endBios(first: number, op: IoOp, now: number): void {
    const bios = this.#bios
    for (let bio = first; bio !== NONE;) {
      const next = bios.next[bio]
      const parent = bios.parent[bio]
      // A piece reports for the whole when it is the last to end.
      const ended = parent === NONE ? bio : --bios.left[parent] === 0 ? parent : NONE
      const cookie = bios.cookie[bio]
      const pages = ended === NONE ? 0 : bios.pages[ended]
      bios.free(bio)
      if (parent !== NONE && ended !== NONE) bios.free(parent)
      if (ended !== NONE) this.#callbacks.onEndIo(cookie, op, pages, now)
      bio = next
    }
  }

  /** The tag goes to the backlog first, then it is free and sleepers may be woken. */
  #releaseTag(disk: number, now: number): void {
    const waiting = this.#backlog.shift(disk)
    if (waiting !== NONE) {
      this.#issue(waiting, now)
      return
    }
    const tags = this.#tags[disk]
    for (let n = tags.release(); n > 0; n--) this.#callbacks.onTagsFree(disk, tags.wakeOne(), now)
  }
}

function sameRates(a: DiskSpec, b: DiskSpec): boolean {
  return a.iops === b.iops && a.bytesPerSec === b.bytesPerSec && a.burstMs === b.burstMs
}
