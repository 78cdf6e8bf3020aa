/**
 * Linux 5.15 (read in v5.15.24): marks, reserves and boost. Scope `marks`: it computes what /proc/zoneinfo shows, but doesn't run yet.
 * Follows mm/page_alloc.c (calculate_min_free_kbytes, __setup_per_zone_wmarks, setup_per_zone_lowmem_reserve, boost_watermark) and kernel/sysctl.c.
 * Simplifications: no highmem (x86-64 has none), no transparent huge pages' floor on min_free_kbytes (mm/khugepaged.c).
 */
import { defineKernel } from 'reclaim-lab'
import type {
  KernelContext, LowmemReserveArgs, MinFreeKbytesArgs, WatermarkBoostArgs, ZoneMarks, ZoneWatermarksArgs,
} from 'reclaim-lab'

const MIN_FREE_KB_FLOOR = 128
const MIN_FREE_KB_CEILING = 262_144
const INT_MAX = 2_147_483_647

export default defineKernel({
  api: 1,
  name: 'linux-5.15',
  describe: 'Linux 5.15: LOW and HIGH stand apart by max(MIN / 4, watermark_scale_factor of the zone). Computes marks and reserves only; it does not run yet.',
  scope: 'marks',
  traits: { folioBatch: 15, pcpBatchCap: 256 },
  sysctls: {
    'vm.min_free_kbytes': { default: 0, min: 0, max: INT_MAX, unit: 'kB', about: 'Free memory the MIN marks add up to. Computed at boot as 4 * sqrt(lowmem in kB), within 128..262144, unless a value is written.' },
    'vm.watermark_scale_factor': { default: 10, min: 1, max: 1000, unit: '1/10000', about: 'Distance from MIN to LOW and from LOW to HIGH, as a share of the zone, where that is more than MIN / 4.' },
    'vm.watermark_boost_factor': { default: 15_000, min: 0, max: INT_MAX, unit: '1/10000', about: 'How far a split of a foreign pageblock may raise the marks, as a share of HIGH. 0 turns boosting off.' },
    'vm.lowmem_reserve_ratio': { default: [256, 256, 32, 0], min: 0, max: INT_MAX, unit: 'ratio', about: 'Per zone: one page of it in this many pages of the zones above is kept from requests that could use those. 0 turns it off.' },
    'vm.vfs_cache_pressure': { default: 100, min: 0, max: INT_MAX, unit: '%', about: 'How readily dentries and inodes are given back against page cache: their number counts this many percent. 0: never, memory may run out over them; above 100: sooner than the kernel thinks fair.' },
  },
  hooks: { minFreeKbytes, zoneWatermarks, lowmemReserve, watermarkBoost },
})

/** mm/page_alloc.c:calculate_min_free_kbytes. What a person wrote stays unless the computed value is larger. */
function minFreeKbytes({ lowmemKb, userKb }: MinFreeKbytesArgs, k: KernelContext): number {
  const computed = k.math.intSqrt(lowmemKb * 16)
  if (computed <= userKb) return userKb
  return Math.min(Math.max(computed, MIN_FREE_KB_FLOOR), MIN_FREE_KB_CEILING)
}

/** mm/page_alloc.c:__setup_per_zone_wmarks. */
function zoneWatermarks(args: ZoneWatermarksArgs, k: KernelContext): readonly ZoneMarks[] {
  const { mulDiv } = k.math
  const pagesMin = Math.floor(args.minFreeKb / 4)
  const lowmemPages = args.zones.reduce((sum, zone) => sum + zone.managed, 0)
  return args.zones.map(({ managed }) => {
    const min = mulDiv(pagesMin, managed, lowmemPages)
    const step = Math.max(Math.floor(min / 4), mulDiv(managed, args.scaleFactor, 10_000))
    const high = min + 2 * step
    // There is no PROMO mark before 5.18.
    return { min, low: min + step, high, promo: high }
  })
}

/** mm/page_alloc.c:setup_per_zone_lowmem_reserve. An empty zone, and a ratio of 0, reserve nothing. */
function lowmemReserve({ managed, ratio }: LowmemReserveArgs): readonly (readonly number[])[] {
  return managed.map((own, zone) => {
    let above = 0
    return managed.map((pages, highest) => {
      if (highest <= zone) return 0
      above += pages
      return own > 0 && ratio[zone] > 0 ? Math.floor(above / ratio[zone]) : 0
    })
  })
}

/** mm/page_alloc.c:boost_watermark. One pageblock a time, up to a share of HIGH; never on a zone of less than four pageblocks. */
function watermarkBoost({ managed, high, boost, factor, pageblockPages }: WatermarkBoostArgs, k: KernelContext): number {
  if (factor === 0 || pageblockPages * 4 > managed) return boost
  const share = k.math.mulDiv(high, factor, 10_000)
  if (share === 0) return boost
  return Math.min(boost + pageblockPages, Math.max(pageblockPages, share))
}
