/** What the presets of the articles' figures must come to when they are run. */
import { expect, test } from 'vitest'
import type { Recording } from '../../main/engine'
import { importMachine } from '../../main/lab/import/import-machine'
import linux61 from '../../plugins/kernels/linux-6.1'
import { runScenario } from '../engine/support/run'
import { runPreset } from './preset-run'

const LONG = 120_000

const snapshot = (recording: Recording, label: string) => {
  const found = recording.snapshots.find((one) => one.label === label)
  if (found === undefined) throw new Error(`no snapshot ${label}`)
  return found
}
const wakes = (recording: Recording) => recording.events.filter((event) => event.kind === 'mm_vmscan_wakeup_kswapd')

test('seed 003, buddyinfo: the machine starts with the printed free blocks; user pages take movable ones, each node its own', () => {
  const recording = runPreset('seed-003-buddyinfo')
  expect(snapshot(recording, 'start').zones.map(({ node, zone, freeByOrder }) => `Node ${node}, zone ${zone} ${freeByOrder.join(' ')}`)).toEqual([
    'Node 0, zone DMA 1 1 0 0 2 1 1 0 1 1 3',
    'Node 0, zone DMA32 2 5 16 16 14 3 2 2 3 0 355',
    'Node 0, zone Normal 9518 5664 1708 531 159 77 44 16 6 6 11536',
    'Node 1, zone Normal 1346 921 437 116 122 79 38 20 14 5 13223',
  ])
  const [start, held] = ['start', '320 MiB held'].map((label) => snapshot(recording, label).zones)
  for (const zone of [2, 3]) {
    const taken = start[zone].free - held[zone].free
    expect(taken).toBeGreaterThan(81_920)
    expect(taken).toBeLessThan(83_000)
    // Hardly anything between order 4 and 9 is left, though there were hundreds of blocks; smaller ones are of another type.
    const between = (blocks: readonly number[]) => blocks.slice(4, 10).reduce((sum, count) => sum + count, 0)
    expect(between(start[zone].freeByOrder)).toBeGreaterThan(200)
    expect(between(held[zone].freeByOrder)).toBeLessThan(10)
    expect(held[zone].freeByOrder.slice(1, 3).every((blocks, i) => Math.abs(blocks - start[zone].freeByOrder[i + 1]) < 5)).toBe(true)
  }
  expect(start[2].freeByOrder[10] - held[2].freeByOrder[10]).toBe(67)
  expect(recording.summary.delta['pageoutrun']).toBe(0)
}, LONG)

test('seed 003, 180 GiB: MIN 63, 7139, 779229 add up to 786,431 of 786,432; kswapd is woken with gigabytes free and nobody stalls', () => {
  const recording = runPreset('seed-003-180gib')
  expect(recording.summary.marks.map(({ min, low, high }) => [min, low, high])).toEqual([[63, 78, 93], [7139, 8923, 10_707], [779_229, 974_036, 1_168_843]])
  expect(recording.summary.marks.reduce((sum, { min }) => sum + min, 0)).toBe(3_145_728 / 4 - 1)
  const [wake] = wakes(recording)
  expect(wake.cause?.zones.map(({ zone, mark, reserve }) => [zone, mark, reserve])).toEqual([['Normal', 974_036, 0], ['DMA32', 8923, 184_040], ['DMA', 78, 185_726]])
  const freeGib = (wake.cause?.zones.reduce((sum, { free }) => sum + free, 0) ?? 0) / 262_144
  expect(freeGib).toBeGreaterThan(4.4)
  expect(freeGib).toBeLessThan(4.5)
  expect(recording.summary.delta['pageoutrun']).toBe(1)
  expect(recording.summary.directReclaim.count).toBe(0)
}, LONG)

test('180 GiB imported from a listing of a pre-4.6 kernel, all of it free, and run: its printed marks hold until a sysctl is written', async () => {
  const zone = (name: string, managed: number, marks: readonly number[]) => `Node 0, zone ${name}\n  pages free     ${managed}\n        min      ${marks[0]}\n        low      ${marks[1]}\n        high     ${marks[2]}\n        managed  ${managed}\n`
  const zoneinfo = zone('DMA', 3840, [63, 78, 94]) + zone('DMA32', 431_673, [7139, 8923, 10_708]) + zone('Normal', 47_114_313, [779_229, 974_036, 1_168_843])
  const imported = await importMachine({ kind: 'text', files: { zoneinfo } }, linux61)
  if (!imported.ok) throw new Error(JSON.stringify(imported.problems))
  const phases = [
    { op: 'snap', label: 'printed' }, { op: 'map', r: 'heap', pages: 1_000_000 }, { op: 'touch', r: 'heap', rw: 'w', pat: 'seq', start: 0, len: 1_000_000, count: 1_000_000, rate: 0 },
    { op: 'sysctl', path: 'vm.min_free_kbytes', v: 3_145_728 }, { op: 'snap', label: 'written' },
  ] as const
  const recording = runScenario({ ...imported.value.scenario, processes: [{ name: 'program', phases }], durationMs: 60_000 }, { everyTurns: 0 })
  const highs = (label: string) => snapshot(recording, label).zones.map(({ high }) => high)
  expect(highs('printed')).toEqual([94, 10_708, 1_168_843])
  expect(highs('written')).toEqual([93, 10_707, 1_168_843])
  expect(recording.summary.end).toBe('done')
}, LONG)

test('seed 000 without ZONE_DMA: kswapd is woken all the same, 261 pages later, and gives up all the same', () => {
  const [having, lacking] = ['seed-000-raise-min-free', 'seed-000-no-zone-dma'].map((id) => runPreset(id))
  expect(lacking.summary.marks.map(({ zone }) => zone)).toEqual(['DMA32', 'Normal'])
  const slack = (recording: Recording) => {
    const dma32 = snapshot(recording, 'raised').zones.find(({ zone }) => zone === 'DMA32')
    return dma32 === undefined ? NaN : dma32.free - dma32.low - dma32.protection[3]
  }
  expect([slack(having), slack(lacking)]).toEqual([49_956, 50_217])
  for (const recording of [having, lacking]) {
    expect(wakes(recording)).toHaveLength(1)
    expect(wakes(recording)[0].task).toBe('memhog-300M')
    expect(recording.summary.delta['pageoutrun']).toBeGreaterThanOrEqual(16)
    expect(recording.summary.directReclaim.count).toBe(0)
  }
  // In the machine that has it, DMA is tried last and can't pass: its reserve is larger than it is.
  const dma = wakes(having)[0].cause?.zones.find(({ zone }) => zone === 'DMA')
  expect(dma).toMatchObject({ free: 3840, mark: 3577, reserve: 3914, short: 3652 })
  expect(dma?.reserve).toBeGreaterThan(3840)
}, LONG)
