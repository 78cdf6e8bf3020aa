/**
 * One queue and a hand that moves over it: pages used since the hand last passed are spared where they stand, the others go.
 * Idea: a page that is spared keeps its place instead of moving to the head, so newcomers are looked at first and what has proved itself stays out of their way.
 * Helps: skewed accesses, streams that are read once.
 * Hurts: loops larger than memory; work that moves on while the hand is far away.
 * Source: Zhang, Yang, Yue, Vigfusson, Rashmi: "SIEVE is simpler than LRU" (NSDI 2024).
 */
import { definePolicy, FOLIO_FILE } from 'reclaim-lab'
import type { Folio } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'sieve',
  describe: 'A hand moves from the oldest page to the newest and evicts what was not used since it last passed; what was used keeps its place. Good for skewed accesses and streams.',
  params: {
    look: { kind: 'number', default: 256, min: 32, max: 8192, step: 1, unit: 'pages', about: 'How far the hand moves for one batch, at most.' },
  },
  init: (_params, k) => ({ all: k.list(), read: k.folioStore('u8'), hand: 0 }),
  hooks: {
    folioAdded(folio, facts, _task, k) {
      if ((facts & FOLIO_FILE) !== 0) k.state.all.addHead(folio)
    },
    folioRemoved(folio, _why, k) {
      if (k.state.hand === folio) k.state.hand = k.state.all.prev(folio)
    },
    evictFolios({ type, nr }, k) {
      const { all, read } = k.state
      const out: Folio[] = []
      if (type !== 'file') return out
      for (let seen = 0; seen < k.params.look && out.length < nr && all.length > 0; seen++) {
        const folio = all.has(k.state.hand) ? k.state.hand : all.tail()
        k.state.hand = all.prev(folio)
        const uses = k.folios.accesses(folio) + k.folios.young(folio)
        // The first reading is what it came for.
        if (uses > 1 || (uses === 1 && read.get(folio) === 1)) read.set(folio, 1)
        else if (uses === 1) {
          read.set(folio, 1)
          out.push(folio)
        } else out.push(folio)
      }
      return out
    },
  },
})
