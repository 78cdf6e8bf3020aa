/** Counters, gauges and log lines that policies make, kept apart from the kernel's own. */
import { Columns } from '../core/columns'
import type { Series } from './recording'

const MAX_NAMES = 32
const MAX_LOGS = 1000

export class PolicySink {
  readonly #columns = new Columns([])
  readonly #index = new Map<string, number>()
  readonly #values: number[] = []
  readonly #names = new Map<string, number>()
  #logs = 0
  readonly #policies: number
  constructor(policies: number) {
    this.#policies = policies
  }

  /** false: too many names, or a sum that is no number. */
  count(policy: string, name: string, by: number): boolean {
    const at = this.#slot(policy, name)
    if (at < 0 || !Number.isFinite(this.#values[at] + by)) return false
    this.#values[at] += by
    return true
  }

  gauge(policy: string, name: string, value: number): boolean {
    const at = this.#slot(policy, name)
    if (at < 0) return false
    this.#values[at] = value
    return true
  }

  /** The first thousand lines of a run are kept. */
  log(write: () => void): void {
    if (this.#logs++ < MAX_LOGS) write()
  }

  sample(time: number): void {
    if (this.#policies === 0) return
    this.#columns.append(time, this.#values)
  }

  series(): Series {
    return this.#columns.series()
  }

  part(from: number, step: number, most: number): Series {
    return this.#columns.part(from, step, most)
  }

  #slot(policy: string, name: string): number {
    const id = `policy.${policy}.${name}`
    const known = this.#index.get(id)
    if (known !== undefined) return known
    const used = this.#names.get(policy) ?? 0
    if (used >= MAX_NAMES) return -1
    this.#names.set(policy, used + 1)
    const at = this.#columns.addColumn(id)
    this.#index.set(id, at)
    this.#values.push(0)
    return at
  }
}
