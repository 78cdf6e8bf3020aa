/** Which runs somebody looks at while they go on. Asking lasts some seconds and is repeated by whoever looks, so that a window that closed or hangs is forgotten by itself. */
export interface Watching {
  ask(runs: readonly string[]): void
  has(run: string): boolean
}

const LASTS_MS = 10_000
/** More runs are on no screen. */
const MOST = 64

export function createWatching(now: () => number = () => performance.now()): Watching {
  const until = new Map<string, number>()
  return {
    ask: (runs) => {
      for (const [run, end] of until) if (end <= now()) until.delete(run)
      for (const run of runs) if (until.has(run) || until.size < MOST) until.set(run, now() + LASTS_MS)
    },
    has: (run) => (until.get(run) ?? -Infinity) > now(),
  }
}
