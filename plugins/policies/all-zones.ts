/**
 * kswapd stops only when every zone is above its high mark, not when one is.
 * Idea: the kernel calls a node balanced as soon as one zone can serve requests of the class that woke kswapd (mm/vmscan.c:pgdat_balanced). A request may still prefer another zone and find it low, and
 * kswapd is woken again soon. This policy lets it go on until all of them are above HIGH.
 * Helps: machines with several zones whose users wake kswapd again and again; fewer, longer runs, fewer stalls.
 * Hurts: a small zone full of pages nobody can reclaim keeps kswapd busy for nothing, until it gives up.
 * Source: kernels before 4.6 asked for all zones, or a quarter of the node, in balance_pgdat.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'all-zones',
  describe: 'kswapd stops only when all zones that matter are above HIGH, not one of them. Fewer and longer runs; in vain where a zone holds nothing to reclaim.',
  params: {
    smallest: { kind: 'number', default: 4096, min: 0, max: 1_048_576, step: 1, unit: 'pages', about: 'Zones smaller than this don\'t matter.' },
  },
  hooks: {
    kswapdBalanced({ zones }, k) {
      const matter = zones.filter((zone) => zone.managed >= k.params.smallest)
      return matter.length === 0 ? undefined : matter.every((zone) => zone.free > zone.high + zone.boost + zone.reserve && zone.hasBlock)
    },
  },
})
