/** What whole runs must show: readahead windows, fault counts, swap-in counts, kswapd's two-stage sleep, whom the OOM killer takes. */
import { expect, test } from 'vitest'
import type { ProcessSpec, Recording } from '../../../main/engine/index'
import { MIB, fread, fwrite, map, mmapf, open, scenario, sleep, snap, sysctl, touch } from '../support/tiny'
import { delta, run, runScenario, snapValue } from '../support/run'

const killed = (recording: Recording): string[] => recording.summary.tasks.filter((t) => t.end === 'killed').map((t) => t.name)

test('sequential reads: windows end at 4, 12, 28, 60, then every 32', () => {
  const cached = (reads: number): number => run(scenario({ machine: { pages: 8 * MIB }, files: 5000, processes: [[open('f', 5000), fread(5000, { count: reads })]] })).mm.files[0].nrPages
  expect([1, 2, 4, 5, 12, 13, 28, 29, 60, 61, 92, 93].map(cached)).toEqual([4, 12, 12, 28, 28, 60, 60, 92, 92, 124, 124, 156])
})

test('120,000 sequential reads are 3754 requests and 120,060 pages', () => {
  const N = 120_000
  const { recording } = run(scenario({ machine: { pages: 48 * MIB }, files: 160_000, processes: [[open('f', 160_000), fread(N), sleep(50)]] }), { everyTurns: 20_000 })
  expect(recording.summary.io['vda']).toMatchObject({ readIos: 3754, readPages: 120_060 })
  expect(delta(recording, 'pgpgin')).toBe(4 * 120_060)
})

test('random access reads one page a miss when advised, and small windows grow out of runs otherwise', () => {
  const pages = (adv: 'random' | 'normal', over: object): number => run(scenario({ machine: { pages: 16 * MIB }, files: 3000, processes: [[open('f', 3000, adv), fread(3000, over), sleep(20)]] })).mm.files[0].nrPages
  expect(pages('random', { count: 500 })).toBe(500)
  expect(pages('normal', { start: 100, len: 20, stride: 100 })).toBe(20)
  // A miss one or two pages behind the last read looks like a stream.
  expect(pages('normal', { start: 100, len: 2, stride: 2 })).toBeGreaterThan(2)
})

test('anonymous faults: one a page written; a read maps the zero page and takes no memory', () => {
  const { recording, mm } = run(scenario({ machine: { pages: 16 * MIB }, processes: [[map('a', 1000), snap('0'), touch('a', 'r', 1000), snap('read'), touch('a', 'w', 1000), snap('written'), touch('a', 'w', 1000), touch('a', 'r', 1000), snap('again')]] }))
  const grown = (from: string, to: string, name: string): number => snapValue(recording, to, name) - snapValue(recording, from, name)
  expect([grown('0', 'read', 'pgfault'), grown('0', 'read', 'nr_anon_pages'), grown('0', 'read', 'nr_page_table_pages')]).toEqual([1000, 0, 2])
  expect([grown('read', 'written', 'pgfault'), grown('read', 'written', 'nr_anon_pages')]).toEqual([1000, 1000])
  expect(grown('written', 'again', 'pgfault')).toBe(0)
  expect(delta(recording, 'pgmajfault')).toBe(0)
  expect(recording.summary.tasks[0].phases.reduce((sum, p) => sum + p.minflt, 0)).toBe(2000)
  expect(mm.nodes[0].stat.nr_anon_pages).toBe(0)
})

test('swap-in with page-cluster 0: major faults = pages read = refaults, and pages only read are written once', () => {
  const recording = runScenario(scenario({ machine: { pages: 8 * MIB, swapPages: 20_000 }, sysctls: { 'vm.page-cluster': 0 }, processes: [[map('a', 4000), touch('a', 'w', 4000), sleep(300), snap('filled'), touch('a', 'r', 4000), touch('a', 'r', 4000), sleep(300)]] }))
  expect(delta(recording, 'pgmajfault')).toBe(delta(recording, 'pswpin'))
  expect(delta(recording, 'pgmajfault')).toBe(delta(recording, 'workingset_refault_anon'))
  expect([delta(recording, 'swap_ra'), delta(recording, 'swap_ra_hit')].map((n) => n <= 100)).toEqual([true, true])
  expect(delta(recording, 'pswpout')).toBeLessThanOrEqual(4000)
  expect(delta(recording, 'pgsteal_anon')).toBeGreaterThan(4000)
})

test('swap-in with page-cluster 3: read pages = major faults + readahead', () => {
  const recording = runScenario(scenario({ machine: { pages: 8 * MIB, swapPages: 20_000 }, processes: [[map('a', 4000), touch('a', 'w', 4000), sleep(300), touch('a', 'r', 4000), sleep(300)]] }))
  expect(delta(recording, 'pswpin')).toBe(delta(recording, 'pgmajfault') + delta(recording, 'swap_ra'))
  expect(delta(recording, 'pgmajfault')).toBeLessThan(delta(recording, 'pswpin') / 4)
})

test('mapped files: one major fault of the task a window of 32, one minor one, and one pgmajfault in all', () => {
  const recording = runScenario(scenario({ machine: { pages: 64 * MIB }, files: 12_000, processes: [[mmapf('m', 12_000), touch('m', 'r', 12_000)]] }), { everyTurns: 5000 })
  const faults = recording.summary.tasks[0].phases.reduce((sum, p) => [sum[0] + p.majflt, sum[1] + p.minflt], [0, 0])
  expect([...faults, delta(recording, 'pgmajfault')]).toEqual([376, 375, 1])
  // Every aborted first try is a pgfault too.
  expect(delta(recording, 'pgfault')).toBe(376 + 375 + 376)
})

test('mapped file pages survive their first pass, since fault-around maps them young', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB }, files: 12_000, processes: [[mmapf('m', 12_000), touch('m', 'r', 12_000)]] }))
  const ratio = delta(recording, 'pgscan_file') / delta(recording, 'pgsteal_file')
  expect(ratio).toBeGreaterThan(1.9)
  expect(ratio).toBeLessThan(2.6)
})

test('kswapd: every run ends in a nap cut short, a nap for nothing, or a sleep', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB, swapPages: 20_000 }, durationMs: 6000, processes: [[map('a', 6000), touch('a', 'w', 6000, { rate: 3000 }), sleep(300), touch('a', 'w', 6000, { pat: 'rand', count: 3000, rate: 2000 }), sleep(1000)]] }))
  const sleeps = recording.events.filter((e) => e.kind === 'mm_vmscan_kswapd_sleep').length
  const runs = recording.events.filter((e) => e.kind === 'mm_vmscan_kswapd_wake').length
  const [low, high, pageoutrun] = ['kswapd_low_wmark_hit_quickly', 'kswapd_high_wmark_hit_quickly', 'pageoutrun'].map((name) => delta(recording, name))
  expect(recording.summary.eventsDropped).toBe(0)
  expect(sleeps).toBeGreaterThan(0)
  expect(runs).toBe(pageoutrun)
  expect(low + high + sleeps).toBe(pageoutrun)
})

test('kswapd: wakes only on a failed allocation, naps a tenth of a second, then sleeps until called', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB, swapPages: 20_000 }, durationMs: 6000, processes: [[map('a', 3970), touch('a', 'w', 3970), sleep(3000)]] }))
  const of = (kind: string): number[] => recording.events.filter((e) => e.kind === kind).map((e) => e.t)
  const [woken, slept] = [of('mm_vmscan_wakeup_kswapd'), of('mm_vmscan_kswapd_sleep')]
  expect(woken.length).toBeGreaterThan(0)
  expect(slept).toHaveLength(1)
  // Naps 25 to 26 ticks of 4 ms; reclaim itself takes a little more.
  expect(slept[0] - Math.max(...woken)).toBeGreaterThan(100e6)
  expect(slept[0] - Math.max(...woken)).toBeLessThan(200e6)
  expect(recording.events.filter((e) => e.t > slept[0] && e.kind.startsWith('mm_vmscan'))).toEqual([])
})

test('the OOM killer takes the largest, spares the protected, obeys the score, or takes who asks', () => {
  const hold = (name: string, pages: number, oomScoreAdj = 0): ProcessSpec => ({ name, oomScoreAdj, phases: [map('a', pages), touch('a', 'w', pages), sleep(3000)] })
  const asker: ProcessSpec = { name: 'asker', phases: [sleep(50), map('a', 600), touch('a', 'w', 600), sleep(100)] }
  const out = (holders: readonly ProcessSpec[], ask = 0): string[] => killed(runScenario(scenario({ machine: { pages: 8 * MIB }, sysctls: { 'vm.oom_kill_allocating_task': ask, 'vm.watermark_boost_factor': 0 }, processes: [...holders, asker], durationMs: 4000 })))
  expect(out([hold('large', 1000), hold('small', 700)])).toEqual(['large'])
  expect(out([hold('large', 1000, -1000), hold('small', 700)])).toEqual(['small'])
  expect(out([hold('large', 1000), hold('small', 700, 500)])).toEqual(['small'])
  expect(out([hold('large', 1000), hold('small', 700)], 1)).toEqual(['asker'])
})

test('without swap, order 0 gives up after seventeen fruitless rounds, two stalls each when active lists were spared', () => {
  const recording = runScenario(scenario({ machine: { pages: 8 * MIB }, processes: [[map('a', 4000), touch('a', 'w', 4000)]], durationMs: 4000 }))
  expect(killed(recording)).toEqual(['p0'])
  expect(delta(recording, 'pswpout')).toBe(0)
  expect(delta(recording, 'pgscan_anon')).toBe(0)
  expect(recording.summary.directReclaim.count).toBeGreaterThan(0)
  expect(recording.summary.directReclaim.count).toBeLessThanOrEqual(17)
})

test('dirty pages stay below the limit, and fsync leaves none', () => {
  const slow = { bytesPerSec: 20_000_000, iops: 2000 }
  const { recording, mm } = run(scenario({ machine: { pages: 16 * MIB, disk: slow }, files: 3000, processes: [[open('f', 3000), fwrite(3000), { op: 'fsync', r: 'f' }, snap('synced')]] }))
  // The hard limit was set when the machine started, all its memory being free.
  const { nr_dirty: dirty, nr_writeback: writeback } = recording.summary.gauge
  expect(dirty.max + writeback.max).toBeLessThan(1.5 * Math.floor((16 * MIB * 20) / 100))
  expect(snapValue(recording, 'synced', 'nr_dirty') + snapValue(recording, 'synced', 'nr_writeback')).toBe(0)
  expect(delta(recording, 'nr_dirtied')).toBe(3000)
  expect(delta(recording, 'nr_written')).toBe(3000)
  expect(mm.slabs.bufferHead.live).toBe(mm.files[0].nrPages)
})

test('marks follow writes of sysctls only, and refused writes change nothing', () => {
  const recording = runScenario(scenario({ machine: { pages: 16 * MIB }, processes: [[snap('0'), sysctl('vm.min_free_kbytes', 1600), snap('1'), sysctl('vm.watermark_scale_factor', 1000), snap('2'), sysctl('vm.watermark_scale_factor', 3001), sysctl('vm.nothing', 1), snap('3')]] }))
  const marks = (label: string): number[] => recording.snapshots.filter((s) => s.label === label).flatMap((s) => s.zones.flatMap((z) => [z.min, z.low, z.high]))
  expect([marks('1'), marks('2'), marks('3')]).toEqual([[400, 500, 600], [400, 809, 1218], [400, 809, 1218]])
  expect(marks('0')).toEqual([128, 160, 192])
  expect(recording.events.filter((e) => e.args['refused'] !== undefined)).toHaveLength(2)
})
