/**
 * Marks and reserves of every zone after every sysctl write, measured and simulated, compared exactly. A row is one zone at one `snap` phase.
 * Boot rows (a snap before any write) are kept apart: that kernel computed them before it had all its memory, and the simulated machine starts with them as printed.
 */
import { z } from 'zod'
import type { Scenario, Snapshot } from '../../engine'

export interface WatermarkRow {
  readonly label: string
  readonly node: number
  readonly zone: string
  /** managed, min, low, high, pcp high and batch; marks without boost. */
  readonly figures: readonly number[]
  /** Pages of this zone kept from requests whose highest zone is DMA, DMA32, Normal, Movable, … */
  readonly protection: readonly number[]
}

export interface ComparedRow {
  readonly run: string
  readonly measured: WatermarkRow
  /** Undefined: the simulation took no such snapshot. */
  readonly simulated: WatermarkRow | undefined
  readonly boot: boolean
  readonly exact: boolean
}

const WATERMARK_FIGURES = ['managed', 'min', 'low', 'high', 'pcp high', 'pcp batch'] as const

export function compareRows(run: string, scenario: Scenario, measured: readonly WatermarkRow[], simulated: readonly WatermarkRow[]): readonly ComparedRow[] {
  const key = ({ label, node, zone }: WatermarkRow) => `${label}\n${node} ${zone}`
  const found = new Map(simulated.map(row => [key(row), row]))
  const boot = labelsBeforeWrites(scenario)
  return measured.map(row => {
    const other = found.get(key(row))
    return { run, measured: row, simulated: other, boot: boot.has(row.label), exact: other !== undefined && rowText(other, row.protection.length) === rowText(row, row.protection.length) }
  })
}

/** One row as text, to compare and to print. Zones above those a machine has hold no pages: their reserve is that of the highest. */
export function rowText({ figures, protection }: WatermarkRow, zones = protection.length): string {
  const last = protection.at(-1) ?? 0
  return `${figures.map((value, i) => `${WATERMARK_FIGURES[i]} ${value}`).join(' ')} protection ${Array.from({ length: zones }, (_, i) => protection[i] ?? last).join(' ')}`
}

export function simulatedRows(snapshots: readonly Snapshot[]): readonly WatermarkRow[] {
  return snapshots.flatMap(({ label, zones }) => zones.map(zone => ({
    label, node: zone.node, zone: zone.zone, figures: [zone.managed, zone.min, zone.low, zone.high, zone.pcp.high, zone.pcp.batch], protection: zone.protection,
  })))
}

function labelsBeforeWrites({ processes }: Scenario): ReadonlySet<string> {
  const labels = new Set<string>()
  for (const phase of processes[0]?.phases ?? []) {
    if (phase.op === 'sysctl' || (phase.op === 'snap' && phase.set1 !== undefined)) break
    if (phase.op === 'snap') labels.add(phase.label)
  }
  return labels
}

// ---- measured rows ------------------------------------------------------------------------------------------------------

const measuredZone = z.object({
  node: z.number(), zone: z.string(), boost: z.number(), min: z.number(), low: z.number(), high: z.number(), managed: z.number(), protection: z.array(z.number()),
  pcp: z.object({ high: z.number(), batch: z.number() }),
})
const measuredSeries = z.object({ snapshots: z.array(z.object({ label: z.string(), zones: z.array(measuredZone) })) })

/** From a measured run's series.json; only the snapshots that the workload asked for. */
export function rowsOfSeries(json: unknown, scenario: Scenario): readonly WatermarkRow[] {
  const wanted = new Set(scenario.processes.flatMap(({ phases }) => phases.flatMap(phase => (phase.op === 'snap' ? [phase.label] : []))))
  return measuredSeries.parse(json).snapshots.filter(({ label }) => wanted.has(label)).flatMap(({ label, zones }) => zones.map(({ boost, ...zone }) => ({
    label, node: zone.node, zone: zone.zone, figures: [zone.managed, zone.min - boost, zone.low - boost, zone.high - boost, zone.pcp.high, zone.pcp.batch], protection: zone.protection,
  })))
}

/** From a table with a column `variant`; machines of one node. */
export function rowsOfTable(csv: string, variant: string): readonly WatermarkRow[] {
  const [head = [], ...lines] = csv.trim().split('\n').map(cells)
  const rows = lines.map(line => new Map(head.map((name, i) => [name, line[i] ?? ''])))
  return rows.filter(row => row.get('variant') === variant).map(row => ({
    label: row.get('label') ?? '', node: 0, zone: row.get('zone') ?? '',
    figures: ['managed', 'min', 'low', 'high', 'pcp_high', 'pcp_batch'].map(name => Number(row.get(name))),
    protection: (row.get('protection') ?? '').split(' ').map(Number),
  }))
}

function cells(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|([^,]+)|(?<=^|,)(?=,|$)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')
}
