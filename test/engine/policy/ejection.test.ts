/** Whatever a policy does wrong, it is out with a reason, the kernel decides, and the run ends as one without it would. */
import type { HookName } from 'reclaim-lab'
import { expect, test } from 'vitest'
import type { Recording } from '../../../main/engine/index'
import { ALL_HOOKS, FakeFuel, hooked, policy } from '../support/policies'
import type { Context } from '../support/policies'
import android from '../../../plugins/kernels/android-3.18'
import linux61 from '../../../plugins/kernels/linux-6.1'
import { runScenario } from '../support/run'
import { EVERYTHING } from './scenario'

const plain = runScenario(EVERYTHING)
/** Asked only where LRU lists are by zone. */
const BY_ZONE: HookName = 'inactiveIsLowInZone'
const kernelAsking = (hook: HookName): typeof linux61 | typeof android => (hook === BY_ZONE ? android : linux61)
const byZone = runScenario(EVERYTHING, { kernel: android })
const WHOLE = /a whole number from/
const FLAG = /true or false/

/** Wrong answers of each hook, and what the ejection says is allowed. */
const WRONG: Readonly<Record<HookName, readonly (readonly [unknown, RegExp])[]>> = {
  minFreeKbytes: [[127, WHOLE], [NaN, WHOLE], ['8000', WHOLE], [null, WHOLE], [2 ** 40, WHOLE]],
  zoneWatermarks: [
    [[], /a list of 1 marks/], ['x', /a list of 1 marks/], [[7], /marks \{ min, low, high, promo \}/], [[{ min: 1, low: 2, high: 3 }], /whole numbers of pages/],
    [[{ min: 5, low: 4, high: 6, promo: 7 }], /min <= low <= high <= promo/], [[{ min: -1, low: 4, high: 6, promo: 7 }], /whole numbers of pages/], [[{ min: 1.5, low: 4, high: 6, promo: 7 }], /whole numbers/],
  ],
  lowmemReserve: [[[], /4 rows of 4/], [[[0], [0], [0], [0]], /a row of 4/], [[[0, 0, 0, -1], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]], /whole numbers of pages/]],
  watermarkBoost: [[-1, WHOLE], [1e9, WHOLE], [Infinity, WHOLE], [true, WHOLE]],
  kswapdWake: [[1, FLAG], ['yes', FLAG], [null, FLAG]],
  kswapdBalanced: [[0, FLAG], [{}, FLAG]],
  kswapdTarget: [[0, WHOLE], [1.5, WHOLE], [-5, WHOLE], [2 ** 32, WHOLE]],
  directReclaimTarget: [[0, WHOLE], ['32', WHOLE], [Symbol('s'), WHOLE]],
  reclaimRetry: [[0, FLAG], [10n, FLAG]],
  scanBalance: [
    [{ mode: 'both' }, /'equal', 'fract', 'anon' or 'file'/], [{ mode: 'fract', anon: 0, file: 0 }, /not both 0/], [{ mode: 'fract', anon: -1, file: 2 }, /whole numbers/],
    [{ mode: 'fract', anon: 0.5, file: 0.5 }, /whole numbers/], [17, /mode: 'equal'/], [[], /'equal'/],
  ],
  inactiveIsLow: [[1, FLAG]],
  inactiveIsLowInZone: [[1, FLAG], ['low', FLAG], [null, FLAG]],
  folioReferences: [[4, WHOLE], [-1, WHOLE], [0.5, WHOLE], ['0', WHOLE]],
  keepActive: [[1, FLAG]],
  refaultActivate: [['', FLAG]],
  kswapdSleep: [[1, FLAG]],
  kswapdPriority: [[13, WHOLE], [-1, WHOLE], [2.5, WHOLE]],
  directReclaimStart: [['no', FLAG]],
  allowDirectReclaim: [[0, FLAG]],
  reclaimContinue: [[null, FLAG]],
  reclaimThrottle: [[-1, WHOLE], [1e9, WHOLE], [0.5, WHOLE]],
  pageoutDirty: [[1, FLAG]],
  swapAdmit: [['', FLAG]],
  swapDevice: [[1, WHOLE], [-2, WHOLE], ['0', WHOLE]],
  slabScan: [[7, /\{ delta, total \}/], [{ delta: 0, total: 1e9 }, /total at most/], [{ delta: -1, total: 0 }, /whole numbers/], [{ delta: 1.5, total: 0 }, /whole numbers/]],
  memcgProtection: [[-1, WHOLE], [1.5, WHOLE], [Infinity, WHOLE]],
  admitFolio: [[3, WHOLE], [-1, WHOLE], [true, WHOLE]],
  readaheadWindow: [[32, /\{ size, async \}/], [{ size: 0, async: 0 }, /from 1 to 8192/], [{ size: 8193, async: 0 }, /from 1 to 8192/], [{ size: 4, async: 5 }, /from 0 to size/], [{ size: 4, async: -1 }, /from 0/]],
  writebackStart: [[1, FLAG]],
  dirtyPause: [[-1, /a number of ns/], [2e8 + 1, /a number of ns/], [NaN, /a number of ns/], ['0', /a number of ns/]],
  evictFolios: [[7, /a list of at most/], [[0], /folios/], [[1.5], /folios/], [Array.from({ length: 33 }, () => 1), /a list of at most/], [['1'], /folios/]],
  compactionSuitable: [[0, /COMPACT_SKIPPED/], [3, /COMPACT_/], [true, /COMPACT_/]],
  kcompactdWake: [[1, FLAG]],
  oomBadness: [[Infinity, /a finite number/], [-Infinity, /a finite number/], [NaN, /a finite number/], ['9', /a finite number/]],
}

function onlyEjection(recording: Recording): Recording['ejections'][number] {
  expect(recording.ejections).toHaveLength(1)
  return recording.ejections[0]
}

for (const hook of ALL_HOOKS) {
  test(`${hook}: wrong answers`, () => {
    for (const [answer, allowed] of WRONG[hook]) {
      const recording = runScenario(EVERYTHING, { policies: [hooked(hook, () => answer)], everyTurns: 4000, kernel: kernelAsking(hook) })
      const ejection = onlyEjection(recording)
      expect(ejection).toMatchObject({ policy: 'test-policy', kind: 'invalid-answer', hook, call: 1 })
      expect(ejection.value).toBeTruthy()
      expect(ejection.allowed).toMatch(allowed)
      // Out at its first answer: nothing it wanted has happened.
      expect(recording.digest).toBe(hook === BY_ZONE ? byZone.digest : plain.digest)
      expect(recording.events.filter((e) => e.kind === 'policy_ejected')).toHaveLength(1)
    }
  })
}

test('errors: what was thrown, at which call, with which arguments', () => {
  let calls = 0
  const thrower = hooked('kswapdTarget', () => {
    if (++calls === 3) throw new TypeError('no such thing')
    return undefined
  })
  const ejection = onlyEjection(runScenario(EVERYTHING, { policies: [{ ...thrower, locate: () => ({ line: 7, column: 3 }) }] }))
  expect(ejection).toMatchObject({ kind: 'error', hook: 'kswapdTarget', call: 3, message: 'TypeError: no such thing', line: 7, column: 3 })
  expect(ejection.dump).toContain('"highestZoneidx"')
})

test('anything may be thrown', () => {
  const nasty = { get message(): string { throw new Error('inner') } }
  for (const [thrown, said] of [[nasty, /throws when it is looked at/], [undefined, /threw undefined/], ['text', /"text"/], [null, /null/]] as const) {
    expect(onlyEjection(runScenario(EVERYTHING, { policies: [hooked('kswapdBalanced', () => { throw thrown })] })).message).toMatch(said)
  }
})

test('getters and proxies in answers are read under guard', () => {
  const throwing = Object.defineProperty({}, 'mode', { get() { throw new Error('from a getter') } })
  expect(onlyEjection(runScenario(EVERYTHING, { policies: [hooked('scanBalance', () => throwing)] }))).toMatchObject({ kind: 'error', message: 'Error: from a getter' })
  const trap = new Proxy({}, { get() { throw new Error('from a trap') } })
  expect(onlyEjection(runScenario(EVERYTHING, { policies: [hooked('scanBalance', () => trap)] }))).toMatchObject({ kind: 'error', message: 'Error: from a trap' })
})

test('an answer is read once: what changes afterwards does not reach the engine', () => {
  const moving = (): unknown => {
    let reads = 0
    return { mode: 'fract', file: 1, get anon() { return reads++ === 0 ? 1 : -7 } }
  }
  const recording = runScenario(EVERYTHING, { policies: [hooked('scanBalance', moving)] })
  expect(recording.ejections).toEqual([])
  const fixed = runScenario(EVERYTHING, { policies: [hooked('scanBalance', () => ({ mode: 'fract', anon: 1, file: 1 }))] })
  expect(recording.digest).toBe(fixed.digest)
})

test('arguments are copies: what a policy does to them reaches nobody', () => {
  const attempts = { refused: 0, made: 0 }
  const vandal = hooked('kswapdBalanced', (args) => {
    const { zones } = args as { zones: { free: number }[] }
    for (const attack of [() => (zones[0].free = 0), () => zones.pop(), () => Object.setPrototypeOf(args, { x: 1 }), () => delete (args as { zones?: unknown }).zones]) {
      try {
        attack()
        attempts.made++
      } catch {
        attempts.refused++
      }
    }
    expect(Object.getPrototypeOf(args)).toBeNull()
    return undefined
  })
  const recording = runScenario(EVERYTHING, { policies: [vandal] })
  expect(recording.ejections).toEqual([])
  expect(recording.digest).toBe(plain.digest)
  expect(attempts.made).toBe(0)
  expect(attempts.refused).toBeGreaterThan(0)
})

test('fuel: set for each call, counted, and running out ejects even if the policy catches it', () => {
  const fuel = new FakeFuel()
  let calls = 0
  const hungry = policy({ hooks: { kswapdTarget: () => {
    fuel.spend(calls++ < 2 ? 1000 : 0)
    if (calls === 4) try { fuel.spend(10 ** 9) } catch { /* the policy swallows it */ }
    return undefined
  } } }, { fuel })
  const recording = runScenario(EVERYTHING, { policies: [hungry] })
  expect(onlyEjection(recording)).toMatchObject({ kind: 'fuel', hook: 'kswapdTarget', call: 4 })
  expect(new Set(fuel.given)).toEqual(new Set([2_000_000]))
  expect(recording.hooks[0].fuel).toBe(2000 + 2_000_000)
  expect(recording.digest).toBe(plain.digest)
})

test('per-folio hooks get less fuel, init more', () => {
  const fuel = new FakeFuel()
  runScenario(EVERYTHING, { policies: [policy({ init: () => undefined, hooks: { folioReferences: () => undefined } }, { fuel })] })
  expect(new Set(fuel.given)).toEqual(new Set([10_000_000, 50_000]))
})

const MISUSE: readonly (readonly [string, (k: Context) => unknown, RegExp])[] = [
  ['unknown sysctl', (k) => k.sysctl('vm.nothing'), /not a sysctl of this kernel/],
  ['unknown counter', (k) => k.vmstat('nr_nothing'), /not a counter/],
  ['sysctl write in a hook', (k) => (k as unknown as { writeSysctl(n: string, v: number): void }).writeSysctl('vm.swappiness', 1), /called in a hook/],
  ['bad counter name', (k) => k.count('Not A Name'), /k\.count/],
  ['bad amount', (k) => k.count('name', NaN), /k\.count/],
  ['33 counters', (k) => { for (let i = 0; i < 33; i++) k.count(`c${i}`) }, /k\.count\("c32"/],
  ['bad gauge', (k) => k.gauge('name', Infinity), /k\.gauge/],
  ['bad draw', (k) => k.rng.below(0), /k\.rng\.below/],
  ['division by 0', (k) => k.math.mulDiv(1, 2, 0), /divides by 0/],
  ['square root of text', (k) => k.math.intSqrt('x' as never), /k\.math\.intSqrt/],
  ['base with a wrong type', (k) => k.base.kswapdTarget(17 as never), /argument 1 is 17/],
  ['base of another hook without arguments', (k) => k.base.inactiveIsLow(...([] as unknown as [number, number])), /needs arguments/],
  ['base with NaN', (k) => k.base.kswapdTarget({ priority: NaN } as never), /not a finite number/],
]

for (const [what, misuse, message] of MISUSE) {
  test(`misuse of k, caught by the policy or not: ${what}`, () => {
    for (const catches of [false, true]) {
      const recording = runScenario(EVERYTHING, { policies: [policy({ hooks: { kswapdTarget: (_args, k) => {
        if (!catches) misuse(k)
        else try { misuse(k) } catch { /* hidden */ }
        return undefined
      } } })], everyTurns: 0 })
      expect(onlyEjection(recording)).toMatchObject({ kind: 'invalid-answer', hook: 'kswapdTarget', call: 1 })
      expect(recording.ejections[0].message).toMatch(message)
      expect(recording.digest).toBe(plain.digest)
    }
  })
}

test('a scripted ejection repeats a real one: same digest, same hook, same call', () => {
  let calls = 0
  const turning = (wrong: unknown) => hooked('folioReferences', () => (++calls >= 60 ? wrong : 3))
  calls = 0
  const real = runScenario(EVERYTHING, { policies: [turning(-1)] })
  const ejection = onlyEjection(real)
  expect(ejection.call).toBe(60)
  calls = 0
  const again = runScenario(EVERYTHING, { policies: [turning(3)], scriptedEjections: [{ policy: 0, call: 60, kind: 'stall', message: 'killed from outside' }] })
  expect(onlyEjection(again)).toMatchObject({ kind: 'stall', hook: ejection.hook, call: 60, t: ejection.t, message: 'killed from outside' })
  expect(again.digest).toBe(real.digest)
  expect(real.digest).not.toBe(plain.digest)
})

test('whoever may kill is told of every call before it is made', () => {
  const told: string[] = []
  let inside = ''
  const watched = policy({ init: () => { inside = told.at(-1) ?? '' }, hooks: { kswapdBalanced: () => undefined }, exit: () => undefined })
  runScenario(EVERYTHING, { policies: [watched], onPolicyCall: (policyIndex, call, place) => told.push(`${policyIndex} ${call} ${place}`) })
  expect(inside).toBe('0 1 init')
  expect(told[1]).toBe('0 2 kswapdBalanced')
  expect(told.at(-1)).toBe(`0 ${told.length} exit`)
})
