/**
 * Evicts file pages in the order in which they came, however often they were used since.
 * Idea: the simplest whole eviction there is: one list, new pages at its head, the oldest go. No references are looked for, so it costs almost nothing.
 * Helps: streams read once; as a yardstick for the others.
 * Hurts: pages that are used again and again go when their time comes, and are read back.
 * Source: cache_ext's FIFO (SOSP 2025). Here it is a few lines, since the engine takes folios off the list when they go.
 */
import { definePolicy, FOLIO_FILE, SCAN_EVICT } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'fifo',
  describe: 'Evicts file pages in the order in which they came, used or not. A yardstick; good for streams, bad for anything with favourites.',
  init: (_params, k) => k.list(),
  hooks: {
    folioAdded(folio, facts, _task, k) {
      if ((facts & FOLIO_FILE) !== 0) k.state.addHead(folio)
    },
    evictFolios: ({ type, nr }, k) => (type === 'file' ? k.state.scan(nr, () => SCAN_EVICT) : []),
  },
})
