/** The soft limit of v1: who is furthest over gives first, when the machine lacks memory and only then. */
import { expect, test } from 'vitest'
import type { Recording } from '../../../main/engine/index'
import { SoftLimitTree, SoftLimits, softLimitExcess } from '../../../main/engine/mm/memcg-soft-tree'
import { pageCounterCharge, pageCounterUncharge } from '../../../main/engine/mm/page-counter'
import { group, grouped, idleGroups, stateOf } from '../support/groups'
import { delta, run } from '../support/run'
import { MIB, map, sleep, touch } from '../support/tiny'

const V1 = { version: 1 } as const

test('the tree: largest excess first, of equals the later one; those below their limit by now are dropped', () => {
  const mm = idleGroups({ machine: { pages: 4 * MIB }, memcgs: ['a', 'b', 'c', 'd'].map((path) => ({ path, softLimit: 100 })), cgroup: V1 })
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((path) => group(mm, path))
  for (const [memcg, pages] of [[a, 150], [b, 400], [c, 150], [d, 90]] as const) pageCounterCharge(memcg.memory, pages)
  expect([a, b, c, d].map(softLimitExcess)).toEqual([50, 300, 50, 0])
  const tree = new SoftLimitTree()
  for (const memcg of [a, b, c, d]) tree.insert(memcg, softLimitExcess(memcg))
  expect(tree.has(d)).toBe(false)
  expect([tree.takeLargest(), tree.takeLargest()]).toEqual([b, c])
  tree.insert(b, 300)
  pageCounterUncharge(b.memory, 350)
  expect([tree.takeLargest(), tree.takeLargest(), tree.empty]).toEqual([a, undefined, true])
})

test('it is looked at after every 1024 events of a group on a CPU, and a few: thresholds are looked at first, every 128', () => {
  const limits = new SoftLimits(1, 2, 2)
  const due: number[] = []
  for (let event = 1; event <= 4000; event++) if (limits.due(1, 0)) due.push(event)
  // mem_cgroup_event_ratelimit is true at the first event past the target: each 129th for thresholds, of those the first past 1024 more.
  expect(due).toEqual([1, 1 + 8 * 129, 1 + 16 * 129, 1 + 24 * 129].filter((event) => event <= 4000))
  expect(limits.due(1, 1)).toBe(true)
})

/** Three groups of 900 pages each; then somebody outside wants more than is left. */
function pressed(limits: readonly (number | undefined)[]): Recording {
  const memcgs = limits.map((softLimit, i) => ({ path: `g${i}`, ...(softLimit === undefined ? {} : { softLimit }) }))
  return run(grouped({
    machine: { pages: 16 * MIB, swapPages: 8000 }, memcgs, cgroup: V1, durationMs: 4000,
    processes: [
      ...memcgs.map(({ path }) => ({ name: path, memcg: path, phases: [map('m', 1200), touch('m', 'w', 1200), sleep(3000)] })),
      { name: 'outside', phases: [sleep(1000), map('m', 900), touch('m', 'w', 900)] },
    ],
  }), { everyTurns: 100 }).recording
}

const stolen = (recording: Recording): readonly number[] => [0, 1, 2].map((i) => stateOf(recording, `g${i}`).stat).map((stat) => stat['pgsteal_kswapd'] + stat['pgsteal_direct'])

test('the group furthest over its soft limit gives; one that is not over it only what everybody gives', () => {
  const [none, far, near] = stolen(pressed([undefined, 300, 1000]))
  expect(far).toBeGreaterThan(300)
  expect(far).toBeGreaterThan(3 * none)
  expect(far).toBeGreaterThan(2 * near)
  // Without soft limits all are alike.
  const equal = stolen(pressed([undefined, undefined, undefined]))
  expect(Math.max(...equal)).toBeLessThan(2 * Math.min(...equal))
})

test('a soft limit is none while there is memory, and its reclaim is the group\'s, not the machine\'s', () => {
  const { recording } = run(grouped({ machine: { pages: 16 * MIB, swapPages: 8000 }, memcgs: [{ path: 'a', softLimit: 10 }], cgroup: V1, processes: [{ name: 'p', memcg: 'a', phases: [map('m', 2000), touch('m', 'w', 2000)] }] }))
  expect([stateOf(recording, 'a').stat['pgscan_kswapd'], stateOf(recording, 'a').stat['pgscan_direct']]).toEqual([0, 0])
  const under = pressed([undefined, 300, 1000])
  expect(delta(under, 'pgscan_kswapd') + delta(under, 'pgscan_direct')).toBeLessThan(delta(under, 'pgscan_anon') + delta(under, 'pgscan_file'))
})
