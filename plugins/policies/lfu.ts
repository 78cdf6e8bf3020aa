/**
 * Evicts the file pages that were used least often.
 * Idea: each page counts its uses and stands in the queue of its count (by powers of two); the queue of the lowest count gives up its oldest pages. Counts are looked at when a page's turn comes.
 * Helps: skewed accesses (a few keys are most of the traffic), and more so while somebody scans everything else: a scan never leaves the lowest queue.
 * Hurts: work that moves on, since old fame stays; a loop in which every page is used equally often.
 * Source: cache_ext's LFU (SOSP 2025, 215 lines), which samples instead.
 */
import { definePolicy, FOLIO_FILE, SCAN_EVICT, SCAN_KEEP } from 'reclaim-lab'
import type { Folio } from 'reclaim-lab'

const QUEUES = 12

export default definePolicy({
  api: 1,
  name: 'lfu',
  describe: 'Evicts the least often used file pages. Good for skewed accesses, above all beside scans; slow to follow work that moves on.',
  init: (_params, k) => ({ queues: Array.from({ length: QUEUES }, () => k.list()), uses: k.folioStore('i32') }),
  hooks: {
    folioAdded(folio, facts, _task, k) {
      if ((facts & FOLIO_FILE) !== 0) k.state.queues[0].addHead(folio)
    },
    evictFolios({ type, nr }, k) {
      const { queues, uses } = k.state
      let out: Folio[] = []
      for (let i = 0; type === 'file' && i < QUEUES && out.length < nr; i++) {
        out = out.concat(queues[i].scan(8 * nr, (folio) => {
          const count = uses.get(folio) + k.folios.accesses(folio) + k.folios.young(folio)
          uses.set(folio, count)
          const queue = queueOf(count)
          if (queue <= i) return SCAN_EVICT
          queues[queue].addHead(folio)
          return SCAN_KEEP
        }, nr - out.length))
      }
      return out
    },
  },
})

/** 0 and 1 use: 0; 2 and 3: 1; 4 to 7: 2; … */
function queueOf(count: number): number {
  return Math.min(QUEUES - 1, Math.max(0, 31 - Math.clz32(count)))
}
