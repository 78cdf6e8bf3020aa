/**
 * /proc/zoneinfo as kernels from 3.18 to 6.x print it (mm/vmstat.c: zoneinfo_show_print), whole or in part: `grep -E "zone |min|low |high |managed|pages free"`
 * is enough. A zone needs its name and `managed`; everything else may be missing. Lines that are no zoneinfo lines are refused with their number.
 */
import { ZONE_NAMES } from '../scenario/limits'
import type { ZoneName } from '../../engine'
import type { LineProblems } from './text-lines'
import type { Line } from './text-lines'

export interface ZoneReading {
  readonly node: number
  readonly name: ZoneName
  readonly line: number
  readonly managed: number
  readonly free?: number
  readonly present?: number
  readonly spanned?: number
  /** Included in the printed marks; already taken off here. */
  readonly boost: number
  readonly marks?: { readonly min: number; readonly low: number; readonly high: number }
  /** Pages in the per-cpu lists, all CPUs. */
  readonly pcp: number
  /** nr_* of the zone itself. */
  readonly stats: ReadonlyMap<string, number>
}

export interface ZoneinfoReading {
  readonly zones: readonly ZoneReading[]
  /** nr_* by node, where the kernel keeps them by node (since 4.8). */
  readonly nodeStats: ReadonlyMap<number, ReadonlyMap<string, number>>
  /** CPUs that have a pageset; 0 where none is listed. */
  readonly cpus: number
  /** `node 0, zone Movable`, … */
  readonly empty: readonly string[]
}

/** One zone while its lines are read. */
interface Draft {
  readonly header: Line
  readonly node: number
  readonly name: string
  readonly fields: Map<string, number>
  readonly cpus: Set<number>
  pcp: number
  /** Which part of the zone's listing the lines belong to. */
  part: 'zone' | 'node' | 'pagesets'
  last: Line
}

const HEADER = /^Node (\d{1,4}) ?, ?zone ([A-Za-z]\w*) ?:?$/
const FIELD = /^([A-Za-z][\w-]*) ?:? (-?\d{1,15})$/
const PROTECTION = /^protection ?: ?\( ?\d+( ?,? ?\d+)* ?\)$/
const FIELDS_OF_ZONE = new Set(['pages free', 'min', 'low', 'high', 'promo', 'boost', 'scanned', 'spanned', 'present', 'managed', 'cma'])
const ADVICE = 'give the output of `grep -E "zone |min|low |high |managed|pages free" /proc/zoneinfo`, or the whole file'

export function parseZoneinfo(lines: readonly Line[], problems: LineProblems): ZoneinfoReading {
  const drafts: Draft[] = []
  const nodeStats = new Map<number, Map<string, number>>()
  for (const line of lines) readLine(line, drafts, nodeStats, problems)
  if (drafts.length === 0 && problems.problems.length === 0) problems.whole(`has no line "Node 0, zone …"; ${ADVICE}`)
  checkWhole(drafts, problems)
  const zones = problems.problems.length > 0 ? [] : finish(drafts, problems)
  const cpus = drafts.reduce((most, draft) => Math.max(most, draft.cpus.size), 0)
  const empty = drafts.filter(draft => draft.fields.get('managed') === 0).map(label)
  return { zones, nodeStats, cpus, empty }
}

function readLine(line: Line, drafts: Draft[], nodeStats: Map<number, Map<string, number>>, problems: LineProblems): void {
  // `grep -n` and `grep` over several files put a prefix before each line; `--` stands between groups.
  const text = line.text.replace(/^(\/proc\/zoneinfo[:-])?(\d+[:-])? ?/, '')
  if (text === '' || text === '--') return
  const header = HEADER.exec(text)
  const draft = drafts[drafts.length - 1] as Draft | undefined
  if (header) return openZone(line, Number(header[1]), header[2], drafts, problems)
  if (!draft) return problems.problems.length > 0 ? undefined : problems.add(line, `stands before any "Node 0, zone …" line, so it doesn't say which zone it is about or how large that is; ${ADVICE}`)
  draft.last = line
  if (text === 'per-node stats') draft.part = 'node'
  else if (text === 'pagesets') draft.part = 'pagesets'
  else if (!PROTECTION.test(text)) readField(line, text, draft, nodeStats, problems)
}

function openZone(line: Line, node: number, name: string, drafts: Draft[], problems: LineProblems): void {
  if (drafts.some(draft => draft.node === node && draft.name === name)) problems.add(line, 'is there a second time; give one listing')
  drafts.push({ header: line, node, name, fields: new Map(), cpus: new Set(), pcp: 0, part: 'zone', last: line })
}

function readField(line: Line, text: string, draft: Draft, nodeStats: Map<number, Map<string, number>>, problems: LineProblems): void {
  const [, key, digits] = FIELD.exec(text.replace(/^pages free /, 'pages_free ').replace(/^vm stats threshold/, 'vm_stats_threshold')) ?? []
  if (key === undefined) return problems.add(line, 'is no line of /proc/zoneinfo, or it was cut off; after the zone\'s name each line is a name and a whole number, such as "managed 243597"')
  const name = key === 'pages_free' ? 'pages free' : key
  const value = Number(digits)
  if (draft.part === 'pagesets' && /^(cpu|count|high|batch|high_min|high_max)$/.test(name)) return readPageset(name, value, draft)
  if (FIELDS_OF_ZONE.has(name)) draft.part = 'zone'
  if (draft.part === 'node') return void statsOf(draft.node, nodeStats).set(name, value)
  if (FIELDS_OF_ZONE.has(name) && value < 0) return problems.add(line, 'is negative; a size in pages can\'t be')
  if (FIELDS_OF_ZONE.has(name) && draft.fields.has(name)) return problems.add(line, `is there a second time in ${label(draft)}; a "Node …, zone …" line is missing before it`)
  draft.fields.set(name, value)
}

function readPageset(name: string, value: number, draft: Draft): void {
  if (name === 'cpu') draft.cpus.add(value)
  if (name === 'count') draft.pcp += value
}

function statsOf(node: number, nodeStats: Map<number, Map<string, number>>): Map<string, number> {
  const stats = nodeStats.get(node) ?? new Map<string, number>()
  nodeStats.set(node, stats)
  return stats
}

/** A zone without `managed`, or a last zone that has less than the zones before it, was cut off. */
function checkWhole(drafts: readonly Draft[], problems: LineProblems): void {
  for (const draft of drafts) {
    if (!draft.fields.has('managed')) problems.add(draft.header, `has no "managed" line, so the zone's size isn't known; ${ADVICE}`)
  }
  const populated = drafts.filter(draft => (draft.fields.get('managed') ?? 0) > 0)
  const last = populated[populated.length - 1] as Draft | undefined
  if (!last || last !== drafts[drafts.length - 1]) return
  const missing = ['start_pfn', 'pages free', 'min', 'low', 'high'].find(key => populated.length > 1 && populated.slice(0, -1).every(draft => draft.fields.has(key)) && !last.fields.has(key))
  if (missing) problems.add(last.last, `is where the listing ends, but ${label(last)} still lacks "${missing}", which the zones before it have: it was cut off`)
}

function finish(drafts: readonly Draft[], problems: LineProblems): readonly ZoneReading[] {
  const populated = drafts.filter(draft => (draft.fields.get('managed') ?? 0) > 0)
  if (populated.length === 0) problems.whole('lists only zones with 0 managed pages')
  return populated.flatMap(draft => {
    const name = ZONE_NAMES.find(known => known === draft.name)
    if (name) return [reading(draft, name)]
    problems.add(draft.header, `is a zone that can't be simulated; known are ${ZONE_NAMES.join(', ')}${draft.name === 'HighMem' ? ' (HighMem is of 32-bit machines)' : ''}`)
    return []
  }).sort((a, b) => a.node - b.node || ZONE_NAMES.indexOf(a.name) - ZONE_NAMES.indexOf(b.name))
}

function reading(draft: Draft, name: ZoneName): ZoneReading {
  const { fields } = draft
  const boost = fields.get('boost') ?? 0
  const [min, low, high] = ['min', 'low', 'high'].map(key => fields.get(key))
  const marks = min !== undefined && low !== undefined && high !== undefined ? { min: min - boost, low: low - boost, high: high - boost } : undefined
  return {
    node: draft.node, name, line: draft.header.number, managed: fields.get('managed') ?? 0, boost, marks, pcp: draft.pcp, stats: fields,
    free: fields.get('pages free'), present: fields.get('present'), spanned: fields.get('spanned'),
  }
}

function label(draft: Draft): string {
  return `node ${draft.node}, zone ${draft.name}`
}

