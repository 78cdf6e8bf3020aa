/**
 * A chart as SVG, for files and reports: the same lines, dashes and colours as in the window, a title, a legend, round axes. Plain shapes and text; no script, no style
 * sheet, no font of its own, so that it opens the same everywhere.
 */
import type { RunChart, SeriesSlice, Text } from '../../../preload/contract'
import { number } from '../numbers'
import { PALETTES, type Palette } from './palette'
import { escapeXml } from './escape'

export interface ChartRun { readonly label: string; readonly machine: number; readonly slice: SeriesSlice }

export interface ChartPicture {
  readonly chart: RunChart
  readonly runs: readonly ChartRun[]
  readonly t0: number
  readonly t1: number
  readonly language: keyof Text
  readonly theme: 'light' | 'dark'
  /** All runs in one plot, or one plot each, one below the other. */
  readonly layout: 'overlay' | 'side'
  /** Stands below the title: of what run this is. */
  readonly note?: string
}

const WIDTH = 760
const LEFT = 64
const RIGHT = 16
const PLOT = 180
const FONT = 'system-ui, -apple-system, \'Segoe UI\', Roboto, \'Noto Sans\', \'PingFang SC\', \'Microsoft YaHei\', \'Noto Sans CJK SC\', sans-serif'
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '4 2', '1 4']

interface Stroke { readonly colour: string; readonly dash: string; readonly width: number }
interface Scale { x(t: number): number; y(value: number): number; readonly top: number }

export function chartSvg(picture: ChartPicture): string {
  const { chart, language, theme, note = '' } = picture
  const palette = PALETTES[theme]
  const parts: string[] = []
  let y = 22
  parts.push(label(12, y, chart.title[language], palette.text, 15, { weight: 600 }), label(WIDTH - RIGHT, y, unitText(chart.unit, language), palette.muted, 11, { anchor: 'end' }))
  if (note !== '') parts.push(label(12, y += 16, note, palette.muted, 11))
  y += 10
  const groups = picture.layout === 'overlay' ? [picture.runs] : picture.runs.map((run) => [run])
  const top = niceCeiling(Math.max(...picture.runs.map((run) => highest(chart, run.slice)), 0))
  for (const group of groups) {
    const legend = legendOf(picture, group, palette, y)
    parts.push(legend.svg, plot(picture, group, palette, legend.bottom + 8, top))
    y = legend.bottom + 8 + PLOT + 30
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="${escapeXml(chart.title[language])}" font-family="${escapeXml(FONT)}">`
    + `<rect width="${WIDTH}" height="${y}" fill="${palette.ground}"/>${parts.join('')}</svg>\n`
}

function plot({ chart, t0, t1, language, layout }: ChartPicture, runs: readonly ChartRun[], palette: Palette, y0: number, top: number): string {
  const inner = WIDTH - LEFT - RIGHT
  const scale: Scale = { top, x: (t) => LEFT + ((t - t0) / Math.max(1, t1 - t0)) * inner, y: (value) => y0 + PLOT - (Math.min(value, top) / top) * PLOT }
  const rows = [0, top / 2, top].map((value) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${px(scale.y(value))}" y2="${px(scale.y(value))}" stroke="${palette.grid}"/>`
    + label(LEFT - 6, scale.y(value) + 4, isTime(chart.unit) ? duration(value) : compact(value), palette.muted, 10.5, { anchor: 'end' }))
  const ticks = timeTicks(t0, t1, 7).map((t) => `<line x1="${px(scale.x(t))}" x2="${px(scale.x(t))}" y1="${y0 + PLOT}" y2="${y0 + PLOT + 4}" stroke="${palette.axis}"/>`
    + label(scale.x(t), y0 + PLOT + 16, duration(t), palette.muted, 10.5, { anchor: 'middle' }))
  const lines = runs.flatMap((run) => runLines(chart, run, scale, palette, layout))
  const about = `${chart.title[language]}: ${runs.map((run) => run.label).join(', ')}`
  return `<g><title>${escapeXml(about)}</title>${rows.join('')}${ticks.join('')}<path d="M${LEFT} ${y0}V${y0 + PLOT}H${WIDTH - RIGHT}" fill="none" stroke="${palette.axis}"/>${lines.join('')}</g>`
}

function runLines(chart: RunChart, run: ChartRun, scale: Scale, palette: Palette, layout: ChartPicture['layout']): readonly string[] {
  const { times } = run.slice
  let below: Float64Array | undefined
  return chart.lines.flatMap((line, index) => {
    const own = run.slice.columns[line.series]
    if (own === undefined || times.length === 0) return []
    const stroke = strokeOf(run.machine, index, line.style === 'mark', palette, layout)
    const stacked = line.style === 'stack' && layout === 'side'
    const column = stacked && below !== undefined ? add(own, below) : own
    const floor = stacked ? below : undefined
    if (stacked) below = column
    const path = pathOf(times, column, scale, line.style === 'mark')
    const fill = layout === 'side' && (line.style === 'area' || stacked) ? `<path d="${areaPath(times, column, floor, scale)}" fill="${stroke.colour}" fill-opacity="${stacked ? 0.45 : 0.12}"/>` : ''
    return [`${fill}<path d="${path}" fill="none" stroke="${stroke.colour}" stroke-width="${stroke.width}"${stroke.dash === '' ? '' : ` stroke-dasharray="${stroke.dash}"`} stroke-linejoin="round"/>`]
  })
}

function legendOf({ chart, language, layout }: ChartPicture, runs: readonly ChartRun[], palette: Palette, y0: number): { readonly svg: string; readonly bottom: number } {
  const parts: string[] = []
  let x = LEFT
  let y = y0 + 10
  const place = (width: number): void => { if (x + width > WIDTH - RIGHT && x > LEFT) { x = LEFT; y += 16 } }
  for (const run of runs) {
    const name = textWidth(run.label) * 1.1
    place(name)
    parts.push(label(x, y, run.label, palette.machines[run.machine % palette.machines.length], 11.5, { weight: 600 }))
    x += name + 12
    chart.lines.forEach((line, index) => {
      if (run.slice.columns[line.series] === undefined) return
      const text = line.label[language]
      const width = 24 + textWidth(text) + 14
      place(width)
      const { colour, dash, width: thick } = strokeOf(run.machine, index, line.style === 'mark', palette, layout)
      parts.push(`<line x1="${px(x)}" x2="${px(x + 18)}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="${thick + 0.6}"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/>`, label(x + 23, y, text, palette.text, 11))
      x += width
    })
  }
  return { svg: parts.join(''), bottom: y }
}

/** One machine a plot: hue tells the series. All in one: hue tells the machine, dash the series. */
function strokeOf(machine: number, index: number, isMark: boolean, palette: Palette, layout: ChartPicture['layout']): Stroke {
  if (layout === 'overlay') return { colour: palette.machines[machine % palette.machines.length], dash: DASHES[index % DASHES.length], width: isMark ? 1 : 1.6 }
  return isMark ? { colour: palette.marks[index % 4], dash: DASHES[(index % 3) + 1], width: 1.2 } : { colour: palette.series[index % 8], dash: '', width: 1.6 }
}

function pathOf(times: Float64Array, column: Float64Array, scale: Scale, steps: boolean): string {
  let path = ''
  let open = false
  column.forEach((value, i) => {
    if (!Number.isFinite(value)) { open = false; return }
    path += `${open ? (steps ? `H${px(scale.x(times[i]))}V` : 'L') : 'M'}${open && steps ? '' : `${px(scale.x(times[i]))} `}${px(scale.y(value))}`
    open = true
  })
  return path
}

function areaPath(times: Float64Array, column: Float64Array, floor: Float64Array | undefined, scale: Scale): string {
  const at = (values: Float64Array | undefined, i: number): string => `${px(scale.x(times[i]))} ${px(scale.y(Number.isFinite(values?.[i]) ? values?.[i] ?? 0 : 0))}`
  const up = Array.from(times, (_, i) => at(column, i))
  const down = Array.from(times, (_, i) => at(floor, times.length - 1 - i))
  return `M${[...up, ...down].join('L')}Z`
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => (Number.isFinite(value) ? value : 0) + (Number.isFinite(b[i]) ? b[i] : 0))
}

function highest(chart: RunChart, { times, columns }: SeriesSlice): number {
  let most = 0
  for (let i = 0; i < times.length; i++) {
    let stack = 0
    for (const { series, style } of chart.lines) {
      const value = columns[series]?.[i] ?? 0
      if (!Number.isFinite(value)) continue
      if (style === 'stack') stack += value
      most = Math.max(most, value, stack)
    }
  }
  return most
}

function label(x: number, y: number, text: string, colour: string, size: number, { anchor, weight }: { readonly anchor?: 'middle' | 'end'; readonly weight?: number } = {}): string {
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}" fill="${colour}"${anchor === undefined ? '' : ` text-anchor="${anchor}"`}${weight === undefined ? '' : ` font-weight="${weight}"`}>${escapeXml(text)}</text>`
}

/** A guess that errs on the wide side: nobody measures text here. */
function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += character.charCodeAt(0) > 0x2e7f ? 11.5 : 6.4
  return width
}

function unitText(unit: string, language: keyof Text): string {
  const words: Readonly<Record<string, Text>> = { ns: { en: 'time', zh: '时间' }, 'ns/s': { en: 'time per second', zh: '每秒内的时间' }, pages: { en: 'pages', zh: '页' }, 'pages/s': { en: 'pages/s', zh: '页/秒' }, count: { en: 'count', zh: '次' } }
  return words[unit]?.[language] ?? unit
}

function isTime(unit: string): boolean {
  return unit === 'ns' || unit === 'ns/s'
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function compact(value: number): string {
  const step = [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']].find(([size]) => Math.abs(value) >= Number(size))
  return step === undefined ? number(value) : `${Number((value / Number(step[0])).toPrecision(3))}${step[1]}`
}

/** Virtual time. */
export function duration(ns: number): string {
  const step = ([[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']] as const).find(([size]) => Math.abs(ns) >= size)
  if (step === undefined) return ns === 0 ? '0 s' : `${number(ns)} ns`
  return `${number(Math.round((ns / step[0]) * 1000) / 1000)} ${step[1]}`
}

function niceCeiling(value: number): number {
  if (!(value > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8].find((step) => step * power >= value * 0.9999) ?? 10) * power
}

function timeTicks(t0: number, t1: number, count: number): readonly number[] {
  const rough = Math.max((t1 - t0) / count, 1)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((one) => one * power >= rough) ?? 10) * power
  const ticks: number[] = []
  for (let tick = Math.ceil(t0 / step) * step; tick <= t1 + step * 1e-6; tick += step) ticks.push(Math.round(tick))
  return ticks
}
