/** Wall time for what waits or is shown to people: the real one, or a test's own. Nothing that a run's result depends on. */
export interface Clock {
  nowMs(): number
  /** Answers what cancels it. */
  after(ms: number, work: () => void): () => void
}

export const wallClock: Clock = {
  nowMs: () => Date.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    timer.unref()
    return () => { clearTimeout(timer) }
  },
}
