/** Growing columns of doubles that share their times: what the sampler writes a row at a time. */
const FIRST_ROWS = 256

/** Sampled columns, one value a sample. Gauges are values, counters are totals since boot. Times are ns since the workload started. */
export interface Series {
  readonly times: Float64Array
  readonly ids: readonly string[]
  readonly columns: readonly Float64Array[]
}

export class Columns {
  #ids: string[]
  #times = new Float64Array(FIRST_ROWS)
  #columns: Float64Array[]
  #rows = 0

  constructor(ids: readonly string[]) {
    this.#ids = [...ids]
    this.#columns = ids.map(() => new Float64Array(FIRST_ROWS))
  }

  /** A row: one value a column, in their order. */
  append(time: number, values: Float64Array | readonly number[]): void {
    if (this.#rows === this.#times.length) this.#grow()
    const columns = this.#columns
    const row = this.#rows++
    this.#times[row] = time
    for (let i = 0; i < columns.length; i++) columns[i][row] = values[i]
  }

  /** A column that appears later is 0 in the rows before. Gives its number. */
  addColumn(id: string): number {
    this.#ids.push(id)
    return this.#columns.push(new Float64Array(this.#times.length)) - 1
  }

  /** Copies cut to length. */
  series(): Series {
    const rows = this.#rows
    return { times: this.#times.slice(0, rows), ids: [...this.#ids], columns: this.#columns.map((column) => column.slice(0, rows)) }
  }

  /** Copies of the rows `from`, `from + step` and so on, at most `most` of them. */
  part(from: number, step: number, most: number): Series {
    const count = Math.max(0, Math.min(most, Math.ceil((this.#rows - from) / step)))
    const pick = (column: Float64Array): Float64Array => (step === 1 ? column.slice(from, from + count) : Float64Array.from({ length: count }, (_, i) => column[from + i * step]))
    return { times: pick(this.#times), ids: [...this.#ids], columns: this.#columns.map(pick) }
  }

  #grow(): void {
    const capacity = this.#times.length * 2
    this.#times = grown(this.#times, capacity)
    this.#columns = this.#columns.map((column) => grown(column, capacity))
  }
}

function grown(from: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(capacity)
  to.set(from)
  return to
}
