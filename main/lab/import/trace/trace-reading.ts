/** What a reader of traces says beside the accesses. */
export type TraceReading =
  | {
    readonly ok: true
    readonly format: 'oracleGeneral' | 'csv' | 'kernel'
    /** Records, rows or events that were read. */
    readonly entries: number
    /** Reading stopped at a bound; there is more. */
    readonly more: boolean
    /** Its times are taken over. */
    readonly timed: boolean
    /** Objects or files that it names. */
    readonly objects: number
    /** Lines that hold nothing for us: other events, call chains, headers. */
    readonly skipped: number
    /** Removals from the page cache: decisions of the recorded kernel, which ours takes itself. */
    readonly removals?: number
  }
  | { readonly ok: false; readonly problems: readonly { readonly line?: number; readonly message: string }[] }
