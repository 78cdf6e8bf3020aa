/** What compiling a policy gives. */
import type { Problem } from '../../preload/contract'

export interface CompileResult {
  /** No errors: the policy may run. */
  readonly ok: boolean
  readonly file: string
  /** Transformed script, line n is the source's line n; '' when not ok. */
  readonly code: string
  /** Of the source text and the compiler's version: the same hash is the same code. */
  readonly hash: string
  /** Stop it from running: syntax, banned constructs, names that don't exist. */
  readonly errors: readonly Problem[]
  /** Types. */
  readonly warnings: readonly Problem[]
  /** Wall time of this compilation; 0 when it came from the cache. */
  readonly ms: number
}
