/** Policies that come and go during a run, policies with a scope, and what controllers may see and write. */
import type { FolioList } from 'reclaim-lab'
import { SCAN_TAKE } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { grouped } from '../support/groups'
import { hooked, policy } from '../support/policies'
import { delta, run, runScenario } from '../support/run'
import { MIB, fread, machine, map, open, scenario, sleep, touch } from '../support/tiny'
import { EVERYTHING } from './scenario'

const READS = scenario({ machine: { pages: 4 * MIB }, files: 3000, durationMs: 4000, processes: [[open('f', 3000), ...[0, 1, 2, 3, 4].map(() => fread(3000))]] })
const plain = runScenario(READS)
const HALF = Math.floor(plain.summary.durationNs / 2)

test('before it is attached and after it is detached a policy is not asked, and is told when its time is over', () => {
  const times: number[] = []
  const exits: unknown[] = []
  const target = policy({ hooks: { kswapdTarget(_args, k) { times.push(k.now); return 1 } }, exit: (k, info) => exits.push([k.now, info.kind]) }, { fromNs: HALF / 2, untilNs: HALF })
  const { digest, events } = runScenario(READS, { policies: [target] })
  expect(times.length).toBeGreaterThan(3)
  expect(times[0]).toBeGreaterThanOrEqual(HALF / 2)
  expect(exits).toEqual([[expect.any(Number), 'detached']])
  expect(digest).not.toBe(plain.digest)
  expect(events.filter((e) => e.kind === 'policy_attached' || e.kind === 'policy_detached').map((e) => [e.kind, e.args['policy']])).toEqual([['policy_attached', 'test-policy'], ['policy_detached', 'test-policy']])
})

test('a swap to the same decisions changes nothing', () => {
  const echo = (over: object): ReturnType<typeof policy> => policy({ hooks: { scanBalance: (args, k) => k.base.scanBalance(args) } }, over)
  const swapped = runScenario(READS, { policies: [echo({ untilNs: HALF }), echo({ fromNs: HALF })] })
  expect(swapped.digest).toBe(plain.digest)
  expect(swapped.hooks.map(({ called }) => called > 0)).toEqual([true, true])
})

test('an episode of reclaim asks the hooks that held when it began', () => {
  // kswapd's long run spans the swap: the two policies' calls may overlap in time, but within one run of kswapd there is one of them only.
  const asked: string[] = []
  const note = (name: string, over: object): ReturnType<typeof policy> => policy({ name, hooks: { kswapdTarget: () => { asked.push(name); return undefined }, kswapdSleep: () => { asked.push('|'); return undefined } } }, over)
  const slow = scenario({ machine: machine({ pages: 4 * MIB, swapPages: 4000, swapDisk: { writeLatencyUs: 3000, readLatencyUs: 3000, tags: 4 } }), durationMs: 3000, processes: [[map('a', 3000), touch('a', 'w', 3000), touch('a', 'w', 3000)]] })
  for (const at of [20, 40, 80, 160, 320]) {
    asked.length = 0
    runScenario(slow, { policies: [note('old', { untilNs: at * 1e6 }), note('new', { fromNs: at * 1e6 })] })
    const runs = asked.join(' ').split('|').map((names) => new Set(names.trim().split(' ').filter(Boolean)).size)
    expect(Math.max(...runs)).toBe(1)
  }
})

test('one that comes later is told of the pages that are there, oldest first, and may evict them', () => {
  const evicted: number[] = []
  let there = 0
  const late = policy({
    init: (_params, k) => k.list(),
    hooks: {
      folioAdded(folio, _facts, _task, k) {
        if (k.now < HALF + 1e6) there++
        ;(k.state as FolioList).addHead(folio)
      },
      folioRemoved: (folio) => void evicted.push(folio),
      evictFolios: ({ nr }, k) => (k.state as FolioList).scan(nr, () => SCAN_TAKE),
    },
  }, { fromNs: HALF })
  const { ejections, hooks } = runScenario(READS, { policies: [late] })
  expect(ejections).toEqual([])
  expect(there).toBeGreaterThan(500)
  expect(evicted.length).toBeGreaterThan(1000)
  expect(hooks.find(({ hook }) => hook === 'evictFolios')?.overrode).toBeGreaterThan(20)
})

test('marks follow a policy that makes them as it comes and goes', () => {
  const high = hooked('zoneWatermarks', () => [{ min: 100, low: 200, high: 300, promo: 400 }])
  const seen: number[] = []
  run(READS, { policies: [{ ...high, fromNs: HALF / 2, untilNs: HALF }], everyTurns: 20, watch: (mm) => { if (seen.at(-1) !== mm.zones[0].mark[2]) seen.push(mm.zones[0].mark[2]) } })
  expect(seen).toEqual([plain.summary.marks[0].high, 300, plain.summary.marks[0].high])
})

const GROUPS = grouped({
  machine: { pages: 4 * MIB, swapPages: 3000 }, files: 2000, durationMs: 3000, memcgs: [{ path: 'a' }, { path: 'a/x' }, { path: 'b' }],
  processes: ['a/x', 'b'].map((memcg, i) => ({ name: memcg, memcg, phases: [map('m', 700), touch('m', 'w', 700), open('f', 2000), fread(2000, { start: i * 500, count: 1500 }), touch('m', 'r', 700)] })),
})

test('in a memory cgroup: only its lists and tasks, with those below it', () => {
  const groups = new Set<number>()
  const scoped = policy({ hooks: { scanBalance(args) { groups.add(args.memcg); return undefined }, folioReferences: () => undefined, folioAdded(_f, _facts, task, k) { names.add(k.taskName(task)) }, minFreeKbytes: () => 9999 } }, { scope: { memcg: 'a' } })
  const names = new Set<string>()
  const { digest, hooks } = runScenario(GROUPS, { policies: [scoped] })
  expect([...groups].sort()).toEqual([1, 2])
  expect([...names]).toEqual(['a/x'])
  expect(digest).toBe(runScenario(GROUPS).digest)
  const all = runScenario(GROUPS, { policies: [hooked('folioReferences', () => undefined)] }).hooks[0].called
  const some = hooks.find(({ hook }) => hook === 'folioReferences')?.called ?? 0
  expect(some).toBeGreaterThan(0)
  expect(some).toBeLessThan(all)
  expect(hooks.find(({ hook }) => hook === 'minFreeKbytes')).toBeUndefined()
})

test('a node', () => {
  const two = scenario({ machine: machine({ cpus: 2, zones: [0, 1].map((node) => ({ node, name: 'Normal' as const, managed: 4 * MIB })) }), files: 3000, durationMs: 2000, processes: [[open('f', 3000), fread(3000), fread(3000)]] })
  const nodes = new Set<number>()
  runScenario(two, { policies: [policy({ hooks: { kswapdTarget: ({ node }) => { nodes.add(node); return undefined }, scanBalance: () => undefined } }, { scope: { node: 1 } })] })
  expect([...nodes].filter((node) => node !== 1)).toEqual([])
})

test('a controller sees pressure, zones and swap, and what it may not see in a hook ejects', () => {
  const seen: unknown[] = []
  const controller = policy({ controller: { periodMs: 50, run: (k) => { seen.push(k.psi(), k.zoneinfo(), k.swaps()) } } })
  const { ejections } = runScenario(EVERYTHING, { policies: [controller] })
  expect(ejections).toEqual([])
  expect(seen[0]).toEqual({ someUs: expect.any(Number) as number, fullUs: expect.any(Number) as number })
  expect(seen[1]).toEqual([expect.objectContaining({ name: 'Normal', managed: 9 * MIB })])
  expect(seen[2]).toEqual([{ kind: 'disk', priority: -2, pages: 600, used: expect.any(Number) as number, stored: 0, pool: 0 }])
  for (const call of ['psi', 'zoneinfo', 'swaps', 'writeMemcg', 'reclaimFolios'] as const) {
    const wrong = runScenario(EVERYTHING, { policies: [hooked('kswapdTarget', (_args, k) => { (k as Record<string, () => void>)[call](); return undefined })] })
    expect(wrong.ejections[0]).toMatchObject({ kind: 'invalid-answer', hook: 'kswapdTarget', message: `k.${call} was called in a hook` })
  }
})

test('a controller writes a group\'s files: a limit that takes reclaim is served by the policy\'s own thread', () => {
  const limiter = policy({ controller: { periodMs: 20, run: (k) => { if (k.memcg('b', 'memory.high') > 300) k.writeMemcg('b', 'memory.high', 300) } } })
  const { recording, mm } = run(GROUPS, { policies: [limiter] })
  expect(recording.ejections).toEqual([])
  expect(mm.tasks.map((task) => task.name)).toContain('policyd/test-policy')
  expect(recording.events.find((e) => e.kind === 'memcg_write')).toMatchObject({ args: { memcg: 'b', knob: 'memory.high', value: 300, result: 0 } })
  for (const [path, file, value, said] of [['nobody', 'memory.high', 1, /no memory cgroup nobody/], ['b', 'memory.high', -1, /whole number/], ['b', 'memory.nothing', 1, /k.writeMemcg/]] as const) {
    expect(runScenario(GROUPS, { policies: [policy({ controller: { periodMs: 20, run: (k) => k.writeMemcg(path, file, value) } })] }).ejections[0].message).toMatch(said)
  }
})

test('memory.reclaim of the root and folios of its choice: reclaimed before anybody needs it', () => {
  const idle = scenario({ machine: { pages: 8 * MIB, swapPages: 2000 }, files: 1200, durationMs: 600, processes: [[open('f', 1200), fread(1200), sleep(400)]] })
  expect(delta(runScenario(idle), 'pgsteal_file')).toBe(0)
  const asking = policy({ controller: { periodMs: 200, run: (k) => { if (k.now < 300e6) k.writeMemcg('/', 'memory.reclaim', 400) } } })
  const asked = run(idle, { policies: [asking] }).recording
  expect(asked.ejections).toEqual([])
  expect(asked.summary.gauge['nr_inactive_file'].max - asked.summary.gauge['nr_inactive_file'].end).toBeGreaterThanOrEqual(400)
  const choosing = policy({
    init: (_params, k) => k.list(),
    hooks: { folioAdded(folio, _facts, _task, k) { (k.state as FolioList).addHead(folio) } },
    controller: { periodMs: 200, run: (k) => { if (k.now < 300e6) k.reclaimFolios((k.state as FolioList).scan(500, () => SCAN_TAKE)) } },
  })
  const { recording } = run(idle, { policies: [choosing] })
  expect(recording.ejections).toEqual([])
  const { max, end } = recording.summary.gauge['nr_inactive_file']
  expect(max - end).toBe(500)
})
