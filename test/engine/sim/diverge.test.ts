/** Where two runs part: the very call is named, identical runs never part, and looking changes nothing. */
import fc from 'fast-check'
import type { KernelDefinition, ScanBalance, ScanBalanceArgs } from 'reclaim-lab'
import { describe, expect, test } from 'vitest'
import { DifferenceExplainer, DifferenceFinder, createSimulation } from '../../../main/engine/index'
import type { Difference, Differences, RunInput, Scenario } from '../../../main/engine/index'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { policy } from '../support/policies'
import { MIB, fread, map, open, scenario, sleep, touch } from '../support/tiny'

/** Anonymous memory and a file, together more than the machine has, with swap. */
function pressed(cpus = 1, over: Partial<Scenario> = {}): Scenario {
  const hog = [map('heap', 9 * MIB), touch('heap', 'w', 9 * MIB), sleep(5), touch('heap', 'r', 9 * MIB, { pat: 'rand', count: 3000 })]
  return { ...scenario({ machine: { cpus, pages: 8 * MIB, swapPages: 32 * MIB }, files: 8 * MIB, processes: [hog, [open(), fread(8 * MIB), fread(8 * MIB)]], durationMs: 4000 }), ...over }
}

function input(over: Partial<RunInput> = {}): RunInput {
  return { scenario: pressed(), kernel: linux61, policies: [], seed: 1, ...over }
}

function find(a: RunInput, b: RunInput, most?: number): Differences {
  const finder = new DifferenceFinder({ a, b }, most)
  while (finder.step(5000));
  return finder.result()
}

function explain(a: RunInput, b: RunInput, difference: Difference): { readonly explainer: DifferenceExplainer; readonly told: ReturnType<DifferenceExplainer['result']> } {
  const explainer = new DifferenceExplainer({ a, b }, difference)
  while (explainer.step(5000));
  return { explainer, told: explainer.result() }
}

function digestOf(of: RunInput): string {
  const sim = createSimulation(of)
  while (sim.step(5000));
  return sim.finish().digest
}

/** A fork of 6.1 with one line changed: the n-th answer to scanBalance that divides at all spares anon. */
function forkedAt(n: number, seen: ScanBalanceArgs[]): KernelDefinition {
  let calls = 0
  return {
    ...linux61, name: 'my-6.1',
    hooks: {
      ...linux61.hooks,
      scanBalance: (args): ScanBalance => {
        const balance = linux61.hooks.scanBalance(args)
        if (balance.mode !== 'fract' || ++calls < n) return balance
        if (calls === n) seen.push({ ...args })
        return { ...balance, anon: 0 }
      },
    },
  }
}

describe('a student forks the kernel and changes one line of scanBalance', () => {
  for (const n of [1, 7, 19]) {
    test(`whose ${n}. answer differs: that call is named, with what it saw and both answers`, () => {
      const saw: ScanBalanceArgs[] = []
      // A kernel that counts is good for one run.
      const pair = (): [RunInput, RunInput] => [input(), input({ kernel: forkedAt(n, saw) })]
      const [first] = find(...pair()).differences
      expect(first).toMatchObject({ kind: 'answer', a: { hook: 'scanBalance' }, b: { hook: 'scanBalance' } })
      expect(first.a).toEqual(first.b)
      const { told } = explain(...pair(), first)
      expect(told.a.call?.args).toEqual([saw[0]])
      expect(told.b.call?.args).toEqual([saw[0]])
      expect(told.b.call?.answer).toEqual({ ...(told.a.call?.answer as ScanBalance), anon: 0 })
      expect((told.a.call?.answer as ScanBalance).anon).toBeGreaterThan(0)
      expect(told.a.situation).toEqual(told.b.situation)
      // What follows first is what follows in the kernel: scan counts, once the share is a whole page.
      const [scan] = told.deeds
      expect(scan).toMatchObject({ kind: 'scan', b: { t: scan.a?.t, args: { inactive_anon: 0, active_anon: 0 } } })
      expect(Number(scan.a?.args['inactive_anon']) + Number(scan.a?.args['active_anon'])).toBeGreaterThan(0)
    })
  }

  test('all calls before it were the same, in number too', () => {
    const found = find(input(), input({ kernel: forkedAt(7, []) }))
    expect(found.alike).toBe((found.differences[0].a?.n ?? 0) - 1)
    expect(found.seen).toBeUndefined()
  })

  test('the chain ends in pages that only one run evicted and in counters that part', () => {
    const pair = (): [RunInput, RunInput] => [input(), input({ kernel: forkedAt(1, []) })]
    const { told } = explain(...pair(), find(...pair()).differences[0])
    expect(told.deeds.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['scan', 'isolated', 'evicted']))
    const [alone] = told.pages.filter(({ side }) => side === 'a')
    // A page that comes back from swap is known by name, though nobody has mapped it yet.
    const back = told.deeds.find(({ kind }) => kind === 'refault')
    expect(String(back?.a?.args['page'] ?? back?.b?.args['page'])).toMatch(/^(p\d:heap|file:\/\S+):\d+$/)
    // No anonymous page is swapped out any more by the fork; the kernel does.
    expect(told.counters.map(({ name }) => name)).toEqual(expect.arrayContaining(['pgscan_anon', 'pswpout']))
    expect(alone.evicted.t).toBeGreaterThanOrEqual(told.a.situation?.t ?? Infinity)
    if (alone.back !== undefined) expect(alone.back.t).toBeGreaterThan(alone.evicted.t)
    for (const { at, a, b } of told.counters) {
      expect(a.value).not.toBe(b.value)
      expect(at.touch).toBeGreaterThan(0)
    }
  })
})

describe('runs that are the same never part', () => {
  test('a run and itself, whatever the machine and the seed', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 6, max: 12 }), (cpus, seed, mib) => {
      const of = input({ seed, scenario: { ...pressed(cpus), machine: { ...pressed(cpus).machine, zones: [{ node: 0, name: 'Normal', managed: mib * MIB }] } } })
      const found = find(of, of)
      expect(found.differences).toEqual([])
      expect(found.seen).toBeUndefined()
      expect(found.alike).toBe(found.calls.a)
      expect(found.calls.a).toBe(found.calls.b)
      expect(found.whole).toBe(true)
    }), { numRuns: 6 })
  })

  test('the kernel against an unedited fork of itself, run as a policy', () => {
    const fork = policy({ name: 'fork', hooks: linux61.hooks as never })
    const found = find(input(), input({ policies: [fork] }))
    expect(found.differences).toEqual([])
    expect(found.calls.a).toBeGreaterThan(1000)
    expect(found.hooks.every(({ differing }) => differing === 0)).toBe(true)
  })
})

describe('machines that differ before any decision', () => {
  test('another swappiness is seen by scanBalance before any answer differs, or with the first that does', () => {
    const found = find(input(), input({ scenario: pressed(1, { sysctls: { 'vm.swappiness': 10 } }) }))
    const [first] = found.differences
    expect(first.a?.hook).toBe('scanBalance')
    const { told } = explain(input(), input({ scenario: pressed(1, { sysctls: { 'vm.swappiness': 10 } }) }), first)
    expect(told.a.call?.args).toMatchObject([{ swappiness: 60 }])
    expect(told.b.call?.args).toMatchObject([{ swappiness: 10 }])
  })

  test('higher marks: the first decisions are those of boot, then a kswapd that only one machine had to wake', () => {
    const raised = input({ scenario: pressed(1, { sysctls: { 'vm.min_free_kbytes': 2048 } }) })
    const { differences } = find(input(), raised)
    expect(differences[0]).toMatchObject({ kind: 'only', at: { task: 'boot', touch: 0 }, a: { hook: 'minFreeKbytes' } })
    const wake = differences.find(({ kind, a, b }) => kind === 'only' && (a ?? b)?.hook === 'kswapdWake')
    expect(wake?.a).toBeUndefined()
    const { told } = explain(input(), raised, wake as Difference)
    expect(told.b.call?.answer).toBe(true)
    // The machine that had nothing to decide was above its mark at the same touch.
    const zone = told.a.situation?.zones[0]
    expect(zone?.free).toBeGreaterThan(zone?.low ?? Infinity)
    expect(told.a.situation?.touch).toBe(wake?.at.touch)
  })

  test('another seed: random touches part, and the first decision after them is told', () => {
    const found = find(input(), input({ seed: 2 }))
    expect(found.alike).toBeGreaterThan(0)
    expect(found.differences.length).toBeGreaterThan(0)
  })
})

describe('order and bounds', () => {
  test('differences come in the order of the workload’s touches, and fewer asked for are the first of more', () => {
    const pair = (): [RunInput, RunInput] => [input(), input({ kernel: forkedAt(3, []) })]
    const all = find(...pair(), 1e9)
    expect(all.whole).toBe(true)
    const works = all.differences.map(({ work }) => work)
    expect(works).toEqual(works.toSorted((a, b) => a - b))
    const few = find(...pair(), 1)
    expect(few.differences.length).toBeGreaterThanOrEqual(1)
    expect(few.differences).toEqual(all.differences.slice(0, few.differences.length))
  })

  test('the counts by hook add up to the calls of both runs', () => {
    const all = find(input(), input({ kernel: forkedAt(3, []) }), 1e9)
    const compared = all.hooks.reduce((sum, { same, differing }) => sum + 2 * same + differing, 0)
    expect(compared).toBe(all.calls.a + all.calls.b)
  })
})

test('looking changes nothing: the digests are those of the bare runs', () => {
  for (const cpus of [1, 3]) {
    const a = (): RunInput => input({ scenario: pressed(cpus) })
    const b = (): RunInput => input({ scenario: pressed(cpus), kernel: forkedAt(2, []) })
    const { explainer } = explain(a(), b(), find(a(), b()).differences[0])
    const { a: left, b: right } = explainer.recordings()
    expect([left.digest, right.digest]).toEqual([digestOf(a()), digestOf(b())])
    expect(left.digest).not.toBe(right.digest)
  }
})
