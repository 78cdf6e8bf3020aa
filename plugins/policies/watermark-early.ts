/**
 * Starts kswapd earlier: LOW and HIGH stand further above MIN than the kernel puts them, MIN stays where it is.
 * Idea: kswapd frees memory in the background; a task that reaches MIN must free it itself and waits. The more room between LOW and MIN, the larger a burst of
 * allocations may be before anybody waits. It is what vm.watermark_scale_factor does, as a multiple of the distance instead of a share of the zone.
 * Helps: bursts of allocations, slow swap or disks, anything that suffers from allocation stalls.
 * Hurts: more memory lies free instead of caching files; under steady pressure kswapd works just as much, only earlier.
 */
import { definePolicy } from 'reclaim-lab'
import type { ZoneMarks } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'watermark-early',
  describe: 'Puts LOW and HIGH a few times further above MIN, so that kswapd starts earlier and tasks wait less. Costs free memory.',
  params: {
    factor: { kind: 'number', default: 3, min: 1, max: 20, step: 1, unit: 'x', about: 'Distance from MIN to LOW and from LOW to HIGH, as a multiple of the kernel\'s.' },
    most: { kind: 'number', default: 10, min: 1, max: 50, step: 1, unit: '%', about: 'HIGH goes no further above MIN than this share of its zone.' },
  },
  hooks: {
    zoneWatermarks(args, k) {
      const { factor, most } = k.params
      const marks = k.base.zoneWatermarks(args)
      return marks.map((mark, i) => further(mark, factor, Math.floor((args.zones[i].managed * most) / 100)))
    },
  },
})

/** Stretches the marks above MIN; never closer than the kernel has them. */
function further({ min, low, high, promo }: ZoneMarks, factor: number, room: number): ZoneMarks {
  const newHigh = Math.max(high, min + Math.min((high - min) * factor, room))
  const newLow = Math.max(low, Math.min(min + (low - min) * factor, min + Math.floor((newHigh - min) / 2)))
  return { min, low: newLow, high: newHigh, promo: newHigh + (promo - high) }
}
