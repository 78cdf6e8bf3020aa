/**
 * One answer to "is anything pending?": requests, a running experiment, debounced work, an editor that loads. It stands on the document element as
 * `data-idle`, so that tests wait for a signal and never for time. It turns true only after the next painted frame. What is waited for stands beside it as `data-busy`.
 */
const reasons = new Map<number, string>()
let nextToken = 1
let settling = 0

/** Marks the window busy until the returned function is called (once; further calls do nothing). */
export function busy(reason: string): () => void {
  const token = nextToken++
  reasons.set(token, reason)
  settling++
  document.documentElement.dataset.idle = 'false'
  tellReasons()
  return () => {
    if (!reasons.delete(token)) return
    tellReasons()
    if (reasons.size === 0) settle()
  }
}

function tellReasons(): void {
  document.documentElement.dataset.busy = [...reasons.values()].join(', ')
}

function settle(): void {
  const mine = ++settling
  // Two frames: React commits state set by the last answer in the first, the charts' paint follows in the second.
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (mine === settling && reasons.size === 0) document.documentElement.dataset.idle = 'true'
  }))
}
