/** A policy that answers what the kernel would, or nothing, changes nothing and is counted as agreeing. */
import type { HookName } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { ALL_HOOKS, hooked, policy } from '../support/policies'
import type { Context } from '../support/policies'
import android from '../../../plugins/kernels/android-3.18'
import linux515 from '../../../plugins/kernels/linux-5.15'
import { delta, runScenario } from '../support/run'
import { EVERYTHING } from './scenario'

/** Asked only where LRU lists are by zone; such a kernel asks neither the other form nor about what it has not: boosts, protected groups, kcompactd; and here nothing wants compacting. */
const NEVER_ASKED_HERE: readonly HookName[] = ['inactiveIsLowInZone']
const NEVER_ASKED_BY_ZONE: readonly HookName[] = ['watermarkBoost', 'inactiveIsLow', 'memcgProtection', 'compactionSuitable', 'kcompactdWake']

const plain = runScenario(EVERYTHING)

/** The base's own decision, asked through the context. */
function baseOf(hook: HookName): (...args: readonly unknown[]) => unknown {
  return (...args) => ((args.at(-1) as Context).base[hook] as (...a: readonly unknown[]) => unknown)()
}

test('the scenario reaches every hook', () => {
  const watching = policy({ hooks: Object.fromEntries(ALL_HOOKS.map((hook) => [hook, () => undefined])) })
  const { hooks, digest, ejections } = runScenario(EVERYTHING, { policies: [watching] })
  expect(ejections).toEqual([])
  expect(digest).toBe(plain.digest)
  const asked = hooks.map((h) => h.hook)
  expect(ALL_HOOKS.filter((hook) => !asked.includes(hook))).toEqual(NEVER_ASKED_HERE)
  for (const { hook, called, agreed, overrode } of hooks) expect([hook, agreed, overrode], hook).toEqual([hook, called, 0])
  expect(delta(plain, 'oom_kill')).toBe(1)
})

test('nor does watching change anything on the other kernels', () => {
  const watching = policy({ hooks: Object.fromEntries(ALL_HOOKS.map((hook) => [hook, () => undefined])) })
  for (const [kernel, never] of [[linux515, NEVER_ASKED_HERE], [android, NEVER_ASKED_BY_ZONE]] as const) {
    const { hooks, digest, ejections } = runScenario(EVERYTHING, { policies: [watching], kernel })
    expect(ejections).toEqual([])
    expect(digest).toBe(runScenario(EVERYTHING, { kernel, everyTurns: 0 }).digest)
    const asked = hooks.map((h) => h.hook)
    // Fixed waits need IO that lags behind; stall-timeouts.test.ts has some.
    expect(ALL_HOOKS.filter((hook) => !asked.includes(hook) && hook !== 'reclaimThrottle'), kernel.name).toEqual(never)
    for (const { hook, called, agreed } of hooks) expect([hook, agreed], `${kernel.name} ${hook}`).toEqual([hook, called])
  }
})

test("every hook that answers the base's decision agrees at every call, with the same digest", () => {
  const echo = policy({ hooks: Object.fromEntries(ALL_HOOKS.map((hook) => [hook, baseOf(hook)])) })
  const { hooks, digest, ejections } = runScenario(EVERYTHING, { policies: [echo] })
  expect(ejections).toEqual([])
  expect(digest).toBe(plain.digest)
  for (const { hook, called, agreed } of hooks) expect([hook, agreed], hook).toEqual([hook, called])
})

test('the base may be asked often and with other arguments, without side effects', () => {
  const curious = hooked('scanBalance', (args, k) => {
    const context = k as Context
    for (let priority = 0; priority < 13; priority++) context.base.scanBalance({ ...(args as object), priority } as never)
    return context.base.scanBalance(args as never)
  })
  const { digest, ejections, hooks } = runScenario(EVERYTHING, { policies: [curious] })
  expect(ejections).toEqual([])
  expect(digest).toBe(plain.digest)
  expect(hooks[0].agreed).toBe(hooks[0].called)
})

test('a policy that decides otherwise is counted, and the run differs', () => {
  const { hooks, digest, ejections } = runScenario(EVERYTHING, { policies: [hooked('scanBalance', () => ({ mode: 'file', anon: 0, file: 0 }))] })
  expect(ejections).toEqual([])
  expect(hooks[0].overrode).toBeGreaterThan(0)
  expect(hooks[0].overrode + hooks[0].agreed).toBe(hooks[0].called)
  expect(digest).not.toBe(plain.digest)
})

test('numbers that the kernel would not answer but may be answered are used as they are', () => {
  const reserve = 4321
  const marks = hooked('zoneWatermarks', (args) => (args as { zones: readonly unknown[] }).zones.map((_, i) => ({ min: 11 + i, low: 22, high: 33, promo: 44 })))
  const { summary } = runScenario(EVERYTHING, { policies: [marks] })
  expect(summary.marks).toEqual([{ node: 0, zone: 'Normal', min: 11, low: 22, high: 33, promo: 44 }])
  const protection = hooked('lowmemReserve', () => [0, 1, 2, 3].map(() => [0, 0, 0, reserve]))
  expect(runScenario(EVERYTHING, { policies: [protection] }).snapshots[0].zones[0].protection).toEqual([0, 0, 0, reserve])
})

test('stacked: the upper one is asked first and sees the lower one as its base', () => {
  const target = (name: string, of: (base: number) => number): ReturnType<typeof policy> => policy({ name, hooks: { directReclaimTarget: (args, k) => of(k.base.directReclaimTarget(args)) } })
  let seen = 0
  const observer = policy({ name: 'top', hooks: { directReclaimTarget: (args, k) => {
    seen = k.base.directReclaimTarget(args)
    return undefined
  } } })
  const { hooks, ejections } = runScenario(EVERYTHING, { policies: [target('double', (n) => n * 2), target('plus', (n) => n + 1), observer] })
  expect(ejections).toEqual([])
  expect(seen).toBe(65)
  expect(hooks.map((h) => [h.policy, h.overrode > 0])).toEqual([['double', true], ['plus', true], ['top', false]])
})

test('an ejected lower policy leaves the kernel below the upper one, an ejected upper one leaves the lower', () => {
  const good = policy({ name: 'good', hooks: { directReclaimTarget: () => 64 } })
  const bad = policy({ name: 'bad', hooks: { directReclaimTarget: () => -1 } })
  for (const policies of [[good, bad], [bad, good]]) {
    const { ejections, hooks, digest } = runScenario(EVERYTHING, { policies })
    expect(ejections.map((e) => e.policy)).toEqual(['bad'])
    expect(hooks.find((h) => h.policy === 'good')?.overrode).toBeGreaterThan(1)
    expect(digest).toBe(runScenario(EVERYTHING, { policies: [good] }).digest)
  }
})
