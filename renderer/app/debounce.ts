/** Delays work until its input rests; the window counts as busy meanwhile, and `flush` does the work at once. */
import { busy } from './idle'

export interface Debounced {
  call(work: () => void): void
  flush(): void
  cancel(): void
}

export function createDebounce(ms: number, reason: string): Debounced {
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending: (() => void) | undefined
  let release = (): void => {}
  const clear = (): void => {
    clearTimeout(timer)
    timer = undefined
    pending = undefined
    release()
  }
  const flush = (): void => {
    const work = pending
    try { work?.() } finally { clear() }
  }
  return {
    call(work) {
      if (pending === undefined) release = busy(reason)
      clearTimeout(timer)
      pending = work
      timer = setTimeout(flush, ms)
    },
    flush,
    cancel: clear,
  }
}
