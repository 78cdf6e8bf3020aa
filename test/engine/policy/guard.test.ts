/** Ways past the guard that once were open, each with the policy in this process: what it catches, keeps, nests or hands on changes nothing for anybody else. */
import type { FolioList } from 'reclaim-lab'
import { expect, test } from 'vitest'
import type { Ejection } from '../../../main/engine/index'
import { printable } from '../../../main/engine/policy/printable'
import { FakeFuel, hooked, policy } from '../support/policies'
import type { Context } from '../support/policies'
import { runScenario } from '../support/run'
import { MIB, scenario, sleep } from '../support/tiny'
import { EVERYTHING } from './scenario'

const IDLE = scenario({ machine: { pages: 4 * MIB }, processes: [[sleep(1000)]], durationMs: 2000 })
const plain = runScenario(EVERYTHING)

type Any = Record<string, unknown>

/** What a policy with this hook is ejected for; the run is otherwise the kernel's. */
function ejectionOf(hook: Parameters<typeof hooked>[0], answer: Parameters<typeof hooked>[1]): Ejection {
  const { ejections, digest } = runScenario(EVERYTHING, { policies: [hooked(hook, answer)] })
  expect(ejections).toHaveLength(1)
  expect(digest).toBe(plain.digest)
  // It goes to other threads and into files.
  expect(structuredClone(ejections[0])).toEqual(ejections[0])
  return ejections[0]
}

test('the error of a misused k is frozen and of the language: nothing in the ejection is the policy\'s', () => {
  const found: string[] = []
  const ejection = ejectionOf('kswapdTarget', (_args, k) => {
    try { (k as Context).sysctl('vm.nothing') } catch (error) {
      const e = error as Any
      for (const key of ['message', 'value', 'name']) try { e[key] = () => 1 } catch { found.push(key) }
      expect(Object.getPrototypeOf(e)).toBe(RangeError.prototype)
    }
    return 7
  })
  expect(found).toEqual(['message', 'value', 'name'])
  expect(ejection).toMatchObject({ kind: 'invalid-answer', message: 'k.sysctl: "vm.nothing" is not a sysctl of this kernel', value: '"vm.nothing"' })
})

test('a row with an iterator of its own is read by index', () => {
  const row = (items: readonly unknown[], iterated: readonly unknown[]): unknown => Object.assign([...items], { [Symbol.iterator]: () => iterated[Symbol.iterator]() })
  const rows = (one: unknown): unknown[] => [one, one, one, one]
  const zeros = [0, 0, 0, 0]
  expect(ejectionOf('lowmemReserve', () => rows(row([0, 0, 0, 'x'], zeros)))).toMatchObject({ kind: 'invalid-answer', value: '[0][3] "x"' })
  const none = runScenario(EVERYTHING, { policies: [hooked('lowmemReserve', () => row(rows(row(zeros, [])), []))] })
  expect(none.ejections).toEqual([])
  expect(none.digest).toBe(runScenario(EVERYTHING, { policies: [hooked('lowmemReserve', () => rows(zeros))] }).digest)
})

test('-0 is 0: no other digest, no other count', () => {
  const marks = (zero: number) => (args: unknown): unknown => (args as { zones: unknown[] }).zones.map(() => ({ min: zero, low: zero, high: 500, promo: 500 }))
  expect(runScenario(EVERYTHING, { policies: [hooked('zoneWatermarks', marks(-0))] }).digest).toBe(runScenario(EVERYTHING, { policies: [hooked('zoneWatermarks', marks(0))] }).digest)
})

test('answers of the base are copies: writing to one reaches nobody', () => {
  const tried: boolean[] = []
  const vandal = hooked('scanBalance', (_args, k) => {
    const answer = (k as Context).base.scanBalance(...([] as unknown as [never])) as unknown as Any
    tried.push(Object.isFrozen(answer))
    return undefined
  })
  expect(runScenario(EVERYTHING, { policies: [vandal] }).digest).toBe(plain.digest)
  expect(new Set(tried)).toEqual(new Set([true]))
})

/** The lower policy of a stack looks at what it is asked with. */
function askedThrough(upper: (args: unknown, k: Context) => unknown): { readonly seen: readonly unknown[]; readonly ejections: readonly Ejection[] } {
  const seen: unknown[] = []
  const lower = policy({ name: 'lower', hooks: { kswapdTarget: (args: unknown) => { seen.push(args); return undefined } } as never })
  const { ejections } = runScenario(EVERYTHING, { policies: [lower, { ...hooked('kswapdTarget', (args, k) => upper(args, k as Context)) }] })
  return { seen, ejections }
}

test('lists given to the base are read by index: no method or species of the policy\'s makes the copy', () => {
  class Sly extends Array<unknown> {
    static override get [Symbol.species](): never { return function Fake() { return { map: () => ({ live: true }) } } as never }
    override slice(): never { return { map: () => ({ live: true }) } as never }
  }
  const { seen, ejections } = askedThrough((args, k) => k.base.kswapdTarget({ zones: Sly.from((args as { zones: unknown[] }).zones) } as never))
  expect(ejections).toEqual([])
  expect(seen.length).toBeGreaterThan(0)
  for (const args of seen) expect(args).toMatchObject({ zones: [{ name: 'Normal' }] })
})

test('what the policy below is asked has the shape that the kernel would give it; the asker is to blame', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ zones: [] }, /argument 1\.zones is an empty list/], [{ zones: 5 }, /argument 1\.zones is 5/], [{ zones: [{ node: 0 }] }, /zones\[0\] has no zone/], [{ zones: [7] }, /zones\[0\] is 7/],
    [{ unheardOf: 1 }, /has no "unheardOf"/], [{ priority: '3' }, /argument 1\.priority is "3"/], [[], /argument 1 is a list/], [null, /argument 1 is null/],
  ]
  for (const [given, message] of wrong) {
    const { ejections } = askedThrough((_args, k) => k.base.kswapdTarget(given as never))
    expect(ejections.map((one) => one.policy)).toEqual(['test-policy'])
    expect(ejections[0].message).toMatch(message)
  }
})

test('a bomb of lists in lists is measured, not copied', () => {
  let bomb: unknown = 1
  for (let i = 0; i < 5; i++) bomb = Array<unknown>(4000).fill(bomb)
  expect(ejectionOf('kswapdTarget', (_args, k) => (k as Context).base.kswapdTarget({ zones: bomb } as never))).toMatchObject({ kind: 'invalid-answer', allowed: 'at most 65536 values' })
})

test('arguments that the kernel\'s arithmetic can\'t hold are the policy\'s fault, not the engine\'s', () => {
  expect(ejectionOf('scanBalance', (_args, k) => (k as Context).math.mulDiv(2 ** 52, 2 ** 52, 1))).toMatchObject({ kind: 'invalid-answer', allowed: 'results below 2^53' })
})

test('a controller that asks for its own hook by writing a sysctl lives on one tank of fuel', () => {
  const fuel = new FakeFuel()
  let writes = 0
  const greedy = policy({
    hooks: { zoneWatermarks: () => { fuel.spend(1000); return undefined } },
    controller: { periodMs: 300, run: (k) => { for (let i = 0; i < 5000; i++) { writes++; (k as never as { writeSysctl(n: string, v: number): void }).writeSysctl('vm.min_free_kbytes', 1000 + (i & 1)) } } },
  }, { fuel })
  const { ejections } = runScenario(IDLE, { policies: [greedy] })
  expect(ejections).toMatchObject([{ kind: 'fuel', hook: 'zoneWatermarks' }])
  // Each write asks the hook once, at a thousand units of two million; the write after the end is refused.
  expect(writes).toBe(2002)
})

test('a fault inside a call inside a call ejects once, at the inner call; the outer one can do nothing more', () => {
  const calls: string[] = []
  let written = 0
  const both = policy({
    hooks: { zoneWatermarks: () => (written === 0 ? undefined : 'wrong' as never) },
    controller: { periodMs: 300, run: (k) => {
      const write = (k as never as { writeSysctl(n: string, v: number): void }).writeSysctl
      written++
      write('vm.min_free_kbytes', 1500)
      calls.push('after')
      try { write('vm.swappiness', 7) } catch { calls.push('refused') }
      throw new Error('and this is not a second ejection')
    } },
  })
  const { ejections, events } = runScenario(IDLE, { policies: [both] })
  expect(calls).toEqual(['after', 'refused'])
  expect(ejections).toMatchObject([{ kind: 'invalid-answer', hook: 'zoneWatermarks', value: '"wrong"' }])
  expect(events.filter((e) => e.kind === 'sysctl_write').map((e) => e.args['name'])).toEqual(['vm.min_free_kbytes'])
  expect(events.filter((e) => e.kind === 'policy_ejected')).toHaveLength(1)
})

test('folios to reclaim are read by index, whatever methods their list brings', () => {
  const sly = Object.assign(['x', {}], { every: () => true, [Symbol.iterator]: () => [1.5, -7][Symbol.iterator]() })
  const { ejections } = runScenario(IDLE, { policies: [policy({ controller: { periodMs: 300, run: (k) => k.reclaimFolios(sly as never) } })] })
  expect(ejections).toMatchObject([{ kind: 'invalid-answer', hook: 'controller', allowed: 'a list of at most 4096 folios' }])
})

test('each visit of a scan is paid for, whoever visits', () => {
  let taken = 0
  let visits = 0
  const fuel = Object.assign(new FakeFuel(), { take: () => { taken++ } })
  const lister = policy({
    init: (_params, setup) => setup.list(),
    hooks: {
      folioAdded: (folio, _facts, _task, k) => { (k.state as FolioList).addHead(folio) },
      kswapdBalanced: (_args, k) => {
        const before = taken
        ;(k.state as FolioList).scan(10, () => { visits++; return 0 })
        expect(taken - before).toBe(1 + Math.min(10, (k.state as FolioList).length))
        return undefined
      },
    },
  }, { fuel })
  expect(runScenario(EVERYTHING, { policies: [lister] }).ejections).toEqual([])
  expect(visits).toBeGreaterThan(10)
})

test('names that every object inherits are no sysctls and no counters', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const write = runScenario(IDLE, { policies: [policy({ controller: { periodMs: 300, run: (k) => (k as never as { writeSysctl(n: string, v: number): void }).writeSysctl(name, 5) } })] })
    expect(write.ejections).toMatchObject([{ kind: 'invalid-answer', hook: 'controller' }])
    expect(write.ejections[0].message).toContain('is not a sysctl of this kernel')
    expect(ejectionOf('kswapdTarget', (_args, k) => (k as Context).sysctl(name)).message).toContain('is not a sysctl')
    expect(ejectionOf('kswapdTarget', (_args, k) => (k as Context).vmstat(name)).message).toContain('is not a counter')
  }
})

test('a name is text: nothing is converted', () => {
  let converted = 0
  const name = { toString: () => { converted++; return 'vm.swappiness' } }
  expect(ejectionOf('kswapdTarget', (_args, k) => (k as Context).sysctl(name as never))).toMatchObject({ value: 'an object' })
  expect(converted).toBe(0)
})

test('a sum that is no number is refused', () => {
  const { ejections, policySeries } = runScenario(EVERYTHING, { policies: [hooked('kswapdTarget', (_args, k) => { (k as Context).count('much', 1.7e308); return undefined })] })
  expect(ejections).toMatchObject([{ kind: 'invalid-answer', call: 2 }])
  for (const column of policySeries.columns) expect([...column].every(Number.isFinite)).toBe(true)
})

test('text of a policy steers no terminal and holds no more than is shown', () => {
  expect(printable('a\u001b[2J\u0007b\u009b31m\n\u202Ec\ud800', 100)).toBe('a\\u{1b}[2J\\u{7}b\\u{9b}31m\\n\\u{202e}c\\u{d800}')
  expect(printable('日本語 é 👍', 100)).toBe('日本語 é 👍')
  expect(printable('x'.repeat(500), 10)).toBe(`${'x'.repeat(10)}…`)
  const { events } = runScenario(EVERYTHING, { policies: [hooked('kswapdTarget', (_args, k) => { (k as Context).log('\u001b]0;title\u0007'); return undefined })] })
  expect(events.find((e) => e.kind === 'policy_log')?.args['message']).toBe('\\u{1b}]0;title\\u{7}')
  expect(ejectionOf('kswapdTarget', () => { throw new Error('\u001b[31mred') }).message).toBe('Error: \\u{1b}[31mred')
})

test('an answer one above what a sysctl holds ejects, instead of ending the run as a fault of the lab', () => {
  expect(ejectionOf('minFreeKbytes', () => 2 ** 31)).toMatchObject({ kind: 'invalid-answer', value: '2147483648', allowed: 'a whole number from 128 to 2147483647' })
  expect(runScenario(IDLE, { policies: [hooked('minFreeKbytes', () => 2 ** 31 - 1)] }).ejections).toEqual([])
})
