/**
 * Refault detection where LRU lists are by zone: page cache only, each zone with a clock, and a page that comes back competes with the active file pages of the zone it was evicted from.
 * Source: mm/workingset.c:workingset_eviction, workingset_refault (v3.18). Groups are not told apart. Simplification: a shadow has 25 bits of clock, and machines at most 64 zones.
 */
import { LRU_ACTIVE_FILE } from 'reclaim-lab'
import { assert } from '../core/assert'
import { folioFacts } from './folio-facts'
import { ageNonresident } from './lruvec'
import type { Mm } from './mm'
import { PG_ACTIVE } from './page'

const CLOCK_BITS = 25
const CLOCK = (1 << CLOCK_BITS) - 1
const MOST_ZONES = 64

/** The shadow an evicted page leaves: a negative number with zone and clock. */
export function zoneEviction(mm: Mm, pfn: number): number {
  const zone = mm.zoneOf(pfn)
  assert(zone.id < MOST_ZONES, 'a shadow has 6 bits for its zone')
  const lruvec = mm.lruvecOf(0, zone)
  ageNonresident(lruvec)
  const clock = lruvec.nonresidentAge % (CLOCK + 1)
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('shadow', { clock, workingset: 0 })
  return (1 << 31) | (zone.id << CLOCK_BITS) | clock
}

/** A page whose slot held `shadow` is back in memory. */
export function zoneRefault(mm: Mm, pfn: number, shadow: number): void {
  const zone = mm.zones[(shadow >>> CLOCK_BITS) & (MOST_ZONES - 1)]
  const { stat } = mm.nodes[zone.node]
  stat.workingset_refault_file++
  zone.events.workingset_refault++
  const distance = (mm.lruvecOf(0, zone).nonresidentAge - (shadow & CLOCK) + CLOCK + 1) % (CLOCK + 1)
  const size = zone.nrLru[LRU_ACTIVE_FILE]
  const activate = mm.decide.refaultActivate(distance, size, folioFacts(mm.frames.flags[pfn], 0))
  if (mm.pageTrace?.pfn === pfn) mm.pageTrace.event('refault', { distance, size, activate: activate ? 1 : 0, workingset: 0 })
  if (!activate) return
  mm.frames.flags[pfn] |= PG_ACTIVE
  stat.workingset_activate_file++
  zone.events.workingset_activate++
  // workingset_activation, by __add_to_page_cache.
  ageNonresident(mm.lruvecOf(0, mm.zoneOf(pfn)))
}
