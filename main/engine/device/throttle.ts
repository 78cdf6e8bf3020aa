/**
 * Speed of disks: a pair of leaky buckets (requests, bytes) that one disk has alone or several share, as QEMU throttles (util/throttle.c, block/throttle-groups.c).
 * The levels drain at the average rates; a request may start while both levels are at most the bucket sizes (rate * burst) and only then adds to them.
 * Reads and writes queue apart: each direction has its own timer on the same buckets and a timer that fires starts one request whatever the level, so reads and
 * writes alternate when both wait. Within a direction the disks of a group take turns, but a disk that needn't wait empties its queue first.
 * Not modelled: separate limits for reads and writes, op size, the emulator's merging of adjacent requests of one batch.
 */
import type { EventQueue } from '../core/event-queue'
import type { RequestPool } from './io-pool'
import { RequestQueues } from './io-pool'

const PAGE_BYTES = 4096
const NS_PER_SEC = 1e9

// Places in `#state`; doubles live in a typed array so that nothing is allocated.
const OPS_LEVEL = 0
const BYTES_LEVEL = 1
const LAST_LEAK = 2

export interface ThrottleRates {
  /** A second; 0 = no limit. */
  readonly iops: number
  readonly bytesPerSec: number
  readonly burstMs: number
}

export class Throttle {
  readonly #rates: ThrottleRates
  readonly #opsSize: number
  readonly #bytesSize: number
  readonly #members: number
  readonly #state = new Float64Array(3)
  /** Row = direction * members + member. */
  readonly #queues: RequestQueues
  /** Whose turn it is, and whether a timer runs, by direction. */
  readonly #token = new Int32Array(2)
  readonly #armed = new Uint8Array(2)
  readonly #requests: RequestPool
  readonly #events: EventQueue
  readonly #eventKind: number
  readonly #timerPayload: number
  readonly #start: (request: number, now: number) => void

  /** `start` begins a request on its disk. The timers of the two directions carry `~(2 * index + direction)`. */
  constructor(
    rates: ThrottleRates, members: number, index: number, requests: RequestPool, events: EventQueue, eventKind: number,
    start: (request: number, now: number) => void,
  ) {
    this.#rates = rates
    this.#opsSize = (rates.iops * rates.burstMs) / 1000
    this.#bytesSize = (rates.bytesPerSec * rates.burstMs) / 1000
    this.#members = members
    this.#queues = new RequestQueues(2 * members, requests)
    this.#requests = requests
    this.#events = events
    this.#eventKind = eventKind
    this.#timerPayload = 2 * index
    this.#start = start
  }

  /** Starts the request of `member` now or when its turn comes. */
  submit(request: number, member: number, now: number): void {
    const direction = this.#requests.op[request]
    const mustWait = this.#mustWait(this.#nextToken(member, direction), direction, now)
    if (mustWait || this.#hasWaiting(member, direction)) this.#queues.push(direction * this.#members + member, request)
    else this.#admit(request, member, direction, now)
  }

  /** A direction's timer fired. */
  onTimer(direction: number, now: number): void {
    this.#armed[direction] = 0
    const member = this.#token[direction]
    const request = this.#queues.shift(direction * this.#members + member)
    if (request >= 0) this.#admit(request, member, direction, now)
    else this.#startWaiting(member, direction, now)
  }

  #admit(request: number, member: number, direction: number, now: number): void {
    this.#account(request, now)
    this.#start(request, now)
    this.#startWaiting(member, direction, now)
  }

  /** Starts what waits and may start, then arms the timer for the next in turn. */
  #startWaiting(member: number, direction: number, now: number): void {
    for (;;) {
      let token = this.#nextToken(member, direction)
      if (!this.#hasWaiting(token, direction) || this.#mustWait(token, direction, now)) return
      if (this.#hasWaiting(member, direction)) token = member
      this.#token[direction] = token
      member = token
      const request = this.#queues.shift(direction * this.#members + member)
      this.#account(request, now)
      this.#start(request, now)
    }
  }

  /** The next member after the token's that has requests waiting; `member` when none has. */
  #nextToken(member: number, direction: number): number {
    const members = this.#members
    const start = this.#token[direction]
    let token = start + 1 === members ? 0 : start + 1
    while (token !== start && !this.#hasWaiting(token, direction)) token = token + 1 === members ? 0 : token + 1
    return token === start && !this.#hasWaiting(token, direction) ? member : token
  }

  #hasWaiting(member: number, direction: number): boolean {
    return !this.#queues.isEmpty(direction * this.#members + member)
  }

  /** True when the direction must wait; its timer runs then, for `token`. */
  #mustWait(token: number, direction: number, now: number): boolean {
    if (this.#armed[direction] === 1) return true
    const wait = this.#wait(now)
    if (wait === 0) return false
    this.#token[direction] = token
    this.#armed[direction] = 1
    this.#events.schedule(now + wait, this.#eventKind, ~(this.#timerPayload + direction))
    return true
  }

  /** ns until both levels are down to their bucket sizes. */
  #wait(now: number): number {
    this.#leak(now)
    const { iops, bytesPerSec } = this.#rates
    const ops = iops > 0 ? ((this.#state[OPS_LEVEL] - this.#opsSize) * NS_PER_SEC) / iops : 0
    const bytes = bytesPerSec > 0 ? ((this.#state[BYTES_LEVEL] - this.#bytesSize) * NS_PER_SEC) / bytesPerSec : 0
    return Math.floor(Math.max(ops, bytes, 0))
  }

  #account(request: number, now: number): void {
    this.#leak(now)
    this.#state[OPS_LEVEL] += 1
    this.#state[BYTES_LEVEL] += this.#requests.pages[request] * PAGE_BYTES
  }

  #leak(now: number): void {
    const state = this.#state
    const elapsed = (now - state[LAST_LEAK]) / NS_PER_SEC
    if (elapsed <= 0) return
    state[LAST_LEAK] = now
    state[OPS_LEVEL] = Math.max(state[OPS_LEVEL] - this.#rates.iops * elapsed, 0)
    state[BYTES_LEVEL] = Math.max(state[BYTES_LEVEL] - this.#rates.bytesPerSec * elapsed, 0)
  }
}
