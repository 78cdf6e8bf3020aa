/** Small functions and constants that stand at the end of a policy made from rules, where it needs them, and the names of the API each uses. */

export interface Helper { readonly code: string; readonly types?: readonly string[]; readonly top?: boolean }

/** `top`: before the policy, with its constants. */
export const HELPERS: Readonly<Record<string, Helper>> = {
  MS: { top: true, code: 'const MS = 1e6' },
  MOST_PAGES: { top: true, code: '/** The most that a target may be. */\nconst MOST_PAGES = 2_147_483_648' },
  LONGEST_PAUSE: { top: true, code: '/** No writer may be stopped for longer, ns. */\nconst LONGEST_PAUSE = 200_000_000' },
  freePercent: {
    types: ['ZoneView'],
    code: `/** Free pages of these zones as a share of all their pages, or of one of their marks; no number where there are none. */
function freePercent(zones: readonly ZoneView[], of: 'managed' | 'min' | 'low' | 'high'): number {
  const free = zones.reduce((sum, zone) => sum + zone.free, 0)
  return (free * 100) / zones.reduce((sum, zone) => sum + zone[of], 0)
}`,
  },
  swapPercent: {
    types: ['SwapView'],
    code: `/** Slots in use of all swap areas; no number without swap. */
function swapPercent(areas: readonly SwapView[]): number {
  return (areas.reduce((sum, area) => sum + area.used, 0) * 100) / areas.reduce((sum, area) => sum + area.pages, 0)
}`,
  },
  moved: {
    types: ['ZoneMarks'],
    code: `/** LOW and HIGH at a multiple of their distance from MIN and, by the zone's share of \`extra\`, further up; never above MIN by more than half the zone. */
function moved(marks: readonly ZoneMarks[], zones: readonly { readonly managed: number }[], factor: number, extra: number): ZoneMarks[] {
  const all = zones.reduce((sum, zone) => sum + zone.managed, 0)
  return marks.map(({ min, low, high, promo }, i) => {
    const most = Math.max(high, min + (zones[i].managed >> 1))
    const up = (mark: number): number => Math.min(most, Math.floor(min + (mark - min) * factor + (extra * zones[i].managed) / all))
    return { min, low: up(low), high: up(high), promo: up(high) + (promo - high) }
  })
}`,
  },
  divisible: {
    types: ['ScanBalanceArgs'],
    code: `/** Is there something to divide? Without swap, or with hardly any page cache left, the kernel knows better. */
function divisible({ maySwap, freeSwap, fileIsTiny }: ScanBalanceArgs): boolean {
  return maySwap && freeSwap > 0 && !fileIsTiny
}`,
  },
  shares: {
    types: ['ScanBalance'],
    code: `/** A fixed share of the scan for anonymous memory, the rest for the page cache. */
function shares(anonPercent: number): ScanBalance {
  if (anonPercent === 0) return { mode: 'file', anon: 0, file: 1 }
  return anonPercent === 100 ? { mode: 'anon', anon: 1, file: 0 } : { mode: 'fract', anon: anonPercent, file: 100 - anonPercent }
}`,
  },
  wider: {
    types: ['ReadaheadWindow'],
    code: `/** The window and its marker at another size. */
function wider({ size, async: marker }: ReadaheadWindow, percent: number): ReadaheadWindow {
  const pages = Math.min(8192, Math.max(1, Math.round((size * percent) / 100)))
  return { size: pages, async: Math.min(pages, Math.round((marker * percent) / 100)) }
}`,
  },
  fewer: {
    types: ['SlabScan'],
    code: `/** A pass over a slab cache at another size, within what may be answered. */
function fewer({ delta, total }: SlabScan, freeable: number, percent: number): SlabScan {
  return { delta: Math.round((delta * percent) / 100), total: Math.min(2 * freeable, Math.round((total * percent) / 100)) }
}`,
  },
  inForce: {
    code: `/** Three marks of free memory: it begins below the middle one, and ends above the high or below the low one. */
function inForce(was: boolean, free: number, high: number, mid: number, low: number): boolean {
  return free <= high && free >= low && (was || free < mid)
}`,
  },
}

/** Values of the API that answers name. */
export const API_VALUES = new Set(['FOLIO_FILE', 'FOLIO_EXEC', 'FOLIO_SWAPBACKED', 'FOLIO_DIRTY', 'FOLIO_WORKINGSET', 'FOLIOREF_RECLAIM', 'FOLIOREF_RECLAIM_CLEAN', 'FOLIOREF_KEEP', 'FOLIOREF_ACTIVATE', 'ADD_TAIL', 'ADD_INACTIVE', 'ADD_ACTIVE', 'SCAN_KEEP', 'SCAN_ROTATE', 'SCAN_EVICT'])
