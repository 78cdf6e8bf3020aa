/**
 * Timers and completions: a binary heap keyed by (time, order of scheduling), with cancel. Events are two integers and a time; nothing is allocated per event.
 * Slots hold the events, the heap holds slot numbers, `#place` says where in the heap a slot is (-1: free). An id is a slot and its generation, so a
 * cancel that comes too late hits nothing.
 */
import { assert } from './assert'

const SLOTS = 262144
const FIRST_CAPACITY = 256

export class EventQueue {
  /** The event last popped. */
  kind = 0
  a = 0

  #capacity = FIRST_CAPACITY
  #size = 0
  #used = 0
  #free = -1
  #order = 0
  #heap = new Int32Array(FIRST_CAPACITY)
  #place = new Int32Array(FIRST_CAPACITY)
  #next = new Int32Array(FIRST_CAPACITY)
  #kinds = new Int32Array(FIRST_CAPACITY)
  #as = new Int32Array(FIRST_CAPACITY)
  #times = new Float64Array(FIRST_CAPACITY)
  #orders = new Float64Array(FIRST_CAPACITY)
  #generations = new Float64Array(FIRST_CAPACITY)

  /** Time of the earliest event; Infinity when there is none. */
  nextTime(): number {
    return this.#size === 0 ? Infinity : this.#times[this.#heap[0]]
  }

  /** Events of equal time come out in the order in which they were scheduled. `kind` and `a` are 32-bit integers. */
  schedule(time: number, kind: number, a: number): number {
    assert(time >= 0 && time < Infinity, 'an event needs a finite time >= 0')
    assert((a | 0) === a, 'what an event brings is a 32-bit integer')
    const slot = this.#take()
    this.#times[slot] = time
    this.#orders[slot] = this.#order++
    this.#kinds[slot] = kind
    this.#as[slot] = a
    this.#siftUp(this.#size++, slot)
    return this.#generations[slot] * SLOTS + slot
  }

  /** False when the event was already popped or cancelled. */
  cancel(id: number): boolean {
    if (id < 0) return false
    const slot = id % SLOTS
    const place = slot < this.#used ? this.#place[slot] : -1
    if (place < 0 || this.#generations[slot] !== Math.floor(id / SLOTS)) return false
    this.#removeAt(place)
    this.#release(slot)
    return true
  }

  /** Moves the earliest event into the fields; false when there is none. */
  pop(): boolean {
    if (this.#size === 0) return false
    const slot = this.#heap[0]
    this.kind = this.#kinds[slot]
    this.a = this.#as[slot]
    this.#removeAt(0)
    this.#release(slot)
    return true
  }

  /** Closes the hole at `place` with the last slot of the heap. */
  #removeAt(place: number): void {
    const last = this.#heap[--this.#size]
    if (place === this.#size) return
    if (place > 0 && this.#before(last, this.#heap[(place - 1) >> 1])) this.#siftUp(place, last)
    else this.#siftDown(place, last)
  }

  #siftUp(place: number, slot: number): void {
    const heap = this.#heap
    const places = this.#place
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = heap[parent]
      if (!this.#before(slot, above)) break
      heap[place] = above
      places[above] = place
      place = parent
    }
    heap[place] = slot
    places[slot] = place
  }

  #siftDown(place: number, slot: number): void {
    const heap = this.#heap
    const places = this.#place
    const size = this.#size
    for (let child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && this.#before(heap[child + 1], heap[child])) child++
      const below = heap[child]
      if (!this.#before(below, slot)) break
      heap[place] = below
      places[below] = place
      place = child
    }
    heap[place] = slot
    places[slot] = place
  }

  #before(x: number, y: number): boolean {
    const times = this.#times
    const gap = times[x] - times[y]
    return gap < 0 || (gap === 0 && this.#orders[x] < this.#orders[y])
  }

  #take(): number {
    const slot = this.#free
    if (slot >= 0) {
      this.#free = this.#next[slot]
      return slot
    }
    if (this.#used === this.#capacity) this.#grow()
    return this.#used++
  }

  #release(slot: number): void {
    this.#place[slot] = -1
    this.#generations[slot]++
    this.#next[slot] = this.#free
    this.#free = slot
  }

  #grow(): void {
    const capacity = this.#capacity * 2
    assert(capacity <= SLOTS, `more than ${SLOTS} events pending: something schedules without end`)
    this.#capacity = capacity
    this.#heap = int32Copy(this.#heap, capacity)
    this.#place = int32Copy(this.#place, capacity)
    this.#next = int32Copy(this.#next, capacity)
    this.#kinds = int32Copy(this.#kinds, capacity)
    this.#as = int32Copy(this.#as, capacity)
    this.#times = float64Copy(this.#times, capacity)
    this.#orders = float64Copy(this.#orders, capacity)
    this.#generations = float64Copy(this.#generations, capacity)
  }
}

function int32Copy(from: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(capacity)
  to.set(from)
  return to
}

function float64Copy(from: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(capacity)
  to.set(from)
  return to
}
