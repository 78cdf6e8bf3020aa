/** Allocation latency since the last sample: every slow-path allocation is noted, fast ones are too cheap to time one by one. */
export class LatencyWindow {
  #sum = 0
  #count = 0
  #max = 0

  add(ns: number): void {
    this.#sum += ns
    this.#count++
    if (ns > this.#max) this.#max = ns
  }

  /** Mean of the slow-path allocations of the interval, ns; 0 if there were none. */
  mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count
  }

  /** The slowest one; begins a new interval. */
  takeMax(): number {
    const max = this.#max
    this.#sum = 0
    this.#count = 0
    this.#max = 0
    return max
  }
}
