/**
 * What hooks are told and answer, with names in place of indexes and codes: zones, verdicts, bits, results, swap areas. A hook or a value that isn't here stays as it is: the API grows, and everything still reads.
 */
import {
  ADD_ACTIVE, ADD_INACTIVE, ADD_TAIL, COMPACT_CONTINUE, COMPACT_SKIPPED, COMPACT_SUCCESS, DIRTY_KSWAPD, DIRTY_NODE, DIRTY_SEEN, FOLIO_DIRTY, FOLIO_EXEC, FOLIO_FILE, FOLIO_REFERENCED, FOLIO_SWAPBACKED, FOLIO_WORKINGSET,
  FOLIOREF_ACTIVATE, FOLIOREF_KEEP, FOLIOREF_RECLAIM, FOLIOREF_RECLAIM_CLEAN, ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NORMAL,
} from 'reclaim-lab'
import type { HookName } from 'reclaim-lab'
import { isRecord } from '../scenario/plain-data'
import { positionsOf } from '../travel/hook-arguments'

type Named = Readonly<Record<string, unknown>>
type Names = ReadonlyMap<number, string>

const ZONES: Names = new Map([[ZONE_DMA, 'DMA'], [ZONE_DMA32, 'DMA32'], [ZONE_NORMAL, 'Normal'], [ZONE_MOVABLE, 'Movable']])
const FACTS: Names = new Map([[FOLIO_FILE, 'FILE'], [FOLIO_EXEC, 'EXEC'], [FOLIO_REFERENCED, 'REFERENCED'], [FOLIO_SWAPBACKED, 'SWAPBACKED'], [FOLIO_DIRTY, 'DIRTY'], [FOLIO_WORKINGSET, 'WORKINGSET']])
const DIRTY: Names = new Map([[DIRTY_KSWAPD, 'DIRTY_KSWAPD'], [DIRTY_SEEN, 'DIRTY_SEEN'], [DIRTY_NODE, 'DIRTY_NODE']])
const PLACES: Names = new Map([[ADD_TAIL, 'ADD_TAIL'], [ADD_INACTIVE, 'ADD_INACTIVE'], [ADD_ACTIVE, 'ADD_ACTIVE']])
const VERDICTS: Names = new Map([[FOLIOREF_RECLAIM, 'FOLIOREF_RECLAIM'], [FOLIOREF_RECLAIM_CLEAN, 'FOLIOREF_RECLAIM_CLEAN'], [FOLIOREF_KEEP, 'FOLIOREF_KEEP'], [FOLIOREF_ACTIVATE, 'FOLIOREF_ACTIVATE']])
const RESULTS: Names = new Map([[COMPACT_SKIPPED, 'COMPACT_SKIPPED'], [COMPACT_CONTINUE, 'COMPACT_CONTINUE'], [COMPACT_SUCCESS, 'COMPACT_SUCCESS']])

/** Arguments whose numbers stand for something, by their names. */
const READ: Readonly<Record<string, (value: number) => string>> = {
  facts: (bits) => bitNames(bits, FACTS), bits: (bits) => bitNames(bits, DIRTY), where: (place) => nameOf(place, PLACES), zone: (zone) => nameOf(zone, ZONES), highestZoneidx: (zone) => nameOf(zone, ZONES),
}

/** The arguments by name; zones and what lies in lists by zone too. */
export function namedArgs(hook: HookName, args: readonly unknown[]): Named {
  const positions = positionsOf(hook)
  const given = positions === undefined && args.length === 1 && isRecord(args[0]) ? args[0] : Object.fromEntries(args.map((arg, i) => [positions?.[i] ?? `argument ${i + 1}`, arg]))
  return readable(hook === 'lowmemReserve' ? Object.fromEntries(Object.entries(given).map(([name, value]) => [name, byZone(value)])) : given)
}

/** The answer, whole or in parts. `args`: what was asked; its zones and areas are what an answer counts by. */
export function namedAnswer(hook: HookName, answer: unknown, args: readonly unknown[]): unknown {
  if (hook === 'zoneWatermarks') return Array.isArray(answer) ? Object.fromEntries(answer.map((marks: unknown, i) => [placeOf(listOf(args, 'zones')[i], i), marks])) : answer
  if (hook === 'lowmemReserve') return Array.isArray(answer) ? byZone(answer.map(byZone)) : answer
  if (typeof answer !== 'number') return answer
  if (hook === 'swapDevice') return areaName(answer, listOf(args, 'areas')[answer])
  const names = hook === 'folioReferences' ? VERDICTS : hook === 'admitFolio' ? PLACES : hook === 'compactionSuitable' ? RESULTS : undefined
  return names === undefined ? answer : nameOf(answer, names)
}

/** An item of a list by what it is: a zone, a swap area, else its number. */
export function placeOf(item: unknown, index: number): string {
  if (isRecord(item) && typeof item['name'] === 'string') return `[${String(item['node'] ?? 0)} ${item['name']}]`
  return isRecord(item) && typeof item['kind'] === 'string' ? `[${index} ${item['kind']}]` : `[${index}]`
}

function readable(args: Named): Named {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => {
    if (typeof value === 'number') return [name, READ[name]?.(value) ?? value]
    return [name, Array.isArray(value) ? value.map((item: unknown) => (isRecord(item) ? readable(item) : item)) : value]
  }))
}

function byZone(values: unknown): unknown {
  return Array.isArray(values) ? Object.fromEntries(values.map((value: unknown, zone) => [`[${nameOf(zone, ZONES)}]`, value])) : values
}

function areaName(index: number, area: unknown): string {
  if (index < 0) return 'none'
  return isRecord(area) ? `${index} (${String(area['kind'])}, priority ${String(area['priority'])})` : String(index)
}

function listOf(args: readonly unknown[], name: string): readonly unknown[] {
  const list = isRecord(args[0]) ? args[0][name] : undefined
  return Array.isArray(list) ? list : []
}

function nameOf(value: number, names: Names): string {
  return names.get(value) ?? String(value)
}

function bitNames(bits: number, names: Names): string {
  const set = [...names].filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name)
  return set.length === 0 ? 'none' : set.join(', ')
}
