/**
 * Tells when the worker got stuck. Counts the CPU time this process used since the last sign of progress, not wall time: a machine that is busy with other things must
 * not make an innocent policy look stalled. Tells as well how much memory the process took meanwhile, which is what a stuck policy is then blamed for.
 */
export interface Usage { readonly cpuMs: number; readonly rssMb: number }

export interface Watchdog {
  /** Starts, or starts over, with no progress seen. */
  reset(): void
  /** Used since the last progress. */
  look(mark: string): Usage
}

export function createWatchdog(measure: () => Usage): Watchdog {
  let last = ''
  let since = measure()
  return {
    reset: () => { last = ''; since = measure() },
    look: mark => {
      const now = measure()
      if (mark !== last) { last = mark; since = now }
      return { cpuMs: now.cpuMs - since.cpuMs, rssMb: now.rssMb - since.rssMb }
    },
  }
}

export function processUsage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1_000, rssMb: process.memoryUsage.rss() / 1_048_576 }
}
