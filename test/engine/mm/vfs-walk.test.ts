/** Walks of a tree end to end: what is read, what memory the objects take, who gets it back, and how vfs_cache_pressure moves it. */
import { expect, test } from 'vitest'
import type { Phase, Scenario } from '../../../main/engine/index'
import type { Mm } from '../../../main/engine/mm/mm'
import { takeMachineState } from '../../../main/engine/sim/machine-state'
import { expectIdentities } from '../support/identities'
import type { RunOptions } from '../support/run'
import { delta, run } from '../support/run'
import { MIB, fread, map, open, scenario, sleep, stat, touch } from '../support/tiny'

const FILES = 20_000

interface Walked {
  readonly mm: Mm
  readonly recording: ReturnType<typeof run>['recording']
  readonly dentries: number
  readonly inodes: number
  readonly slabPages: number
}

function walked(parts: { readonly processes: Parameters<typeof scenario>[0]['processes']; readonly sysctls?: Scenario['sysctls']; readonly pages?: number; readonly trees?: number; readonly cpus?: number }, options: RunOptions = {}): Walked {
  const { mm, recording } = run(scenario({ machine: { pages: parts.pages ?? 32 * MIB, cpus: parts.cpus ?? 1 }, files: 10_000, trees: parts.trees ?? FILES, processes: parts.processes, sysctls: parts.sysctls ?? {}, durationMs: 60_000 }), options)
  expectIdentities(recording)
  const [dentries, inodes] = [mm.vfs?.dentries.live ?? NaN, mm.vfs?.inodes.live ?? NaN]
  return { mm, recording, dentries, inodes, slabPages: (mm.vfs?.dentries.pages ?? 0) + (mm.vfs?.inodes.pages ?? 0) }
}

test('enough memory: every path is read once, found at once the second time', () => {
  const { mm, recording, dentries, inodes, slabPages } = walked({ trees: 4000, processes: [[stat(4000), stat(4000)]] })
  // 4000 files, 125 directories of 32, the tree's own.
  expect([dentries, inodes]).toEqual([4126, 4126])
  // 21 dentries a page; 27 inodes in 8 pages.
  expect(slabPages).toBe(Math.ceil(4126 / 21) + 8 * Math.ceil(4126 / 27))
  // 4126 inodes in blocks of 16, a block a directory, one for the tree's names, one for the root's.
  expect(recording.summary.io.vda.readPages).toBe(Math.ceil(4126 / 16) + 125 + 1 + 1)
  // All of it is cached as Buffers, each block with its buffer head (39 a page); the slabs are SReclaimable.
  const state = takeMachineState(mm, 0)
  expect(state.buffers).toBe(recording.summary.io.vda.readPages)
  expect(mm.slabs.bufferHead.live).toBe(state.buffers)
  expect(state.vmstat.nr_slab_reclaimable).toBe(slabPages + mm.slabs.bufferHead.pages + mm.slabs.radixTreeNode.pages)
  const [first, second] = recording.summary.tasks[0].phases
  expect([first.errors, second.errors]).toEqual([0, 0])
  expect(second.endNs - second.startNs).toBe(4000 * (600 + 20))
  expect(delta(recording, 'slabs_scanned')).toBe(0)
})

test('more paths than fit: the caches stay within memory, kswapd shrinks them, and the walk ends', () => {
  const { recording, inodes } = walked({ processes: [[stat(FILES), stat(FILES)]] })
  expect(recording.summary.end).toBe('done')
  expect(inodes).toBeLessThan(FILES)
  expect(delta(recording, 'slabs_scanned')).toBeGreaterThan(FILES)
  expect(delta(recording, 'oom_kill')).toBe(0)
  expect(recording.summary.tasks[0].phases.map((phase) => phase.errors)).toEqual([0, 0])
})

test('vfs_cache_pressure: more of it leaves fewer inodes and more page cache; none leaves the objects alone', () => {
  const phases: readonly Phase[] = [open('f', 5000), fread(5000), stat(FILES), fread(5000)]
  const [none, low, usual, high] = [0, 10, 100, 1000].map((pressure) => walked({ processes: [phases], sysctls: { 'vm.vfs_cache_pressure': pressure }, ...(pressure === 0 ? { trees: FILES, pages: 48 * MIB } : {}) }, { everyTurns: 5000 }))
  expect([none.inodes, delta(none.recording, 'slabs_scanned')]).toEqual([FILES + FILES / 32 + 2, 0])
  expect(low.inodes).toBeGreaterThan(usual.inodes)
  expect(usual.inodes).toBeGreaterThan(high.inodes)
  expect(low.slabPages).toBeGreaterThan(high.slabPages)
  const fileScans = [low, usual, high].map(({ recording }) => delta(recording, 'pgsteal_file'))
  expect(fileScans[0]).toBeGreaterThan(fileScans[2])
})

test('drop_caches 2 empties both caches, 1 leaves them', () => {
  const phases = (what: 1 | 2 | 3): readonly Phase[] => [stat(5000), { op: 'drop_caches', what }]
  const kept = walked({ processes: [phases(1)], trees: 5000 })
  expect([kept.dentries, kept.inodes]).toEqual([5000 + 157 + 1, 5000 + 157 + 1])
  const dropped = walked({ processes: [phases(2)], trees: 5000 })
  expect([dropped.dentries, dropped.inodes]).toEqual([0, 0])
  // A handful of empty slabs stay with the node and the CPU.
  expect(dropped.slabPages).toBeLessThanOrEqual(5 + 5 * 8)
  expect(delta(dropped.recording, 'drop_slab')).toBe(1)
  expect(dropped.recording.summary.gauge['nr_file_pages'].end).toBeGreaterThan(300)
  expect(walked({ processes: [phases(3)], trees: 5000 }).recording.summary.gauge['nr_file_pages'].end).toBeLessThan(30)
})

test('a few open files keep most pages: many objects are freed, little memory', () => {
  const opens = stat(250, { stride: 20, keepOpen: 1 })
  // The run is cut while the task sleeps with its files open.
  const [none, some] = [[], [opens]].map((extra) => walked({ trees: 5000, processes: [[stat(5000), ...extra, { op: 'drop_caches', what: 2 }, sleep(100_000)]] }))
  expect([none.dentries, none.inodes]).toEqual([0, 0])
  expect(none.slabPages).toBeLessThanOrEqual(5 + 5 * 8)
  expect([some.dentries, some.inodes]).toEqual([250 + 156 + 1, 250 + 156 + 1])
  // A twelfth of the objects, nearly all of the pages.
  expect(some.slabPages).toBeGreaterThan(0.8 * (Math.ceil(5158 / 21) + 8 * Math.ceil(5158 / 27)))
})

test('reading the files: their inodes stay until page cache is reclaimed, then shadows are stolen from them', () => {
  const { recording, mm } = walked({ trees: 6000, pages: 16 * MIB, processes: [[stat(6000, { read: 1 })]] })
  expect(recording.summary.tasks[0].phases[0].errors).toBe(0)
  expect(delta(recording, 'kswapd_inodesteal') + delta(recording, 'pginodesteal')).toBeGreaterThan(1000)
  expect(delta(recording, 'pgsteal_file')).toBeGreaterThan(2000)
  expect(mm.vfs?.inodes.live).toBeLessThan(6000)
})

test('two tasks on the same paths on two CPUs, looked at after every turn', () => {
  const { recording } = walked({ trees: 300, pages: 4 * MIB, cpus: 2, processes: [[stat(300), stat(300, { read: 1 })], [stat(300), stat(300, { pat: 'rand', seed: 1, keepOpen: 1 })], [map('a', 900), touch('a', 'w', 900)]] }, { everyTurns: 1 })
  expect(recording.summary.end).toBe('done')
})

test('a file of the scenario on the same file system is held while it is open, and goes with its pages after', () => {
  const phases: readonly Phase[] = [open('f', 10_000), fread(200), stat(100), { op: 'drop_caches', what: 3 }]
  const held = walked({ trees: 100, processes: [[...phases, sleep(100_000)]] })
  expect([held.dentries, held.inodes]).toEqual([1, 1])
  // With its task gone: the pages keep the inode, then nothing does.
  const pages = walked({ trees: 100, processes: [phases.slice(0, 2), [sleep(100), { op: 'drop_caches', what: 2 }]] })
  expect([pages.dentries, pages.inodes, pages.mm.vfs?.superBlocks[0].inodeLru.count[0]]).toEqual([0, 1, 0])
  const forget: Phase = { op: 'fadvise', r: 'f', advice: 'dontneed', start: 0, len: 10_000 }
  const gone = walked({ trees: 100, processes: [[...phases.slice(0, 2), sleep(20), forget], [sleep(100), { op: 'drop_caches', what: 2 }]] })
  expect([gone.dentries, gone.inodes]).toEqual([0, 0])
})

test('several file systems: each has its shrinker; those of disks without a tree have none', () => {
  const { mm } = run(scenario({ trees: [{ path: '/a', files: 50, disk: 'vda' }, { path: '/b', files: 60, filesPerDirectory: 5, disk: 'vdb' }, { path: '/c', files: 70, disk: 'vda' }], processes: [[stat(50, {}, '/a'), stat(60, {}, '/b'), stat(70, {}, '/c')]] }))
  expect(mm.shrinkers.map((shrinker) => shrinker.name)).toEqual(['mm-shadow', 'sb-ext4:vda', 'sb-ext4:vdb'])
  expect(mm.vfs?.dentries.live).toBe(50 + 2 + 1 + 60 + 12 + 1 + 70 + 3 + 1)
})

test('node reclaim takes slab of a near node rather than pages from afar', () => {
  const zones = [{ node: 0, name: 'Normal', managed: 8 * MIB }, { node: 1, name: 'Normal', managed: 8 * MIB }] as const
  const walkers = (mode: number): ReturnType<typeof run> =>
    run(scenario({ machine: { zones, cpus: 2 }, trees: 10_000, sysctls: { 'vm.zone_reclaim_mode': mode }, processes: [{ name: 'find', node: 0, phases: [stat(10_000)] }], durationMs: 60_000 }))
  const remote = ({ mm }: ReturnType<typeof run>): number => mm.nodes[1].stat.nr_slab_reclaimable
  const [off, on] = [walkers(0), walkers(1)]
  expect(remote(off)).toBeGreaterThan(1000)
  expect(remote(on)).toBeLessThan(0.7 * remote(off))
  expect(delta(on.recording, 'slabs_scanned')).toBeGreaterThan(delta(off.recording, 'slabs_scanned'))
})
