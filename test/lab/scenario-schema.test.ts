/** What a scenario may be: types equal the interface, every wrong value is named with its path, and nothing throws. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import type { Scenario } from '../../main/engine/sim/scenario'
import { parseScenario, parseScenarioText, scenarioJsonSchema } from '../../main/lab/scenario-schema'
import { crowdedOrder, largestBlocks } from '../../main/lab/scenario/check-machine'
import { jsonFault } from '../../main/lab/scenario/json-position'
import type { scenarioShape } from '../../main/lab/scenario/shape'
import { SYSCTLS, sample } from './scenario-sample'

// ---- types ------------------------------------------------------------------------------------------------------------

/** Without readonly, intersections made one object: two types of the same values become the same type. */
type Plain<T> = T extends readonly (infer E)[] ? Plain<E>[] : T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
type Expect<T extends true> = T

/** Fails to compile when the schema and the interface part. */
export type SchemaIsInterface = Expect<Same<Plain<z.output<typeof scenarioShape>>, Plain<Scenario>>>
// @ts-expect-error The check can fail: a type without one field is not the interface.
export type SchemaIsNotLess = Expect<Same<Plain<z.output<typeof scenarioShape>>, Plain<Omit<Scenario, 'sampleMs'>>>>

const FUZZ = { numRuns: 1000, seed: 20_260_101 }

// ---- helpers ----------------------------------------------------------------------------------------------------------

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The sample with one value set (`undefined` removes it); the path as people write it. */
function having(path: string, value: unknown): unknown {
  const copy = structuredClone(sample()) as unknown as Record<string, Json>
  const steps = path.split(/[.[\]]+/).filter(step => step !== '')
  const last = steps.pop() ?? ''
  const holder = steps.reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, copy)
  if (value === undefined) delete holder[last]
  else Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true })
  return copy
}

function problemsOf(json: unknown): Record<string, string> {
  const result = parseScenario(json, SYSCTLS)
  return result.ok ? {} : Object.fromEntries(result.problems.map(problem => [problem.path, problem.message]))
}

/** Setting `path` to `value` is refused at `at`, with a message that matches. */
function refused(path: string, value: unknown, message: RegExp, at = path): void {
  const problems = problemsOf(having(path, value))
  expect(Object.keys(problems), `${path} = ${String(value)}`).toEqual([at])
  expect(problems[at]).toMatch(message)
}

// ---- good input -------------------------------------------------------------------------------------------------------

test('a good scenario is taken and completed', () => {
  const result = parseScenario(sample(), SYSCTLS)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  const { machine, processes } = result.value
  expect(machine.distances).toEqual([[10]])
  expect(machine.zones[0]).toEqual({
    node: 0, name: 'DMA', managed: 3840, present: 3840, spanned: 3840, managedAtWmarkSetup: 3840, free: 3840, freeByOrder: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3],
    pcp: 0, lru: { inactiveAnon: 0, activeAnon: 0, inactiveFile: 0, activeFile: 0, unevictable: 0 },
  })
  expect(machine.zones[1]).toMatchObject({ present: 61_402, spanned: 61_402, free: 40_000, pcp: 52 })
  expect(processes[0]).toMatchObject({ nice: 0, oomScoreAdj: 0 })
  expect(processes[1].phases[3]).toEqual({ op: 'sysctl', path: '/proc/sys/vm/min_free_kbytes', v: 8000 })
})

test('a completed scenario is taken as it is', () => {
  const once = parseScenario(sample(), SYSCTLS)
  if (!once.ok) throw new Error(JSON.stringify(once.problems))
  expect(parseScenario(once.value, SYSCTLS)).toEqual(once)
  expect(parseScenarioText(JSON.stringify(once.value), SYSCTLS)).toEqual(once)
})

test('free pages that are not given leave room for the kernel', () => {
  const input = { ...sample(), machine: { ...sample().machine, zones: [{ node: 0, name: 'DMA', managed: 1000 }, { node: 0, name: 'DMA32', managed: 5000, pcp: 10 }], kernelMemory: { slabReclaimable: 5000, slabUnreclaimable: 90, pageTables: 0, kernelStack: 0 } } }
  const result = parseScenario(input, SYSCTLS)
  expect(result.ok && result.value.machine.zones.map(zone => zone.free)).toEqual([900, 0])
})

test('several nodes', () => {
  const zones = [{ node: 0, name: 'Normal', managed: 100 }, { node: 1, name: 'Normal', managed: 100 }, { node: 1, name: 'Movable', managed: 100 }]
  const result = parseScenario(having('machine.zones', zones), SYSCTLS)
  expect(result.ok && result.value.machine.distances).toEqual([[10, 20], [20, 10]])
})

// ---- wrong values, one by one -----------------------------------------------------------------------------------------

const WRONG: readonly (readonly [path: string, value: unknown, message: RegExp, at?: string])[] = [
  ['format', 2, /^is 2; must be 1,/],
  ['id', 'Not An Id', /^is "Not An Id"; must be lower-case words joined by "-"/],
  ['id', 7, /^is 7; must be lower-case/],
  ['title', 'x', /^is "x"; must be texts/],
  ['title.zh', undefined, /^is missing; must be a text/],
  ['sysctl', {}, /^is not known here. Did you mean "sysctls"\? Known: format, id/],
  ['machine.cpu', 1, /Did you mean "cpus"\?/],
  ['machine.cpus', 0, /^is 0; must be a whole number from 1 to 256/],
  ['machine.cpus', 1.5, /^is 1.5; must be a whole number/],
  ['machine.cpus', '2', /^is "2"; must be a whole number/],
  ['machine.cpus', NaN, /^is NaN; must be/],
  ['machine.cpus', 257, /from 1 to 256/],
  ['machine.profile', 'laptop', /one of "emulated-1ghz", "server", "phone"/],
  ['machine.preemption', 'dynamic', /one of "none", "voluntary", "full"/],
  ['machine.hz', Infinity, /^is Infinity/],
  ['machine.zones', [], /^is a list of 0; must be a list of 1 to 256 zones/],
  ['machine.zones[0].name', 'HighMem', /one of "DMA", "DMA32", "Normal", "Movable"/],
  ['machine.zones[0].managed', -5, /^is -5; must be a whole number from 1/],
  ['machine.zones[0].managed', undefined, /^is missing; must be a whole number/],
  ['machine.zones[1].node', 2, /^is 2; must be 0 or 1;/],
  ['machine.zones[1].name', 'DMA', /^is node 0, zone DMA after node 0, zone DMA; zones must come by node/, 'machine.zones[1]'],
  ['machine.zones[1].free', 60_000, /^is 60000; must be at most managed, 51,809/],
  ['machine.zones[1].pcp', 20_000, /^does not fit: free 40,000 \+ pcp 20,000 \+ LRU 100 = 60,100 pages; must be at most managed, 51,809/, 'machine.zones[1].lru'],
  ['machine.zones[0].pcp', 3841, /^does not fit/],
  ['machine.zones[1].freeByOrder', [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1], /^adds up to 1,031 pages; must add up to free, 40,000/],
  ['machine.zones[0].freeByOrder', [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3], /^is missing; must be the sum of freeByOrder, 3,840/, 'machine.zones[0].free'],
  ['machine.zones[0].freeByOrder', [1, 2], /^is a list of 2; must be a list of 11 to 11 block counts/],
  ['machine.zones[1].present', 5, /^is 5; must be at least managed/],
  ['machine.zones[1].spanned', 5, /^is 5; must be at least present, 61,402/],
  ['machine.zones[1].managedAtWmarkSetup', 99_999, /at most managed/],
  ['machine.zones[1].marks', { min: 5, low: 4, high: 6 }, /^are 5\/4\/6; must be in the order min <= low <= high/],
  ['machine.distances', [[10, 20], [20, 10]], /^has 2 rows; must have one for each of 1 nodes/],
  ['machine.distances', [[11]], /^is 11; must be 10, the distance of a node from itself/, 'machine.distances[0][0]'],
  ['machine.kernelMemory', { slabReclaimable: 20_000, slabUnreclaimable: 0, pageTables: 0, kernelStack: 0 }, /^is 20,000 pages together; must be at most 15,497/],
  ['machine.disks[0].name', 'sd a', /the name of a disk/],
  ['machine.disks[0].iops', -1, /^is -1; must be a number from 0/],
  ['machine.swap[0].kind', 'file', /^is "file"; must be a swap area of kind "disk" or "zram"/],
  ['machine.swap', [{ kind: 'zram', pages: 10, priority: 1, compressedBytes: [2000, 100] }], /must be two numbers of bytes, the smaller first/, 'machine.swap[0].compressedBytes'],
  ['machine.swap', [{ kind: 'zram', pages: 10, priority: 1, compressed: [{ share: 0.5, same: 1 }, { share: 0.4, bytes: [1, 2] }] }], /^has shares that add up to 0.9; they must add up to 1/, 'machine.swap[0].compressed'],
  ['machine.swap', [{ kind: 'zram', pages: 10, priority: 1, compressed: [{ share: 1, bytes: [20, 2] }] }], /must be two numbers of bytes, the smaller first/, 'machine.swap[0].compressed[0].bytes'],
  ['machine.swap', [{ kind: 'zram', pages: 10, priority: 1, compressed: [{ share: 1, same: 1 }], compressedBytes: [1, 2] }], /^is there beside compressedBytes/, 'machine.swap[0].compressed'],
  ['machine.swap', [{ kind: 'zram', pages: 10, priority: 1, compressed: [{ share: 1 }] }], /must be a kind of page: \{ "share": …, "same": 1 \} or/, 'machine.swap[0].compressed[0]'],
  ['machine.swap', [{ kind: 'zram', pages: 10, priority: 1, compressed: [] }], /a list of 1 to 64 kinds of pages/, 'machine.swap[0].compressed'],
  ['machine.swap', [{ kind: 'zram', pages: 10, priority: 1, memLimitPages: -1 }], /^is -1; must be a whole number from 0/, 'machine.swap[0].memLimitPages'],
  ['machine.zones[1].freeByOrder', [40_000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], /^has 40,000 blocks of order 0, more than can lie in 51,809 pages without two of them being one larger block/],
  ['machine.swap[0].disk', 'vdb', /^is "vdb"; must be a disk of this machine: vda. Did you mean "vda"\?/],
  ['machine.swap[0].pages', 0, /^is 0; must be a whole number from 1/],
  ['sysctls', { 'vm.swapiness': 1 }, /names "vm.swapiness", which this kernel does not have. Did you mean "vm.swappiness"\?/, 'sysctls.vm.swapiness'],
  ['sysctls', { 'vm.swappiness': 201 }, /^is 201; must be a whole number from 0 to 200/, 'sysctls.vm.swappiness'],
  ['sysctls', { 'vm.swappiness': 1.5 }, /^is 1.5; must be a whole number from 0 to 200/, 'sysctls.vm.swappiness'],
  ['sysctls', { 'vm.swappiness': [1, 2] }, /^has 2 numbers; must be one number/, 'sysctls.vm.swappiness'],
  ['sysctls', { 'vm.lowmem_reserve_ratio': [1, 2, 3, 4, 5] }, /^has 5 numbers; must be 1 to 4 numbers/, 'sysctls.vm.lowmem_reserve_ratio'],
  ['sysctls', { 'vm.swappiness': '60' }, /^is "60"; must be a number, or a list of numbers/, 'sysctls.vm.swappiness'],
  ['sysctls', { 'vm.swappiness': -Infinity }, /^is -Infinity/, 'sysctls.vm.swappiness'],
  ['files[0].path', 'big.dat', /^is "big.dat"; must be an absolute path/],
  ['files[0].disk', 'vdx', /must be a disk of this machine: vda/],
  ['files[0].disk', undefined, /^is missing; must be a disk of this machine, or left out where "tmpfs" is 1/],
  ['files[0].tmpfs', 2, /^is 2; must be 0 or 1/],
  ['files[0].tmpfs', 1, /^is "vda"; must be left out: a tmpfs file has no disk/, 'files[0].disk'],
  ['files[0].pages', 10, /^is 1000; must be at most 10, the pages of \/mnt\/big.dat/, 'processes[1].phases[1].pages'],
  ['processes', [], /list of 1 to 1,024 processes/],
  ['processes[0].name', 'reader', /a second time/, 'processes[1].name'],
  ['processes[0].phases', [], /list of 1 to 100,000 phases/],
  ['processes[0].nice', 20, /from -20 to 19/],
  ['processes[0].oomScoreAdj', -1001, /from -1,000 to 1,000/],
  ['processes[0].phases[0].op', 'mmap', /^is "mmap"; must be a phase whose "op" is one of map, unmap/],
  ['processes[0].phases[0].page', 5, /Did you mean "pages"\? Known: op, r, pages/],
  ['processes[0].phases[0].huge', 2, /^is 2; must be 0 or 1/],
  ['processes[0].phases[1].r', 'B', /^is "B"; must be a region this process has made before with map or mmapf: A\./],
  ['processes[0].phases[1].len', 101, /^with start and stride ends at page 101; must end within the region's 100 pages/],
  ['processes[0].phases[1].stride', 2, /ends at page 199/, 'processes[0].phases[1].len'],
  ['processes[0].phases[1].rate', -3, /^is -3; must be a number from 0/],
  ['processes[0].phases[1].rate', NaN, /^is NaN/],
  ['processes[0].phases[1].count', -1, /^is -1; must be a whole number from 0/],
  ['processes[0].phases[1].len', 0, /^is 0; must be a whole number from 1/],
  ['processes[0].phases[1].s', 1, /only for pat "zipf"/],
  ['processes[0].phases[1].fillb', 1, /only for rw "f"/],
  ['processes[0].phases[1].rw', 'x', /one of "r", "w", "f"/],
  ['processes[1].phases[0].n', 2, /^waits for 2 signals on 1, but only 1 phases signal 1; it would never end/, 'processes[1].phases[0]'],
  ['processes[1].phases[0].k', 3, /^waits for 1 signals on 3, but only 0 phases/, 'processes[1].phases[0]'],
  ['processes[1].phases[1].path', '/mnt/bag.dat', /must be one of "files": \/mnt\/big.dat. Did you mean "\/mnt\/big.dat"\?/],
  ['processes[1].phases[2].s', undefined, /^is missing; must be the exponent of pat "zipf"/],
  ['processes[1].phases[2].stride', 2, /only for pat "seq"/],
  ['processes[1].phases[2].seed', 2 ** 32, /from 0 to 4,294,967,295/],
  ['processes[1].phases[3].path', '/proc/sys/vm/min_free_kbyte', /names "vm.min_free_kbyte", which this kernel does not have. Did you mean "vm.min_free_kbytes"\?/],
  ['processes[1].phases[3].v', 'lots', /^is "lots"; must be a whole number, or several with spaces between/],
  ['processes[1].phases[3].v', -1, /^is -1; must be a whole number from 0/],
  ['processes[1].phases[4].set1', 'min_free_kbytes=3', /^is "min_free_kbytes=3"; must be "name:value"/],
  ['processes[1].phases[4].set1', 'watermark_scale_factor:3001', /^is 3001; must be a whole number from 1 to 3,000/],
  ['durationMs', 0, /^is 0; must be a number from 1/],
  ['sampleMs', 0, /^is 0; must be/],
  ['durationMs', 86_400_001, /from 1 to 86,400,000/],
]

for (const [path, value, message, at] of WRONG) test(`${path} = ${JSON.stringify(value)} is refused`, () => refused(path, value, message, at))

test('shape and cross checks are told together', () => {
  const input = { ...(having('machine.cpus', 0) as Scenario), durationMs: -1, sysctls: { 'vm.nope': 1 } }
  const broken = { ...input, processes: [{ name: 'a', phases: [{ op: 'unmap', r: 'A' }] }, { name: 'b', phases: [{ op: 'sleep', ms: 'x' }] }] }
  expect(Object.keys(problemsOf(broken)).sort()).toEqual(['durationMs', 'machine.cpus', 'processes[0].phases[0].r', 'processes[1].phases[0].ms', 'sysctls.vm.nope'])
})

test('processes that wait for each other', () => {
  const wait = (k: number) => ({ op: 'await', k, n: 1 })
  const signal = (k: number) => ({ op: 'signal', k })
  const circle = [{ name: 'a', phases: [wait(1), signal(2)] }, { name: 'b', phases: [wait(2), signal(1)] }]
  expect(problemsOf(having('processes', circle))['processes[0].phases[0]']).toMatch(/only 0 of 1 signals come before the processes wait for each other/)
  expect(problemsOf(having('processes', [{ name: 'a', phases: [signal(2), wait(1)] }, { name: 'b', phases: [wait(2), signal(1)] }]))).toEqual({})
})

test('phases after exit, `at` after the end, a region made twice, a region that was unmapped', () => {
  const map = { op: 'map', r: 'A', pages: 10 }
  const phases = [map, map, { op: 'unmap', r: 'A' }, { op: 'dontneed', r: 'A', start: 0, len: 1, stride: 1, run: 1 }, { op: 'at', ms: 10_001 }, { op: 'exit' }, { op: 'sleep', ms: 1 }]
  expect(problemsOf(having('processes', [{ name: 'a', phases }]))).toEqual({
    'processes[0].phases[1].r': 'is "A", which this process already has; unmap it first or take another name',
    'processes[0].phases[3].r': expect.stringMatching(/there are none/) as string,
    'processes[0].phases[4].ms': expect.stringMatching(/at most durationMs, 10,000/) as string,
    'processes[0].phases[6]': 'is never reached: the phase before it is "exit"',
  })
})

test('disks that share a throttle must agree on it', () => {
  const [disk] = sample().machine.disks
  const disks = [{ ...disk, throttle: 't' }, { ...disk, name: 'vdb', iops: 5, throttle: 't' }]
  expect(problemsOf(having('machine.disks', disks))).toEqual({ 'machine.disks[1].iops': 'is 5; must be 2000 as on vda, with which it shares throttle "t"' })
})

test('sizes that cannot fit are refused with the figure', () => {
  refused('machine.zones[0].managed', 2 ** 40, /^is 1,099,511,627,776 pages \(4 PiB\); at 64 bytes a page the run would take 64 TiB of memory, and 8 GiB is the limit/)
  refused('files[0].pages', 2 ** 33, /^is 8,589,934,592 pages \(32 TiB\); at 16 bytes a page the run would take 128 GiB/)
  refused('processes[0].phases[0].pages', 2 ** 40, /at 16 bytes a page/, 'processes[0].phases')
  expect(parseScenario(sample(), SYSCTLS, { memoryLimit: 1_000_000 }).ok).toBe(false)
})

test('more frames than the engine can number, where memory would do', () => {
  const result = parseScenario(having('machine.zones', [{ node: 0, name: 'DMA', managed: 3840 }, { node: 0, name: 'Normal', managed: 2 ** 28 }]), SYSCTLS, { memoryLimit: 2 ** 40 })
  expect(!result.ok && result.problems).toEqual([{ path: 'machine.zones', message: 'have 268,439,552 pages together; at most 268,435,456 (1 TiB) can be simulated' }])
})

test('frames that nobody can have count too', () => {
  const result = parseScenario(having('machine.zones', [{ node: 0, name: 'DMA', managed: 3840 }, { node: 0, name: 'Normal', managed: 5000, present: 2 ** 28 }]), SYSCTLS, { memoryLimit: 2 ** 40 })
  expect(!result.ok && result.problems).toEqual([{ path: 'machine.zones', message: 'have 268,439,552 pages together; at most 268,435,456 (1 TiB) can be simulated' }])
  const large = parseScenario(having('machine.zones', [{ node: 0, name: 'DMA', managed: 3840 }, { node: 0, name: 'Normal', managed: 5000, present: 2 ** 27 }]), SYSCTLS)
  expect(!large.ok && large.problems[0].path).toBe('machine.zones[1].present')
})

test('a zone that begins unevenly has room for fewer large blocks', () => {
  // The measured guest's ZONE_DMA: 256 pages, 512, and three of 1024.
  const dma = { name: 'DMA', managed: 3840, present: 3998, spanned: 4095 } as const
  expect(crowdedOrder(dma, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3])).toBeUndefined()
  expect(crowdedOrder(dma, [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3])).toBeUndefined()
  expect(crowdedOrder({ ...dma, name: 'Normal', managed: 3500, present: 4000, spanned: 4000 }, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3])).toBe(10)
})

test('free blocks as large as possible always fit, and so do those a buddy allocator can leave', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 300_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (managed, share) => {
    expect(crowdedOrder({ name: 'Normal', managed }, largestBlocks(Math.floor(managed * share)))).toBeUndefined()
  }), FUZZ)
  // Every page of a small zone free or not: the blocks that merging leaves.
  fc.assert(fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 300 }), free => {
    const blocks = mergedBlocks(free)
    expect(crowdedOrder({ name: 'Normal', managed: free.length }, blocks)).toBeUndefined()
    // Two more single pages than there are pairs can't be.
    expect(crowdedOrder({ name: 'Normal', managed: free.length }, [Math.ceil(free.length / 2) + 1, ...Array<number>(10).fill(0)])).toBe(0)
  }), FUZZ)
})

/** Counts by order of the free blocks a buddy allocator has when exactly these pages are free. */
function mergedBlocks(free: readonly boolean[]): readonly number[] {
  const counts = Array<number>(11).fill(0)
  let level = [...free]
  for (let order = 0; order <= 10; order++) {
    const above: boolean[] = []
    for (let i = 0; i < level.length; i += 2) {
      const merged = order < 10 && level[i] && level[i + 1]
      if (!merged) counts[order] += Number(level[i]) + Number(level[i + 1] ?? false)
      above.push(merged)
    }
    level = above
  }
  return counts
}

test('too many samples', () => {
  const long = { ...sample(), durationMs: 86_400_000, sampleMs: 1 }
  expect(problemsOf(long)).toEqual({ sampleMs: 'is 1; must be at least 864: a run keeps at most 100,000 samples, this would be 86,400,000' })
})

test('one mistake may show in two places', () => {
  const node = problemsOf(having('machine.zones[0].node', 1))
  expect(node['machine.zones[0].node']).toMatch(/^is 1; must be 0; nodes are numbered from 0 without gaps/)
  const phase = problemsOf(having('processes[0].phases[1].op', 'fread'))
  expect(phase['processes[0].phases[1].rw']).toMatch(/^is not known here/)
  expect(phase['processes[0].phases[1].r']).toMatch(/^is "A"; must be a region this process has made before with open or mmapf: there are none/)
})

// ---- hostile input ----------------------------------------------------------------------------------------------------

test('keys that reach for the prototype are refused and change nothing', () => {
  const hostile = JSON.parse(`{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, ${JSON.stringify(sample()).slice(1)}`) as unknown
  const paths = Object.keys(problemsOf(hostile))
  expect(paths).toEqual(expect.arrayContaining(['__proto__', 'constructor']))
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  expect(problemsOf(having('sysctls', JSON.parse('{"__proto__": 1}')))).toEqual({ 'sysctls.__proto__': 'is a name that scenarios may not use' })
})

test('deep, cyclic, computed and exotic values', () => {
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  expect(Object.values(problemsOf(having('about', deep)))).toEqual([expect.stringMatching(/nested more than 32 levels/)])
  const cyclic: Record<string, unknown> = {}
  cyclic.self = cyclic
  expect(Object.values(problemsOf(cyclic))).toEqual([expect.stringMatching(/nested more than 32 levels/)])
  expect(problemsOf({ get format() { throw new Error('ran') } })).toEqual({ format: 'is not plain data: it is computed when read' })
  for (const odd of [new Map(), new Date(0), () => 1, Symbol('x'), 10n, new Float64Array(2), Array(5)]) {
    expect(Object.keys(problemsOf(odd))).toEqual(['scenario'])
    expect(Object.keys(problemsOf(having('machine', odd)))).toEqual(['machine'])
  }
})

test('huge texts and very many values', () => {
  refused('about.en', 'x'.repeat(1_000_000), /^is a text of 1,000,000 characters; at most 4,000 are allowed/)
  expect(problemsOf(Array(2_000_001).fill(0)).scenario).toMatch(/holds more than 2,000,000 values/)
  const wrong = Array.from({ length: 2000 }, () => ({ op: 'sleep', ms: -1 }))
  const result = parseScenario(having('processes[0].phases', wrong), SYSCTLS)
  expect(!result.ok && result.problems.length).toBe(501)
  expect(!result.ok && result.problems[500].message).toMatch(/1500 more problems/)
})

test('texts that are no scenario', () => {
  const refuse = (text: string) => {
    const result = parseScenarioText(text, SYSCTLS, 'my.json')
    return result.ok ? [] : result.problems
  }
  expect(refuse('')).toEqual([{ path: 'my.json', message: 'is empty; must be a scenario in JSON' }])
  expect(refuse('{\n  "id": }')).toEqual([{ path: 'my.json:2', line: 2, column: 9, message: 'is not JSON: expected a value at "}"' }])
  expect(refuse('{"id": "x"')).toEqual([{ path: 'my.json:1', line: 1, column: 11, message: 'is not JSON: expected "," or "}" at the end of the text' }])
  expect(refuse('{\n"a\0b": 1}')).toEqual([{ path: 'my.json:2', line: 2, column: 3, message: 'is not text: it holds bytes that no JSON file has' }])
  expect(refuse('null')).toEqual([{ path: 'scenario', message: expect.stringMatching(/^is null; must be a scenario/) as string }])
  expect(parseScenarioText(`\ufeff${JSON.stringify(sample())}`, SYSCTLS).ok).toBe(true)
})

test('the place where JSON breaks is found exactly when JSON.parse fails', () => {
  const parses = (text: string) => { try { JSON.parse(text); return true } catch { return false } }
  const broken = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', '1', 'x', '\\', ' ')).map(([text, at, put]) => {
    const i = at % (text.length + 1)
    return text.slice(0, i) + put + text.slice(i + (at % 3))
  })
  fc.assert(fc.property(broken, text => { expect(jsonFault(text) === undefined, text).toBe(parses(text)) }), FUZZ)
})

// ---- properties -------------------------------------------------------------------------------------------------------

function soundly(input: unknown): void {
  const result = parseScenario(input, SYSCTLS)
  if (result.ok) return
  expect(result.problems.length).toBeGreaterThan(0)
  for (const { path, message } of result.problems) {
    expect(path).not.toBe('')
    expect(message.length).toBeGreaterThan(5)
    expect(message.length).toBeLessThan(1200)
  }
}

test('any value at all: never throws, every problem has a path', () => {
  fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true, withTypedArray: true }), soundly), FUZZ)
})

/** Every place of the sample, as a list of steps. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, each]) => places(each, [...path, Array.isArray(value) ? Number(key) : key])) : []
  return path.length > 0 ? [path, ...below] : below
}

test('the sample with a few values replaced: never throws, and a wrong number is told at its own place', () => {
  const paths = places(sample())
  const odd = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom(NaN, Infinity, -1, 0, 2 ** 53, -0, '', '__proto__', null, undefined, [], {}))
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), odd), { minLength: 1, maxLength: 4 }), changes => {
    const input = structuredClone(sample()) as unknown
    for (const [path, value] of changes) {
      const holder = path.slice(0, -1).reduce<unknown>((at, step) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[step] : undefined), input)
      if (typeof holder === 'object' && holder !== null) (holder as Record<string | number, unknown>)[path[path.length - 1]] = value
    }
    soundly(input)
  }), FUZZ)
  fc.assert(fc.property(fc.constantFrom(...paths.filter(path => typeof path.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], sample()) === 'number')), fc.constantFrom(NaN, Infinity, -40_000.5), (path, value) => {
    const input = structuredClone(sample()) as unknown
    const holder = path.slice(0, -1).reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], input) as Record<string | number, unknown>
    holder[path[path.length - 1]] = value
    const dotted = path.reduce<string>((text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`), '')
    expect(Object.keys(problemsOf(input))).toContain(dotted)
  }), FUZZ)
})

// ---- JSON schema ------------------------------------------------------------------------------------------------------

test('the JSON schema has every field, strict, with descriptions', () => {
  const schema = scenarioJsonSchema() as { properties: Record<string, { properties?: Record<string, unknown> }>; required: string[]; additionalProperties: boolean }
  const withOptional = Object.keys(sample()).flatMap(key => (key === 'processes' ? ['trees', 'memcgs', 'cgroup', key] : [key]))
  expect(Object.keys(schema.properties)).toEqual([...withOptional, 'slowAllocMs'])
  expect(schema.required).toEqual(Object.keys(sample()))
  expect(schema.additionalProperties).toBe(false)
  const text = JSON.stringify(schema)
  for (const word of ['"emulated-1ghz|server|phone', 'mmapf', 'mulberry32', 'freeByOrder']) expect(text).toContain(word.replace('"', ''))
})

test('kinds of compressed pages, in tenths that do not add up exactly', () => {
  const compressed = [{ share: 0.1, same: 1 }, { share: 0.2, bytes: [700, 1500] }, { share: 0.7, bytes: [2000, 4096] }]
  expect(problemsOf(having('machine.swap', [{ kind: 'zram', pages: 10, priority: 1, compressed, memLimitPages: 5 }]))).toEqual({})
})

test('network bursts: whole buffers only; processes on nodes that have a CPU', () => {
  const netrx = { op: 'netrx', pages: 64, order: 3, everyMs: 5, count: 10, holdMs: 20 }
  const process = (phase: unknown, node?: number) => [{ name: 'eth0', phases: [phase], ...(node === undefined ? {} : { node }) }]
  expect(problemsOf(having('processes', process(netrx, 0)))).toEqual({})
  refused('processes', process({ ...netrx, pages: 60 }), /multiple of 8/, 'processes[0].phases[0].pages')
  refused('processes', process({ ...netrx, order: 11 }), /0 to 10/, 'processes[0].phases[0].order')
  refused('processes', process({ ...netrx, everyMs: 0 }), /0\.001/, 'processes[0].phases[0].everyMs')
  refused('processes', process(netrx, 1), /only node with a CPU/, 'processes[0].node')
})
