/** init, exit, state, parameters, randomness and controllers. */
import { expect, test } from 'vitest'
import { hooked, policy } from '../support/policies'
import { MIB, map, scenario, sleep, touch } from '../support/tiny'
import { delta, runScenario } from '../support/run'
import { EVERYTHING } from './scenario'

const IDLE = scenario({ machine: { pages: 4 * MIB }, processes: [[sleep(1000)]], durationMs: 2000 })

test('init makes the state from the parameters, exit sees it', () => {
  const seen: unknown[] = []
  const stateful = policy({
    init: (params) => ({ factor: params['factor'], calls: 0 }),
    hooks: { kswapdBalanced(_args, k) { (k.state as { calls: number }).calls++; return undefined } },
    exit: (k, info) => seen.push(k.state, k.params['factor'], info.kind),
  }, { params: { factor: 3 } })
  const { hooks } = runScenario(EVERYTHING, { policies: [stateful] })
  expect(seen).toEqual([{ factor: 3, calls: hooks.find((h) => h.hook === 'kswapdBalanced')?.called }, 3, 'end'])
})

test('a fault in init ejects before the first hook; in exit after the last', () => {
  const plain = runScenario(EVERYTHING).digest
  const early = runScenario(EVERYTHING, { policies: [policy({ init: () => { throw new Error('not today') }, hooks: { directReclaimTarget: () => 999 } })] })
  expect(early.ejections[0]).toMatchObject({ hook: 'init', kind: 'error', message: 'Error: not today', t: 0 })
  expect(early.digest).toBe(plain)
  const late = runScenario(EVERYTHING, { policies: [policy({ exit: () => { throw new Error('too late') } })] })
  expect(late.ejections[0]).toMatchObject({ hook: 'exit', kind: 'error' })
  expect(late.digest).toBe(plain)
})

test('an ejected policy is not asked again, not even by exit or its controller', () => {
  let after = 0
  const out = policy({ hooks: { zoneWatermarks: () => 1 as never, kswapdBalanced: () => { after++; return undefined } }, exit: () => { after++ }, controller: { periodMs: 10, run: () => { after++ } } })
  expect(runScenario(EVERYTHING, { policies: [out] }).ejections).toHaveLength(1)
  expect(after).toBe(0)
})

test('a controller runs every period of virtual time', () => {
  const times: number[] = []
  const { hooks } = runScenario(IDLE, { policies: [policy({ controller: { periodMs: 300, run: (k) => { times.push(k.now) } } })] })
  expect(times).toEqual([300e6, 600e6, 900e6])
  expect(hooks).toEqual([expect.objectContaining({ hook: 'controller', called: 3 })])
})

test('a controller writes a sysctl: the marks follow at once, and the write is in the log', () => {
  const raiser = policy({ controller: { periodMs: 300, run: (k) => { if (k.sysctl('vm.min_free_kbytes') !== 1600) k.writeSysctl('vm.min_free_kbytes', 1600) } } })
  const { summary, events, ejections } = runScenario(IDLE, { policies: [raiser] })
  expect(ejections).toEqual([])
  expect(summary.marks[0]).toMatchObject({ min: 400, low: 500, high: 600 })
  expect(events.filter((e) => e.kind === 'sysctl_write')).toEqual([expect.objectContaining({ t: 300e6, args: { name: 'vm.min_free_kbytes', value: '1600' } })])
})

test('a controller that writes outside the range is out, and the value stays', () => {
  for (const [name, value, said] of [['vm.swappiness', 201, /0 to 200/], ['vm.swappiness', 0.5, /whole number/], ['vm.nothing', 1, /not a sysctl/], ['vm.lowmem_reserve_ratio', 1, /takes a list/]] as const) {
    const { ejections } = runScenario(IDLE, { policies: [policy({ controller: { periodMs: 300, run: (k) => k.writeSysctl(name, value) } })] })
    expect(ejections[0]).toMatchObject({ hook: 'controller', kind: 'invalid-answer' })
    expect(ejections[0].message).toMatch(said)
  }
})

test('randomness is the policy\'s own: by seed and name, and it shifts nobody else\'s draws', () => {
  const random = scenario({ machine: { pages: 4 * MIB, swapPages: 1000 }, processes: [[map('a', 1500), touch('a', 'w', 1500, { pat: 'rand', count: 3000 })]] })
  const draws = (seed: number, name: string): { drawn: number[]; digest: string } => {
    const drawn: number[] = []
    const { digest } = runScenario(random, { seed, policies: [policy({ name, hooks: { kswapdBalanced(_args, k) { drawn.push(k.rng.below(1000), k.rng.next()); return undefined } } })] })
    return { drawn, digest }
  }
  const one = draws(5, 'one')
  expect(one.drawn.length).toBeGreaterThan(4)
  expect(draws(5, 'one')).toEqual(one)
  expect(draws(5, 'two').drawn).not.toEqual(one.drawn)
  expect(draws(6, 'one').drawn).not.toEqual(one.drawn)
  expect(one.digest).toBe(runScenario(random, { seed: 5 }).digest)
  for (let i = 0; i < one.drawn.length; i += 2) {
    expect(one.drawn[i]).toBeLessThan(1000)
    expect(one.drawn[i + 1]).toBeLessThan(1)
  }
})

test('a policy can not stop the machine: whatever it refuses, the run ends', () => {
  const obstinate = policy({ hooks: { folioReferences: () => 3, keepActive: () => true, reclaimRetry: () => true, kswapdBalanced: () => false, kswapdWake: () => true, scanBalance: () => ({ mode: 'file', anon: 0, file: 0 }) } })
  const small = scenario({ machine: { pages: 4 * MIB, swapPages: 2000 }, processes: [[map('a', 1500), touch('a', 'w', 1500)], [sleep(1), map('b', 700), touch('b', 'w', 700)]], durationMs: 2000 })
  const recording = runScenario(small, { policies: [obstinate], everyTurns: 2000 })
  expect(recording.ejections).toEqual([])
  expect(recording.summary.end).toMatch(/done|time/)
  expect(delta(recording, 'oom_kill')).toBeGreaterThan(0)
})

test('answers of undefined are agreements', () => {
  const { hooks } = runScenario(EVERYTHING, { policies: [hooked('kswapdTarget', () => undefined)] })
  expect(hooks[0].agreed).toBe(hooks[0].called)
})
