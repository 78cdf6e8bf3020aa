/**
 * The clock of whichever CPU is executing, in virtual nanoseconds. `limit` is the next moment at which the one who runs must look up: an event, the end of its slice, another CPU's
 * turn. Fast paths only add to `now`; episodes compare it with `limit` wherever the kernel could be preempted.
 */
export class Clock {
  now = 0
  limit = 0
}

/** What an episode yields: it can go on (after others had their chance), or it sleeps until woken. */
export const RUN = 0
export const BLOCK = 1

/** A stretch of kernel work that may sleep or be preempted: reclaim, compaction, OOM, waiting for IO. */
export type Episode<T> = Generator<number, T, undefined>
