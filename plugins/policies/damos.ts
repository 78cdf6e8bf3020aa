/**
 * Watches which pages are used, and pages out those that were not for a while, as a DAMON operation scheme does.
 * Idea: it looks at a share of all pages each period, counts for how many looks in a row each was idle, and has the cold ones reclaimed in the background, whatever the watermarks say.
 * Helps: programs that touch their memory once and keep it: it goes to swap before anybody needs the room, and direct reclaim is rare.
 * Hurts: work that comes back after longer than it watched; looking costs CPU time; nothing is gained where memory is plenty.
 * Source: DAMON and DAMON_RECLAIM (mm/damon/reclaim.c); the kernel samples regions, this looks at single pages.
 */
import { definePolicy, SCAN_EVICT, SCAN_ROTATE } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'damos',
  describe: 'Looks for pages that were idle for a while and reclaims them in the background. Room before it is needed; costs looking, and reads back what was only resting.',
  params: {
    looks: { kind: 'number', default: 2, min: 1, max: 100, step: 1, unit: 'looks', about: 'A page that was idle for so many looks is cold.' },
    share: { kind: 'number', default: 50, min: 1, max: 100, step: 1, unit: '%', about: 'Share of all pages that it looks at, each second.' },
    quota: { kind: 'number', default: 2000, min: 1, max: 4096, step: 1, unit: 'pages', about: 'Pages it has reclaimed each second, at most.' },
    belowFree: { kind: 'number', default: 40, min: 1, max: 100, step: 1, unit: '%', about: 'It works only while less than this share of memory is free.' },
  },
  init: (_params, k) => ({ all: k.list(), idle: k.folioStore('u8') }),
  hooks: {
    folioAdded(folio, _facts, _task, k) {
      k.state.all.addHead(folio)
    },
    folioAccessed(folio, _young, _accesses, k) {
      k.state.idle.set(folio, 0)
    },
  },
  controller: {
    periodMs: 1000,
    run(k) {
      const zones = k.zoneinfo()
      const free = zones.reduce((sum, zone) => sum + zone.free, 0)
      if (free * 100 >= zones.reduce((sum, zone) => sum + zone.managed, 0) * k.params.belowFree) return
      const { all, idle } = k.state
      const look = Math.ceil((all.length * k.params.share) / 100)
      if (look === 0) return
      const cold = all.scan(look, (folio) => {
        const used = k.folios.accesses(folio) + k.folios.young(folio) > 0
        idle.set(folio, used ? 0 : Math.min(255, idle.get(folio) + 1))
        return idle.get(folio) >= k.params.looks ? SCAN_EVICT : SCAN_ROTATE
      }, k.params.quota)
      k.count('cold_pages', cold.length)
      k.reclaimFolios(cold)
    },
  },
})
