/** Passes calls on at most once per `everyMs`, the last one always; an urgent one goes at once. */
export interface Throttle {
  call(urgent: boolean): void
  /** Drops what waits. */
  stop(): void
}

export function throttle(everyMs: number, work: () => void): Throttle {
  let timer: NodeJS.Timeout | undefined
  let lastMs = -Infinity
  const go = (): void => {
    clearTimeout(timer)
    timer = undefined
    lastMs = performance.now()
    work()
  }
  return {
    call: (urgent) => {
      const wait = lastMs + everyMs - performance.now()
      if (urgent || (wait <= 0 && timer === undefined)) go()
      else timer ??= setTimeout(go, Math.max(0, wait))
    },
    stop: () => { clearTimeout(timer); timer = undefined },
  }
}
