/** Turns the lab's chart descriptions into the charts of these runs: one per zone and disk that exists, wildcards filled from the series a run has. */
import type { ChartInfo, RunChart, RunDetail, Text } from '../../../preload/contract'

/** What the charts are made from: the series that any of these runs recorded, the zones of the first. */
export function chartsOfRuns(infos: readonly ChartInfo[], details: readonly Pick<RunDetail, 'seriesIds' | 'zones'>[]): readonly RunChart[] {
  const [first] = details
  const managed = (node: string, zone: string): number => first?.zones.find((known) => String(known.node) === node && known.zone === zone)?.managed ?? 0
  return chartsFor(infos, new Set(details.flatMap((detail) => detail.seriesIds)), managed)
}

/** `seriesIds`: everything that any of the compared runs recorded. `managed`: pages of a zone; the largest zone comes first, empty ones not at all. */
export function chartsFor(infos: readonly ChartInfo[], seriesIds: ReadonlySet<string>, managed: (node: string, zone: string) => number): readonly RunChart[] {
  return infos.flatMap((info) => (info.perZone ? perZone(info, seriesIds, managed) : [expand(info, seriesIds)])).filter((chart) => chart.lines.length > 0)
}

function perZone(info: ChartInfo, ids: ReadonlySet<string>, managed: (node: string, zone: string) => number): readonly RunChart[] {
  const zones = new Map<string, { readonly node: string; readonly zone: string }>()
  for (const line of info.lines) {
    const shape = shapeOf(line.series)
    for (const id of ids) {
      const groups = shape.exec(id)?.groups
      if (groups?.node !== undefined && groups.zone !== undefined) zones.set(`${groups.node} ${groups.zone}`, { node: groups.node, zone: groups.zone })
    }
  }
  const places = [...zones.values()].filter(({ node, zone }) => managed(node, zone) > 0)
  return places.sort((a, b) => managed(b.node, b.zone) - managed(a.node, a.zone)).map((place) => expand({
    ...info, id: `${info.id}.${place.node}.${place.zone}`, title: fillText(info.title, place),
    lines: info.lines.map((line) => ({ ...line, series: fill(line.series, place), label: fillText(line.label, place) })),
  }, ids))
}

function expand(info: ChartInfo, ids: ReadonlySet<string>): RunChart {
  return { id: info.id, title: info.title, unit: info.unit, lines: info.lines.flatMap((line) => expandLine(line, ids)) }
}

function expandLine(line: ChartInfo['lines'][number], ids: ReadonlySet<string>): RunChart['lines'] {
  if (!/[{*]/.test(line.series)) return ids.has(line.series) ? [line] : []
  const shape = shapeOf(line.series)
  return [...ids].flatMap((id) => {
    const match = shape.exec(id)
    if (!match) return []
    const values: Record<string, string> = { ...match.groups }
    const { rest } = values
    const label = fillText(line.label, values)
    return [{ ...line, series: id, label: rest === undefined ? label : { en: label.en.replace('*', rest), zh: label.zh.replace('*', rest) } }]
  })
}

/** `zone.{node}.{zone}.free` as an expression with named groups; `*` is whatever is left. */
function shapeOf(series: string): RegExp {
  const seen = new Set<string>()
  const source = series.replace(/[.+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_all, name: string) => (seen.has(name) ? `\\k<${name}>` : (seen.add(name), `(?<${name}>[^.]+)`)))
    .replace('*', '(?<rest>.+)')
  return new RegExp(`^${source}$`)
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)
}

function fillText(text: Text, values: Readonly<Record<string, string>>): Text {
  return { en: fill(text.en, values), zh: fill(text.zh, values) }
}
