/** Where hooks stand in what somebody writes, and where something may be inserted. */
import { HOOKS } from 'reclaim-lab'
import { expect, test } from 'vitest'
import { hookPlaces } from '../../main/compile/hook-places'
import { insertPlace } from '../../main/compile/insert-place'
import { createChecker } from '../../main/compile/language-service'
import { listSources, readSource } from '../../main/compile/sources'

const check = createChecker()
const places = (text: string): readonly string[] => hookPlaces(check, text).map(({ hook, use, line, column, endColumn }) => `${use} ${hook} ${text.split('\n')[line - 1].slice(column - 1, endColumn - 1)}`)

test('hooks are found by what names mean: under an alias, destructured, by a string; a namesake is none', () => {
  const text = `import { definePolicy as define } from 'reclaim-lab'
const scanBalance = 3
const mine = { kswapdWake: 1 }
const decide = (args: unknown, k: unknown) => scanBalance > mine.kswapdWake
export default define({ api: 1, name: 'x', hooks: {
  swapAdmit: decide,
  'slabScan': (args, k) => k.base['slabScan'](args),
  kswapdTarget(args, context) { const { kswapdTarget: other, dirtyPause } = context.base; const below = context.base; below.kswapdWake; return other(args) },
  folioAdded() {},
} })`
  expect(places(text)).toEqual([
    'listed swapAdmit swapAdmit', 'declared swapAdmit decide', 'declared slabScan \'slabScan\'', 'asked slabScan \'slabScan\'', 'declared kswapdTarget kswapdTarget', 'asked kswapdTarget kswapdTarget', 'asked dirtyPause dirtyPause',
    'asked kswapdWake kswapdWake', 'declared folioAdded folioAdded',
  ])
  const [, decide] = hookPlaces(check, text)
  expect(decide.text).toBe('const decide = (args: unknown, k: unknown) => scanBalance > mine.kswapdWake\n\nconst scanBalance = 3\n\nconst mine = { kswapdWake: 1 }\n')
})

test('hooks of an object that is only typed as a policy\'s are found too', () => {
  expect(places('import type { PolicyHooks, Hooks, PolicyContext } from \'reclaim-lab\'\nexport const part: PolicyHooks<Hooks<PolicyContext>> = { oomBadness: (a) => a.rss }')).toEqual(['declared oomBadness oomBadness'])
})

test('every example\'s hooks are found, and every hook of a kernel somebody forks, listed and where its function is', () => {
  for (const path of listSources('plugins/policies')) {
    const listed = [...readSource(path).matchAll(/^ {4}(\w+)(?::|\()/gm)].map(([, name]) => name).filter((name) => Object.hasOwn(HOOKS, name))
    expect(hookPlaces(check, readSource(path)).filter(({ use, hook }) => use === 'declared' && Object.hasOwn(HOOKS, hook)).map(({ hook }) => hook), path).toEqual(listed)
  }
  const fork = hookPlaces(check, readSource('plugins/kernels/android-3.18.ts'))
  expect(fork.filter(({ use }) => use === 'declared')).toHaveLength(33)
  expect(new Set(fork.map(({ hook }) => hook)).size).toBe(33)
})

test('text that can\'t be read has no hooks and no place, and is no error', () => {
  for (const text of ['', '\0', 'export default', 'x'.repeat(600_000), `export default ${'['.repeat(3000)}`, '{{{{']) {
    expect(hookPlaces(check, text)).toEqual([])
    expect(insertPlace(text, text.length)).toBeNull()
  }
  expect([insertPlace('x', -1), insertPlace('x', NaN), insertPlace('x', 9)]).toEqual([null, null, null])
})

/** `|` is the cursor. */
function at(body: string, top = 'import { definePolicy, ZONE_DMA } from \'reclaim-lab\''): ReturnType<typeof insertPlace> {
  const text = `${top}\n${body}`
  return insertPlace(text.replace('|', ''), text.indexOf('|'))
}

const inHooks = (inside: string): string => `export default definePolicy({ api: 1, name: 'x', hooks: {${inside}} })`

test.each([
  ['nothing there', inHooks('|'), 'hooks', []],
  ['a name being typed', inHooks(' kswapdWake: () => true, sc| '), 'hooks', ['kswapdWake']],
  ['before one', inHooks('\n  |\n  kswapdWake: () => true,\n'), 'hooks', ['kswapdWake']],
  ['not closed yet', 'export default definePolicy({ api: 1, name: \'x\', hooks: {|', 'hooks', []],
  ['the definition', 'export default definePolicy({ api: 1, name: \'x\', | })', 'policy', ['api', 'name']],
  ['parameters', 'export default definePolicy({ api: 1, name: \'x\', params: { a: { kind: \'boolean\' }, | }, })', 'params', ['a']],
  ['hooks that stand elsewhere', 'const hooks = { | }\nexport default definePolicy({ api: 1, name: \'x\', hooks })', 'hooks', []],
])('a place: %s', (_what, body, place, present) => {
  expect(at(body)).toMatchObject({ place, present })
})

test.each([
  inHooks(' kswapdWake: () => { | return true } '), inHooks(' scanBalance: | '), inHooks(' scanBalance(| '), inHooks(' // a comment |\n'), inHooks(' /* | */ '), inHooks(' kswapdWake: () => true, // why |\n'),
  'export default definePolicy({ api: 1, params: { a: { | } } })', 'const other = { | }', 'function definePolicy() {}\n|', '|',
])('no place: %s', (body) => {
  expect(at(body)).toBeNull()
})

test('a namesake of definePolicy that is not the API\'s makes no place', () => {
  expect(at(inHooks('|'), 'import { definePolicy } from \'./mine\'')).toBeNull()
})

test('a missing comma is found, and none where it stands', () => {
  expect(at(inHooks('\n  kswapdWake: () => true // c\n  |\n'))?.comma).toEqual({ line: 3, column: 25 })
  expect(at(inHooks('\n  kswapdWake: () => true // c\n  sc|\n'))?.comma).toEqual({ line: 3, column: 25 })
  expect(at(inHooks('\n  kswapdWake: () => true, // c\n  |\n'))?.comma).toBeUndefined()
  expect(at(inHooks('\n  kswapdWake: () => true // c\n  , |\n'))?.comma).toBeUndefined()
})

test('where another import can stand, and what is there', () => {
  expect(at(inHooks('|'))?.imports).toEqual({ names: ['definePolicy', 'ZONE_DMA'], end: { line: 1, column: 32 } })
})
