/** Protection by hand: shares of memory.min and memory.low down the tree, and what is left to scan. All figures are pages; the divisions are the kernel's, rounded down. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MemcgProtectionArgs } from 'reclaim-lab'
import { intSqrt, mulDiv } from '../../../main/engine/core/maths'
import type { Memcg } from '../../../main/engine/mm/memcg'
import { calculateProtection, memcgBelowLow, memcgBelowMin, unprotectedSize } from '../../../main/engine/mm/memcg-protection'
import type { Mm } from '../../../main/engine/mm/mm'
import { pageCounterCharge } from '../../../main/engine/mm/page-counter'
import { ScanControl } from '../../../main/engine/mm/scan-control'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { group, grouped, idleGroups, stateOf } from '../support/groups'
import { run } from '../support/run'
import { MIB, fread, map, open, sleep, touch } from '../support/tiny'

const GIB = 262_144

type Given = Pick<MemcgProtectionArgs, 'usage' | 'parentUsage' | 'setting' | 'parentEffective' | 'siblingsProtected' | 'recursive'>

function effectiveProtection(given: Given): number {
  return linux61.hooks.memcgProtection({ memcg: 1, kind: 'low', topLevel: false, ...given }, { math: { intSqrt, mulDiv } })
}

test('claimed beyond what the parent affords: shares by what is used of each claim', () => {
  const parent = { parentUsage: 200, parentEffective: 100, siblingsProtected: 150, recursive: true }
  // 100 of 150 claimed and used: 100 * 100 / 150; 50 of 150: 50 * 100 / 150.
  expect(effectiveProtection({ ...parent, usage: 150, setting: 100 })).toBe(66)
  expect(effectiveProtection({ ...parent, usage: 50, setting: 200 })).toBe(33)
})

test('within what the parent affords: each its own claim, and with memory_recursiveprot the rest by unprotected memory', () => {
  const parent = { parentUsage: 200, parentEffective: 300, siblingsProtected: 150 }
  expect(effectiveProtection({ ...parent, usage: 150, setting: 100, recursive: false })).toBe(100)
  // 100 + (300 - 150) * (150 - 100) / (200 - 150)
  expect(effectiveProtection({ ...parent, usage: 150, setting: 100, recursive: true })).toBe(250)
  expect(effectiveProtection({ ...parent, usage: 50, setting: 200, recursive: true })).toBe(50)
})

test('the example of include/linux/memcontrol.h: A (low 2G, usage 3G) above B (low 1G, usage 0.5G) and C (low 1G, usage 2.5G)', () => {
  const parent = { parentUsage: 3 * GIB, parentEffective: 2 * GIB, siblingsProtected: 1.5 * GIB, recursive: true }
  expect(effectiveProtection({ ...parent, usage: 0.5 * GIB, setting: GIB })).toBe(0.5 * GIB)
  // 1G + (2G - 1.5G) * (2.5G - 1G) / (3G - 1.5G)
  expect(effectiveProtection({ ...parent, usage: 2.5 * GIB, setting: GIB })).toBe(1.5 * GIB)
})

test('never more than is used, and together never more than the parent affords', () => {
  const child = fc.record({ usage: fc.integer({ min: 1, max: 1e6 }), setting: fc.integer({ min: 0, max: 2e6 }) })
  fc.assert(fc.property(fc.array(child, { minLength: 1, maxLength: 8 }), fc.integer({ min: 0, max: 4e6 }), fc.boolean(), (children, wanted, recursive) => {
    const parentUsage = children.reduce((sum, { usage }) => sum + usage, 0)
    const parentEffective = Math.min(wanted, parentUsage)
    const siblingsProtected = children.reduce((sum, { usage, setting }) => sum + Math.min(usage, setting), 0)
    const shares = children.map((each) => effectiveProtection({ ...each, parentUsage, parentEffective, siblingsProtected, recursive }))
    shares.forEach((share, i) => expect(share).toBeLessThanOrEqual(children[i].usage))
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(Math.max(parentEffective, 0))
  }), { seed: 20_250_104 })
})

function threeLevels(): Mm {
  const mm = idleGroups({ machine: { pages: 4 * MIB }, memcgs: [{ path: 'a', low: 300, min: 40 }, { path: 'a/x', low: 100, min: 100 }, { path: 'a/y', low: 200 }, { path: 'b', low: 10 }] })
  pageCounterCharge(group(mm, 'a/x').memory, 150)
  pageCounterCharge(group(mm, 'a/y').memory, 250)
  pageCounterCharge(group(mm, 'b').memory, 500)
  return mm
}

/** As a reclaim walks: a group before those below it. */
function walk(mm: Mm, root: Memcg): void {
  for (let id = root.id; id <= root.last; id++) calculateProtection(mm, root, mm.memcgs.groups[id])
}

test('down a tree, as global reclaim walks it', () => {
  const mm = threeLevels()
  walk(mm, mm.memcgs.root)
  const effective = (path: string): readonly number[] => [group(mm, path).memory.emin, group(mm, path).memory.elow]
  // Of the root's children the settings themselves hold.
  expect(effective('a')).toEqual([40, 300])
  expect(effective('b')).toEqual([0, 10])
  // memory.min: 100 claimed of 40, so 100 * 40 / 100. memory.low: 100 and 200 are just what there is.
  expect(effective('a/x')).toEqual([40, 100])
  expect(effective('a/y')).toEqual([0, 200])
  expect(['a', 'a/x', 'a/y', 'b'].map((path) => memcgBelowLow(group(mm, path)))).toEqual([false, false, false, false])
  pageCounterCharge(group(mm, 'a/x').memory, -120)
  walk(mm, mm.memcgs.root)
  // 30 used of 100: they are 30 of 30 + 200 claims, and of the 300 that a has, 70 are left for a/y's unprotected 50 of 280 - 230.
  expect(effective('a/x')).toEqual([30, 30])
  expect(effective('a/y')).toEqual([10, 270])
  expect([memcgBelowMin(group(mm, 'a/x')), memcgBelowLow(group(mm, 'a/x')), memcgBelowMin(group(mm, 'a/y')), memcgBelowLow(group(mm, 'a/y'))]).toEqual([true, true, false, true])
})

test('the target of a reclaim has no protection against it, those below have their own', () => {
  const mm = threeLevels()
  walk(mm, group(mm, 'a'))
  expect([group(mm, 'a').memory.elow, group(mm, 'a/x').memory.elow, group(mm, 'a/x').memory.emin, group(mm, 'a/y').memory.elow]).toEqual([0, 100, 100, 200])
})

test('what is left to scan: the share beyond the protection, at least 32 pages', () => {
  const mm = idleGroups({ machine: { pages: 4 * MIB }, memcgs: [{ path: 'a', low: 30_000 }] })
  const { memory } = group(mm, 'a')
  pageCounterCharge(memory, 40_000)
  walk(mm, mm.memcgs.root)
  const sc = new ScanControl('direct')
  const left = (size: number): number => unprotectedSize(mm.memcgs, group(mm, 'a').id, size, sc)
  // 10000 - 10000 * 30000 / 40001 = 10000 - 7499
  expect(left(10_000)).toBe(2501)
  expect(sc.memcgLowSkipped).toBe(true)
  expect(left(100)).toBe(32)
  expect(left(10)).toBe(32)
  memory.emin = 10_000
  // The second pass: only memory.min counts. 10000 - 10000 * 10000 / 40001 = 10000 - 2499
  sc.memcgLowReclaim = true
  expect(left(10_000)).toBe(7501)
  sc.targetMemcg = group(mm, 'a')
  expect(left(10_000)).toBe(10_000)
})

/** A quiet group with a cached file, and a hog that wants more than is left. */
function pressed(low: number, min: number, swapPages: number): ReturnType<typeof run>['recording'] {
  return run(grouped({
    machine: { pages: 16 * MIB, swapPages }, files: 1500, memcgs: [{ path: 'quiet', low, min }, { path: 'hog' }], durationMs: 3000,
    processes: [
      { name: 'quiet', memcg: 'quiet', phases: [open('f', 1500), fread(1500), sleep(2000)] },
      { name: 'hog', memcg: 'hog', phases: [sleep(500), map('a', 3600), touch('a', 'w', 3600)] },
    ],
  })).recording
}

test('memory.low: reclaim takes from the other group, but for moments in which that is all under writeback; memory.min: always; without, from both', () => {
  const stolen = (low: number, min: number): readonly number[] => ['quiet', 'hog'].map((path) => stateOf(pressed(low, min, 8000), path).stat).map((stat) => stat['pgsteal_kswapd'] + stat['pgsteal_direct'])
  const [none, noneHog] = stolen(0, 0)
  expect(none).toBeGreaterThan(500)
  expect(stolen(2000, 0)[0]).toBeLessThan(none / 10)
  expect(stolen(0, 2000)[0]).toBe(0)
  expect(stolen(2000, 0)[1]).toBeGreaterThan(noneHog)
})

test('without swap the hog has nothing to give: memory.low is broken rather than anybody killed, memory.min is not', () => {
  const low = pressed(2000, 0, 0)
  expect(stateOf(low, 'quiet').events['low']).toBeGreaterThan(0)
  expect(low.summary.delta['oom_kill']).toBe(0)
  expect(stateOf(low, 'quiet').stat['pgsteal_direct']).toBeGreaterThan(500)
  const min = pressed(0, 2000, 0)
  expect(stateOf(min, 'quiet').stat['pgsteal_direct']).toBe(0)
  expect(stateOf(min, 'hog').events['oom_kill']).toBe(1)
})

test('partly protected: the more, the less is taken', () => {
  const taken = [0, 400, 800, 1200].map((low) => stateOf(pressed(low, 0, 8000), 'quiet').stat['pgsteal_kswapd'])
  expect([...taken].sort((a, b) => b - a)).toEqual(taken)
})
