/**
 * Evicts the pages that promise the fewest hits for the room they will take, by what became of pages of their age before.
 * Idea: for each age (in evictions since the last use, by powers of two) it counts how many pages were used at it and how many went. Hits to come, divided by the time the page will still take up,
 * is its hit density; of a few pages the one with the lowest goes.
 * Helps: mixes that no fixed rule fits: it learns that pages of one age are as good as dead.
 * Hurts: changes of the mix, until it has learnt anew; it costs more than the simple rules.
 * Source: Beckmann, Chen, Cidon: "LHD: improving cache hit rate by maximizing hit density" (NSDI 2018); cache_ext has it in 367 lines. Simplified: one class of pages.
 */
import { definePolicy, FOLIO_FILE } from 'reclaim-lab'

/** Ages are 2^n evictions. */
const CLASSES = 24

export default definePolicy({
  api: 1,
  name: 'lhd',
  describe: 'Learns at which age pages are used again, and evicts those that promise the fewest hits for the room they take. Good for mixes, slow to follow changes.',
  params: {
    group: { kind: 'number', default: 6, min: 2, max: 64, step: 1, unit: 'pages', about: 'Of so many pages the least promising goes.' },
    learn: { kind: 'number', default: 4000, min: 100, max: 1_000_000, step: 1, unit: 'evictions', about: 'How often what was learnt is renewed; half of the old counts stays.' },
  },
  init: (_params, k) => ({ all: k.list(), usedAt: k.folioStore('i32'), clock: 1, next: 0, hits: new Array<number>(CLASSES).fill(1), gone: new Array<number>(CLASSES).fill(1), density: new Array<number>(CLASSES).fill(1) }),
  hooks: {
    folioAdded(folio, facts, _task, k) {
      if ((facts & FOLIO_FILE) === 0) return
      k.state.all.addHead(folio)
      k.state.usedAt.set(folio, k.state.clock)
    },
    evictFolios({ type, nr }, k) {
      const { all, usedAt, hits, gone, density } = k.state
      if (type !== 'file') return []
      if (k.state.clock >= k.state.next) {
        k.state.next = k.state.clock + k.params.learn
        learn(hits, gone, density)
      }
      const chosen = all.sample(nr, k.params.group, (folio) => {
        const age = classOf(k.state.clock - usedAt.get(folio))
        if (k.folios.accesses(folio) + k.folios.young(folio) > 0) {
          hits[age]++
          usedAt.set(folio, k.state.clock)
          return density[0]
        }
        return density[age]
      })
      for (const folio of chosen) gone[classOf(k.state.clock - usedAt.get(folio))]++
      k.state.clock += chosen.length
      return chosen
    },
  },
})

function classOf(age: number): number {
  return Math.min(CLASSES - 1, 32 - Math.clz32(Math.max(0, age)))
}

/** From the oldest class down: hits still to come over the time still to be spent, of all pages that reach the class. */
function learn(hits: number[], gone: number[], density: number[]): void {
  let hitsLeft = 0
  let pages = 0
  let time = 0
  for (let age = CLASSES - 1; age >= 0; age--) {
    hitsLeft += hits[age]
    pages += hits[age] + gone[age]
    time += pages * Math.max(1, (1 << age) >> 1)
    density[age] = hitsLeft / time
    hits[age] /= 2
    gone[age] /= 2
  }
}
