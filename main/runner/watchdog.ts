/**
 * Tells when the worker got stuck. Counts the CPU time this process used since the last sign of progress, not wall time: a machine that is busy with other things must
 * not make an innocent policy look stalled.
 */
export interface Watchdog {
  /** Starts, or starts over, with no progress seen. */
  reset(): void
  /** CPU time without progress, ms. */
  look(mark: string): number
}

export function createWatchdog(cpuMs: () => number): Watchdog {
  let last = ''
  let since = cpuMs()
  return {
    reset: () => { last = ''; since = cpuMs() },
    look: mark => {
      const now = cpuMs()
      if (mark !== last) { last = mark; since = now }
      return now - since
    },
  }
}

export function processCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
