/** What the exit status of `lab` says. Part of the documented interface: scripts rely on it. */
export const EXIT = {
  ok: 0,
  /** The command worked and its answer is no: `check` found errors, `parity` found marks that differ. */
  no: 1,
  /** Wrong usage, or input that can't be used. Nothing was run. */
  usage: 2,
  /** At least one run failed or got stuck. What the others gave is printed. */
  runFailed: 3,
  /** A bug of the lab itself. */
  internal: 70,
  /** Ctrl-C. Partial results are printed, marked. */
  interrupted: 130,
  /** The reader of the output went away. */
  pipeClosed: 141,
  /** SIGTERM. */
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
