/**
 * LFU for everybody but the tasks that scan: what those bring in goes first, whatever it was used for.
 * Idea: an application knows which of its threads answer requests (GET) and which read everything once (SCAN); its hint is the name of the thread. Pages of scanners stay in a queue of their own, which
 * is emptied before any other page goes.
 * Helps: key-value stores with skewed GETs beside long SCANs.
 * Hurts: the scanners, if they read the same again; useless without the hint, and harmful with a wrong one.
 * Source: cache_ext's GET-SCAN (SOSP 2025, 324 lines).
 */
import { definePolicy, FOLIO_FILE, SCAN_EVICT, SCAN_KEEP } from 'reclaim-lab'
import type { Folio } from 'reclaim-lab'

/** By uses, in powers of two. */
const QUEUES = 12

export default definePolicy({
  api: 1,
  name: 'get-scan',
  describe: 'Evicts what tasks named scan… have read before anything else, and the least often used of the rest. Good for requests beside scans; hurts the scans.',
  init: (_params, k) => ({ scans: k.list(), queues: Array.from({ length: QUEUES }, () => k.list()), uses: k.folioStore('i32') }),
  hooks: {
    folioAdded(folio, facts, task, k) {
      if ((facts & FOLIO_FILE) === 0) return
      if (k.taskName(task).startsWith('scan')) k.state.scans.addHead(folio)
      else k.state.queues[0].addHead(folio)
    },
    evictFolios({ type, nr }, k) {
      const { scans, queues, uses } = k.state
      if (type !== 'file') return []
      // The newest were read ahead and are about to be read.
      let out: Folio[] = scans.length > 8 * nr ? scans.scan(nr, () => SCAN_EVICT) : []
      for (let i = 0; i < QUEUES && out.length < nr; i++) {
        out = out.concat(queues[i].scan(8 * nr, (folio) => {
          const count = uses.get(folio) + k.folios.accesses(folio) + k.folios.young(folio)
          uses.set(folio, count)
          const queue = Math.min(QUEUES - 1, Math.max(0, 31 - Math.clz32(count)))
          if (queue <= i) return SCAN_EVICT
          queues[queue].addHead(folio)
          return SCAN_KEEP
        }, nr - out.length))
      }
      return out
    },
  },
})
