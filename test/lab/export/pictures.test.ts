/** Traces and pictures of made-up recordings, by exact numbers. */
import { expect, test } from 'vitest'
import { chartSvg, type ChartPicture } from '../../../main/lab/export/chart-svg'
import { chromeTrace } from '../../../main/lab/export/chrome-trace'
import { csvText } from '../../../main/lab/export/csv'
import { fileWord } from '../../../main/lab/export/exports'
import { escapeXml } from '../../../main/lab/export/escape'
import { holdsBundle } from '../../../main/lab/export/bundle'
import { bundleText } from '../../../main/cli/scenario-argument'
import { readFileSync } from 'node:fs'
import type { RunEvent } from '../../../main/engine'
import { recording, SCENARIO } from '../doubles'
import { checkXml } from './check-xml'
import { PALETTES } from '../../../main/lab/export/palette'

const job = { run: 'e1.0.1', scenario: SCENARIO, kernel: 'linux-6.1', policies: [], seed: 1, scriptedEjections: [] }
const event = (t: number, kind: RunEvent['kind'], duration = 0, task = 'app'): RunEvent => ({ t, kind, duration, task, args: {} })

interface Slice { readonly ph: string; readonly name: string; readonly tid: number; readonly ts: number; readonly dur?: number; readonly args: { readonly name?: string } }

function trace(events: readonly RunEvent[]): readonly Slice[] {
  const text = chromeTrace({ ...recording(job), events }, { title: 'x', machine: 'base' })
  return (JSON.parse(text) as { readonly traceEvents: readonly Slice[] }).traceEvents
}

test('slices that nest share a track, those that only overlap get a second one', () => {
  const all = trace([event(1000, 'mm_vmscan_direct_reclaim_end', 9000), event(2000, 'mm_vmscan_throttled', 1000), event(8000, 'memcg_throttled', 4000), event(10_000, 'mm_vmscan_throttled', 500)])
  const track = new Map(all.filter((one) => one.name === 'thread_name').map((one) => [one.tid, one.args.name]))
  expect(all.filter((one) => one.ph === 'X').map((one) => [track.get(one.tid), one.name, one.ts, one.dur])).toEqual([
    ['app', 'mm_vmscan_direct_reclaim', 1, 9], ['app', 'mm_vmscan_throttled', 2, 1], ['app (2)', 'memcg_throttled', 8, 4], ['app', 'mm_vmscan_throttled', 10, 0.5],
  ])
})

test('kswapd is a slice from its wake to its sleep, and to the end of the run if it never slept', () => {
  const all = trace([event(1e6, 'mm_vmscan_kswapd_wake', 0, 'kswapd0'), event(3e6, 'mm_vmscan_kswapd_sleep', 0, 'kswapd0'), event(5e6, 'mm_vmscan_kswapd_wake', 0, 'kswapd0')])
  expect(all.filter((one) => one.ph === 'X').map((one) => [one.name, one.ts, one.dur])).toEqual([['kswapd awake', 1000, 2000], ['kswapd awake', 5000, 996_000]])
})

test('counters are written when they change, the first and last always; policies\' own are among them', () => {
  const counters = trace([]).filter((one) => one.ph === 'C') as unknown as readonly { readonly name: string; readonly ts: number; readonly args: { readonly value: number } }[]
  expect(counters.filter((one) => one.name === 'pgscan_kswapd').map((one) => [one.ts, one.args.value])).toEqual([[0, 0], [100_000, 100], [200_000, 200]])
  expect(counters.filter((one) => one.name === 'policy.mine').map((one) => one.args.value)).toEqual([1, 2, 3])
})

const picture: ChartPicture = {
  chart: { id: 'c', title: { en: 'A <b> & "c"', zh: '图' }, unit: 'pages', lines: [{ series: 's', label: { en: 'line', zh: '线' }, style: 'line' }, { series: 'm', label: { en: 'mark', zh: '水位' }, style: 'mark' }] },
  runs: [{ label: 'base', machine: 0, slice: { times: Float64Array.of(0, 500, 1000), columns: { s: Float64Array.of(0, 50, 100), m: Float64Array.of(20, 20, 40) } } }], t0: 0, t1: 1000, language: 'en', theme: 'light', layout: 'side',
}

test('lines go through their points, marks in steps; what people wrote is text', () => {
  const svg = chartSvg(picture)
  checkXml(svg)
  expect(svg).toContain('A &lt;b&gt; &amp; &quot;c&quot;')
  // The plot is 680 wide from 64 on, and 180 high; its top is the round number above the largest value.
  const y0 = Number(/<path d="M64 ([\d.]+)V/.exec(svg)?.[1])
  expect(svg).toContain(`d="M64 ${y0 + 180}L404 ${y0 + 90}L744 ${y0}"`)
  expect(svg).toContain(`d="M64 ${y0 + 144}H404V${y0 + 144}H744V${y0 + 108}"`)
})

test('gaps stay gaps, stacks add up, an empty chart is still a picture', () => {
  const gap = chartSvg({ ...picture, runs: [{ label: 'base', machine: 0, slice: { times: Float64Array.of(0, 500, 1000), columns: { s: Float64Array.of(0, NaN, 100) } } }] })
  expect(gap).toMatch(/d="M64 [\d.]+M744 [\d.]+"/)
  const stack = { ...picture.chart, lines: picture.chart.lines.map((line) => ({ ...line, style: 'stack' as const })) }
  const y0 = (svg: string): number => Number(/<path d="M64 ([\d.]+)V/.exec(svg)?.[1])
  const stacked = chartSvg({ ...picture, chart: stack })
  // 100 + 40 under a top of 150.
  expect(stacked).toContain(`L744 ${Math.round((y0(stacked) + 180 - (140 / 150) * 180) * 10) / 10}"`)
  checkXml(chartSvg({ ...picture, runs: [], layout: 'overlay' }))
})

test('colours of files are those of the window, in both themes', () => {
  const css = readFileSync(new URL('../../../renderer/ui/base.css', import.meta.url), 'utf8')
  const [light, dark] = css.split('@media (prefers-color-scheme: dark)')
  for (const [theme, sheet] of [['light', light], ['dark', dark]] as const) {
    const of = (name: string): string | undefined => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(sheet)?.[1]
    const { ground, text, muted, grid, axis, series, marks, machines } = PALETTES[theme]
    expect({ ground, text, muted, grid, axis }).toEqual({ ground: of('pane'), text: of('text'), muted: of('muted'), grid: of('grid'), axis: of('axis') })
    expect([...series, ...marks, ...machines]).toEqual([...series.map((_, i) => of(`series-${i}`)), ...marks.map((_, i) => of(`mark-${i}`)), ...machines.map((_, i) => of(`machine-${i}`))])
  }
})

test('small things: CSV quotes, file names, escapes, what looks like a bundle', async () => {
  expect(csvText([['a', 'b,c', 'd"e', 'f\ng']])).toBe('a,"b,c","d""e","f\ng"\r\n')
  expect([fileWord('../../etc/passwd'), fileWord('Linux 6.1: später'), fileWord('策略'), fileWord('...')]).toEqual(['etc-passwd', 'linux-6.1-sp-ter', 'run', 'run'])
  expect(escapeXml('\u0000<a href=\'x\'>&')).toBe('\ufffd&lt;a href=&#39;x&#39;&gt;&amp;')
  expect([holdsBundle('{ "format" : "reclaim-lab-bundle"'), holdsBundle('{"format": 1}')]).toEqual([true, false])
  expect(await bundleText('seed-000')).toBeUndefined()
})
