/**
 * Reclaims a little all the time, as much as can be had without anybody noticing.
 * Idea: a machine holds far more than its programs need, since nothing is reclaimed before memory runs out. A daemon asks for a small share by memory.reclaim every few seconds and looks at memory
 * pressure (PSI): more while nobody has to wait, nothing when somebody does. What is left is the real working set, and memory is free when somebody needs it.
 * Helps: bursts of allocations find free memory instead of full lists; idle memory goes to swap in quiet times.
 * Hurts: page cache and cold memory are given up that nobody needed yet, and some of it is read back.
 * Source: Senpai of fbtax2 and oomd; Weiner et al.: "TMO: transparent memory offloading" (ASPLOS 2022).
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'senpai',
  describe: 'A daemon that reclaims a little all the time as long as nobody waits for memory (PSI). Bursts find free memory; some of it is read back.',
  params: {
    targetUs: { kind: 'number', default: 1000, min: 10, max: 1_000_000, step: 10, unit: 'us', about: 'Time in which some task waits for memory, a second, at which nothing is reclaimed any more.' },
    ratio: { kind: 'number', default: 0.1, min: 0.0005, max: 0.2, unit: 'of memory', about: 'Share of the pages on the lists that it asks for, each second, when nobody waits.' },
    keepFree: { kind: 'number', default: 20, min: 1, max: 90, step: 1, unit: '%', about: 'It rests while so much of memory is free.' },
  },
  init: () => ({ someUs: 0 }),
  controller: {
    periodMs: 1000,
    run(k) {
      const { someUs } = k.psi()
      const waited = someUs - k.state.someUs
      k.state.someUs = someUs
      const zones = k.zoneinfo()
      const free = zones.reduce((sum, zone) => sum + zone.free, 0)
      const managed = zones.reduce((sum, zone) => sum + zone.managed, 0)
      if (waited >= k.params.targetUs || free * 100 >= managed * k.params.keepFree) return
      const pages = Math.floor(k.folios.count() * k.params.ratio * (1 - waited / k.params.targetUs))
      k.count('asked_pages', pages)
      if (pages > 0) k.writeMemcg('/', 'memory.reclaim', pages)
    },
  },
})
