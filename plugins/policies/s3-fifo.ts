/**
 * Three queues: newcomers pass a small one, what was used there goes on to the main one, and what was evicted from it lately and comes back goes to the main one at once.
 * Idea: most pages are used once, so a tenth of memory is enough to find out which are used again. Both queues are first in, first out; a page used in the main one gets another round.
 * Helps: favourites beside streams; it resists scans better than an LRU list.
 * Hurts: pages whose second use comes later than the small queue is long, and loops larger than memory.
 * Source: Yang, Zhang, Qiu, Yue, Vigfusson: "FIFO queues are all you need for cache eviction" (SOSP 2023); cache_ext has it in 287 lines. The ghost queue is the kernel's own: the shadows that evicted
 * pages leave (mm/workingset.c) tell how long ago a page went.
 */
import { definePolicy, FOLIO_FILE, SCAN_EVICT, SCAN_KEEP, SCAN_ROTATE } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 's3-fifo',
  describe: 'A small queue for newcomers, a main queue for what was used there, and the main queue at once for what comes back soon. Resists scans; bad at loops larger than memory.',
  params: {
    smallPercent: { kind: 'number', default: 10, min: 1, max: 50, step: 1, unit: '%', about: 'Length of the small queue, of all file pages.' },
  },
  init: (_params, k) => ({ small: k.list(), main: k.list(), uses: k.folioStore('u8') }),
  hooks: {
    folioRefaulted(folio, distance, facts, k) {
      if ((facts & FOLIO_FILE) !== 0 && distance <= k.state.main.length) k.state.main.addHead(folio)
    },
    folioAdded(folio, facts, _task, k) {
      if ((facts & FOLIO_FILE) !== 0 && !k.state.main.has(folio)) k.state.small.addHead(folio)
    },
    evictFolios({ type, nr }, k) {
      const { small, main, uses } = k.state
      if (type !== 'file') return []
      const count = (folio: number): number => Math.min(3, uses.get(folio) + k.folios.accesses(folio) + k.folios.young(folio))
      const newcomers = small.length * 100 < k.params.smallPercent * (small.length + main.length) ? [] : small.scan(8 * nr, (folio) => {
        // The first reading is what it came for.
        if (count(folio) <= 1) return SCAN_EVICT
        main.addHead(folio)
        return SCAN_KEEP
      }, nr)
      if (newcomers.length === nr) return newcomers
      return newcomers.concat(main.scan(8 * nr, (folio) => {
        const left = count(folio)
        uses.set(folio, Math.max(0, left - 1))
        return left > 0 ? SCAN_ROTATE : SCAN_EVICT
      }, nr - newcomers.length))
    },
  },
})
