/** What a person asks of travel: read, or refused with what is allowed. */
import { expect, test } from 'vitest'
import type { HookName } from 'reclaim-lab'
import { apiGuide } from '../../../main/compile/guide'
import type { Condition, Seek } from '../../../main/engine'
import { argumentsOf } from '../../../main/lab/travel/hook-arguments'
import { checkNames } from '../../../main/lab/travel/check-names'
import { readCondition, readSeek } from '../../../main/lab/travel/read-seek'
import { sample } from '../scenario-sample'

function condition(text: string): Condition {
  const read = readCondition(text)
  if (!read.ok) throw new Error(read.problems[0].message)
  return read.value
}

function refusal(given: unknown): string {
  const read = readSeek(given)
  if (read.ok) throw new Error(`${JSON.stringify(given)} was taken`)
  return read.problems.map(({ path, message }) => `${path} ${message}`).join('\n')
}

test.each<[string, Condition]>([
  ['kswapd', { kind: 'kswapd' }],
  [' event  mm_vmscan_kswapd_wake ', { kind: 'event', event: 'mm_vmscan_kswapd_wake' }],
  ['event', { kind: 'event' }],
  ['zone.0.Normal.free < zone.0.Normal.low', { kind: 'metric', left: 'zone.0.Normal.free', op: '<', right: 'zone.0.Normal.low' }],
  ['pswpout >= 1000', { kind: 'metric', left: 'pswpout', op: '>=', right: 1000 }],
  ['hook oomBadness', { kind: 'hook', hook: 'oomBadness' }],
  ['hook scanBalance priority < 12', { kind: 'hook', hook: 'scanBalance', path: 'priority', op: '<', value: 12 }],
  ['hook kswapdBalanced answer = true', { kind: 'hook', hook: 'kswapdBalanced', path: 'answer', op: '=', value: true }],
  ['hook scanBalance answer.mode != fract', { kind: 'hook', hook: 'scanBalance', path: 'answer.mode', op: '!=', value: 'fract' }],
  ['hook folioReferences young > 0', { kind: 'hook', hook: 'folioReferences', path: '0', op: '>', value: 0 }],
  ['hook refaultActivate facts != 0', { kind: 'hook', hook: 'refaultActivate', path: '2', op: '!=', value: 0 }],
])('%s', (text, expected) => {
  expect(condition(text)).toEqual(expected)
})

test.each(['', 'nonsense', 'free <', 'free ~ 3', 'kswapd now', 'hook scanBalance priority', 'a < b c', 'event a b', 'hook scanBalance a < 1 2'])('%j is refused with the forms there are', (until) => {
  expect(refusal({ to: 'until', until, by: 1, from: 0 })).toMatch(/^until must be event KIND, kswapd, direct, SERIES < NUMBER/)
})

test('a hook that there isn\'t is told with the nearest', () => {
  expect(refusal({ to: 'until', until: 'hook scanBalanc', by: 1, from: 0 })).toBe('until names a hook that there isn\'t, "scanBalanc". Did you mean "scanBalance"?')
})

test('a name that the hook isn\'t told, and an order of words, are refused before a run to the end looks for them', () => {
  const until = (text: string): string => refusal({ to: 'until', until: text, by: 1, from: 0 })
  expect(until('hook scanBalance priorty < 12')).toBe('until names something that scanBalance isn\'t told, "priorty". Did you mean "priority"?')
  expect(until('hook keepActive young.x.y > 0 1')).toMatch(/^until must be/)
  expect(until('hook swapAdmit nothere = 3')).toBe('until names something that swapAdmit isn\'t told, "nothere". There are facts, answer.')
  expect(until('hook scanBalance priority < x')).toBe('until compares priority by <, which needs a number; "x" is none (= and != take words)')
})

test('the names are those of the API', () => {
  for (const { kind, name, args } of apiGuide().hooks) {
    if (kind === 'hook') expect(argumentsOf(name as HookName), name).toEqual(args.map((one) => one.name).filter((one) => !one.startsWith('answer.')))
  }
})

test('places: moments, between them, and the turn there', () => {
  expect(readSeek({ to: 'until', until: 'direct', by: -1, from: 7.5, turn: 12 })).toEqual({ ok: true, value: { to: 'until', condition: { kind: 'direct' }, by: -1, from: 7.5, turn: 12 } satisfies Seek })
  expect(readSeek({ to: 'step', kind: 'kswapd', by: 3, from: -1 })).toEqual({ ok: true, value: { to: 'step', kind: 'kswapd', by: 1, from: -1 } })
  for (const from of [undefined, null, '3', -2, NaN, Infinity]) expect(refusal({ to: 'step', kind: 'event', by: 1, from })).toMatch(/^from must be a moment's number/)
  for (const t of [-1, '5', NaN, 1e300]) expect(refusal({ to: 'time', t })).toMatch(/^t must be a time in ns/)
  expect(refusal({ to: 'touch', task: 'app', touch: -1 })).toMatch(/^touch must be a number of touches/)
  expect(refusal({ to: 'step', kind: 'page', by: 1, from: 0 })).toBe('kind must be event, kswapd, direct, not "page"')
  for (const given of [undefined, null, 7, {}, { to: 'mars' }]) expect(readSeek(given).ok).toBe(false)
})

test('names are those of the machine: its zones, /proc/vmstat, kinds of events', () => {
  const check = (text: string): string => { const read = checkNames(condition(text), sample()); return read.ok ? 'ok' : read.problems[0].message }
  const [{ node, name }] = sample().machine.zones
  expect(check(`zone.${node}.${name}.free < zone.${node}.${name}.low`)).toBe('ok')
  expect(check('nr_dirty > 100')).toBe('ok')
  expect(check('event mark_victim')).toBe('ok')
  expect(check('hook oomBadness')).toBe('ok')
  expect(check('zone.7.Normal.free < 3')).toMatch(/^names a series that this machine doesn't have, "zone\.7\.Normal\.free"\./)
  expect(check('nr_drity > 3')).toBe('names a series that this machine doesn\'t have, "nr_drity". Did you mean "nr_dirty"?')
  expect(check('event mark_victom')).toBe('names a kind of event that there isn\'t, "mark_victom". Did you mean "mark_victim"?')
})
