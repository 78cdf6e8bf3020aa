/** The /proc files of a simulated machine, line by line as linux-6.1 prints them, and as Debian's own tools read them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSimulation } from '../../../main/engine'
import type { MachineState } from '../../../main/engine'
import { PROC_FILES, procFiles, type ProcFile } from '../../../main/lab/proc/proc-files'
import { PRESETS } from '../../../main/lab/presets'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { MIB, fread, map, open, scenario, sleep, touch } from '../../engine/support/tiny'

function stateOf(of: Parameters<typeof createSimulation>[0]['scenario'], t: number): MachineState {
  const sim = createSimulation({ scenario: of, kernel: linux61, policies: [], seed: 1, snapshotsAt: [t] })
  while (sim.step(10_000));
  const [state] = sim.finish().states ?? []
  return state
}

/** Two nodes, three CPUs, swap in use, page cache, two tasks that hold more than there is. */
const zones = [
  { node: 0, name: 'DMA' as const, managed: 3840, present: 3998, spanned: 4095 }, { node: 0, name: 'Normal' as const, managed: 8 * MIB }, { node: 1, name: 'Normal' as const, managed: 8 * MIB },
]
const NUMA = scenario({
  machine: { zones, cpus: 3, swapPages: 64 * MIB }, files: 12 * MIB, durationMs: 5000,
  processes: [[map('a', 16 * MIB), touch('a', 'w', 16 * MIB), touch('a', 'r', 16 * MIB), sleep(1000)], [map('b', 14 * MIB), touch('b', 'w', 14 * MIB), sleep(1000)], [open(), fread(12 * MIB)]],
})

const state = stateOf(NUMA, 300e6)
const files = procFiles(state)

const lines = (file: ProcFile) => (files[file] ?? '').replace(/\n$/, '').split('\n')

test('zoneinfo: every zone of every node, empty ones in short, in the kernel\'s order and columns', () => {
  const zone = /^Node \d+, zone {1,6}(DMA|DMA32|Normal|Movable)$/
  const shapes = [
    zone, /^ {2}per-node stats$/, /^ {6}[a-z][a-z_]+ +\d+$/, /^ {2}pages free {5}\d+$/, /^ {8}(boost|min|low|high|spanned|present|managed|cma) +\d+$/,
    /^ {8}protection: \(\d+, \d+, \d+, \d+\)$/, /^ {2}pagesets$/, /^ {4}cpu: \d$/, /^ {14}(count:|high: |batch:) \d+$/, /^ {2}vm stats threshold: \d+$/, /^ {2}node_unreclaimable: {2}[01]$/, /^ {2}start_pfn: {11}\d+$/,
  ]
  for (const line of lines('zoneinfo')) expect(shapes.some((shape) => shape.test(line)), line).toBe(true)
  expect(lines('zoneinfo').filter((line) => zone.test(line))).toEqual([0, 1].flatMap((node) => ['     DMA', '   DMA32', '  Normal', ' Movable'].map((name) => `Node ${node}, zone ${name}`)))
  expect(lines('zoneinfo').filter((line) => line === '  per-node stats')).toHaveLength(2)
  // Three populated zones with three CPUs each.
  expect(lines('zoneinfo').filter((line) => /^ {4}cpu: /.test(line))).toHaveLength(9)
})

test('zoneinfo has the fields of a real machine\'s, but for those that came after 6.1', () => {
  const real = readFileSync(new URL('../../fixtures/machine-6.18/proc/zoneinfo', import.meta.url), 'utf8')
  const names = (text: string) => [...new Set([...text.matchAll(/^ +([a-z_]+)(?: free)?:? /gm)].map(([, name]) => name))]
  const since = ['promo', 'high_min', 'high_max', 'nr_free_pages_blocks', 'nr_iommu_pages', 'pgpromote_candidate', 'pgpromote_candidate_nrl', 'pgdemote_kswapd', 'pgdemote_direct', 'pgdemote_khugepaged', 'pgdemote_proactive', 'nr_hugetlb', 'nr_balloon_pages', 'nr_kernel_file_pages']
  expect(names(real).filter((name) => !names(files.zoneinfo).includes(name) && !since.includes(name))).toEqual([])
})

test('buddyinfo and pagetypeinfo: the same blocks, in the kernel\'s columns', () => {
  expect(files.buddyinfo).toMatch(/^(Node \d, zone {1,6}(DMA|Normal) (?:[ \d]{6} ){11}\n){3}$/)
  expect(files.pagetypeinfo).toContain('Page block order: 9\nPages per block:  512\n\nFree pages count per migrate type at order       0      1      2      3      4      5      6      7      8      9     10 \n')
  expect(files.pagetypeinfo).toContain('\nNumber of blocks type     Unmovable      Movable  Reclaimable   HighAtomic      Isolate \n')
  const free = [...files.pagetypeinfo.matchAll(/^Node +(\d), zone +(\w+), type +\w+ ([ \d>]+)$/gm)].map(([, node, zone, counts]) => ({ key: `${node} ${zone}`, counts: counts.trim().split(/ +/).map(Number) }))
  expect(free).toHaveLength(15)
  for (const line of lines('buddyinfo')) {
    const [, node, zone, counts] = /^Node (\d), zone +(\w+) (.*)$/.exec(line) ?? []
    const sums = free.filter(({ key }) => key === `${node} ${zone}`).reduce((sum, { counts: of }) => sum.map((one, order) => one + of[order]), new Array<number>(11).fill(0))
    expect(counts.trim().split(/ +/).map(Number)).toEqual(sums)
  }
})

test('vmstat: names of a real machine in its order, but for those that came after or went before 6.1, then nr_unstable', () => {
  const names = lines('vmstat').map((line) => /^([a-z]\w*) \d+$/.exec(line)?.[1] ?? `no line of vmstat: ${line}`)
  expect(new Set(names).size).toBe(names.length)
  expect(names.at(-1)).toBe('nr_unstable')
  const real = readFileSync(new URL('../../fixtures/machine-6.18/proc/vmstat', import.meta.url), 'utf8').split('\n').map((line) => line.split(' ')[0])
  const both = names.filter((name) => real.includes(name))
  expect(both.length).toBeGreaterThan(110)
  // Only pgdemote_* moved from the events to the node's items since.
  const moved = (name: string) => !name.startsWith('pgdemote') && !name.startsWith('nr_hugetlb')
  expect(both.filter(moved)).toEqual(real.filter((name) => names.includes(name)).filter(moved))
})

test('meminfo: names and columns of a real machine', () => {
  const real = readFileSync(new URL('../../fixtures/machine-6.18/proc/meminfo', import.meta.url), 'utf8')
  const names = (text: string) => [...text.matchAll(/^([^:]+):/gm)].map(([, name]) => name)
  expect(names(files.meminfo).filter((name) => name !== 'HardwareCorrupted')).toEqual(names(real).filter((name) => !name.startsWith('DirectMap') && name !== 'Balloon'))
  for (const line of lines('meminfo')) {
    const [, value, unit] = /^[^:]+: +(\d+)( kB)?$/.exec(line) ?? []
    expect(value, line).toBeDefined()
    expect(line.length - (unit ?? '').length, line).toBe(line.startsWith('VmallocTotal') ? 27 : 24)
  }
})

test('meminfo adds up: LRU lists, slab, swap, and MemAvailable by hand', () => {
  const kb = (name: string) => Number(new RegExp(`^${name.replace(/[()]/g, '\\$&')}: +(\\d+)`, 'm').exec(files.meminfo)?.[1])
  expect(kb('Active')).toBe(kb('Active(anon)') + kb('Active(file)'))
  expect(kb('Inactive')).toBe(kb('Inactive(anon)') + kb('Inactive(file)'))
  expect(kb('Slab')).toBe(kb('SReclaimable') + kb('SUnreclaim'))
  expect(kb('MemTotal')).toBe((3840 + 16 * MIB) * 4)
  expect(kb('SwapTotal') - kb('SwapFree')).toBeGreaterThan(0)
  expect(kb('Committed_AS')).toBe(30 * MIB * 4)
  const low = state.zones.reduce((sum, zone) => sum + zone.low, 0)
  const [file, slab] = [(kb('Active(file)') + kb('Inactive(file)')) / 4, kb('SReclaimable') / 4]
  const available = kb('MemFree') / 4 - state.totalreservePages + file - Math.min(Math.floor(file / 2), low) + slab - Math.min(Math.floor(slab / 2), low)
  expect(kb('MemAvailable')).toBe(Math.max(0, available) * 4)
})

test('marks are printed with the boost in them, as the kernel adds it', () => {
  const boosted = procFiles({ ...state, zones: state.zones.map((zone) => ({ ...zone, boost: 512, min: 100, low: 125, high: 150 })) }).zoneinfo
  expect(boosted).toContain('        boost    512\n        min      612\n        low      637\n        high     662\n')
})

// ---- Debian's procps -----------------------------------------------------------------------------------------------------

/** A mount namespace of its own, where the files lie over /proc's. Needs root and a kernel that allows it. */
const canMount = process.platform === 'linux' && spawnSync('unshare', ['--mount', 'sh', '-c', 'mount --bind /proc/version /proc/meminfo']).status === 0
const hasProcps = spawnSync('free', ['--version']).status === 0 && spawnSync('vmstat', ['--version']).status === 0
const why = [...(canMount ? [] : ['files can\'t be mounted over /proc here']), ...(hasProcps ? [] : ['procps is not installed'])].join(', ')
const withTools = why === '' ? test : test.skip

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proc-files-'))
  mkdirSync(join(folder, 'pressure'))
  for (const file of PROC_FILES) writeFileSync(join(folder, file), files[file] ?? '')
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

/** Runs a tool that sees the simulated machine's memory files as its own. */
function seeing(tool: readonly string[]): string {
  const mounts = ['meminfo', 'vmstat', 'zoneinfo', 'buddyinfo'].map((file) => `mount --bind ${join(folder, file)} /proc/${file}`).join(' && ')
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', `${mounts} && exec ${tool.join(' ')}`], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${tool.join(' ')}: ${stderr}`)
  return stdout
}

withTools(`free of procps reads the simulated meminfo${why === '' ? '' : ` (NOT RUN: ${why})`}`, () => {
  const [, memory, swap] = seeing(['free', '-k', '-w']).split('\n').map((line) => line.trim().split(/\s+/))
  const kb = (name: string) => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(files.meminfo)?.[1])
  // total, used, free, shared, buffers, cache (with reclaimable slab), available
  expect(memory.slice(1).map(Number)).toEqual([kb('MemTotal'), expect.any(Number), kb('MemFree'), 0, 0, kb('Cached') + kb('SReclaimable'), kb('MemAvailable')])
  expect(swap.slice(1).map(Number)).toEqual([kb('SwapTotal'), kb('SwapTotal') - kb('SwapFree'), kb('SwapFree')])
})

withTools(`vmstat -s of procps reads the simulated vmstat and meminfo${why === '' ? '' : ` (NOT RUN: ${why})`}`, () => {
  const text = seeing(['vmstat', '-s', '-S', 'k'])
  const told = (label: string) => Number(new RegExp(`^ *(\\d+) (?:[kK] )?${label}$`, 'm').exec(text)?.[1])
  const counter = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(files.vmstat)?.[1])
  expect(told('pages swapped in')).toBe(counter('pswpin'))
  expect(told('pages swapped out')).toBe(counter('pswpout'))
  expect(counter('pswpout')).toBeGreaterThan(0)
  expect(told('(?:K )?paged in')).toBe(counter('pgpgin'))
  expect(told('(?:K )?paged out')).toBe(counter('pgpgout'))
})

test('lru_gen: generations from the oldest, with age and pages, as debugfs prints them', () => {
  const of = PRESETS.find((preset) => preset.id === 'mglru-stream')?.scenario
  if (of === undefined) throw new Error('no such preset')
  const sim = createSimulation({ scenario: { ...of, sysctls: { ...of.sysctls, 'lru_gen.enabled': 7 }, durationMs: 500 }, kernel: linux61, policies: [], seed: 1, snapshotsAt: [500e6] })
  while (sim.step(1000));
  const lines = (procFiles(sim.finish().states?.[0] as never).lru_gen ?? '').split('\n')
  expect(lines.slice(0, 2)).toEqual(['memcg     0 /', ' node     0'])
  expect(lines.slice(2, -1).map((line) => line.trim().split(/ +/).slice(0, 3))).toEqual([['0', '500', '0'], ['1', '500', '0'], ['2', '500', '0'], ['3', '500', lines[5].trim().split(/ +/)[2]]])
  expect(Number(lines[5].trim().split(/ +/)[2])).toBeGreaterThan(60_000)
})

test('cgroup: the memory files of every group but the root, in bytes, as grep prints them', () => {
  const of = PRESETS.find((preset) => preset.id === 'noisy-neighbour')?.scenario
  if (of === undefined) throw new Error('no such preset')
  const files = (version: 1 | 2): string => {
    const memcgs = version === 2 ? [{ path: 'victim', low: 100 }, { path: 'neighbour', max: 50_000, swapMax: 0 }] : [{ path: 'victim', softLimit: 100 }, { path: 'neighbour', max: 50_000 }]
    const sim = createSimulation({ scenario: { ...of, memcgs, cgroup: { version }, durationMs: 500 }, kernel: linux61, policies: [], seed: 1, snapshotsAt: [500e6] })
    while (sim.step(1000));
    return procFiles(sim.finish().states?.[0] as never).cgroup
  }
  const v2 = files(2)
  const value = (line: string): number => Number(new RegExp(`^${line}[: ](\\d+)$`, 'm').exec(v2)?.[1])
  expect(value('victim/memory.low')).toBe(409_600)
  expect(v2).toContain('victim/memory.max:max\n')
  expect(v2).toContain('neighbour/memory.max:204800000\n')
  expect(v2).toContain('neighbour/memory.swap.max:0\n')
  expect(v2).toContain('victim/memory.events:oom_group_kill 0\n')
  expect(value('victim/memory.stat:file')).toBeGreaterThan(4096 * 1000)
  expect(value('victim/memory.current')).toBeGreaterThanOrEqual(value('victim/memory.stat:file') + value('victim/memory.stat:kernel'))
  // But for what waits in a batch of fifteen.
  const listed = value('victim/memory.stat:inactive_file') + value('victim/memory.stat:active_file')
  expect(value('victim/memory.stat:file') - listed).toBeGreaterThanOrEqual(0)
  expect(value('victim/memory.stat:file') - listed).toBeLessThan(15 * 4096)
  const v1 = files(1)
  expect(v1).toContain('victim/memory.soft_limit_in_bytes:409600\n')
  expect(v1).toContain('victim/memory.limit_in_bytes:9223372036854771712\n')
  expect(v1).toMatch(/^victim\/memory\.stat:total_cache \d+$/m)
  expect(v1).not.toContain('memory.high')
})

test('every preset prints files at its start that have no NaN, no undefined and no negative number but the fragmentation index', () => {
  for (const { id, scenario: of } of PRESETS.filter((preset) => preset.id !== '4gib-60s')) {
    const sim = createSimulation({ scenario: { ...of, durationMs: 1 }, kernel: linux61, policies: [], seed: 1, snapshotsAt: [0] })
    while (sim.step(1000));
    const [first] = sim.finish().states ?? []
    const { extfrag_index: fragmentation, ...files } = procFiles(first)
    expect(fragmentation).not.toMatch(/NaN|undefined/)
    for (const [file, text] of Object.entries(files)) expect(`${id} ${file} ${/NaN|undefined|[ (]-\d|Infinity/.exec(text)?.[0] ?? 'fine'}`).toBe(`${id} ${file} fine`)
  }
})

test('pressure: two lines each with averages of two decimals and µs, as /proc/pressure prints them', () => {
  const shape = /^some avg10=\d+\.\d\d avg60=\d+\.\d\d avg300=\d+\.\d\d total=\d+\nfull avg10=\d+\.\d\d avg60=\d+\.\d\d avg300=\d+\.\d\d total=\d+\n$/
  for (const file of ['pressure/memory', 'pressure/io'] as const) expect(files[file]).toMatch(shape)
  const line = { avg: [37_100, 6700, 1400], total: 2_004_000_999 }
  const none = { avg: [0, 0, 0], total: 0 }
  const printed = procFiles({ ...state, pressure: { memory: { some: line, full: none }, io: { some: none, full: none } } })
  expect(printed['pressure/memory']).toBe('some avg10=18.11 avg60=3.27 avg300=0.68 total=2004000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n')
  expect(Number(/total=(\d+)/.exec(files['pressure/memory'] ?? '')?.[1])).toBeGreaterThan(1000)
})
