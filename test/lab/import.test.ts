/** Real input: what other people's machines print, whole, in part, and broken. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KernelDefinition } from 'reclaim-lab'
import { COST_PROFILES } from '../../main/engine/device/cost-profile'
import { importMachine } from '../../main/lab/import/import-machine'
import { importThisMachine } from '../../main/lab/import/this-machine'
import { PROFILES } from '../../main/lab/scenario/limits'
import { parseScenario } from '../../main/lab/scenario-schema'
import type { ImportSource, ImportSummary, MachineFiles, Problem } from '../../preload/contract'
import android from '../../plugins/kernels/android-3.18'
import linux515 from '../../plugins/kernels/linux-5.15'
import { SYSCTLS } from './scenario-sample'

/** 5.15's formula is 6.1's; with more sysctls than a `marks` kernel has. */
const KERNEL: KernelDefinition = { ...linux515, sysctls: SYSCTLS }
const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url))
const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8')

async function imported(source: ImportSource, kernel: KernelDefinition = KERNEL): Promise<ImportSummary> {
  const result = await importMachine(source, kernel)
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1))
  expect(parseScenario(result.value.scenario, kernel.sysctls)).toEqual({ ok: true, value: result.value.scenario })
  for (const text of [...result.value.read, ...result.value.assumed, ...result.value.notModelled]) expect(text.en && text.zh).toBeTruthy()
  return result.value
}

async function refusals(source: ImportSource, kernel: KernelDefinition = KERNEL): Promise<readonly Problem[]> {
  const result = await importMachine(source, kernel)
  return result.ok ? [] : result.problems
}

const fromText = (zoneinfo: string, rest: Omit<MachineFiles, 'zoneinfo'> = {}): ImportSource => ({ kind: 'text', files: { zoneinfo, ...rest } })
const zoneNumbers = ({ scenario }: ImportSummary) => scenario.machine.zones.map(zone => [zone.name, zone.managed, zone.free])
const english = (texts: ImportSummary['read']) => texts.map(text => text.en).join('\n')

// ---- the articles' listings ---------------------------------------------------------------------------------------------

test('seed 000: the whole terminal session as printed; its boot marks come out of the formula', async () => {
  const summary = await imported(fromText(fixture('seed-000-session.txt')))
  expect(zoneNumbers(summary)).toEqual([['DMA', 3840, 3840], ['DMA32', 758_592, 758_226], ['Normal', 243_597, 145_291]])
  const { machine, sysctls } = summary.scenario
  expect(machine.zones.every(zone => zone.marks === undefined)).toBe(true)
  const size = machine.zones[1].managedAtWmarkSetup ?? 0
  expect(size).toBeGreaterThanOrEqual(752_563)
  expect(size).toBeLessThanOrEqual(752_813)
  // 8000 kB is what the kernel computes by itself from that size.
  expect(sysctls).toEqual({})
  expect(english(summary.notModelled)).toContain('line 2 on (free -h) was not used')
  expect(english(summary.read)).toContain('node 0, zone Movable')
})

test('seed 000: without the session the same follows from the marks alone', async () => {
  const listing = fixture('seed-000-session.txt').split('\n').filter(line => !line.includes('8000'))
  const { scenario } = await imported(fromText(listing.slice(listing.findIndex(line => line.startsWith('Node 0'))).join('\n')))
  expect(scenario.machine.zones[1].managedAtWmarkSetup).toBe(752_813)
  expect(scenario.sysctls).toEqual({})
})

test('seed 000, raised: min_free_kbytes follows from the marks; memhog\'s second step is the slack of 49,956 pages, page tables included', async () => {
  const summary = await imported(fromText(fixture('seed-000-raised.txt')))
  expect(summary.scenario.sysctls).toEqual({ 'vm.min_free_kbytes': 3_000_000 })
  expect(english(summary.assumed)).toContain('vm.min_free_kbytes is 3000000 kB')
  const second = summary.scenario.processes[0].phases.filter(phase => phase.op === 'map').slice(0, 2).reduce((sum, phase) => sum + phase.pages, 0)
  expect(second + Math.ceil(second / 512)).toBeLessThanOrEqual(49_956)
  expect(second + Math.ceil(second / 512)).toBeGreaterThan(49_956 - 20)
  expect(english(summary.assumed)).toContain(`${second.toLocaleString('en-US')} pages (195 MiB): down to LOW`)
  expect(summary.scenario.processes.map(({ phases }) => phases.filter(phase => phase.op === 'map').length)).toEqual([3])
})

test('seed 003: min lines alone are no machine, and the message says what to give', async () => {
  const problems = await refusals(fromText(fixture('seed-003-min.txt')))
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatchObject({ path: 'zoneinfo:2', line: 2 })
  expect(problems[0].message).toMatch(/^"min {6}63" stands before any "Node 0, zone …" line.*grep -E "zone \|min\|low \|high \|managed\|pages free"/)
})

test('seed 003: its buddyinfo is from another machine than a one-node zoneinfo', async () => {
  const problems = await refusals(fromText(fixture('seed-000-raised.txt'), { buddyinfo: fixture('seed-003-buddyinfo.txt') }))
  expect(problems).toEqual([{ path: 'buddyinfo', message: 'has free pages in node 1, zone Normal, which zoneinfo does not have: the two are from different machines' }])
})

test('seed 003: a zone listing of its machine, marks by the old formula, is taken with the marks as printed', async () => {
  const zone = (name: string, managed: number, marks: readonly number[]) => `Node 0, zone ${name}\n pages free ${managed}\n min ${marks[0]}\n low ${marks[1]}\n high ${marks[2]}\n managed ${managed}\n`
  const text = zone('DMA', 3977, [63, 78, 94]) + zone('DMA32', 444_808, [7139, 8923, 10_708]) + zone('Normal', 48_551_215, [779_229, 974_036, 1_168_843])
  const summary = await imported(fromText(text))
  expect(summary.scenario.machine.zones.map(each => each.marks)).toEqual([{ min: 63, low: 78, high: 94 }, { min: 7139, low: 8923, high: 10_708 }, { min: 779_229, low: 974_036, high: 1_168_843 }])
  expect(english(summary.assumed)).toContain('marks start as printed, though linux-5.15 would compute others')
  // The kernel they come from explains them.
  const old = await imported(fromText(text), android)
  expect(old.scenario.machine.zones.every(each => each.marks === undefined)).toBe(true)
  expect(old.scenario.sysctls).toEqual({ 'vm.min_free_kbytes': 3_145_728 })
})

// ---- whole files --------------------------------------------------------------------------------------------------------

test('3.18: two nodes, LRU and per-cpu pages by zone', async () => {
  const summary = await imported(fromText(fixture('zoneinfo-3.18-two-nodes.txt')), { ...android, name: 'linux-6.1' })
  const { machine, sysctls } = summary.scenario
  expect(machine.zones.map(({ node, name, managed, present, free, pcp }) => [node, name, managed, present, free, pcp])).toEqual([
    [0, 'DMA', 3977, 3998, 3976, 0], [0, 'DMA32', 486_240, 520_192, 421_003, 183], [1, 'Normal', 514_891, 524_288, 500_102, 44],
  ])
  expect(machine.zones[1].lru).toEqual({ inactiveAnon: 512, activeAnon: 20_480, inactiveFile: 17_001, activeFile: 9122, unevictable: 3 })
  expect([machine.cpus, machine.distances]).toEqual([2, [[10, 20], [20, 10]]])
  expect(sysctls).toEqual({ 'vm.min_free_kbytes': 5964 })
})

test('a pasted 3.18 listing is known for one: android-3.18 explains its marks, zones tell the kernel\'s memory, stacks are 16 kB each', async () => {
  const paste = `$ cat /proc/zoneinfo\n${fixture('zoneinfo-3.18-two-nodes.txt')}\n$ cat /proc/swaps\nFilename\t\t\t\tType\t\tSize\tUsed\tPriority\n/dev/block/zram0                        partition\t524284\t100\t-1\n`
  const result = await importMachine({ kind: 'text', files: { zoneinfo: paste } }, KERNEL, [KERNEL, android])
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  const { kernel, scenario, read } = result.value
  expect(kernel).toBe('android-3.18')
  expect(read.map(({ en }) => en)).toContain('marks of all zones: exactly what android-3.18 computes')
  expect(scenario.machine.swap).toEqual([{ kind: 'zram', pages: 131_072, priority: -1 }])
  expect(scenario.machine.kernelMemory).toMatchObject({ slabUnreclaimable: 2101, kernelStack: 4 * 96 })
  // Read for one kernel alone, it is that one's.
  const alone = await importMachine({ kind: 'text', files: { zoneinfo: paste } }, KERNEL)
  expect(alone.ok && alone.value.kernel).toBe('linux-5.15')
})

test('6.18, with everything: LRU, per-cpu pages, buddyinfo, kernel memory, sysctls, huge pages', async () => {
  const result = await importThisMachine(KERNEL, 'linux', join(FIXTURES, 'machine-6.18'))
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  const { machine, sysctls, processes } = result.value.scenario
  const [zoneinfo, meminfo] = [fixture('machine-6.18/proc/zoneinfo'), fixture('machine-6.18/proc/meminfo')]
  const printed = (pattern: RegExp) => [...zoneinfo.matchAll(pattern)].map(([, number]) => Number(number))
  expect(machine.zones.map(zone => zone.managed)).toEqual(printed(/managed +(\d+)/g).slice(0, 3))
  expect(machine.zones.map(zone => zone.pcp).reduce((sum = 0, pages) => sum + (pages ?? 0))).toBe(printed(/count: +(\d+)/g).reduce((sum, pages) => sum + pages))
  expect(machine.zones[2].lru?.inactiveFile).toBe(printed(/nr_zone_inactive_file (\d+)/g)[2])
  expect(machine.kernelMemory?.slabUnreclaimable).toBe(Math.floor(Number(/SUnreclaim: +(\d+)/.exec(meminfo)?.[1]) / 4))
  expect(machine.zones[2].freeByOrder).toEqual(/Normal +(.*)/.exec(fixture('machine-6.18/proc/buddyinfo'))?.[1].trim().split(/ +/).map(Number))
  expect([machine.cpus, machine.thp, machine.swap]).toEqual([2, 'madvise', []])
  // The default of huge pages, 67584 kB, is none that the plain formula computes.
  expect(sysctls).toEqual({ 'vm.min_free_kbytes': 67_584 })
  expect(machine.zones.every(zone => zone.marks === undefined && zone.managedAtWmarkSetup === zone.managed)).toBe(true)
  expect(processes[0].phases.length).toBeGreaterThan(8)
  expect(english(result.value.notModelled)).toContain('vm.legacy_va_layout')
})

test('elsewhere, and where /proc is hidden, the message says what to do', async () => {
  const mac = await importThisMachine(KERNEL, 'darwin')
  expect(!mac.ok && mac.problems).toEqual([{ path: 'this machine', message: 'runs darwin, which has no /proc/zoneinfo; paste the file of a Linux machine instead' }])
  const hidden = await importThisMachine(KERNEL, 'linux', join(FIXTURES, 'nowhere'))
  expect(!hidden.ok && hidden.problems[0].message).toMatch(/^can't be read: ENOENT.*paste the output/)
})

test('a machine with swap, without some files', async () => {
  const root = await mkdtemp(join(tmpdir(), 'import-'))
  try {
    await cp(join(FIXTURES, 'machine-6.18'), root, { recursive: true })
    await writeFile(join(root, 'proc/swaps'), 'Filename\tType\tSize\tUsed\tPriority\n/dev/zram0 partition 262140 0 100\n/dev/sda2 partition 1048572 0 -2\n')
    await rm(join(root, 'proc/buddyinfo'))
    await rm(join(root, 'proc/sys'), { recursive: true })
    const result = await importThisMachine(KERNEL, 'linux', root)
    expect(result.ok && result.value.scenario.machine.swap).toEqual([{ kind: 'zram', pages: 65_536, priority: 100 }, { kind: 'disk', disk: 'vdb', pages: 262_144, priority: -2 }])
    expect(result.ok && result.value.scenario.machine.disks.map(disk => disk.name)).toEqual(['vda', 'vdb'])
  } finally {
    await rm(root, { recursive: true })
  }
})

// ---- odd spellings and partial listings ---------------------------------------------------------------------------------

const SMALL = 'Node 0, zone      DMA\n  pages free     3000\n        min      21\n        low      26\n        high     31\n        managed  3840\n'

test('a name and managed are enough; the rest is assumed and said', async () => {
  const summary = await imported(fromText('Node 0, zone Normal\n        managed  100000\n'))
  expect(zoneNumbers(summary)).toEqual([['Normal', 100_000, 100_000]])
  expect(english(summary.assumed)).toMatch(/all of it free, since the listing has no "pages free"[^]*marks as linux-5.15 computes them/)
})

test('CRLF, tabs, byte order mark, full-width punctuation, colours, prompts, fences, grep prefixes', async () => {
  const plain = zoneNumbers(await imported(fromText(SMALL)))
  const spellings = [
    SMALL.replaceAll('\n', '\r\n'), SMALL.replaceAll('        ', '\t'), `\ufeff${SMALL}`, SMALL.replace('Node 0,', 'Node 0，'), SMALL.replace('Node 0, zone', 'Node　0、zone'),
    `\`\`\`\n$ grep -E "zone  |min|managed" /proc/zoninfo\n${SMALL}\`\`\`\n`, `[root@host ~]# cat /proc/zoneinfo\n${SMALL}[root@host ~]# \n`, SMALL.replace('DMA', '\x1b[01;31mDMA\x1b[m'),
    SMALL.split('\n').map((line, i) => (line === '' ? '' : `${i + 1}${line.startsWith('Node') ? ':' : '-'}${line}`)).join('\n'), SMALL.replace('3000', '３０００'), `${SMALL}--\n`,
  ]
  for (const spelling of spellings) expect(zoneNumbers(await imported(fromText(spelling))), spelling).toEqual(plain)
})

test('a printed boost is taken off the marks and told', async () => {
  const [min, low, high] = [21, 26, 31]
  const boosted = `Node 0, zone DMA\n pages free 3000\n boost 512\n min ${min + 512}\n low ${low + 512}\n high ${high + 512}\n managed 3840\n`
  const summary = await imported(fromText(boosted))
  expect(summary.scenario.machine.zones[0].marks).toBeUndefined()
  expect(summary.scenario.sysctls).toEqual({ 'vm.min_free_kbytes': 84 })
  expect(english(summary.notModelled)).toContain('watermark_boost of 512 pages')
})

test('meminfo and vmstat fill what a partial listing lacks', async () => {
  const zone = 'Node 0, zone Normal\n pages free 50000\n managed 100000\n'
  const meminfo = 'MemTotal: 400000 kB\nActive(anon): 40000 kB\nInactive(anon): 4000 kB\nActive(file): 400 kB\nInactive(file): 40 kB\nUnevictable: 0 kB\nSReclaimable: 4000 kB\nSUnreclaim: 8000 kB\nPageTables: 400 kB\nKernelStack: 800 kB\nSwapTotal: 40000 kB\nSwapFree: 39996 kB\nDirty: 8 kB\n'
  const { scenario, notModelled } = await imported(fromText(zone, { meminfo }))
  expect(scenario.machine.zones[0].lru).toEqual({ activeAnon: 10_000, inactiveAnon: 1000, activeFile: 100, inactiveFile: 10, unevictable: 0 })
  expect(scenario.machine.kernelMemory).toEqual({ slabReclaimable: 1000, slabUnreclaimable: 2000, pageTables: 100, kernelStack: 200 })
  expect(scenario.machine.swap).toEqual([{ kind: 'disk', disk: 'vdb', pages: 10_001, priority: -2 }])
  expect(english(notModelled)).toMatch(/1 pages .* already swapped out[^]*2 dirty pages/)
  const vmstat = 'nr_free_pages 50000\nnr_inactive_anon 7\nnr_active_anon 6\nnr_inactive_file 5\nnr_active_file 4\nnr_unevictable 3\nnr_slab_unreclaimable 11\n'
  expect((await imported(fromText(zone, { vmstat }))).scenario.machine.zones[0].lru).toEqual({ inactiveAnon: 7, activeAnon: 6, inactiveFile: 5, activeFile: 4, unevictable: 3 })
})

test('sysctls under any spelling; unknown ones are listed, bad ones refused', async () => {
  const sysctl = { swappiness: '10\n', '/proc/sys/vm/lowmem_reserve_ratio': '128\t256\t32\t0\t0', 'vm.dirty_ratio': '20', 'vm.admin_reserve_kbytes': '8192', all: '# comment\nvm.page-cluster = 0\nkernel.pid_max = 4194304\n' }
  const summary = await imported(fromText(SMALL, { sysctl }))
  expect(summary.scenario.sysctls).toMatchObject({ 'vm.swappiness': 10, 'vm.lowmem_reserve_ratio': [128, 256, 32, 0], 'vm.page-cluster': 0 })
  expect(summary.scenario.sysctls).not.toHaveProperty('vm.dirty_ratio')
  expect(english(summary.notModelled)).toMatch(/sysctls: vm.admin_reserve_kbytes\n/)
  expect(await refusals(fromText(SMALL, { sysctl: { 'vm.swappiness': 'sixty' } }))).toEqual([{ path: 'sysctl.vm.swappiness', message: 'is "sixty"; must be a whole number, or several with spaces between' }])
})

// ---- broken input -------------------------------------------------------------------------------------------------------

const BROKEN: readonly (readonly [name: string, text: string, path: string, message: RegExp])[] = [
  ['nothing', '  \n', 'zoneinfo', /^is empty$/],
  ['bytes', 'Node 0\0\x01', 'zoneinfo', /^is not text: line 1 holds a byte/],
  ['another file', 'MemTotal: 24684096 kB\n', 'zoneinfo:1', /^"MemTotal: 24684096 kB" stands before any/],
  ['a word where a number belongs', SMALL.replace('26', 'low'), 'zoneinfo:4', /^" {8}low {6}low" is no line of \/proc\/zoneinfo, or it was cut off/],
  ['a line cut off', `${SMALL}Node 0, zone    DMA32\n  pages free     1000\n        min`, 'zoneinfo:9', /^" {8}min" is no line of \/proc\/zoneinfo, or it was cut off/],
  ['a header cut off', `${SMALL}Node 0, zo`, 'zoneinfo:7', /^"Node 0, zo" is no line/],
  ['a zone without managed', `${SMALL}Node 0, zone    DMA32\n  pages free     1000\n`, 'zoneinfo:7', /^"Node 0, zone {4}DMA32" has no "managed" line/],
  ['a last zone with less', `${SMALL}Node 0, zone    DMA32\n  managed     1000\n`, 'zoneinfo:8', /is where the listing ends, but node 0, zone DMA32 still lacks "pages free"/],
  ['a missing header', `${SMALL}        min      5\n`, 'zoneinfo:7', /is there a second time in node 0, zone DMA; a "Node …, zone …" line is missing/],
  ['a zone twice', SMALL + SMALL, 'zoneinfo:7', /is there a second time; give one listing/],
  ['more free than managed', SMALL.replace('3000', '4000'), 'zoneinfo:1', /free, per-cpu and LRU pages are 4,000 together, more than its 3,840 managed pages/],
  ['a negative size', SMALL.replace('3840', '-3840'), 'zoneinfo:6', /is negative/],
  ['a number beyond all sizes', SMALL.replace('3840', '9'.repeat(40)), 'zoneinfo:6', /is no line of/],
  ['a 32-bit machine', SMALL.replace('DMA', 'HighMem'), 'zoneinfo:1', /is a zone that can't be simulated.*32-bit/],
  ['only empty zones', 'Node 0, zone Movable\n managed 0\n', 'zoneinfo', /lists only zones with 0 managed pages/],
]

for (const [name, text, path, message] of BROKEN) {
  test(`refused: ${name}`, async () => {
    const problems = await refusals(fromText(text))
    expect(problems[0]).toMatchObject({ path })
    expect(problems[0].message).toMatch(message)
    if (path.includes(':')) expect(problems[0].line).toBe(Number(path.split(':')[1]))
  })
}

test('each line that can\'t be read is told, in every file', async () => {
  const problems = await refusals(fromText(SMALL.replace('21', 'x').replace('31', 'y'), { meminfo: 'MemTotal: 5 kB\nMem', vmstat: 'nr_free', buddyinfo: 'Node 0, zone DMA 1 2 3' }))
  expect(problems.map(problem => problem.path)).toEqual(['zoneinfo:3', 'zoneinfo:5', 'meminfo:2', 'vmstat:1', 'buddyinfo:1'])
})

test('a machine too large to simulate is refused with the figure', async () => {
  const problems = await refusals(fromText('Node 0, zone Normal\n managed 1099511627776\n'))
  expect(problems[0].path).toBe('imported.machine.zones[0].managed')
  expect(problems[0].message).toMatch(/at 64 bytes a page the run would take/)
})

test('the whole listing cut at any place is refused or read as what it still says, never thrown on', async () => {
  const whole = fixture('machine-6.18/proc/zoneinfo')
  const normal = whole.indexOf('Node 0, zone   Normal')
  const end = whole.indexOf('start_pfn', normal)
  for (let cut = 0; cut < whole.length; cut += 37) {
    const result = await importMachine(fromText(whole.slice(0, cut)), KERNEL)
    // Within the last populated zone a cut shows, up to its last line.
    if (cut > normal + 30 && cut < end) expect(result.ok, `cut at ${cut}`).toBe(false)
  }
})

test('any text at all: an answer, and every problem has a path and a message', async () => {
  const words = fc.constantFrom('Node 0, zone DMA', 'Node 1, zone Normal', '  pages free 12', ' min 3', ' low 4', ' high 5', ' managed 3840', ' managed 0', 'per-node stats', ' nr_inactive_file 9', ' pagesets', ' cpu: 0', ' count: 7', '$ cat /proc/meminfo', 'MemTotal: 12 kB', '# sysctl -a', 'vm.swappiness = 3', 'protection: (0, 1)', '', '\u3000', '--', '\x1b[0m')
  const lines = fc.array(fc.oneof({ weight: 6, arbitrary: words }, fc.string({ unit: 'binary' })), { maxLength: 25 })
  await fc.assert(fc.asyncProperty(lines, fc.option(fc.string(), { nil: undefined }), async (text, other) => {
    const result = await importMachine(fromText(text.join('\n'), { meminfo: other, buddyinfo: other, vmstat: other, sysctl: other === undefined ? undefined : { [other]: other } }), KERNEL)
    if (!result.ok) for (const problem of result.problems) expect(problem.path && problem.message).toBeTruthy()
    if (!result.ok) expect(result.problems.length).toBeGreaterThan(0)
  }), { numRuns: 1000, seed: 7 })
})

// ---- measured runs ------------------------------------------------------------------------------------------------------

const config = (name: string) => fixture(`configs/${name}.json`)
const fromConfig = (text: string): ImportSource => ({ kind: 'config-json', text })

test('every measured run given is taken; all marks are explained by the formula', async () => {
  const names = readdirSync(join(FIXTURES, 'configs'))
  expect(names.length).toBeGreaterThanOrEqual(6)
  for (const name of names) {
    const read = JSON.parse(fixture(`configs/${name}`)) as { workload: unknown[]; smp: number }
    const { scenario } = await imported(fromConfig(fixture(`configs/${name}`)))
    expect(scenario.machine.zones.every(zone => zone.marks === undefined), name).toBe(true)
    expect(scenario.machine).toMatchObject({ profile: 'emulated-1ghz', hz: 250, preemption: 'voluntary', cpus: read.smp })
    expect(scenario.processes.filter(({ daemon }) => daemon !== 1)).toHaveLength(read.workload.length)
    expect(scenario.sampleMs).toBe(100)
  }
})

test('a measured run in full: machine and workload as they were', async () => {
  const read = JSON.parse(config('thrash-zipf')) as { workload: { name: string; phases: object[] }[]; start: { buddyinfo: Record<string, number[]> } }
  const { scenario, notModelled } = await imported(fromConfig(config('thrash-zipf')))
  expect(scenario.id).toBe('f-thrash-zipf1-0-60000-warm-run-1')
  expect(scenario.processes.filter(({ daemon }) => daemon !== 1).map(({ name, phases }) => ({ name, phases }))).toEqual(read.workload)
  expect(scenario.processes.filter(({ daemon }) => daemon === 1).map(({ name, nice }) => [name, nice])).toEqual([['sampler', -20], ['ticker', 0]])
  expect(scenario.machine.zones.map(zone => zone.freeByOrder)).toEqual(Object.values(read.start.buddyinfo))
  expect(scenario.machine.zones[1]).toMatchObject({ managed: 51_809, present: 61_402, lru: { inactiveFile: 18, unevictable: 1310 } })
  expect(scenario.machine.kernelMemory).toMatchObject({ slabReclaimable: 2325, slabUnreclaimable: 1815, kernelStack: 200 })
  expect(scenario.sysctls).toMatchObject({ 'vm.min_free_kbytes': 1843, 'vm.page-cluster': 0 })
  expect(scenario.files).toEqual([{ path: '/mnt/big.dat', pages: 163_840, disk: 'vda' }, { path: '/mnt/wr.dat', pages: 65_536, disk: 'vda', preallocated: 1 }])
  expect(scenario.machine.swap).toEqual([{ kind: 'disk', disk: 'vdb', pages: 131_072, priority: -2 }])
  expect(scenario.machine.disks).toEqual(['vda', 'vdb'].map(name => ({ name, readLatencyUs: 60, writeLatencyUs: 60, iops: 2000, bytesPerSec: 100_000_000, burstMs: 100, tags: 256, maxRequestKb: 1280, readaheadPages: 32, throttle: 'shared', ...(name === 'vdb' ? { maxSegments: 254 } : {}) })))
  expect(english(notModelled)).toContain('ticker')
})

test('zram, several CPUs, huge pages, a sysctl the kernel plugin lacks', async () => {
  const zram = await imported(fromConfig(config('zram')))
  expect(zram.scenario.machine.swap).toEqual([{ kind: 'zram', pages: 65_536, priority: -2, compressedBytes: [40, 40] }])
  expect(english(zram.read)).toContain('on zram')
  const hogs = await imported(fromConfig(config('hogs4-smp2')))
  expect(hogs.scenario.machine.cpus).toBe(2)
  expect(english(hogs.notModelled)).toContain("the host's speed")
  // Asked for on the command line, but this kernel turns huge pages off on a machine of less than 512 MiB.
  const table = await imported(fromConfig(config('watermarks-512m')))
  expect(table.scenario.machine.thp).toBe('never')
  expect(table.scenario.processes[0].phases).toHaveLength(27)
  const lacking = Object.fromEntries(Object.entries(SYSCTLS).filter(([name]) => name !== 'vm.nr_hugepages'))
  const hugetlb = await imported(fromConfig(config('hugetlb')), { ...KERNEL, sysctls: lacking })
  expect(english(hugetlb.notModelled)).toContain('writes to vm.nr_hugepages')
  expect(hugetlb.scenario.processes[0].phases.some(phase => phase.op === 'sysctl')).toBe(false)
})

test('a broken config.json is refused where it breaks', async () => {
  const text = config('anonfill-noswap')
  expect(await refusals(fromConfig(text.slice(0, 2000)))).toEqual([{ path: 'config.json:1', line: 1, message: expect.stringMatching(/^is not JSON: .*it was cut off$/) as string }])
  expect(await refusals(fromConfig('[]'))).toEqual([{ path: 'config.json', message: expect.stringMatching(/must be a run's config.json/) as string }])
  const changed = (change: (read: Record<string, unknown>) => void) => {
    const read = JSON.parse(text) as Record<string, unknown>
    change(read)
    return fromConfig(JSON.stringify(read))
  }
  expect((await refusals(changed(read => { delete read.zones_at_start })))[0]).toMatchObject({ path: 'zones_at_start', message: 'is missing; must be a list of zones' })
  expect((await refusals(changed(read => { read.smp = 'two' })))[0]).toMatchObject({ path: 'smp', message: 'is "two"; must be the number of CPUs' })
  const phases = await refusals(changed(read => { read.workload = [{ name: 'x', phases: [{ op: 'touch', r: 'A' }, { op: 'fly' }] }] }))
  expect(phases.map(problem => problem.path)).toEqual(expect.arrayContaining(['imported.processes[0].phases[0].pat', 'imported.processes[0].phases[1].op']))
})

test('the machine profiles a scenario may name are those the engine has', () => expect([...PROFILES]).toEqual(Object.keys(COST_PROFILES)))
