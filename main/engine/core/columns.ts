/** Growing columns of doubles that share their times: what the sampler writes a row at a time. */
import type { Series } from '../sim/recording'
import { assert } from './assert'

const FIRST_ROWS = 256

export class Columns {
  #ids: string[]
  #times = new Float64Array(FIRST_ROWS)
  #columns: Float64Array[]
  #rows = 0

  constructor(ids: readonly string[]) {
    this.#ids = [...ids]
    this.#columns = ids.map(() => new Float64Array(FIRST_ROWS))
  }

  get rows(): number {
    return this.#rows
  }

  get width(): number {
    return this.#ids.length
  }

  /** Begins a row; cells not set stay 0. */
  addRow(time: number): void {
    if (this.#rows === this.#times.length) this.#grow()
    this.#times[this.#rows++] = time
  }

  /** Sets a cell of the last row. */
  set(column: number, value: number): void {
    assert(this.#rows > 0, 'a cell can be set once a row was added')
    this.#columns[column][this.#rows - 1] = value
  }

  /** A whole row: one value a column, in their order. */
  append(time: number, values: Float64Array | readonly number[]): void {
    this.addRow(time)
    const columns = this.#columns
    const row = this.#rows - 1
    for (let i = 0; i < columns.length; i++) columns[i][row] = values[i]
  }

  /** A column that appears later is 0 in the rows before. Gives its number. */
  addColumn(id: string): number {
    this.#ids.push(id)
    return this.#columns.push(new Float64Array(this.#times.length)) - 1
  }

  /** Cell of an earlier row. */
  at(column: number, row: number): number {
    return this.#columns[column][row]
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
