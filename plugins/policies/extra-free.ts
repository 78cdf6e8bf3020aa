/**
 * Android's extra_free_kbytes on a kernel that lacks it: LOW and HIGH move up by a margin, MIN stays.
 * Idea: what lies between MIN and LOW is what a burst of allocations can take before anybody has to reclaim for itself. A phone knows how large its bursts are (the camera, an app's start), so
 * it sets that margin in kB, shared out over the zones by size.
 * Helps: bursts that come faster than kswapd frees.
 * Hurts: the margin lies free all the time, which is page cache lost; no use against a steady stream.
 * Source: Android common kernels up to 4.9, mm/page_alloc.c:__setup_per_zone_wmarks.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'extra-free',
  describe: 'Lifts LOW and HIGH off MIN by a fixed amount of memory, as Android\'s extra_free_kbytes did. Room for bursts, at the price of page cache.',
  params: {
    extraKb: { kind: 'number', default: 24_576, min: 0, max: 4_194_304, step: 1, unit: 'kB', about: 'Memory between MIN and LOW beyond the kernel\'s own distance, over all zones.' },
  },
  hooks: {
    zoneWatermarks(args, k) {
      const pages = args.zones.reduce((sum, zone) => sum + zone.managed, 0)
      return k.base.zoneWatermarks(args).map((mark, i) => {
        const extra = Math.min(k.math.mulDiv(Math.floor(k.params.extraKb / 4), args.zones[i].managed, pages), args.zones[i].managed >> 1)
        return { min: mark.min, low: mark.low + extra, high: mark.high + extra, promo: mark.promo + extra }
      })
    },
  },
})
