/**
 * Printed marks and the kernel's formula. Marks are computed early at boot and not again when memory is freed into a zone later (an initrd, init sections), so a
 * listing's `managed` often gives other marks than the listing's own. One zone's smaller size explains them; it is found here, so that the machine starts with the
 * printed marks and policies can still compute their own. Kernel: mm/page_alloc.c:__setup_per_zone_wmarks, calculate_min_free_kbytes.
 */
import type { KernelDefinition, ZoneIndex, ZoneMarks } from 'reclaim-lab'
import { ZONE_NAMES } from '../scenario/limits'
import { EXACT } from './exact-maths'
import type { ZoneReading } from './parse-zoneinfo'

export interface MarkKnobs {
  /** vm.min_free_kbytes where it was read. */
  readonly minFreeKb?: number
  readonly scaleFactor: number
  readonly extraFreeKb: number
}

export interface MarkMatch {
  /** vm.min_free_kbytes that gives the marks. */
  readonly minFreeKb: number
  /** The kernel computes this value itself, so it need not be written. */
  readonly automatic: boolean
  /** Zones' managed pages when the marks were computed. */
  readonly managed: readonly number[]
}

type Range = readonly [low: number, high: number]

/** What gives exactly the printed marks, or undefined when this kernel's formula can't (another kernel's listing). */
export function matchMarks(zones: readonly ZoneReading[], knobs: MarkKnobs, kernel: KernelDefinition): MarkMatch | undefined {
  const sum = zones.reduce((total, zone) => total + (zone.marks?.min ?? 0), 0)
  if (zones.some(zone => !zone.marks)) return undefined
  // Each zone's floor division loses less than a page, so min_free / 4 is at most that much above the sum of the printed MINs.
  const candidates = knobs.minFreeKb === undefined ? zones.map((_, i) => (sum + zones.length - 1 - i) * 4) : [knobs.minFreeKb]
  const matches = candidates.flatMap(minFreeKb => matchSizes(zones, { ...knobs, minFreeKb }, kernel))
  const asPrinted = (match: MarkMatch) => match.managed.every((pages, i) => pages === zones[i].managed)
  return matches.find(match => match.automatic && asPrinted(match)) ?? matches.find(match => match.automatic) ?? matches.find(asPrinted) ?? matches[0]
}

/** Marks of zones of these sizes by the kernel's own formula. */
export function computeMarks(zones: readonly { readonly node: number; readonly name: string }[], managed: readonly number[], knobs: MarkKnobs & { readonly minFreeKb: number }, kernel: KernelDefinition): readonly ZoneMarks[] {
  const args = zones.map(({ node, name }, i) => ({ node, zone: (ZONE_NAMES as readonly string[]).indexOf(name) as ZoneIndex, name, managed: managed[i] }))
  const vmTotalPages = managed.reduce((sum, pages) => sum + pages, 0)
  return kernel.hooks.zoneWatermarks?.({ zones: args, minFreeKb: knobs.minFreeKb, scaleFactor: knobs.scaleFactor, extraFreeKb: knobs.extraFreeKb, vmTotalPages }, EXACT) ?? []
}

/** The automatic vm.min_free_kbytes of zones of these sizes; Movable doesn't count. */
export function automaticMinFreeKb(zones: readonly { readonly name: string }[], managed: readonly number[], kernel: KernelDefinition): number {
  const lowmemKb = managed.reduce((sum, pages, i) => sum + (zones[i].name === 'Movable' ? 0 : pages), 0) * 4
  return kernel.hooks.minFreeKbytes?.({ lowmemKb, userKb: -1 }, EXACT) ?? 0
}

/** What each zone keeps from user requests (GFP_HIGHUSER_MOVABLE, highest zone Movable), by zone of the list. */
export function userReserves(zones: readonly { readonly node: number; readonly name: string; readonly managed: number }[], ratio: readonly number[], kernel: KernelDefinition): readonly number[] {
  return zones.map(({ node, name }) => {
    const managed = ZONE_NAMES.map(each => zones.find(zone => zone.node === node && zone.name === each)?.managed ?? 0)
    const rows = kernel.hooks.lowmemReserve?.({ managed, ratio }, EXACT)
    return rows?.[(ZONE_NAMES as readonly string[]).indexOf(name)].at(-1) ?? 0
  })
}

function matchSizes(zones: readonly ZoneReading[], knobs: MarkKnobs & { readonly minFreeKb: number }, kernel: KernelDefinition): readonly MarkMatch[] {
  const printed = zones.map(zone => zone.managed)
  const result = (managed: readonly number[]): MarkMatch => ({ minFreeKb: knobs.minFreeKb, automatic: automaticMinFreeKb(zones, managed, kernel) === knobs.minFreeKb, managed })
  if (marksAre(zones, computeMarks(zones, printed, knobs, kernel))) return [result(printed)]
  // One zone was smaller; the largest is the likeliest, memory freed late goes there.
  const order = zones.map((_, i) => i).sort((a, b) => printed[b] - printed[a])
  return order.flatMap(zone => {
    const size = sizeOf(zone, zones, knobs, kernel)
    return size === undefined ? [] : [result(printed.with(zone, size))]
  })
}

/** The size of one zone that gives every printed mark: the largest, or the largest for which min_free_kbytes is the automatic one. */
function sizeOf(zone: number, zones: readonly ZoneReading[], knobs: MarkKnobs & { readonly minFreeKb: number }, kernel: KernelDefinition): number | undefined {
  const printed = zones.map(each => each.managed)
  const marks = (size: number) => computeMarks(zones, printed.with(zone, size), knobs, kernel)
  // With the zone its own marks grow, and those of the others shrink: each printed mark allows one range of sizes.
  let range: Range | undefined = [1, printed[zone]]
  for (let other = 0; other < zones.length && range; other++) {
    const sign = other === zone ? 1 : -1
    for (const mark of ['min', 'low', 'high'] as const) {
      const wanted = zones[other].marks?.[mark] ?? 0
      range = range && equalRange(range, size => sign * marks(size)[other][mark], sign * wanted)
    }
  }
  if (!range || !marksAre(zones, marks(range[1]))) return undefined
  const automatic = equalRange(range, size => automaticMinFreeKb(zones, printed.with(zone, size), kernel), knobs.minFreeKb)
  return (automatic ?? range)[1]
}

/** The part of `range` in which a function that never falls has this value. */
function equalRange([low, high]: Range, value: (x: number) => number, wanted: number): Range | undefined {
  const first = lowest(low, high + 1, x => value(x) >= wanted)
  const after = lowest(first, high + 1, x => value(x) > wanted)
  return first < after ? [first, after - 1] : undefined
}

function lowest(low: number, high: number, holds: (x: number) => boolean): number {
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

function marksAre(zones: readonly ZoneReading[], computed: readonly ZoneMarks[]): boolean {
  return zones.every(({ marks }, i) => marks && computed[i] && computed[i].min === marks.min && computed[i].low === marks.low && computed[i].high === marks.high)
}
