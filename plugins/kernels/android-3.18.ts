/**
 * Android's 3.18: v3.18 with `extra_free_kbytes`. Scope `marks`: it computes what /proc/zoneinfo shows, but doesn't run yet.
 * Follows mm/page_alloc.c (init_per_zone_wmark_min, __setup_per_zone_wmarks, setup_per_zone_lowmem_reserve), read in v3.18.63, and the same file of
 * msm-3.18.71 for what Android adds. There is no watermark boost and no watermark_scale_factor in it.
 * Simplifications: no highmem, so no 32-bit phones.
 */
import { defineKernel } from 'reclaim-lab'
import type { KernelContext, LowmemReserveArgs, MinFreeKbytesArgs, ZoneMarks, ZoneWatermarksArgs } from 'reclaim-lab'

const MIN_FREE_KB_FLOOR = 128
const MIN_FREE_KB_CEILING = 65_536
const INT_MAX = 2_147_483_647

export default defineKernel({
  api: 1,
  name: 'android-3.18',
  describe: 'Linux 3.18 as Android had it: LOW = MIN + MIN / 4, HIGH = MIN + MIN / 2, and extra_free_kbytes lifts LOW and HIGH off MIN. Computes marks and reserves only; it does not run yet.',
  scope: 'marks',
  traits: { folioBatch: 14, pcpBatchCap: 128 },
  sysctls: {
    'vm.min_free_kbytes': { default: 0, min: 0, max: INT_MAX, unit: 'kB', about: 'Free memory the MIN marks add up to. Computed at boot as 4 * sqrt(lowmem in kB), within 128..65536, unless a value is written.' },
    'vm.extra_free_kbytes': { default: 0, min: 0, max: INT_MAX, unit: 'kB', about: 'Extra free memory between MIN and LOW, so that kswapd starts earlier while direct reclaim starts where it did.' },
    'vm.lowmem_reserve_ratio': { default: [256, 256, 32, 0], min: 0, max: INT_MAX, unit: 'ratio', about: 'Per zone: one page of it in this many pages of the zones above is kept from requests that could use those. 0 counts as 1.' },
    'vm.vfs_cache_pressure': { default: 100, min: 0, max: INT_MAX, unit: '%', about: 'How readily dentries and inodes are given back against page cache: their number counts this many percent. 0: never, memory may run out over them; above 100: sooner than the kernel thinks fair.' },
  },
  hooks: { minFreeKbytes, zoneWatermarks, lowmemReserve },
})

/** mm/page_alloc.c:init_per_zone_wmark_min. What a person wrote stays unless the computed value is larger. */
function minFreeKbytes({ lowmemKb, userKb }: MinFreeKbytesArgs, k: KernelContext): number {
  const computed = k.math.intSqrt(lowmemKb * 16)
  if (computed <= userKb) return userKb
  return Math.min(Math.max(computed, MIN_FREE_KB_FLOOR), MIN_FREE_KB_CEILING)
}

/** mm/page_alloc.c:__setup_per_zone_wmarks. `extra_free_kbytes` is shared out by all zones' pages, MIN by lowmem's. */
function zoneWatermarks(args: ZoneWatermarksArgs, k: KernelContext): readonly ZoneMarks[] {
  const { mulDiv } = k.math
  const pagesMin = Math.floor(args.minFreeKb / 4)
  const pagesExtra = Math.floor(args.extraFreeKb / 4)
  const lowmemPages = args.zones.reduce((sum, zone) => sum + zone.managed, 0)
  return args.zones.map(({ managed }) => {
    const min = mulDiv(pagesMin, managed, lowmemPages)
    const raised = min + (pagesExtra === 0 ? 0 : mulDiv(pagesExtra, managed, args.vmTotalPages))
    const high = raised + Math.floor(min / 2)
    return { min, low: raised + Math.floor(min / 4), high, promo: high }
  })
}

/** mm/page_alloc.c:setup_per_zone_lowmem_reserve. A ratio below 1 counts as 1; an empty zone has a reserve like any other. */
function lowmemReserve({ managed, ratio }: LowmemReserveArgs): readonly (readonly number[])[] {
  return managed.map((_, zone) => {
    let above = 0
    return managed.map((pages, highest) => {
      if (highest <= zone) return 0
      above += pages
      return Math.floor(above / Math.max(1, ratio[zone]))
    })
  })
}
