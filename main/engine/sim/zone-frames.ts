/**
 * Where a zone's frames begin, and how many of them nobody can ever have: what firmware keeps, the kernel's image, its memmap. Compaction's scanners go over those too.
 * Source: arch/x86/kernel/setup.c:setup_arch (since 5.13 the first MiB is reserved as a whole), mm/page_alloc.c:free_area_init (v6.1).
 * Simplifications: they lie at the zone's start, before the managed ones (on x86-64 the first MiB in ZONE_DMA and the kernel's image in ZONE_DMA32 do, boot's tables lie at the end of memory);
 * holes (spanned less present) are left out but for the one below 1 MiB.
 */
import type { ZoneSpec } from './scenario'

/** Pages of ZONE_DMA on x86 with the frame 0, which is not the zone's. */
const X86_DMA_PAGES = 4096

export interface ZoneFrames {
  /** First frame of the zone, from an aligned one on. */
  readonly offset: number
  /** Frames from there on that are not managed. */
  readonly reserved: number
}

export function zoneFrames(spec: Pick<ZoneSpec, 'name' | 'managed' | 'present' | 'spanned'>): ZoneFrames {
  const present = spec.present ?? spec.managed
  const spanned = spec.spanned ?? present
  if (spec.name === 'DMA' && spanned === X86_DMA_PAGES - 1) return { offset: 1, reserved: Math.max(0, spanned - spec.managed) }
  return { offset: 0, reserved: Math.max(0, present - spec.managed) }
}
