/** The event queue of a simulation: whoever runs must look up when an event is put before its limit. */
import type { Clock } from '../core/clock'
import { EventQueue } from '../core/event-queue'

export class SimEvents extends EventQueue {
  readonly #clock: Clock
  constructor(clock: Clock) {
    super()
    this.#clock = clock
  }

  override schedule(time: number, kind: number, a: number): number {
    if (time < this.#clock.limit) this.#clock.limit = time
    return super.schedule(time, kind, a)
  }
}
