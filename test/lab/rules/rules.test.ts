/** Rules as they are given: what is refused and in which words, each kind's own answer with exact numbers, the code that any of them becomes. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codeOf, codeOfText, rulesCatalogue, rulesIn, sysctlsOf } from '../../../main/lab/rules/rules'
import type { RuleField } from '../../../preload/contract'
import { compile } from '../../compile/compiler'
import { made, textOf } from './support'

const catalogue = rulesCatalogue()

function problems(rules: object): readonly string[] {
  const code = codeOf(rules)
  return code.ok ? [] : code.problems.map(({ path, message }) => `${path} ${message}`)
}

test.each<[object, RegExp]>([
  [{ rules: [{ when: [{ if: 'fre' }], then: { do: 'marks' } }] }, /^rules\[0\]\.when\[0\]\.if is "fre"; must be .*"free", "psi".*Did you mean "free"\?$/],
  [{ rules: [{ then: { do: 'balance', anonPercent: 120 } }] }, /^rules\[0\]\.then\.anonPercent is 120; must be a whole number from 0 to 100 \(%\)$/],
  [{ rules: [{ then: { do: 'balance', anonPercnt: 12 } }] }, /^rules\[0\]\.then\.anonPercnt is not known here\. Did you mean "anonPercent"\?/],
  [{ rules: [{ then: { do: 'marks', factor: 1e99 } }] }, /must be a number from 0\.01 to 1,000 \(x\)$/],
  [{ rules: [3] }, /^rules\[0\] is 3; must be a rule/],
  [{ rules: [{ when: [{ if: 'task' }], then: { do: 'marks' } }] }, /^rules\[0\]\.when\[0\]\.if is "task"; it can't be told where "marks" is decided, only for "admit", "oom"$/],
  [{ rules: [{ then: { do: 'oom' } }] }, /^rules\[0\]\.when has no condition "task"/],
  [{ rules: [{ when: [{ if: 'time', fromMs: 5, untilMs: 5 }], then: { do: 'marks' } }] }, /untilMs is 5; must be after fromMs, 5$/],
  [{ rules: [{ when: [{ if: 'memcg', path: '../x' }], then: { do: 'marks' } }] }, /path is "\.\.\/x"; must be the path of a memory cgroup/],
  [{ schemes: [{ minLooks: 9, maxLooks: 3 }] }, /^schemes\[0\]\.maxLooks is 3; must be at least minLooks, 9$/],
  [{ schemes: [{ low: 50 }] }, /^schemes\[0\]\.mid is 30; must be at least low, 50$/],
  [{ schemes: [{}], rules: [{ then: { do: 'boost' } }], lookMs: 300 }, /^watch\.everyMs is 1000; must be a multiple of lookMs, 300$/],
  [{ name: 'Ünïcode' }, /^name is "Ünïcode"; must be lower-case words/],
  [{ nmae: 'x' }, /^nmae is not known here\. Did you mean "name"\?/],
  [{ rules: Array.from({ length: 17 }, () => ({ then: { do: 'boost' } })) }, /must be a list of at most 16 rules$/],
])('%j is refused', (rules, said) => {
  expect(problems(rules)).toEqual([expect.stringMatching(said)])
})

test('what is no plain data is refused, whatever it does', () => {
  const cycle: Record<string, unknown> = {}
  cycle['rules'] = [cycle]
  for (const given of [cycle, { get rules(): never { throw new Error('no') } }, undefined, () => 1, { describe: 'x'.repeat(70_000) }]) expect(codeOf(given)).toMatchObject({ ok: false, problems: [{ path: 'rules' }] })
  expect(codeOfText('{"rules": [}', 'r.json')).toMatchObject({ ok: false, problems: [{ path: 'r.json:1', line: 1 }] })
})

/** A `k` whose base answers what is given, whatever is asked. */
const over = (answer: unknown): object => ({ base: new Proxy({}, { get: () => (given: unknown) => (typeof answer === 'function' ? (answer as (given: unknown) => unknown)(given) : answer) }), taskName: () => 'app' })
const zone = { node: 0, zone: 2, name: 'Normal', managed: 10_000, free: 300, min: 100, low: 125, high: 150, boost: 0, reserve: 0, hasBlock: true }
const SWAPS = { maySwap: true, freeSwap: 9, fileIsTiny: false, swappiness: 60 }

test.each<[string, object, string, readonly unknown[], unknown, unknown]>([
  ['marks', { factor: 3, extra: 1000 }, 'zoneWatermarks', [{ zones: [{ managed: 9000 }, { managed: 1000 }] }], [{ min: 100, low: 125, high: 150, promo: 175 }, { min: 10, low: 12, high: 15, promo: 17 }], [{ min: 100, low: 1075, high: 1150, promo: 1175 }, { min: 10, low: 116, high: 125, promo: 127 }]],
  ['marks', { factor: 1000 }, 'zoneWatermarks', [{ zones: [{ managed: 1000 }] }], [{ min: 100, low: 125, high: 150, promo: 175 }], [{ min: 100, low: 600, high: 600, promo: 625 }]],
  ['balance', { anonPercent: 30 }, 'scanBalance', [SWAPS], 0, { mode: 'fract', anon: 30, file: 70 }],
  ['balance', { anonPercent: 100 }, 'scanBalance', [SWAPS], 0, { mode: 'anon', anon: 1, file: 0 }],
  ['balance', {}, 'scanBalance', [{ ...SWAPS, freeSwap: 0 }], 0, undefined],
  ['swappiness', { value: 10 }, 'scanBalance', [SWAPS], (args: unknown) => args, { ...SWAPS, swappiness: 10 }],
  ['kswapd-target', { factor: 2.5 }, 'kswapdTarget', [{}], 101, 253], ['kswapd-target', { factor: 100 }, 'kswapdTarget', [{}], 2 ** 30, 2 ** 31], ['kswapd-target', { factor: 0.01 }, 'kswapdTarget', [{}], 1, 1],
  ['kswapd-until', { percent: 200 }, 'kswapdBalanced', [{ zones: [zone] }], true, false], ['kswapd-until', { percent: 199 }, 'kswapdBalanced', [{ zones: [zone] }], false, true], ['kswapd-until', { percent: 10 }, 'kswapdBalanced', [{ zones: [{ ...zone, hasBlock: false }] }], true, false],
  ['kswapd-awake', {}, 'kswapdSleep', [{ napped: true, failures: 0 }], true, false], ['kswapd-awake', {}, 'kswapdSleep', [{ napped: false, failures: 0 }], true, undefined], ['kswapd-awake', {}, 'kswapdSleep', [{ napped: true, failures: 16 }], true, undefined],
  ['kswapd-off', {}, 'kswapdWake', [{}], true, false], ['boost', {}, 'watermarkBoost', [{}], 999, 0], ['boost', { percent: 50 }, 'watermarkBoost', [{}], 999, 499],
  ['reference', { pages: 'executable', verdict: 'activate' }, 'folioReferences', [0, 2 | 1], 0, 3], ['reference', { pages: 'executable', verdict: 'activate' }, 'folioReferences', [0, 1], 0, undefined],
  ['reference', { used: 'unused', verdict: 'reclaim-clean' }, 'folioReferences', [0, 1], 0, 1], ['reference', { used: 'used', verdict: 'keep' }, 'folioReferences', [1, 1], 0, 2], ['reference', { used: 'used', verdict: 'reclaim' }, 'folioReferences', [0, 1], 3, undefined],
  ['keep-active', { pages: 'file' }, 'keepActive', [0, 1], false, true], ['keep-active', { pages: 'anon', stay: 'go' }, 'keepActive', [0, 8], true, false],
  ['refault', { pages: 'file', activate: 'always' }, 'refaultActivate', [9, 5, 1], false, true], ['refault', {}, 'refaultActivate', [1, 5, 8], true, false],
  ['dirty-pause', { percent: 50 }, 'dirtyPause', [{}], 7, 4], ['dirty-pause', { percent: 10_000 }, 'dirtyPause', [{}], 1e8, 2e8],
  ['swap-admit', { pages: 'workingset' }, 'swapAdmit', [32], true, false], ['swap-admit', { pages: 'workingset' }, 'swapAdmit', [8], true, undefined],
  ['admit', { pages: 'dirty', where: 'active' }, 'admitFolio', [1, 16, 0], 1, 2], ['admit', {}, 'admitFolio', [1, 16, 0], 1, 0],
  ['readahead', { percent: 50 }, 'readaheadWindow', [{}], { size: 33, async: 32 }, { size: 17, async: 16 }], ['readahead', { percent: 10_000 }, 'readaheadWindow', [{}], { size: 8192, async: 8192 }, { size: 8192, async: 8192 }], ['readahead', { percent: 0 }, 'readaheadWindow', [{}], { size: 4, async: 4 }, { size: 1, async: 0 }],
  ['slab', { percent: 10_000 }, 'slabScan', [{ freeable: 64 }], { delta: 10, total: 20 }, { delta: 1000, total: 128 }],
  ['direct-target', { pages: 77 }, 'directReclaimTarget', [{}], 32, 77], ['direct-wait', {}, 'directReclaimStart', [{ kswapdAwake: true }], true, false], ['direct-wait', {}, 'directReclaimStart', [{ kswapdAwake: false }], true, undefined],
  ['writeback', {}, 'writebackStart', [{}], false, true], ['writeback', { start: 'hold' }, 'writebackStart', [{}], true, false],
])('%s %j: %s', (id, fields, hook, args, base, expected) => {
  expect(made({ rules: [{ then: { do: id, ...fields } }] }, over(base) as Record<string, unknown>).hook(hook, ...args)).toEqual(expected)
})

test('the OOM killer spares one task, or takes it first', () => {
  const rule = (choice: string): object => ({ rules: [{ when: [{ if: 'task', name: 'it\'s "数据库" */' }], then: { do: 'oom', choice } }] })
  expect(made(rule('never')).hook('oomBadness', { task: 'it\'s "数据库" */' })).toBe(Number.MIN_SAFE_INTEGER)
  expect(made(rule('first')).hook('oomBadness', { task: 'it\'s "数据库" */' })).toBe(Number.MAX_SAFE_INTEGER)
  expect(made(rule('first')).hook('oomBadness', { task: 'other' })).toBeUndefined()
})

const vmstat = (values: Readonly<Record<string, number>>) => ({ vmstat: (name: string): number => values[name] ?? 0 })

test.each<[object, Readonly<Record<string, unknown>>, boolean]>([
  [{ if: 'free', percent: 4 }, { zoneinfo: () => [zone, { ...zone, name: 'DMA', free: 400 }] }, true], [{ if: 'free', percent: 3 }, { zoneinfo: () => [zone, { ...zone, name: 'DMA', free: 400 }] }, false],
  [{ if: 'free', zone: 'Normal', percent: 250, of: 'low' }, { zoneinfo: () => [zone, { ...zone, name: 'DMA', free: 400 }] }, true], [{ if: 'free', zone: 'Movable', side: 'above', percent: 0 }, { zoneinfo: () => [zone] }, false],
  [{ if: 'memcg', than: 1 }, { memcg: () => 257 }, true], [{ if: 'memcg', than: 1 }, { memcg: () => 256 }, false],
  [{ if: 'anon-share', side: 'above', percent: 50 }, vmstat({ nr_inactive_anon: 5, nr_active_anon: 6, nr_active_file: 10 }), true], [{ if: 'anon-share', side: 'above', percent: 50 }, vmstat({ nr_active_anon: 10, nr_active_file: 10 }), false],
  [{ if: 'swap-used', percent: 50 }, { swaps: () => [{ used: 51, pages: 100 }] }, true], [{ if: 'swap-used', side: 'below', percent: 50 }, { swaps: () => [] }, false],
  [{ if: 'dirty', percent: 10 }, vmstat({ nr_dirty: 11, nr_inactive_file: 100 }), true], [{ if: 'dirty', percent: 10 }, vmstat({ nr_dirty: 10, nr_inactive_file: 100 }), false],
])('%j with a machine of the test: %s', (condition, k, holds) => {
  const policy = made({ rules: [{ when: [condition], then: { do: 'kswapd-off' } }] }, k)
  expect(policy.hook('kswapdWake', {})).toBeUndefined()
  policy.look()
  expect(policy.hook('kswapdWake', {})).toBe(holds ? false : undefined)
})

test('averages of pressure decay over ten seconds, and rates are per second; both begin with the second look', () => {
  let some = 50_000
  const pressed = made({ rules: [{ when: [{ if: 'psi', percent: 0.5 }], then: { do: 'kswapd-off' } }] }, { psi: () => ({ someUs: some, fullUs: 0 }), math: { exp: Math.exp } })
  pressed.look()
  expect(pressed.state['some10']).toBe(0)
  some += 100_000
  pressed.look()
  expect(pressed.state['some10']).toBeCloseTo(100 * (1 - Math.exp(-0.01)), 10)
  expect(pressed.hook('kswapdWake', {})).toBe(false)
  let swapped = 1000
  const swapping = made({ rules: [{ when: [{ if: 'rate', of: 'swap-in', than: 100 }], then: { do: 'kswapd-off' } }], lookMs: 50 }, { vmstat: () => swapped })
  swapping.look()
  expect(swapping.hook('kswapdWake', {})).toBeUndefined()
  swapped += 5
  swapping.look()
  expect(swapping.hook('kswapdWake', {})).toBeUndefined()
  swapped += 6
  swapping.look()
  expect(swapping.hook('kswapdWake', {})).toBe(false)
})

test('conditions of the hook itself: time, who reclaims, priority, order', () => {
  const timed = made({ rules: [{ when: [{ if: 'time', fromMs: 2000, untilMs: 4000 }], then: { do: 'kswapd-off' } }] }, { now: 2e9 })
  expect(timed.hook('kswapdWake', {})).toBe(false)
  expect(made({ rules: [{ when: [{ if: 'time', fromMs: 2000, untilMs: 4000 }], then: { do: 'kswapd-off' } }] }, { now: 4e9 }).hook('kswapdWake', {})).toBeUndefined()
  const both = made({ rules: [{ when: [{ if: 'reclaimer', is: 'direct' }, { if: 'priority', than: 3 }], then: { do: 'balance', anonPercent: 0 } }, { when: [{ if: 'reclaimer', is: 'kswapd' }], then: { do: 'balance', anonPercent: 40 } }] })
  expect(both.hook('scanBalance', { ...SWAPS, reclaimer: 'direct', priority: 2 })).toMatchObject({ mode: 'file' })
  expect(both.hook('scanBalance', { ...SWAPS, reclaimer: 'direct', priority: 3 })).toBeUndefined()
  expect(both.hook('scanBalance', { ...SWAPS, reclaimer: 'kswapd', priority: 9 })).toMatchObject({ anon: 40 })
  expect(made({ rules: [{ when: [{ if: 'order', than: 3 }], then: { do: 'direct-target', pages: 5 } }] }).hook('directReclaimTarget', { order: 3 })).toBeUndefined()
})

test('rules that contradict each other: the first answers, and the second is said never to be asked', () => {
  const code = codeOf({ rules: [{ then: { do: 'swappiness', value: 0 } }, { then: { do: 'balance' } }, { then: { do: 'sysctl', name: 'vm.swappiness', value: 900 } }, { then: { do: 'sysctl', name: 'vm.swappiness', value: 9 } }] }, sysctlsOf([200, 100].map((max) => ({ definition: { sysctls: { 'vm.swappiness': { min: 0, max, default: 60 } } } }))))
  if (!code.ok) throw new Error('refused')
  expect(code.value.notes.map(({ path, message }) => `${path} ${message}`)).toEqual([
    'rules[1] is never asked: an earlier rule always answers scanBalance', expect.stringMatching(/^rules\[3\] writes vm\.swappiness like an earlier rule/), expect.stringMatching(/^rules\[2\]\.then\.value is 900; vm\.swappiness takes 0 to 200/),
  ])
  expect(code.value.text.match(/return /g)).toHaveLength(1)
})

test('only what is needed: one rule without conditions is one hook and no controller', () => {
  const text = textOf({ name: 'one', describe: 'It\'s one', rules: [{ then: { do: 'boost' } }] })
  expect(text.slice(0, text.indexOf('\n/* rules '))).toBe(`/**
 * It's one. The rules stand at the end; the lab's form opens them again while the code is as they made it.
 * 1. Always: marks are not boosted.
 */
import { definePolicy } from 'reclaim-lab'

export default definePolicy({
  api: 1,
  name: 'one',
  describe: 'It\\'s one',
  params: {
    boostPercent: { kind: 'number', default: 0, min: 0, max: 100, unit: '%', about: 'Rule 1: Share of the kernel\\'s boost; 0 turns it off.' },
  },
  hooks: {
    watermarkBoost(args, k) {
      return Math.floor((k.base.watermarkBoost(args) * k.params.boostPercent) / 100)
    },
  },
})
`)
})

test('the form finds its rules again: after a rename and with other line ends, but not when the code was changed', () => {
  const rules = { name: 'mine', describe: 'ends */ early', rules: [{ when: [{ if: 'task', name: '*/' }], then: { do: 'oom' } }] }
  const text = textOf(rules)
  expect(rulesIn(text)).toMatchObject({ ok: true, value: { edited: false, rules: { ...rules, schemes: [] } } })
  expect(rulesIn(text.replace("name: 'mine'", "name: 'theirs'").replaceAll('\n', '\r\n'))).toMatchObject({ ok: true, value: { edited: false, rules: { name: 'theirs' } } })
  for (const changed of [text.replace('MIN_SAFE', 'MAX_SAFE'), `${text}// more\n`, text.replace('"do":"oom"', '"do":"oom" ')]) expect(rulesIn(changed)).toMatchObject({ ok: true, value: { edited: true } })
  expect(rulesIn('export default 1')).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('no rules') as string }] })
  expect(rulesIn(text.replace('"do":"oom"', '"do":"zoom"'))).toMatchObject({ ok: false })
})

function valueOf(field: RuleField): fc.Arbitrary<string | number> {
  if (field.kind === 'choice') return fc.constantFrom(...field.choices.map(({ value }) => value))
  if (field.kind === 'text') return fc.constantFrom(field.default, ...(field.name === 'name' && field.default === 'app' ? ['it\'s `${1}` */ \\', '日本\u00a0語', '-->'] : []))
  return field.step === 1 ? fc.integer({ min: field.min, max: Math.min(field.max, 2 ** 40) }) : fc.double({ min: field.min, max: field.max, noNaN: true })
}
const valuesOf = (fields: readonly RuleField[]): fc.Arbitrary<Record<string, string | number>> => fc.record(Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])))
const rule = fc.constantFrom(...catalogue.actions).chain((action) => fc.record({
  when: fc.array(fc.constantFrom(...catalogue.conditions.filter(({ only }) => only?.includes(action.id) ?? true)).chain(({ id, fields }) => valuesOf(fields).map((values) => ({ if: id, ...values }))), { maxLength: 3 }),
  then: valuesOf(action.fields).map((values) => ({ do: action.id, ...values })),
}))
const ruleSet = fc.record({ rules: fc.array(rule, { maxLength: 6 }), schemes: fc.array(valuesOf(catalogue.scheme), { maxLength: 4 }), lookMs: fc.constantFrom(1, 50, 1000), watch: fc.record({ everyMs: fc.constantFrom(1000, 60_000), percent: fc.integer({ min: 1, max: 100 }) }), describe: fc.constantFrom('', 'a \'b\' \\ */') })

test('every valid set of rules, of every kind, type-checks and comes back out of its text', () => {
  fc.assert(fc.property(ruleSet, (given) => {
    const code = codeOf(given)
    if (!code.ok) return fc.pre(false)
    const { errors, warnings } = compile('made.ts', code.value.text)
    expect([...errors, ...warnings]).toEqual([])
    expect(rulesIn(code.value.text)).toEqual({ ok: true, value: { rules: code.value.rules, edited: false } })
  }), { numRuns: 10, seed: 8 })
  // And every kind there is, whatever chance has left out.
  const all = catalogue.actions.map(({ id }) => ({ when: [{ if: id === 'oom' ? 'task' : 'free' }], then: { do: id } }))
  const conditions = catalogue.conditions.map(({ id, only }) => ({ when: [{ if: id }], then: { do: only?.[0] ?? 'boost' } }))
  for (const rules of [all.slice(0, 12), all.slice(12), conditions]) expect(compile('made.ts', textOf({ rules }))).toMatchObject({ errors: [], warnings: [] })
})
