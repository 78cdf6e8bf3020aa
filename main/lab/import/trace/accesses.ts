/** What a trace says was touched, in order: columns that grow up to a bound. Beyond it accesses are counted, not kept. */
import { MAX_LISTED } from '../../scenario/limits'

export interface Access {
  /** Who touched it; one process of the scenario each. */
  readonly task: string
  /** A file by its key, or the task's own anonymous memory. */
  readonly file: string | undefined
  /** Page of the file; for anonymous memory the page frame of the virtual address. */
  readonly page: number
  readonly write: boolean
  /** ns since the trace began; 0 where the trace's times are not taken. */
  readonly t: number
}

/** Pages one object or read may cover; more is a broken record. */
export const MOST_PAGES_AT_ONCE = 1 << 20

export class Accesses {
  readonly kept: Access[] = []
  /** Accesses that had no room. */
  beyond = 0
  readonly bound: number

  constructor(bound = MAX_LISTED) {
    this.bound = bound
  }

  get full(): boolean {
    return this.kept.length >= this.bound
  }

  add(access: Access): void {
    if (this.full) this.beyond++
    else this.kept.push(access)
  }
}
