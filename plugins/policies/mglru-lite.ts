/**
 * Generations instead of two lists: pages come into the second youngest, those found used move to the youngest, the oldest generation is what goes.
 * Idea: the multi-generational LRU of the kernel, without its walks of page tables, its tiers and its controller: how far do generations alone get?
 * Helps: mixes in which "used lately" needs more than two degrees.
 * Hurts: without the walks, pages of mapped memory are only looked at when their turn has come, and without the tiers a page read twice is worth as much as one read ten times.
 * Source: mm/vmscan.c (lru_gen_*); cache_ext's MGLRU has 689 lines. The whole one is in the engine: lru_gen.enabled.
 */
import { definePolicy, FOLIO_FILE, SCAN_EVICT, SCAN_KEEP } from 'reclaim-lab'
import type { FolioList } from 'reclaim-lab'

const GENERATIONS = 4

/** Generations of one type; those from `oldest` to `youngest` are in use, each in list number modulo 4. */
interface Gens {
  readonly lists: readonly FolioList[]
  oldest: number
  youngest: number
}

export default definePolicy({
  api: 1,
  name: 'mglru-lite',
  describe: 'Four generations: used pages move to the youngest, the oldest goes. What the multi-generational LRU is without page table walks, tiers and controller.',
  init: (_params, k) => {
    const gens = (): Gens => ({ lists: Array.from({ length: GENERATIONS }, () => k.list()), oldest: 0, youngest: 2 })
    return { file: gens(), anon: gens(), used: k.folioStore('u8') }
  },
  hooks: {
    folioAdded(folio, facts, _task, k) {
      // Anonymous pages start young, since a fault is a use; those of files one generation before.
      const gens = (facts & FOLIO_FILE) !== 0 ? k.state.file : k.state.anon
      listOf(gens, (facts & FOLIO_FILE) !== 0 ? gens.youngest - 1 : gens.youngest).addHead(folio)
    },
    evictFolios({ type, nr }, k) {
      const gens = k.state[type]
      age(gens)
      return listOf(gens, gens.oldest).scan(8 * nr, (folio) => {
        const uses = k.folios.accesses(folio) + k.folios.young(folio)
        const first = type === 'file' && k.state.used.get(folio) === 0
        if (uses > 0) k.state.used.set(folio, 1)
        // The first reading is what it came for.
        if (uses === 0 || (first && uses === 1)) return SCAN_EVICT
        listOf(gens, gens.youngest).addHead(folio)
        return SCAN_KEEP
      }, nr)
    },
  },
})

function listOf(gens: Gens, seq: number): FolioList {
  return gens.lists[seq % GENERATIONS]
}

/** The oldest generation is used up: the next one is the oldest, and a new youngest begins when only two are left. */
function age(gens: Gens): void {
  while (listOf(gens, gens.oldest).length === 0 && gens.oldest < gens.youngest) {
    gens.oldest++
    if (gens.youngest - gens.oldest < 2) gens.youngest++
    if (gens.lists.every((list) => list.length === 0)) return
  }
}
