/**
 * Sets watermark_scale_factor by how fast memory is being allocated, so that kswapd starts as early as the demand needs and no earlier.
 * Idea: the room between MIN and LOW should last as long as kswapd needs to get going. A daemon measures the rate of allocations, takes the highest of the last seconds, and makes the distance what is
 * allocated in `horizonMs`.
 * Helps: load that comes in waves: no stalls in them, and no memory lying free between them.
 * Hurts: the first burst after quiet comes as a surprise, as with every prediction; it costs a little page cache while it remembers.
 * Source: the idea of ZoneReclaim daemons and of Android's userspace tuning of watermarks; vm.watermark_scale_factor, Documentation/admin-guide/sysctl/vm.rst.
 */
import { definePolicy } from 'reclaim-lab'

const ZONES = ['dma', 'dma32', 'normal', 'movable'] as const
/** Seconds for which a peak is remembered, as samples of 100 ms. */
const MEMORY = 50

export default definePolicy({
  api: 1,
  name: 'proactive-kswapd',
  describe: 'A daemon that sets vm.watermark_scale_factor to what the machine allocates in a short time. No stalls in waves it has seen, no memory idle in quiet times.',
  params: {
    horizonMs: { kind: 'number', default: 60, min: 5, max: 1000, step: 1, unit: 'ms', about: 'The distance between the marks is what is allocated in this time at the highest rate remembered.' },
  },
  init: () => ({ last: -1, peaks: new Array<number>(MEMORY).fill(0), at: 0 }),
  controller: {
    periodMs: 100,
    run(k) {
      const allocated = ZONES.reduce((sum, zone) => sum + k.vmstat(`pgalloc_${zone}`), 0)
      const { peaks } = k.state
      if (k.state.last >= 0) peaks[k.state.at++ % MEMORY] = allocated - k.state.last
      k.state.last = allocated
      const managed = k.zoneinfo().reduce((sum, zone) => sum + zone.managed, 0)
      const distance = (Math.max(...peaks) * k.params.horizonMs) / 100
      const factor = Math.min(1000, Math.max(10, Math.ceil((distance * 10_000) / managed)))
      k.gauge('scale_factor', factor)
      if (k.sysctl('vm.watermark_scale_factor') !== factor) k.writeSysctl('vm.watermark_scale_factor', factor)
    },
  },
})
