/** Memory cgroups one mechanism at a time: who is charged for what, limits, kills, sleeps, writes to files, and what becomes of a group that is removed. */
import { expect, test } from 'vitest'
import type { MemcgSpec, Phase, Recording } from '../../../main/engine/index'
import { calculateHighDelay } from '../../../main/engine/mm/memcg-high'
import { memcgIterShared } from '../../../main/engine/mm/memcg'
import { allocPageCharged } from '../../../main/engine/mm/memcg-charge'
import { GFP_HIGHUSER_MOVABLE } from '../../../main/engine/mm/gfp'
import { giveBack } from '../../../main/engine/mm/page-alloc'
import { finish } from '../support/idle'
import { group, grouped, idleGroups, stateOf } from '../support/groups'
import type { Grouped } from '../support/groups'
import { delta, run } from '../support/run'
import { MIB, fread, fwrite, map, open, sleep, snap, touch, unmap } from '../support/tiny'

const end = (recording: Recording, name: string): string | undefined => recording.summary.tasks.find((task) => task.name === name)?.end
const process = (name: string, memcg: string, phases: readonly Phase[]) => ({ name, memcg, phases })

function ran(parts: Grouped, everyTurns = 100): Recording {
  return run(grouped(parts), { everyTurns }).recording
}

// ---- charging -----------------------------------------------------------------------------------------------------------

test('pages are charged 64 at a time, up the tree; what a CPU holds in advance counts as used', () => {
  const mm = idleGroups({ machine: { pages: 4 * MIB }, memcgs: [{ path: 'a' }, { path: 'a/x' }] })
  const x = group(mm, 'a/x')
  const pages = Array.from({ length: 65 }, () => finish(mm, allocPageCharged(mm, GFP_HIGHUSER_MOVABLE, x.id)))
  expect([x, group(mm, 'a'), mm.memcgs.root].map(({ memory }) => memory.usage)).toEqual([128, 128, 128])
  expect(mm.memcgs.stocks[0]).toMatchObject({ cached: x, pages: 63 })
  expect(pages.every((pfn) => mm.memcgOf?.[pfn] === x.id)).toBe(true)
  for (const pfn of pages) giveBack(mm, pfn)
  expect(x.memory.usage).toBe(63)
  // Another group's charge drains what the CPU held for this one.
  finish(mm, allocPageCharged(mm, GFP_HIGHUSER_MOVABLE, group(mm, 'a').id))
  expect([x.memory.usage, group(mm, 'a').memory.usage]).toEqual([0, 64])
})

test('anonymous pages, their page tables, cached pages, their xarray nodes and buffer heads: all of the group', () => {
  const recording = ran({
    machine: { pages: 16 * MIB }, files: 640, memcgs: [{ path: 'a' }],
    processes: [process('p', 'a', [map('m', 600), touch('m', 'w', 600), open('f', 640), fread(640), fwrite(78), snap('all'), unmap('m'), sleep(10), snap('unmapped')])],
  })
  const all = stateOf(recording, 'a', 'all').stat
  expect([all['anon'], all['file'], all['file_dirty']]).toEqual([600, 640, 78])
  // Two page tables; ten leaves and one node above of 584 bytes, and 78 buffer heads of 112: 15,160 bytes in four pages.
  expect(all['kernel']).toBe(2 + 4)
  const unmapped = stateOf(recording, 'a', 'unmapped')
  expect([unmapped.stat['anon'], unmapped.stat['kernel']]).toEqual([0, 4])
  // What is left over of the last batch of 64 and of the freed page tables waits in the CPU's stock.
  expect(unmapped.current - 640 - 4).toBeGreaterThanOrEqual(0)
  expect(unmapped.current - 640 - 4).toBeLessThan(64)
  expect(stateOf(recording, 'a').stat['anon']).toBe(0)
})

test('a file that two groups read is paid for by the one that reads it first', () => {
  const recording = ran({
    machine: { pages: 16 * MIB }, files: 500, memcgs: [{ path: 'a' }, { path: 'b' }],
    processes: [process('first', 'a', [open('f', 500), fread(500)]), process('second', 'b', [sleep(500), open('f', 500), fread(500)])],
  })
  expect([stateOf(recording, 'a').stat['file'], stateOf(recording, 'b').stat['file']]).toEqual([500, 0])
})

test('the root pays for nothing of its own', () => {
  const recording = ran({ machine: { pages: 16 * MIB }, memcgs: [{ path: 'a' }], processes: [{ name: 'p', phases: [map('m', 1000), touch('m', 'w', 1000), snap('x')] }] })
  expect(stateOf(recording, 'a', 'x').current).toBe(0)
})

// ---- memory.max ---------------------------------------------------------------------------------------------------------

const LIMITED: readonly MemcgSpec[] = [{ path: 'a', max: 600 }, { path: 'b' }]
const HOG: readonly Phase[] = [map('m', 1500), touch('m', 'w', 1500), snap('full'), touch('m', 'r', 1500)]

test('memory.max with swap: reclaim inside the group keeps it, nobody else is touched and the machine sees no shortage', () => {
  const recording = ran({ machine: { pages: 16 * MIB, swapPages: 3000 }, memcgs: LIMITED, processes: [process('hog', 'a', HOG), process('other', 'b', [map('m', 500), touch('m', 'w', 500), sleep(200)])] })
  const a = stateOf(recording, 'a')
  expect(end(recording, 'hog')).toBe('exited')
  expect(a.peak).toBeLessThanOrEqual(601)
  expect(a.events['max']).toBeGreaterThan(10)
  expect([a.events['oom'], a.events['oom_kill'], delta(recording, 'pageoutrun'), recording.summary.directReclaim.count]).toEqual([0, 0, 0, 0])
  expect(stateOf(recording, 'a', 'full').swap).toBeGreaterThan(800)
  expect(stateOf(recording, 'b').stat['pgscan_direct']).toBe(0)
  // Reclaim for a group's sake is the group's, not the machine's; the machine counts only anon and file.
  expect([delta(recording, 'pgscan_direct'), delta(recording, 'pgsteal_direct')]).toEqual([0, 0])
  expect(delta(recording, 'pgscan_anon')).toBe(a.stat['pgscan_direct'])
  expect(delta(recording, 'pgsteal_anon')).toBe(a.stat['pgsteal_direct'])
  expect(recording.events.some((event) => event.kind === 'mm_vmscan_memcg_reclaim_end' && event.args['memcg'] === 'a')).toBe(true)
})

test('memory.max without swap: the group\'s own OOM killer, also where a larger process lives outside', () => {
  const recording = ran({ machine: { pages: 16 * MIB }, memcgs: LIMITED, processes: [process('hog', 'a', HOG), process('larger', 'b', [map('m', 2500), touch('m', 'w', 2500), sleep(500)])] })
  expect([end(recording, 'hog'), end(recording, 'larger')]).toEqual(['killed', 'exited'])
  expect(stateOf(recording, 'a').events).toMatchObject({ oom: 1, oom_kill: 1 })
  expect(stateOf(recording, 'a').current).toBe(0)
  expect(recording.events.find((event) => event.kind === 'mark_victim')?.args).toMatchObject({ victim: 'hog', memcg: 'a', usage: 600, max: 600 })
})

test('of a group\'s processes the worst is taken, and the one that asked goes on', () => {
  const recording = ran({
    machine: { pages: 16 * MIB }, memcgs: [{ path: 'a', max: 1000 }],
    processes: [process('big', 'a', [map('m', 700), touch('m', 'w', 700), sleep(2000)]), process('small', 'a', [sleep(100), map('m', 500), touch('m', 'w', 500)])],
  })
  expect([end(recording, 'big'), end(recording, 'small')]).toEqual(['killed', 'exited'])
})

test('memory.oom.group: all of it, but for those that may not be killed', () => {
  const half = [map('m', 300), touch('m', 'w', 300), sleep(2000)]
  const recording = ran({
    machine: { pages: 16 * MIB }, memcgs: [{ path: 'g', oomGroup: 1 }, { path: 'g/x', max: 800 }, { path: 'h' }],
    processes: [process('one', 'g/x', half), process('two', 'g/x', half), { ...process('spared', 'g/x', half), oomScoreAdj: -1000 }, process('elsewhere', 'h', half)],
  })
  // memory.oom.group of a group above the one that is full does not count.
  expect(stateOf(recording, 'g').events).toMatchObject({ oom_group_kill: 0, oom_kill: 1 })
  const whole = ran({
    machine: { pages: 16 * MIB }, memcgs: [{ path: 'x', max: 800, oomGroup: 1 }, { path: 'h' }],
    processes: [process('one', 'x', half), process('two', 'x', half), { ...process('spared', 'x', half), oomScoreAdj: -1000 }, process('elsewhere', 'h', half)],
  })
  expect(['one', 'two', 'spared', 'elsewhere'].map((name) => end(whole, name))).toEqual(['killed', 'killed', 'exited', 'exited'])
  expect(stateOf(whole, 'x').events).toMatchObject({ oom_group_kill: 1, oom_kill: 2 })
})

test('a limit holds for all below it: the fuller of two groups gives', () => {
  const recording = ran({
    machine: { pages: 16 * MIB, swapPages: 4000 }, memcgs: [{ path: 'a', max: 1000 }, { path: 'a/x' }, { path: 'a/y' }],
    processes: [process('idle', 'a/x', [map('m', 500), touch('m', 'w', 500), sleep(3000)]), process('growing', 'a/y', [sleep(100), map('m', 900), touch('m', 'w', 900), snap('grown')])],
  })
  expect(stateOf(recording, 'a').peak).toBeLessThanOrEqual(1001)
  expect(stateOf(recording, 'a/x', 'grown').stat['pgsteal_direct']).toBeGreaterThan(50)
  expect(stateOf(recording, 'a/x').events['max']).toBe(0)
  expect(stateOf(recording, 'a').events['max']).toBeGreaterThan(0)
})

test('memory.swap.max: what does not fit there is not swapped, and the group is killed for it', () => {
  const recording = ran({ machine: { pages: 16 * MIB, swapPages: 3000 }, memcgs: [{ path: 'a', max: 600, swapMax: 200 }], processes: [process('hog', 'a', HOG)] })
  expect(end(recording, 'hog')).toBe('killed')
  expect(stateOf(recording, 'a').events['swap_max']).toBeGreaterThan(0)
  expect(delta(recording, 'pswpout')).toBeLessThanOrEqual(200)
  expect(stateOf(recording, 'a').swap).toBeLessThanOrEqual(200)
})

test('a writer in a small group is held back by the group\'s own dirty limits, not killed', () => {
  const recording = ran({ machine: { pages: 64 * MIB, disk: { iops: 500, bytesPerSec: 20_000_000 } }, files: 4000, memcgs: [{ path: 'a', max: 800 }], processes: [process('writer', 'a', [open('f', 4000), fwrite(4000)])], durationMs: 60_000 })
  expect(end(recording, 'writer')).toBe('exited')
  expect(stateOf(recording, 'a').events['oom']).toBe(0)
  const most = recording.series.columns[recording.series.ids.indexOf('nr_dirty')].reduce((max, dirty) => Math.max(max, dirty), 0)
  // 20 % of what the group can have, plus what is written between two looks; the machine's own limit would be thousands.
  expect(most).toBeLessThan(250)
})

test('v1 has no dirty limits of its own: reclaim waits for single pages instead, and the writer is not killed either', () => {
  const recording = ran({ machine: { pages: 64 * MIB, disk: { iops: 500, bytesPerSec: 20_000_000 } }, files: 2000, memcgs: [{ path: 'a', max: 800 }], cgroup: { version: 1 }, processes: [process('writer', 'a', [open('f', 2000), fwrite(2000)])], durationMs: 60_000 })
  expect([end(recording, 'writer'), stateOf(recording, 'a').events['oom_kill']]).toEqual(['exited', 0])
  // Reclaim that met nothing but unwritten pages waited for some to be written.
  expect(recording.events.some((event) => event.kind === 'mm_vmscan_throttled' && event.args['reason'] === 'VMSCAN_THROTTLE_WRITEBACK')).toBe(true)
})

// ---- memory.high --------------------------------------------------------------------------------------------------------

test('the sleep for memory.high: the table of mm/memcontrol.c, high = 100 MiB, one batch charged', () => {
  const table = [0, 6, 25, 57, 102, 159, 230, 313, 409, 518, 639, 774, 921, 1081, 1254, 1439, 1638, 1849, 2000, 2000, 2000]
  table.forEach((ms, over) => expect(Math.min(2000, calculateHighDelay({ usage: (100 + over) * MIB, high: 100 * MIB }, 64, 1000)), `${100 + over} MiB`).toBe(ms))
  // A task pays for what it charged itself; and ticks are those of the machine.
  expect(calculateHighDelay({ usage: 110 * MIB, high: 100 * MIB }, 32, 1000)).toBe(319)
  expect(calculateHighDelay({ usage: 110 * MIB, high: 100 * MIB }, 64, 250)).toBe(159)
  expect(calculateHighDelay({ usage: 100 * MIB, high: 100 * MIB }, 64, 1000)).toBe(0)
})

/** Batches of 64 beyond the limit of 600 pages for a hog of 1500 and its three page tables: from 640 to 1536. */
const SLEEPS = (1536 - 640) / 64 + 1

test('memory.high: beyond it the process reclaims; without anything to reclaim it sleeps, and is not killed', () => {
  const memcgs = [{ path: 'a', high: 600 }]
  const swapping = ran({ machine: { pages: 16 * MIB, swapPages: 3000 }, memcgs, processes: [process('hog', 'a', HOG)] })
  expect(stateOf(swapping, 'a').peak).toBeLessThan(800)
  expect(stateOf(swapping, 'a').events['high']).toBeGreaterThan(10)
  const stuck = ran({ machine: { pages: 16 * MIB }, memcgs, processes: [process('hog', 'a', HOG)], durationMs: 60_000 })
  const a = stateOf(stuck, 'a')
  expect([a.events['oom_kill'], end(stuck, 'hog')]).toEqual([0, 'exited'])
  // All but the first are worth the longest sleep, two seconds.
  expect(a.stat['high_throttled']).toBe(SLEEPS)
  expect(a.stat['high_throttled_ns'] / 1e9).toBeGreaterThan(2 * (SLEEPS - 3))
  expect(a.stat['high_throttled_ns'] / 1e9).toBeLessThan(2 * SLEEPS)
  expect(stuck.events.find((event) => event.kind === 'memcg_throttled')?.args).toMatchObject({ memcg: 'a', high: 600 })
})

// ---- files written while it runs ----------------------------------------------------------------------------------------

const write = (path: string, knob: Extract<Phase, { op: 'memcg' }>['knob'], v: number | 'max'): Phase => ({ op: 'memcg', path, knob, v })
const writes = (recording: Recording): readonly unknown[] => recording.events.filter((event) => event.kind === 'memcg_write').map(({ args }) => [args['knob'], args['result'] ?? args['refused']])

test('memory.reclaim: as many pages as asked for, or -EAGAIN when they are not to be had', () => {
  const recording = ran({
    machine: { pages: 16 * MIB }, files: 1000, memcgs: [{ path: 'a' }],
    processes: [process('reader', 'a', [open('f', 1000), fread(1000), sleep(1000)]), { name: 'admin', phases: [sleep(300), snap('before'), write('a', 'memory.reclaim', 200), snap('after'), write('a', 'memory.reclaim', 5000), snap('empty')] }],
  })
  expect(writes(recording)).toEqual([['memory.reclaim', 0], ['memory.reclaim', -11]])
  const [before, after, empty] = ['before', 'after', 'empty'].map((label) => stateOf(recording, 'a', label).stat['file'])
  expect(before).toBe(1000)
  // At least 200, and no more than the batches in which the lists are scanned.
  expect(before - after).toBeGreaterThanOrEqual(200)
  expect(before - after).toBeLessThan(300)
  expect(empty).toBe(0)
  expect(stateOf(recording, 'a').events['max']).toBe(0)
})

test('lowering memory.max reclaims down to it, and kills where it must; lowering memory.high only reclaims', () => {
  const parts = (swapPages: number, knob: 'memory.max' | 'memory.high'): Recording => ran({
    machine: { pages: 16 * MIB, swapPages }, memcgs: [{ path: 'a' }],
    processes: [process('holder', 'a', [map('m', 1000), touch('m', 'w', 1000), sleep(3000)]), { name: 'admin', phases: [sleep(300), write('a', knob, 400), snap('written')] }],
  })
  const max = parts(3000, 'memory.max')
  expect([end(max, 'holder'), stateOf(max, 'a', 'written').current]).toEqual(['exited', expect.toSatisfy((pages: number) => pages <= 400)])
  expect(end(parts(0, 'memory.max'), 'holder')).toBe('killed')
  expect(end(parts(0, 'memory.high'), 'holder')).toBe('exited')
  expect(stateOf(parts(3000, 'memory.high'), 'a', 'written').current).toBeLessThanOrEqual(400)
})

test('v1: the limit is refused when it can\'t be reached, and nobody is killed for it; v2 names are not its own', () => {
  const recording = ran({
    machine: { pages: 16 * MIB }, memcgs: [{ path: 'a' }], cgroup: { version: 1 },
    processes: [process('holder', 'a', [map('m', 1000), touch('m', 'w', 1000), sleep(2000)]), { name: 'admin', phases: [sleep(300), write('a', 'memory.limit_in_bytes', 400), write('a', 'memory.max', 400), write('a', 'memory.limit_in_bytes', 1500)] }],
  })
  expect(writes(recording)).toEqual([['memory.limit_in_bytes', -16], ['memory.max', 'memory.max belongs to the other version of cgroups'], ['memory.limit_in_bytes', 0]])
  expect([end(recording, 'holder'), stateOf(recording, 'a').limits['memory.limit_in_bytes']]).toEqual(['exited', 1500])
})

test('rmdir: not while somebody lives there; afterwards its pages stay charged, lose protection and are reclaimed to the last', () => {
  const recording = ran({
    machine: { pages: 16 * MIB }, files: 800, memcgs: [{ path: 'a', min: 5000 }, { path: 'b' }],
    processes: [process('p', 'a', [open('f', 800), fread(800), sleep(100)]), process('hog', 'b', [sleep(50), { op: 'rmdir', path: 'a' }, sleep(600), { op: 'rmdir', path: 'a' }, snap('removed'), map('m', 3900), touch('m', 'w', 3900), snap('pressed')])],
  })
  expect(recording.events.filter((event) => event.kind === 'memcg_write').map((event) => event.args['result'])).toEqual([-16, 0])
  const removed = stateOf(recording, 'a', 'removed')
  expect([removed.removed, removed.stat['file'], removed.limits['memory.min']]).toEqual([true, 800, undefined])
  expect(stateOf(recording, 'a', 'pressed').stat['file']).toBeLessThan(200)
})

// ---- walking, ages ------------------------------------------------------------------------------------------------------

test('the shared walk: reclaimers go on where the last one stopped, and a finished round ends everybody\'s', () => {
  const mm = idleGroups({ machine: { pages: 4 * MIB }, memcgs: [{ path: 'a' }, { path: 'b' }, { path: 'a/x' }, { path: 'a/y' }] })
  const a = group(mm, 'a')
  expect(mm.memcgs.groups.map(({ path }) => path)).toEqual(['', 'a', 'a/x', 'a/y', 'b'])
  const [mine, theirs] = [{ generation: 0 }, { generation: 0 }]
  const first = memcgIterShared(mm.memcgs, a, 0, undefined, mine)
  const second = memcgIterShared(mm.memcgs, a, 0, undefined, theirs)
  expect([first?.path, second?.path]).toEqual(['a', 'a/x'])
  const third = memcgIterShared(mm.memcgs, a, 0, first, mine)
  expect(third?.path).toBe('a/y')
  expect(memcgIterShared(mm.memcgs, a, 0, third, mine)).toBeUndefined()
  expect(memcgIterShared(mm.memcgs, a, 0, second, theirs)).toBeUndefined()
  expect(memcgIterShared(mm.memcgs, a, 0, undefined, mine)?.path).toBe('a')
})

test('evictions age the group that caused them and all above; a refault is judged there and counted where the page belongs', () => {
  const { recording, mm } = run(grouped({
    machine: { pages: 16 * MIB }, files: 900, memcgs: [{ path: 'a', max: 600 }, { path: 'a/x' }, { path: 'b' }],
    processes: [process('reader', 'a/x', [open('f', 900), fread(900, { count: 2700 })])],
  }), { everyTurns: 100 })
  const [root, a, x, b] = ['', 'a', 'a/x', 'b'].map((path) => mm.lruvecOf(mm.memcgs.find(path)?.id ?? -1, mm.nodes[0]))
  // Reclaim was for a: its clock and the root's went, not that of the group whose pages they were, but for activations.
  expect(a.nonresidentAge).toBeGreaterThan(1000)
  expect(root.nonresidentAge).toBe(a.nonresidentAge)
  expect(x.nonresidentAge).toBeLessThan(a.nonresidentAge - 1000)
  expect(b.nonresidentAge).toBe(0)
  expect(stateOf(recording, 'a/x').stat['workingset_refault_file']).toBe(delta(recording, 'workingset_refault_file'))
  expect(delta(recording, 'workingset_refault_file')).toBeGreaterThan(1000)
  expect(mm.files[0].shadowMemcg?.some((owner) => owner === mm.memcgs.find('a')?.id)).toBe(true)
})

test('with the root alone there is no column, and no group\'s state in the recording', () => {
  const { recording, mm } = run(grouped({ machine: { pages: 8 * MIB }, memcgs: [], processes: [{ name: 'p', phases: [map('m', 500), touch('m', 'w', 500)] }] }))
  expect([mm.memcgOf, recording.summary.memcgs, recording.snapshots[0].memcgs]).toEqual([undefined, undefined, undefined])
  expect(mm.lruvecs.length).toBe(1)
})
