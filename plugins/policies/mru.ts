/**
 * Evicts the file pages that came last and have been read, and so keeps what is there.
 * Idea: who reads a file round and round that doesn't fit into memory needs next what was read longest ago. LRU gives up exactly that page, always; giving up the newest keeps a part that hits.
 * Helps: repeated searches and scans of more files than memory holds (cache_ext measured about half the time for a file search).
 * Hurts: anything that uses again what it has used lately, and work that moves on: old pages stay for ever.
 * Source: cache_ext's MRU (SOSP 2025).
 */
import { definePolicy, FOLIO_FILE } from 'reclaim-lab'
import type { Folio } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'mru',
  describe: 'Evicts the newest file pages that were read, and keeps the old ones. Halves the reads of repeated searches through more than memory holds; bad where work moves on.',
  params: {
    look: { kind: 'number', default: 512, min: 32, max: 8192, step: 1, unit: 'pages', about: 'How far from the newest it looks for pages that were read. Those read ahead are not given up before.' },
  },
  init: (_params, k) => ({ all: k.list(), read: k.folioStore('u8') }),
  hooks: {
    folioAdded(folio, facts, _task, k) {
      if ((facts & FOLIO_FILE) !== 0) k.state.all.addHead(folio)
    },
    evictFolios({ type, nr }, k) {
      const { all, read } = k.state
      const out: Folio[] = []
      let next = type === 'file' ? all.head() : 0
      for (let seen = 0; next !== 0 && out.length < nr && seen < k.params.look; seen++) {
        const folio = next
        next = all.next(folio)
        if (read.get(folio) === 0) {
          if (k.folios.accesses(folio) + k.folios.young(folio) === 0) continue
          read.set(folio, 1)
        }
        out.push(folio)
      }
      // One that has to stay after all waits at the far end.
      for (const folio of out) all.addTail(folio)
      return out
    },
  },
})
